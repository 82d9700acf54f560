"""Entry points of the gate: the facts of an evaluation, then the verdicts over all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mlgate.config.evaluation import Evaluation
from mlgate.metrics import checks, metric_checks, slice_checks
from mlgate.metrics.comparison import Comparison, compare_rows
from mlgate.metrics.decisions import decide_comparisons
from mlgate.metrics.joined import Joined, check_key, join, rows_sample
from mlgate.metrics.kernels.catalogue import UserFunction, kernel_of
from mlgate.metrics.kernels.kernel import Kernel, UndefinedMetricError
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.methods import Plan
from mlgate.metrics.paired import Paired, repeat_rows, repeat_sample
from mlgate.metrics.rows import PredictionsError, Rows, parse_rows
from mlgate.metrics.sample import Sample
from mlgate.metrics.scalar_comparison import compare_scalars
from mlgate.outcome import Outcome, Status

__all__ = ["Facts", "compare_evaluation", "decide_comparisons", "kernels_of"]

TableColumns = Mapping[str, Any]
"""Arrays of shape (n_rows,) by column name, as read from a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an evaluation has shown, before the comparisons of the whole gate are decided.

    Parameters
    ----------
    outcomes : bounds, overlap, labels, slices, and whatever could not be checked
    comparisons : for `decide_comparisons`, together with those of the other evaluations
    metrics : the candidate's own values over all its rows, means over its runs; one that is undefined is NaN
    rows : number of the candidate's rows
    paired : the rows that were compared, None where nothing was
    runs : all rows of each of the candidate's runs, empty where they could not be read
    """

    outcomes: tuple[Outcome, ...]
    comparisons: tuple[Comparison, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    rows: int = 0
    paired: Paired | None = field(default=None, compare=False)
    runs: tuple[Rows, ...] = field(default=(), compare=False)

    @property
    def parsed(self) -> Rows | None:
        """All rows of the candidate's first run."""
        return self.runs[0] if self.runs else None

    @property
    def candidates(self) -> tuple[Sample, ...]:
        """All rows of each of the candidate's runs, as a metric sees them."""
        return tuple(map(rows_sample, self.runs))

    @property
    def own(self) -> Paired | None:
        """The compared rows; where nothing was compared, the candidate's rows paired with themselves."""
        if self.paired is not None or self.parsed is None:
            return self.paired
        return join([self.parsed], [self.parsed]).paired

    def with_values(
        self,
        evaluation: Evaluation,
        candidate: Mapping[str, float],
        baseline: Mapping[str, float] | None,
        *,
        failed: bool,
    ) -> Facts:
        """These facts and those of the metrics that a metrics file gives.

        Parameters
        ----------
        evaluation : with these metrics alone
        candidate, baseline : values by the metric's name; None where there is no baseline
        failed : the caller has reported that the declared baseline could not be loaded
        """
        outcomes = list(self.outcomes)
        for metric in evaluation.metrics:
            value = candidate.get(metric.name, math.nan)
            outcomes += metric_checks.metric_bound(metric, value, 0, evaluation)
            if not math.isfinite(value) and not metric_checks.is_bounded(metric) and baseline is None:
                outcomes.append(
                    metric_checks.metric_undefined(metric, "the metrics file has no finite value", evaluation)
                )
        comparisons = self.comparisons
        if baseline is not None:
            comparisons += tuple(compare_scalars(evaluation, candidate, baseline))
        elif not failed and not self.rows:
            outcomes.append(checks.baseline(evaluation))
        return replace(
            self,
            outcomes=tuple(outcomes),
            comparisons=comparisons,
            metrics={
                **self.metrics,
                **{metric.name: candidate.get(metric.name, math.nan) for metric in evaluation.metrics},
            },
        )


def compare_evaluation(  # noqa: PLR0913  (all but the two sides by name)
    evaluation: Evaluation,
    candidate_columns: TableColumns | Sequence[TableColumns],
    baseline_columns: TableColumns | Sequence[TableColumns] | None,
    *,
    recorded_key: Mapping[str, Any] | None = None,
    baseline_failed: bool = False,
    plan: Plan | None = None,
    functions: Mapping[str, UserFunction] | None = None,
) -> Facts:
    """Judge what needs no decision, and measure what does.

    Parameters
    ----------
    evaluation : what was declared
    candidate_columns, baseline_columns : the predictions of the two sides, a table or one per run (seed); None where
        there is no baseline. A list is emptied as its tables are parsed, so that their memory is free
    recorded_key : `comparability_key` that was recorded with the baseline, None where none was
    baseline_failed : the caller has reported that the declared baseline could not be loaded, so nothing is added
    plan : seed, number of draws, workers
    functions : loaded functions of the user's, by the name of their metric

    Returns
    -------
    Facts
        Never raises for what the files hold: that becomes an `error` outcome.
    """
    try:
        candidates = [parse_rows(table, evaluation) for table in _tables(candidate_columns)]
    except PredictionsError as problem:
        return Facts(outcomes=(checks.predictions(problem, evaluation),))
    kernels = kernels_of(evaluation, functions or {})
    found: list[Outcome] = []
    comparisons: list[Comparison] = []
    paired = None
    if baseline_columns is not None:
        found, joined, slices = _join_sides(evaluation, candidates, _tables(baseline_columns), recorded_key)
        if joined is not None:
            paired = joined.paired
            rows = paired
            if evaluation.weights == "frequency":
                try:
                    rows = repeat_rows(paired)
                except ValueError as problem:
                    hint = "declare `weights: importance`, or evaluate on fewer rows"
                    return Facts(outcomes=(*found, checks.baseline(evaluation, str(problem), hint)))
            comparisons = compare_rows(rows, evaluation, slices, kernels, plan or Plan(n_draws=evaluation.resamples))
    elif not baseline_failed:
        # A baseline that was declared and is not here must not look like one that was never declared.
        problem_text = "" if evaluation.baseline == "none" else "the declared baseline was not given"
        hint = "" if evaluation.baseline == "none" else "load the baseline that the evaluation names"
        found.append(checks.baseline(evaluation, problem_text, hint))
    whole = paired is not None and all(paired.n_rows == rows.n_rows for rows in candidates)
    values = _values(evaluation, kernels, candidates, comparisons if whole else [])
    return Facts(
        outcomes=(*_judge_values(evaluation, values, candidates[0].n_rows, alone=baseline_columns is None), *found),
        comparisons=tuple(comparisons),
        metrics={name: value for name, (value, _) in values.items()},
        rows=candidates[0].n_rows,
        paired=paired,
        runs=tuple(candidates),
    )


def _tables(columns: TableColumns | Sequence[TableColumns]) -> Iterator[TableColumns]:
    """One table at a time; of a list, each is taken out, so that its memory is free once it is parsed."""
    if isinstance(columns, Mapping):
        yield columns
    elif isinstance(columns, list):
        while columns:
            yield columns.pop(0)
    else:
        yield from columns


def _values(
    evaluation: Evaluation, kernels: Mapping[str, Kernel], candidates: Sequence[Rows], comparisons: Sequence[Comparison]
) -> dict[str, tuple[float, str]]:
    """The candidate's values over all its rows, and why one is undefined.

    Parameters
    ----------
    comparisons : over all rows of the candidate, whose values need not be computed again
    """
    known = {item.spec.name: item.candidate for item in comparisons if item.slice_key is None}
    values: dict[str, tuple[float, str]] = {}
    samples: list[Sample] = []
    for metric in evaluation.metrics:
        value = known.get(metric.name)
        if value is not None:
            values[metric.name] = value, ""
            continue
        samples = samples or [rows_sample(rows) for rows in candidates]
        try:
            read = [repeat_sample(one) for one in samples] if evaluation.weights == "frequency" else samples
        except ValueError as problem:
            values[metric.name] = math.nan, str(problem)
            continue
        values[metric.name] = _value(kernels[metric.name], read)
    return values


def _judge_values(
    evaluation: Evaluation, values: Mapping[str, tuple[float, str]], n_rows: int, *, alone: bool
) -> Iterator[Outcome]:
    """Bounds, and values that are undefined where no comparison says so."""
    for metric in evaluation.metrics:
        value, problem = values[metric.name]
        yield from metric_checks.metric_bound(metric, value, n_rows, evaluation)
        if problem and not metric_checks.is_bounded(metric) and alone:
            yield metric_checks.metric_undefined(metric, problem, evaluation)


def kernels_of(evaluation: Evaluation, functions: Mapping[str, UserFunction]) -> dict[str, Kernel]:
    """How each declared metric is computed, by its name."""
    label_sets = isinstance(evaluation.columns.label, tuple)
    return {
        metric.name: kernel_of(metric, label_sets=label_sets, function=functions.get(metric.name))
        for metric in evaluation.metrics
    }


def _value(kernel: Kernel, samples: Sequence[Sample]) -> tuple[float, str]:
    """Mean over the runs, and why it is undefined; NaN then."""
    try:
        value = float(np.mean([compute_value(kernel, sample) for sample in samples]))
    except UndefinedMetricError as problem:
        return math.nan, str(problem)
    return value, "" if math.isfinite(value) else "it is undefined on these rows"


def _join_sides(
    evaluation: Evaluation,
    candidates: Sequence[Rows],
    tables: Iterable[TableColumns],
    recorded_key: Mapping[str, Any] | None,
) -> tuple[list[Outcome], Joined | None, tuple[str, ...]]:
    """Outcomes about the two sides; the pairs if they can be compared; the slice columns that can be grouped by."""
    try:
        baselines = [parse_rows(table, evaluation, side="baseline") for table in tables]
    except PredictionsError as problem:
        return [checks.baseline(evaluation, problem.message, problem.hint)], None, ()
    try:
        joined = join(baselines, candidates)
    except PredictionsError as problem:
        return [checks.baseline(evaluation, problem.message, problem.hint)], None, ()
    outcomes = [checks.overlap(joined, evaluation)]
    if recorded_key is not None and (different := check_key(recorded_key, joined, evaluation)):
        outcomes.append(checks.baseline(evaluation, different))
    if joined.n_rows:
        outcomes.append(checks.labels_agree(joined, evaluation))
    outcomes += checks.weights_agree(joined, evaluation)
    outcomes += checks.examples_agree(joined, evaluation)
    outcomes += checks.runs_agree(len(baselines), len(candidates), evaluation)
    if any(outcome.status is Status.ERROR for outcome in outcomes):
        return outcomes, None, ()
    found, slices = _judge_slices(evaluation, joined)
    return outcomes + found, joined, slices


def _judge_slices(evaluation: Evaluation, joined: Joined) -> tuple[list[Outcome], tuple[str, ...]]:
    """Outcomes about the slice columns, and the columns that can be grouped by."""
    outcomes: list[Outcome] = []
    usable = []
    for name in dict.fromkeys(evaluation.slices):
        too_many = slice_checks.slice_values(name, joined.paired.slices[name], evaluation)
        if too_many is not None:
            outcomes.append(too_many)
            continue
        usable.append(name)
        moved = slice_checks.slices_agree(name, joined, evaluation)
        outcomes += [] if moved is None else [moved]
        outcomes += slice_checks.slice_present(name, joined, evaluation)
    return outcomes, tuple(usable)
