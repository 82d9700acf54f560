"""Columns that hold a few different values: which are all that may occur, and how sure the file makes of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlgate.data import aggregates as sql
from mlgate.data.infer_facts import Seen, words_of
from mlgate.data.plan import scanned
from mlgate.data.table import Table

MAX_MEMBERS = 100
MAX_MEMBER_LENGTH = 100
FEW = 20
LEAST_ROWS, LEAST_ROWS_OF_ONE = 30, 100
LEAST_COUNT, LEAST_COUNT_OF_MANY = 3, 5
MAX_CODES = 12
SURE_COUNT = 15
NEXT_TEXT, NEXT_CODE, NEXT_FLAG = 5, 7, 3
COLUMNS_AT_ONCE = 16
_GROWS = {
    "id", "key", "count", "number", "num", "no", "n", "index", "rank", "year", "week", "day", "wave", "round", "step",
    "epoch", "batch", "version", "visit", "sequence", "period", "age", "size",
}  # fmt: skip
"""Words in the names of columns whose whole numbers grow, or count something: their largest so far is no last one."""


@dataclass(frozen=True, slots=True)
class Domain:
    """The values of a column in order, and whether so many rows show that there are no others."""

    members: tuple[str | int, ...]
    convincing: bool


def find_domains(table: Table, columns: Sequence[Seen]) -> dict[str, Domain]:
    """Domains by column name, of texts and of whole numbers.

    Both kinds of set convince where a further value would have been seen: if the counts went on falling as they do from
    the last but one to the last. For texts these are the two rarest; a further one would have been seen 5 times, or the
    rarest was itself seen 15 times. There are 30 rows or more (100 for a single value), and each of up to 20 values
    stands there 3 times, each of up to 100 5 times. Whole numbers are 0, 1, ... or 1, 2, ... without a gap, at most 12;
    the next one would have been seen 7 times, after 0 and 1 alone 3 times.

    What no rule can see is a value that is rare among common ones and happens not to be there. Where values fall off
    smoothly, a second sample holds a new value in at most 2 % of the columns; see `benchmarks/data_roundtrip.py` for
    real tables.
    """
    asked = [seen for seen in columns if _may_be_few(seen)]
    counts = _counted(table, asked)
    found = {}
    for seen in asked:
        if seen.is_numeric:
            if not all(math.isfinite(float(value)) for value in counts[seen.name]):
                continue
            numbers = {int(float(value)): count for value, count in counts[seen.name].items()}
            if are_all_codes(numbers, seen.name):
                found[seen.name] = Domain(tuple(sorted(numbers)), convincing=True)
        elif not any("\0" in value for value in counts[seen.name]):
            members = tuple(sorted(counts[seen.name]))
            found[seen.name] = Domain(members, convincing=are_all_texts(counts[seen.name]))
    return found


def _may_be_few(seen: Seen) -> bool:
    if seen.kind == "string":
        return 0 < seen.distinct <= MAX_MEMBERS and (seen.longest or 0) <= MAX_MEMBER_LENGTH
    return seen.is_numeric and seen.whole and seen.distinct <= MAX_CODES and not (seen.nan or seen.infinite)


def _counted(table: Table, columns: Sequence[Seen]) -> dict[str, dict[str, int]]:
    """How often each value of each column occurs; up to 32 columns in one query."""
    counted: dict[str, dict[str, int]] = {seen.name: {} for seen in columns}
    for start in range(0, len(columns), COLUMNS_AT_ONCE):
        block = [seen.field for seen in columns[start : start + COLUMNS_AT_ONCE]]
        texts = ", ".join(f"{sql.as_text(field.value)} AS v{place}" for place, field in enumerate(block))
        query = _value_counts(len(block), f"SELECT {texts} FROM ({scanned(table, block)}) AS source")  # noqa: S608  # made by aggregates
        for place, value, count in table.connection.execute(query).fetchall():
            counted[block[place].name][value] = count
    return counted


def _value_counts(width: int, source: str) -> str:
    """A query for the values of the columns v0, v1, ...: place of the column, value that is not null, rows."""
    values = [f"v{place}" for place in range(width)]
    sets = ", ".join(f"({value})" for value in values)
    place = " ".join(f"WHEN grouping({value}) = 0 THEN {number}" for number, value in enumerate(values))
    groups = (
        f"SELECT CASE {place} END AS place, coalesce({', '.join(values)}) AS value, count(*) AS n "  # noqa: S608  # made by aggregates
        f"FROM ({source}) AS texts GROUP BY GROUPING SETS ({sets})"
    )
    return f"SELECT place, value, n FROM ({groups}) AS counted WHERE value IS NOT NULL"  # noqa: S608  # made by aggregates


def are_all_texts(counts: Mapping[str, int]) -> bool:
    """Whether texts, seen so often, are likely to be all that occur.

    Examples
    --------
    >>> are_all_texts({"F": 20, "M": 12}), are_all_texts({"F": 26, "M": 4}), are_all_texts({"v1": 50})
    (True, False, False)
    """
    rows, rarest = sum(counts.values()), min(counts.values())
    if len(counts) == 1:
        return rows >= LEAST_ROWS_OF_ONE
    if rows < LEAST_ROWS or rarest < (LEAST_COUNT if len(counts) <= FEW else LEAST_COUNT_OF_MANY):
        return False
    return rarest >= SURE_COUNT or rarest**2 >= NEXT_TEXT * sorted(counts.values())[1]


def are_all_codes(counts: Mapping[int, int], name: str) -> bool:
    """Whether whole numbers, seen so often in a column of this name, are codes of which there are no others.

    Examples
    --------
    >>> are_all_codes({1: 20, 2: 9, 3: 15}, "mode"), are_all_codes({1: 20, 2: 9, 3: 15}, "wave")
    (True, False)
    >>> are_all_codes({0: 200, 1: 60, 2: 12}, "children")
    False
    """
    numbers = sorted(counts)
    first, last = numbers[0], numbers[-1]
    if len(numbers) < 2 or first not in (0, 1) or last - first + 1 != len(numbers):
        return False
    ratio = min(1.0, counts[last] / counts[last - 1])
    if numbers == [0, 1]:
        return counts[1] * ratio >= NEXT_FLAG and min(counts.values()) >= LEAST_COUNT
    return counts[last] * ratio >= NEXT_CODE and not _GROWS.intersection(words_of(name))
