"""SQL over the digests of two splits: which rows and values both have. Another engine replaces these functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.leakage.split import MAX_SHOWN, Pair, Split


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What two splits have in common in a digest.

    Parameters
    ----------
    rows, values : rows of the later split whose digest the earlier one has, and different digests among them
    earlier_rows : rows of the earlier split with one of these
    judged, judged_values : rows of the later split that have a digest, and different ones
    earlier_judged : rows of the earlier split that have one
    """

    rows: int
    values: int
    earlier_rows: int
    judged: int
    judged_values: int
    earlier_judged: int


def ask_row(split: Split, query: str) -> tuple[Any, ...]:
    """The one row that a query gives."""
    return split.table.connection.execute(query).fetchone() or ()


def ask_rows(split: Split, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in split.table.connection.execute(query).fetchall()]


def shared(pair: Pair, digest: str, *, distinct: bool = True) -> Shared:
    """How much of a digest two splits share; without `distinct` no values are counted, which is faster."""
    one, two = pair.later.digest, pair.earlier.digest
    values = sql.count_distinct(digest) if distinct else "0"
    judged, every = ask_row(pair.later, f"SELECT {sql.count(digest)}, {values} FROM {one}")  # noqa: S608  # names of ours
    (other,) = ask_row(pair.later, f"SELECT {sql.count(digest)} FROM {two}")  # noqa: S608  # names of ours
    rows, found = ask_row(pair.later, f"SELECT {sql.ROWS}, {values} FROM {one} SEMI JOIN {two} USING ({digest})")  # noqa: S608  # names of ours
    there = 0
    if rows:
        (there,) = ask_row(pair.later, f"SELECT {sql.ROWS} FROM {two} SEMI JOIN {one} USING ({digest})")  # noqa: S608  # names of ours
    return Shared(rows=rows, values=found, earlier_rows=there, judged=judged, judged_values=every, earlier_judged=other)


def first_matches(pair: Pair, digest: str) -> list[tuple[int, int]]:
    """For the first ten digests that both have, the first row of the later split and the first of the earlier one."""
    first = (
        f'SELECT min("row") AS here, {digest} AS d FROM {pair.later.digest} SEMI JOIN {pair.earlier.digest} '  # noqa: S608  # names of ours
        f"USING ({digest}) GROUP BY {digest} ORDER BY here LIMIT {MAX_SHOWN}"
    )
    query = (
        f'SELECT here, min(there."row") FROM ({first}) AS one JOIN {pair.earlier.digest} AS there '  # noqa: S608  # names of ours
        f"ON there.{digest} = one.d GROUP BY here ORDER BY here"
    )
    return [(int(here), int(there)) for here, there in ask_rows(pair.later, query)]


def as_rows(pair: Pair, matches: Sequence[tuple[int, int]], columns: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Matches as the rows of a finding: where they stand, and the later row's values of a few columns."""
    shown = values_at(pair.later, [here for here, _ in matches], columns, pair.privacy) if columns else {}
    return [
        {"row": here, "value": ", ".join([*shown.get(here, []), f"row {there:,} of {pair.earlier.name}"])}
        for here, there in matches
    ]


def values_at(split: Split, rows: Sequence[int], columns: Sequence[str], privacy: str) -> dict[int, list[str]]:
    """Values of columns in some rows, by the number of the row, as far as privacy allows."""
    if privacy == "none" or not rows:
        return {}
    show = words.plain if privacy == "full" else words.masked
    listed = ", ".join(map(str, rows))
    texts = ", ".join(sql.as_text(split.table.sql(name)) for name in columns)
    number = split.table.row_number
    query = f"SELECT {number}, {texts} FROM {split.table.relation} WHERE {number} IN ({listed})"  # noqa: S608  # names of ours
    return {
        int(row): [
            f"{words.short(name)} {words.exact(show(value))}" for name, value in zip(columns, values, strict=True)
        ]
        for row, *values in ask_rows(split, query)
    }


def entities_among(pair: Pair, digest: str) -> int:
    """Different entities of the later split among its rows that share a digest."""
    query = (
        f"SELECT {sql.count_distinct('e')} FROM {pair.later.digest} SEMI JOIN {pair.earlier.digest} USING ({digest})"  # noqa: S608  # names of ours
    )
    return int(ask_row(pair.later, query)[0])
