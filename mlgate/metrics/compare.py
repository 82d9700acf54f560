"""Entry points of the gate: the facts of an evaluation, then the verdicts over all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from mlgate.config.project import Evaluation
from mlgate.metrics import checks
from mlgate.metrics.comparison import Comparison, compare_rows, compute_metric
from mlgate.metrics.decisions import decide_comparisons
from mlgate.metrics.joined import Joined, check_key, join
from mlgate.metrics.rows import PredictionsError, Rows, parse_rows
from mlgate.outcome import Outcome, Status

__all__ = ["Facts", "compare_evaluation", "decide_comparisons"]

TableColumns = Mapping[str, NDArray[Any]]
"""Arrays of shape (n_rows,) by column name, as read from a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an evaluation has shown, before the comparisons of the whole gate are decided.

    Parameters
    ----------
    outcomes : bounds, overlap, labels, slices, and whatever could not be checked
    comparisons : for `decide_comparisons`, together with those of the other evaluations
    metrics : the candidate's own values over all its rows
    rows : number of the candidate's rows
    """

    outcomes: tuple[Outcome, ...]
    comparisons: tuple[Comparison, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    rows: int = 0


def compare_evaluation(
    evaluation: Evaluation,
    candidate_columns: TableColumns,
    baseline_columns: TableColumns | None,
    *,
    recorded_key: Mapping[str, Any] | None = None,
    baseline_failed: bool = False,
) -> Facts:
    """Judge what needs no decision, and measure what does.

    Parameters
    ----------
    evaluation : what was declared
    candidate_columns, baseline_columns : the two predictions files; None where there is no baseline
    recorded_key : `comparability_key` that was recorded with the baseline, None where none was
    baseline_failed : the caller has reported that the declared baseline could not be loaded, so nothing is added

    Returns
    -------
    Facts
        Never raises for what the files hold: that becomes an `error` outcome.
    """
    try:
        candidate = parse_rows(candidate_columns, evaluation)
    except PredictionsError as problem:
        return Facts(outcomes=(checks.predictions(problem, evaluation),))
    metrics = {metric.name: compute_metric(metric.name, candidate) for metric in evaluation.metrics}
    outcomes = [
        outcome
        for metric in evaluation.metrics
        for outcome in checks.metric_bound(metric, metrics[metric.name], candidate.n_rows, evaluation)
    ]
    comparisons: tuple[Comparison, ...] = ()
    if baseline_columns is not None:
        found, comparisons = _compare_sides(evaluation, candidate, baseline_columns, recorded_key)
        outcomes += found
    elif not baseline_failed:
        # A baseline that was declared and is not here must not look like one that was never declared.
        problem_text = "" if evaluation.baseline == "none" else "the declared baseline was not given"
        hint = "" if evaluation.baseline == "none" else "load the baseline that the evaluation names"
        outcomes.append(checks.baseline(evaluation, problem_text, hint))
    return Facts(outcomes=tuple(outcomes), comparisons=comparisons, metrics=metrics, rows=candidate.n_rows)


def _compare_sides(
    evaluation: Evaluation, candidate: Rows, columns: TableColumns, recorded_key: Mapping[str, Any] | None
) -> tuple[list[Outcome], tuple[Comparison, ...]]:
    try:
        baseline = parse_rows(columns, evaluation, side="baseline")
    except PredictionsError as problem:
        return [checks.baseline(evaluation, problem.message, problem.hint)], ()
    joined = join(baseline, candidate)
    outcomes = [checks.overlap(joined, evaluation)]
    if recorded_key is not None and (different := check_key(recorded_key, joined, evaluation)):
        outcomes.append(checks.baseline(evaluation, different))
    if joined.n_rows:
        outcomes.append(checks.labels_agree(joined, evaluation))
    if any(outcome.status is Status.ERROR for outcome in outcomes):
        return outcomes, ()
    found, slices = _judge_slices(evaluation, baseline, joined)
    return outcomes + found, tuple(compare_rows(joined, evaluation, slices))


def _judge_slices(evaluation: Evaluation, baseline: Rows, joined: Joined) -> tuple[list[Outcome], tuple[str, ...]]:
    """Outcomes about the slice columns, and the columns that can be grouped by."""
    outcomes: list[Outcome] = []
    usable = []
    for name in dict.fromkeys(evaluation.slices):
        too_many = checks.slice_values(name, joined.candidate.slices[name], evaluation)
        if too_many is not None:
            outcomes.append(too_many)
            continue
        usable.append(name)
        moved = checks.slices_agree(name, joined, evaluation)
        outcomes += [] if moved is None else [moved]
        outcomes += checks.slice_present(name, baseline, joined, evaluation)
    return outcomes, tuple(usable)
