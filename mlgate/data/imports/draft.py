"""A schema in the making: a reader adds columns and checks, and every check is tried before it is taken.

What the schema's own parser refuses is left with the parser's reason, so that the written file always parses and
nothing is dropped without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlgate.config.column_rules import COLUMN_RULES
from mlgate.config.expression_parser import parse_condition
from mlgate.config.expression_tokens import ExpressionError
from mlgate.config.expression_tree import columns_of
from mlgate.config.schema_file import parse_schema
from mlgate.config.table_rules import TABLE_RULES
from mlgate.data import words
from mlgate.data.imports.declarations import Check, DeclaredColumn, Entry, Note, NotMappedError, Origin, Settled
from mlgate.data.imports.implied import implied_types
from mlgate.data.imports.schema_text import body, flow
from mlgate.errors import ConfigError

_IMPLIED = "Columns whose checks speak of numbers are declared so, and those whose checks speak of true and false."
_COMPARING = ("compare_columns", "increasing", "decreasing")
_UNTYPED = "declare the type if the file is text, where values without one are compared as texts, or not at all"
_DATED = ("between", "min", "max")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Draft:
    """A schema in the making. Columns keep the order in which they were first named.

    `mapped` counts the elements of the foreign file that are judged here, `head` are remarks for the top of the schema.
    """

    def __init__(self, *, extra_columns: str) -> None:
        self.columns: dict[str, DeclaredColumn] = {}
        self.read: dict[str, Any] = {}
        self.extra_columns = extra_columns
        self.head: list[str] = []
        self.entries: list[Entry] = []
        self.left: list[Note] = []
        self.differs: list[Note] = []
        self.mapped = 0

    def column(self, name: str) -> DeclaredColumn:
        """The column, declared if it was not yet."""
        return self.columns.setdefault(name, DeclaredColumn())

    def declare_type(self, column: str, type_: str) -> None:
        """Declare a column's type.

        Raises
        ------
        NotMappedError
            It has another one.
        """
        declared = self.column(column)
        if declared.type not in ("any", type_):
            raise NotMappedError(f"the column is declared {declared.type} already")
        declared.type = type_
        self.mapped += 1

    def add(self, entry: Entry) -> None:
        """Add checks; every column that they or their conditions name is declared, since it must be there."""
        conditions = [name for check in entry.checks for name in _columns_of(check.where)]
        for name in (*([entry.column] if entry.column is not None else []), *entry.columns, *conditions):
            self.column(name)
        self.entries.append(entry)

    def remark(self, text: str) -> None:
        """Say something once at the top of the schema."""
        if text not in self.head:
            self.head.append(text)

    def leave(self, origin: Origin, reason: str, nearest: str = "") -> None:
        self.left.append(Note(origin, reason, nearest))

    def differ(self, origin: Origin, text: str) -> None:
        self.differs.append(Note(origin, text))

    def settle(self) -> Settled:
        """All that is written. Afterwards `left`, `differs` and `mapped` are final."""
        settling = _Settling(self)
        for name in list(settling.columns):
            settling.require_name(name)
        self._imply(settling.columns)
        for entry in self.entries:
            try:
                settling.take(entry)
            except NotMappedError as problem:
                self.leave(entry.origin, problem.reason, problem.nearest)
                continue
            self.mapped += 1
            of_values = any(check.check in _COMPARING for check in entry.checks)
            named = (*entry.columns, *([entry.column] if entry.column is not None else []))
            untyped = of_values and any(settling.columns[name].type == "any" for name in named)
            for text in (*entry.differs, *([_UNTYPED] if untyped else [])):
                self.differ(entry.origin, text)
        return Settled(
            read=self.read,
            columns=settling.columns,
            checks=settling.checks,
            table=settling.table,
            chosen=settling.chosen,
            extra_columns=self.extra_columns,
        )

    def _imply(self, known: Mapping[str, DeclaredColumn]) -> None:
        """Declare the types that checks stand for, where nothing else is said."""
        for name, types in implied_types(self.entries).items():
            column = known.get(name)
            if column is None or column.type != "any" or types == {"string"}:
                continue
            if len(types) == 1:
                (column.type,) = types
                self.remark(_IMPLIED)
            else:
                told = f"no type is declared, since its checks speak of {words.listed(sorted(types))}"
                self.differ(Origin("column", name), told)


class _Settling:
    """Takes entries one by one; `names` are those of the checks so far, by column (None for the table)."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.columns = draft.columns
        self.checks: dict[str, list[Check]] = {}
        self.table: list[Check] = []
        self.chosen: list[dict[str, Any]] = []
        self.names: dict[str | None, set[str]] = {}
        self.written: set[str] = set()

    def require_name(self, name: str) -> None:
        """Leave out a column that a schema cannot name."""
        try:
            _tried(Settled(columns={name: DeclaredColumn()}))
        except NotMappedError as problem:
            del self.columns[name]
            self.draft.leave(Origin("column", name), problem.reason, problem.nearest)

    def take(self, entry: Entry) -> None:
        """Raises
        ------
        NotMappedError
            One of its checks is refused; then none of them is taken.
        """
        if entry.column is not None and entry.column not in self.columns:
            raise NotMappedError("a schema cannot name the column")
        of_table = entry.column is None and entry.chosen is None
        for check in entry.checks:
            if check.check not in (TABLE_RULES if of_table else COLUMN_RULES):
                where = "of the table" if of_table else "of columns"
                raise NotMappedError(f"this version of mlgate has no check {where} that is called {check.check!r}")
        entry = self._from_midnight(entry)
        for name in entry.columns:
            if name not in self.columns:
                raise NotMappedError("a schema cannot name the column")
        scope = self._scope(entry)
        taken = [self._named(entry, check, scope) for check in entry.checks if self._is_new(entry, check)]
        for check in taken:
            if entry.chosen is not None:
                self.chosen.append({"columns": dict(entry.chosen), check.check: check.argument, **check.modifiers})
            elif entry.column is not None:
                self.checks.setdefault(entry.column, []).append(check)
            else:
                self.table.append(check)

    def _from_midnight(self, entry: Entry) -> Entry:
        """Bounds that are dates, as the other tools mean them: the start of the day. Here it would be the whole day."""
        if entry.column is None or self.columns[entry.column].type == "date":
            return entry
        dated = (check if check.check not in _DATED else _started(check) for check in entry.checks)
        return replace(entry, checks=tuple(dated))

    def _scope(self, entry: Entry) -> dict[str, DeclaredColumn]:
        """The columns that the entry speaks of."""
        own = [entry.column] if entry.column is not None else []
        conditions = [name for check in entry.checks for name in _columns_of(check.where)]
        names = dict.fromkeys([*own, *entry.columns, *conditions])
        return {name: self.columns[name] for name in names if name in self.columns}

    def _is_new(self, entry: Entry, check: Check) -> bool:
        """Whether the very same check has not been taken yet."""
        written = flow([entry.column, entry.chosen, {check.check: check.argument, **check.modifiers}])
        new = written not in self.written
        self.written.add(written)
        return new

    def _named(self, entry: Entry, check: Check, scope: Mapping[str, DeclaredColumn]) -> Check:
        """The check, with a name of its own where another one has its name."""
        columns = scope or {"x": DeclaredColumn()}
        if entry.chosen is not None:
            chosen = {"columns": dict(entry.chosen), check.check: check.argument, **check.modifiers}
            _tried(Settled(columns=columns, chosen=[chosen]))
            return check
        if entry.column is None:
            name = _tried(Settled(columns=columns, table=[check]))
        else:
            name = _tried(Settled(columns=columns, checks={entry.column: [check]}))
        taken = self.names.setdefault(entry.column, set())
        free = next(free for free in _numbered(name) if free not in taken)
        taken.add(free)
        return check if free == name else replace(check, name=free)


def _started(check: Check) -> Check:
    return replace(check, argument=_midnight(check.argument))


def _midnight(argument: Any) -> Any:
    match argument:
        case dict():
            return {name: _midnight(end) for name, end in argument.items()}
        case list():
            return [_midnight(end) for end in argument]
        case str() if _DATE.fullmatch(argument):
            return f"{argument}T00:00:00"
    return argument


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def _tried(settled: Settled) -> str:
    """Name of the only rule of a small schema; empty where it has none.

    Raises
    ------
    NotMappedError
        The schema's parser refuses it.
    """
    if _holds_zero([settled.table, settled.checks, settled.chosen, settled.columns]):
        raise NotMappedError("it holds a zero character, which no table can hold")
    try:
        schema = parse_schema(body(settled), "import")
    except ConfigError as mistake:
        reason, *others = mistake.reason.splitlines()
        raise NotMappedError(reason, "" if others else mistake.hint) from None
    rules = [*schema.rules, *(rule for column in schema.columns.values() for rule in column.rules)]
    return rules[-1].name if rules else ""


def _holds_zero(value: object) -> bool:
    match value:
        case str():
            return "\0" in value
        case Mapping():
            return any(_holds_zero(key) or _holds_zero(item) for key, item in value.items())
        case Check():
            return _holds_zero(value.argument) or "\0" in value.where
        case Sequence():
            return any(_holds_zero(item) for item in value)
    return False


def _columns_of(where: str) -> tuple[str, ...]:
    if not where:
        return ()
    try:
        return columns_of(parse_condition(where))
    except ExpressionError as mistake:
        raise NotMappedError(f"its condition: {mistake.message}", mistake.hint) from None
