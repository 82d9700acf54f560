"""One column of a reference against the same column of newer data: all its tests, and the rows that moved."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mlgate.data.drift.moves import (
    LEAST_EXPECTED,
    Move,
    Sizes,
    Tested,
    homogeneity,
    largest_distance,
    merged,
    ordered_tests,
    single_tests,
)
from mlgate.data.drift.sketch import Column, Ordered, Values, Writing, bucket_of

SURELY = 4.5
"""Standard deviations between what a value had by chance and what one without a name may have."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A column of both tables.

    Parameters
    ----------
    before, after : its sketches, of the reference and of the newer data
    tests : of all its parts
    parts : how many kinds of tests those are: p-values are corrected for that
    moves : kinds of rows whose share changed, the largest change first
    too_few : whether values were not compared because one of the tables has too few
    """

    before: Column
    after: Column
    tests: tuple[Tested, ...] = ()
    parts: int = 0
    moves: tuple[Move, ...] = field(default=())
    too_few: bool = False

    @property
    def unseen(self) -> bool:
        """Whether there are values of which nothing is kept that could be compared."""
        return bool(self.before.present or self.after.present) and not self.before.keeps_values

    def p_value(self, share: float = 0.0, distance: float = 0.0) -> float:
        """Of the change that is the least likely by chance, among those that are at least so large; 1 without one."""
        sure = [
            test.p_value
            for test in self.tests
            if (test.share >= share if test.share else False) or (test.distance >= distance and test.distance > 0)
        ]
        return min(1.0, self.parts * min(sure)) if sure else 1.0


def compare_column(before: Column, after: Column, *, least_rows: int) -> Compared:
    """All tests of a column.

    Parameters
    ----------
    least_rows : values that each table needs for them to be compared
    """
    parts: list[tuple[list[Tested], list[Move]]] = [_states(before, after)]
    too_few = min(before.present, after.present) < least_rows
    if not too_few:
        if before.ordered and after.ordered:
            parts += _ordered(before.ordered, after.ordered, "")
        if before.values and after.values:
            parts += _values(before.values, after.values)
        if before.writing and after.writing:
            parts += _writing(before.writing, after.writing)
    asked = [part for part in parts if part[0]]
    moves = sorted((move for _, found in parts for move in found), key=lambda move: -abs(move.change))
    return Compared(
        before=before,
        after=after,
        tests=tuple(test for tests, _ in asked for test in tests),
        parts=len(asked),
        moves=tuple(moves),
        too_few=too_few and bool(before.present or after.present),
    )


Part = tuple[list[Tested], list[Move]]


def _states(before: Column, after: Column) -> Part:
    sizes = Sizes(before.rows, after.rows)
    moves = [
        Move("state", before.states[state], after.states[state], sizes, what=state)
        for state in before.states
        if before.states[state] or after.states[state]
    ]
    return single_tests("exact", moves), moves


# --- ordered values --------------------------------------------------------------------------------------------------


def _ordered(before: Ordered, after: Ordered, what: str) -> Iterator[Part]:
    x, y = before.counts, after.counts
    sizes = Sizes(sum(x), sum(y))
    if len(x) > 1:
        far = _farthest(before, after, sizes, what)
        for test in ordered_tests(x, y):
            yield [test], [far] if far and test.name == "kolmogorov-smirnov" else []
    alone = [before.single(cell) is not None for cell in range(len(x))]
    moves = [_range(before, after, cells, sizes, what) for cells in merged(x, y, alone)]
    yield single_tests("exact", moves), moves
    found = homogeneity("chi-squared", [move.x for move in moves], [move.y for move in moves])
    if found:
        yield [found], []


def _range(before: Ordered, after: Ordered, cells: tuple[int, int], sizes: Sizes, what: str) -> Move:
    """The rows of some neighbouring cells, named without empty ones at their ends."""
    first, last = cells
    x, y = before.counts, after.counts
    rows = sum(x[first:last]), sum(y[first:last])
    while last - first > 1 and not x[first] and not y[first]:
        first += 1
    while last - first > 1 and not x[last - 1] and not y[last - 1]:
        last -= 1
    low = before.edges[first - 1] if first else None
    high = before.edges[last - 1] if last <= len(before.edges) else None
    return Move("range", *rows, sizes, what=what, low=low, high=high)


def _farthest(before: Ordered, after: Ordered, sizes: Sizes, what: str) -> Move | None:
    """The rows above the edge at which both tables differ most."""
    wanted = largest_distance(before.counts, after.counts)
    x = y = 0
    for edge, a, b in zip(before.edges, before.counts, after.counts, strict=False):
        x, y = x + a, y + b
        if wanted and abs(x / sizes.n - y / sizes.m) == wanted:
            return Move("above", sizes.n - x, sizes.m - y, sizes, what=what, low=edge)
    return None


# --- values ----------------------------------------------------------------------------------------------------------


def _values(before: Values, after: Values) -> Iterator[Part]:
    sizes = Sizes(before.rows, after.rows)
    moves = [Move("value", x, y, sizes, what=value) for value, x, y in _told_apart(before, after, sizes)]
    told = [move.what for move in moves]
    x, y = _without(before, told), _without(after, told)
    rest = Move("others", sum(x), sum(y), sizes)
    every = [*moves, rest] if rest.x or rest.y else moves
    if rest.x or rest.y:
        every += [Move("bucket", sum(x[a:b]), sum(y[a:b]), sizes) for a, b in merged(x, y, sizes=sizes)]
    yield single_tests("exact", every), every
    cells = _cells(moves, x, y, sizes)
    found = homogeneity("chi-squared", [a for a, _ in cells], [b for _, b in cells])
    if found:
        yield [found], []


def _cells(moves: Sequence[Move], x: Sequence[int], y: Sequence[int], sizes: Sizes) -> list[tuple[int, int]]:
    """Rows by value where a value has rows enough, and of the others and of the buckets put together."""
    least = LEAST_EXPECTED * sizes.both / min(sizes.n, sizes.m)
    frequent = [(move.x, move.y) for move in moves if move.x + move.y >= least]
    rare = sorted((move.what, move.x, move.y) for move in moves if move.x + move.y < least)
    left, right = [*(a for _, a, _ in rare), *x], [*(b for *_, b in rare), *y]
    if not any(left) and not any(right):
        return frequent
    return [*frequent, *((sum(left[a:b]), sum(right[a:b])) for a, b in merged(left, right, sizes=sizes))]


def _told_apart(before: Values, after: Values, sizes: Sizes) -> Iterator[tuple[str, int, int]]:
    """Values that are tested one by one, with the rows of each.

    Of a value that the reference does not name, only the most rows are known that it may have there: so many are
    taken. Which values are named depends on the reference alone, and what is frequent there by chance is less so
    elsewhere. So a value is told apart only where both tables together have so many rows of it that it would surely
    have been named, had nothing changed: that depends on both alike.
    """
    share = sizes.n / sizes.both
    for value in dict.fromkeys((*before.named, *after.named)):
        x, y = before.named.get(value, before.bound), after.named.get(value, 0)
        expected = (x + y) * share
        if expected - SURELY * math.sqrt(expected * (1 - share)) > before.bound:
            yield value, x, y


def _without(values: Values, told: Sequence[str]) -> list[int]:
    """Rows by bucket, without those of the values that are told apart."""
    rest = list(values.hashed)
    for value in told:
        rest[bucket_of(value, len(rest))] -= values.named.get(value, 0)
    return rest


def cells_of(before: Column, after: Column, most: int) -> list[tuple[int, int]]:
    """All rows of both tables by what they hold: by state, then by value, or by cells of about equal mass.

    Parameters
    ----------
    most : cells of an ordered column, about
    """
    states = [(before.states[state], after.states[state]) for state in before.states]
    cells: list[tuple[int, int]] = []
    if before.ordered and after.ordered:
        x, y = before.ordered.counts, after.ordered.counts
        alone = [before.ordered.single(cell) is not None for cell in range(len(x))]
        cells = [(sum(x[a:b]), sum(y[a:b])) for a, b in merged(x, y, alone, most=most)]
    elif before.values and after.values and before.present and after.present:
        sizes = Sizes(before.present, after.present)
        moves = [
            Move("value", x, y, sizes, what=value) for value, x, y in _told_apart(before.values, after.values, sizes)
        ]
        told = [move.what for move in moves]
        cells = _cells(moves, _without(before.values, told), _without(after.values, told), sizes)
    elif before.writing and after.writing:
        x, y = before.writing.length.counts, after.writing.length.counts
        cells = [(sum(x[a:b]), sum(y[a:b])) for a, b in merged(x, y, most=most)]
    return [cell for cell in (*states, *cells) if any(cell)]


# --- texts -----------------------------------------------------------------------------------------------------------


def _writing(before: Writing, after: Writing) -> Iterator[Part]:
    yield from _ordered(before.length, after.length, "length")
    sizes = Sizes(before.length.rows, after.length.rows)
    moves = [
        Move("holding", before.holding[name], after.holding[name], sizes, what=name)
        for name in before.holding
        if before.holding[name] or after.holding[name]
    ]
    yield single_tests("exact", moves), moves
