"""Small evaluations and paired rows, built as the gate builds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.config.evaluation import Columns, Evaluation, MetricPolicy
from mlgate.metrics.paired import Coded, Paired
from mlgate.metrics.sample import Floats, Sample
from mlgate.outcome import Location

Numbers = Sequence[float] | NDArray[Any]

PLACE = Location("mlgate.yaml", 7)


def policy(name: str, **settings: Any) -> MetricPolicy:
    return MetricPolicy(name=name, location=Location("mlgate.yaml", 9), **settings)


def build_evaluation(*metrics: str, **settings: Any) -> Evaluation:
    columns = settings.pop("columns", Columns(prediction="prediction"))
    return Evaluation(
        name=settings.pop("name", "readmission"),
        columns=columns,
        metrics=tuple(policy(name) for name in metrics or ("accuracy",)),
        location=PLACE,
        **settings,
    )


def coded(values: Sequence[str]) -> Coded:
    texts = sorted(set(values))
    return Coded(codes=np.array([texts.index(value) for value in values], dtype=np.int32), values=tuple(texts))


def codes_of(texts: Sequence[str], classes: tuple[str, ...]) -> NDArray[np.int32]:
    return np.array([classes.index(text) for text in texts], dtype=np.int32)


def pair(before: Sample, after: Sample, **parts: Any) -> Paired:
    ids = parts.pop("ids", np.arange(after.n_rows))
    return Paired(
        n_rows=after.n_rows,
        baselines=(before,),
        candidates=(after,),
        same=np.zeros(after.n_rows, dtype=bool),
        ids=ids,
        **parts,
    )


def class_pair(
    labels: Sequence[str],
    before: Sequence[str],
    after: Sequence[str],
    *,
    scores: tuple[Floats, Floats] | None = None,
    positive: str | None = None,
    weights: Floats | None = None,
    slices: Mapping[str, Sequence[str]] | None = None,
    **parts: Any,
) -> Paired:
    """Paired rows of predicted classes; `scores` are the two models'."""
    classes = tuple(sorted({*labels, *before, *after}))
    sides = [
        Sample(
            n_rows=len(labels),
            labels=codes_of(labels, classes),
            predictions=codes_of(predicted, classes),
            classes=classes,
            positive=None if positive is None else classes.index(positive),
            scores=None if scores is None else scores[side],
            weights=weights,
            ids=parts.get("ids", np.arange(len(labels))),
        )
        for side, predicted in enumerate((before, after))
    ]
    return pair(*sides, slices={name: coded(values) for name, values in (slices or {}).items()}, **parts)


def number_pair(truth: Numbers, before: Numbers, after: Numbers, **parts: Any) -> Paired:
    weights = parts.pop("weights", None)
    sides = [
        Sample(
            n_rows=len(truth),
            truth=np.array(truth, dtype=np.float64),
            estimate=np.array(estimate, dtype=np.float64),
            weights=weights,
            ids=parts.get("ids", np.arange(len(truth))),
        )
        for estimate in (before, after)
    ]
    return pair(*sides, **parts)


def texts(values: Sequence[str]) -> NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = list(values)
    return array


def shuffled(paired: Paired, seed: int = 0) -> Paired:
    """The same rows read in another order, then sorted by id again, as the gate does."""
    order = np.random.default_rng(seed).permutation(paired.n_rows)
    mixed = paired.take(order)
    assert mixed.ids is not None
    return mixed.take(np.argsort(mixed.ids, kind="stable"))
