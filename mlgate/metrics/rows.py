"""A predictions file as typed rows: every label in one spelling, every score finite, every id once."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.config.project import Evaluation
from mlgate.errors import MlgateError
from mlgate.metrics.canonical import (
    Ids,
    InexactIdError,
    Texts,
    canonical_column,
    canonical_ids,
    canonical_slices,
    canonical_text,
    is_missing,
)
from mlgate.metrics.specs import METRICS

MISSING = "(missing)"
"""Name of the slice of the rows without a slice value."""

_LISTED_LABELS = 6
_LISTED_COLUMNS = 10
_NOT_FINITE = re.compile("[+-]?(nan|inf|infinity)", re.IGNORECASE)


class PredictionsError(MlgateError):
    """A predictions table that cannot be judged; the gate reports it as an `error` outcome."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Predictions of one model, all arrays of shape (n_rows,).

    Parameters
    ----------
    ids : present and distinct
    labels : present
    predictions : present, or None where no column is declared
    scores : finite float64, or None where no column is declared; any range, since the metrics use ranks alone
    slices : by slice column; a missing value is `(missing)`. A baseline may lack a column
    positive : canonical text of the positive class, or None where none is declared
    """

    ids: Ids
    labels: Texts
    predictions: Texts | None
    scores: NDArray[np.float64] | None
    slices: Mapping[str, Texts]
    positive: str | None

    @property
    def n_rows(self) -> int:
        return int(self.ids.size)

    def take(self, index: NDArray[np.intp]) -> Rows:
        """The rows at `index`, in that order."""
        return Rows(
            ids=self.ids[index],
            labels=self.labels[index],
            predictions=None if self.predictions is None else self.predictions[index],
            scores=None if self.scores is None else self.scores[index],
            slices={name: values[index] for name, values in self.slices.items()},
            positive=self.positive,
        )


def parse_rows(columns: Mapping[str, NDArray[Any]], evaluation: Evaluation, *, side: str = "candidate") -> Rows:
    """Typed rows of a predictions file.

    Parameters
    ----------
    columns : arrays of shape (n_rows,) by column name, as read from the file; if it has a `header` (all names of
        the file), the message about an absent column is made from that
    evaluation : names the columns, the positive class and the metrics
    side : `candidate` or `baseline`; a baseline may lack slice columns, since the candidate's grouping is used

    Raises
    ------
    PredictionsError
        An absent column, zero rows, a missing or repeated id, an id that is a float without its last digits, a
        missing label or prediction, a score that is not a finite number, a positive class that no label has, labels
        that are not binary where `roc_auc` needs them, or a declared weight or group, which this version cannot
        honour.
    """
    names = evaluation.columns
    _refuse_unsupported(evaluation, side)
    wanted = [name for name in (names.id, names.label, names.prediction, names.score) if name is not None]
    wanted += evaluation.slices if side == "candidate" else ()
    for name in wanted:
        if name not in columns:
            raise _absent(name, columns, side)
    _refuse_shape({name: columns[name] for name in wanted}, side)
    rows = Rows(
        ids=_ids(columns[names.id], names.id, side),
        labels=_present(columns[names.label], names.label, side),
        predictions=None if names.prediction is None else _present(columns[names.prediction], names.prediction, side),
        scores=None if names.score is None else _scores(columns[names.score], names.score, side),
        slices={name: _slice_texts(columns[name]) for name in evaluation.slices if name in columns},
        positive=canonical_text(evaluation.positive),
    )
    _refuse_labels(rows, evaluation, side)
    return rows


def _slice_texts(values: NDArray[Any]) -> Texts:
    """Slice values, none missing. A value that is itself spelled `(missing)` is quoted: it is another slice."""
    texts = canonical_slices(values)
    missing = is_missing(texts)
    alike = {text for text in texts[~missing].tolist() if text.strip('"') == MISSING}
    for value in sorted(alike, key=len, reverse=True):
        texts[texts == value] = f'"{value}"'
    texts[missing] = MISSING
    return texts


def _refuse_unsupported(evaluation: Evaluation, side: str) -> None:
    names = evaluation.columns
    for key, declared in (("weight", names.weight), ("group", names.group)):
        if declared is not None:
            raise PredictionsError(
                f"columns.{key} is declared, and this version compares rows that are independent and weigh the same",
                hint=f"remove `{key}` from the evaluation's columns if that holds for these rows",
            )
    if not evaluation.metrics:
        raise PredictionsError("no metric is declared", hint="name one under `metrics`, e.g. `accuracy: {}`")
    for metric in evaluation.metrics:
        if metric.name not in METRICS:
            raise PredictionsError(f"no metric is called {metric.name!r}", hint=f"known are {', '.join(METRICS)}")
        needs = METRICS[metric.name].needs
        if getattr(names, needs) is None:
            raise PredictionsError(
                f"{metric.name} of the {side} needs a {needs} column, and none is declared",
                hint=f"write `{needs}: COLUMN` under the evaluation's `columns`",
            )


def _absent(name: str, columns: Mapping[str, Any], side: str) -> PredictionsError:
    header: tuple[str, ...] = getattr(columns, "header", tuple(columns))
    by_lower_case = {known.lower(): known for known in header}
    near = difflib.get_close_matches(name.lower(), by_lower_case, n=1)
    listed = ", ".join(header[:_LISTED_COLUMNS]) or "none"
    more = f" and {len(header) - _LISTED_COLUMNS:,} more" if len(header) > _LISTED_COLUMNS else ""
    meant = f"did you mean {by_lower_case[near[0]]!r}? " if near else ""
    return PredictionsError(
        f"column {name!r} is absent from the {side}'s predictions",
        hint=f"{meant}the file's columns are {listed}{more}",
    )


def _refuse_shape(columns: Mapping[str, NDArray[Any]], side: str) -> None:
    shapes = {np.shape(values) for values in columns.values()}
    if len(shapes) > 1 or any(len(shape) != 1 for shape in shapes):
        raise PredictionsError(
            f"the columns of the {side}'s predictions have different shapes",
            hint="write one value per row and column",
        )
    if shapes == {(0,)}:
        raise PredictionsError(
            f"the {side}'s predictions have zero rows", hint="look at what writes the file: nothing was evaluated"
        )


def _ids(values: NDArray[Any], name: str, side: str) -> Ids:
    try:
        ids = canonical_ids(values)
    except InexactIdError as inexact:
        raise PredictionsError(
            f"column {name!r} of the {side} holds floats that no longer tell one id from the next "
            f"in {inexact.n_rows:,} of {np.size(values):,} rows ({inexact.limit} and above)",
            hint="write ids as integers or text: a float has lost their last digits",
        ) from None
    if ids.dtype == object:
        _refuse_missing(ids, name, side)
        distinct = len(set(ids.tolist()))
    else:
        ordered = np.sort(ids)
        distinct = 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1]))
    repeated = int(ids.size) - distinct
    if repeated:
        raise PredictionsError(
            f"column {name!r} of the {side} repeats an id in {repeated:,} of {ids.size:,} rows",
            hint="name a column that identifies an example: predictions are paired by id, never by position",
        )
    return ids


def _present(values: NDArray[Any], name: str, side: str) -> Texts:
    texts = canonical_column(values)
    _refuse_missing(texts, name, side)
    return texts


def _refuse_missing(texts: Texts, name: str, side: str) -> None:
    missing = int(np.count_nonzero(is_missing(texts)))
    if missing:
        raise PredictionsError(
            f"column {name!r} of the {side} is missing in {missing:,} of {texts.size:,} rows",
            hint="a row without it cannot be judged: write it, or leave the row out of both files",
        )


def _scores(values: NDArray[Any], name: str, side: str) -> NDArray[np.float64]:
    array = np.asarray(np.asanyarray(values).tolist(), dtype=object) if np.ma.is_masked(values) else np.asarray(values)
    try:
        if array.dtype.kind not in "biufOU":
            raise TypeError(array.dtype)
        scores = _parse_numbers(array) if array.dtype.kind in "OU" else np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise PredictionsError(
            f"column {name!r} of the {side} holds values that are not numbers", hint="write scores as numbers"
        ) from None
    broken = int(np.count_nonzero(~np.isfinite(scores)))
    if broken:
        raise PredictionsError(
            f"column {name!r} of the {side} is not a finite number in {broken:,} of {scores.size:,} rows",
            hint="NaN or infinity in a score usually is a fault in the model: no metric is computed from it",
        )
    return scores


def _parse_numbers(array: NDArray[Any]) -> NDArray[np.float64]:
    """Text as float64, exact to the last bit, and NaN where it is missing or says so.

    Raises
    ------
    TypeError, ValueError, OverflowError
        A value is no number. Spaces, `1_000` and digits of other scripts are none, though Python reads them.
    """
    objects = array.astype(object)
    items = objects.tolist()
    if _has_other_than_digits(items):
        objects[[isinstance(item, str) and bool(_NOT_FINITE.fullmatch(item)) for item in items]] = math.nan
        if _has_other_than_digits(objects.tolist()):
            raise ValueError("not a number")
    numbers: NDArray[np.float64] = objects.astype(np.float64)
    return numbers


def _has_other_than_digits(items: list[Any]) -> bool:
    """Whether a text holds a character that no finite number is written with."""
    text = "".join(item for item in items if isinstance(item, str))
    return bool(text.encode("utf-8", "surrogatepass").translate(None, b"0123456789.eE+-"))


def _refuse_labels(rows: Rows, evaluation: Evaluation, side: str) -> None:
    labels: set[str] = set(rows.labels.tolist())
    listed = (
        f"the labels are {', '.join(sorted(labels))}" if len(labels) <= _LISTED_LABELS else f"{len(labels):,} labels"
    )
    if any(metric.name == "roc_auc" for metric in evaluation.metrics):
        if rows.positive is None:
            raise PredictionsError("roc_auc needs the positive class", hint=f"write `positive: LABEL`; {listed}")
        if len(labels) != 2:
            raise PredictionsError(
                f"roc_auc of the {side} needs labels of two classes, and these rows hold {len(labels):,}",
                hint="evaluate on rows of both classes, and on a label that has two values",
            )
    if rows.positive is not None and rows.positive not in labels:
        raise PredictionsError(
            f"no label of the {side} is the positive class {rows.positive!r}",
            hint=f"set `positive` to a label as the file writes it ({listed})",
        )
    if rows.predictions is not None and labels.isdisjoint(rows.predictions.tolist()):
        raise PredictionsError(
            f"no prediction of the {side} is one of its labels",
            hint=f"write predictions and labels in one spelling, e.g. not 1 beside true ({listed})",
        )
