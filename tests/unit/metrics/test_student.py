"""Student's t on the standard library, against scipy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.metrics.student import incomplete_beta, student_cdf, student_quantile

FREEDOM = st.floats(0.5, 1e5)


@given(st.floats(-50, 50), FREEDOM)
def test_cdf_is_that_of_scipy(x: float, df: float) -> None:
    from scipy import stats

    assert student_cdf(x, df) == pytest.approx(stats.t.cdf(x, df), rel=1e-7, abs=1e-12)


@given(st.floats(1e-4, 1 - 1e-4), st.floats(1, 1e5))
def test_quantile_is_that_of_scipy(p: float, df: float) -> None:
    from scipy import stats

    assert student_quantile(p, df) == pytest.approx(stats.t.ppf(p, df), rel=1e-6, abs=1e-9)


@given(st.floats(0.5, 1e4), st.floats(0.5, 1e4), st.floats(0, 1))
def test_incomplete_beta_is_that_of_scipy(a: float, b: float, x: float) -> None:
    from scipy import special

    assert incomplete_beta(a, b, x) == pytest.approx(special.betainc(a, b, x), rel=1e-6, abs=1e-11)


def test_many_degrees_of_freedom_are_normal() -> None:
    assert student_quantile(0.95, math.inf) == pytest.approx(1.6448536269514722)
    assert student_cdf(-math.inf, 5) == 0
    assert student_cdf(math.inf, 5) == 1


@pytest.mark.parametrize(("p", "df"), [(0.0, 3), (1.0, 3), (math.nan, 3)])
def test_no_quantile_outside_of_the_open_interval(p: float, df: float) -> None:
    with pytest.raises(ValueError, match="probability"):
        student_quantile(p, df)


@pytest.mark.parametrize("df", [0.0, -1.0, math.nan])
def test_degrees_of_freedom_are_positive(df: float) -> None:
    with pytest.raises(ValueError, match="degrees of freedom"):
        student_cdf(0.0, df)
