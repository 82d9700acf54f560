"""Values of metrics without rows, chosen from a metrics file by name."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping

from mlgate.config.evaluation import Evaluation, MetricPolicy
from mlgate.metrics.reading import PredictionsError

_LISTED = 8
_SLACK = 1e-9
"""By how much rounding may leave the range of a metric."""


def scalar_values(values: Mapping[str, float], evaluation: Evaluation, *, side: str = "candidate") -> dict[str, float]:
    """The value of every metric of an evaluation.

    A metric's `key` names its value; without one it is the value of the metric's name, or the only one whose name ends
    in it after a dot (`test.accuracy`).

    Parameters
    ----------
    values : finite numbers by dotted name, NaN where the file says that one is none
    side : `candidate` or `baseline`, as messages name it

    Raises
    ------
    PredictionsError
        A value is absent, named twice, not finite, or outside the metric's range.

    Examples
    --------
    >>> from mlgate.outcome import Location
    >>> place = Location("mlgate.yaml", 1)
    >>> asked = Evaluation(name="e", metrics=(MetricPolicy(name="accuracy", location=place),), location=place)
    >>> scalar_values({"test.accuracy": 0.9, "test.loss": 1.5}, asked)
    {'accuracy': 0.9}
    """
    return {policy.name: _value(values, policy, side) for policy in evaluation.metrics}


def _value(values: Mapping[str, float], policy: MetricPolicy, side: str) -> float:
    name = _name(values, policy, side)
    value, spec = values[name], policy.spec
    if not math.isfinite(value):
        raise PredictionsError(
            f"{name!r} of the {side}'s metrics file is not a finite number",
            hint="NaN or infinity usually is a fault in the model or its evaluation",
        )
    if not spec.low - _SLACK <= value <= spec.high + _SLACK:
        ends = f"{spec.low:g} and {spec.high:g}".replace("inf", "infinity")
        raise PredictionsError(
            f"{name!r} of the {side}'s metrics file is {value:g}, which is no {policy.name}",
            hint=f"{policy.name} lies between {ends}" + (": write 92 % as 0.92" if spec.high == 1 else ""),
        )
    return value


def _name(values: Mapping[str, float], policy: MetricPolicy, side: str) -> str:
    """The name of a metric's value in the file."""
    wanted = policy.key or policy.name
    if wanted in values:
        return wanted
    ending = [name for name in values if name.rpartition(".")[2] == wanted] if policy.key is None else []
    if len(ending) == 1:
        return ending[0]
    if ending:
        raise PredictionsError(
            f"{policy.name} stands {len(ending):,} times in the {side}'s metrics file: {_listed(ending)}",
            hint=f"say which one with `key`, e.g. `{policy.name}: {{key: {ending[0]}}}`",
        )
    by_ending = {name.rpartition(".")[2]: name for name in values} | {name: name for name in values}
    near = difflib.get_close_matches(wanted, by_ending, n=1)
    meant = f"did you mean {by_ending[near[0]]!r}? write it as the metric's `key`; " if near else ""
    raise PredictionsError(
        f"{wanted!r} is absent from the {side}'s metrics file", hint=f"{meant}the file has {_listed(list(values))}"
    )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    return f"{', '.join(names[:_LISTED]) or 'nothing'}{more}"
