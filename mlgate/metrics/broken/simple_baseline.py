"""Whether the candidate is better than a model that has learnt nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

from mlgate.config.evaluation import Evaluation, MetricPolicy
from mlgate.metrics.broken.naming import outcome_id
from mlgate.metrics.broken.simple_models import NoSimpleModelError, against_simple_model
from mlgate.metrics.intervals import Change, PointChange
from mlgate.metrics.kernels.kernel import Kernel
from mlgate.metrics.measure import measure
from mlgate.metrics.methods import Plan
from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Sample
from mlgate.metrics.samples import same_outputs
from mlgate.metrics.verdict import POWER
from mlgate.outcome import Outcome, Status

_NEEDS = frozenset({"label", "prediction", "score", "number", "labelset", "scale"})
_NOT_COMPARED = frozenset({"ece", "debiased_calibration_error", "max_error"})
"""A model that always says the same is perfectly calibrated, and an extreme says little of a model."""

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """Both values, and how much better the candidate is (positive is better), with its interval where it has one."""

    words: str
    simple: float
    candidate: float
    n_rows: int
    identical: bool
    value: float
    low: float | None
    high: float | None
    method: str
    rows_needed: int | None


def simple_baseline(evaluation: Evaluation, paired: Paired, kernels: Mapping[str, Kernel], plan: Plan) -> Outcome:
    """The candidate is better than a model that needs no learning.

    `majority` always says the most frequent label (its scores are the frequencies of the classes), `mean` the mean of
    the labels, `last_value` the label that the series had at the time before. The frequencies and the mean are those of
    the evaluated rows, which is more than a simple model could know. Both are compared on the same rows by the first
    declared metric that such a model has, with the interval that the metric has in any comparison:

    - the whole interval is better: `pass`;
    - no part of it is better, or all predictions are those of the simple model: `fail`;
    - otherwise the rows cannot tell: a `warn` that says how many would, if the difference is as large as it looks.

    An `error` where the rows have no such model (no time, no classes), where no declared metric can be computed for
    it, and where the metric cannot be judged on these rows. Of several runs the first is looked at.

    Parameters
    ----------
    paired : only the candidate's side, groups and times are looked at
    kernels : how each declared metric is computed, by its name
    plan : seed, number of draws and alpha
    """
    metric = next((policy for policy in _blocking_first(evaluation) if _has_simple_model(policy)), None)
    if metric is None or metric.name not in kernels:
        return _error(evaluation, "no declared metric can be computed for it", "declare accuracy, mae or log_loss")
    series = evaluation.columns.series
    column = None if series is None else paired.features.get(series) or paired.slices.get(series)
    try:
        rows, words = against_simple_model(evaluation.simple_baseline, paired, None if column is None else column.codes)
    except NoSimpleModelError as problem:
        return _error(evaluation, str(problem), "choose another `simple_baseline`, or name the columns that it needs")
    if "score" not in metric.spec.needs:
        rows = replace(rows, same=same_outputs(_unscored(rows.baseline), _unscored(rows.candidate)))
    found = measure(metric.spec, kernels[metric.name], rows, plan)
    if found.problem or found.change is None or found.baseline is None or found.candidate is None:
        return _error(evaluation, found.problem or f"{metric.name} is undefined", "evaluate on more rows")
    answer = _answer(metric, found.change, plan.alpha) | {"simple": found.baseline, "candidate": found.candidate}
    if not all(math.isfinite(answer[key]) for key in ("value", "simple", "candidate")):
        return _error(evaluation, f"{metric.name} is not a number", "look at the predictions")
    whole = _Answer(words=words, n_rows=rows.n_rows, identical=bool(rows.same.all()), **answer)
    return _outcome(evaluation, metric, whole, plan.alpha)


def _unscored(sample: Sample) -> Sample:
    """The sample as a metric of predictions sees it: scores that differ do not make equal predictions different."""
    return replace(sample, scores=None)


def _blocking_first(evaluation: Evaluation) -> list[MetricPolicy]:
    return sorted(evaluation.metrics, key=lambda policy: not policy.blocking)


def _has_simple_model(policy: MetricPolicy) -> bool:
    return set(policy.spec.needs) <= _NEEDS and policy.name.partition("@")[0] not in _NOT_COMPARED


def _answer(metric: MetricPolicy, change: Change, alpha: float) -> dict[str, Any]:
    """How much better the candidate is, its interval, the method, and the rows that would show it."""
    oriented = change if metric.spec.higher_is_better else change.swapped()
    if isinstance(oriented, PointChange):
        return {"value": oriented.delta, "low": None, "high": None, "method": "point", "rows_needed": None}
    interval = oriented.interval(margin=0.0, alpha=alpha)
    per_row = oriented.variance_per_row
    needed = None
    if interval.delta > 0 and math.isfinite(per_row) and per_row > 0:
        z = _NORMAL.inv_cdf(1 - alpha) + _NORMAL.inv_cdf(POWER)
        needed = math.ceil(z * z * per_row / interval.delta**2)
    ends = {"value": interval.delta, "low": interval.low, "high": interval.high}
    return {**ends, "method": interval.method, "rows_needed": needed}


def _verdict(answer: _Answer) -> tuple[str, Status, str]:
    low, high = (answer.value, answer.value) if answer.low is None or answer.high is None else (answer.low, answer.high)
    if not answer.identical and low > 0:
        return "better", Status.PASS, ""
    if answer.identical or high <= 0:
        return "not better", Status.FAIL, "look at the features and the labels: nothing was learnt"
    rows = "more rows" if answer.rows_needed is None else f"about {answer.rows_needed:,} rows"
    return "cannot tell", Status.WARN, f"{rows} would tell, if the difference is as large as it looks"


def _outcome(evaluation: Evaluation, metric: MetricPolicy, answer: _Answer, alpha: float) -> Outcome:
    finding, status, hint = _verdict(answer)
    factor, unit = (100.0, " points") if metric.spec.unit == "fraction" else (1.0, "")
    sure = "no interval"
    if answer.low is not None and answer.high is not None:
        sure = f"{(1 - 2 * alpha) * 100:g} % interval {factor * answer.low:.3g} to {factor * answer.high:.3g}{unit}"
    told = {"better": "better", "not better": "not better", "cannot tell": "not shown to be better"}[finding]
    evidence: dict[str, Any] = {
        "evaluation": evaluation.name,
        "measured": metric.name,
        "kind": evaluation.simple_baseline,
        "finding": finding,
        "n": answer.n_rows,
        "simple": answer.simple,
        "candidate": answer.candidate,
        "better_by": answer.value,
        "low": answer.low,
        "high": answer.high,
        "confidence": 1 - 2 * alpha,
        "method": answer.method,
        "rows_needed": answer.rows_needed if finding == "cannot tell" else None,
        "unit": metric.spec.unit,
    }
    return Outcome(
        id=outcome_id(evaluation, "simple_baseline"),
        check="simple_baseline",
        tier="model",
        subject=evaluation.name,
        status=status,
        message=(
            f"{told} than {answer.words}: {metric.name} {answer.candidate:.4g} against {answer.simple:.4g} "
            f"({sure}; {answer.n_rows:,} rows)"
        ),
        hint=hint,
        observed=answer.candidate,
        expected=f"better than {answer.words}",
        location=evaluation.location,
        evidence=evidence,
    )


def _error(evaluation: Evaluation, problem: str, hint: str) -> Outcome:
    return Outcome(
        id=outcome_id(evaluation, "simple_baseline"),
        check="simple_baseline",
        tier="model",
        subject=evaluation.name,
        status=Status.ERROR,
        message=f"the candidate cannot be compared with the simple baseline {evaluation.simple_baseline}: {problem}",
        hint=hint,
        expected="better than a model that needs no learning",
        location=evaluation.location,
        evidence={"evaluation": evaluation.name, "kind": evaluation.simple_baseline},
    )
