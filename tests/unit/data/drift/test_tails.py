"""Tail probabilities against scipy."""

from __future__ import annotations

import math

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from mlgate.data.drift.tails import (
    adjust_holm,
    chi2_quantile,
    chi2_tail,
    kolmogorov_tail,
    normal_tail,
    table_p_value,
)


@pytest.mark.parametrize("df", [1, 2, 3.5, 63, 299, 5000])
@pytest.mark.parametrize("tail", [0.9, 0.5, 0.01, 1e-4, 1e-12])
def test_chi_squared(df: float, tail: float) -> None:
    value = float(scipy.stats.chi2.isf(tail, df))
    assert chi2_tail(value, df) == pytest.approx(tail, rel=1e-8)
    assert chi2_quantile(tail, df) == pytest.approx(value, rel=1e-7)


def test_chi_squared_of_nothing() -> None:
    assert chi2_tail(0.0, 3) == 1.0
    assert chi2_tail(math.nan, 3) == 1.0
    assert chi2_tail(1e5, 3) == 0.0


@pytest.mark.parametrize("t", [0.3, 0.8, 1.36, 2.5, 5.0])
def test_kolmogorov(t: float) -> None:
    assert kolmogorov_tail(t) == pytest.approx(float(scipy.stats.kstwobign.sf(t)), rel=1e-9, abs=1e-300)


def test_kolmogorov_of_little_is_one() -> None:
    assert kolmogorov_tail(0.0) == 1.0
    assert kolmogorov_tail(math.nan) != kolmogorov_tail(math.nan) or kolmogorov_tail(math.nan) in (0.0, 1.0)


@pytest.mark.parametrize("z", [-3.0, 0.0, 1.64, 8.0])
def test_normal(z: float) -> None:
    assert normal_tail(z) == pytest.approx(float(scipy.stats.norm.sf(z)), rel=1e-12)


@given(st.integers(1, 400), st.integers(1, 400), st.data())
def test_tables_are_exact(n: int, m: int, data: st.DataObject) -> None:
    x, y = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    known = scipy.stats.hypergeom(n + m, x + y, n)
    expected = min(1.0, 2 * min(float(known.cdf(x)), float(known.sf(x - 1))))
    assert table_p_value(x, y, n, m) == pytest.approx(expected, rel=1e-7, abs=1e-250)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(50, 90), st.integers(50, 90))
def test_tables_turned_round_are_the_same(x: int, y: int, n: int, m: int) -> None:
    assert table_p_value(x, y, n, m) == pytest.approx(table_p_value(y, x, m, n), rel=1e-9)
    assert table_p_value(x, y, n, m) == pytest.approx(table_p_value(n - x, m - y, n, m), rel=1e-9)


def test_large_tables() -> None:
    n = 10_000_000
    known = scipy.stats.hypergeom(2 * n, n, n)
    assert table_p_value(n // 2 - 3000, n // 2 + 3000, n, n) == pytest.approx(
        2 * float(known.cdf(n // 2 - 3000)), rel=1e-5
    )
    assert table_p_value(0, n, n, n) == 0.0


def test_nothing_to_compare_is_no_evidence() -> None:
    assert table_p_value(0, 0, 0, 10) == table_p_value(5, 5, 10, 10) == 1.0


def test_holm() -> None:
    assert adjust_holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert adjust_holm([]) == []
    assert adjust_holm([0.9, 0.8]) == [1.0, 1.0]
