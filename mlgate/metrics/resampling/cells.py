"""Replicates of a function of the confusion table, without touching the rows again.

Rows that are independent and weigh the same differ only in their cell (label, prediction of the baseline, prediction of
the candidate), so that the multinomial over cells has exactly the distribution of the bootstrap over rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.kernels.kernel import TableKernel
from mlgate.metrics.kernels.values import table_cells
from mlgate.metrics.moving import moving_units
from mlgate.metrics.paired import Paired
from mlgate.metrics.resampling.draws import BLOCK, Draws, draw_blocks, on_grid, resampled
from mlgate.metrics.resampling.units import Units
from mlgate.metrics.sample import Floats, whole_numbers

_DENSE = 4_000_000
"""Numbers of a table of all cells by bags above which replicates weigh the rows instead."""


def table_changes(kernel: TableKernel, paired: Paired, units: Units | None, draws: Draws) -> Floats:
    """Replicates of candidate - baseline, shape (n_draws,), NaN where the metric is undefined for a draw.

    Parameters
    ----------
    units : None where rows are independent and weigh the same: then cells are drawn
    """
    n_classes = len(paired.candidate.classes)
    cells = _Cells(paired, n_classes)
    drawn = _cell_draws(cells, draws) if units is None else _bag_draws(cells, paired, units, draws)
    changes = []
    for counts in drawn:
        values = [
            kernel.value(cells.tables(counts, side), paired.candidate.positive) for side in (cells.before, cells.after)
        ]
        changes.append(values[1] - values[0])
    return np.concatenate(changes)


def table_moving(kernel: TableKernel, paired: Paired, units: Units | None = None) -> float:
    """Units that the change comes from: rows by their cell, or bags."""
    cells = _Cells(paired, len(paired.candidate.classes))
    positive = paired.candidate.positive
    if units is None:
        rows = cells.counts(None)
        without, counts = np.maximum(rows - np.eye(cells.size), 0.0), rows
    else:
        if units.n_bags * cells.size > _DENSE:
            return math.inf
        place = units.bag.astype(np.int64) * cells.size + cells.code
        sums = np.bincount(place, weights=paired.candidate.weights, minlength=units.n_bags * cells.size)
        by_bag = sums.reshape(units.n_bags, cells.size).astype(np.float64)
        without, counts = np.maximum(by_bag.sum(axis=0) - by_bag, 0.0), np.ones(units.n_bags)
    if without.shape[0] * cells.n_classes**2 > _DENSE:
        return math.inf  # many cells: as many kinds of rows that move
    before, after = (kernel.value(cells.tables(without, side), positive) for side in (cells.before, cells.after))
    changes = after - before
    return moving_units(np.where(np.isfinite(changes), changes, 0.0), counts)


class _Cells:
    """The cells that occur, and the place of each in the two confusion tables."""

    def __init__(self, paired: Paired, n_classes: int) -> None:
        self.n_classes = n_classes
        before, after = table_cells(paired.baseline), table_cells(paired.candidate)
        joint = whole_numbers(before, largest=n_classes**3)
        joint *= n_classes
        joint += after % n_classes
        del before, after
        if n_classes**3 <= max(100_000, paired.n_rows):
            present = np.flatnonzero(np.bincount(joint, minlength=n_classes**3))
            place = np.zeros(n_classes**3, dtype=np.int32)
            place[present] = np.arange(present.size)
            self.code = place[joint]
        else:
            present, inverse = np.unique(joint, return_inverse=True)
            self.code = inverse.reshape(-1).astype(np.int32)
        self.size = int(present.size)
        label, rest = np.divmod(present, n_classes * n_classes)
        self.before = label * n_classes + rest // n_classes
        self.after = label * n_classes + rest % n_classes

    def counts(self, weights: Floats | None) -> Floats:
        return np.bincount(self.code, weights=weights, minlength=self.size).astype(np.float64)

    def tables(self, counts: Floats, place: NDArray[np.int64]) -> Floats:
        """Cell counts (n_draws, n_cells) to confusion tables (n_draws, n_classes, n_classes)."""
        tables = np.zeros((self.n_classes**2, counts.shape[0]))
        columns = np.ascontiguousarray(counts.T)
        for cell, target in enumerate(place.tolist()):
            tables[target] += columns[cell]
        return np.ascontiguousarray(tables.T).reshape(-1, self.n_classes, self.n_classes)


def _block_of(cells: _Cells) -> int:
    return int(max(1, min(BLOCK, 8_000_000 // max(cells.n_classes**2, cells.size))))


def _cell_draws(cells: _Cells, draws: Draws) -> Iterator[Floats]:
    counts = cells.counts(None)
    n_rows = int(counts.sum())
    step = _block_of(cells)
    for number, start in enumerate(range(0, draws.n_draws, step)):
        rng = np.random.default_rng([draws.seed, 3, number])
        yield rng.multinomial(n_rows, counts / n_rows, size=min(step, draws.n_draws - start)).astype(np.float64)


def _bag_draws(cells: _Cells, paired: Paired, units: Units, draws: Draws) -> Iterator[Floats]:
    """Weighted cell counts of each replicate."""
    weights = paired.candidate.weights
    if units.n_bags * cells.size <= _DENSE:
        place = units.bag.astype(np.int64) * cells.size + cells.code
        sums = np.bincount(place, weights=weights, minlength=units.n_bags * cells.size)
        by_bag = sums.reshape(units.n_bags, cells.size).astype(np.float64)
        for counts in draw_blocks(units, draws.n_draws, draws.seed):
            yield resampled(counts, on_grid(by_bag), draws.product)
        return
    for counts in draw_blocks(units, draws.n_draws, draws.seed):
        step = _block_of(cells)
        for start in range(0, counts.shape[0], step):
            rows = [
                cells.counts(drawn[units.bag] * (1.0 if weights is None else weights))
                for drawn in counts[start : start + step]
            ]
            yield np.stack(rows)
