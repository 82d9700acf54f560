"""Calibration errors: against their definitions, row by row, and scikit-learn's curve; edges and properties."""

from __future__ import annotations

import dataclasses
import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from mlgate.config.metric_specs import find_metric
from mlgate.metrics.kernels.calibration import KERNELS, bins_of, effective_rows, judged_scores
from mlgate.metrics.kernels.kernel import UndefinedMetricError
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample

CLOSE: dict[str, Any] = {"rel": 1e-12, "abs": 1e-12}
NAMES = tuple(KERNELS)


def kernel_of(name: str) -> Any:
    spec = find_metric(name)
    assert spec is not None
    return KERNELS[name.partition("@")[0]](spec)


def binary(scores: Any, labels: Any, weights: Any = None) -> Sample:
    return Sample(
        n_rows=len(scores),
        labels=np.array(labels, dtype=np.int32),
        classes=("no", "yes"),
        positive=1,
        scores=np.array(scores, dtype=np.float64),
        weights=weights,
    )


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    """Rows with a score of the positive class, also on the edges of bins."""
    n_rows = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scores = rng.random(n_rows) if draw(st.booleans()) else rng.integers(0, 11, size=n_rows) / 10
    weights = draw(st.sampled_from([None, rng.random(n_rows) + 0.1, np.full(n_rows, 0.01)]))
    return binary(scores, rng.random(n_rows) < scores, weights)


def by_bin(sample: Sample, n_bins: int) -> list[tuple[Any, Any, Any]]:
    """Scores, outcomes and weights of each bin that has rows, by comparing every row with every edge."""
    assert sample.labels is not None
    assert sample.scores is not None
    edges = np.linspace(0, 1, n_bins + 1)
    edges[0] = -1  # 0 belongs to the first bin
    weights = np.ones(sample.n_rows) if sample.weights is None else sample.weights
    found = []
    for low, high in itertools.pairwise(edges):
        rows = [row for row in range(sample.n_rows) if low < sample.scores[row] <= high]
        if rows:
            found.append((sample.scores[rows], sample.labels[rows], weights[rows]))
    return found


@given(samples(), st.sampled_from([2, 10, 15]))
def test_ece_equals_the_definition(sample: Sample, n_bins: int) -> None:
    gaps = [
        abs(np.average(scores, weights=weights) - np.average(labels, weights=weights)) * weights.sum()
        for scores, labels, weights in by_bin(sample, n_bins)
    ]
    total = sample.n_rows if sample.weights is None else sample.weights.sum()
    assert compute_value(kernel_of(f"ece@{n_bins}"), sample) == pytest.approx(sum(gaps) / total, **CLOSE)


@given(samples())
@settings(max_examples=50)
def test_bins_are_those_of_scikit_learns_curve(sample: Sample) -> None:
    plain = dataclasses.replace(sample, weights=None)
    frequencies, means = calibration_curve(plain.labels, plain.scores, n_bins=10, pos_label=1)
    counts = [len(scores) for scores, _, _ in by_bin(plain, 10)]
    expected = np.average(np.abs(frequencies - means), weights=counts)
    assert compute_value(kernel_of("ece@10"), plain) == pytest.approx(expected, **CLOSE)


@given(samples(), st.sampled_from([2, 10, 15]))
def test_debiased_error_equals_the_definition(sample: Sample, n_bins: int) -> None:
    weights = np.ones(sample.n_rows) if sample.weights is None else sample.weights
    n_effective = weights.sum() ** 2 / (weights**2).sum()
    squared = 0.0
    for scores, labels, of_bin in by_bin(sample, n_bins):
        share = of_bin.sum() / weights.sum()
        n_rows = share * n_effective
        if n_rows <= 1.5:  # without weights: a single row
            continue
        frequency = np.average(labels, weights=of_bin)
        error = (np.average(scores, weights=of_bin) - frequency) ** 2 - frequency * (1 - frequency) / (n_rows - 1)
        squared += share * error
    # A root enlarges rounding next to 0, so squares are compared.
    found = compute_value(kernel_of(f"debiased_calibration_error@{n_bins}"), sample)
    assert found**2 == pytest.approx(max(squared, 0.0), **CLOSE)


@pytest.mark.parametrize("name", NAMES)
@given(sample=samples())
@settings(max_examples=40)
def test_equal_weights_are_none(name: str, sample: Sample) -> None:
    plain = dataclasses.replace(sample, weights=None)
    expected = compute_value(kernel_of(name), plain) ** 2
    for weight in (1.0, 0.3, 1e6, 1e-200):
        equal = dataclasses.replace(sample, weights=np.full(sample.n_rows, weight))
        assert compute_value(kernel_of(name), equal) ** 2 == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize("name", NAMES)
@given(sample=samples(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_many_sums_at_once_a_factor_and_the_order(name: str, sample: Sample, seed: int) -> None:
    kernel, rng = kernel_of(name), np.random.default_rng(seed)
    weights = rng.poisson(1.0, size=(2, 3, sample.n_rows)).astype(np.float64)
    sums = weights @ kernel.columns(sample)
    found = kernel.value(sums)
    assert found.shape == (2, 3)
    alone = np.array([[float(kernel.value(one)) for one in row] for row in sums])
    assert np.allclose(found, alone, rtol=1e-12, atol=1e-12, equal_nan=True)
    assert np.allclose(kernel.value(sums * 0.3) ** 2, found**2, rtol=1e-12, atol=1e-12, equal_nan=True)
    assert np.isnan(found[weights.sum(axis=-1) == 0]).all()
    shuffled = sample.take(rng.permutation(sample.n_rows))
    assert compute_value(kernel, shuffled) ** 2 == pytest.approx(compute_value(kernel, sample) ** 2, **CLOSE)


def test_a_resample_is_judged_as_its_rows() -> None:
    rng = np.random.default_rng(5)
    scores = rng.random(60)
    sample = binary(scores, rng.random(60) < scores**2)
    counts = np.bincount(rng.integers(0, 60, size=60), minlength=60)
    repeated = sample.take(np.repeat(np.arange(60), counts))
    for name in NAMES:
        kernel = kernel_of(f"{name}@5")
        found = kernel.value(counts.astype(np.float64) @ kernel.columns(sample))
        assert found == pytest.approx(compute_value(kernel, repeated), **CLOSE)


def test_chance_is_taken_off_a_calibrated_model() -> None:
    """Mean over 200 draws of a perfect model: the plain root mean square error of bins stays well above 0."""
    rng = np.random.default_rng(1)
    eces, debiased = [], []
    for _ in range(200):
        scores = rng.beta(2, 2, size=200)
        sample = binary(scores, rng.random(200) < scores)
        eces.append(compute_value(kernel_of("ece"), sample))
        debiased.append(compute_value(kernel_of("debiased_calibration_error"), sample))
    assert np.mean(eces) == pytest.approx(0.090, abs=0.004)  # simulated elsewhere, with other code
    assert np.mean(debiased) < np.mean(eces) / 2
    assert np.mean(np.array(debiased) == 0) > 0.3
    shifted = binary(np.linspace(0.2, 0.8, 4000), rng.random(4000) < np.linspace(0.3, 0.9, 4000))
    assert compute_value(kernel_of("debiased_calibration_error"), shifted) == pytest.approx(0.1, abs=0.02)


def test_several_classes_are_judged_by_their_largest_score() -> None:
    scores = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.4, 0.4, 0.2]])
    sample = Sample(n_rows=3, labels=np.array([0, 1, 1], dtype=np.int32), classes=("a", "b", "c"), scores=scores)
    found, right = judged_scores(sample)
    assert found.tolist() == [0.7, 0.8, 0.4]
    assert right.tolist() == [True, False, False]  # the first of two as large is predicted
    expected = (abs(0.7 - 1) + abs(0.8 - 0) + abs(0.4 - 0)) / 3
    assert compute_value(kernel_of("ece@10"), sample) == pytest.approx(expected)


def test_two_columns_with_a_positive_class_are_one() -> None:
    rng = np.random.default_rng(2)
    scores = rng.random(50)
    one = binary(scores, rng.random(50) < 0.5)
    two = dataclasses.replace(one, scores=np.stack([1 - scores, scores]).T)
    for name in NAMES:
        assert compute_value(kernel_of(name), two) == compute_value(kernel_of(name), one)
    unnamed = dataclasses.replace(two, positive=None)
    assert (judged_scores(unnamed)[0] >= 0.5).all()


def test_a_score_on_an_edge_is_in_the_lower_bin() -> None:
    assert bins_of(np.array([0.0, 0.1, 0.1000001, 0.3, 1.0]), 10).tolist() == [0, 0, 1, 2, 9]


@pytest.mark.parametrize("name", NAMES)
def test_a_score_that_is_no_probability_is_refused(name: str) -> None:
    with pytest.raises(UndefinedMetricError, match=r"1 of 2 rows have a score outside 0\.\.1"):
        compute_value(kernel_of(name), binary([0.5, 1.5], [0, 1]))


@pytest.mark.parametrize("name", NAMES)
def test_no_rows_and_no_weight_are_undefined(name: str) -> None:
    assert math.isnan(compute_value(kernel_of(name), binary([], [])))
    assert math.isnan(compute_value(kernel_of(name), binary([0.5, 0.2], [0, 1], np.zeros(2))))


def test_effective_rows() -> None:
    assert effective_rows(binary([0.5] * 4, [0] * 4)) == 4
    assert effective_rows(binary([0.5] * 4, [0] * 4, np.array([1.0, 1.0, 0.0, 0.0]))) == 2
    assert effective_rows(binary([0.5] * 2, [0] * 2, np.array([3e200, 1e200]))) == pytest.approx(16 / 10)
    assert effective_rows(binary([0.5] * 2, [0] * 2, np.zeros(2))) == 0
