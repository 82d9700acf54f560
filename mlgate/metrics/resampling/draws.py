"""How often each bag is drawn in each replicate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.resampling.units import Units
from mlgate.metrics.sample import Floats

Product = Callable[[Floats, Floats], Floats]
"""A matrix product, (n, m) and (m, k) to (n, k)."""


@dataclass(frozen=True, slots=True)
class Draws:
    """How many replicates, from which seed, multiplied where."""

    n_draws: int
    seed: int
    product: Product | None = None


BLOCK = 250
"""Replicates that are drawn at once; a block has a seed of its own, so that blocks may run in any order."""


def draw_blocks(units: Units, n_draws: int, seed: int) -> Iterator[Floats]:
    """Counts in blocks of replicates, each of shape (BLOCK or less, n_bags): whole numbers as float64.

    Parameters
    ----------
    units : the bags
    n_draws : number of replicates in all
    seed : with the number of the block and the bags, all that the counts depend on
    """
    for number, start in enumerate(range(0, n_draws, BLOCK)):
        size = min(BLOCK, n_draws - start)
        yield _counts(units.strata, units.block, size, (seed, 2, number, *units.strata)).astype(np.float64)


@lru_cache(maxsize=32)
def _counts(strata: tuple[int, ...], block: int, n_draws: int, seed: tuple[int, ...]) -> NDArray[np.uint16]:
    """Slices of many rows have as many bags each, and share their draws; a block of them takes 1 MB."""
    rng = np.random.default_rng(seed)
    if block > 1:
        return _block_counts(strata[0], block, n_draws, rng).astype(np.uint16)
    parts = []
    for n_bags in strata:
        drawn = rng.integers(0, n_bags, size=(n_draws, n_bags), dtype=np.int64)
        drawn += np.arange(n_draws)[:, None] * n_bags
        counts = np.bincount(drawn.reshape(-1), minlength=n_draws * n_bags)
        parts.append(counts.reshape(n_draws, n_bags))
    return np.concatenate(parts, axis=1).astype(np.uint16)


def _block_counts(n_bags: int, length: int, n_draws: int, rng: np.random.Generator) -> Floats:
    """Circular blocks: ceil(n_bags / length) starts, each of which counts `length` neighbours."""
    starts = rng.integers(0, n_bags, size=(n_draws, -(-n_bags // length)))
    starts += np.arange(n_draws)[:, None] * n_bags
    begun = np.bincount(starts.reshape(-1), minlength=n_draws * n_bags).reshape(n_draws, n_bags).astype(np.float64)
    counts = np.zeros_like(begun)
    for step in range(length):
        counts += np.roll(begun, step, axis=1)
    return counts


def on_grid(sums: Floats) -> Floats:
    """Bag sums rounded so that every resampled sum of a column is exact, whatever the order of the additions.

    The counts of a replicate add up to at most a few thousand; a grid of 2**-38 of the column's largest bag leaves
    room for them in 53 bits. What is rounded away is far below the spread of the replicates.
    """
    largest = np.max(np.abs(sums), axis=0)
    step = np.ldexp(1.0, np.frexp(np.where(largest > 0, largest, 1.0))[1] - 38)
    return np.asarray(np.rint(sums / step) * step)


def resampled(counts: Floats, sums: Floats, product: Product | None = None) -> Floats:
    """Column sums of each replicate, exact.

    Parameters
    ----------
    counts : shape (n_draws, n_bags)
    sums : bag sums `on_grid`, shape (n_bags, n_sums)
    product : of two matrices, on a device; None multiplies here
    """
    return np.asarray(counts @ sums if product is None else product(counts, sums))
