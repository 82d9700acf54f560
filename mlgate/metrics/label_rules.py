"""What labels, predictions and scores must be for the metrics that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlgate.config.evaluation import Evaluation, MetricPolicy
from mlgate.config.metric_rules import required_roles
from mlgate.metrics.coding import Column
from mlgate.metrics.reading import PredictionsError
from mlgate.metrics.roles import Forms, forms_of
from mlgate.metrics.specs import METRICS

if TYPE_CHECKING:
    from mlgate.metrics.rows import Rows

_LISTED_LABELS = 6
_OF_ONE_LABEL = frozenset({"score", "query", "number", "text", "low"})
"""Needs of metrics that no label set has."""

_OF_TWO_CLASSES = ("roc_auc", "average_precision")
"""Metrics of the order of scores, which nothing defines where one class is absent."""


def require_metrics(evaluation: Evaluation, side: str) -> Forms:
    """The forms that label and prediction are needed in.

    Raises
    ------
    PredictionsError
        No metric is declared, one is unknown, or a column that it needs is not declared or of another form.
    """
    if not evaluation.metrics:
        raise PredictionsError("no metric is declared", hint="name one under `metrics`, e.g. `accuracy: {}`")
    for policy in evaluation.metrics:
        _require_known(policy)
        for role in required_roles(policy):
            if getattr(evaluation.columns, role) is None:
                raise PredictionsError(
                    f"{policy.name} of the {side} needs a {role} column, and none is declared",
                    hint=f"write `{role}: COLUMN` under the evaluation's `columns`",
                )
        _require_form(policy, evaluation)
    return forms_of(evaluation)


def _require_known(policy: MetricPolicy) -> None:
    try:
        _ = policy.spec
    except KeyError:
        raise PredictionsError(f"no metric is called {policy.name!r}", hint=f"known are {', '.join(METRICS)}") from None


def _require_form(policy: MetricPolicy, evaluation: Evaluation) -> None:
    label, prediction = evaluation.columns.label, evaluation.columns.prediction
    needs = policy.spec.needs
    if "label" not in needs:
        return
    if isinstance(label, tuple) and not _OF_ONE_LABEL.isdisjoint(needs):
        raise PredictionsError(
            f"{policy.name} needs one label column, and indicator columns of a label set are declared",
            hint="put it into an evaluation of its own, with one label column",
        )
    if "labelset" in needs and not isinstance(label, tuple):
        raise PredictionsError(f"{policy.name} needs label sets", hint="name their indicator columns: label: [a, b]")
    n_labels = len(label) if isinstance(label, tuple) else 0
    n_predicted = len(prediction) if isinstance(prediction, tuple) else 0
    if prediction is not None and n_labels != n_predicted:
        raise PredictionsError(
            f"{policy.name} needs the prediction in the form of the label: "
            f"{n_predicted:,} indicator columns for {n_labels:,}",
            hint="name as many, in the same order: `label: [is_a, is_b]` and `prediction: [says_a, says_b]`",
        )


def refuse_labels(rows: Rows, evaluation: Evaluation, side: str) -> None:
    """Labels, predictions and scores fit together and to the metrics.

    Raises
    ------
    PredictionsError
        No label is the positive class, the labels are not of two classes where a metric needs that, no prediction is
        one of the labels, or a class has no score column.
    """
    if rows.labels is not None and forms_of(evaluation).classes:
        _refuse_classes(rows, rows.labels, evaluation, side)


def _refuse_classes(rows: Rows, labels: Column, evaluation: Evaluation, side: str) -> None:
    listed = _listed(labels.values)
    for policy in evaluation.metrics:
        if rows.positive is None and (policy.spec.positive or _is_binary(policy, rows)):
            raise PredictionsError(f"{policy.name} needs the positive class", hint=f"write `positive: LABEL`; {listed}")
        if policy.name in _OF_TWO_CLASSES and len(labels.values) != 2:
            several = "" if len(labels.values) < 2 else "; roc_auc_ovr judges several, from a score column per class"
            raise PredictionsError(
                f"{policy.name} of the {side} needs labels of two classes, and these rows hold {len(labels.values):,}",
                hint=f"evaluate on rows of both classes, and on a label that has two values{several}",
            )
        if _is_binary(policy, rows) and len(labels.values) > 2:
            raise PredictionsError(
                f"{policy.name} of the {side} has one score column for labels of {len(labels.values):,} classes",
                hint="write `score` as a mapping from each class to its column",
            )
        if policy.name == "roc_auc_ovr" and len(labels.values) < 2:
            raise PredictionsError(
                f"roc_auc_ovr of the {side} needs labels of several classes, and these rows hold one",
                hint="evaluate on rows of all classes",
            )
    if rows.positive is not None and rows.positive not in labels.values:
        raise PredictionsError(
            f"no label of the {side} is the positive class {rows.positive!r}",
            hint=f"set `positive` to a label as the file writes it ({listed})",
        )
    if rows.predictions is not None and set(labels.values).isdisjoint(rows.predictions.values):
        raise PredictionsError(
            f"no prediction of the {side} is one of its labels",
            hint=f"write predictions and labels in one spelling, e.g. not 1 beside true ({listed})",
        )
    if rows.score_classes:
        _refuse_unscored(rows, labels, side)


def _is_binary(policy: MetricPolicy, rows: Rows) -> bool:
    """Whether a metric is computed from the score of the positive class (`top_k_accuracy` itself says it cannot be)."""
    needs = policy.spec.needs
    several = "query" in needs or policy.name.startswith("top_k_accuracy")
    return "score" in needs and not several and not rows.score_classes


def _refuse_unscored(rows: Rows, labels: Column, side: str) -> None:
    found = {*labels.values, *(rows.predictions.values if rows.predictions is not None else ())}
    without = sorted(found - set(rows.score_classes))
    if without:
        raise PredictionsError(
            f"{_enumerated(without)} of the {side} has no score column",
            hint=f"name a column under `score` for every class; named are {_enumerated(rows.score_classes)}",
        )


def _listed(labels: Sequence[str]) -> str:
    return f"the labels are {', '.join(labels)}" if len(labels) <= _LISTED_LABELS else f"{len(labels):,} labels"


def _enumerated(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:_LISTED_LABELS]))
    return shown if len(names) <= _LISTED_LABELS else f"{shown} and {len(names) - _LISTED_LABELS:,} more"
