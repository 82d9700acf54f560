"""Rows of two versions of a table: which only one of them has, and by a key which were added, removed and changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlgate.config.schema import Column
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.comparable import Pair, same_value
from mlgate.data.measure import Broken, reason
from mlgate.data.plan import Field, field_of, scanned
from mlgate.data.table import Table
from mlgate.outcome import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """Rows that stand in both tables as often, and those that only one has, compared in so many columns.

    A row that stands twice counts twice; the order of the rows does not matter.
    """

    same: int
    only_before: int
    only_after: int
    columns: int

    def as_json(self) -> dict[str, Any]:
        return {
            "same": self.same,
            "only_before": self.only_before,
            "only_after": self.only_after,
            "columns_compared": self.columns,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """Rows by their key. `problem` says why they could not be told apart; then nothing was counted.

    `absent` are columns of the key that one of the tables lacks.
    """

    columns: tuple[str, ...]
    added: int = 0
    removed: int = 0
    changed: int = 0
    same: int = 0
    without_key: tuple[int, int] = (0, 0)
    changed_by_column: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""
    absent: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in ("added", "removed", "changed", "same")}
        return {
            "columns": list(self.columns),
            **(dict.fromkeys(counts) if self.problem else counts),
            "without_key": list(self.without_key),
            "changed_by_column": dict(self.changed_by_column),
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Two tables of one connection, and the columns that both have, as (name before, name after).

    `declared` are the columns of a schema by name: how values are read before they are compared.
    """

    before: Table
    after: Table
    pairs: Sequence[tuple[str, str]]
    declared: Mapping[str, Column]

    def fields(self, names: Sequence[str]) -> list[Field]:
        place = Location(self.after.shown)
        return [field_of(self.after, self.declared.get(name) or Column(name=name, location=place)) for name in names]

    def values(self, field_: Field, was: str) -> Pair:
        """A column of both tables as SQL of one type, under which equal values are equal."""
        found = same_value(field_, self.after.read.decimal, self.before, was)
        if found.here == field_.raw and field_.engine_type == self.before.engine_types[was]:
            return found
        return Pair(sql.as_text(found.here), sql.as_text(found.there))


def compare_rows(sides: Sides) -> RowChange | None:
    """Rows of both tables as multisets; None where there is no column to compare, or the engine cannot do it."""
    fields = sides.fields([name for _, name in sides.pairs])
    if not fields:
        return None
    values = [sides.values(item, was) for item, (was, _) in zip(fields, sides.pairs, strict=True)]
    here, there = sql.digest(*(pair.here for pair in values)), sql.digest(*(pair.there for pair in values))
    both = (
        f"SELECT {here} AS d, 1 AS side FROM ({scanned(sides.after, fields)}) AS source "  # noqa: S608  # made by aggregates
        f"UNION ALL SELECT {there}, -1 FROM {sides.before.relation}"
    )
    grouped = f"SELECT sum(side) AS n, count(*) AS rows FROM ({both}) AS both_sides GROUP BY d"  # noqa: S608  # names of ours
    query = (
        "SELECT coalesce(sum(CASE WHEN n > 0 THEN n END), 0), coalesce(sum(CASE WHEN n < 0 THEN -n END), 0), "  # noqa: S608  # names of ours
        f"coalesce(sum(rows - abs(n)), 0) FROM ({grouped}) AS grouped"
    )
    answer = _row(sides.after, query)
    if isinstance(answer, Broken):
        return None
    only_after, only_before, twice = (int(count) for count in answer)
    return RowChange(same=twice // 2, only_before=only_before, only_after=only_after, columns=len(fields))


def compare_keys(sides: Sides, key: Sequence[str]) -> KeyChange:
    """Rows by a key, named as in the newer table. A row in which a part of it is missing takes no part."""
    columns = tuple(key)
    became = {name: was for was, name in sides.pairs}
    absent = tuple(name for name in columns if name not in became)
    if absent:
        problem = f"not in both tables: {words.listed(absent)}"
        return KeyChange(columns=columns, problem=problem, absent=absent)
    others = [name for _, name in sides.pairs if name not in columns]
    fields = sides.fields([*columns, *others])
    values = [sides.values(item, became[item.name]) for item in fields]
    question = _ByKey(sides, fields, values, len(columns))
    repeats = _row(sides.after, question.repeats)
    if isinstance(repeats, Broken):
        return KeyChange(columns=columns, problem=f"it could not be computed: {repeats.reason}")
    repeated_after, repeated_before, missing_after, missing_before = repeats
    without = (int(missing_before), int(missing_after))
    if repeated_before or repeated_after:
        parts = [(repeated_before, "older"), (repeated_after, "newer")]
        told = " and ".join(f"{words.counted(int(n), 'row')} of the {which} table" for n, which in parts if n)
        problem = f"an earlier row's key stands again in {told}: rows cannot be told apart by it"
        return KeyChange(columns=columns, without_key=without, problem=problem)
    changes = _row(sides.after, question.changes)
    if isinstance(changes, Broken):
        return KeyChange(columns=columns, without_key=without, problem=f"it could not be computed: {changes.reason}")
    added, removed, changed, matched, *each = map(int, changes)
    return KeyChange(
        columns=columns,
        added=added,
        removed=removed,
        changed=changed,
        same=matched - changed,
        without_key=without,
        changed_by_column={name: count for name, count in zip(others, each, strict=True) if count},
    )


def _row(table: Table, query: str) -> tuple[Any, ...] | Broken:
    """The one row that a query gives."""
    import duckdb

    try:
        return table.connection.execute(query).fetchone() or ()
    except duckdb.Error as problem:
        return Broken(reason(problem))


class _ByKey:
    """Queries over both tables by a key: `values` are the columns of both, the first ones those of the key."""

    def __init__(self, sides: Sides, fields: Sequence[Field], values: Sequence[Pair], width: int) -> None:
        self.sides, self.fields, self.values, self.width = sides, fields, values, width

    @property
    def repeats(self) -> str:
        """Rows with a key that an earlier one has, and rows without a key: of the newer table, then of the older."""
        here, there = self._sides(only_key=True)
        keys = [f"k{place}" for place in range(self.width)]
        whole = sql.all_of([f"{key} IS NOT NULL" for key in keys])
        counts = f"{sql.count_where(whole)} - {sql.count_distinct(*keys, where=whole)} AS repeats"
        counts += f", {sql.ROWS} - {sql.count_where(whole)} AS missing"
        sides = [f"(SELECT {counts} FROM {side}) AS {name}" for side, name in ((here, "here"), (there, "there"))]  # noqa: S608  # names of ours
        return f"SELECT here.repeats, there.repeats, here.missing, there.missing FROM {sides[0]}, {sides[1]}"  # noqa: S608  # names of ours

    @property
    def changes(self) -> str:
        """Keys that came, went, and stand for a changed row; keys of both; and of each column how often it changed."""
        here, there = self._sides(only_key=False)
        keys = [f"k{place}" for place in range(self.width)]
        differs = [f"here.v{place} <> there.v{place}" for place in range(len(self.values) - self.width)]
        both = "here.at IS NOT NULL AND there.at IS NOT NULL"
        counts = [
            sql.count_where("there.at IS NULL"),
            sql.count_where("here.at IS NULL"),
            sql.count_where(f"{both} AND ({' OR '.join(differs) or 'false'})"),
            sql.count_where(both),
            *(sql.count_where(f"{both} AND {condition}") for condition in differs),
        ]
        equal = sql.all_of([f"here.{key} = there.{key}" for key in keys])
        whole = sql.all_of([f"{key} IS NOT NULL" for key in keys])
        one, other = (f"(SELECT * FROM {side} WHERE {whole})" for side in (here, there))  # noqa: S608  # names of ours
        return f"SELECT {', '.join(counts)} FROM {one} AS here FULL JOIN {other} AS there ON {equal}"  # noqa: S608  # names of ours

    def _sides(self, *, only_key: bool) -> tuple[str, str]:
        sides = []
        for side in ("here", "there"):
            found = [getattr(pair, side) for pair in self.values]
            columns = [f"{value} AS k{place}" for place, value in enumerate(found[: self.width])]
            if not only_key:
                columns += [f"{sql.digest(value)} AS v{place}" for place, value in enumerate(found[self.width :])]
            columns.append("true AS at")
            fields = self.fields[: self.width] if only_key else self.fields
            source = (
                f"({scanned(self.sides.after, fields)}) AS source" if side == "here" else self.sides.before.relation
            )
            sides.append(f"(SELECT {', '.join(columns)} FROM {source}) AS {side}_rows")  # noqa: S608  # made by aggregates
        return sides[0], sides[1]
