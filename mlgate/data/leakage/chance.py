"""How many equal rows chance alone makes: in a table of few and coarse columns many rows are equal without a copy.

Of pairs of rows that agree in all columns but two, some agree in the one, some in the other, some in neither. None of
these is a copy. If the two columns agree independently of each other, the first two counts multiplied and divided by
the third are the pairs that agree in both by chance: the argument that Lincoln and Petersen count animals by. The pair
of columns that expects most is taken. Copies agree in everything, so chance does not expect them.

On real tables split at random the equal pairs lie between 0.03 and 1.3 times that number. Rows that were measured
several times are no copies in this sense, so `groups` looks for them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from mlgate.data import aggregates as sql
from mlgate.data.leakage.columns import Compared
from mlgate.data.leakage.matching import ask_row, ask_rows
from mlgate.data.leakage.split import Split

FACTOR = 4
"""Pairs that are more than so many times those that chance expects are copies."""
MAX_COLUMNS = 16
DIVERSE = 4
SAMPLE = 100_000
EXCESS_SHARE, EXCESS_SIGMA = 0.10, 5.0
LARGEST_GROUP = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Equal pairs of rows of two splits, and how many chance expects; `copies` says whether they are more than that."""

    pairs: float
    expected: float

    @property
    def copies(self) -> bool:
        return not self.pairs <= FACTOR * self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of splits as keys of the columns that are compared: `splits` with their places among all splits."""

    splits: Sequence[tuple[int, Split]]
    columns: Sequence[Compared]
    least: int

    def relation(self, every: int = 1) -> str:
        """Subquery of the rows of which enough values are there: `k0`, `k1`, ...; of every n-th row only."""
        parts = []
        for place, split in self.splits:
            keys = ", ".join(f"{column.keys[place]} AS k{n}" for n, column in enumerate(self.columns))
            chosen = f" WHERE {split.table.row_number} % {every} = 0" if every > 1 else ""
            parts.append(f"SELECT {keys} FROM {split.table.relation}{chosen}")  # noqa: S608  # names of ours
        there = " + ".join(f"CAST(k{n} IS NOT NULL AS INTEGER)" for n in range(len(self.columns)))
        return f"(SELECT * FROM ({' UNION ALL '.join(parts)}) AS every_row WHERE {there} >= {self.least})"  # noqa: S608  # names of ours

    @property
    def size(self) -> int:
        return sum(split.rows for _, split in self.splits)


def chance_of(later: Rows, earlier: Rows, order: Sequence[int], *, same: bool = False) -> Chance:
    """Equal pairs of rows, one of each, and how many chance expects.

    Parameters
    ----------
    order : places of the columns, the most diverse first; of many only the first are tried
    same : both are the same rows, and no row is paired with itself
    """
    counting = _Counting(later, earlier, same=same)
    pairs = counting.agreeing(())
    tried = sorted(order[:MAX_COLUMNS])
    one_less = {place: counting.agreeing((place,)) - pairs for place in tried}
    expected = 0.0
    most = sorted((place for place in tried if one_less[place] > 0), key=lambda place: (-one_less[place], place))
    for one, other in itertools.combinations(most[:DIVERSE], 2):
        neither = counting.agreeing((one, other)) - pairs - one_less[one] - one_less[other]
        expected = max(expected, one_less[one] * one_less[other] / max(neither, 1.0))
        if pairs <= FACTOR * expected:
            break
    return Chance(pairs=pairs, expected=expected)


class _Counting:
    """Counts pairs that agree in all columns but some; of many later rows evenly spaced ones stand for all."""

    def __init__(self, later: Rows, earlier: Rows, *, same: bool) -> None:
        self.later, self.earlier, self.same = later, earlier, same
        self.every = max(1, later.size // SAMPLE)

    def agreeing(self, without: Sequence[int]) -> float:
        every = 1 if not without else self.every
        places = [n for n in range(len(self.later.columns)) if n not in without]
        digest = sql.hashed(*(f"k{n}" for n in places)) if places else "0"
        here = f"SELECT {digest} AS d, {sql.ROWS} AS n FROM {self.later.relation(every)} AS later_rows GROUP BY d"  # noqa: S608  # names of ours
        there = f"SELECT {digest} AS d FROM {self.earlier.relation()} AS earlier_rows"  # noqa: S608  # names of ours
        # A float, since the pairs of two large tables are more than an integer of 64 bits may hold.
        query = f"SELECT sum(CAST(n AS DOUBLE)) FROM ({there}) AS there JOIN ({here}) AS here USING (d)"  # noqa: S608  # names of ours
        found = float(ask_row(self.later.splits[0][1], query)[0] or 0)
        if self.same:
            counted = f"SELECT {sql.ROWS} FROM {self.later.relation(every)} AS later_rows"  # noqa: S608  # names of ours
            found -= float(ask_row(self.later.splits[0][1], counted)[0])
        return found * every


def excess(later: Split, earlier: Split, digest: str) -> float:
    """Rows of the later split beyond chance that equal exactly one row of the earlier one; 0 where not clearly many.

    Of rows of the earlier split itself, so many equal exactly one other (Good and Turing); a row of the later split
    should do so as often. What is more by a tenth of all rows, and by five standard deviations, is no chance.
    """
    grouped = f"SELECT {digest}, {sql.ROWS} AS n FROM {earlier.digest} WHERE {digest} IS NOT NULL GROUP BY {digest}"  # noqa: S608  # names of ours
    counted = f"SELECT {sql.count_where('n = 2')}, coalesce(sum(n), 0) FROM ({grouped}) AS grouped"  # noqa: S608  # names of ours
    twice, rows = ask_row(earlier, counted)
    once = f"SELECT {digest} FROM ({grouped}) AS grouped WHERE n = 1"  # noqa: S608  # names of ours
    (judged,) = ask_row(later, f"SELECT {sql.count(digest)} FROM {later.digest}")  # noqa: S608  # names of ours
    (hits,) = ask_row(later, f"SELECT {sql.ROWS} FROM {later.digest} SEMI JOIN ({once}) AS once USING ({digest})")  # noqa: S608  # names of ours
    if not rows or not judged:
        return 0.0
    expected = 2 * twice / rows * judged
    more = hits - expected
    clear = more >= EXCESS_SHARE * judged and more >= EXCESS_SIGMA * sqrt(expected * (1 + 2 * judged / rows) + 1)
    return float(more) if clear else 0.0


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of equal rows that chance does not make: their `size`, and how many of them stand in both splits."""

    size: int
    straddling: int


def groups(later: Split, earlier: Split, digest: str) -> Groups | None:
    """Groups of equal rows of one size that are far more frequent than those of one row less and one more.

    Rows that are measured again stand in groups, of as many rows as there were times. Chance makes no such peak: where
    each combination of values has a rate of its own, the number of groups of n rows is at most the root of the product
    of the numbers of n - 1 and n + 1, times (n + 1) / n (Good's inequality for mixed Poisson counts). None where no
    size is over twice that, or where the groups of that size stand in one split each, as after a split by entity.
    """
    both = " UNION ALL ".join(
        f"SELECT {digest} AS d, {side} AS side FROM {split.digest} WHERE {digest} IS NOT NULL"  # noqa: S608  # names of ours
        for side, split in enumerate((earlier, later))
    )
    sized = f"SELECT {sql.ROWS} AS n, sum(side) AS here FROM ({both}) AS both_splits GROUP BY d"  # noqa: S608  # names of ours
    counted = f"n, {sql.ROWS}, {sql.count_where('here > 0 AND here < n')}"
    query = f"SELECT {counted} FROM ({sized}) AS sized WHERE n <= {LARGEST_GROUP + 1} GROUP BY n"  # noqa: S608  # made by aggregates
    known = {int(size): (int(count), int(straddling)) for size, count, straddling in ask_rows(later, query)}
    for size in range(2, LARGEST_GROUP + 1):
        count, straddling = known.get(size, (0, 0))
        around = [_upper(known.get(near, (0, 0))[0]) for near in (size - 1, size + 1)]
        bound = sqrt(around[0] * around[1] * (size + 1) / size)
        if count > 2 * bound and count - bound > EXCESS_SIGMA * sqrt(bound):
            return Groups(size, straddling) if straddling > 2 * bound else None
    return None


def _upper(count: int) -> float:
    return count + 3 * sqrt(count) + 1
