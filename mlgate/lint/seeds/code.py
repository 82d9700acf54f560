"""A module as it is run: its names, and which of its definitions are worth following."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from mlgate.lint.module import Module
from mlgate.lint.seeds.imports import is_library
from mlgate.lint.seeds.scopes import Scope
from mlgate.lint.seeds.tokens import lines_with_tokens, lines_with_word
from mlgate.lint.seeds.values import Class, Deferred, External, Function, ModuleValue

_ROUNDS = 8
"""How far a call of what draws is followed back through functions of one file."""

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class _Named(NamedTuple):
    """What draws if it, or what it stands for, does: a definition, or a name that is given to one."""

    name: str
    node: ast.stmt


class Code:
    """A module that is run.

    Parameters
    ----------
    is_main : whether `__name__` is `"__main__"`
    is_entry : whether it is the file that is judged
    """

    __slots__ = ("_lines", "is_entry", "is_main", "module", "path", "scope", "stars")

    def __init__(self, module: Module, *, is_main: bool, is_entry: bool = False) -> None:
        self.module = module
        self.path = module.path
        self.is_entry = is_entry
        self.is_main = is_main
        self.scope = Scope(self)
        self.stars: list[str] = []
        """Libraries of which it imported every name."""
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
    for match in _INNER_IMPORT.finditer(module.text):
        if not is_library(match[1].partition(".")[0]):
            hits.add(bisect_right(starts, match.start(1)))
    for name in imported:
        hits.update(lines_with_word(module.text, name, starts))
    pending = [_Named(node.name, node) for node in definitions_of(module.tree) if len(node.name) > 1]
    pending += _aliases_of(module.tree)
    known: set[str] = set()
    for _ in range(_ROUNDS):
        ordered = sorted(hits)
        rest: list[_Named] = []
        found: set[str] = set()
        for item in pending:
            place = bisect_left(ordered, item.node.lineno)
            if place < len(ordered) and ordered[place] <= (item.node.end_lineno or item.node.lineno):
                found.add(item.name)
            else:
                rest.append(item)
        found -= known
        if not found:
            break
        known |= found
        pending = rest
        for name in found:
            hits.update(lines_with_word(module.text, name, starts))
    return sorted(hits)


_INNER_IMPORT = re.compile(r"(?:^[ \t]+|[;:][ \t]*)(?:from|import)[ \t]+([.\w]+)", re.MULTILINE)
"""An import in a function: whether it is of the project is known only when that is run."""
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


def _aliases_of(tree: ast.Module) -> Iterator[_Named]:
    """Names that are given to functions without calling them, `pick = random.choice`, at the top or of an object."""
    classes = [node for node in definitions_of(tree) if isinstance(node, ast.ClassDef)]
    methods = [node for cls in classes for node in cls.body if isinstance(node, ast.FunctionDef)]
    for statement in chain(tree.body, *(cls.body for cls in classes), *(node.body for node in methods)):
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or not isinstance(statement.value, _NO_CALL):
            continue
        for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
            name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
            if len(name) > 1:
                yield _Named(name, statement)


_NO_CALL = (ast.Name, ast.Attribute, ast.Lambda, ast.Dict, ast.List, ast.Tuple, ast.IfExp)
"""Values that may be, or hold, a function that draws."""
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""Where statements hold other statements."""
