"""Small evaluations and predictions files, built the way that the gate gets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mlgate.config.evaluation import Columns, Evaluation, MetricPolicy
from mlgate.outcome import Location

Table = dict[str, NDArray[Any]]

PLACE = Location("mlgate.yaml", 7)


def metric_policy(name: str, **settings: Any) -> MetricPolicy:
    return MetricPolicy(name=name, location=Location("mlgate.yaml", 9), **settings)


def build_evaluation(*metrics: MetricPolicy, **settings: Any) -> Evaluation:
    columns = settings.pop("columns", Columns(id="id", label="label", prediction="prediction", score="score"))
    return Evaluation(
        name=settings.pop("name", "readmission"),
        columns=columns,
        positive=settings.pop("positive", True),
        baseline=settings.pop("baseline", "file:baseline.csv"),
        metrics=metrics or (metric_policy("accuracy", tolerance=0.01), metric_policy("roc_auc", tolerance=0.02)),
        location=PLACE,
        **settings,
    )


def build_table(n_rows: int = 400, *, seed: int = 1, noise: float = 1.0) -> Table:
    """Half the labels are true; the score is the label plus noise. The labels depend on the number of rows alone."""
    rng = np.random.default_rng(seed)
    label = np.arange(n_rows) % 2 == 0
    score = label + noise * rng.normal(size=n_rows)
    return {
        "id": np.arange(n_rows),
        "label": label,
        "prediction": score > 0.5,
        "score": score,
        "sex": np.array(["F", "M"], dtype=object)[(np.arange(n_rows) // 2) % 2],
    }


@pytest.fixture
def evaluation() -> Callable[..., Evaluation]:
    return build_evaluation


@pytest.fixture
def metric() -> Callable[..., MetricPolicy]:
    return metric_policy


@pytest.fixture
def table() -> Callable[..., Table]:
    return build_table
