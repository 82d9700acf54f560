"""A closer look at the values of a column that may hold something: the engine chooses them, Python judges them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Any

from mlgate.data.pii.numbers import NumberTally
from mlgate.data.pii.questions import BYTES_LOOKED_AT, NUMERIC, Scanned, counts_query, few_query, values_query
from mlgate.data.pii.shapes import NUMBERS
from mlgate.data.pii.tally import Tally
from mlgate.data.pii.text import candidates_in_text
from mlgate.data.plan import scanned
from mlgate.data.table import Table
from mlgate.late import dataclass

MOST_VALUES = 200_000
"""Distinct values of an entity that are looked at closely; of more, every n-th is."""
MOST_AT_FIRST = 20_000
"""Of an entity that most values of a column may hold, so many are looked at first: they tell whether it does."""
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
    hasty : entities of which a longer look takes more values
    """

    numbers: NumberTally
    tallies: dict[tuple[str, bool], Tally] = field(default_factory=dict)
    shares: dict[str, int] = field(default_factory=dict)
    looked: dict[str, int] = field(default_factory=dict)
    hasty: frozenset[str] = frozenset()


def look(table: Table, column: Scanned, gates: int | None, present: int, *, thorough: bool = False) -> Looked:
    """Judge every distinct value of a column that may hold something, or every n-th of very many.

    Parameters
    ----------
    gates : that the scan found passed; none where it did not ask
    present : values of the column that are not null
    thorough : whether as many values are taken of an entity that most values may hold as of another

    Raises
    ------
    duckdb.Error
        The engine cannot answer.
    MlgateError
        A library that judges numbers is not installed.
    """
    source = scanned(table, [column.field])
    nth = max(1, present // MOST_VALUES)
    question, entities = counts_query(column, source, gates, nth)
    answer = table.connection.execute(question).fetchone() or ()
    looked = Looked(NumberTally(column.field.name, column.entities, is_typed=column.is_number))
    counts = zip(answer[::3], answer[1::3], answer[2::3], strict=True)
    candidates = {entity: _Candidates(*each, nth) for entity, each in zip(entities, counts, strict=True)}
    if not thorough:
        looked.hasty = frozenset(
            entity for entity, each in candidates.items() if 2 * each.all_rows >= present and entity != "numbers"
        )
    looked.shares = {
        entity: each.share(_most(entity, hasty=entity in looked.hasty))
        for entity, each in candidates.items()
        if each.rows or nth > 1
    }
    if looked.shares:
        result = table.connection.execute(values_query(column, source, gates, looked.shares))
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


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Of every `nth` value, those that may hold an entity: rows, distinct ones, mean bytes of one."""

    rows: int
    distinct: int
    size: float | None
    nth: int

    @property
    def all_rows(self) -> int:
        return self.rows * self.nth

    def share(self, most: int) -> int:
        """Every how many-th distinct value is looked at, so that these are no more than `most`."""
        most = max(1, min(most, int(BYTES_LOOKED_AT / max(self.size or 1.0, 1.0))))
        return max(1, -(-int(self.nth * min(self.rows, self.distinct * _SLACK)) // most))


def _most(entity: str, *, hasty: bool) -> int:
    if entity == "numbers":
        return MOST_NUMBERS
    return min(MOST_AT_FIRST, MOST_VALUES) if hasty else MOST_VALUES


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
