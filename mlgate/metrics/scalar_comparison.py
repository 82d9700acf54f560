"""Values without rows: a metrics file against another one, judged as they are and marked "no interval"."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from mlgate.config.evaluation import Evaluation, MetricPolicy
from mlgate.metrics.comparison import Comparison, resolve_tolerance
from mlgate.metrics.intervals import PointChange


def is_scalar(metric: MetricPolicy, evaluation: Evaluation) -> bool:
    """Whether a metric is read from the metrics file: it has no rows, names a key there, or nothing has rows."""
    without_rows = not evaluation.predictions and not evaluation.runs
    return metric.spec.needs == ("scalar",) or metric.key is not None or without_rows


def only_rows(evaluation: Evaluation) -> Evaluation:
    """The evaluation with the metrics that are computed from rows."""
    return replace(
        evaluation, metrics=tuple(metric for metric in evaluation.metrics if not is_scalar(metric, evaluation))
    )


def only_scalars(evaluation: Evaluation) -> Evaluation:
    """The evaluation with the metrics that are read from a metrics file."""
    return replace(evaluation, metrics=tuple(metric for metric in evaluation.metrics if is_scalar(metric, evaluation)))


def compare_scalars(
    evaluation: Evaluation, candidate: Mapping[str, float], baseline: Mapping[str, float]
) -> list[Comparison]:
    """One comparison per metric of the evaluation that is read from a metrics file.

    Parameters
    ----------
    candidate, baseline : values by the metric's name; one that is absent or not finite makes its comparison invalid
    """
    return [
        _compare(metric, evaluation, baseline.get(metric.name), candidate.get(metric.name))
        for metric in only_scalars(evaluation).metrics
    ]


def _compare(metric: MetricPolicy, evaluation: Evaluation, before: float | None, after: float | None) -> Comparison:
    invalid = ""
    for side, value in (("baseline", before), ("candidate", after)):
        if value is None or not math.isfinite(value):
            invalid = invalid or f"the {side} has no finite value of it"
    known = not invalid and before is not None and after is not None
    tolerance, relative = resolve_tolerance(metric, before if known else None)
    if known and tolerance is None:
        invalid = "a relative tolerance needs a baseline that is not 0"
    return Comparison(
        evaluation=evaluation.name,
        spec=metric.spec,
        tolerance=0.0 if tolerance is None else tolerance,
        slice_key=None,
        n_rows=0,
        baseline=before if before is not None and math.isfinite(before) else None,
        candidate=after if after is not None and math.isfinite(after) else None,
        change=None if invalid or before is None or after is None else PointChange(delta=after - before),
        discordant=0,
        identical=False,
        invalid=invalid,
        inconclusive=evaluation.inconclusive,
        location=metric.location,
        blocking=metric.blocking,
        relative=relative,
    )
