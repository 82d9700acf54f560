"""Intervals and p-values from replicates: consistent with each other, widened where they must be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mlgate.metrics.replicates import ReplicateChange


def normal_change(
    *, n_units: int = 5000, discordant: int = 500, sd: float = 1.0, shift: float = 0.0
) -> ReplicateChange:
    draws = np.random.default_rng(0).normal(size=20_000) * sd + shift
    return ReplicateChange(
        delta=shift,
        replicates=np.sort(draws),
        n_rows=n_units,
        n_units=n_units,
        discordant=discordant,
        method="bootstrap",
    )


def test_many_units_give_percentiles() -> None:
    change = normal_change()
    found = change.interval(margin=0.0, alpha=0.05)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(change.replicates, (0.05, 0.95))), abs=0.02)
    assert found.p_value == pytest.approx(0.5, abs=0.02)
    assert found.se == pytest.approx(1.0, abs=0.03)


def test_few_units_are_widened_as_student_would() -> None:
    found = normal_change(n_units=10).interval(margin=0.0, alpha=0.05)
    assert found.high == pytest.approx(1.8331 * np.sqrt(10 / 9), abs=0.06)


def test_few_rows_that_differ_widen_the_interval() -> None:
    many = normal_change(discordant=10).interval(margin=0.0, alpha=0.05)
    few = normal_change(discordant=2).interval(margin=0.0, alpha=0.05)
    assert (few.high - few.low) / (many.high - many.low) == pytest.approx(np.sqrt((2 + 2.7055) / 2), abs=0.05)


@pytest.mark.parametrize("z", [2.5, 3.5, 5.0])
def test_the_tail_goes_on_beyond_the_draws(z: float) -> None:
    """A large family needs p-values that 2,000 draws alone could never show."""
    from scipy import stats

    found = normal_change(shift=-z).interval(margin=0.0, alpha=0.05)
    assert found.p_value == pytest.approx(stats.norm.cdf(-z), rel=0.35)
    assert 0 < found.p_value < 1


@given(
    st.lists(st.integers(-8, 8), min_size=200, max_size=400),
    st.floats(0, 8),
    st.floats(0.001, 0.3),
    st.integers(2, 400),
    st.integers(1, 60),
)
def test_the_p_value_is_the_level_at_which_the_interval_ends_at_the_margin(
    draws: list[int], margin: float, alpha: float, n_units: int, discordant: int
) -> None:
    replicates = np.sort(np.array(draws, dtype=np.float64))
    assume(replicates[0] < replicates[-1])
    change = ReplicateChange(
        delta=float(replicates.mean()),
        replicates=replicates,
        n_rows=500,
        n_units=n_units,
        discordant=discordant,
        method="bootstrap",
    )
    found = change.interval(margin=margin, alpha=alpha)
    assert found.low <= found.high
    assert 0 <= found.p_value <= 1
    if found.high < -margin - 1e-9:
        assert found.p_value <= alpha * (1 + 1e-6) + 1e-12
    if discordant >= 10 and found.p_value < alpha * (1 - 1e-6):
        assert found.high <= -margin + 1e-9
    mirrored = change.swapped().interval(margin=margin, alpha=alpha)
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low), abs=1e-9)


def test_replicates_without_spread_are_refused() -> None:
    with pytest.raises(ValueError, match="some spread"):
        ReplicateChange(delta=0.0, replicates=np.zeros(200), n_rows=10, n_units=10, discordant=1, method="bootstrap")
