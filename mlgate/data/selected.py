"""Checks of several columns at once: which columns each is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mlgate.config.schema import Column, Rule, Selection
from mlgate.data.scope import Scope


class Selected:
    """The selections of a schema over the columns of a table."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        undeclared = [name for name in dict.fromkeys(scope.table.columns) if name not in scope.schema.columns]
        self.columns = [*scope.schema.columns.values(), *(scope.column(name) for name in undeclared)]

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

    def empty(self) -> Iterator[Rule]:
        """Rules of selections that choose no column."""
        for selection in self.scope.schema.selections:
            if not any(self._chooses(selection, column) for column in self.columns):
                yield selection.rule

    def _chooses(self, selection: Selection, column: Column) -> bool:
        if selection.pattern:
            return re.search(selection.pattern, column.name) is not None
        declared = column.name in self.scope.schema.columns
        return column.name in selection.names or (declared and column.type in selection.types)
