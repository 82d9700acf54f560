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
_ALONE = ("id", "label", "prediction", "score", "weight", "latency", "nll", "tokens", "scale")
"""Roles whose columns must differ from each other."""


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
        if metric.spec.needs == ("scalar",) or metric.key is not None or not {"predictions", "runs"} & values.keys():
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
            if other != role and {role, other} != {"prediction", "score"}:
                raise node.key_error(
                    "columns", f"the column {name!r} is both {role} and {other}", hint="name two columns"
                )


def _names(value: str | tuple[str, ...] | Mapping[str, str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    return tuple(value.values()) if isinstance(value, Mapping) else tuple(value)
