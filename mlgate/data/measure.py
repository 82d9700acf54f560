"""Asks all aggregates of a table in one query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.data.table import Table


@dataclass(frozen=True, slots=True)
class Broken:
    """An aggregate that the engine could not compute, and its words."""

    reason: str


def measure(table: Table, source: str, expressions: Iterable[str]) -> dict[str, Any]:
    """Value of each aggregate expression over `source`, in one SELECT.

    Where the engine refuses, the expressions are split in halves until the one at fault stands alone: its value is
    `Broken`, and the others are still answered.

    Parameters
    ----------
    table : asked through its connection
    source : a SELECT
    expressions : aggregates over the columns of `source`; repeated ones are asked once
    """
    wanted = tuple(dict.fromkeys(expressions))
    return _ask(table, source, wanted) if wanted else {}


def _ask(table: Table, source: str, wanted: Sequence[str]) -> dict[str, Any]:
    import duckdb

    try:
        row = table.connection.execute(f"SELECT {', '.join(wanted)} FROM ({source}) AS source").fetchone()  # noqa: S608  # made by aggregates
    except duckdb.Error as problem:
        if len(wanted) == 1:
            return {wanted[0]: Broken(reason(problem))}
        middle = len(wanted) // 2
        return _ask(table, source, wanted[:middle]) | _ask(table, source, wanted[middle:])
    return dict(zip(wanted, row or (), strict=True))


def reason(problem: Exception) -> str:
    """First line of the engine's message, at most 200 characters."""
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0][:200]


def first_broken(facts: Mapping[str, Any]) -> Broken | None:
    return next((value for value in facts.values() if isinstance(value, Broken)), None)
