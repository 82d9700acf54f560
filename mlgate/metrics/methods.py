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
    RankKernel,
    SumsKernel,
    TableKernel,
    UndefinedMetricError,
)
from mlgate.metrics.kernels.values import positive_flags, positive_scores
from mlgate.metrics.order_statistics import QuantileChange
from mlgate.metrics.paired import Paired
from mlgate.metrics.replicates import ReplicateChange
from mlgate.metrics.resampling.cells import table_changes
from mlgate.metrics.resampling.draws import Draws, Product
from mlgate.metrics.resampling.sums import (
    bag_sums,
    left_out_changes,
    linear_changes,
    point_changes,
    rank_changes,
    rank_influences,
    sums_changes,
)
from mlgate.metrics.resampling.units import Units, block_units, group_units, row_units
from mlgate.metrics.sample import Flags, Floats
from mlgate.metrics.tango import compute_accuracy_change

MAX_UNDEFINED = 0.01
"""Share of the replicates that may be undefined."""

LINEAR_ROWS = 20_000
"""Rows from which an order of scores is resampled by its linear part."""

POINT_ROWS = 20_000
"""Rows from which any other function is judged by leaving out bags of rows."""

_JACKKNIFE_BAGS = 100


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


def is_independent(paired: Paired) -> bool:
    """Whether rows are independent and weigh the same."""
    return paired.groups is None and paired.times is None and paired.candidate.weights is None


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
        return _quantile_change(kernel, paired, values)
    if isinstance(kernel, PointKernel) and paired.n_rows >= POINT_ROWS:
        return _left_out_change(kernel, paired, plan, values)
    return _from_replicates(spec, paired, values, *replicate(spec, kernel, paired, plan))


def replicate(spec: MetricSpec, kernel: Kernel, paired: Paired, plan: Plan) -> tuple[Floats, int, str]:
    """Replicates of the first run's change, the number of independent units, and the method's name."""
    draws = Draws(plan.n_draws, plan.seed, plan.product)
    grouped = "grouped-" if paired.groups is not None else "block-" if paired.times is not None else ""
    match kernel:
        case TableKernel():
            if is_independent(paired):
                return table_changes(kernel, paired, None, draws), paired.n_rows, "cell-multinomial"
            units = units_of(paired, plan, None)
            return table_changes(kernel, paired, units, draws), units.n_units, f"{grouped}bootstrap"
        case SumsKernel(per_query=True):
            sides = [kernel.columns(sample) for sample in (paired.baseline, paired.candidate)]
            units = _query_units(paired, sides[0].shape[0], plan)
            before, after = (units.sums(columns) for columns in sides)
            return (
                sums_changes(before, after, kernel.value, units, draws),
                units.n_units,
                "query-bootstrap",
            )
        case SumsKernel():
            strata = _strata(spec, paired)
            units = units_of(paired, plan, strata)
            before, after = (bag_sums(kernel, sample, units) for sample in (paired.baseline, paired.candidate))
            name = f"{grouped}{'stratified-' if len(units.strata) > 1 else ''}bootstrap"
            return (
                sums_changes(before, after, kernel.value, units, draws),
                units.n_units,
                name,
            )
        case RankKernel():
            units = units_of(paired, plan, positive_flags(paired.candidate) if spec.positive else None)
            name = f"{grouped}{'stratified-' if len(units.strata) > 1 else ''}bootstrap"
            if paired.n_rows < LINEAR_ROWS:
                return rank_changes(kernel, paired, units, draws), units.n_units, name
            delta, influences = rank_influences(kernel, paired)
            return (
                linear_changes(influences, delta, units, draws),
                units.n_units,
                f"linear-{name}",
            )
        case PointKernel():
            units = units_of(paired, plan, None)
            return point_changes(kernel, paired, units, draws), units.n_units, f"{grouped}bootstrap"
    raise TypeError(f"{type(kernel).__name__} is not resampled")


def _query_units(paired: Paired, n_queries: int, plan: Plan) -> Units:
    """Queries are independent, unless groups are declared: then those of one group are drawn together."""
    query = paired.candidate.query
    if paired.groups is None or query is None:
        return row_units(n_queries, seed=plan.seed)
    _, first = np.unique(query, return_index=True)
    return group_units(paired.groups[first], seed=plan.seed)


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


def _from_replicates(
    spec: MetricSpec, paired: Paired, values: Values, changes: Floats, n_units: int, method: str
) -> Change:
    defined = np.sort(changes[np.isfinite(changes)])
    undefined = changes.size - defined.size
    if undefined > MAX_UNDEFINED * changes.size:
        raise UndefinedReplicatesError(
            f"{spec.name} is undefined in {undefined:,} of {changes.size:,} resamples: too few rows of a class"
        )
    scale = max(abs(values.baseline), abs(values.candidate), 1e-300)
    if n_units < 2 or not defined[-1] - defined[0] > 1e-12 * scale:
        return constant_change(spec, paired, values, n_units=n_units)
    return ReplicateChange(
        delta=values.delta,
        replicates=defined,
        n_rows=paired.n_rows,
        n_units=n_units,
        discordant=values.discordant,
        method=method,
    )


def constant_change(spec: MetricSpec, paired: Paired, values: Values, *, n_units: int | None = None) -> ConstantChange:
    """No unit differs from another. An unseen one may move the metric through its range, or as much as its value is."""
    span = spec.high - spec.low
    known = max(abs(values.baseline), abs(values.candidate), 2 * abs(values.delta), 1e-9)
    return ConstantChange(
        delta=values.delta,
        n_rows=paired.n_rows,
        n_units=max(1, paired.n_rows if n_units is None else n_units),
        discordant=values.discordant,
        limit=span if math.isfinite(span) else known,
    )


def _quantile_change(kernel: QuantileKernel, paired: Paired, found: Values) -> Change:
    before, after = kernel.values(paired.baseline), kernel.values(paired.candidate)
    below = [values <= np.quantile(values, kernel.share) for values in (before, after)]
    spread = [float(flags.std()) for flags in below]
    joint = float(np.mean(below[0] & below[1])) - float(below[0].mean()) * float(below[1].mean())
    correlation = joint / (spread[0] * spread[1]) if min(spread) > 0 else 0.0
    return QuantileChange(
        share=kernel.share,
        baseline=np.sort(before),
        candidate=np.sort(after),
        correlation=min(max(correlation, -1.0), 1.0),
        effective=_effective_rows(paired, below[1]),
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


def _left_out_change(kernel: PointKernel, paired: Paired, plan: Plan, values: Values) -> Change:
    """A delete-a-group jackknife: any function, at the cost of a hundred values."""
    units = units_of(paired, plan, None)
    n_bags = min(units.n_bags, _JACKKNIFE_BAGS)
    bags = replace(units, bag=(units.bag % n_bags).astype(np.int32), strata=(n_bags,))
    left_out = left_out_changes(kernel, paired, bags)
    if not np.isfinite(left_out).all():
        raise UndefinedReplicatesError("the metric is undefined without some of the rows")
    se = math.sqrt((n_bags - 1) / n_bags * float(np.sum((left_out - left_out.mean()) ** 2)))
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
