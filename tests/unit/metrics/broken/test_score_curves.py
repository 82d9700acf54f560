"""ROC curves against scikit-learn's, and what is never kept."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import auc, roc_auc_score
from sklearn.metrics import roc_curve as their_curve

from mlgate.metrics.broken.score_curves import BINS, FEWEST, MOST_POINTS, roc_curve, score_curves
from tests.unit.metrics.broken.samples import class_pair

ROWS = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=2, max_size=60).filter(
    lambda rows: {flag for _, flag in rows} == {True, False}
)


@given(ROWS)
def test_equals_scikit_learn(rows: list[tuple[int, bool]]) -> None:
    scores, happened = np.array([score / 12 for score, _ in rows]), np.array([flag for _, flag in rows])
    ours = roc_curve(scores, happened)
    false, found, _ = their_curve(happened, scores, drop_intermediate=False)
    assert ours["false_positive_fraction"] == pytest.approx(false.tolist(), abs=1e-4)
    assert ours["true_positive_fraction"] == pytest.approx(found.tolist(), abs=1e-4)


def test_a_long_curve_keeps_its_area_in_few_points() -> None:
    rng = np.random.default_rng(0)
    happened = rng.random(20_000) < 0.2
    scores = rng.normal(size=20_000) + happened
    weights = rng.random(20_000)
    kept = roc_curve(scores, happened, weights=weights)
    false, found = kept["false_positive_fraction"], kept["true_positive_fraction"]
    assert MOST_POINTS - 5 <= len(false) == len(found) <= MOST_POINTS
    assert (false[0], found[0], false[-1], found[-1]) == (0, 0, 1, 1)
    assert auc(false, found) == pytest.approx(roc_auc_score(happened, scores, sample_weight=weights), abs=5e-4)
    assert len(json.dumps(kept)) < 2_500


def test_both_sides_and_the_rows_by_score() -> None:
    labels = ["yes", "no"] * 30
    before, after = np.linspace(0, 1, 60), np.where(np.arange(60) % 2 == 0, 1.0, 0.0)
    found = score_curves(class_pair(labels, labels, labels, scores=(before, after), positive="yes"))
    assert found is not None
    assert (found["of"], found["rows"]) == ("yes", {"positive": 30, "negative": 30})
    assert found["roc"]["candidate"]["true_positive_fraction"] == [0, 1, 1]
    assert found["scores"]["candidate"] == {
        "positive": [0] * (BINS - 1) + [30],
        "negative": [30] + [0] * (BINS - 1),
    }
    assert sum(found["scores"]["baseline"]["positive"]) == 30


def test_raw_scores_have_a_curve_and_no_counts() -> None:
    labels = ["yes", "no"] * 30
    raw = np.linspace(-3, 3, 60)
    found = score_curves(class_pair(labels, labels, labels, scores=(raw, raw), positive="yes"))
    assert found is not None
    assert found["scores"] is None


@pytest.mark.parametrize("positives", [0, 1, FEWEST - 1])
def test_few_rows_of_a_class_have_none(positives: int) -> None:
    labels = ["yes"] * positives + ["no"] * 100
    scores = np.linspace(0, 1, len(labels))
    assert (
        score_curves(class_pair(labels, ["yes", *labels[1:]], labels, scores=(scores, scores), positive="yes")) is None
    )


def test_a_class_without_weight_or_scores_without_a_positive_class_have_none() -> None:
    labels = ["yes", "no"] * 30
    scores = np.linspace(0, 1, 60)
    weights = np.array([1.0, 0.0] * 30)
    assert score_curves(class_pair(labels, labels, labels)) is None
    assert score_curves(class_pair(labels, labels, labels, scores=(scores, scores))) is None
    weighted = class_pair(labels, labels, labels, scores=(scores, scores), positive="yes", weights=weights)
    assert score_curves(weighted) is None
