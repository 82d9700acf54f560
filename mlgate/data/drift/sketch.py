"""What is kept of a column to compare it by: counts of rows, and nothing else. A profile is these, written down.

A sketch is made of a reference. What newer data has is counted in the same places, so that a reference and its profile
give the same verdict by construction.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

STATES = ("missing", "nan", "+inf", "-inf", "mistyped")
"""Buckets of rows without a value to compare: each is equal to itself. `mistyped` is a value of another type."""
FLOOR = 5
"""Rows that must share a value before it is named."""
MAX_NAMED = 500
"""Values of a column that are named, the most frequent ones."""
MAX_LENGTH = 200
"""Characters of a value that is named."""
MAX_HASHED = 64
"""Buckets that all values of a column are dealt into by their MD5, so that those without a name count too."""
ROWS_PER_HASHED = 20


@dataclass(frozen=True, slots=True)
class Ordered:
    """Rows by where their value lies. A cell is what lies above one edge and up to, and including, the next.

    Parameters
    ----------
    edges : increasing; a value of its own cell has the next smaller double as the edge below it
    counts : rows of each cell, one more than there are edges: the last one lies above all of them
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def rows(self) -> int:
        return sum(self.counts)

    def single(self, cell: int) -> float | None:
        """The one value that a cell holds, or None."""
        if 0 < cell < len(self.edges) and self.edges[cell - 1] == math.nextafter(self.edges[cell], -math.inf):
            return self.edges[cell]
        return None

    def quantile(self, level: float) -> float | None:
        """About where a share of the rows lies below: between the edges of its cell, or None beyond the outer ones."""
        wanted, below = level * self.rows, 0
        for cell, count in enumerate(self.counts):
            if count and below + count >= wanted:
                if not 0 < cell < len(self.edges):
                    return None
                low, high = self.edges[cell - 1], self.edges[cell]
                alone = self.single(cell)
                return low + (high - low) * (wanted - below) / count if alone is None else alone
            below += count
        return None


@dataclass(frozen=True, slots=True)
class Values:
    """Rows by their value, as text.

    Parameters
    ----------
    named : rows of the values that may be named, the most frequent first
    bound : rows that a value without a name may have at most
    hashed : rows of all values by `bucket_of`; a power of two of them
    """

    named: Mapping[str, int]
    bound: int
    hashed: tuple[int, ...]

    @property
    def rows(self) -> int:
        return sum(self.hashed)


@dataclass(frozen=True, slots=True)
class Writing:
    """How the texts of a column are written: their lengths, and how many hold characters of a class."""

    length: Ordered
    holding: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column as it is compared.

    Parameters
    ----------
    kind : a type of a schema
    stored : the engine's type; empty where the file holds text
    rows : rows of the table
    states : rows by each of `STATES`
    ordered, values, writing : the rest of the rows; None where they are not looked at this way
    withheld : why values have no name here although newer data may name them; empty where they have
    personal : that it holds personal data: nothing that is said or kept names a value; empty where it holds none
    left_out : why the column is not compared unless somebody names it; then there is nothing but `rows` and `states`
    """

    name: str
    kind: str
    stored: str = ""
    rows: int
    states: Mapping[str, int]
    ordered: Ordered | None = None
    values: Values | None = None
    writing: Writing | None = None
    withheld: str = ""
    personal: str = ""
    left_out: str = ""

    @property
    def present(self) -> int:
        """Rows that have a value to compare."""
        return self.rows - sum(self.states.values())

    @property
    def keeps_values(self) -> bool:
        """Whether values can be told apart by what is kept; not in a profile of a column that holds personal data."""
        return bool(self.ordered and self.ordered.edges) or self.values is not None or self.writing is not None

    def hides(self, privacy: str) -> bool:
        """Whether no number or moment of it may be named."""
        return privacy == "none" or bool(self.personal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A table as it is compared.

    Parameters
    ----------
    name : of the data, in messages
    rows : that could be read
    unread : rows that could not be parsed, and take no part
    columns : by name, in the file's order
    profile : the file that this was read from; empty where it was made of the data
    """

    name: str
    rows: int
    unread: int = 0
    columns: Mapping[str, Column] = field(default_factory=dict)
    profile: str = ""


def bucket_of(value: str, buckets: int) -> int:
    """Bucket of a value: the first two digits of its MD5, of which `buckets` is a divisor. The same everywhere.

    Examples
    --------
    >>> bucket_of("F", 64), bucket_of("M", 64)
    (0, 41)
    """
    return int(hashlib.md5(value.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()[:2], 16) % buckets


def buckets_for(rows: int) -> int:
    """How many buckets values are dealt into: 64, fewer where that left under 20 rows in each."""
    wanted = MAX_HASHED
    while wanted > 4 and rows < wanted * ROWS_PER_HASHED:
        wanted //= 2
    return wanted


def values_of(counts: Mapping[str, int], floor: int = FLOOR) -> Values:
    """A sketch of value counts: those with `floor` rows or more are named, at most `MAX_NAMED` of them."""
    buckets = buckets_for(sum(counts.values()))
    hashed = [0] * buckets
    for value, count in counts.items():
        hashed[bucket_of(value, buckets)] += count
    return named_values(counts, hashed, floor)


def named_values(counts: Mapping[str, int], hashed: Sequence[int], floor: int = FLOOR) -> Values:
    """As `values_of`, where the buckets are counted and `counts` holds the most frequent values, if not all."""
    order = sorted(counts, key=lambda value: (-counts[value], value))
    frequent = [value for value in order if counts[value] >= floor]
    kept = [value for value in frequent[:MAX_NAMED] if len(value) <= MAX_LENGTH]
    named = {value: counts[value] for value in kept}
    if sum(named.values()) == sum(hashed):
        return Values(named, 0, tuple(hashed))
    left = [counts[value] for value in order if value not in named]
    return Values(named, max(floor - 1, *left[:1]), tuple(hashed))


def ordered_of(values: Sequence[float], counts: Sequence[int], edges: Sequence[float]) -> Ordered:
    """Rows by cell, of sorted values and how often each stands there."""
    below = [0, *accumulate(counts)]
    ends = [below[bisect_right(values, edge)] for edge in edges]
    return Ordered(tuple(edges), tuple(high - low for low, high in pairwise([0, *ends, below[-1]])))
