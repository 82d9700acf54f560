"""Resampling of one run a side: which units are drawn, what they are worth, and the changes of every draw."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.calibration_change import calibration_changes, is_calibration_error
from mlgate.metrics.kernels.kernel import Kernel, PointKernel, RankKernel, SumsKernel, TableKernel, UndefinedMetricError
from mlgate.metrics.kernels.values import positive_flags
from mlgate.metrics.moving import combined, moving_units
from mlgate.metrics.paired import Paired
from mlgate.metrics.resampling.cells import table_changes, table_moving
from mlgate.metrics.resampling.draws import Draws, Product
from mlgate.metrics.resampling.sums import (
    bag_sums,
    left_out,
    linear_changes,
    point_changes,
    rank_changes,
    rank_influences,
    sums_changes,
)
from mlgate.metrics.resampling.units import Units, block_units, group_units, row_units
from mlgate.metrics.sample import Codes, Flags, Floats, Index

LINEAR_ROWS = 20_000
"""Rows from which an order of scores is resampled by its linear part."""


MIN_WEIGHTED = 100
"""Rows that weighted rows must be worth: the spread of few heavy ones is not seen in them."""

_DECIDING = 30
"""Positive rows at which the spread of average precision is widened by the root of 2."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How changes are measured.

    Parameters
    ----------
    seed : of every draw
    n_draws : bootstrap replicates
    alpha : one-sided error; only decides how many rows a quantile needs
    workers : threads that judge slices at the same time; no bit of the result depends on it
    product : of matrices, on a device; None multiplies on the processor. No bit depends on it either
    """

    seed: int = 0
    n_draws: int = 2000
    alpha: float = 0.05
    workers: int = 1
    product: Product | None = None


def is_independent(paired: Paired) -> bool:
    """Whether rows are independent and weigh the same."""
    return paired.groups is None and paired.times is None and paired.candidate.weights is None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replicates:
    """Resampled changes of one run a side.

    Parameters
    ----------
    changes : shape (n_draws,), NaN where undefined
    n_units : independent units that were drawn; of weighted ones as many as they are worth (Kish)
    method : name of the resampling
    moving : units that the change comes from
    down, up : by how much the true change lies below and above the measured one, chance apart; of either sign
    """

    changes: Floats
    n_units: int
    method: str
    moving: float
    down: float = 0.0
    up: float = 0.0


def replicate(spec: MetricSpec, kernel: Kernel, paired: Paired, plan: Plan, *, share_draws: bool = False) -> Replicates:
    """Replicates of the first run's change.

    Parameters
    ----------
    share_draws : draws rows even where cells would do, so that several runs are resampled alike
    """
    draws = Draws(plan.n_draws, plan.seed, plan.product)
    grouped = "grouped-" if paired.groups is not None else "block-" if paired.times is not None else ""
    sides = (paired.baseline, paired.candidate)
    down = up = 0.0
    match kernel:
        case TableKernel() if is_independent(paired) and not share_draws:
            changes, moving = table_changes(kernel, paired, None, draws), table_moving(kernel, paired)
            return Replicates(changes=changes, n_units=paired.n_rows, method="cell-multinomial", moving=moving)
        case TableKernel():
            units = units_of(paired, plan, None)
            changes, moving, name = table_changes(kernel, paired, units, draws), table_moving(kernel, paired, units), ""
        case SumsKernel(per_query=True):
            columns = [kernel.columns(sample) for sample in sides]
            units = _query_units(paired, columns[0].shape[0], plan)
            before, after = (units.sums(part) for part in columns)
            changes = sums_changes(before, after, (kernel.value, kernel.value), units, draws)
            moving = moving_units(left_out(before, after, kernel.value))
            return Replicates(changes=changes, n_units=units.n_units, method=f"{grouped}query-bootstrap", moving=moving)
        case SumsKernel() if is_calibration_error(spec):
            units, name = units_of(paired, plan, _strata(spec, paired)), ""
            found = calibration_changes(spec, kernel, paired, units, draws)
            changes, moving, down, up = found.changes, found.moving, found.down, found.up
        case SumsKernel():
            units = units_of(paired, plan, _strata(spec, paired))
            before, after = (bag_sums(kernel, sample, units) for sample in sides)
            changes, name = sums_changes(before, after, (kernel.value, kernel.value), units, draws), ""
            moving = moving_units(left_out(before, after, kernel.value))
        case RankKernel():
            units = units_of(paired, plan, positive_flags(paired.candidate) if spec.positive else None)
            delta, influences = rank_influences(kernel, paired)
            moving = combined(by_stratum(units, units.sums(influences)[:, 0]))
            name = "" if paired.n_rows < LINEAR_ROWS else "linear-"
            changes = (
                linear_changes(influences, delta, units, draws) if name else rank_changes(kernel, paired, units, draws)
            )
            if spec.name == "average_precision":
                changes = delta + (changes - delta) * precision_widening(paired)
        case PointKernel():
            units = units_of(paired, plan, None)
            changes, moving, name = point_changes(kernel, paired, units, draws), math.inf, ""
        case _:
            raise TypeError(f"{type(kernel).__name__} is not resampled")
    stratified = "stratified-" if len(units.strata) > 1 else ""
    return Replicates(
        changes=changes if is_calibration_error(spec) else _weighted_spread(changes, paired),
        n_units=_worth(paired, units, spec),
        method=f"{name}{grouped}{stratified}bootstrap",
        moving=moving,
        down=down,
        up=up,
    )


def _weighted_spread(changes: Floats, paired: Paired) -> Floats:
    """Replicates of weighted rows, spread by sqrt(1 + 100 / rows that they are worth).

    Heavy rows are few, and a sample that lacks the heaviest shows too little spread: by simulation with exponential
    weights worth 500 rows, up to 10 % of samples let a loss of the tolerance pass without this. Calibration errors are
    widened already.
    """
    if paired.candidate.weights is None:
        return changes
    centre = float(np.nanmean(changes)) if np.isfinite(changes).any() else 0.0
    return centre + (changes - centre) * math.sqrt(1 + MIN_WEIGHTED / max(weighed_units(paired), 1.0))


def precision_widening(paired: Paired) -> float:
    """Factor of the spread of average precision, which resampling understates where few positive rows decide it.

    By simulation it is 14 % too small at 40 positive rows and 7 % at 120, and smallest in the very
    samples in which a worse candidate looks good by chance.
    """
    flags = positive_flags(paired.candidate)
    weights = np.ones(paired.n_rows) if paired.candidate.weights is None else paired.candidate.weights
    return math.sqrt(1 + _DECIDING / max(kish(weights[flags]), 1.0))


def by_stratum(units: Units, values: Floats) -> tuple[Floats, ...]:
    """Values of the bags, stratum by stratum."""
    return tuple(np.split(values, np.cumsum(units.strata)[:-1]))


def kish(weights: Floats) -> float:
    """Rows that weighted rows are worth: (sum of weights)^2 / sum of their squares; 0 where none weighs anything."""
    squares = float((weights * weights).sum())
    return float(weights.sum()) ** 2 / squares if squares > 0 else 0.0


def weighed_units(paired: Paired) -> float:
    """Independent units that the rows are worth: rows or groups, by Kish's rule where rows are weighted."""
    weights = paired.candidate.weights
    if paired.groups is not None:
        groups = dense_groups(paired.groups)
        return (
            kish(np.bincount(groups, weights=weights).astype(np.float64)) if weights is not None else groups.max() + 1.0
        )
    return float(paired.n_rows) if weights is None else kish(weights)


def dense_groups(groups: Codes) -> Index:
    """Codes 0, 1, ... without gaps."""
    return np.unique(groups, return_inverse=True)[1].reshape(-1)


def _worth(paired: Paired, units: Units, spec: MetricSpec) -> int:
    """Units of the draws; of weighted rows no more than they are worth, of two strata in the smaller one."""
    weights = paired.candidate.weights
    if weights is None:
        return units.n_units
    worth = weighed_units(paired)
    if len(units.strata) > 1:
        flags = positive_flags(paired.candidate) if spec.positive else paired.candidate.labels == 1
        worth = min(kish(weights[flags]), kish(weights[~flags]))
    return max(1, min(units.n_units, int(worth)))


def _query_units(paired: Paired, n_queries: int, plan: Plan) -> Units:
    """Queries are independent, unless groups or times are declared: then those of a group or block go together."""
    query = paired.candidate.query
    if query is None or (paired.groups is None and paired.times is None):
        return row_units(n_queries, seed=plan.seed)
    _, first, place = np.unique(query, return_index=True, return_inverse=True)
    for kind, codes in (("groups", paired.groups), ("times", paired.times)):
        if codes is not None and (codes[first][place.reshape(-1)] != codes).any():
            raise UndefinedMetricError(f"rows of one query have several {kind}")
    if paired.groups is not None:
        return group_units(paired.groups[first], seed=plan.seed)
    assert paired.times is not None  # noqa: S101  # narrowing only
    return block_units(paired.times[first])


def _strata(spec: MetricSpec, paired: Paired) -> Flags | None:
    """Two classes are drawn apart where the metric asks for it."""
    sample = paired.candidate
    if spec.method != "stratified-bootstrap" or sample.labels is None or len(sample.classes) != 2:
        return None
    return np.asarray(sample.labels == 1)


def units_of(paired: Paired, plan: Plan, strata: Flags | None) -> Units:
    if paired.groups is not None:
        return group_units(paired.groups, seed=plan.seed)
    if paired.times is not None:
        return block_units(paired.times)
    return row_units(paired.n_rows, seed=plan.seed, strata=strata)
