"""What a metric sees: the rows of one model as arrays, in the common order of both models (ascending id)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Codes = NDArray[Any]
"""Small whole numbers, in one byte or four: not to be multiplied before they are widened."""
Index = NDArray[np.intp]
Order = NDArray[Any]
"""Numbers of rows, in four bytes or eight."""


def whole_numbers(values: NDArray[Any], *, largest: int) -> NDArray[Any]:
    """Integers in four bytes where numbers up to `largest` fit, else in eight: of many rows, bytes are what counts."""
    return values.astype(np.int32 if largest < 2**31 else np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """One model on a set of examples. Array parts have shape (n_rows,) unless said; None where no column gives them.

    Parameters
    ----------
    n_rows : number of rows
    labels, predictions : class codes, indices into `classes`
    classes : canonical text of every class that a label or prediction of either model has, in text order
    positive : code of the positive class
    scores : finite; (n_rows,) of the positive class (or of a ranked item), or (n_rows, n_classes) in order of `classes`
    order : rows in ascending order of `scores`, tied rows in ascending order; None where not found yet
    label_set, predicted_set : (n_rows, n_labels) of bool, for label sets
    truth, estimate : label and prediction as finite numbers; of a ranking `truth` is the relevance
    references, hypotheses : label and prediction as texts (object arrays of str)
    query : codes 0, 1, ... of the query; rows of one query need not be neighbours
    weights : finite and at least 0, or None where every row weighs 1
    columns : other numeric columns by role: `low`, `high`, `scale`, `latency`, `nll`, `tokens`, and columns of the
        user's by `column:NAME`
    ids : canonical ids, for functions of the user's
    """

    n_rows: int
    labels: Codes | None = None
    predictions: Codes | None = None
    classes: tuple[str, ...] = ()
    positive: int | None = None
    scores: Floats | None = None
    order: Order | None = None
    label_set: Flags | None = None
    predicted_set: Flags | None = None
    truth: Floats | None = None
    estimate: Floats | None = None
    references: NDArray[np.object_] | None = None
    hypotheses: NDArray[np.object_] | None = None
    query: Codes | None = None
    weights: Floats | None = None
    columns: Mapping[str, Floats] = field(default_factory=dict)
    ids: NDArray[Any] | None = None

    def rows(self, start: int, stop: int) -> Sample:
        """The rows from `start` to before `stop`, without a copy."""
        parts: dict[str, Any] = {}
        for part in fields(self):
            value = None if part.name == "order" else getattr(self, part.name)
            parts[part.name] = value[start:stop] if isinstance(value, np.ndarray) else value
        parts["n_rows"] = min(stop, self.n_rows) - start
        parts["columns"] = {name: values[start:stop] for name, values in self.columns.items()}
        return Sample(**parts)

    def take(self, index: Index) -> Sample:
        """The rows at `index`, in that order; theirs by score is not known."""
        parts: dict[str, Any] = {}
        for part in fields(self):
            value = None if part.name == "order" else getattr(self, part.name)
            parts[part.name] = value[index] if isinstance(value, np.ndarray) else value
        parts["n_rows"] = int(index.size)
        parts["columns"] = {name: values[index] for name, values in self.columns.items()}
        return Sample(**parts)
