"""Where ordered columns are cut."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.data.drift.grid import edges_for, shortest_between
from mlgate.data.drift.sketch import Ordered, ordered_of

NUMBERS = st.one_of(
    st.integers(-50, 50).map(float), st.floats(-1e6, 1e6), st.floats(allow_nan=False, allow_infinity=False)
)


def cut(values: list[float], floor: int = 5, *, single: bool = True) -> Ordered:
    counted = sorted(Counter(value + 0.0 for value in values).items())
    distinct, counts = [value for value, _ in counted], [count for _, count in counted]
    return ordered_of(distinct, counts, edges_for(distinct, counts, floor, single=single))


@given(st.lists(NUMBERS, max_size=300), st.integers(2, 20), st.booleans())
def test_every_value_lies_in_one_cell(values: list[float], floor: int, single: bool) -> None:
    cells = cut(values, floor, single=single)
    assert cells.rows == len(values)
    assert list(cells.edges) == sorted(set(cells.edges))
    assert all(map(math.isfinite, cells.edges))
    for cell, count in enumerate(cells.counts):
        low = cells.edges[cell - 1] if cell else -math.inf
        high = cells.edges[cell] if cell < len(cells.edges) else math.inf
        assert count == sum(low < value <= high for value in values)


@given(st.lists(NUMBERS, min_size=1, max_size=300))
def test_no_single_row_is_told_by_a_cell(values: list[float]) -> None:
    """A value of its own cell is shared, and the smallest and the largest value are no edges unless they are."""
    cells = cut(values, 5)
    assert all(count >= 5 for cell, count in enumerate(cells.counts) if cells.single(cell) is not None)
    counts = Counter(values)
    for end in (min(values), max(values)):
        assert end not in cells.edges or counts[end] >= 5 or end == min(values) == max(values)


def test_few_values_have_a_cell_each_and_so_has_what_is_between() -> None:
    cells = cut([0.0] * 10 + [1.0] * 5 + [3.0] * 7)
    assert [cells.single(cell) for cell in range(len(cells.counts))] == [None, 0.0, None, 1.0, None, 3.0, None]
    assert cells.counts == (0, 10, 0, 5, 0, 7, 0)


def test_rare_values_among_few_are_not_kept() -> None:
    cells = cut([0.0] * 100 + [1.0] * 80 + [77.0])
    assert 77.0 not in cells.edges
    assert cells.single(1) == 0.0


def test_many_values_are_cut_into_hundredths() -> None:
    cells = cut([place * 1.0 for place in range(10_000)])
    assert len(cells.counts) == 100
    assert set(cells.counts) == {100}
    assert cells.edges[0] == 99.0
    assert max(cells.edges) < 9_999.0


def test_a_frequent_value_has_a_cell_and_what_lies_below_it_too() -> None:
    values = [0.0] * 4000 + [place / 7 for place in range(1, 6001)]
    cells = cut(values)
    assert cells.edges[:2] == (math.nextafter(0.0, -math.inf), 0.0)
    assert cells.counts[:2] == (0, 4000)
    assert cells.single(1) == 0.0
    hidden = cut(values, single=False)
    assert all(hidden.single(cell) is None for cell in range(len(hidden.counts)))


def test_no_values_have_one_cell() -> None:
    assert cut([]).counts == (0,)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1.4849251966, 1.4851, 1.485),
        (1996.0, 2004.0, 2000.0),
        (55.7, 55.8, 55.7),
        (-7.03, -6.98, -7.0),
        (-0.001, 0.3, 0.0),
        (5e-324, 1e-323, 5e-324),
        (123456.0, 123457.0, 123456.0),
    ],
)
def test_shortest(low: float, high: float, expected: float) -> None:
    assert shortest_between(low, high) == expected
    assert math.copysign(1, shortest_between(-0.001, 0.3)) == 1


@given(NUMBERS, NUMBERS)
def test_shortest_lies_between(a: float, b: float) -> None:
    low, high = sorted((a, b))
    if low < high:
        assert low <= shortest_between(low, high) < high


def test_quantiles_lie_between_the_edges() -> None:
    cells = cut([float(place) for place in range(1001)])
    assert cells.quantile(0.5) == pytest.approx(500, abs=10)
    assert cells.quantile(0.0001) is None
    assert cut([0.0] * 30 + [1.0] * 70).quantile(0.5) == 1.0
    assert cut([0.0] * 70 + [1.0] * 30).quantile(0.5) == 0.0
