"""A predictions file as typed rows in ascending order of id: every label in one spelling, every number finite."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from mlgate.config.evaluation import Evaluation
from mlgate.metrics import label_rules
from mlgate.metrics.canonical import Ids, Texts, canonical_text, code_point_order
from mlgate.metrics.coding import MISSING, Column, code_slices, name_missing
from mlgate.metrics.features import code_feature
from mlgate.metrics.reading import PredictionsError, Table
from mlgate.metrics.roles import PLAIN_NUMBERS, Forms, feature_columns, required_columns
from mlgate.metrics.sample import Codes, Flags, Floats, Index

__all__ = ["MISSING", "PredictionsError", "Rows", "parse_rows"]

_BOUNDS: dict[str, dict[str, float]] = {
    "scale": {"low": 0.0},
    "latency": {"low": 0.0},
    "tokens": {"above": 0.0},
}
_MANY_CLASSES = 1000
"""Distinct labels above which a function of the user's gets no classes, unless a metric needs them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Predictions of one model in ascending order of id, arrays of shape (n_rows,) unless said.

    A part is None where the evaluation does not need it or declares no column for it. A baseline may lack slices,
    features, weights, groups and times.

    Parameters
    ----------
    ids : distinct; int64 in ascending order, else texts in order of their code points
    labels, predictions : as classes
    scores : finite; (n_rows,), or (n_rows, n_classes) in order of `score_classes`
    score_classes : classes that have a column of their own, in text order
    label_set, predicted_set : (n_rows, n_labels), in the declared order of the indicator columns
    truth, estimate : label and prediction as finite numbers
    references, hypotheses : label and prediction as texts
    query, group : present
    weights : finite, at least 0, not all 0
    times : codes in order of time
    columns : other numbers by role, and columns of the user's as `column:NAME`
    slices : by slice column; a missing value is `(missing)`
    features : by other column in which slices are searched, or groups or series told apart; as `slices`
    positive : canonical text of the positive class, or None where none is declared
    """

    ids: Ids
    labels: Column | None = None
    predictions: Column | None = None
    scores: Floats | None = None
    score_classes: tuple[str, ...] = ()
    label_set: Flags | None = None
    predicted_set: Flags | None = None
    truth: Floats | None = None
    estimate: Floats | None = None
    references: Texts | None = None
    hypotheses: Texts | None = None
    query: Column | None = None
    group: Column | None = None
    weights: Floats | None = None
    times: Codes | None = None
    columns: Mapping[str, Floats] = field(default_factory=dict)
    slices: Mapping[str, Column] = field(default_factory=dict)
    features: Mapping[str, Column] = field(default_factory=dict)
    positive: str | None = None

    @property
    def n_rows(self) -> int:
        return int(self.ids.size)

    def take(self, index: Index) -> Rows:
        """The rows at `index`, in that order."""
        return Rows(**{part.name: _take(getattr(self, part.name), index) for part in fields(self)})


def _take(value: Any, index: Index) -> Any:
    match value:
        case Column():
            return value.take(index)
        case np.ndarray():
            return value[index]
        case dict():
            return {name: _take(part, index) for name, part in value.items()}
    return value


def parse_rows(columns: Mapping[str, Any], evaluation: Evaluation, *, side: str = "candidate") -> Rows:
    """Typed rows of a predictions file, sorted by id: the order of its rows does not matter from here on.

    Parameters
    ----------
    columns : arrays of shape (n_rows,) by column name, as read from the file, or columns of codes and texts
        (`mlgate.metrics.coding.Dictionary`); if it has a `header` (all names of the file), the message about an absent
        column is made from that
    evaluation : names the columns, the positive class and the metrics, which decide in what form a column is read
    side : `candidate` or `baseline`; a baseline may lack what says something of the example alone

    Raises
    ------
    PredictionsError
        An absent column, zero rows, a missing or repeated id, an id that is a float without its last digits, a value
        that is missing or not of the form that its role asks for, a positive class that no label has, or labels that
        a metric cannot judge.
    """
    forms = label_rules.require_metrics(evaluation, side)
    table = Table(columns, side)
    table.require(required_columns(evaluation, side))
    parts: dict[str, Any] = {"ids": table.ids(evaluation.columns.id), "positive": canonical_text(evaluation.positive)}
    parts |= _labels(table, evaluation, forms)
    parts |= _scores(table, evaluation)
    parts |= _facts(table, evaluation)
    rows = Rows(**parts, columns=_numbers(table, evaluation), **_slices(table, evaluation))
    label_rules.refuse_labels(rows, evaluation, side)
    return _sorted(rows, evaluation.columns.id, side)


def _labels(table: Table, evaluation: Evaluation, forms: Forms) -> dict[str, Any]:
    """Label and prediction in every form that is needed."""
    label, prediction = evaluation.columns.label, evaluation.columns.prediction
    if isinstance(label, tuple):
        sets: dict[str, Any] = {"label_set": table.indicators(label)} if forms.any else {}
        if sets and isinstance(prediction, tuple):
            sets["predicted_set"] = table.indicators(prediction)
        return sets
    pairs = [("labels", "truth", "references", label)]
    pairs += [("predictions", "estimate", "hypotheses", prediction)] if isinstance(prediction, str) else []
    found: dict[str, Any] = {}
    for as_class, as_number, as_text, name in pairs:
        if forms.classes:
            found[as_class] = table.classes(name)
        if forms.numbers or (forms.truth and as_number == "truth"):
            found[as_number] = table.numbers(name)
        if forms.texts:
            found[as_text] = table.texts(name)
        if forms.anything:
            found = _whatever(table, name, (as_class, as_number, as_text)) | found
    return found


def _whatever(table: Table, name: str, parts: tuple[str, str, str]) -> dict[str, Any]:
    """A column for a function of the user's: as classes where these are few, as numbers where it is, else as texts."""
    as_class, as_number, as_text = parts
    found: dict[str, Any] = {}
    classes = table.classes(name)
    if len(classes.values) <= _MANY_CLASSES:
        found[as_class] = classes
    try:
        found[as_number] = table.numbers(name)
    except PredictionsError:
        if not found:
            found[as_text] = table.texts(name)
    return found


def _scores(table: Table, evaluation: Evaluation) -> dict[str, Any]:
    declared = evaluation.columns.score
    if declared is None:
        return {}
    if isinstance(declared, str):
        return {"scores": table.numbers(declared)}
    names = {canonical_text(key) or key: name for key, name in declared.items()}
    classes = tuple(sorted(names))
    if len(classes) < len(declared):
        raise PredictionsError(
            "columns.score names one class twice, in two spellings", hint="name a column per class, each class once"
        )
    scores = np.empty((table.n_rows(names[classes[0]]), len(classes)))
    for place, name in enumerate(classes):
        scores[:, place] = table.numbers(names[name])
    return {"scores": scores, "score_classes": classes}


def _facts(table: Table, evaluation: Evaluation) -> dict[str, Any]:
    """What says something of the example: query, group, weight and time."""
    columns = evaluation.columns
    found: dict[str, Any] = {}
    if columns.query is not None:
        found["query"] = table.keys(columns.query)
    if columns.group is not None and columns.group in table.columns:
        found["group"] = table.keys(columns.group)
    if columns.time is not None and columns.time in table.columns:
        found["times"] = table.times(columns.time)
    if columns.weight is not None and columns.weight in table.columns:
        found["weights"] = table.weights(columns.weight, whole=evaluation.weights == "frequency")
    return found


def _numbers(table: Table, evaluation: Evaluation) -> dict[str, Floats]:
    columns = evaluation.columns
    found = {
        role: table.numbers(name, **_BOUNDS.get(role, {}))
        for role in PLAIN_NUMBERS
        if (name := getattr(columns, role)) is not None
    }
    for policy in evaluation.metrics:
        if policy.column is not None:
            found[f"column:{policy.column}"] = table.numbers(policy.column)
    if "low" in found and "high" in found:
        crossed = int(np.count_nonzero(~(found["low"] <= found["high"])))
        if crossed:
            raise PredictionsError(
                f"{columns.low!r} is above {columns.high!r} in {crossed:,} of {found['low'].size:,} rows "
                f"of the {table.side}",
                hint="are the columns of `low` and `high` swapped?",
            )
    return found


def _slices(table: Table, evaluation: Evaluation) -> dict[str, Any]:
    told_apart = {fairness.column for fairness in evaluation.fairness} | {evaluation.columns.series}
    return {
        "slices": {
            name: name_missing(code_slices(table.column(name))) for name in evaluation.slices if name in table.columns
        },
        "features": {
            name: code_feature(table.column(name), ranges=name not in told_apart)
            for name in feature_columns(evaluation)
            if name in table.columns
        },
    }


def _sorted(rows: Rows, name: str, side: str) -> Rows:
    """The rows in ascending order of id.

    Raises
    ------
    PredictionsError
        An id is repeated.
    """
    ids = rows.ids
    if ids.dtype == object:
        in_order = all(one <= following for one, following in itertools.pairwise(ids.tolist()))
        order = None if in_order else code_point_order(ids)
    else:
        order = None if bool((ids[1:] >= ids[:-1]).all()) else np.argsort(ids)
    ordered = ids if order is None else ids[order]
    repeated = int(np.count_nonzero(ordered[1:] == ordered[:-1]))
    if repeated:
        raise PredictionsError(
            f"column {name!r} of the {side} repeats an id in {repeated:,} of {ids.size:,} rows",
            hint="name a column that identifies an example: predictions are paired by id, never by position",
        )
    return rows if order is None else rows.take(order)
