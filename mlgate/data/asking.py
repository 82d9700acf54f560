"""Asks the engine: aggregates over a source in one SELECT, or a query by itself. What it refuses is an answer too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.data.own_queries import EachValue, Query, Repeats
from mlgate.data.sorted_keys import count_repeats
from mlgate.data.table import Connection
from mlgate.late import dataclass


@dataclass(frozen=True, slots=True)
class Broken:
    """An aggregate that the engine could not compute, and its words."""

    reason: str


def one_row(connection: Connection, source: str, wanted: Sequence[str]) -> dict[str, Any]:
    """Value of each aggregate over a source, in one SELECT. What the engine refuses is its own error."""
    if not wanted:
        return {}
    rows = connection.execute(f"SELECT {', '.join(wanted)} FROM ({source}) AS source").fetchall()  # noqa: S608  # made by aggregates
    return dict(zip(wanted, rows[0], strict=True))


def ask(connection: Connection, source: str, wanted: Sequence[str]) -> dict[str, Any]:
    """Value of each aggregate over a source; `Broken` for those that the engine refuses.

    Where it refuses, the expressions are split in halves until the one at fault stands alone.
    """
    import duckdb

    try:
        return one_row(connection, source, wanted)
    except duckdb.Error as problem:
        if len(wanted) == 1:
            return {wanted[0]: Broken(reason(problem))}
        middle = len(wanted) // 2
        return ask(connection, source, wanted[:middle]) | ask(connection, source, wanted[middle:])


def ask_alone(connection: Connection, source: str, query: Query) -> Any:
    """Value of a query over `source`; `Broken` where the engine refuses it."""
    import duckdb

    try:
        if isinstance(query, Repeats) and (found := count_repeats(connection, source, query)) is not None:
            return {"repeats": found, "unordered": 0}
        result = connection.execute(f"WITH source AS NOT MATERIALIZED ({source}) {query}")
        if isinstance(query, EachValue):
            return query.judged(iter(result.fetchone, None))
        row = result.fetchone()
    except (duckdb.Error, ValueError) as problem:
        return Broken(reason(problem))
    return row[0] if row else None


def reason(problem: Exception) -> str:
    """First line of the engine's message, at most 200 characters."""
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0][:200]


def first_broken(facts: Mapping[str, Any]) -> Broken | None:
    return next((value for value in facts.values() if isinstance(value, Broken)), None)
