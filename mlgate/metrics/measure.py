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
    placements_of,
    uses_delong,
)
from mlgate.metrics.order_statistics import rows_needed
from mlgate.metrics.paired import Paired
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
    runs : values of each run of either side, where there are several
    """

    baseline: float | None = None
    candidate: float | None = None
    change: Change | None = None
    discordant: int = 0
    problem: str = ""
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
    before: tuple[float, ...]
    after: tuple[float, ...]
    try:
        if uses_delong(spec, paired):
            placements = placements_of(paired)
            before, after = ((auc_of(positive_flags(paired.candidate), side),) for side in placements)
        else:
            before, after = (
                tuple(compute_value(kernel, sample) for sample in side)
                for side in (paired.baselines, paired.candidates)
            )
    except UndefinedMetricError as problem:
        return Measured(discordant=discordant, problem=too_small or str(problem))
    if not all(math.isfinite(value) for value in before + after):
        return Measured(discordant=discordant, problem=too_small or f"{spec.name} is undefined on these rows")
    values = Values(
        baseline=float(np.mean(before)),
        candidate=float(np.mean(after)),
        discordant=discordant,
        runs=(before, after) if several else ((), ()),
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


def is_unchanged(spec: MetricSpec, paired: Paired) -> bool:
    """Whether what the metric is computed from is the same on both sides, run by run.

    A metric of scores does not move where only predictions do, nor the other way round.
    """
    if len(paired.baselines) != len(paired.candidates):
        return False
    if paired.same.all():
        return True
    needs = set(spec.needs) - {"label", "query", "scale", "labelset"}
    part = {"score": "scores", "prediction": "predictions", "number": "estimate"}.get("".join(needs))
    if part is None or len(needs) != 1 or spec.needs[-1] == "labelset":
        return False
    sides = zip(paired.baselines, paired.candidates, strict=True)
    return all(
        getattr(one, part) is not None and np.array_equal(getattr(one, part), getattr(other, part))
        for one, other in sides
    )


def _too_small(spec: MetricSpec, kernel: Kernel, paired: Paired, plan: Plan) -> str:
    """Why these rows are too few for the method, else empty."""
    if paired.groups is not None:
        groups = int(np.unique(paired.groups).size)
        if groups < MIN_GROUPS:
            return f"{groups:,} groups, {MIN_GROUPS} needed"
    sample = paired.candidate
    if spec.positive and sample.labels is not None and sample.positive is not None:
        needed = MIN_CLASS_ROWS if isinstance(kernel, RankKernel) else MIN_POSITIVE_ROWS
        positive = int(np.count_nonzero(positive_flags(sample)))
        negative = paired.n_rows - positive
        fewer = min(positive, negative) if isinstance(kernel, RankKernel) else positive
        if fewer < needed:
            return f"{fewer:,} {'positive' if fewer == positive else 'negative'} rows, {needed} needed"
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
