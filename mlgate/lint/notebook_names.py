"""The names that the cells of a notebook define and use, at the level of the notebook itself."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from mlgate.lint.module import Module
from mlgate.lint.notebook import Notebook

_GIVEN = frozenset(dir(builtins)) | frozenset(
    re.findall(
        r"\w+",
        "In Out _ __ ___ _i _ii _iii _ih _oh _dh get_ipython display exit quit spark sc sqlContext dbutils displayHTML "
        "table __file__ __annotations__ ipython",
    )
)
"""Names that Python, IPython or a hosted notebook defines."""
_LINE = re.compile(r"^(?:(\w+)(?:[ \t]*,[ \t]*(\w+))*[ \t]*=(?!=)|(?:def|class)[ \t]+(\w+))", re.MULTILINE)
_INDENTED = re.compile(_LINE.pattern.replace("^", r"^[ \t]*", 1), re.MULTILINE)
"""Definitions as they are read from the text of a cell that is not Python."""
_OPEN = re.compile(
    r"^[ \t]*(?:%%?(?:run|load|pylab|store|sql|bigquery|R|cython|capture|script|aimport)\b"
    r"|from[ \t]+[\w.]+[ \t]+import[ \t]+\*|exec\(|globals\(\)|locals\(\))|<<|\bget_ipython\(\)|\bglobals\(\)",
    re.MULTILINE,
)
"""What may define names that cannot be seen."""
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class CellNames:
    """Names by the number of the cell that defines them, and the names that each cell uses outside of functions."""

    def __init__(self) -> None:
        self._defined: dict[str, list[int]] = {}
        self._used: dict[int, dict[str, int]] = {}
        self.open_from: int | None = None
        """The first cell that may define names that cannot be seen."""

    def define(self, name: str, cell: int) -> None:
        self._defined.setdefault(name, []).append(cell)

    def use(self, name: str, cell: int, line: int) -> None:
        self._used.setdefault(cell, {}).setdefault(name, line)

    def line(self, cell: int, name: str) -> int:
        """Line in a cell at which it first uses a name."""
        return self._used[cell][name]

    def defined_only_below(self, cell: int) -> list[tuple[str, int]]:
        """Names that a cell uses and only later cells define, each with the first of these."""
        if self.open_from is not None and self.open_from <= cell:
            return []
        return [
            (name, min(places))
            for name in self._used.get(cell, {})
            for places in [self._defined.get(name, [])]
            if places and min(places) > cell and name not in _GIVEN
        ]

    def defined_nowhere(self, cell: int) -> list[str]:
        """Names that a cell uses and no cell defines, where all definitions can be seen."""
        if self.open_from is not None:
            return []
        return [name for name in self._used.get(cell, {}) if name not in self._defined and name not in _GIVEN]


def names_by_cell(notebook: Notebook, module: Module) -> CellNames:
    """Read the names of all code cells; what is lost with a magic or a broken cell is taken from its text."""
    names = CellNames()
    parsed = {module.place(statement.lineno)[0] for statement in module.tree.body}
    for cell in notebook.cells:
        if cell.kind != "code":
            continue
        for match in (_LINE if cell.number in parsed else _INDENTED).finditer(cell.source):
            for name in re.findall(r"\w+", match[0].partition("=")[0]):
                names.define(name, cell.number)
        if names.open_from is None and _OPEN.search(cell.source):
            names.open_from = cell.number
    for statement in module.tree.body:
        cell_number, line = module.place(statement.lineno)
        if cell_number is None:
            continue
        first = statement.lineno - line
        for node, now in _nodes(statement):
            _read(names, cell_number, node, first, now=now)
    return names


def _read(names: CellNames, cell: int, node: ast.AST, first: int, *, now: bool) -> None:
    """Take what a node defines or uses; of what is in a function, only that it is `global`."""
    match node:
        case ast.Global(names=listed):
            for name in listed:
                names.define(name, cell)
        case _ if not now:
            return
        case ast.Name(id=name, ctx=ast.Load()):
            names.use(name, cell, node.lineno - first)
        case ast.Name(id=name):
            names.define(name, cell)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            names.define(name, cell)
        case (
            ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name)
        ):
            names.define(name, cell)
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            for alias in aliases:
                names.define(alias.asname or alias.name.partition(".")[0], cell)


def _nodes(statement: ast.stmt) -> Iterator[tuple[ast.AST, bool]]:
    """Nodes of a statement, and whether they run with it: what is in a function runs when that is called."""
    waiting: list[tuple[ast.AST, bool]] = [(statement, True)]
    while waiting:
        node, now = waiting.pop()
        yield node, now
        now = now and not isinstance(node, _SCOPES)
        waiting.extend((child, now) for child in ast.iter_child_nodes(node))
