"""Means and their standard errors against textbook formulas and statsmodels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import OLS

from mlgate.metrics.broken.means import mean_of

VALUES = st.lists(st.floats(-100, 100), min_size=2, max_size=40).map(np.array)


@given(VALUES)
def test_of_plain_rows_it_is_students_mean(values: np.ndarray) -> None:
    found = mean_of(values)
    assert found.value == pytest.approx(values.mean(), abs=1e-9)
    assert found.standard_error == pytest.approx(stats.sem(values), abs=1e-9)
    if found.standard_error > 1e-6:
        low, high = stats.t.interval(0.9, values.size - 1, loc=values.mean(), scale=stats.sem(values))
        assert found.interval(alpha=0.05) == pytest.approx((low, high), rel=1e-6, abs=1e-9)
        expected = stats.ttest_1samp(values, 0, alternative="greater").pvalue
        assert found.p_value() == pytest.approx(expected, rel=1e-5, abs=1e-12)


def test_of_groups_it_is_the_cluster_robust_error() -> None:
    rng = np.random.default_rng(3)
    groups = np.sort(rng.integers(0, 40, size=300)).astype(np.int32)
    values = rng.normal(size=40)[groups] + rng.normal(size=300)
    found = mean_of(values, units=groups)
    theirs = OLS(values, np.ones(300)).fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    n_units = int(np.unique(groups).size)
    assert found.n_units == n_units
    assert found.standard_error == pytest.approx(theirs.bse[0] * math.sqrt(n_units / (n_units - 1)), rel=1e-9)


def test_of_times_it_is_newey_and_west() -> None:
    rng = np.random.default_rng(5)
    noise = rng.normal(size=205)
    values = 0.3 + noise[5:] + 0.6 * noise[4:-1]
    found = mean_of(values, times=np.arange(200, dtype=np.int32))
    lags = math.ceil(200 ** (1 / 3))
    theirs = OLS(values, np.ones(200)).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False})
    assert found.standard_error == pytest.approx(theirs.bse[0] * math.sqrt(200 / 199), rel=1e-9)
    assert found.standard_error > 1.2 * mean_of(values).standard_error


def test_an_alternating_series_is_not_taken_for_more_certain_than_independent_points() -> None:
    values = np.tile([1.0, -1.0], 50)
    plain = mean_of(values)
    assert mean_of(values, times=np.arange(100, dtype=np.int32)).standard_error == pytest.approx(plain.standard_error)


def test_weights_of_one_change_nothing_and_zero_weights_do_not_count() -> None:
    values = np.array([1.0, 4.0, 2.0, 7.0])
    plain = mean_of(values)
    weighted = mean_of(values, weights=np.full(4, 0.5))
    assert (weighted.value, weighted.standard_error) == pytest.approx((plain.value, plain.standard_error))
    padded = mean_of(np.append(values, 99.0), weights=np.array([1.0, 1, 1, 1, 0]))
    assert padded.n_units == 4
    assert padded.standard_error == pytest.approx(plain.standard_error)


def test_strata_take_out_the_difference_between_classes() -> None:
    strata = np.repeat(np.array([0, 1], dtype=np.int32), 50)
    values = np.where(strata == 1, 10.0, 0.0) + np.tile([0.1, -0.1], 50)
    weights = np.full(100, 0.01)
    assert mean_of(values, weights=weights, strata=strata).standard_error < 0.011
    assert mean_of(values, weights=weights).standard_error > 0.4


def test_what_shows_no_spread_proves_nothing() -> None:
    alone = mean_of(np.array([5.0]))
    assert math.isinf(alone.standard_error)
    assert alone.interval(alpha=0.05) == (-math.inf, math.inf)
    assert alone.p_value() == 1.0
    assert mean_of(np.full(9, 2.0)).p_value() == 1.0
    nothing = mean_of(np.array([1.0, 2.0]), weights=np.zeros(2))
    assert math.isnan(nothing.value)
    assert nothing.interval(alpha=0.05) == (-math.inf, math.inf)
