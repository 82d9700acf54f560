"""A range holds for a second sample and not for one in another unit; a null fraction is exceeded once in a thousand."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from mlgate.data.infer_columns import upper_fraction
from mlgate.data.infer_ranges import EPOCHS, date_range, epoch_bounds, epoch_unit, number_range

Draw = Callable[[random.Random], float]


def range_of(values: list[float], *, whole: bool = False) -> tuple[float, float] | None:
    return number_range(min(values), max(values), statistics.median(values), len(values), whole=whole)


@pytest.mark.parametrize(
    ("name", "draw", "most"),
    [
        ("normal", lambda r: r.gauss(0, 1), 0),
        ("uniform", lambda r: r.uniform(10, 20), 0),
        ("exponential", lambda r: r.expovariate(1), 4),
        ("lognormal", lambda r: r.lognormvariate(0, 1), 8),
        ("wide lognormal", lambda r: r.lognormvariate(0, 2), 10),
        ("pareto 2", lambda r: r.paretovariate(2), 8),
        ("pareto 1", lambda r: r.paretovariate(1), 20),
    ],
)
@pytest.mark.parametrize("rows", [50, 500])
def test_a_second_sample_stays_inside(name: str, draw: Draw, most: int, rows: int) -> None:
    """Of 200 pairs of samples so many leave the range at most: 2 % where a tail falls as a power does, 4 % by 1 / x^2."""
    source, outside = random.Random(name), 0
    for _ in range(200):
        first, second = ([draw(source) for _ in range(rows)] for _ in range(2))
        found = range_of(first)
        assert found is not None
        outside += not found[0] <= min(second) <= max(second) <= found[1]
    assert outside <= most


finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)


@given(values=st.lists(finite, min_size=1, max_size=60), unit=st.sampled_from([1000.0, -1000.0]))
def test_the_own_values_are_inside_and_those_in_another_unit_are_not(values: list[float], unit: float) -> None:
    found = range_of(values)
    if found is None:
        assert len(set(values)) == 1 or max(map(abs, values)) < 1e-290
        return
    low, high = found
    assert low <= min(values)
    assert max(values) <= high
    assert math.isfinite(low)
    assert math.isfinite(high)
    other = [value * unit for value in values]
    assert min(other) < low or high < max(other)


@given(values=st.lists(st.integers(-(2**80), 2**80), min_size=1, max_size=60))
def test_whole_numbers_get_whole_ends(values: list[int]) -> None:
    found = range_of(list(values), whole=True)
    if found is None:
        assert set(values) == {0}
        return
    assert all(isinstance(end, int) for end in found)
    assert found[0] <= min(values) <= max(values) <= found[1]


def test_what_was_never_negative_stays_so() -> None:
    assert number_range(0, 10, 5, 100, whole=True) == (0, 20)
    assert number_range(0, 10, 5, 10, whole=True) == (-10, 20)
    assert number_range(-10, 0, -5, 100, whole=True) == (-20, 0)
    assert number_range(100, 110, 105, 100, whole=True) == (90, 120)


def test_one_value() -> None:
    assert number_range(5, 5, 5, 100, whole=True) == (0, 10)
    assert number_range(0, 0, 0, 100, whole=True) is None
    assert number_range(-1e308, 1e308, 0, 100, whole=False) is None


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("2020-01-01", "2020-01-31", ("2019-01-01", "2030-12-31")),
        ("1950-06-01", "2020-01-31", ("1949-01-01", "2090-12-31")),
        ("0001-01-01", "9999-12-31", ("0001-01-01", "9999-12-31")),
        ("2020-01-01 10:00:00", "2020-01-31 11:00:00.5", ("2019-01-01", "2030-12-31")),
        ("0044-03-15 (BC)", "2020-01-01", None),
        ("infinity", "infinity", None),
    ],
)
def test_dates(low: str, high: str, expected: tuple[str, str] | None) -> None:
    assert date_range(low, high) == expected


@pytest.mark.parametrize("unit", EPOCHS)
def test_epochs(unit: str) -> None:
    low, high = epoch_bounds(unit)
    assert epoch_unit(low, high) == unit
    assert epoch_unit(low - 1, high) is None
    assert epoch_unit(low, high + 1) is None


@pytest.mark.parametrize("rows", [20, 100, 1000])
@pytest.mark.parametrize("share", [0.01, 0.05, 0.2, 0.5])
def test_a_second_sample_rarely_misses_more(rows: int, share: float) -> None:
    """The exact probability that a sample with missing values sets a bound which another sample exceeds."""
    exceeded = sum(
        binom.pmf(missing, rows, share) * binom.sf(math.floor(upper_fraction(missing, rows) * rows + 1e-9), rows, share)
        for missing in range(1, rows + 1)
    )
    assert exceeded < (0.004 if rows == 20 else 0.0025)


@given(rows=st.integers(1, 10**9), part=st.floats(0, 1))
def test_the_own_share_is_allowed(rows: int, part: float) -> None:
    missing = max(1, round(part * rows))
    upper = upper_fraction(missing, rows)
    assert missing / rows <= upper <= 1
    assert len(repr(upper).replace("e-0", "").replace("e-", "").lstrip("0.")) <= 4
