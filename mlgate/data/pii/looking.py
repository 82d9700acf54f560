"""A closer look at the values of a column that may hold something: the engine chooses them, Python judges them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlgate.data.pii.numbers import NumberTally
from mlgate.data.pii.questions import BYTES_LOOKED_AT, NUMERIC, Scanned, counts_query, few_query, values_query
from mlgate.data.pii.shapes import NUMBERS
from mlgate.data.pii.tally import Tally
from mlgate.data.pii.text import candidates_in_text
from mlgate.data.plan import scanned
from mlgate.data.table import Table

MOST_VALUES = 200_000
"""Distinct values of an entity that are looked at closely; of more, every n-th is."""
MOST_OF_FEW, BYTES_OF_FEW = 20_000, 4_000_000
"""Candidates of a small table, and their characters, that are looked at without asking for each entity first."""
MOST_NUMBERS = 20_000
"""The same of whole numbers, of which a part tells as much as all."""
_SLACK = 1.1
"""The engine's estimate of the number of distinct values may be so much too small."""


@dataclass(slots=True)
class Looked:
    """What a closer look at a column found.

    Attributes
    ----------
    tallies : by entity and whether its findings are checked
    numbers : of whole numbers
    shares : of the values that may hold an entity, every so many-th was looked at
    looked : distinct values that were looked at, by entity
    """

    numbers: NumberTally
    tallies: dict[tuple[str, bool], Tally] = field(default_factory=dict)
    shares: dict[str, int] = field(default_factory=dict)
    looked: dict[str, int] = field(default_factory=dict)


def look(table: Table, column: Scanned) -> Looked:
    """Judge every distinct value of a column that may hold something, or every n-th of very many.

    Raises
    ------
    duckdb.Error
        The engine cannot answer.
    MlgateError
        A library that judges numbers is not installed.
    """
    source = scanned(table, [column.field])
    question, entities = counts_query(column, source)
    answer = table.connection.execute(question).fetchone() or ()
    looked = Looked(NumberTally(column.field.name, column.entities, is_typed=column.is_number))
    looked.shares = _shares(dict(zip(entities, zip(answer[::3], answer[1::3], answer[2::3], strict=True), strict=True)))
    if looked.shares:
        result = table.connection.execute(values_query(column, source, looked.shares))
        for value, rows, first, *flags in iter(result.fetchone, None):
            chosen = [entity for entity, flag in zip(looked.shares, flags, strict=True) if flag]
            for entity in chosen:
                looked.looked[entity] = looked.looked.get(entity, 0) + 1
            _judge(looked, column.field.name, value, chosen, (rows, first))
    return looked


def look_at_few(table: Table, columns: Sequence[Scanned]) -> list[Looked] | None:
    """Judge every distinct value of a small table's columns that may hold something; None where these are too many.

    Raises
    ------
    duckdb.Error
        The engine cannot answer.
    MlgateError
        A library that judges numbers is not installed.
    """
    source = scanned(table, [column.field for column in columns])
    found = table.connection.execute(few_query(columns, source, MOST_OF_FEW)).fetchall()
    if len(found) > MOST_OF_FEW or sum(len(value) for _, value, _, _ in found) > BYTES_OF_FEW:
        return None
    every = [
        Looked(NumberTally(column.field.name, column.entities, is_typed=column.is_number), shares={"numbers": 1})
        for column in columns
    ]
    whole = re.compile(NUMBERS)
    for place, value, rows, first in found:
        column, looked = columns[place], every[place]
        numeric = column.is_number or (whole.search(value) and not NUMERIC.isdisjoint(column.entities))
        others = [entity for entity in column.entities if not (numeric and entity in NUMERIC)]
        entities = ["numbers"] if column.is_number else [*(["numbers"] if numeric else []), *others]
        _judge(looked, column.field.name, value, entities, (rows, first))
    return every


def _shares(counts: Mapping[str, tuple[int, int, float | None]]) -> dict[str, int]:
    """By entity that any value may hold, every how many-th value is looked at."""
    shares = {}
    for entity, (rows, distinct, size) in counts.items():
        if rows:
            most = MOST_NUMBERS if entity == "numbers" else MOST_VALUES
            most = max(1, min(most, int(BYTES_LOOKED_AT / max(size or 1.0, 1.0))))
            shares[entity] = max(1, -(-int(min(rows, distinct * _SLACK)) // most))
    return shares


def _judge(looked: Looked, name: str, text: Any, entities: list[str], place: tuple[int, int]) -> None:
    rows, first = place
    if "numbers" in entities:
        looked.numbers.add(text, rows, first)
    others = [entity for entity in entities if entity != "numbers"]
    found = candidates_in_text(text, name=name, entities=others) if others else []
    for key in dict.fromkeys((item.entity, item.checked) for item in found):
        tally = looked.tallies.setdefault(key, Tally(checked=key[1]))
        tally.add(text, [item for item in found if (item.entity, item.checked) == key], rows, first)


def told_tallies(looked: Looked) -> Iterator[tuple[str, Tally]]:
    """The tallies of texts and of numbers that the column's name tells, by entity; of one in both, both."""
    for (entity, _), tally in looked.tallies.items():
        yield entity, tally
    for (entity, _), tally in looked.numbers.told.items():
        yield entity, tally
