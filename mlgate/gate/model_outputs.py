"""What a model gave, as the columns of a predictions file: nothing is guessed that could turn a result around."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.config.evaluation import Evaluation
from mlgate.errors import SourceError
from mlgate.sources.rescore import Outputs

_PROBA = (
    "log the model so that it gives probabilities, e.g. mlflow.sklearn.log_model(pyfunc_predict_fn='predict_proba')"
)
_NAMED = "let the model give a DataFrame whose columns are named as in the evaluation's `columns`, or after the classes"


def output_columns(evaluation: Evaluation) -> tuple[str, ...]:
    """Columns of a predictions file that come from a model and not from the data."""
    columns = evaluation.columns
    named = [*_names(columns.prediction), *_names(columns.score), columns.low, columns.high]
    named += [columns.latency, columns.nll, columns.tokens]
    return tuple(dict.fromkeys(name for name in named if name))


def _names(column: str | tuple[str, ...] | Mapping[str, str] | None) -> tuple[str, ...]:
    if column is None:
        return ()
    if isinstance(column, str):
        return (column,)
    return tuple(column.values()) if isinstance(column, Mapping) else column


def predictions_of(outputs: Outputs, evaluation: Evaluation, labels: Sequence[Any]) -> dict[str, Sequence[Any]]:
    """Prediction and score columns of a model's outputs.

    In this order: columns that are named as the evaluation declares them are taken as they are; columns named after
    the classes, or of a classifier whose classes are known, are probabilities; one column holds scores of the positive
    class where it holds real numbers that are no labels, a positive class and a score column are declared; else it
    holds predictions. From a score the positive class is predicted at `rescore.threshold` and above, from several
    classes the likeliest one, the first in their order where two are as likely.

    Parameters
    ----------
    labels : of the rows, as the data has them

    Raises
    ------
    SourceError
        The outputs are of none of these forms, do not give what the evaluation declares, or hold NaN or infinity.
    """
    from mlgate.metrics.canonical import canonical_text

    wanted = output_columns(evaluation)
    named = dict(zip(outputs.names or (), outputs.columns, strict=False))
    needed = [*_names(evaluation.columns.prediction), *_names(evaluation.columns.score)]
    if named and needed and all(name in named for name in needed):
        return {name: named[name] for name in wanted if name in named}
    spelled = {canonical_text(label): label for label in labels}
    classes = outputs.names if outputs.names and _are_classes(outputs.names, spelled) else outputs.classes
    if len(outputs.columns) == 1:
        return _single(outputs.columns[0], evaluation, spelled)
    if classes is None or len(classes) != len(outputs.columns):
        found = (
            f"columns {', '.join(outputs.names)}" if outputs.names else f"{len(outputs.columns)} columns without names"
        )
        raise SourceError(f"the model gives {found}, and which class each is of is not known", hint=_NAMED)
    return _probabilities([canonical_text(name) or "" for name in classes], outputs.columns, evaluation, spelled)


def _are_classes(names: Sequence[str], spelled: Mapping[str | None, Any]) -> bool:
    from mlgate.metrics.canonical import canonical_text

    return set(spelled) <= {canonical_text(name) for name in names}


def _single(
    values: Sequence[Any], evaluation: Evaluation, spelled: Mapping[str | None, Any]
) -> dict[str, Sequence[Any]]:
    """Scores of the positive class, or predictions."""
    from mlgate.metrics.canonical import canonical_text

    columns = evaluation.columns
    real = all(isinstance(value, float) for value in values)
    are_labels = {canonical_text(value) for value in values} <= set(spelled)
    if isinstance(columns.score, str) and real and not are_labels:
        if evaluation.positive is None:
            return _required({columns.score: _finite(values)}, columns.prediction, evaluation)
        return _scored(_finite(values), columns.score, evaluation, spelled)
    if columns.score is not None:
        raise SourceError(
            f"the model gives predictions, and {evaluation.name} declares a score column too", hint=_PROBA
        )
    if not isinstance(columns.prediction, str):
        raise SourceError(
            f"the model gives one column, and {evaluation.name} declares {columns.prediction or 'no prediction'}",
            hint=_NAMED,
        )
    return {columns.prediction: _finite(values) if real else values}


def _required(found: dict[str, Sequence[Any]], prediction: object, evaluation: Evaluation) -> dict[str, Sequence[Any]]:
    if prediction is not None:
        raise SourceError(
            f"the model gives scores, and what {evaluation.name} predicts from them is not known",
            hint="write `positive: LABEL`, or let the model give a DataFrame with both columns",
        )
    return found


def _scored(
    scores: Sequence[float], name: str, evaluation: Evaluation, spelled: Mapping[str | None, Any]
) -> dict[str, Sequence[Any]]:
    """A score of the positive class, and what is predicted from it."""
    from mlgate.metrics.canonical import canonical_text

    found: dict[str, Sequence[Any]] = {name: scores}
    prediction = evaluation.columns.prediction
    if not isinstance(prediction, str):
        return found
    positive = canonical_text(evaluation.positive)
    others = [label for label in spelled if label != positive]
    if positive not in spelled or len(others) != 1 or others[0] is None:
        listed = ", ".join(sorted(map(str, spelled)))[:200]
        raise SourceError(
            f"a score can be turned into a prediction for two labels, and these rows have {listed}",
            hint="name data with both labels, or let the model give a DataFrame with the prediction",
        )
    threshold = evaluation.rescore.threshold if evaluation.rescore else 0.5
    found[prediction] = [spelled[positive] if score >= threshold else spelled[others[0]] for score in scores]
    return found


def _probabilities(
    classes: Sequence[str],
    columns: Sequence[Sequence[float]],
    evaluation: Evaluation,
    spelled: Mapping[str | None, Any],
) -> dict[str, Sequence[Any]]:
    """A column of probabilities per class."""
    from mlgate.metrics.canonical import canonical_text

    by_class = {name: _finite(column) for name, column in zip(classes, columns, strict=True)}
    score, prediction = evaluation.columns.score, evaluation.columns.prediction
    positive = canonical_text(evaluation.positive)
    wanted = {}
    if isinstance(score, Mapping):
        wanted = {canonical_text(name) or "": column for name, column in score.items()}
    elif score is not None:
        wanted = {positive or "": score}
    absent = sorted(wanted.keys() - by_class.keys())
    if absent:
        raise SourceError(
            f"the model's classes are {', '.join(classes)}, and a score of {absent[0] or 'a class'!r} is declared",
            hint="correct `positive`, or the classes under `columns: {score: ...}`",
        )
    found: dict[str, Sequence[Any]] = {column: by_class[name] for name, column in wanted.items()}
    if len(classes) == 2 and positive in by_class and isinstance(prediction, str):
        other = next(name for name in classes if name != positive)
        threshold = evaluation.rescore.threshold if evaluation.rescore else 0.5
        found[prediction] = [
            spelled.get(positive, positive) if p >= threshold else spelled.get(other, other) for p in by_class[positive]
        ]
    elif isinstance(prediction, str):
        rows = zip(*by_class.values(), strict=True)
        likeliest = [classes[row.index(max(row))] for row in rows]
        found[prediction] = [spelled.get(name, name) for name in likeliest]
    return found


def _finite(values: Sequence[Any]) -> Sequence[float]:
    """The numbers as they are.

    Raises
    ------
    SourceError
        One is no number, or not finite.
    """
    broken = sum(not (isinstance(value, int | float) and math.isfinite(value)) for value in values)
    if broken:
        raise SourceError(
            f"the model gives no finite number for {broken:,} of {len(values):,} rows",
            hint="NaN or infinity in a score usually is a fault in the model or in its features",
        )
    return values
