"""Numbers that tests put into the report, by the fixture `record_metric`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

PROPERTY = "mlgate_metric"
MOST = 5
"""So many numbers of a test are said in its message; all of them stand in its evidence."""


def metrics_in(properties: Iterable[Any]) -> list[dict[str, Any]]:
    """The metrics among the user properties of a test: `name`, `value`, `slice` (a mapping, or None)."""
    found = []
    for entry in properties:
        match entry:
            case [str(kind), {"name": str(name), "value": float() | int() as value} as metric] if kind == PROPERTY:
                where = metric.get("slice")
                found.append({"name": name, "value": value, "slice": where if isinstance(where, Mapping) else None})
    return found


def in_words(metrics: Sequence[Mapping[str, Any]]) -> str:
    """The metrics of a test in one phrase.

    Examples
    --------
    >>> in_words([{"name": "recall", "value": 0.91, "slice": {"sex": "F"}}])
    'recall in sex=F 0.91'
    """
    told = [_one(metric) for metric in metrics[:MOST]]
    more = [f"{len(metrics) - MOST} more"] if len(metrics) > MOST else []
    return ", ".join([*told, *more])


def _one(metric: Mapping[str, Any]) -> str:
    pairs = [f"{name}={value}" for name, value in (metric["slice"] or {}).items()]
    return " ".join([metric["name"], *(["in", *pairs] if pairs else []), f"{metric['value']:.6g}"])
