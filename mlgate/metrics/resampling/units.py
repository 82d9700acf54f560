"""What is drawn: rows, groups, queries or blocks of time, dealt into bags where there are many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlgate.metrics.sample import Codes, Flags, Floats, Index

MAX_BAGS = 2000
"""Bags into which more units than that are dealt.

A bag is a random set of units, and the bags are drawn in place of the units. The distribution of a resampled sum keeps
its mean, variance and skewness; the standard error gains a noise of sqrt(1 / (2 * bags)), 1.6 %, far below what a
percentile of 2,000 draws has by itself (4 %). In return the cost of a draw no longer depends on the number of rows.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Units:
    """The bags of a set of rows, each drawn with replacement within its stratum.

    Parameters
    ----------
    bag : shape (n_rows,), the bag of each row, 0 to n_bags - 1
    strata : number of bags of each stratum; bags are numbered stratum after stratum
    n_units : independent units; of several strata, those of the smallest
    block : 1, or the number of neighbouring bags that are drawn together (blocks of time, in a circle)
    """

    bag: Codes
    strata: tuple[int, ...]
    n_units: int
    block: int = 1

    @property
    def n_bags(self) -> int:
        return sum(self.strata)

    def sums(
        self, columns: Floats, weights: Floats | None = None, *, start: int = 0, stop: int | None = None
    ) -> Floats:
        """Sums of per-row columns (n_rows, n_sums) over each bag, shape (n_bags, n_sums); of rows `start` to `stop`."""
        bag = self.bag[start:stop]
        totals = np.empty((self.n_bags, columns.shape[1]))
        for number, column in enumerate(columns.T):
            values = column if weights is None else column * weights
            totals[:, number] = np.bincount(bag, weights=values, minlength=self.n_bags)
        return totals


def row_units(n_rows: int, *, seed: int, strata: Flags | None = None) -> Units:
    """Rows that are independent; with `strata` (shape (n_rows,)), those of either kind are drawn on their own."""
    if strata is None or strata.all() or not strata.any():
        bag, n_bags = _dealt(n_rows, MAX_BAGS, seed)
        return Units(bag=bag, strata=(n_bags,), n_units=n_rows)
    bag = np.empty(n_rows, dtype=np.int32)
    counts: list[int] = []
    smallest = n_rows
    for flag in (False, True):
        rows = np.flatnonzero(strata == flag)
        dealt, n_bags = _dealt(rows.size, MAX_BAGS // 2, seed)
        bag[rows] = dealt + sum(counts)
        counts.append(n_bags)
        smallest = min(smallest, int(rows.size))
    return Units(bag=bag, strata=tuple(counts), n_units=smallest)


def group_units(groups: Codes, *, seed: int) -> Units:
    """Groups that are independent, their rows not: a group is drawn whole. Codes need not be dense."""
    present, dense = np.unique(groups, return_inverse=True)
    dealt, n_bags = _dealt(present.size, MAX_BAGS, seed)
    return Units(bag=dealt[dense.reshape(-1)].astype(np.int32), strata=(n_bags,), n_units=int(present.size))


def block_units(times: Codes) -> Units:
    """Times in order, drawn as moving blocks in a circle; all rows of one time belong together.

    The length of a block is 2 * n_times ** (1/3), rounded up: a multiple of the rate that is optimal for the variance
    of a mean (Hall, Horowitz and Jing, *Biometrika* 82 (1995), 561-574), on the side of longer blocks.
    """
    present, dense = np.unique(times, return_inverse=True)
    n_times = int(present.size)
    per_bag = -(-n_times // MAX_BAGS)
    bag = (dense.reshape(-1) // per_bag).astype(np.int32)
    n_bags = -(-n_times // per_bag)
    length = max(1, min(n_bags // 2, -(-_block_length(n_times) // per_bag)))
    return Units(bag=bag, strata=(n_bags,), n_units=max(n_bags // length, 1), block=length)


def _block_length(n_times: int) -> int:
    return int(np.ceil(2 * n_times ** (1 / 3)))


def _dealt(n_units: int, most: int, seed: int) -> tuple[Codes, int]:
    """A bag for each unit: its own, or one of `most` bags of equal size, by a permutation that the seed fixes."""
    if n_units <= most:
        return np.arange(n_units, dtype=np.int32), n_units
    order: Index = np.random.default_rng([seed, 1, n_units]).permutation(n_units)
    bag = np.empty(n_units, dtype=np.int32)
    bag[order] = np.arange(n_units, dtype=np.int64) % most
    return bag, most
