"""Rules between the metrics of an evaluation and the columns of its predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mlgate.config.evaluation import Columns, MetricPolicy

if TYPE_CHECKING:
    from mlgate.config.document import Node

_COLUMN_OF_NEED = {
    "prediction": "prediction",
    "number": "prediction",
    "text": "prediction",
    "score": "score",
    "query": "query",
    "low": "low",
    "high": "high",
    "scale": "scale",
    "latency": "latency",
    "nll": "nll",
    "tokens": "tokens",
}
_ALONE = ("id", "label", "prediction", "score", "weight", "latency", "nll", "tokens", "scale", "low", "high")
"""Roles whose columns must differ from each other."""

_ALIKE = ({"prediction", "score"}, {"prediction", "low"}, {"prediction", "high"})
"""Roles that one column may have: a predicted number is a score, and an end of an interval a predicted quantile."""

CHECKS = frozenset(
    {
        "baseline",
        "defect",
        "predictions",
        "runs",
        "scale",
        "tokens",
        "overlap",
        "labels",
        "weights",
        "groups",
        "queries",
        "slices",
        "flips",
        "golden",
        "must_stay_right",
        "fairness",
        "train_test_gap",
        "simple_baseline",
        "slice_discovery",
    }
)
"""What stands in the ids of other outcomes where a metric's name stands: no metric of the user's is called so."""

_OF_ROWS = ("slices", "discover", "golden", "fairness", "train_predictions", "simple_baseline")
"""Keys that are judged on rows."""


def required_roles(policy: MetricPolicy) -> Iterator[str]:
    """Keys of `columns` that a metric needs, besides the id and the label."""
    for need in policy.spec.needs:
        if need in _COLUMN_OF_NEED:
            yield _COLUMN_OF_NEED[need]


def require_columns(columns: Columns, values: Mapping[str, Any], node: Node) -> None:
    """Every metric has the columns, the positive class or the metrics file that it needs.

    Raises
    ------
    ConfigError
        One is missing.
    """
    for metric in values["metrics"]:
        if not _has_rows(metric, values):
            if "metrics_file" not in values:
                raise node.error(f"{metric.name} needs a metrics file", hint="add metrics_file: PATH")
            continue
        for role in required_roles(metric):
            if getattr(columns, role) is None:
                raise node.error(f"{metric.name} needs the column {role!r}", hint=f"add columns: {{{role}: NAME}}")
        if metric.spec.positive and "positive" not in values and not isinstance(columns.label, tuple):
            raise node.error(f"{metric.name} needs the positive class", hint="add positive: LABEL")
        if "labelset" in metric.spec.needs and not isinstance(columns.label, tuple):
            raise node.error(f"{metric.name} needs label sets", hint="name the indicator columns: label: [a, b]")
    if values.get("fairness") and "positive" not in values:
        raise node.key_error("fairness", "fairness needs the positive class", hint="add positive: LABEL")
    if values.get("fairness") and columns.prediction is None:
        raise node.key_error(
            "fairness", "fairness needs the column 'prediction'", hint="add columns: {prediction: NAME}"
        )


def _has_rows(metric: MetricPolicy, values: Mapping[str, Any]) -> bool:
    """Whether a metric is computed from rows; else its value is read from the metrics file."""
    return metric.spec.needs != ("scalar",) and metric.key is None and bool({"predictions", "runs"} & values.keys())


def require_effect(columns: Columns, values: Mapping[str, Any], node: Node) -> None:
    """Everything that is declared is judged: what has no effect would pass for a check that holds.

    Raises
    ------
    ConfigError
        A key has no effect without another one.
    """
    of_rows = [metric for metric in values["metrics"] if _has_rows(metric, values)]
    for key in _OF_ROWS:
        if values.get(key) not in (None, (), "none") and not of_rows:
            raise node.key_error(
                key, f"{key} needs rows, and no metric is computed from any", hint="name a metric of the predictions"
            )
    if "metrics_file" in values and len(of_rows) == len(values["metrics"]):
        raise node.key_error(
            "metrics_file", "no metric is read from the metrics file", hint="name one of its values with `key`"
        )
    golden = values.get("golden")
    if golden is not None and golden.path is None and golden.must_stay_right is None:
        raise node.key_error("golden", "golden names no file", hint="add path: FILE or must_stay_right: FILE")
    train = values.get("train_predictions")
    if "max_gap" in values and train is None:
        raise node.key_error("max_gap", "max_gap needs rows of training", hint="add train_predictions: FILE")
    if train is not None and train in (values.get("predictions"), *values.get("runs", ())):
        raise node.key_error(
            "train_predictions", "training and test rows are one file", hint="name the predictions on training rows"
        )
    if values.get("weights") == "frequency" and columns.weight is None:
        raise node.key_error("weights", "weights needs the column 'weight'", hint="add columns: {weight: NAME}")


def require_distinct_columns(columns: Columns, node: Node) -> None:
    """Refuse one column in two roles: a prediction that is the label agrees with itself, whatever the model does.

    Raises
    ------
    ConfigError
        A column has two roles.
    """
    taken: dict[str, str] = {}
    for role in _ALONE:
        for name in _names(getattr(columns, role)):
            other = taken.setdefault(name, role)
            if other != role and {role, other} not in _ALIKE:
                raise node.key_error(
                    "columns", f"the column {name!r} is both {role} and {other}", hint="name two columns"
                )


def _names(value: str | tuple[str, ...] | Mapping[str, str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    return tuple(value.values()) if isinstance(value, Mapping) else tuple(value)
