"""A notebook as a module of its code cells, and the facts of its cells. Nothing is executed."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.errors import SourceError
from mlgate.lint.magics import dedented, has_cell_magic, plain_python
from mlgate.lint.module import Cell, Module

_HINT = "open it in Jupyter and save it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookCell:
    """A cell as it stands in the file.

    Parameters
    ----------
    number : among all cells, from 1
    kind : `code`, `markdown`, `raw`, or `heading` (format 3)
    source : its text
    execution_count : of a code cell that was run, the number beside it
    outputs : of a code cell, the JSON objects that it showed
    """

    number: int
    kind: str
    source: str
    execution_count: int | None = None
    outputs: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Notebook:
    """All cells in order, and the language of the kernel in lower case (`python` where none is named)."""

    language: str
    cells: tuple[NotebookCell, ...]

    @property
    def is_python(self) -> bool:
        return self.language.startswith(("python", "ipython", "pyspark"))


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """A code cell that is not Python: its number, the line in it, and why."""

    number: int
    line: int
    reason: str


def read_notebook(text: str) -> Notebook:
    """The cells of an .ipynb file (nbformat 3 or 4).

    Raises
    ------
    SourceError
        It is not JSON, or no notebook of these formats.
    """
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as problem:
        raise SourceError(f"line {problem.lineno}: not valid JSON: {problem.msg}", hint=_HINT) from None
    except (RecursionError, ValueError):
        raise SourceError("nested too deeply, or a number too long, for a notebook", hint=_HINT) from None
    if not isinstance(raw, dict):
        raise SourceError("not a notebook: its JSON is no object", hint=_HINT)
    form = raw.get("nbformat")
    if form not in (3, 4):
        raise SourceError(f"notebook format {form!r} is not known: 3 and 4 are", hint=_HINT)
    cells = raw.get("cells") if form == 4 else _of_worksheets(raw.get("worksheets"))
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise SourceError("not a notebook: it has no list of cells", hint=_HINT)
    return Notebook(_language(raw, cells), tuple(_cell(number, cell) for number, cell in enumerate(cells, 1)))


def notebook_module(notebook: Notebook, path: str) -> tuple[Module, tuple[BrokenCell, ...]]:
    """The code cells as one module; the text of a cell that is not Python is left out, and the cell told."""
    texts: list[str] = []
    cells: list[Cell] = []
    broken: list[BrokenCell] = []
    body: list[ast.stmt] = []
    line = 1
    for cell in notebook.cells:
        if cell.kind != "code":
            continue
        cells.append(Cell(cell.number, line))
        length = cell.source.count("\n") + 1
        try:
            text, statements = _parse_cell(cell.source, line, path)
        except SyntaxError as problem:
            place = max(1, (problem.lineno or line) - line + 1)
            broken.append(BrokenCell(cell.number, min(place, length), problem.msg))
            text, statements = "\n" * (length - 1), []
        texts.append(text)
        body += statements
        line += length
    return Module(path, "\n".join(texts), ast.Module(body, []), tuple(cells)), tuple(broken)


def _parse_cell(source: str, first_line: int, path: str) -> tuple[str, list[ast.stmt]]:
    """Text and statements of a cell, its first line numbered `first_line`; magics count only where Python ends."""
    above = "\n" * (first_line - 1)
    source = dedented(source)
    try:
        return source, _parse(above + source, path)
    except SyntaxError:
        text = plain_python(source)
        if text == source:
            raise
    try:
        return text, _parse(above + text, path)
    except SyntaxError:
        if not has_cell_magic(source):
            raise
    return "\n" * source.count("\n"), []


def _parse(text: str, path: str) -> list[ast.stmt]:
    try:
        return ast.parse(text, path).body
    except (ValueError, RecursionError, MemoryError) as problem:
        raise SyntaxError(str(problem) or "nested too deeply") from None


def _of_worksheets(worksheets: object) -> list[Any] | None:
    """Cells of nbformat 3, where they stand on sheets."""
    if not isinstance(worksheets, list):
        return None
    return [cell for sheet in worksheets if isinstance(sheet, dict) for cell in sheet.get("cells") or []]


def _language(raw: Mapping[str, Any], cells: list[dict[str, Any]]) -> str:
    metadata = raw.get("metadata")
    known: Mapping[str, Any] = metadata if isinstance(metadata, dict) else {}
    of_cells = {cell["language"] for cell in cells if isinstance(cell.get("language"), str)}
    named = [
        *(_text_of(known.get("kernelspec"), "language"), _text_of(known.get("language_info"), "name")),
        *(of_cells if len(of_cells) == 1 else ()),
    ]
    return next((name.lower() for name in named if name), "python")


def _text_of(mapping: object, key: str) -> str:
    value = mapping.get(key) if isinstance(mapping, dict) else None
    return value if isinstance(value, str) else ""


def _cell(number: int, raw: Mapping[str, Any]) -> NotebookCell:
    kind = raw.get("cell_type")
    count = raw.get("execution_count", raw.get("prompt_number"))
    outputs = raw.get("outputs")
    return NotebookCell(
        number=number,
        kind=kind if isinstance(kind, str) else "",
        source=_text(raw.get("source", raw.get("input", "" if kind != "code" else None)), number),
        execution_count=count if isinstance(count, int) and not isinstance(count, bool) else None,
        outputs=tuple(output for output in outputs if isinstance(output, dict)) if isinstance(outputs, list) else (),
    )


def _text(source: object, number: int) -> str:
    """A source is a text, or a list of lines that keep their ends."""
    lines: list[Any] = source if isinstance(source, list) else [source]
    if not all(isinstance(line, str) for line in lines):
        raise SourceError(f"not a notebook: the source of cell {number} is no text", hint=_HINT)
    return "".join(lines).replace("\r\n", "\n").replace("\r", "\n")
