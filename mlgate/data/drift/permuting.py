"""Whole groups exchanged between two tables: what that makes of every change is what chance makes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlgate.data.drift.comparing import Compared
from mlgate.data.drift.groups import Grouped, Groups
from mlgate.data.drift.moves import Move, Sizes, Tested
from mlgate.data.drift.sketch import Column
from mlgate.data.drift.tails import normal_tail

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float64]]

FEW_GROUPS = 1000
"""Up to so many groups in both tables together they are exchanged; above, the normal distribution does."""
LEAST_GROUPS = 10
LEAST_PERMUTATIONS, MOST_PERMUTATIONS = 9_999, 99_999
BLOCK = 500
EFFECTIVE = 50
"""Groups that a kind of rows is spread over at least, for its share to be about normal."""
TELLING = 0.05


@dataclass(frozen=True, slots=True)
class Sides:
    """The groups of both tables, with a column's sketches."""

    before: Groups
    after: Groups

    @property
    def enough(self) -> bool:
        return min(self.before.count, self.after.count) >= LEAST_GROUPS


def compare_groups(
    sides: Sides, sketches: Sequence[tuple[Column, Column]], *, alpha: float, least_rows: int, seed: int
) -> list[Compared]:
    """Columns compared by whole groups.

    Every kind of rows has the sum over the newer data's groups of (its rows - its share of all rows x the group's
    rows). Over all ways to deal the groups to both tables that is 0 in the mean, with a variance that is known. The
    p-value of the largest one in standard deviations is the share of random deals that have a larger one, over all
    kinds of rows of the column at once (Westfall and Young 1993), so dependence between kinds costs nothing.

    Parameters
    ----------
    sketches : of each column, in the reference and in the newer data
    alpha : so many random deals are made that a p-value of it can be reached after correction
    seed : of the deals
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    few = sides.before.count + sides.after.count <= FEW_GROUPS
    draws = min(MOST_PERMUTATIONS, max(LEAST_PERMUTATIONS, math.ceil(4 * len(sketches) / alpha)))
    columns = [_stacked(sides, before.name) for before, _ in sketches]
    standard = [_standardised(column) for column in columns]
    largest = _largest_by_chance([scores for scores, _ in standard], columns, draws, rng) if few and columns else None
    compared = []
    for place, (before, after) in enumerate(sketches):
        z = standard[place][1]
        p_values = _normal(z, standard[place][0]) if largest is None else _exceeded(largest[place], z)
        compared.append(_compared(before, after, columns[place], p_values, least_rows))
    return compared


@dataclass(frozen=True, slots=True)
class _Stacked:
    """The groups of both tables below each other: first those of the reference."""

    grouped: Grouped
    n_before: int


def _stacked(sides: Sides, name: str) -> _Stacked:
    import numpy as np

    before, after = sides.before.columns[name], sides.after.columns[name]
    if sides.after.together > sides.before.together:
        before = _put_together(before, round(sides.after.together / sides.before.together))
    both = Grouped(before.events, np.concatenate([before.of, after.of]), np.concatenate([before.rows, after.rows]))
    return _Stacked(both, len(before.of))


def _put_together(grouped: Grouped, size: int) -> Grouped:
    """Neighbours summed; groups stand in the order of their hashes, which is random."""
    import numpy as np

    starts = np.arange(0, len(grouped.of), size)
    return Grouped(
        grouped.events, np.add.reduceat(grouped.of, starts, axis=0), np.add.reduceat(grouped.rows, starts, axis=0)
    )


def _standardised(column: _Stacked) -> tuple[Floats, Floats]:
    """Scores of shape (n_groups, n_events), and the sum over the newer data's groups; both in standard deviations."""
    import numpy as np

    of, rows = column.grouped.of.astype(float), column.grouped.rows.astype(float)
    total = of.sum(axis=0)
    share = np.divide(rows.sum(axis=0), total, out=np.zeros(len(total)), where=total > 0)
    scores = rows - share * of
    groups, after = len(scores), len(scores) - column.n_before
    variance = (scores**2).sum(axis=0) * after * column.n_before / (groups * max(1, groups - 1))
    known = variance > 1e-9
    scores = np.divide(scores, np.sqrt(variance), out=np.zeros_like(scores), where=known)
    return scores, scores[column.n_before :].sum(axis=0)


def _largest_by_chance(
    scores: Sequence[Floats], columns: Sequence[_Stacked], draws: int, rng: np.random.Generator
) -> list[Floats]:
    """The largest absolute sum of each column, of every random deal."""
    import numpy as np

    groups, before = len(scores[0]), columns[0].n_before
    largest = [np.empty(draws) for _ in scores]
    for start in range(0, draws, BLOCK):
        size = min(BLOCK, draws - start)
        order = rng.permuted(np.tile(np.arange(groups), (size, 1)), axis=1)[:, before:]
        dealt = np.zeros((size, groups))
        np.put_along_axis(dealt, order, 1.0, axis=1)
        for place, column in enumerate(scores):
            largest[place][start : start + size] = np.abs(dealt @ column).max(axis=1)
    return largest


def _exceeded(largest: Floats, z: Floats) -> list[float]:
    """Share of the deals, this one among them, that reach each sum; rounding does not count."""
    import numpy as np

    ordered = np.sort(largest)
    below = np.searchsorted(ordered, np.abs(z) * (1 - 1e-9), side="left")
    return [float(p) for p in (len(ordered) - below + 1) / (len(ordered) + 1)]


def _normal(z: Floats, scores: Floats) -> list[float]:
    """p-values by the normal distribution, corrected for the kinds of rows (Bonferroni); 1 where few groups decide."""
    square = (scores**2).sum(axis=0) ** 2
    fourth = (scores**4).sum(axis=0)
    spread = [bool(f > 0 and s / f >= EFFECTIVE) for s, f in zip(square.tolist(), fourth.tolist(), strict=True)]
    tested = max(1, sum(spread))
    return [
        min(1.0, tested * 2 * normal_tail(abs(value))) if wide else 1.0
        for value, wide in zip(z.tolist(), spread, strict=True)
    ]


def _compared(before: Column, after: Column, column: _Stacked, p_values: Sequence[float], least_rows: int) -> Compared:
    grouped, first = column.grouped, column.n_before
    tests, moves = [], []
    too_few = min(before.present, after.present) < least_rows
    sums = [
        (part.of.sum(axis=0).tolist(), part.rows.sum(axis=0).tolist())
        for part in (
            Grouped(grouped.events, grouped.of[:first], grouped.rows[:first]),
            Grouped(grouped.events, grouped.of[first:], grouped.rows[first:]),
        )
    ]
    (n, x), (m, y) = sums
    for place, event in enumerate(grouped.events):
        if not n[place] or not m[place] or (too_few and event.kind != "state"):
            continue
        move: Move = event.move((x[place], y[place]), Sizes(n[place], m[place]))
        size = {"distance" if event.kind == "above" else "share": abs(move.change)}
        tests.append(Tested("exchange of groups", p_values[place], **size))
        moves.append((p_values[place], move))
    moves.sort(key=lambda item: -abs(item[1].change))
    telling = [move for p_value, move in moves if p_value < TELLING] or [move for _, move in moves[:1]]
    return Compared(before, after, tuple(tests), 1, tuple(telling), too_few and bool(before.present or after.present))
