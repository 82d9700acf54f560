"""Asks the aggregates of a table: in one query, or in a few where the table is wide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mlgate.data.asking import Broken, ask, ask_alone, first_broken, queries_of, reason
from mlgate.data.own_queries import Query
from mlgate.data.plan import Field
from mlgate.data.table import Table
from mlgate.data.typed_pass import Asked, Block, kept_source, typed_facts

__all__ = ["Asked", "Broken", "first_broken", "measure", "reason"]

MAX_COLUMNS = 64
MAX_AGGREGATES = 640
"""What one query asks at most. The engine plans a query in a time that grows with the square of its length."""


def measure(table: Table, asked: Iterable[Asked], *, every: int = 1, later: Iterable[Field] = ()) -> dict[str, Any]:
    """Value of each aggregate expression, in one SELECT for up to 64 columns and 640 aggregates.

    A wider table takes several, each over columns of its own, so that time and memory grow with the number of columns
    and not with its square. Where the engine refuses, the expressions are split in halves until the one at fault stands
    alone: its value is `Broken`, and the others are still answered. A `Query` among the expressions is asked by itself.

    Parameters
    ----------
    table : asked through its connection
    asked : columns and the aggregates over them; neighbours share a query, and repeated aggregates are asked once
    every : take every n-th row only
    later : columns of which more will be asked once these answers are known
    """
    items: list[Asked] = [(fields, list(expressions)) for fields, expressions in asked]
    blocks = list(_blocks(items))
    facts = typed_facts(table, blocks, items, later) if every == 1 else {}
    for fields, wanted in blocks:
        new = [text for text in wanted if text not in facts]
        if new:
            connection, source = kept_source(table, fields, new, every)
            facts |= ask(connection, source, new)
    for needed, expressions in items:
        for query in queries_of(expressions):
            if query not in facts:
                connection, source = kept_source(table, needed, [query], every)
                facts[query] = ask_alone(connection, source, query)
    return facts


def _blocks(asked: Iterable[Asked]) -> Iterator[Block]:
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
