"""A module as it is run: its names, and which of its definitions are worth following."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right

from mlgate.lint.module import Module
from mlgate.lint.seeds.scopes import Scope
from mlgate.lint.seeds.tokens import lines_with_tokens, lines_with_word
from mlgate.lint.seeds.values import Class, Deferred, External, Function, ModuleValue

_ROUNDS = 8
"""How far a call of what draws is followed back through functions of one file."""

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Code:
    """A module that is run.

    Parameters
    ----------
    is_main : whether `__name__` is `"__main__"`
    is_entry : whether it is the file that is judged
    """

    __slots__ = ("_lines", "is_entry", "is_main", "module", "path", "scope")

    def __init__(self, module: Module, *, is_main: bool, is_entry: bool = False) -> None:
        self.module = module
        self.path = module.path
        self.is_entry = is_entry
        self.is_main = is_main
        self.scope = Scope(self)
        self._lines: list[int] | None = None

    def concerns(self, node: ast.AST) -> bool:
        """Whether a definition draws or seeds, or calls one that does: all else need not be followed."""
        if self._lines is None:
            self._lines = _lines_of_interest(self.module, self._imported())
        first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", None) or 1
        place = bisect_left(self._lines, first)
        return place < len(self._lines) and self._lines[place] <= last

    def imports(self, library: str) -> bool:
        """Whether the module has imported a library."""
        inside = library + "."
        for value in self.scope.names.values():
            if isinstance(value, External) and (value.name == library or value.name.startswith(inside)):
                return True
        return False

    def _imported(self) -> set[str]:
        """Names of functions, classes and modules of other files of the project."""
        return {name for name, value in self.scope.names.items() if self._is_of_others(value)}

    def _is_of_others(self, value: object) -> bool:
        if isinstance(value, (Function, Class)):
            return value.scope.module is not self
        return isinstance(value, (ModuleValue, Deferred))


def _lines_of_interest(module: Module, imported: set[str]) -> list[int]:
    """Lines that draw or seed, or name a definition that does; what is imported from the project may do so."""
    starts = [0, *(match.end() for match in _LINE_ENDS.finditer(module.text))]
    hits = lines_with_tokens(module.text, starts)
    hits.update(bisect_right(starts, match.start()) for match in _FROM_SIBLING.finditer(module.text))
    for name in imported:
        hits.update(lines_with_word(module.text, name, starts))
    pending = [node for node in definitions_of(module.tree) if len(node.name) > 1]
    known: set[str] = set()
    for _ in range(_ROUNDS):
        ordered = sorted(hits)
        rest: list[_Definition] = []
        found: set[str] = set()
        for node in pending:
            place = bisect_left(ordered, node.lineno)
            if place < len(ordered) and ordered[place] <= (node.end_lineno or node.lineno):
                found.add(node.name)
            else:
                rest.append(node)
        found -= known
        if not found:
            break
        known |= found
        pending = rest
        for name in found:
            hits.update(lines_with_word(module.text, name, starts))
    return sorted(hits)


_FROM_SIBLING = re.compile(r"from \.")
"""An import of the project, which in a function is known only when that is run."""
_LINE_ENDS = re.compile("\n")


def definitions_of(tree: ast.Module) -> list[_Definition]:
    """Functions and classes, also those within others and in branches."""
    found: list[_Definition] = []
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.append(node)
        for block in _BLOCKS:
            waiting += getattr(node, block, ())
    return found


_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""Where statements hold other statements."""
