"""Checks of several columns at once: which columns each is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlgate.config.schema import Column, Rule, Selection
from mlgate.data import aggregates as sql
from mlgate.data.scope import Scope

_AT_ONCE = 200
"""Names that one query tries: a query of thousands of terms takes the engine seconds to plan."""


class Selected:
    """The selections of a schema over the columns of a table."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        undeclared = [name for name in dict.fromkeys(scope.table.columns) if name not in scope.schema.columns]
        self.columns = [*scope.schema.columns.values(), *(scope.column(name) for name in undeclared)]
        self.untried = [column.name for column in self.columns if not _can_be_written(column.name)]
        patterns = dict.fromkeys(one.pattern for one in scope.schema.selections if one.pattern)
        self.found = {pattern: self._found(pattern) for pattern in patterns}

    def rules(self, column: Column) -> Iterator[Rule]:
        """The rules that selections give to a column; a name that it has already is numbered."""
        taken = [rule.name for rule in column.rules]
        for selection in self.scope.schema.selections:
            if self._chooses(selection, column):
                rule = selection.rule
                count = taken.count(rule.name)
                taken.append(rule.name)
                yield replace(rule, name=f"{rule.name}:{count + 1}") if count else rule

    def undeclared(self) -> Iterator[tuple[str, Rule]]:
        """Rules of columns that the schema does not declare, by the column's name."""
        for column in self.columns[len(self.scope.schema.columns) :]:
            for rule in self.rules(column):
                yield column.name, rule

    def empty(self) -> Iterator[tuple[Rule, str]]:
        """Rules of selections that choose no column, or of which it cannot be told whether they choose one, and why."""
        for selection in self.scope.schema.selections:
            if selection.pattern and self.untried:
                yield selection.rule, f"the pattern cannot be tried on the name of column {self.untried[0]!r}"
            elif not any(self._chooses(selection, column) for column in self.columns):
                yield selection.rule, "nothing observed: no column is chosen"

    def _chooses(self, selection: Selection, column: Column) -> bool:
        if selection.pattern:
            return column.name in self.found[selection.pattern]
        declared = column.name in self.scope.schema.columns
        return column.name in selection.names or (declared and column.type in selection.types)

    def _found(self, pattern: str) -> frozenset[str]:
        """Names in which the engine finds a pattern: its matcher cannot run away as Python's can."""
        names = [column.name for column in self.columns if column.name not in self.untried]
        chosen: set[str] = set()
        for start in range(0, len(names), _AT_ONCE):
            part = names[start : start + _AT_ONCE]
            asked = ", ".join(sql.matches(sql.text_literal(name), pattern) for name in part)
            row = self.scope.table.connection.execute(f"SELECT {asked}").fetchone()
            chosen.update(name for name, holds in zip(part, row or (), strict=True) if holds)
        return frozenset(chosen)


def _can_be_written(name: str) -> bool:
    """Whether a name can stand in a query: none with a zero character or half of a character can."""
    try:
        sql.text_literal(name)
    except ValueError:
        return False
    return True
