"""Metrics of a confusion table: against scikit-learn on random labels, edges, and properties."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from mlgate.config.metric_specs import find_metric
from mlgate.metrics.kernels.kernel import SumsKernel, TableKernel, UndefinedMetricError
from mlgate.metrics.kernels.tables import AVERAGES, KERNELS
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample

CLOSE: dict[str, Any] = {"rel": 1e-12, "abs": 1e-12}
TABLE_NAMES = [name for name in KERNELS if name != "accuracy"]


def kernel_of(name: str) -> Any:
    spec = find_metric(name)
    assert spec is not None
    return KERNELS[name.partition("@")[0]](spec)


@st.composite
def samples(draw: st.DrawFn, weighted: bool | None = None) -> Sample:
    """Rows of up to four classes, of which some occur only among the labels, only among the predictions or nowhere."""
    n_classes, n_rows = draw(st.integers(1, 4)), draw(st.integers(1, 30))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    labelled, predicted = draw(st.integers(1, n_classes)), draw(st.integers(1, n_classes))
    if weighted is None:
        weighted = draw(st.booleans())
    return Sample(
        n_rows=n_rows,
        labels=rng.integers(0, labelled, size=n_rows).astype(np.int32),
        predictions=rng.integers(n_classes - predicted, n_classes, size=n_rows).astype(np.int32),
        classes=tuple("abcd"[:n_classes]),
        positive=draw(st.integers(0, n_classes - 1)),
        weights=rng.random(n_rows) + 0.1 if weighted else None,
    )


def averaged(sample: Sample, average: str, beta: float) -> tuple[float, float, float]:
    """scikit-learn's precision, recall and F-beta; of the positive class as a question of yes and no."""
    labels: Any = sample.labels
    predictions: Any = sample.predictions
    if average == "":
        labels, predictions, average = labels == sample.positive, predictions == sample.positive, "_binary"
    found = sk.precision_recall_fscore_support(
        labels, predictions, beta=beta, average=average[1:], sample_weight=sample.weights, zero_division=0
    )
    return tuple(float(value) for value in found[:3])  # type: ignore[return-value]  # three of them


@pytest.mark.parametrize("average", AVERAGES)
@given(sample=samples(), beta=st.sampled_from([0.5, 1.0, 2.0]))
@settings(max_examples=40)
def test_averages_equal_scikit_learns(average: str, sample: Sample, beta: float) -> None:
    names = ("precision" + average, "recall" + average, f"fbeta{average}@{beta}")
    found = [compute_value(kernel_of(name), sample) for name in names]
    assert found == pytest.approx(averaged(sample, average, beta), **CLOSE)
    if beta == 1:
        assert compute_value(kernel_of("f1" + average), sample) == found[2]


@given(samples())
@settings(max_examples=60)
def test_single_numbers_equal_scikit_learns(sample: Sample) -> None:
    rows = (sample.labels, sample.predictions)
    weighted = {"sample_weight": sample.weights}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of the undefined
        expected = {
            "accuracy": sk.accuracy_score(*rows, **weighted),
            "balanced_accuracy": sk.balanced_accuracy_score(*rows, **weighted),
            "cohen_kappa": sk.cohen_kappa_score(*rows, **weighted),
        }
    for name, value in expected.items():
        assert compute_value(kernel_of(name), sample) == pytest.approx(float(value), nan_ok=True, **CLOSE), name


@given(samples(weighted=False))
@settings(max_examples=50)
def test_matthews_equals_scikit_learns(sample: Sample) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a single class
        expected = sk.matthews_corrcoef(sample.labels, sample.predictions)
    assert compute_value(kernel_of("matthews_corrcoef"), sample) == pytest.approx(expected, **CLOSE)


@given(samples(weighted=True))
@settings(max_examples=50)
def test_weighted_matthews_equals_scikit_learns_and_is_0_for_constants(sample: Sample) -> None:
    assert sample.labels is not None
    assert sample.predictions is not None
    found = compute_value(kernel_of("matthews_corrcoef"), sample)
    if np.unique(sample.labels).size == 1 or np.unique(sample.predictions).size == 1:
        assert found == 0  # where rounding of the weights leaves scikit-learn a ratio of two nearly-zeros
    else:
        expected = sk.matthews_corrcoef(sample.labels, sample.predictions, sample_weight=sample.weights)
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(samples())
@settings(max_examples=50)
def test_specificity_is_the_recall_of_the_negatives(sample: Sample) -> None:
    assert sample.labels is not None
    assert sample.predictions is not None
    negative = sample.labels != sample.positive
    found = compute_value(kernel_of("specificity"), sample)
    if not negative.any():
        assert math.isnan(found)
    else:
        passed = sample.predictions != sample.positive
        expected = sk.recall_score(negative, passed, sample_weight=sample.weights)
        assert found == pytest.approx(expected, **CLOSE)


TABLES = st.integers(1, 4).flatmap(
    lambda n_classes: st.lists(
        st.lists(st.sampled_from([0, 0, 1, 2, 7, 1000]), min_size=n_classes**2, max_size=n_classes**2),
        min_size=6,
        max_size=6,
    ).map(lambda cells: np.array(cells, dtype=np.float64).reshape(2, 3, n_classes, n_classes))
)


@given(tables=TABLES)
@settings(max_examples=30)
def test_many_tables_at_once_are_each_alone(tables: Any) -> None:
    for name in TABLE_NAMES:
        value = kernel_of(name).value
        found = value(tables, 0)
        assert found.shape == (2, 3), name
        alone = np.array([[float(value(table, 0)) for table in row] for row in tables])
        assert np.allclose(found, alone, rtol=1e-12, atol=1e-12, equal_nan=True), name
        assert np.isnan(found[tables.sum(axis=(-2, -1)) == 0]).all(), name


@given(tables=TABLES, factor=st.sampled_from([1e-200, 0.1, 3.0, 1e200]))
@settings(max_examples=50)
def test_a_factor_of_all_weights_changes_nothing(tables: Any, factor: float) -> None:
    for name in TABLE_NAMES:
        value = kernel_of(name).value
        found, expected = value(tables * factor, 0), value(tables, 0)
        assert np.allclose(found, expected, rtol=1e-12, atol=1e-12, equal_nan=True), name


@given(sample=samples(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_neither_the_order_of_rows_nor_that_of_classes_matters(sample: Sample, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shuffled = sample.take(rng.permutation(sample.n_rows))
    codes = rng.permutation(len(sample.classes)).astype(np.int32)
    assert shuffled.labels is not None
    assert shuffled.predictions is not None
    assert shuffled.positive is not None
    renamed = Sample(
        n_rows=sample.n_rows,
        labels=codes[shuffled.labels],
        predictions=codes[shuffled.predictions],
        classes=sample.classes,
        positive=int(codes[shuffled.positive]),
        weights=shuffled.weights,
    )
    for name in KERNELS:
        found, expected = compute_value(kernel_of(name), renamed), compute_value(kernel_of(name), sample)
        assert found == pytest.approx(expected, nan_ok=True, **CLOSE), name


def test_a_class_of_weight_0_does_not_occur() -> None:
    sample = Sample(
        n_rows=4,
        labels=np.array([0, 0, 1, 2], dtype=np.int32),
        predictions=np.array([0, 1, 1, 2], dtype=np.int32),
        classes=("a", "b", "c"),
        weights=np.array([1.0, 1.0, 1.0, 0.0]),
    )
    expected = sk.f1_score([0, 0, 1], [0, 1, 1], average="macro")
    assert compute_value(kernel_of("f1_macro"), sample) == pytest.approx(expected, **CLOSE)
    expected = sk.balanced_accuracy_score([0, 0, 1], [0, 1, 1])
    assert compute_value(kernel_of("balanced_accuracy"), sample) == pytest.approx(expected, **CLOSE)


def test_accuracy_is_a_share() -> None:
    kernel = kernel_of("accuracy")
    assert isinstance(kernel, SumsKernel)
    assert kernel.shares
    assert kernel.mean
    codes = np.array([0, 1, 1], dtype=np.int32)
    sample = Sample(n_rows=3, labels=codes, predictions=codes[::-1].copy(), classes=("a", "b"))
    assert kernel.columns(sample).tolist() == [[0.0, 1.0], [1.0, 1.0], [0.0, 1.0]]
    assert np.isnan(kernel.value(np.zeros(2)))
    with pytest.raises(UndefinedMetricError, match="no label or no prediction"):
        kernel.columns(Sample(n_rows=3, labels=codes, classes=("a", "b")))


@pytest.mark.parametrize("name", ["precision", "recall", "f1", "fbeta", "specificity"])
def test_without_a_positive_class_there_is_no_value(name: str) -> None:
    kernel = kernel_of(name)
    assert isinstance(kernel, TableKernel)
    with pytest.raises(UndefinedMetricError, match="no positive class"):
        kernel.value(np.ones((2, 2)), None)


def test_beta_is_2_unless_written() -> None:
    table = np.array([[5.0, 2.0], [1.0, 3.0]])
    assert kernel_of("fbeta").value(table, 1) == kernel_of("fbeta@2").value(table, 1)
    assert kernel_of("fbeta@1").value(table, 1) == kernel_of("f1").value(table, 1)
    assert kernel_of("fbeta@1").value(table, 1) != kernel_of("fbeta").value(table, 1)
