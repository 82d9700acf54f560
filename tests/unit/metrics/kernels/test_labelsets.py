"""Metrics of label sets: against scikit-learn on random sets, edges, and properties."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from mlgate.config.metric_specs import find_metric
from mlgate.metrics.kernels.kernel import SumsKernel, UndefinedMetricError
from mlgate.metrics.kernels.labelsets import AVERAGES, KERNELS, LABELSET_KERNELS
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample

CLOSE: dict[str, Any] = {"rel": 1e-12, "abs": 1e-12}


def kernel_of(name: str) -> Any:
    spec = find_metric(name)
    assert spec is not None
    return LABELSET_KERNELS[name.partition("@")[0]](spec)


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    """Rows of two to four labels, of which some may occur nowhere; rows may have none."""
    n_labels = draw(st.integers(2, 4))
    n_rows = draw(st.integers(1, 20))
    sets = st.lists(st.booleans(), min_size=n_rows * n_labels, max_size=n_rows * n_labels).map(
        lambda values: np.array(values).reshape(n_rows, n_labels)
    )
    weights = draw(st.none() | st.lists(st.floats(0.1, 9), min_size=n_rows, max_size=n_rows).map(np.array))
    return Sample(n_rows=n_rows, label_set=draw(sets), predicted_set=draw(sets), weights=weights)


@pytest.mark.parametrize("average", AVERAGES)
@given(sample=samples(), beta=st.sampled_from([0.5, 1.0, 2.0]))
@settings(max_examples=60)
def test_averages_equal_scikit_learns(average: str, sample: Sample, beta: float) -> None:
    expected = sk.precision_recall_fscore_support(
        sample.label_set,
        sample.predicted_set,
        beta=beta,
        average=average[1:],
        sample_weight=sample.weights,
        zero_division=0,
    )
    names = ("precision" + average, "recall" + average, f"fbeta{average}@{beta}")
    found = [compute_value(kernel_of(name), sample) for name in names]
    assert found == pytest.approx([float(value) for value in expected[:3]], **CLOSE)
    if beta == 1:
        assert compute_value(kernel_of("f1" + average), sample) == found[2]


@given(samples())
@settings(max_examples=60)
def test_means_over_rows_equal_scikit_learns(sample: Sample) -> None:
    rows = (sample.label_set, sample.predicted_set)
    weighted = {"sample_weight": sample.weights}
    expected = {
        "accuracy": sk.accuracy_score(*rows, **weighted),
        "hamming_loss": sk.hamming_loss(*rows, **weighted),
        "f1_samples": sk.f1_score(*rows, average="samples", zero_division=0, **weighted),
        "jaccard_samples": sk.jaccard_score(*rows, average="samples", zero_division=0, **weighted),
    }
    for name, value in expected.items():
        assert compute_value(kernel_of(name), sample) == pytest.approx(float(value), **CLOSE), name


@given(sample=samples(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_many_sums_at_once_are_each_alone_and_a_factor_changes_nothing(sample: Sample, seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.poisson(1.0, size=(2, 3, sample.n_rows)).astype(np.float64)
    shuffled = sample.take(rng.permutation(sample.n_rows))
    for name in LABELSET_KERNELS:
        kernel = kernel_of(name)
        sums = weights @ kernel.columns(sample)
        found = kernel.value(sums)
        assert found.shape == (2, 3), name
        alone = np.array([[float(kernel.value(one)) for one in row] for row in sums])
        assert np.allclose(found, alone, rtol=1e-12, atol=1e-12, equal_nan=True), name
        assert np.allclose(kernel.value(sums * 0.3), found, rtol=1e-12, atol=1e-12, equal_nan=True), name
        assert np.isnan(found[weights.sum(axis=-1) == 0]).all(), name
        assert compute_value(kernel, shuffled) == pytest.approx(compute_value(kernel, sample), **CLOSE), name


def test_a_row_without_labels_is_right_but_scores_nothing() -> None:
    empty = np.zeros((1, 3), dtype=bool)
    sample = Sample(n_rows=1, label_set=empty, predicted_set=empty)
    found = {name: compute_value(kernel_of(name), sample) for name in LABELSET_KERNELS}
    assert found.pop("accuracy") == 1
    assert found.pop("hamming_loss") == 0
    assert set(found.values()) == {0.0}


def test_accuracy_is_a_share_and_the_others_are_not() -> None:
    shares = {name for name in LABELSET_KERNELS if isinstance(kernel_of(name), SumsKernel) and kernel_of(name).shares}
    assert shares == {"accuracy"}
    assert set(KERNELS) == {"f1_samples", "jaccard_samples", "hamming_loss"}
    assert all(math.isnan(kernel_of(name).value(np.zeros(7))) for name in LABELSET_KERNELS)


def test_what_is_no_pair_of_label_sets_is_refused() -> None:
    sets = np.ones((2, 3), dtype=bool)
    with pytest.raises(UndefinedMetricError, match="no label set"):
        compute_value(kernel_of("f1_micro"), Sample(n_rows=2, label_set=sets))
    with pytest.raises(UndefinedMetricError, match="3 labels and the predicted one 2"):
        compute_value(kernel_of("f1_micro"), Sample(n_rows=2, label_set=sets, predicted_set=sets[:, :2]))
