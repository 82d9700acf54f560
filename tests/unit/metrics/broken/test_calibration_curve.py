"""The calibration curve against scikit-learn's, and its edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve as their_curve

from mlgate.metrics.broken.calibration_curve import calibration_curve, calibration_curves
from mlgate.metrics.sample import Sample
from tests.unit.metrics.broken.samples import class_pair, pair


@given(st.lists(st.tuples(st.floats(0, 1).map(lambda x: round(x, 3) + 1e-4), st.booleans()), min_size=1, max_size=80))
def test_equals_scikit_learn(rows: list[tuple[float, bool]]) -> None:
    """Between the ends of the bins, which fall into the other bin there."""
    scores = np.minimum(np.array([score for score, _ in rows]), 1.0)
    happened = np.array([flag for _, flag in rows])
    ours = [point for point in calibration_curve(scores, happened) if point["n"]]
    if happened.all() or not happened.any():
        return  # theirs refuses one class
    frequency, score = their_curve(happened, scores, n_bins=10)
    assert [point["frequency"] for point in ours] == pytest.approx(frequency.tolist(), abs=1e-12)
    assert [point["score"] for point in ours] == pytest.approx(score.tolist(), abs=1e-12)


def test_a_bin_holds_its_lower_end_and_the_last_one_also_one() -> None:
    found = calibration_curve(np.array([0.0, 0.1, 0.999, 1.0]), np.array([False, True, True, True]))
    assert [point["n"] for point in found] == [1, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert found[2] == {"low": 0.2, "high": 0.3, "n": 0, "score": None, "frequency": None}


def test_weights_count_and_a_bin_without_weight_has_no_frequency() -> None:
    scores, happened = np.array([0.15, 0.15, 0.95]), np.array([True, False, True])
    found = calibration_curve(scores, happened, weights=np.array([3.0, 1.0, 0.0]))
    assert found[1]["frequency"] == 0.75
    assert (found[9]["n"], found[9]["frequency"]) == (1, None)


def test_binary_and_several_classes() -> None:
    scores = (np.array([0.9, 0.2]), np.array([0.7, 0.4]))
    curves = calibration_curves(class_pair(["yes", "no"], ["yes", "no"], ["yes", "no"], scores=scores, positive="yes"))
    assert curves is not None
    assert curves["of"] == "yes"
    assert curves["candidate"][7]["frequency"] == 1.0
    assert curves["candidate"][4]["frequency"] == 0.0
    several = (np.array([[0.6, 0.3, 0.1]]), np.array([[0.1, 0.8, 0.1]]))
    curves = calibration_curves(class_pair(["a"], ["b"], ["c"], scores=several))
    assert curves is not None
    assert curves["of"] == "largest score"
    assert curves["baseline"][6]["frequency"] == 1.0
    assert curves["candidate"][8]["frequency"] == 0.0


def test_what_is_no_probability_has_no_curve() -> None:
    labels = np.array([0, 1], dtype=np.int32)
    good = Sample(n_rows=2, labels=labels, classes=("n", "y"), positive=1, scores=np.array([0.1, 0.9]))
    margins = Sample(n_rows=2, labels=labels, classes=("n", "y"), positive=1, scores=np.array([-3.0, 0.9]))
    unnamed = Sample(n_rows=2, labels=labels, classes=("n", "y"), scores=np.array([0.1, 0.9]))
    without = Sample(n_rows=2, labels=labels, classes=("n", "y"), positive=1)
    assert calibration_curves(pair(good, good)) is not None
    for other in (margins, unnamed, without):
        assert calibration_curves(pair(good, other)) is None
