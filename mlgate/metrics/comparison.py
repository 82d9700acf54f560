"""The facts of one comparison: a metric over a set of paired rows, not yet decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

from mlgate.config.evaluation import Evaluation, MetricPolicy
from mlgate.metrics.intervals import Change
from mlgate.metrics.kernels.kernel import Kernel, RankKernel
from mlgate.metrics.measure import Measured, is_unchanged, measure
from mlgate.metrics.methods import Plan
from mlgate.metrics.paired import Paired
from mlgate.metrics.slicing import slice_rows, with_order
from mlgate.metrics.specs import MetricSpec
from mlgate.outcome import Location

NO_BASELINE_VALUE = 1e-12
"""Baseline value below which a tolerance relative to it means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a verdict needs to know of one metric on one set of paired rows.

    Parameters
    ----------
    evaluation : its name
    spec : the metric
    tolerance : accepted worsening, in the metric's unit
    slice_key : slice column -> value; None is overall
    n_rows : paired rows
    baseline, candidate : the metric on these rows, None where it cannot be computed
    change : candidate - baseline; None where it is invalid or not evaluable
    discordant : rows whose prediction (or score, for a metric of scores) differs
    identical : what the metric is computed from is the same on both sides in all of these rows
    invalid : why nothing can be said (the verdict is `invalid`), else empty
    not_evaluable : why a slice is too small to be judged (the verdict is `inconclusive`), else empty
    inconclusive : status of an inconclusive verdict: `warn`, `fail` or `pass`
    location : the metric's declaration
    blocking : whether it takes part in the family, and may fail the gate
    relative : the share of the baseline's value that `tolerance` was written as, else None
    effective : rows that weighted rows are worth (Kish), None where all weigh the same
    groups : number of groups, None where rows are independent
    runs : values of each run of either side, where there are several
    """

    evaluation: str
    spec: MetricSpec
    tolerance: float
    slice_key: Mapping[str, str] | None
    n_rows: int
    baseline: float | None
    candidate: float | None
    change: Change | None
    discordant: int
    identical: bool
    invalid: str = ""
    not_evaluable: str = ""
    inconclusive: str = "warn"
    location: Location | None = None
    blocking: bool = True
    relative: float | None = None
    effective: float | None = None
    groups: int | None = None
    runs: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())


def compare_rows(
    paired: Paired, evaluation: Evaluation, slices: tuple[str, ...], kernels: Mapping[str, Kernel], plan: Plan
) -> list[Comparison]:
    """Every declared metric, overall and in each slice, in the order of declaration and of the slice value.

    Parameters
    ----------
    paired : at least one row, labels that agree
    slices : slice columns to group by
    kernels : how each declared metric is computed, by its name
    """
    if any(isinstance(kernel, RankKernel) for kernel in kernels.values()):
        paired = with_order(paired)

    def judge(key: Mapping[str, str] | None, rows: Paired) -> list[Comparison]:
        return [_compare(metric, kernels[metric.name], rows, key, evaluation, plan) for metric in evaluation.metrics]

    judged = [judge(None, paired)]
    if not slices:
        return judged[0]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(plan.workers) as pool:
        for name in slices:
            # As many slices at a time as there are workers: the rows of the others need not be there yet.
            for batch in _batches(slice_rows(paired, name), plan.workers):
                keys = [{name: value} for value, _ in batch]
                judged += pool.map(judge, keys, [rows for _, rows in batch])
    return [of_group[number] for number in range(len(evaluation.metrics)) for of_group in judged]


def _batches(items: Iterator[tuple[str, Paired]], size: int) -> Iterator[list[tuple[str, Paired]]]:
    while batch := list(islice(items, size)):
        yield batch


def _compare(
    metric: MetricPolicy,
    kernel: Kernel,
    rows: Paired,
    slice_key: Mapping[str, str] | None,
    evaluation: Evaluation,
    plan: Plan,
) -> Comparison:
    spec = metric.spec
    try:
        found = measure(spec, kernel, rows, plan)
    except (ValueError, ArithmeticError) as unexpected:  # one metric that cannot be judged must not hide the others
        found = Measured(problem=f"it cannot be judged: {unexpected}", fault=True)
    identical = is_unchanged(spec, rows)
    tolerance, relative = resolve_tolerance(metric, found.baseline)
    problem, fault = found.problem, found.fault or slice_key is None
    if tolerance is None and not problem:
        problem, fault = "a relative tolerance needs a baseline that is not 0", True
    elif slice_key is not None and rows.n_rows < evaluation.min_slice_rows and not found.fault:
        problem = f"{rows.n_rows:,} rows, {evaluation.min_slice_rows} needed"
    if identical and found.change is not None:
        problem = ""  # what is the same is the same, however few rows there are
    return Comparison(
        evaluation=evaluation.name,
        spec=spec,
        tolerance=0.0 if tolerance is None else tolerance,
        slice_key=slice_key,
        n_rows=rows.n_rows,
        baseline=found.baseline,
        candidate=found.candidate,
        change=None if problem else found.change,
        discordant=found.discordant,
        identical=identical,
        invalid=problem if fault else "",
        not_evaluable="" if fault else problem,
        inconclusive=evaluation.inconclusive,
        location=metric.location,
        blocking=metric.blocking,
        relative=relative,
        effective=_effective(rows, found),
        groups=None if rows.groups is None else int(np.unique(rows.groups).size),
        runs=found.runs,
    )


def resolve_tolerance(metric: MetricPolicy, baseline: float | None) -> tuple[float | None, float | None]:
    """The tolerance in the metric's unit, None where it is relative to a baseline of 0; and the share, if relative."""
    spec = metric.spec
    value = spec.default_tolerance if metric.tolerance is None else metric.tolerance
    relative = spec.relative if metric.tolerance is None else metric.relative
    if not relative:
        return value, None
    if baseline is None or not abs(baseline) > NO_BASELINE_VALUE:
        return None, value
    return value * abs(baseline), value


def _effective(rows: Paired, found: Measured) -> float | None:
    """Kish's effective number of rows, (sum of weights)^2 / sum of their squares."""
    weights = rows.candidate.weights
    if weights is None or found.change is None or not weights.any():
        return None
    return float(weights.sum()) ** 2 / float((weights * weights).sum())
