"""A Python file, or the code cells of a notebook, as text and tree."""

from __future__ import annotations

import ast
from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell of a notebook: its number among all cells (1-based), and its first line in the module's text."""

    number: int
    first_line: int


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """What the rules read.

    Parameters
    ----------
    path : POSIX, relative to the root
    text : the source; of a notebook, its code cells joined, magics blanked, so that lines keep their places in a cell
    tree : `text` as parsed
    cells : of a notebook, its code cells in order
    """

    path: str
    text: str
    tree: ast.Module
    cells: tuple[Cell, ...] = ()

    def place(self, line: int) -> tuple[int | None, int]:
        """Number of the cell, or None, and the line within it (of a file, the line itself)."""
        if not self.cells:
            return None, line
        cell = self.cells[max(0, bisect_right([cell.first_line for cell in self.cells], line) - 1)]
        return cell.number, line - cell.first_line + 1


def parse_module(text: str, path: str) -> Module:
    """Parse a file of Python.

    Raises
    ------
    SyntaxError
        The text is not Python of this interpreter's version, is nested too deeply, or holds a null character.
    """
    try:
        return Module(path, text, ast.parse(text, path))
    except (ValueError, RecursionError, MemoryError) as problem:
        raise SyntaxError(str(problem) or "nested too deeply") from None
