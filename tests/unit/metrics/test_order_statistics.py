"""Quantiles by order statistics: published ranks, honest ends, coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.metrics.order_statistics import QuantileChange, order_statistic_ranks, quantile_bounds, rows_needed


def change(before: np.ndarray, after: np.ndarray, share: float = 0.95, correlation: float = 0.0) -> QuantileChange:
    return QuantileChange(
        share=share,
        baseline=np.sort(before),
        candidate=np.sort(after),
        correlation=correlation,
        effective=float(before.size),
        discordant=before.size,
    )


def test_published_ranks() -> None:
    assert order_statistic_ranks(1000, 0.99, 0.025) == (983, 997)
    assert order_statistic_ranks(10_000, 0.99, 0.025) == (9880, 9920)


def test_rows_at_which_an_upper_bound_exists() -> None:
    assert [rows_needed(share, 0.05) for share in (0.95, 0.99, 0.999)] == [59, 299, 2995]


@given(st.integers(5, 3000), st.floats(0.05, 0.95), st.floats(0.005, 0.2))
def test_ranks_hold_their_confidence(n_rows: int, share: float, alpha: float) -> None:
    """Exactly: the binomial number of rows below the quantile lies between the ranks often enough."""
    from scipy import stats

    low, high = order_statistic_ranks(n_rows, share, alpha)
    assert low <= high
    if low > 1:
        assert stats.binom.cdf(low - 1, n_rows, share) <= alpha + 1e-6
    if high < n_rows:
        assert stats.binom.sf(high - 1, n_rows, share) <= alpha + 1e-6


def test_interval_of_a_change_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    covered = 0
    runs = 300
    for _ in range(runs):
        shared = rng.normal(size=300)
        before, after = (np.exp(0.6 * shared + 0.8 * rng.normal(size=300)) for _ in range(2))
        below = [values <= np.quantile(values, 0.9) for values in (before, after)]
        correlation = float(np.corrcoef(below[0], below[1])[0, 1])
        found = change(before, after, 0.9, correlation).interval(margin=0.0, alpha=0.05)
        covered += found.low <= 0 <= found.high
    assert 0.85 <= covered / runs <= 0.95


def test_too_few_rows_are_refused() -> None:
    values = np.arange(58, dtype=np.float64)
    with pytest.raises(ValueError, match="58 rows, 59 needed"):
        change(values, values + 1).interval(margin=0.0, alpha=0.05)


def test_fewer_independent_rows_give_wider_bounds() -> None:
    values = np.sort(np.random.default_rng(1).exponential(size=4000))
    narrow, wide = quantile_bounds(values, 0.9, 0.05), quantile_bounds(values, 0.9, 0.05, effective=400)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
    ratio = (wide[1] - wide[0]) / (narrow[1] - narrow[0])
    assert ratio == pytest.approx(np.sqrt(10), rel=0.35)


def test_swapping_the_sides_mirrors_everything() -> None:
    rng = np.random.default_rng(2)
    one = change(rng.exponential(size=500), 1.2 * rng.exponential(size=500))
    there, back = one.interval(margin=0.1, alpha=0.05), one.swapped().interval(margin=0.1, alpha=0.05)
    assert (back.delta, back.low, back.high) == pytest.approx((-there.delta, -there.high, -there.low))
    assert one.swapped().swapped() is not one
    assert one.variance_per_row > 0


def test_p_value_goes_with_the_interval() -> None:
    rng = np.random.default_rng(3)
    one = change(rng.exponential(size=800), 0.7 * rng.exponential(size=800))
    found = one.interval(margin=0.0, alpha=0.05)
    at_end = one.interval(margin=-found.high, alpha=0.05) if found.high < 0 else None
    assert found.delta < 0
    assert found.p_value < 0.05
    assert at_end is not None
    assert at_end.p_value == pytest.approx(0.05, abs=1e-3)
