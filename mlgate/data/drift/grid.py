"""Where an ordered column is cut into cells: a hundred of about equal mass, and frequent values by themselves."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import accumulate

MAX_SINGLE = 100
"""Up to so many distinct values each is a cell of its own."""
CELLS = 100


def edges_for(values: Sequence[float], counts: Sequence[int], floor: int, *, single: bool = True) -> tuple[float, ...]:
    """Edges of the cells of a column.

    Up to 100 distinct values, each of which `floor` rows share, have a cell each, and so has what lies between two of
    them: newer data may have values there. Others are cut where another hundredth of the rows, and at least `floor`,
    lies below; a value that alone has two hundredths has its own cell. An edge is the shortest number that separates
    the same values, so it is seldom a value of the data, and no outer cell has fewer rows than half of the others: the
    smallest and the largest value are not kept.

    A cell for each value that `floor` rows share, among others that fewer share, would be a choice by the very counts
    that are compared: what is frequent by chance in a reference is less so in newer data, and the test would take that
    for drift.

    Parameters
    ----------
    values : distinct and increasing
    counts : rows of each
    single : whether a value may have a cell of its own; not where values name something: then no edge is one either
    """
    if not values:
        return ()
    if single and len(values) <= MAX_SINGLE and min(counts) >= floor:
        return tuple(dict.fromkeys(edge for value in values for edge in (_just_below(value), value)))
    return _equal_mass(values, counts, floor, single=single)


def _equal_mass(values: Sequence[float], counts: Sequence[int], floor: int, *, single: bool) -> tuple[float, ...]:
    below = list(accumulate(counts))
    target = max(math.ceil(below[-1] / CELLS), floor)
    heavy = [place for place, count in enumerate(counts) if single and count >= 2 * target]
    edges: list[float] = []
    start = done = 0
    for stop in (*heavy, len(values)):
        while start < stop:
            place = bisect_left(below, done + target, start, stop)
            if place >= stop:
                break
            last = place == len(values) - 1
            if not last and below[-1] - below[place] >= target / 2:
                edges.append(shortest_between(values[place], values[place + 1], inside=not single))
            start, done = place + 1, below[place]
        if stop < len(values):
            edges += [_just_below(values[stop]), values[stop]]
            start, done = stop + 1, below[stop]
    return tuple(dict.fromkeys(edges))


def _just_below(value: float) -> float:
    return math.nextafter(value, -math.inf)


def shortest_between(low: float, high: float, *, inside: bool = False) -> float:
    """The number with the fewest digits that is at least `low` and below `high`; above `low` where it is `inside`.

    Examples
    --------
    >>> shortest_between(1.4849251966, 1.4851), shortest_between(1996.0, 2004.0), shortest_between(-7.03, -6.98)
    (1.485, 2000.0, -7.0)
    >>> shortest_between(5.0, 6.0), shortest_between(5.0, 6.0, inside=True)
    (5.0, 5.1)
    """
    written = Decimal(repr(low))
    top = max(written.copy_abs(), Decimal(repr(high)).copy_abs()).adjusted()
    for digits in range(-top, 20 - top):
        step = Decimal(1).scaleb(-digits)
        found = float((written / step).to_integral_value(ROUND_CEILING) * step)
        if inside and found == low:
            found = float((written / step).to_integral_value(ROUND_CEILING) * step + step)
        if low <= found < high:
            return found + 0.0  # no negative zero
    return low
