"""The tests of a column: which rows moved, how surely, and how far.

All of them compare counts of two tables in the same places. A `Tested` carries the size of the change that it is about,
so that a change is reported only where the same test finds it both more than chance and large enough to matter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlgate.data.drift.tails import chi2_tail, kolmogorov_tail, table_p_value

EXACT = 10
"""Tables that are tested exactly: those that look the least like chance."""
CELLS = 64
LEAST_EXPECTED = 10
"""Rows of a cell that the smaller table should have, so that its count is about normal."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rows of the reference and of the newer data that are compared."""

    n: int
    m: int

    @property
    def both(self) -> int:
        return self.n + self.m

    @property
    def noise(self) -> float:
        """Variance of a difference of shares, beside p (1 - p)."""
        return 1.0 / self.n + 1.0 / self.m


@dataclass(frozen=True, slots=True)
class Move:
    """Rows of one kind in the reference (`x` of `sizes.n`) and in the newer data (`y` of `sizes.m`).

    Parameters
    ----------
    kind : `state`, `value`, `others`, `bucket` (of values without a name), `range`, `above`, `holding`
    what : a state, a value, a class of characters; empty for a range
    low, high : ends of a range, the upper one belongs to it; None where it is open
    """

    kind: str
    x: int
    y: int
    sizes: Sizes
    what: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def shares(self) -> tuple[float, float]:
        return self.x / self.sizes.n, self.y / self.sizes.m

    @property
    def change(self) -> float:
        before, after = self.shares
        return after - before

    @property
    def z(self) -> float:
        """How far from chance, about."""
        share = (self.x + self.y) / self.sizes.both
        spread = share * (1 - share) * self.sizes.noise
        return self.change / math.sqrt(spread) if spread > 0 else 0.0

    @property
    def p_value(self) -> float:
        return table_p_value(self.x, self.y, self.sizes.n, self.sizes.m)


@dataclass(frozen=True, slots=True)
class Tested:
    """A p-value, and the size of the change that it is about: `share` of a kind of rows, or `distance` of all.

    `name` is how it was found.
    """

    name: str
    p_value: float
    share: float = 0.0
    distance: float = 0.0


def single_tests(name: str, moves: Sequence[Move]) -> list[Tested]:
    """The exact tests of each kind of rows, corrected for how many there are (Bonferroni, weighted).

    The weight of a kind is its share of all rows, at least that of one among as many equal ones: a value that a tenth
    of the rows hold need not pay for 300 rare ones, and these pay at most twice. The tests condition on the rows of
    both tables together, so weights that are made of these are fixed. Only the ten that look the least like chance are
    computed; the others count as not found.
    """
    rows = math.fsum(move.x + move.y for move in moves)
    masses = [max((move.x + move.y) / rows, 1.0 / len(moves)) if rows else 1.0 for move in moves]
    total = math.fsum(masses)
    weighed = [(move, mass / total) for move, mass in zip(moves, masses, strict=True)]
    ranked = sorted(weighed, key=lambda one: -(one[0].z ** 2 + 2 * math.log(one[1])))[:EXACT]
    return [Tested(name, min(1.0, move.p_value / weight), share=abs(move.change)) for move, weight in ranked]


def homogeneity(name: str, x: Sequence[int], y: Sequence[int]) -> Tested | None:
    """Pearson's test that two rows of counts are of one distribution, under the permutation of all rows.

    Its distance is the total variation beyond what chance makes of it: the share of the rows that would have to be of
    another kind. None where fewer than two kinds are there.
    """
    sizes = Sizes(sum(x), sum(y))
    if len(x) < 2 or not sizes.n or not sizes.m:
        return None
    share = sizes.n / sizes.both
    statistic = distance = by_chance = 0.0
    for a, b in zip(x, y, strict=True):
        k = a + b
        statistic += (a - k * share) ** 2 / (k * share * (1 - share)) if k else 0.0
        distance += abs(a / sizes.n - b / sizes.m) / 2
        p = k / sizes.both
        by_chance += math.sqrt(p * (1 - p) * sizes.noise / (2 * math.pi))
    df = sum(a + b > 0 for a, b in zip(x, y, strict=True)) - 1
    if df < 1:
        return None
    # The mean of the statistic over all permutations is N / (N - 1) times the degrees of freedom.
    return Tested(
        name,
        chi2_tail(statistic * (sizes.both - 1) / sizes.both, df),
        distance=max(0.0, distance - by_chance),
    )


def ordered_tests(x: Sequence[int], y: Sequence[int]) -> list[Tested]:
    """Tests of two rows of counts in ordered cells: the largest distance of their sums, and location with spread.

    Parameters
    ----------
    x, y : counts in the same cells, in order
    """
    sizes = Sizes(sum(x), sum(y))
    distance = largest_distance(x, y)
    scale = math.sqrt(sizes.n * sizes.m / sizes.both)
    tests = [Tested("kolmogorov-smirnov", kolmogorov_tail(distance * scale), distance=distance)]
    scored = _location_and_spread(x, y, sizes)
    return tests if scored is None else [*tests, Tested("location and spread", scored, distance=distance)]


def largest_distance(x: Sequence[int], y: Sequence[int]) -> float:
    """The largest difference of the shares that lie at or below the end of a cell (Kolmogorov-Smirnov)."""
    n, m, below, largest = sum(x), sum(y), [0, 0], 0.0
    for a, b in zip(x, y, strict=True):
        below[0] += a
        below[1] += b
        largest = max(largest, abs(below[0] / n - below[1] / m))
    return largest


def _location_and_spread(x: Sequence[int], y: Sequence[int], sizes: Sizes) -> float | None:
    """p-value of the linear and the quadratic trend of the ranks, made orthogonal; ties have their mean rank.

    The scores are standardised over all rows, so that their sum over those of one table has, over all permutations, the
    variance n m / (N - 1). The sum of both squares is then chi-squared with 2 degrees of freedom: Wilcoxon's test and
    one of the spread, as in Lepage's.
    """
    total = sizes.both
    weights = [(a + b) / total for a, b in zip(x, y, strict=True)]
    place, ranks = 0.0, []
    for weight in weights:
        ranks.append(place + weight / 2 - 0.5)
        place += weight
    spread = math.fsum(w * r * r for w, r in zip(weights, ranks, strict=True))
    if not spread > 0:
        return None
    linear = [rank / math.sqrt(spread) for rank in ranks]
    cubed = math.fsum(w * s**3 for w, s in zip(weights, linear, strict=True))
    square = [s * s - 1.0 - cubed * s for s in linear]
    size = math.fsum(w * s * s for w, s in zip(weights, square, strict=True))
    scores = [linear] + ([[s / math.sqrt(size) for s in square]] if size > 1e-9 else [])
    sums = [math.fsum(a * s for a, s in zip(x, score, strict=True)) for score in scores]
    statistic = math.fsum(found * found for found in sums) * (total - 1) / (sizes.n * sizes.m)
    return chi2_tail(statistic, len(scores))


def merged(
    x: Sequence[int], y: Sequence[int], alone: Sequence[bool] = (), sizes: Sizes | None = None, most: int = CELLS
) -> list[tuple[int, int]]:
    """Neighbouring cells put together until each has rows enough; as (first, one past the last) of those given.

    Which ones are, depends on the rows of both tables together only: the tests condition on that.

    Parameters
    ----------
    alone : cells of a single value, which stay by themselves where they have rows enough
    sizes : of both tables, where these are not all of their rows
    most : cells of equal mass, about
    """
    both = [a + b for a, b in zip(x, y, strict=True)]
    known = sizes or Sizes(sum(x), sum(y))
    least = max(sum(both) / most, LEAST_EXPECTED * known.both / max(1, min(known.n, known.m)))
    groups: list[tuple[int, int]] = []
    start, rows = 0, 0
    for place, count in enumerate(both):
        if alone and alone[place] and count >= least and rows >= least / 2:
            groups.append((start, place))
            start, rows = place, 0
        rows += count
        if rows >= least:
            groups.append((start, place + 1))
            start, rows = place + 1, 0
    if start < len(both):
        if groups and rows < least:
            groups[-1] = (groups[-1][0], len(both))
        else:
            groups.append((start, len(both)))
    return groups
