"""What changed between two versions of a table: its columns, what they hold, its rows. Facts: nothing is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.config.schema import Column, Rule, Schema
from mlgate.data import aggregates as sql
from mlgate.data.diff_content import ColumnChange, Shown, column_changes
from mlgate.data.diff_header import HeaderChange, header_change
from mlgate.data.diff_profile import profile
from mlgate.data.diff_rows import KeyChange, RowChange, Sides, compare_keys, compare_rows
from mlgate.data.measure import Broken, measure
from mlgate.data.table import Table
from mlgate.errors import SourceError

MAX_SHOWN = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One of the two tables; `unread` rows could not be parsed and take no part."""

    shown: str
    rows: int
    columns: int
    unread: int = 0

    def as_json(self) -> dict[str, Any]:
        return {"shown": self.shown, "rows": self.rows, "columns": self.columns, "unread_rows": self.unread}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDiff:
    """What changed from `before` to `after`.

    Parameters
    ----------
    header : columns that came, went, were renamed, or are of another type
    rows : rows that only one of the tables has; None where a key says more, or where it could not be computed
    key : rows by their key; None where no key is known
    columns : columns whose content changed, those that moved most first
    unchanged : names of those whose figures are all the same
    """

    before: Version
    after: Version
    header: HeaderChange
    rows: RowChange | None
    key: KeyChange | None
    columns: tuple[ColumnChange, ...]
    unchanged: tuple[str, ...]
    privacy: str = "masked"

    def as_json(self) -> dict[str, Any]:
        """Plain data, as `mlgate data diff --format json` writes it."""
        return {
            "version": 1,
            "before": self.before.as_json(),
            "after": self.after.as_json(),
            "schema": self.header.as_json(),
            "rows": self.rows and self.rows.as_json(),
            "key": self.key and self.key.as_json(),
            "columns": [change.as_json() for change in self.columns[:MAX_SHOWN]],
            "unchanged": list(self.unchanged),
            "privacy": self.privacy,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the tables beforehand.

    Parameters
    ----------
    key : columns that name a row; empty where none do
    schema : declares types and closed sets; a declared value may be shown whatever the privacy
    privacy : `none`, `masked` or `full`: what of single rows may appear
    """

    key: tuple[str, ...] = ()
    schema: Schema | None = None
    privacy: str = "masked"


def compare_tables(before: Table, after: Table, known: Known) -> TableDiff:
    """Compare two tables that are open in one connection.

    Parameters
    ----------
    before, after : the older and the newer version

    Raises
    ------
    SourceError
        The engine cannot read one of them.
    """
    old, new = profile(before, path=before.shown), profile(after, path=after.shown)
    header = header_change(before, after, old, new)
    pairs = header.pairs
    declared = known.schema.columns if known.schema else {}
    sides = Sides(before=before, after=after, pairs=pairs, declared=declared)
    keys = compare_keys(sides, known.key) if known.key else None
    named = {*known.key, *(name for name, column in declared.items() if _is_key(column))}
    shown = Shown(privacy=known.privacy, keys=frozenset(named), declared={n: _members(c) for n, c in declared.items()})
    changed = keys.changed_by_column if keys and not keys.problem else {}
    columns, unchanged = column_changes(old, new, pairs, shown, changed)
    return TableDiff(
        before=_version(before),
        after=_version(after),
        header=header,
        rows=compare_rows(sides) if keys is None or keys.problem else None,
        key=keys,
        columns=columns,
        unchanged=unchanged,
        privacy=known.privacy,
    )


def _version(table: Table) -> Version:
    rows = measure(table, [((), [sql.ROWS])])[sql.ROWS]
    if isinstance(rows, Broken):
        raise SourceError(f"{table.shown} cannot be read: {rows.reason}", hint="write the file again")
    return Version(shown=table.shown, rows=rows, columns=len(table.columns), unread=table.problem_rows)


def _is_key(column: Column) -> bool:
    return any(rule.check == "unique" for rule in column.rules)


def _members(column: Column) -> frozenset[str]:
    """Values that the schema names, as text."""
    rules: Sequence[Rule] = column.rules
    listed = [rule.argument for rule in rules if rule.check in ("in_set", "distinct_in_set")]
    labels = [[name for name, _ in rule.argument] for rule in rules if rule.check == "label_distribution"]
    return frozenset(_text(value) for values in [*listed, *labels] for value in values)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
