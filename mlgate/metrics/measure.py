"""A metric on paired rows: its values, and its change by the method that fits."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.delong import auc_of, change_of
from mlgate.metrics.intervals import Change, PointChange
from mlgate.metrics.kernels.kernel import (
    Kernel,
    PointKernel,
    QuantileKernel,
    RankKernel,
    SumsKernel,
    UndefinedMetricError,
)
from mlgate.metrics.kernels.values import compute_value, positive_flags
from mlgate.metrics.methods import (
    Plan,
    UndefinedReplicatesError,
    Values,
    compute_change,
    constant_change,
    is_independent,
    kish,
    placements_of,
    uses_delong,
    weighed_units,
)
from mlgate.metrics.order_statistics import rows_needed
from mlgate.metrics.paired import Paired
from mlgate.metrics.replicate import MIN_WEIGHTED
from mlgate.metrics.sample import Sample
from mlgate.metrics.seeds import compute_runs_change

MIN_CLASS_ROWS = 30
"""Rows of either class under which the interval of an order of scores is too narrow."""

MIN_POSITIVE_ROWS = 10
"""Rows of the positive class under which a rate of that class is not evaluable."""

MIN_UNITS = 10
"""Units under which nothing is resampled."""

MIN_GROUPS = 10
"""Groups under which nothing is resampled: Student's quantiles do not make up for fewer of unequal size."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric on both sides.

    Parameters
    ----------
    baseline, candidate : its values, means over the runs of a side; None where undefined
    change : None where it cannot be judged
    discordant : rows whose prediction or score differs
    problem : why it cannot be judged, else empty
    fault : whether that is a fault of one side, which no number of rows would mend
    runs : values of each run of either side, where there are several
    """

    baseline: float | None = None
    candidate: float | None = None
    change: Change | None = None
    discordant: int = 0
    problem: str = ""
    fault: bool = False
    runs: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())


def measure(spec: MetricSpec, kernel: Kernel, paired: Paired, plan: Plan) -> Measured:
    """A metric of both sides and its change.

    Parameters
    ----------
    paired : at least one row

    Returns
    -------
    Measured
        Never raises for what the rows hold: that becomes `problem`.
    """
    discordant = paired.n_rows - int(np.count_nonzero(paired.same))
    several = max(len(paired.baselines), len(paired.candidates)) > 1
    too_small = _too_small(spec, kernel, paired, plan)
    placements = None
    if uses_delong(spec, paired):
        try:
            placements = placements_of(paired)
        except UndefinedMetricError as problem:
            return Measured(discordant=discordant, problem=too_small or str(problem))
        positive = positive_flags(paired.candidate)
        before, after = ([auc_of(positive, side)] for side in placements)
        problems: tuple[str, ...] = ()
    else:
        (before, after), problems = zip(
            *(_side_values(spec, kernel, side) for side in (paired.baselines, paired.candidates)), strict=True
        )
    if any(problems):
        # Where neither side has a value the rows do not define it; where one has, the other is at fault.
        fault = not all(problems)
        told = "" if fault else too_small
        return Measured(discordant=discordant, problem=told or next(filter(None, problems)), fault=fault)
    values = Values(
        baseline=float(np.mean(before)),
        candidate=float(np.mean(after)),
        discordant=discordant,
        runs=(tuple(before), tuple(after)) if several else ((), ()),
    )
    measured = Measured(baseline=values.baseline, candidate=values.candidate, discordant=discordant, runs=values.runs)
    if is_unchanged(spec, paired):
        return replace(measured, change=constant_change(spec, paired, values))
    if isinstance(kernel, PointKernel) and not kernel.interval:
        point = PointChange(delta=values.delta, n_rows=paired.n_rows, discordant=discordant)
        return replace(measured, change=point)
    if too_small:
        return replace(measured, problem=too_small)
    if placements is not None:
        positive = positive_flags(paired.candidate)
        return replace(measured, change=change_of(positive, placements[0], placements[1], discordant))
    try:
        judge = compute_runs_change if several else compute_change
        return replace(measured, change=judge(spec, kernel, paired, plan, values))
    except (UndefinedMetricError, UndefinedReplicatesError) as undefined:
        return replace(measured, problem=str(undefined))


def _said(worth: float, paired: Paired) -> str:
    return f"{worth:,.0f}" if paired.candidate.weights is None else f"by weight worth {worth:,.1f}"


def _side_values(spec: MetricSpec, kernel: Kernel, side: tuple[Sample, ...]) -> tuple[list[float], str]:
    """The value of each run of a side, and why one is undefined."""
    try:
        values = [compute_value(kernel, sample) for sample in side]
    except UndefinedMetricError as problem:
        return [], str(problem)
    return values, "" if all(map(math.isfinite, values)) else f"{spec.name} is undefined on these rows"


def is_unchanged(spec: MetricSpec, paired: Paired) -> bool:
    """Whether what the metric is computed from is the same on both sides, run by run.

    A metric of scores does not move where only predictions do, nor the other way round.
    """
    if len(paired.baselines) != len(paired.candidates):
        return False
    if paired.same.all():
        return True
    needs = set(spec.needs) - {"label", "query", "labelset"}
    part = {"score": "scores", "prediction": "predictions", "number": "estimate"}.get("".join(sorted(needs)))
    if part is None or len(needs) != 1 or spec.needs[-1] == "labelset":
        return False
    sides = zip(paired.baselines, paired.candidates, strict=True)
    return all(
        getattr(one, part) is not None and np.array_equal(getattr(one, part), getattr(other, part))
        for one, other in sides
    )


def _too_small(spec: MetricSpec, kernel: Kernel, paired: Paired, plan: Plan) -> str:
    """Why these rows are too few for the method, else empty."""
    sample = paired.candidate
    if sample.weights is not None and not sample.weights.any():
        return "no row weighs more than 0, 1 needed"
    worth = weighed_units(paired)
    if paired.groups is not None and worth < MIN_GROUPS:
        return f"{_said(worth, paired)} groups, {MIN_GROUPS} needed"
    if paired.groups is None and sample.weights is not None and worth < MIN_WEIGHTED:
        return f"{_said(worth, paired)} rows, {MIN_WEIGHTED} needed"
    if spec.positive and sample.labels is not None and sample.positive is not None:
        needed = MIN_CLASS_ROWS if isinstance(kernel, RankKernel) else MIN_POSITIVE_ROWS
        flags = positive_flags(sample)
        weights = np.ones(paired.n_rows) if sample.weights is None else sample.weights
        positive, negative = kish(weights[flags]), kish(weights[~flags])
        fewer = min(positive, negative) if isinstance(kernel, RankKernel) else positive
        if fewer < needed:
            return f"{_said(fewer, paired)} {'positive' if fewer == positive else 'negative'} rows, {needed} needed"
    return _too_few(spec, kernel, paired, plan)


def _too_few(spec: MetricSpec, kernel: Kernel, paired: Paired, plan: Plan) -> str:
    """Why there are too few rows, queries or whatever is counted."""
    sample = paired.candidate
    match kernel:
        case QuantileKernel():
            needed = rows_needed(kernel.share, plan.alpha)
            if sample.weights is not None:
                return f"{spec.name} takes no weights"
            return f"{paired.n_rows:,} rows, {needed} needed" if paired.n_rows < needed else ""
        case SumsKernel(per_query=True) if sample.query is not None:
            queries = int(np.unique(sample.query).size)
            return f"{queries:,} queries, {MIN_UNITS} needed" if queries < MIN_UNITS else ""
        case SumsKernel(shares=True) if is_independent(paired):
            return ""
    return f"{paired.n_rows:,} rows, {MIN_UNITS} needed" if paired.n_rows < MIN_UNITS else ""
