"""Values of metrics from a metrics file."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from mlgate.config.evaluation import Evaluation, MetricPolicy
from mlgate.metrics.reading import PredictionsError
from mlgate.metrics.scalars import scalar_values
from mlgate.outcome import Location

PLACE = Location("mlgate.yaml", 1)


def asked(name: str, **settings: Any) -> Evaluation:
    return Evaluation(name="e", metrics=(MetricPolicy(name=name, location=PLACE, **settings),), location=PLACE)


@pytest.mark.parametrize(
    ("values", "policy", "value"),
    [
        ({"accuracy": 0.5, "test.accuracy": 0.9}, asked("accuracy"), 0.5),
        ({"test.accuracy": 0.9, "accuracy_top": 0.1}, asked("accuracy"), 0.9),
        ({"a.b.c": 3.0, "c": 4.0}, asked("cost", key="a.b.c", higher_is_better=False), 3.0),
        ({"test.acc": 0.25}, asked("accuracy", key="test.acc"), 0.25),
        ({"t.ndcg@10": 0.5}, asked("ndcg@10"), 0.5),
        ({"accuracy": 1.0 + 1e-12}, asked("accuracy"), 1.0 + 1e-12),
        ({"model_size_bytes": 1e9}, asked("model_size_bytes"), 1e9),
    ],
)
def test_value_is_found(values: dict[str, float], policy: Evaluation, value: float) -> None:
    assert scalar_values(values, policy) == {policy.metrics[0].name: value}


@pytest.mark.parametrize(
    ("values", "policy", "fact", "hint"),
    [
        ({"test.acuracy": 0.9}, asked("accuracy"), "'accuracy' is absent", r"mean 'test\.acuracy'\?"),
        ({"zzz": 0.9}, asked("accuracy"), "'accuracy' is absent", "^the file has zzz$"),
        ({f"z{n}": 0.9 for n in range(20)}, asked("accuracy"), "absent", "z7 and 12 more"),
        ({"a.accuracy": 1.0, "b.accuracy": 1.0}, asked("accuracy"), "stands 2 times", r"key: a\.accuracy"),
        ({"t.cost": 1.0}, asked("cost", key="cost", higher_is_better=True), "'cost' is absent", r"mean 't\.cost'"),
        ({"accuracy": math.nan}, asked("accuracy"), "not a finite number", "fault"),
        ({"accuracy": 91.0}, asked("accuracy"), "is 91, which is no accuracy", "as 0.92"),
        ({"mse": -1.0}, asked("mse"), "is -1, which is no mse", "between 0 and infinity"),
    ],
)
def test_value_is_refused(values: dict[str, float], policy: Evaluation, fact: str, hint: str) -> None:
    with pytest.raises(PredictionsError, match=fact) as refusal:
        scalar_values(values, policy, side="baseline")
    assert "baseline" in refusal.value.message
    assert re.search(hint, refusal.value.hint)


def test_every_metric_gets_its_value() -> None:
    metrics = (MetricPolicy(name="mae", location=PLACE), MetricPolicy(name="cost", key="x.y", location=PLACE))
    found = scalar_values({"x.y": 2.0, "val.mae": 1.0}, Evaluation(name="e", metrics=metrics, location=PLACE))
    assert found == {"mae": 1.0, "cost": 2.0}
