"""How a change is judged, by the form of the metric: exact where there is a formula, resampled where there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.delong import compute_placements
from mlgate.metrics.intervals import Change, ConstantChange, NormalChange
from mlgate.metrics.kernels.kernel import (
    Kernel,
    PointKernel,
    QuantileKernel,
    SumsKernel,
    UndefinedMetricError,
)
from mlgate.metrics.kernels.values import positive_flags, positive_scores
from mlgate.metrics.order_statistics import QuantileChange, rows_needed
from mlgate.metrics.paired import Paired
from mlgate.metrics.replicate import Plan, Replicates, is_independent, kish, replicate, units_of, weighed_units
from mlgate.metrics.replicates import ReplicateChange
from mlgate.metrics.resampling.sums import (
    left_out_changes,
)
from mlgate.metrics.sample import Flags, Floats
from mlgate.metrics.tango import compute_accuracy_change

__all__ = [
    "Plan",
    "Values",
    "compute_change",
    "constant_change",
    "is_independent",
    "kish",
    "placements_of",
    "replicate",
    "uses_delong",
    "weighed_units",
]

MAX_UNDEFINED = 0.01
"""Share of the replicates that may be undefined."""

POINT_ROWS = 20_000
"""Rows from which any other function is judged by leaving out bags of rows."""

_JACKKNIFE_BAGS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """A metric on both sides, means over the runs of a side; `discordant` rows differ in prediction or score."""

    baseline: float
    candidate: float
    discordant: int
    runs: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())

    @property
    def delta(self) -> float:
        return self.candidate - self.baseline


class UndefinedReplicatesError(ValueError):
    """Too many replicates in which the metric is undefined."""


def uses_delong(spec: MetricSpec, paired: Paired) -> bool:
    """Whether the change of an area is judged by placements, which give its values too."""
    several = max(len(paired.baselines), len(paired.candidates)) > 1
    return spec.name == "roc_auc" and is_independent(paired) and not several


def placements_of(paired: Paired) -> tuple[Floats, Floats]:
    """Placements of the rows of either side.

    Raises
    ------
    UndefinedMetricError
        A class has no row.
    """
    positive = positive_flags(paired.candidate)
    try:
        before, after = (
            compute_placements(positive, positive_scores(sample), sample.order)
            for sample in (paired.baseline, paired.candidate)
        )
    except ValueError as problem:
        raise UndefinedMetricError(str(problem)) from None
    return before, after


def compute_change(spec: MetricSpec, kernel: Kernel, paired: Paired, plan: Plan, values: Values) -> Change:
    """The change of one run a side."""
    if isinstance(kernel, SumsKernel) and kernel.shares and is_independent(paired):
        right = [kernel.columns(sample)[:, 0] > 0.5 for sample in (paired.baseline, paired.candidate)]
        return compute_accuracy_change(right[0], right[1], ~paired.same)
    if isinstance(kernel, QuantileKernel):
        return _quantile_change(kernel, paired, plan, values)
    if isinstance(kernel, PointKernel) and paired.n_rows >= POINT_ROWS:
        return _left_out_change(spec, kernel, paired, plan, values)
    return _from_replicates(spec, paired, values, replicate(spec, kernel, paired, plan))


def _from_replicates(spec: MetricSpec, paired: Paired, values: Values, found: Replicates) -> Change:
    defined = np.sort(found.changes[np.isfinite(found.changes)])
    undefined = found.changes.size - defined.size
    if undefined > MAX_UNDEFINED * found.changes.size:
        raise UndefinedReplicatesError(
            f"{spec.name} is undefined in {undefined:,} of {found.changes.size:,} resamples: too few rows of a class"
        )
    scale = max(abs(values.baseline), abs(values.candidate), 1e-300)
    if found.n_units < 2 or not defined[-1] - defined[0] > 1e-12 * scale:
        return constant_change(spec, paired, values, n_units=found.n_units)
    return ReplicateChange(
        delta=values.delta,
        replicates=defined,
        down=found.down,
        up=found.up,
        n_rows=paired.n_rows,
        n_units=found.n_units,
        discordant=values.discordant,
        method=found.method,
        moving=found.moving,
    )


def constant_change(spec: MetricSpec, paired: Paired, values: Values, *, n_units: int | None = None) -> ConstantChange:
    """No unit differs from another. An unseen one may move the metric through its range, or as much as its value is."""
    span = spec.high - spec.low
    known = max(abs(values.baseline), abs(values.candidate), 2 * abs(values.delta), 1e-9)
    return ConstantChange(
        delta=values.delta,
        n_rows=paired.n_rows,
        n_units=max(1, int(weighed_units(paired)) if n_units is None else n_units),
        discordant=values.discordant,
        limit=span if math.isfinite(span) else known,
    )


def _quantile_change(kernel: QuantileKernel, paired: Paired, plan: Plan, found: Values) -> Change:
    before, after = kernel.values(paired.baseline), kernel.values(paired.candidate)
    below = [values <= np.quantile(values, kernel.share) for values in (before, after)]
    spread = [float(flags.std()) for flags in below]
    effective = min(_effective_rows(paired, flags) for flags in below)
    needed = rows_needed(kernel.share, plan.alpha)
    if effective < needed:
        raise UndefinedReplicatesError(f"worth {effective:,.0f} independent rows, {needed} needed")
    joint = float(np.mean(below[0] & below[1])) - float(below[0].mean()) * float(below[1].mean())
    correlation = joint / (spread[0] * spread[1]) if min(spread) > 0 else 0.0
    return QuantileChange(
        share=kernel.share,
        baseline=np.sort(before),
        candidate=np.sort(after),
        correlation=min(max(correlation, -1.0), 1.0),
        effective=effective,
        discordant=found.discordant,
    )


def _effective_rows(paired: Paired, flags: Flags) -> float:
    """Independent rows that grouped rows are worth: their number over the design effect of a share."""
    if paired.groups is None and paired.times is None:
        return float(paired.n_rows)
    units = units_of(paired, Plan(), None)
    centred = flags - flags.mean()
    totals = units.sums(centred.astype(np.float64)[:, None])[:, 0]
    if units.block > 1:
        totals = np.sum([np.roll(totals, step) for step in range(units.block)], axis=0) / math.sqrt(units.block)
    single = float(np.sum(centred * centred))
    return paired.n_rows / max(1.0, float(np.sum(totals * totals)) / single) if single > 0 else float(paired.n_rows)


def _left_out_change(spec: MetricSpec, kernel: PointKernel, paired: Paired, plan: Plan, values: Values) -> Change:
    """A delete-a-group jackknife: any function, at the cost of a hundred values."""
    units = units_of(paired, plan, None)
    n_bags = min(units.n_bags, _JACKKNIFE_BAGS)
    bags = replace(units, bag=(units.bag % n_bags).astype(np.int32), strata=(n_bags,))
    left_out = left_out_changes(kernel, paired, bags)
    if not np.isfinite(left_out).all():
        raise UndefinedReplicatesError("the metric is undefined without some of the rows")
    se = math.sqrt((n_bags - 1) / n_bags * float(np.sum((left_out - left_out.mean()) ** 2)))
    if not se > 0:
        return constant_change(spec, paired, values, n_units=units.n_units)
    return NormalChange(
        delta=values.delta,
        se=se,
        n_rows=paired.n_rows,
        n_units=units.n_units,
        discordant=values.discordant,
        method="grouped-jackknife",
        df=n_bags - 1,
        limit=math.inf,
    )
