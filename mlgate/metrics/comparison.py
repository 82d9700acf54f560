"""The facts of one comparison: a metric over a set of paired rows, not yet decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from mlgate.config.project import Evaluation, MetricPolicy
from mlgate.metrics.canonical import Texts
from mlgate.metrics.delong import Flags, Floats, auc_of, change_of, compute_placements, compute_roc_auc
from mlgate.metrics.intervals import Change
from mlgate.metrics.joined import Index, Joined
from mlgate.metrics.rows import Rows
from mlgate.metrics.specs import METRICS, MetricSpec
from mlgate.metrics.tango import compute_accuracy_change
from mlgate.outcome import Location

MIN_CLASS_ROWS = 30
"""Rows of either class under which DeLong's interval is too narrow."""


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
    identical : all predictions and scores of these rows are the same on both sides
    invalid : why nothing can be said (the verdict is `invalid`), else empty
    not_evaluable : why a slice is too small to be judged (the verdict is `inconclusive`), else empty
    inconclusive : status of an inconclusive verdict: `warn`, `fail` or `pass`
    location : the metric's declaration
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Paired:
    """Per-row facts of paired rows, each of shape (n_rows,); zero where no column gives them."""

    same: Flags
    baseline_right: Flags
    candidate_right: Flags
    prediction_differs: Flags
    positive: Flags
    baseline_scores: Floats
    candidate_scores: Floats

    @property
    def n_rows(self) -> int:
        return int(self.same.size)

    def take(self, index: Index) -> _Paired:
        return _Paired(
            same=self.same[index],
            baseline_right=self.baseline_right[index],
            candidate_right=self.candidate_right[index],
            prediction_differs=self.prediction_differs[index],
            positive=self.positive[index],
            baseline_scores=self.baseline_scores[index],
            candidate_scores=self.candidate_scores[index],
        )


def _pair(joined: Joined) -> _Paired:
    before, after = joined.baseline, joined.candidate
    no_flags, no_scores = np.zeros(joined.n_rows, dtype=bool), np.zeros(joined.n_rows)
    baseline_right = candidate_right = differs = no_flags
    if before.predictions is not None and after.predictions is not None:
        baseline_right, candidate_right = before.predictions == after.labels, after.predictions == after.labels
        differs = before.predictions != after.predictions
    baseline_scores = no_scores if before.scores is None else before.scores
    candidate_scores = no_scores if after.scores is None else after.scores
    return _Paired(
        same=~differs & (baseline_scores == candidate_scores),
        baseline_right=baseline_right,
        candidate_right=candidate_right,
        prediction_differs=differs,
        positive=no_flags if after.positive is None else after.labels == after.positive,
        baseline_scores=baseline_scores,
        candidate_scores=candidate_scores,
    )


@dataclass(frozen=True, slots=True)
class _Measured:
    baseline: float | None = None
    candidate: float | None = None
    change: Change | None = None
    discordant: int = 0
    too_small: str = ""


def _measure_accuracy(rows: _Paired) -> _Measured:
    change = compute_accuracy_change(rows.baseline_right, rows.candidate_right, rows.prediction_differs)
    return _Measured(
        baseline=int(np.count_nonzero(rows.baseline_right)) / rows.n_rows,
        candidate=int(np.count_nonzero(rows.candidate_right)) / rows.n_rows,
        change=change,
        discordant=change.discordant,
    )


def _measure_roc_auc(rows: _Paired) -> _Measured:
    n_positive = int(np.count_nonzero(rows.positive))
    n_negative = rows.n_rows - n_positive
    discordant = int(np.count_nonzero(rows.baseline_scores != rows.candidate_scores))
    smaller = min(n_positive, n_negative)
    too_small = ""
    if smaller < MIN_CLASS_ROWS:
        kind = "positive" if n_positive == smaller else "negative"
        too_small = f"{smaller:,} {kind} rows, {MIN_CLASS_ROWS} needed"
    if smaller == 0:
        return _Measured(discordant=discordant, too_small=too_small)
    before = compute_placements(rows.positive, rows.baseline_scores)
    after = compute_placements(rows.positive, rows.candidate_scores)
    return _Measured(
        baseline=auc_of(rows.positive, before),
        candidate=auc_of(rows.positive, after),
        change=None if too_small else change_of(rows.positive, before, after, discordant),
        discordant=discordant,
        too_small=too_small,
    )


_MEASURES: dict[str, Callable[[_Paired], _Measured]] = {"accuracy": _measure_accuracy, "roc_auc": _measure_roc_auc}


def compute_metric(name: str, rows: Rows) -> float:
    """A model's own value of a metric.

    Parameters
    ----------
    name : a key of `METRICS`
    rows : parsed under an evaluation that asks for this metric

    Raises
    ------
    ValueError
        The rows lack the column that the metric is computed from.
    """
    if name == "roc_auc" and rows.scores is not None and rows.positive is not None:
        return compute_roc_auc(rows.labels == rows.positive, rows.scores)
    if name == "accuracy" and rows.predictions is not None:
        return int(np.count_nonzero(rows.predictions == rows.labels)) / rows.n_rows
    raise ValueError(f"{name} cannot be computed from these rows")


def compare_rows(joined: Joined, evaluation: Evaluation, slices: tuple[str, ...]) -> Iterator[Comparison]:
    """Every declared metric, overall and in each slice, in the order of declaration and of the slice value.

    Parameters
    ----------
    joined : at least one paired row, labels that agree
    slices : slice columns to group by, with the candidate's values
    """
    paired = _pair(joined)
    groups: list[tuple[dict[str, str] | None, _Paired]] = [(None, paired)]
    for name in slices:
        by_value = group_rows(joined.candidate.slices[name])
        groups += [({name: value}, paired.take(index)) for value, index in by_value.items()]
    for metric in evaluation.metrics:
        for slice_key, rows in groups:
            yield _compare(metric, rows, slice_key, evaluation)


def group_rows(values: Texts) -> dict[str, Index]:
    """Indices of the rows of each value, values in text order, indices ascending."""
    names = sorted(set(values.tolist()))
    code_of = {name: code for code, name in enumerate(names)}
    codes = np.array([code_of[value] for value in values.tolist()], dtype=np.intp)
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(names)))
    return dict(zip(names, np.split(order, ends[:-1]), strict=True))


def _compare(
    metric: MetricPolicy, rows: _Paired, slice_key: Mapping[str, str] | None, evaluation: Evaluation
) -> Comparison:
    spec = METRICS[metric.name]
    found = _MEASURES[metric.name](rows)
    invalid = not_evaluable = ""
    if slice_key is None:
        invalid = found.too_small
    elif rows.n_rows < evaluation.min_slice_rows:
        not_evaluable = f"{rows.n_rows:,} rows, {evaluation.min_slice_rows} needed"
    else:
        not_evaluable = found.too_small
    return Comparison(
        evaluation=evaluation.name,
        spec=spec,
        tolerance=spec.default_tolerance if metric.tolerance is None else metric.tolerance,
        slice_key=slice_key,
        n_rows=rows.n_rows,
        baseline=found.baseline,
        candidate=found.candidate,
        change=None if invalid or not_evaluable else found.change,
        discordant=found.discordant,
        identical=bool(rows.same.all()),
        invalid=invalid,
        not_evaluable=not_evaluable,
        inconclusive=evaluation.inconclusive,
        location=metric.location,
    )
