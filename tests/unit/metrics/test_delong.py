"""AUC and its paired change: against pairs counted one by one, scikit-learn, and properties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from mlgate.metrics.delong import compute_placements, compute_roc_auc, compute_roc_auc_change
from mlgate.metrics.intervals import ConstantChange, NormalChange


def sides(n_rows: int, *, seed: int, levels: int | None = None) -> tuple[Any, Any, Any]:
    """Labels and two correlated scores; few levels make ties."""
    rng = np.random.default_rng(seed)
    positive = rng.random(n_rows) < 0.4
    baseline = positive + rng.normal(size=n_rows)
    candidate = baseline + 0.5 * rng.normal(size=n_rows)
    if levels is not None:
        baseline, candidate = np.round(baseline * levels), np.round(candidate * levels)
    return positive, baseline, candidate


def delong_by_pairs(positive: Any, baseline: Any, candidate: Any) -> tuple[float, float]:
    """Delta and standard error by the definition: every pair of a positive and a negative, O(m n)."""

    def kernel(scores: Any) -> Any:
        above, below = scores[positive][:, None], scores[~positive][None, :]
        return (above > below) + 0.5 * (above == below)

    old, new = kernel(baseline), kernel(candidate)
    of_positives = np.cov(np.stack([old.mean(axis=1), new.mean(axis=1)]))
    of_negatives = np.cov(np.stack([old.mean(axis=0), new.mean(axis=0)]))
    covariance = of_positives / old.shape[0] + of_negatives / old.shape[1]
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    return float(new.mean() - old.mean()), float(np.sqrt(variance))


@pytest.mark.parametrize("levels", [None, 1, 3])
@pytest.mark.parametrize("seed", range(4))
def test_change_equals_the_definition(seed: int, levels: int | None) -> None:
    data = sides(150, seed=seed, levels=levels)
    change = compute_roc_auc_change(*data)
    assert isinstance(change, NormalChange)
    assert (change.delta, change.se) == pytest.approx(delong_by_pairs(*data), rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("levels", [None, 1])
def test_placements_equal_the_midrank_form(levels: int | None) -> None:
    positive, scores, _ = sides(200, seed=5, levels=levels)
    ranks = rankdata(scores)
    found = compute_placements(positive, scores)
    expected = (ranks[positive] - rankdata(scores[positive])) / (~positive).sum()
    assert found[positive] == pytest.approx(expected, abs=1e-14)
    expected = 1 - (ranks[~positive] - rankdata(scores[~positive])) / positive.sum()
    assert found[~positive] == pytest.approx(expected, abs=1e-14)


SCORES = hnp.arrays(np.float64, 12, elements=st.sampled_from([-2.0, -0.5, 0.0, 1e-300, 0.5, 7.0]))
LABELS = hnp.arrays(np.bool_, 12).filter(lambda labels: 2 <= labels.sum() <= 10)


@given(LABELS, SCORES)
def test_auc_equals_scikit_learns(positive: Any, scores: Any) -> None:
    assert compute_roc_auc(positive, scores) == pytest.approx(roc_auc_score(positive, scores), abs=1e-14)


@given(LABELS, SCORES, SCORES)
def test_swap_flips_sign_and_interval(positive: Any, baseline: Any, candidate: Any) -> None:
    one = compute_roc_auc_change(positive, baseline, candidate).interval(margin=0.02, alpha=0.05)
    other = compute_roc_auc_change(positive, candidate, baseline).interval(margin=0.02, alpha=0.05)
    assert other.delta == -one.delta
    assert (other.low, other.high, other.se) == pytest.approx((-one.high, -one.low, one.se), abs=1e-12)
    swapped = compute_roc_auc_change(positive, baseline, candidate).swapped().interval(margin=0.02, alpha=0.05)
    assert (swapped.delta, swapped.low) == pytest.approx((other.delta, other.low), abs=1e-12)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_order_of_the_rows_changes_no_bit(seed: int) -> None:
    positive, baseline, candidate = sides(120, seed=3, levels=4)
    order = np.random.default_rng(seed).permutation(120)
    shuffled = compute_roc_auc_change(positive[order], baseline[order], candidate[order])
    assert shuffled == compute_roc_auc_change(positive, baseline, candidate)


@given(LABELS, SCORES, SCORES)
def test_change_is_always_finite_and_the_interval_holds_it(positive: Any, baseline: Any, candidate: Any) -> None:
    found = compute_roc_auc_change(positive, baseline, candidate).interval(margin=0.01, alpha=0.05)
    assert -1 <= found.low <= found.delta <= found.high <= 1
    assert found.low < found.high
    assert 0 <= found.p_value <= 1
    assert found.se > 0


def test_p_value_and_interval_are_the_normal_ones() -> None:
    change = NormalChange(delta=-0.05, se=0.02, n_rows=1000, n_units=100, discordant=900)
    found = change.interval(margin=0.01, alpha=0.05)
    assert (found.low, found.high) == pytest.approx((-0.05 - 1.6448536 * 0.02, -0.05 + 1.6448536 * 0.02))
    assert found.p_value == pytest.approx(0.02275013)  # two standard errors below the margin
    assert found.discordant == 900
    assert change.units_fraction == 0.1
    assert change.variance_per_row == pytest.approx(0.4)


def test_identical_ranking_is_no_proof_of_equality() -> None:
    positive, scores, _ = sides(100, seed=1)
    change = compute_roc_auc_change(positive, scores, np.exp(scores))
    n_units = int(min(positive.sum(), (~positive).sum()))
    assert change == ConstantChange(delta=0.0, n_rows=100, n_units=n_units, discordant=100)
    found = change.interval(margin=0.0, alpha=0.05)
    assert found.low == -found.high < 0
    assert found.p_value == 0.5


def test_perfect_scores_that_become_constant_are_seen() -> None:
    positive = np.arange(200) < 100
    perfect, constant = positive * 1.0 + np.linspace(0, 0.5, 200), np.zeros(200)
    lost = compute_roc_auc_change(positive, perfect, constant)
    assert isinstance(lost, ConstantChange)
    assert lost.delta == -0.5
    assert lost.interval(margin=0.01, alpha=0.05).p_value < 1e-6
    won = compute_roc_auc_change(positive, constant, perfect)
    assert won.interval(margin=0.01, alpha=0.05).low > 0


@pytest.mark.parametrize(("n_positive", "function"), [(0, compute_roc_auc), (4, compute_roc_auc)])
def test_auc_needs_both_classes(n_positive: int, function: Any) -> None:
    with pytest.raises(ValueError, match="rows of both classes"):
        function(np.arange(4) < n_positive, np.arange(4.0))


def test_change_needs_two_rows_of_either_class() -> None:
    with pytest.raises(ValueError, match="two rows of either class, got 1 positive"):
        compute_roc_auc_change(np.arange(4) < 1, np.arange(4.0), np.arange(4.0))


def test_a_hundred_thousand_rows_need_no_table_of_pairs() -> None:
    """Pair by pair this would take a table of billions of entries."""
    data = sides(100_000, seed=0)
    positive, baseline, candidate = data
    change = compute_roc_auc_change(*data)
    expected = roc_auc_score(positive, candidate) - roc_auc_score(positive, baseline)
    assert change.delta == pytest.approx(expected, abs=1e-12)
