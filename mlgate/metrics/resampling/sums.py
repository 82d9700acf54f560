"""Replicates of a function of sums, and of an order of scores."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mlgate.metrics.kernels.kernel import PointKernel, RankKernel, SumsKernel
from mlgate.metrics.kernels.values import parts_of
from mlgate.metrics.paired import Paired
from mlgate.metrics.resampling.draws import Draws, draw_blocks, on_grid, resampled
from mlgate.metrics.resampling.units import Units
from mlgate.metrics.sample import Floats, Sample

Value = Callable[[Floats], Floats]
"""Sums (..., n_sums) to values (...)."""

_AT_ONCE = 4_000_000
"""Weights that are held at once."""


def sums_changes(before: Floats, after: Floats, values: tuple[Value, Value], units: Units, draws: Draws) -> Floats:
    """Replicates of candidate - baseline, shape (n_draws,), NaN where undefined for a draw.

    Parameters
    ----------
    before, after : sums over each bag, shape (n_bags, n_sums)
    values : of the sums of either side
    """
    n_sums = before.shape[1]
    sums = on_grid(np.concatenate([before, after], axis=1))
    changes = []
    for counts in draw_blocks(units, draws.n_draws, draws.seed):
        drawn = resampled(counts, sums, draws.product)
        changes.append(values[1](drawn[:, n_sums:]) - values[0](drawn[:, :n_sums]))
    return np.concatenate(changes)


def left_out(before: Floats, after: Floats, value: Value) -> Floats:
    """candidate - baseline without each bag in turn, shape (n_bags,); 0 where undefined without it."""
    changes = value(after.sum(axis=0) - after) - value(before.sum(axis=0) - before)
    return np.where(np.isfinite(changes), changes, 0.0)


def bag_sums(kernel: SumsKernel, sample: Sample, units: Units) -> Floats:
    """A kernel's sums over each bag, weighted where rows are."""
    totals: Floats | None = None
    start = 0
    for part in parts_of(kernel, sample):
        columns = kernel.columns(part)
        stop = start + columns.shape[0]
        sums = units.sums(columns, None if kernel.per_query else part.weights, start=start, stop=stop)
        totals, start = sums if totals is None else totals + sums, stop
    assert totals is not None  # noqa: S101  # narrowing only: there is at least one part
    return totals


def rank_changes(kernel: RankKernel, paired: Paired, units: Units, draws: Draws) -> Floats:
    """Replicates of candidate - baseline by weighting the rows of an order, shape (n_draws,)."""
    weights = paired.candidate.weights
    sides = [kernel.prepare(sample) for sample in (paired.baseline, paired.candidate)]
    step = max(1, _AT_ONCE // paired.n_rows)
    changes = []
    for counts in draw_blocks(units, draws.n_draws, draws.seed):
        for start in range(0, counts.shape[0], step):
            drawn = np.take(counts[start : start + step], units.bag, axis=1)
            if weights is not None:
                drawn *= weights
            changes.append(sides[1].value(drawn) - sides[0].value(drawn))
    return np.concatenate(changes)


def rank_influences(kernel: RankKernel, paired: Paired) -> tuple[float, Floats]:
    """candidate - baseline, and how much each row moves it, shape (n_rows, 1).

    The mean of the second over resampled rows is the linear part of the change.
    """
    weights = np.ones(paired.n_rows) if paired.candidate.weights is None else paired.candidate.weights
    before, moved = _influence(kernel, paired.baseline, weights)
    after, found = _influence(kernel, paired.candidate, weights)
    np.subtract(found, moved, out=moved)
    moved *= weights
    moved *= paired.n_rows / weights.sum()
    return after - before, moved[:, None]


def _influence(kernel: RankKernel, sample: Sample, weights: Floats) -> tuple[float, Floats]:
    """Value and influence of one side; what was prepared for them is gone when the other side begins."""
    ranked = kernel.prepare(sample)
    return float(ranked.value(weights[None, :])[0]), ranked.influence(weights)


def linear_changes(influence: Floats, delta: float, units: Units, draws: Draws) -> Floats:
    """Replicates of a change by its linear part: the influences (n_rows, 1) of the drawn rows, averaged."""
    ones = np.ones_like(influence)
    sums = on_grid(units.sums(np.concatenate([influence, ones], axis=1)))
    changes = [resampled(counts, sums, draws.product) for counts in draw_blocks(units, draws.n_draws, draws.seed)]
    drawn = np.concatenate(changes)
    return np.asarray(delta + drawn[:, 0] / drawn[:, 1])


def point_changes(kernel: PointKernel, paired: Paired, units: Units, draws: Draws) -> Floats:
    """Replicates of candidate - baseline of any function of the rows, by taking rows as often as their bag is drawn."""
    changes = []
    for counts in draw_blocks(units, draws.n_draws, draws.seed):
        for drawn in counts:
            index = np.repeat(np.arange(paired.n_rows), drawn[units.bag].astype(np.int64))
            before, after = (kernel.value(sample.take(index)) for sample in (paired.baseline, paired.candidate))
            changes.append(after - before)
    return np.array(changes, dtype=np.float64)


def left_out_changes(kernel: PointKernel, paired: Paired, units: Units) -> Floats:
    """candidate - baseline without each bag in turn, shape (n_bags,): a delete-a-group jackknife."""
    changes = []
    for bag in range(units.n_bags):
        index = np.flatnonzero(units.bag != bag)
        before, after = (kernel.value(sample.take(index)) for sample in (paired.baseline, paired.candidate))
        changes.append(after - before)
    return np.array(changes, dtype=np.float64)
