"""Areas under curves: against scikit-learn under weights and ties, their influence by differences, and edges."""

from __future__ import annotations

import dataclasses
import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from mlgate.config.metric_specs import METRICS
from mlgate.metrics.delong import compute_placements, compute_roc_auc
from mlgate.metrics.kernels import ranks
from mlgate.metrics.kernels.kernel import UndefinedMetricError
from mlgate.metrics.kernels.ranks import KERNELS, prepare_average_precision, prepare_roc_auc, prepare_roc_auc_ovr
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample

CLOSE: dict[str, Any] = {"rel": 1e-12, "abs": 1e-12}
BINARY = {
    "roc_auc": (prepare_roc_auc, roc_auc_score),
    "average_precision": (prepare_average_precision, average_precision_score),
}


@st.composite
def rows(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    """Flags of both classes, scores with or without ties, weights of at least 0 that leave both classes some."""
    n_rows = draw(st.integers(2, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    positive = rng.random(n_rows) < draw(st.sampled_from([0.1, 0.5, 0.9]))
    positive[:2] = True, False
    scores = positive + rng.normal(size=n_rows)
    levels = draw(st.sampled_from([None, 0, 1, 3]))
    if levels is not None:
        scores = np.round(scores * levels)
    weights = draw(st.sampled_from([np.ones(n_rows), rng.poisson(1.0, n_rows) * 1.0, rng.random(n_rows) * 9]))
    weights[:2] += 1
    return positive, scores, weights


@pytest.mark.parametrize("name", BINARY)
@given(given_rows=rows())
@settings(max_examples=80)
def test_values_equal_scikit_learns(name: str, given_rows: Any) -> None:
    positive, scores, weights = given_rows
    prepare, oracle = BINARY[name]
    ranked = prepare(positive, scores)
    found = ranked.value(np.stack([weights, np.ones(weights.size), 3 * weights]))
    expected = oracle(positive, scores, sample_weight=weights)
    assert found == pytest.approx([expected, oracle(positive, scores), expected], **CLOSE)


@given(rows())
@settings(max_examples=50)
def test_auc_is_the_share_of_weighted_pairs(given_rows: Any) -> None:
    positive, scores, weights = given_rows
    above, below = scores[positive][:, None], scores[~positive][None, :]
    wins = (above > below) + 0.5 * (above == below)
    pairs = weights[positive][:, None] * weights[~positive][None, :]
    expected = (wins * pairs).sum() / pairs.sum()
    assert prepare_roc_auc(positive, scores).value(weights[None, :])[0] == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize("name", BINARY)
@given(given_rows=rows())
@settings(max_examples=50)
def test_influence_is_the_derivative(name: str, given_rows: Any) -> None:
    positive, scores, weights = given_rows
    weights = weights + 0.5  # a derivative to both sides needs room below
    ranked = BINARY[name][0](positive, scores)
    found = ranked.influence(weights)
    step = 1e-5
    moves = np.eye(weights.size) * step
    slopes = (ranked.value(weights + moves) - ranked.value(weights - moves)) / (2 * step)
    assert found == pytest.approx(slopes * weights.sum(), rel=1e-5, abs=1e-6)
    assert np.average(found, weights=weights) == pytest.approx(0, abs=1e-10)
    assert ranked.influence(7 * weights) == pytest.approx(found, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", BINARY)
@given(given_rows=rows())
@settings(max_examples=40)
def test_a_row_of_weight_0_is_as_if_absent(name: str, given_rows: Any) -> None:
    positive, scores, weights = given_rows
    there = weights > 0
    prepare = BINARY[name][0]
    whole, part = prepare(positive, scores), prepare(positive[there], scores[there])
    assert whole.value(weights[None, :]) == pytest.approx(part.value(weights[None, there]), **CLOSE)
    found = whole.influence(weights)
    assert np.isfinite(found).all()
    assert found[there] == pytest.approx(part.influence(weights[there]), rel=1e-9, abs=1e-9)


def test_influence_of_a_first_row_of_weight_0_is_the_derivative_to_the_right() -> None:
    positive, scores = np.array([True, False, True, True]), np.array([9.0, 2.0, 1.0, 9.0])
    weights = np.array([0.0, 1.0, 1.0, 0.0])
    ranked = prepare_average_precision(positive, scores)
    moved = ranked.value(weights + np.eye(4) * 1e-7)
    slopes = (moved - ranked.value(weights[None, :])[0]) * 1e7
    assert ranked.influence(weights) == pytest.approx(2 * slopes, abs=1e-5)


@given(rows(), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_influence_of_the_auc_is_delongs_placement(given_rows: Any, seed: int) -> None:
    positive, scores, _ = given_rows
    n_rows, n_positive = positive.size, positive.sum()
    placements, auc = compute_placements(positive, scores), compute_roc_auc(positive, scores)
    share = np.where(positive, n_positive, n_rows - n_positive) / n_rows
    found = prepare_roc_auc(positive, scores).influence(np.ones(n_rows))
    assert found == pytest.approx((placements - auc) / share, rel=1e-9, abs=1e-9)
    # The point value has the bits that DeLong's has.
    assert prepare_roc_auc(positive, scores).value(np.ones((1, n_rows)))[0] == auc


@pytest.mark.parametrize("name", BINARY)
@given(given_rows=rows(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_the_order_of_rows_and_a_monotone_score_change_nothing(name: str, given_rows: Any, seed: int) -> None:
    positive, scores, weights = given_rows
    order = np.random.default_rng(seed).permutation(positive.size)
    prepare = BINARY[name][0]
    expected = prepare(positive, scores).value(weights[None, :])
    assert prepare(positive[order], scores[order]).value(weights[None, order]) == pytest.approx(expected, **CLOSE)
    assert prepare(positive, np.arctan(scores)).value(weights[None, :]) == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize("name", BINARY)
@given(given_rows=rows())
@settings(max_examples=40)
def test_a_known_order_gives_the_same_bits(name: str, given_rows: Any) -> None:
    positive, scores, weights = given_rows
    prepare = BINARY[name][0]
    known, found = prepare(positive, scores, np.argsort(scores, kind="stable")), prepare(positive, scores)
    assert known.value(weights[None, :]).tolist() == found.value(weights[None, :]).tolist()
    assert known.influence(weights).tolist() == found.influence(weights).tolist()


@pytest.mark.parametrize("name", BINARY)
def test_many_draws_are_each_alone_whatever_the_block(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    positive, scores = rng.random(50) < 0.3, np.round(rng.normal(size=50), 1)
    weights = rng.poisson(1.0, size=(23, 50)) * rng.random((23, 50))
    ranked = BINARY[name][0](positive, scores)
    alone = [ranked.value(one[None, :])[0] for one in weights]
    assert ranked.value(weights).tolist() == alone
    assert ranked.value(np.asfortranarray(weights)).tolist() == alone
    monkeypatch.setattr(ranks, "_BLOCK", 250)
    assert ranked.value(weights).tolist() == alone


@pytest.mark.parametrize("name", BINARY)
def test_edges(name: str) -> None:
    prepare = BINARY[name][0]
    scores = np.array([0.1, 0.2, 0.3])
    nothing = np.zeros((1, 3))
    mixed = np.array([True, False, True])
    assert np.isnan(prepare(mixed, scores).value(nothing)).all()
    assert np.isnan(prepare(mixed, scores).influence(nothing[0])).all()
    none = prepare(np.zeros(3, dtype=bool), scores)
    assert np.isnan(none.value(np.ones((1, 3)))).all()
    assert np.isnan(none.influence(np.ones(3))).all()
    empty = prepare(np.zeros(0, dtype=bool), np.zeros(0))
    assert np.isnan(empty.value(np.zeros((2, 0)))).tolist() == [True, True]
    constant = prepare(mixed, np.zeros(3)).value(np.ones((1, 3)))[0]
    assert constant == pytest.approx({"roc_auc": 0.5, "average_precision": 2 / 3}[name])
    alone = prepare(np.array([True]), np.array([0.5])).value(np.ones((1, 1)))[0]
    assert alone == pytest.approx({"roc_auc": math.nan, "average_precision": 1.0}[name], nan_ok=True)
    everything = prepare(np.ones(3, dtype=bool), scores).value(np.ones((1, 3)))[0]
    assert everything == pytest.approx({"roc_auc": math.nan, "average_precision": 1.0}[name], nan_ok=True)


@st.composite
def classes(draw: st.DrawFn) -> Sample:
    """Rows of three classes, each of which occurs."""
    n_rows = draw(st.integers(3, 30))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    labels = rng.integers(0, 3, size=n_rows).astype(np.int32)
    labels[:3] = 0, 1, 2
    return Sample(
        n_rows=n_rows,
        labels=labels,
        classes=("a", "b", "c"),
        scores=rng.dirichlet(np.ones(3), size=n_rows),
        weights=draw(st.sampled_from([None, rng.random(n_rows) + 0.1])),
    )


@given(classes())
@settings(max_examples=60)
def test_one_against_the_rest_equals_scikit_learns(sample: Sample) -> None:
    expected = roc_auc_score(sample.labels, sample.scores, multi_class="ovr", sample_weight=sample.weights)
    assert compute_value(KERNELS["roc_auc_ovr"](METRICS["roc_auc_ovr"]), sample) == pytest.approx(expected, **CLOSE)


@given(classes())
@settings(max_examples=20)
def test_influence_of_one_against_the_rest_is_the_derivative(sample: Sample) -> None:
    assert sample.labels is not None
    assert sample.scores is not None
    weights = np.ones(sample.n_rows) if sample.weights is None else sample.weights
    ranked = prepare_roc_auc_ovr(sample.labels, sample.scores)
    moves = np.eye(weights.size) * 1e-5
    slopes = (ranked.value(weights + moves) - ranked.value(weights - moves)) / 2e-5
    assert ranked.influence(weights) == pytest.approx(slopes * weights.sum(), rel=1e-5, abs=1e-6)


def test_a_class_without_rows_is_not_averaged() -> None:
    kernel = KERNELS["roc_auc_ovr"](METRICS["roc_auc_ovr"])
    scores = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.5, 0.4, 0.1]])
    sample = Sample(n_rows=3, labels=np.array([0, 1, 1], dtype=np.int32), classes=("a", "b", "c"), scores=scores)
    of_classes = roc_auc_score([1, 0, 0], scores[:, 0]), roc_auc_score([0, 1, 1], scores[:, 1])
    assert compute_value(kernel, sample) == pytest.approx(np.mean(of_classes))
    one_class = sample.take(np.array([1, 2]))
    assert math.isnan(compute_value(kernel, one_class))
    weights = np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    assert sample.labels is not None
    found = prepare_roc_auc_ovr(sample.labels, scores).value(weights)
    assert np.isnan(found).tolist() == [False, True]
    with pytest.raises(UndefinedMetricError, match="one score and not one of every class"):
        compute_value(kernel, dataclasses.replace(sample, scores=scores[:, 0]))
    with pytest.raises(UndefinedMetricError, match="no rows"):
        compute_value(kernel, sample.take(np.array([], dtype=np.intp)))


def test_values_of_a_sample() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, size=40).astype(np.int32)
    sample = Sample(
        n_rows=40, labels=labels, classes=("no", "yes"), positive=0, scores=rng.random(40), weights=rng.random(40)
    )
    for name, (_, oracle) in BINARY.items():
        expected = oracle(labels == 0, sample.scores, sample_weight=sample.weights)
        assert compute_value(KERNELS[name](METRICS[name]), sample) == pytest.approx(expected, **CLOSE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one = dataclasses.replace(sample, labels=np.ones(40, dtype=np.int32))
        assert math.isnan(compute_value(KERNELS["average_precision"](METRICS["average_precision"]), one))
