"""How many units carry a change, and what a spread that few of them show is worth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.metrics.delong import compute_roc_auc_change
from mlgate.metrics.intervals import NormalChange, widening
from mlgate.metrics.moving import combined, moving_units


@given(st.integers(1, 40), st.integers(100, 400), st.floats(-5, 5), st.floats(0.01, 100))
def test_units_that_moved_alike_are_counted_whatever_all_have_in_common(
    moved: int, others: int, offset: float, size: float
) -> None:
    contributions = np.concatenate([np.full(moved, size), np.zeros(others)]) + offset
    assert moving_units(contributions) == pytest.approx(moved, rel=1e-6)
    counts = moving_units(np.array([size + offset, offset]), np.array([float(moved), float(others)]))
    assert counts == pytest.approx(moved, rel=1e-6)


def test_one_heavy_unit_counts_for_one() -> None:
    assert moving_units(np.array([100.0] + [1.0] * 5 + [0.0] * 50)) == pytest.approx(1.0)
    assert moving_units(np.zeros(9)) == 0
    assert moving_units(np.empty(0)) == 0


def test_of_strata_the_one_that_spreads_counts() -> None:
    few = np.array([-1.0, -1.0, -1.0] + [0.0] * 97)
    many = np.random.default_rng(0).normal(size=500) * 1e-3
    assert combined((few, many)) == pytest.approx(3.0, rel=0.01)
    assert combined((np.zeros(5), np.zeros(4))) == 0


@pytest.mark.parametrize(("moving", "wide"), [(0.0, False), (1.0, True), (9.9, True), (10.0, False), (math.inf, False)])
def test_only_few_units_widen(moving: float, wide: bool) -> None:
    assert (widening(moving, 1.645) > 1) is wide


def test_an_area_that_few_positives_move_is_widened() -> None:
    """Three of 40 positives fall to the bottom: a plain DeLong interval would be sure of it."""
    rng = np.random.default_rng(1)
    positive = np.arange(400) < 40
    before = positive * 2.0 + rng.normal(size=400)
    after = before.copy()
    after[:3] = -9.0
    change = compute_roc_auc_change(positive, before, after)
    assert isinstance(change, NormalChange)
    assert change.moving == pytest.approx(3.0, rel=0.2)
    plain = NormalChange(delta=change.delta, se=change.se, n_rows=400, n_units=40, discordant=3)
    wide, narrow = (one.interval(margin=0.0, alpha=0.05) for one in (change, plain))
    assert wide.high - wide.low > 1.2 * (narrow.high - narrow.low)
    assert wide.p_value > narrow.p_value
