"""Metrics of numbers: against scikit-learn or the definition, what is refused, and properties."""

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
from mlgate.metrics.kernels.kernel import PointKernel, QuantileKernel, SumsKernel, UndefinedMetricError
from mlgate.metrics.kernels.numbers import KERNELS
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample

CLOSE: dict[str, Any] = {"rel": 1e-12, "abs": 1e-12}
NUMBERS = st.one_of(st.integers(-5, 5).map(float), st.floats(-1e3, 1e3).map(lambda value: round(value, 3)))


def kernel_of(name: str) -> Any:
    spec = find_metric(name)
    assert spec is not None
    return KERNELS[name.partition("@")[0]](spec)


def sample_of(truth: Any, estimate: Any, weights: Any = None, **columns: Any) -> Sample:
    arrays = {role: np.array(values, dtype=np.float64) for role, values in columns.items()}
    return Sample(
        n_rows=len(truth),
        truth=np.array(truth, dtype=np.float64),
        estimate=np.array(estimate, dtype=np.float64),
        weights=weights,
        columns=arrays,
    )


@st.composite
def samples(draw: st.DrawFn, weighted: bool = True) -> Sample:
    n_rows = draw(st.integers(1, 25))
    numbers = st.lists(NUMBERS, min_size=n_rows, max_size=n_rows)
    weights = None
    if weighted and draw(st.booleans()):
        weights = np.array(draw(st.lists(st.floats(0.1, 9), min_size=n_rows, max_size=n_rows)))
    return sample_of(draw(numbers), draw(numbers), weights)


@given(samples())
@settings(max_examples=40)
def test_means_equal_scikit_learns(sample: Sample) -> None:
    rows = (sample.truth, sample.estimate)
    weighted = {"sample_weight": sample.weights}
    expected = {
        "mae": sk.mean_absolute_error(*rows, **weighted),
        "mse": sk.mean_squared_error(*rows, **weighted),
        "rmse": math.sqrt(sk.mean_squared_error(*rows, **weighted)),
        "pinball": sk.mean_pinball_loss(*rows, **weighted),
        "pinball@0.9": sk.mean_pinball_loss(*rows, alpha=0.9, **weighted),
    }
    for name, value in expected.items():
        assert compute_value(kernel_of(name), sample) == pytest.approx(float(value), **CLOSE), name


@given(samples())
@settings(max_examples=40)
def test_r2_equals_scikit_learns_where_labels_vary(sample: Sample) -> None:
    found = compute_value(kernel_of("r2"), sample)
    assert sample.truth is not None
    if np.unique(sample.truth).size == 1:
        assert math.isnan(found)
    else:
        expected = sk.r2_score(sample.truth, sample.estimate, sample_weight=sample.weights)
        assert found == pytest.approx(expected, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("offset", [1e6, -1e9, 1e12])
def test_r2_keeps_its_digits_far_from_0(offset: float) -> None:
    rng = np.random.default_rng(0)
    truth = np.round(rng.normal(size=500) * 64)  # exact whatever the offset
    estimate = truth + np.round(rng.normal(size=500) * 16)
    expected = sk.r2_score(truth, estimate)
    found = compute_value(kernel_of("r2"), sample_of(truth + offset, estimate + offset))
    assert found == pytest.approx(expected, rel=1e-12)


def test_r2_keeps_its_digits_beside_a_far_row_that_weighs_nothing() -> None:
    rng = np.random.default_rng(0)
    truth, estimate = rng.normal(size=50), rng.normal(size=50)
    expected = sk.r2_score(truth[1:], estimate[1:])
    truth[0], weights = 1e13, np.ones(50)
    weights[0] = 0
    assert compute_value(kernel_of("r2"), sample_of(truth, estimate, weights)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9 / 3])
def test_r2_of_constant_labels_is_undefined(constant: float) -> None:
    truth = np.full(7, constant)
    assert math.isnan(compute_value(kernel_of("r2"), sample_of(truth, truth)))
    assert math.isnan(compute_value(kernel_of("r2"), sample_of(truth, truth + 1)))
    # Also of a draw of rows whose labels are equal, while those of all rows are not.
    kernel = kernel_of("r2")
    mixed = sample_of([constant, constant + 1, constant, constant + 0.7], [1.0, 2.0, 3.0, 4.0])
    for counts in ([3.0, 0, 1, 0], [0, 3.0, 0, 0], [0, 0, 0, 3.0]):
        assert math.isnan(kernel.value(np.array(counts) @ kernel.columns(mixed)))


@given(samples())
@settings(max_examples=40)
def test_percentage_errors(sample: Sample) -> None:
    assert sample.truth is not None
    assert sample.estimate is not None
    errors = np.abs(sample.truth - sample.estimate)
    both = np.abs(sample.truth) + np.abs(sample.estimate)
    symmetric = [2 * error / size if size else 0.0 for error, size in zip(errors, both, strict=True)]
    expected = np.average(symmetric, weights=sample.weights)
    assert compute_value(kernel_of("smape"), sample) == pytest.approx(expected, **CLOSE)
    n_zero = int((sample.truth == 0).sum())
    if n_zero:
        with pytest.raises(UndefinedMetricError, match=f"{n_zero} of {sample.n_rows} rows have the label 0"):
            compute_value(kernel_of("mape"), sample)
    else:
        rows = (sample.truth, sample.estimate)
        expected = sk.mean_absolute_percentage_error(*rows, sample_weight=sample.weights)
        assert compute_value(kernel_of("mape"), sample) == pytest.approx(expected, **CLOSE)


@given(samples())
@settings(max_examples=40)
def test_forecast_errors(sample: Sample) -> None:
    assert sample.truth is not None
    assert sample.estimate is not None
    weights = np.ones(sample.n_rows) if sample.weights is None else sample.weights
    errors, sizes = np.abs(sample.truth - sample.estimate), np.abs(sample.truth)
    found = compute_value(kernel_of("wape"), sample)
    if sizes.sum() == 0:
        assert math.isnan(found)
    else:
        assert found == pytest.approx((weights * errors).sum() / (weights * sizes).sum(), **CLOSE)
    scale = np.arange(1, sample.n_rows + 1) / 4
    scaled = dataclasses.replace(sample, columns={"scale": scale})
    expected = np.average(errors / scale, weights=weights)
    assert compute_value(kernel_of("mase"), scaled) == pytest.approx(expected, **CLOSE)


@given(samples(weighted=False))
@settings(max_examples=40)
def test_order_statistics_equal_scikit_learns(sample: Sample) -> None:
    kernel = kernel_of("median_absolute_error")
    assert isinstance(kernel, QuantileKernel)
    expected = sk.median_absolute_error(sample.truth, sample.estimate)
    assert compute_value(kernel, sample) == pytest.approx(expected, **CLOSE)
    kernel = kernel_of("max_error")
    assert isinstance(kernel, PointKernel)
    assert not kernel.interval
    assert compute_value(kernel, sample) == sk.max_error(sample.truth, sample.estimate)


def test_the_largest_error_is_of_rows_that_weigh() -> None:
    kernel = kernel_of("max_error")
    assert compute_value(kernel, sample_of([1, 2, 3], [1, 9, 4], np.array([1.0, 0.0, 2.0]))) == 1
    assert math.isnan(compute_value(kernel, sample_of([1, 2], [1, 9], np.zeros(2))))
    assert math.isnan(compute_value(kernel, sample_of([], [])))


def test_coverage_includes_the_ends_and_nothing_lies_in_a_reversed_interval() -> None:
    kernel = kernel_of("interval_coverage")
    assert kernel.shares
    sample = sample_of([1, 2, 3, 4, 5], [0] * 5, low=[1, 1, 4, 5, -math.inf], high=[2, 2, 5, 3, math.inf])
    assert kernel.columns(sample)[:, 0].tolist() == [1, 1, 0, 0, 1]
    assert compute_value(kernel, sample) == 0.6
    with pytest.raises(UndefinedMetricError, match="1 of 2 rows have a 'high' that is not a finite number"):
        compute_value(kernel, sample_of([1, 2], [0, 0], low=[1, 1], high=[math.nan, 2]))


@pytest.mark.parametrize("scale", [0.0, -1.0])
def test_a_scale_that_is_not_above_0_is_refused(scale: float) -> None:
    with pytest.raises(UndefinedMetricError, match="2 of 3 rows have a scale that is not above 0"):
        compute_value(kernel_of("mase"), sample_of([1, 2, 3], [1, 2, 3], scale=[scale, 1, scale]))


@pytest.mark.parametrize(
    ("name", "sample", "message"),
    [
        ("mase", sample_of([1], [1]), "no column 'scale'"),
        ("mase", sample_of([1], [1], scale=[math.inf]), "1 of 1 rows have a 'scale' that is not a finite number"),
        ("interval_coverage", sample_of([1], [1], low=[1]), "no column 'high'"),
        ("mae", Sample(n_rows=1, truth=np.ones(1)), "no prediction that is a number"),
        ("mae", Sample(n_rows=1, estimate=np.ones(1)), "no label that is a number"),
    ],
)
def test_missing_parts_are_named(name: str, sample: Sample, message: str) -> None:
    with pytest.raises(UndefinedMetricError, match=message):
        compute_value(kernel_of(name), sample)


@given(sample=samples(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_many_sums_at_once_a_factor_and_the_order(sample: Sample, seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert sample.truth is not None
    truth = np.where(sample.truth == 0, 0.5, sample.truth)  # which mape refuses
    bounds = {"low": truth - 1, "high": truth + rng.normal(size=truth.size), "scale": truth**2 + 1}
    sample = dataclasses.replace(sample, truth=truth, columns=bounds)
    shuffled = sample.take(rng.permutation(sample.n_rows))
    weights = rng.poisson(1.0, size=(2, 3, sample.n_rows)).astype(np.float64)
    for name in KERNELS:
        kernel = kernel_of(name)
        if isinstance(kernel, QuantileKernel) and sample.weights is not None:
            with pytest.raises(UndefinedMetricError, match="takes no weights"):
                compute_value(kernel, sample)
            continue
        expected = compute_value(kernel, sample)
        assert compute_value(kernel, shuffled) == pytest.approx(expected, nan_ok=True, rel=1e-11, abs=1e-12), name
        if isinstance(kernel, SumsKernel):
            check_sums(kernel, sample, weights)


def check_sums(kernel: SumsKernel, sample: Sample, weights: Any) -> None:
    """Sums under many weightings at once, shape (2, 3, n_rows), give what each gives alone, and a factor nothing."""
    columns = kernel.columns(sample)
    if kernel.mean:
        assert columns.shape == (sample.n_rows, 2)
        assert (columns[:, 1] == 1).all()
    sums = weights @ columns
    found = kernel.value(sums)
    assert found.shape == (2, 3)
    alone = np.array([[float(kernel.value(one)) for one in row] for row in sums])
    assert np.allclose(found, alone, rtol=1e-12, atol=1e-12, equal_nan=True)
    assert np.allclose(kernel.value(sums * 0.25), found, rtol=1e-12, atol=1e-12, equal_nan=True)
    assert np.isnan(found[weights.sum(axis=-1) == 0]).all()


@pytest.mark.parametrize("name", ["mse", "rmse", "mae", "r2", "wape", "smape", "mape", "mase", "pinball"])
def test_numbers_too_large_to_square_or_add_are_never_a_good_value(name: str) -> None:
    sample = sample_of([1e308, -1e308, 1e308], [-1e308, 1e308, 1e308], scale=[1, 1, 1])
    with np.errstate(over="ignore"):  # of the sums, which are not the kernel's
        found = compute_value(kernel_of(name), sample)
    assert not math.isfinite(found)
