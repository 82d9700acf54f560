"""Log loss, Brier score and top-k accuracy: against scikit-learn or the definition, and what is refused."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from mlgate.config.metric_specs import find_metric
from mlgate.metrics.kernels.kernel import UndefinedMetricError
from mlgate.metrics.kernels.probabilities import KERNELS
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample

CLOSE: dict[str, Any] = {"rel": 1e-12, "abs": 1e-12}
PROBABILITIES = st.one_of(st.sampled_from([0.0, 1.0, 0.5, 1e-300, 1 - 2**-53]), st.floats(0, 1))


def kernel_of(name: str) -> Any:
    spec = find_metric(name)
    assert spec is not None
    return KERNELS[name.partition("@")[0]](spec)


def weights_of(n_rows: int) -> Any:
    return st.none() | st.lists(st.floats(0.1, 9), min_size=n_rows, max_size=n_rows).map(np.array)


@st.composite
def binary(draw: st.DrawFn) -> Sample:
    n_rows = draw(st.integers(1, 20))
    labels = draw(st.lists(st.integers(0, 1), min_size=n_rows, max_size=n_rows))
    scores = draw(st.lists(PROBABILITIES, min_size=n_rows, max_size=n_rows))
    return Sample(
        n_rows=n_rows,
        labels=np.array(labels, dtype=np.int32),
        classes=("no", "yes"),
        positive=1,
        scores=np.array(scores),
        weights=draw(weights_of(n_rows)),
    )


@st.composite
def several(draw: st.DrawFn, n_classes: int = 4) -> Sample:
    """Rows with a probability of every class, tie-free unless Hypothesis finds a seed that ties."""
    n_rows = draw(st.integers(1, 20))
    labels = draw(st.lists(st.integers(0, n_classes - 1), min_size=n_rows, max_size=n_rows))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return Sample(
        n_rows=n_rows,
        labels=np.array(labels, dtype=np.int32),
        classes=tuple("abcdef"[:n_classes]),
        scores=rng.dirichlet(np.full(n_classes, 0.3), size=n_rows),
        weights=draw(weights_of(n_rows)),
    )


@given(binary())
@settings(max_examples=60)
def test_binary_losses_equal_scikit_learns(sample: Sample) -> None:
    rows = (sample.labels, sample.scores)
    expected = sk.log_loss(*rows, labels=[0, 1], sample_weight=sample.weights)
    assert compute_value(kernel_of("log_loss"), sample) == pytest.approx(expected, **CLOSE)
    assert sample.labels is not None
    assert sample.scores is not None
    expected = np.average((sample.scores - sample.labels) ** 2, weights=sample.weights)
    assert compute_value(kernel_of("brier"), sample) == pytest.approx(expected, **CLOSE)
    if np.unique(sample.labels).size == 2:
        expected = sk.brier_score_loss(*rows, sample_weight=sample.weights)
        assert compute_value(kernel_of("brier"), sample) == pytest.approx(expected, **CLOSE)


@given(several())
@settings(max_examples=60)
def test_losses_of_several_classes_equal_the_definition(sample: Sample) -> None:
    assert sample.labels is not None
    assert sample.scores is not None
    expected = sk.log_loss(sample.labels, sample.scores, labels=[0, 1, 2, 3], sample_weight=sample.weights)
    assert compute_value(kernel_of("log_loss"), sample) == pytest.approx(expected, **CLOSE)
    errors = [
        sum((p - (code == label)) ** 2 for code, p in enumerate(row))
        for row, label in zip(sample.scores, sample.labels, strict=True)
    ]
    expected = float(np.average(errors, weights=sample.weights))
    assert compute_value(kernel_of("brier"), sample) == pytest.approx(expected, **CLOSE)


@given(binary(), st.integers(0, 1))
@settings(max_examples=60)
def test_one_column_of_scores_and_two_give_the_same_loss(sample: Sample, positive: int) -> None:
    assert sample.scores is not None
    columns = np.stack([1 - sample.scores, sample.scores])
    if positive == 0:
        columns = columns[::-1]
    one = dataclasses.replace(sample, positive=positive)
    two = dataclasses.replace(sample, scores=columns.T)
    for name in ("log_loss", "brier"):
        assert compute_value(kernel_of(name), two) == pytest.approx(compute_value(kernel_of(name), one), **CLOSE)


@pytest.mark.parametrize("k", [1, 2, 3])
@given(sample=several())
@settings(max_examples=60)
def test_top_k_equals_scikit_learns_without_ties(k: int, sample: Sample) -> None:
    expected = sk.top_k_accuracy_score(
        sample.labels, sample.scores, k=k, labels=[0, 1, 2, 3], sample_weight=sample.weights
    )
    kernel = kernel_of(f"top_k_accuracy@{k}")
    assert kernel.shares
    assert compute_value(kernel, sample) == pytest.approx(expected, **CLOSE)


def test_ties_count_against_the_model() -> None:
    scores = np.array([[0.4, 0.4, 0.2, 0.0], [0.25, 0.25, 0.25, 0.25]])
    sample = Sample(n_rows=2, labels=np.array([0, 0], dtype=np.int32), classes=tuple("abcd"), scores=scores)
    assert compute_value(kernel_of("top_k_accuracy@1"), sample) == 0
    assert compute_value(kernel_of("top_k_accuracy@2"), sample) == 0.5
    assert compute_value(kernel_of("top_k_accuracy@3"), sample) == 0.5


def test_top_k_of_too_few_classes_is_refused() -> None:
    sample = Sample(
        n_rows=1, labels=np.array([0], dtype=np.int32), classes=("a", "b", "c"), scores=np.array([[0.1, 0.2, 0.7]])
    )
    with pytest.raises(UndefinedMetricError, match="among the 5 largest scores of 3 classes is every label"):
        compute_value(kernel_of("top_k_accuracy"), sample)
    with pytest.raises(UndefinedMetricError, match="one score and not one of every class"):
        compute_value(kernel_of("top_k_accuracy@1"), dataclasses.replace(sample, scores=np.array([0.1])))


@pytest.mark.parametrize("name", ["log_loss", "brier"])
@pytest.mark.parametrize("bad", [-0.1, 1.0000001, math.nan, math.inf])
def test_a_score_that_is_no_probability_is_refused_and_counted(name: str, bad: float) -> None:
    sample = Sample(
        n_rows=3,
        labels=np.array([0, 1, 1], dtype=np.int32),
        classes=("no", "yes"),
        positive=1,
        scores=np.array([bad, 0.5, bad]),
    )
    with pytest.raises(UndefinedMetricError, match=r"2 of 3 rows have a score outside 0\.\.1"):
        compute_value(kernel_of(name), sample)
    columns = np.array([[0.5, 0.5], [bad, 0.5], [0.5, 0.5]])
    with pytest.raises(UndefinedMetricError, match=r"1 of 3 rows have a score outside 0\.\.1"):
        compute_value(kernel_of(name), dataclasses.replace(sample, scores=columns))


@pytest.mark.parametrize("name", ["log_loss", "brier"])
def test_probabilities_that_do_not_add_up_are_refused_and_counted(name: str) -> None:
    scores = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2 + 2e-6], [0.5, 0.3, 0.2 + 5e-7]])
    sample = Sample(n_rows=3, labels=np.array([0, 1, 1], dtype=np.int32), classes=("a", "b", "c"), scores=scores)
    with pytest.raises(UndefinedMetricError, match="1 of 3 rows have probabilities that do not add up to 1"):
        compute_value(kernel_of(name), sample)
    assert math.isfinite(compute_value(kernel_of(name), sample.take(np.array([0, 2]))))


def test_missing_parts_are_named() -> None:
    labels = np.array([0, 1], dtype=np.int32)
    with pytest.raises(UndefinedMetricError, match="no score"):
        compute_value(kernel_of("log_loss"), Sample(n_rows=2, labels=labels, classes=("a", "b"), positive=1))
    with pytest.raises(UndefinedMetricError, match="3 scores for 2 classes"):
        compute_value(
            kernel_of("log_loss"), Sample(n_rows=2, labels=labels, classes=("a", "b"), scores=np.full((2, 3), 1 / 3))
        )
    with pytest.raises(UndefinedMetricError, match="no positive class"):
        compute_value(kernel_of("log_loss"), Sample(n_rows=2, labels=labels, classes=("a", "b"), scores=np.ones(2)))
    with pytest.raises(UndefinedMetricError, match="no label"):
        compute_value(kernel_of("log_loss"), Sample(n_rows=2, classes=("a", "b"), scores=np.full((2, 2), 0.5)))


@pytest.mark.parametrize("name", ["log_loss", "brier", "top_k_accuracy@2"])
@given(sample=several(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_many_sums_at_once_a_factor_and_the_order(name: str, sample: Sample, seed: int) -> None:
    kernel, rng = kernel_of(name), np.random.default_rng(seed)
    assert kernel.mean
    columns = kernel.columns(sample)
    assert (columns[:, 1] == 1).all()
    sums = rng.poisson(1.0, size=(2, 3, sample.n_rows)).astype(np.float64) @ columns
    found = kernel.value(sums)
    assert found == pytest.approx(np.array([[float(kernel.value(one)) for one in row] for row in sums]), nan_ok=True)
    assert kernel.value(sums * 0.3) == pytest.approx(found, nan_ok=True, **CLOSE)
    shuffled = sample.take(rng.permutation(sample.n_rows))
    assert compute_value(kernel, shuffled) == pytest.approx(compute_value(kernel, sample), **CLOSE)
