"""The rows of a sample as plain columns, for metrics that a user writes."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.sample import Codes, Sample

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:e-?[0-9]+)?")


def view_of(sample: Sample) -> dict[str, Any]:
    """Columns by role, each of shape (n_rows,) unless said; a role without a column is absent.

    `label` and `prediction` (bool where the classes are true and false, float64 where all are numbers, else text),
    `score` ((n_rows,) or (n_rows, n_classes)), `weight`, `query`, the roles of `Sample.columns`, and `id`.

    Examples
    --------
    >>> view_of(Sample(n_rows=2, labels=np.array([0, 1], dtype=np.int32), classes=("false", "true")))
    {'label': array([False,  True])}
    """
    view: dict[str, Any] = {}
    if sample.labels is not None:
        view["label"] = _plain(sample.labels, sample.classes)
    if sample.predictions is not None:
        view["prediction"] = _plain(sample.predictions, sample.classes)
    for role, values in (
        ("label", sample.truth),
        ("prediction", sample.estimate),
        ("label", sample.references),
        ("prediction", sample.hypotheses),
        ("label", sample.label_set),
        ("prediction", sample.predicted_set),
        ("score", sample.scores),
        ("weight", sample.weights),
        ("query", sample.query),
        ("id", sample.ids),
    ):
        if values is not None:
            view.setdefault(role, values)
    return view | {name.removeprefix("column:"): values for name, values in sample.columns.items()}


def _plain(codes: Codes, classes: tuple[str, ...]) -> NDArray[Any]:
    if set(classes) <= {"false", "true"}:
        return np.array([name == "true" for name in classes], dtype=bool)[codes]
    if all(_NUMBER.fullmatch(name) for name in classes):
        return np.array([float(name) for name in classes], dtype=np.float64)[codes]
    return np.array(classes, dtype=object)[codes]
