"""A table as its checks see it: columns as the schema declares them, in the rows that a condition chooses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mlgate.config.expressions import Expression
from mlgate.config.other_tables import OtherTable
from mlgate.config.schema import Column, Schema
from mlgate.data.plan import Field, allows_all_null, field_of, scoped
from mlgate.data.table import Table
from mlgate.errors import MlgateError
from mlgate.outcome import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """An open table and its schema.

    Parameters
    ----------
    environment : of the data; None expects every column
    privacy : `none`, `masked` or `full`: what of single rows may appear
    now : the time of the check, in UTC where it names no zone
    others : the other tables that the schema names, or why one could not be opened
    """

    table: Table
    schema: Schema
    environment: str | None = None
    privacy: str = "masked"
    now: dt.datetime | None = None
    others: Mapping[OtherTable, Table | MlgateError] = field(default_factory=dict)
    _fields: dict[str, Field] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Columns in all rows, as they were asked for."""

    def column(self, name: str) -> Column:
        """The declaration of a column; of an undeclared one, of type `any`."""
        return self.schema.columns.get(name) or Column(name=name, location=Location(self.schema.path))

    def field(self, name: str, where: Expression | None = None) -> Field:
        """A column of the table, in the rows for which `where` holds.

        Raises
        ------
        KeyError
            The table has no such column.
        ValueError
            The condition compares what cannot be compared.
        """
        plain = self._plain(name)
        if where is None:
            return plain
        from hashlib import blake2b

        from mlgate.data.expressions import to_sql

        needs = {needed: self._plain(needed) for needed in where.columns}
        digest = blake2b(where.text.encode(), digest_size=6).hexdigest()
        here = any(
            allows_all_null(rule) for rule in self.column(name).rules if rule.where and rule.where.text == where.text
        )
        chosen = replace(plain, expects_null=plain.expects_null or here)
        return scoped(chosen, f"w{digest}", to_sql(where, needs), tuple(needs.values()))

    def _plain(self, name: str) -> Field:
        if name not in self._fields:
            self._fields[name] = field_of(self.table, self.column(name))
        return self._fields[name]

    def absent(self, *names: str) -> list[str]:
        """Those of the names that the table has no column of, each once."""
        return [name for name in dict.fromkeys(names) if name not in self.table.engine_types]
