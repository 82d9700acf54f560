"""Asks the aggregates of a table: in one query, or in a few where the table is wide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.data.own_queries import EachValue, Query
from mlgate.data.plan import Field, scanned
from mlgate.data.table import Table

MAX_COLUMNS = 64
MAX_AGGREGATES = 640
"""What one query asks at most. The engine plans a query in a time that grows with the square of its length."""

Asked = tuple[Sequence[Field], Iterable[str]]
"""Columns, and aggregates over them."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An aggregate that the engine could not compute, and its words."""

    reason: str


def measure(table: Table, asked: Iterable[Asked], *, every: int = 1) -> dict[str, Any]:
    """Value of each aggregate expression, in one SELECT for up to 64 columns and 640 aggregates.

    A wider table takes several, each over columns of its own, so that time and memory grow with the number of columns
    and not with its square. Where the engine refuses, the expressions are split in halves until the one at fault stands
    alone: its value is `Broken`, and the others are still answered. A `Query` among the expressions is asked by itself.

    Parameters
    ----------
    table : asked through its connection
    asked : columns and the aggregates over them; neighbours share a query, and repeated aggregates are asked once
    every : take every n-th row only
    """
    facts: dict[str, Any] = {}
    items: list[Asked] = [(fields, list(expressions)) for fields, expressions in asked]
    for fields, wanted in _blocks(items):
        facts |= _ask(table, scanned(table, fields, every=every), wanted)
    for needed, expressions in items:
        for query in expressions:
            if isinstance(query, Query) and query not in facts:
                facts[query] = _ask_alone(table, scanned(table, needed, every=every), query)
    return facts


def _blocks(asked: Iterable[Asked]) -> Iterator[tuple[list[Field], list[str]]]:
    """Columns and aggregates of each query: what one item asks stays together."""
    fields: list[Field] = []
    columns: set[str] = set()
    block: list[str] = []
    seen: set[str] = set()
    for needed, expressions in asked:
        new = [text for text in dict.fromkeys(expressions) if text not in seen and not isinstance(text, Query)]
        if not new:
            continue
        together = columns | {field.raw for field in needed}
        if block and (len(together) > MAX_COLUMNS or len(block) + len(new) > MAX_AGGREGATES):
            yield fields, block
            fields, block, together = [], [], {field.raw for field in needed}
        fields.extend(needed)
        block.extend(new)
        seen.update(new)
        columns = together
    if block:
        yield fields, block


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


def _ask_alone(table: Table, source: str, query: Query) -> Any:
    import duckdb

    try:
        result = table.connection.execute(f"WITH source AS NOT MATERIALIZED ({source}) {query}")
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
