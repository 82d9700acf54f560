"""Checks of single values of an evaluation's metrics: facts in, outcomes out, as in `checks`."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mlgate.config.evaluation import Evaluation, MetricPolicy
from mlgate.metrics.checks import outcome_id, quote_part
from mlgate.outcome import Outcome, Status


def metric_bound(metric: MetricPolicy, value: float, n_rows: int, evaluation: Evaluation) -> Iterator[Outcome]:
    """The candidate's own value lies within `min` and `max` (both inclusive).

    Judged over all rows of the candidate, whether or not there is a baseline. The value itself is compared, without
    an interval. A value that is not a number holds no bound. A metric with `blocking: false` at most warns.
    """
    spec = metric.spec
    rows = f"; {n_rows:,} rows" if n_rows else ""
    for kind, bound, holds, words in (
        ("min", metric.min, metric.min is None or value >= metric.min, "at least"),
        ("max", metric.max, metric.max is None or value <= metric.max, "at most"),
    ):
        if bound is None:
            continue
        yield Outcome(
            id=outcome_id(evaluation, quote_part(metric.name), kind),
            check="metric_bound",
            tier="model",
            subject=f"{evaluation.name}.{metric.name}",
            status=Status.PASS if holds else Status.FAIL if metric.blocking else Status.WARN,
            message=(
                f"{metric.name} is {value:.6g} ({words} {bound:g} asked{rows})"
                if math.isfinite(value)
                else f"{metric.name} cannot be computed from these rows ({words} {bound:g} asked{rows})"
            ),
            hint="" if holds else f"improve the model, or change `{kind}` if the bound no longer holds",
            observed=value,
            expected=f"{words} {bound:g}",
            location=metric.location,
            evidence={
                "metric": metric.name,
                "value": value,
                kind: bound,
                "n": n_rows,
                "unit": spec.unit,
                "higher_is_better": spec.higher_is_better,
                "evaluation": evaluation.name,
            },
        )


def is_bounded(metric: MetricPolicy) -> bool:
    """Whether a bound is asked of the metric's value."""
    return metric.min is not None or metric.max is not None


def metric_undefined(metric: MetricPolicy, problem: str, evaluation: Evaluation) -> Outcome:
    """A declared metric has a value.

    An `error` where the candidate's rows do not define it and nothing else would say so; a `warn` of a metric with
    `blocking: false`.
    """
    return Outcome(
        id=outcome_id(evaluation, quote_part(metric.name), "value"),
        check="metric_undefined",
        tier="model",
        subject=f"{evaluation.name}.{metric.name}",
        status=Status.ERROR if metric.blocking else Status.WARN,
        message=f"{metric.name} cannot be computed: {problem}",
        hint="evaluate on rows that define it, or remove the metric",
        expected="a finite value",
        location=metric.location,
    )
