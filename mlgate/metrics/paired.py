"""Two models on the same examples, as arrays: what every comparison is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.sample import Codes, Flags, Index, Sample

MAX_REPEATED = 50_000_000
"""Rows that frequency weights may stand for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coded:
    """A column of few values.

    Parameters
    ----------
    codes : shape (n_rows,), indices into `values`
    values : distinct canonical texts in text order, each of which occurs unless rows were taken
    """

    codes: Codes
    values: tuple[str, ...]

    def take(self, index: Index) -> Coded:
        """The rows at `index`; `values` stay as they are."""
        return Coded(codes=self.codes[index], values=self.values)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paired:
    """Rows of both models in ascending order of id, row i of every part being the same example.

    Parameters
    ----------
    n_rows : number of paired rows
    baselines, candidates : one sample per run (seed) of the side, at least one; all share labels, weights and queries
    same : shape (n_rows,), whether all predictions and scores of the example are the same on both sides
    slices : by slice column, with the candidate's values; a missing value is the slice `(missing)`
    features : by column, what slices are searched in and groups are told by, where it is no slice column; as `slices`
        has them, numbers of many values in ranges
    groups : codes 0, 1, ... of the group of a row, in order of the group's text; None where rows are independent
    times : codes 0, 1, ... of the time of a row, in order of time; None where rows have no order
    ids : canonical ids
    """

    n_rows: int
    baselines: tuple[Sample, ...]
    candidates: tuple[Sample, ...]
    same: Flags
    slices: Mapping[str, Coded] = field(default_factory=dict)
    features: Mapping[str, Coded] = field(default_factory=dict)
    groups: Codes | None = None
    times: Codes | None = None
    ids: NDArray[Any] | None = None

    @property
    def baseline(self) -> Sample:
        """The first run of the baseline."""
        return self.baselines[0]

    @property
    def candidate(self) -> Sample:
        """The first run of the candidate."""
        return self.candidates[0]

    def take(self, index: Index) -> Paired:
        """The rows at `index`, in that order."""
        return Paired(
            n_rows=int(index.size),
            baselines=tuple(sample.take(index) for sample in self.baselines),
            candidates=tuple(sample.take(index) for sample in self.candidates),
            same=self.same[index],
            slices={name: column.take(index) for name, column in self.slices.items()},
            features={name: column.take(index) for name, column in self.features.items()},
            groups=None if self.groups is None else self.groups[index],
            times=None if self.times is None else self.times[index],
            ids=None if self.ids is None else self.ids[index],
        )


def repeat_rows(paired: Paired) -> Paired:
    """Rows that stand for as many identical ones as they weigh, written out; those that weigh 0 are left out.

    Raises
    ------
    ValueError
        They stand for no row, or for more than 50 million.
    """
    if paired.candidate.weights is None:
        return paired
    rows = paired.take(_repeated(paired.candidate.weights))
    return replace(
        rows,
        baselines=tuple(replace(sample, weights=None) for sample in rows.baselines),
        candidates=tuple(replace(sample, weights=None) for sample in rows.candidates),
    )


def repeat_sample(sample: Sample) -> Sample:
    """`repeat_rows` of one model."""
    if sample.weights is None:
        return sample
    return replace(sample.take(_repeated(sample.weights)), weights=None)


def _repeated(weights: NDArray[Any]) -> Index:
    total = float(weights.sum())
    if not total >= 1:
        raise ValueError("the weights of the rows add up to 0")
    if not total <= MAX_REPEATED:
        raise ValueError(f"frequency weights stand for {total:,.0f} rows, at most {MAX_REPEATED:,} are written out")
    return np.repeat(np.arange(weights.size), weights.astype(np.int64))
