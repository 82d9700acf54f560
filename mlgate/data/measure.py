"""Asks the aggregates of a table: in one query, or in a few where the table is wide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mlgate.data import aggregates as sql
from mlgate.data.asking import Broken, ask, ask_alone, first_broken, reason
from mlgate.data.own_queries import Query
from mlgate.data.plan import Field, scanned
from mlgate.data.table import Table
from mlgate.data.typed_pass import Asked, Block, every_field, kept_source, typed_facts

__all__ = ["FEW_ROWS", "Asked", "Broken", "first_broken", "measure", "reason"]

FEW_ROWS = 200_000
"""Up to so many rows one query for everything is fastest."""
MAX_COLUMNS = 64
MAX_AGGREGATES = 640
"""What one query asks at most. The engine plans a query in a time that grows with the square of its length."""
IN_FIRST_ROWS = f'"row" <= {sql.FIRST_ROWS}'
"""The condition of `aggregates.in_first_rows`."""


def measure(table: Table, asked: Iterable[Asked], *, every: int = 1, later: Iterable[Field] = ()) -> dict[str, Any]:
    """Value of each aggregate expression, in one SELECT for up to 64 columns and 640 aggregates.

    A wider table takes several, each over columns of its own, so that time and memory grow with the number of columns
    and not with its square. Where the engine refuses, the expressions are split in halves until the one at fault stands
    alone: its value is `Broken`, and the others are still answered. A `Query` among the expressions is asked by itself,
    and so is an aggregate of distinct values of many rows. Of many rows, what speaks of the first ones only is asked of
    these, and a column of which no more is asked than how many values are there is not read if its file says so.

    Parameters
    ----------
    table : asked through its connection
    asked : columns and the aggregates over them; neighbours share a query, and repeated aggregates are asked once
    every : take every n-th row only
    later : columns of which more will be asked once these answers are known
    """
    items: list[Asked] = [(fields, list(expressions)) for fields, expressions in asked]
    few = table.known_rows is not None and table.known_rows <= FEW_ROWS
    facts = {} if few or every != 1 else _told(table, items)
    if not few and every == 1 and table.quick is None:
        facts |= _first_rows(table, items)
    items = [(fields, [text for text in texts if text not in facts]) for fields, texts in items]
    blocks = list(_blocks(items, few=few))
    alone = [(fields, text) for fields, texts in items for text in texts if _stands_alone(text, few=few)]
    facts |= typed_facts(table, blocks, alone, later) if every == 1 else {}
    for fields, wanted in blocks:
        new = [text for text in wanted if text not in facts]
        if new:
            connection, source = kept_source(table, fields, new, every)
            facts |= ask(connection, source, new)
    for needed, text in alone:
        if text not in facts:
            connection, source = kept_source(table, needed, [text], every)
            if isinstance(text, Query):
                facts[text] = ask_alone(connection, source, text)
            else:
                facts |= ask(connection, source, [text])
    return facts


def _told(table: Table, items: Sequence[Asked]) -> dict[str, int]:
    """Counts of values that the table's own files tell, for the columns of which nothing else is asked.

    Of a column that is read anyway the engine counts the values faster than the files' statistics are looked up.
    """
    fields = list(dict.fromkeys(every_field(field for fields, _ in items for field in fields)))
    counts = {text: field for field in fields for text in _counted(field)}
    rest = [text for _, texts in items for text in texts if text not in counts]
    used = set(re.findall(r"\w+", " ".join([*rest, *(field.condition for field in fields)])))
    scoped = {table.sql(field.name) for field in fields if field.scope}
    free = [field for field in fields
            if table.sql(field.name) not in scoped and not {field.raw, field.value} & used]  # fmt: skip
    if table.told is None or not free:
        return {}
    known = table.told()
    places = {field: int(table.sql(field.name).removeprefix("c")) for field in free}
    return {text: known[places[field]] for text, field in counts.items() if places.get(field) in known}


def _counted(field: Field) -> list[str]:
    """The texts that ask how many values of a column are not null, all with the same answer."""
    raw, value = sql.count(field.raw), sql.count(field.value)
    as_stored = ("x", f"CAST(x AS {field.engine_type})")
    return [raw, value] if sql.from_stored("x", field.kind, field.engine_type) in as_stored else [raw]


def _first_rows(table: Table, items: Sequence[Asked]) -> dict[str, Any]:
    """What is asked of the first rows only: the engine reads no further."""
    facts: dict[str, Any] = {}
    first = [(fields, [text for text in texts if IN_FIRST_ROWS in text]) for fields, texts in items]
    for fields, wanted in _blocks(first, few=True):
        source = f"SELECT * FROM ({scanned(table, fields)}) AS every_row WHERE {IN_FIRST_ROWS}"  # noqa: S608  # names of ours
        facts |= ask(table.connection, source, wanted)
    return facts


def _stands_alone(text: str, *, few: bool) -> bool:
    """Whether a query of its own answers.

    Beside an aggregate of distinct values the engine sets aside all columns that the query asks for: of many rows that
    is most of the time and the memory.
    """
    return isinstance(text, Query) or (not few and "DISTINCT" in text)


def _blocks(asked: Iterable[Asked], *, few: bool = True) -> Iterator[Block]:
    """Columns and aggregates of each query: what one item asks stays together."""
    fields: list[Field] = []
    columns: set[str] = set()
    block: list[str] = []
    seen: set[str] = set()
    for needed, expressions in asked:
        fresh = [text for text in dict.fromkeys(expressions) if text not in seen]
        new = [text for text in fresh if not _stands_alone(text, few=few)]
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
