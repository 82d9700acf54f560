"""The value of a metric on one set of rows, with how sure it is: for sets of rows that are not paired."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlgate.metrics.kernels.kernel import Kernel, PointKernel, QuantileKernel, RankKernel, SumsKernel, TableKernel
from mlgate.metrics.kernels.values import compute_value, table_cells
from mlgate.metrics.proportions import Share, effective_share
from mlgate.metrics.replicate import LINEAR_ROWS
from mlgate.metrics.resampling.units import Units, group_units, row_units
from mlgate.metrics.sample import Codes, Floats, Sample

MIN_UNITS = 10
"""Independent units under which no standard error is given."""

_BAGS = 100
_DENSE = 4_000_000
"""Numbers of all tables together above which they are made one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A metric's value on a set of rows.

    Parameters
    ----------
    value : in the metric's unit
    n_rows : rows
    share : the rows behind it, where it is a share of rows
    standard_error : where it is not; None where nothing honest is known, as of an extreme
    df : degrees of freedom of the standard error
    """

    value: float
    n_rows: int
    share: Share | None = None
    standard_error: float | None = None
    df: float = math.inf

    @property
    def variance(self) -> float | None:
        """Squared standard error; of a share that of a plain one."""
        if self.share is not None and self.share.trials > 0:
            return self.share.value * (1 - self.share.value) / self.share.trials
        return None if self.standard_error is None else self.standard_error**2


def estimate(kernel: Kernel, sample: Sample, *, groups: Codes | None = None, seed: int = 0) -> Estimate:
    """Value of a metric and its standard error.

    Parameters
    ----------
    groups : codes of what is independent, None where rows (of a ranking: queries) are
    seed : of the dealing of many units into 100 bags

    Returns
    -------
    Estimate
        A share of rows comes with its (effective) counts. Any other smooth function has the standard error of a
        jackknife that leaves out one of at most 100 bags of units in turn. A quantile, an extreme, and fewer than ten
        units have none.

    Raises
    ------
    UndefinedMetricError
        The rows do not define the metric.

    Notes
    -----
    Source: Kott, *Journal of Official Statistics* 17 (2001), 521-526, on the delete-a-group jackknife.
    """
    value = compute_value(kernel, sample)
    if isinstance(kernel, SumsKernel) and kernel.shares:
        flags = kernel.columns(sample)[:, 0] > 0.5
        share = effective_share(flags, weights=sample.weights, units=groups)
        return Estimate(value=value, n_rows=sample.n_rows, share=share)
    if isinstance(kernel, QuantileKernel) or (isinstance(kernel, PointKernel) and not kernel.interval):
        return Estimate(value=value, n_rows=sample.n_rows)
    units = _units(kernel, sample, groups, seed)
    if units.n_units < MIN_UNITS:
        return Estimate(value=value, n_rows=sample.n_rows)
    n_bags = min(units.n_bags, _BAGS)
    left_out = _leaving_out(kernel, sample, (units.bag % n_bags).astype(np.int32), n_bags)
    if not np.isfinite(left_out).all():
        return Estimate(value=value, n_rows=sample.n_rows)
    error = math.sqrt((n_bags - 1) / n_bags * float(np.sum((left_out - np.mean(left_out)) ** 2)))
    return Estimate(value=value, n_rows=sample.n_rows, standard_error=error, df=n_bags - 1)


def _units(kernel: Kernel, sample: Sample, groups: Codes | None, seed: int) -> Units:
    if isinstance(kernel, SumsKernel) and kernel.per_query and sample.query is not None:
        present, first = np.unique(sample.query, return_index=True)
        return row_units(int(present.size), seed=seed) if groups is None else group_units(groups[first], seed=seed)
    return row_units(sample.n_rows, seed=seed) if groups is None else group_units(groups, seed=seed)


def _leaving_out(kernel: Kernel, sample: Sample, bag: Codes, n_bags: int) -> Floats:
    """The value without each bag in turn, shape (n_bags,)."""
    match kernel:
        case SumsKernel():
            columns = kernel.columns(sample)
            weights = None if kernel.per_query else sample.weights
            sums = Units(bag=bag, strata=(n_bags,), n_units=n_bags).sums(columns, weights)
            return np.asarray(kernel.value(sums.sum(axis=0) - sums))
        case TableKernel() if n_bags * len(sample.classes) ** 2 <= _DENSE:
            n_classes = len(sample.classes)
            cells = bag.astype(np.intp) * n_classes**2 + table_cells(sample)
            counts = np.bincount(cells, weights=sample.weights, minlength=n_bags * n_classes**2).astype(np.float64)
            tables = counts.reshape(n_bags, n_classes, n_classes)
            return np.asarray(kernel.value(np.maximum(tables.sum(axis=0) - tables, 0.0), sample.positive))
        case RankKernel():
            ranked = kernel.prepare(sample)
            weights = np.ones(sample.n_rows) if sample.weights is None else sample.weights
            if sample.n_rows >= LINEAR_ROWS:
                moved = np.bincount(bag, weights=weights * ranked.influence(weights), minlength=n_bags)
                return float(ranked.value(weights[None, :])[0]) - moved / float(np.sum(weights))
            return _each(n_bags, lambda left: float(ranked.value((weights * (bag != left))[None, :])[0]))
    return _each(n_bags, lambda left: compute_value(kernel, sample.take(np.flatnonzero(bag != left))))


def _each(n_bags: int, value: Callable[[int], float]) -> Floats:
    return np.array([value(left) for left in range(n_bags)], dtype=np.float64)
