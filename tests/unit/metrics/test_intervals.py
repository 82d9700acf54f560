"""The change without variance, and what normal changes refuse."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mlgate.metrics.intervals import ConstantChange, NormalChange
from mlgate.metrics.tango import PairedCounts

CONSTANT = st.builds(
    ConstantChange,
    delta=st.sampled_from([-1.0, -0.5, -0.01, 0.0, 0.25, 1.0]),
    n_rows=st.just(1000),
    n_units=st.integers(1, 500),
    discordant=st.just(0),
)


def test_without_difference_it_is_tangos_interval_of_no_discordant_pair() -> None:
    constant = ConstantChange(delta=0.0, n_rows=500, n_units=500, discordant=0)
    table = PairedCounts(gained=0, lost=0, n_rows=500, discordant=0)
    one, other = (change.interval(margin=0.002, alpha=0.05) for change in (constant, table))
    assert (one.low, one.high, one.p_value) == pytest.approx((other.low, other.high, other.p_value), abs=1e-12)


@given(CONSTANT, st.floats(0, 1.5))
def test_p_value_and_interval_say_the_same(change: ConstantChange, margin: float) -> None:
    found = change.interval(margin=margin, alpha=0.05)
    assume(abs(found.high + margin) > 1e-9)
    assert (found.p_value <= 0.05) == (found.high < -margin)
    assert -1 - 1e-12 <= found.low <= found.delta <= found.high <= 1 + 1e-12


@given(CONSTANT)
def test_swap_flips_sign_and_interval(change: ConstantChange) -> None:
    one, other = (side.interval(margin=0.0, alpha=0.05) for side in (change, change.swapped()))
    assert (other.delta, other.low, other.high) == pytest.approx((-one.delta, -one.high, -one.low), abs=1e-12)


def test_constant_change_shows_no_variance() -> None:
    change = ConstantChange(delta=0.0, n_rows=1000, n_units=100, discordant=3)
    assert change.variance_per_row == 0.0
    assert change.units_fraction == 0.1


@pytest.mark.parametrize("se", [0.0, -1.0, math.nan])
def test_normal_change_needs_a_standard_error(se: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        NormalChange(delta=0.0, se=se, n_rows=10, n_units=5, discordant=0)
