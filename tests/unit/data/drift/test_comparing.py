"""The tests of one column: they find what is planted, are silent where nothing is, and do not depend on order."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from mlgate.data.drift.comparing import compare_column
from mlgate.data.drift.grid import edges_for
from mlgate.data.drift.moves import Move, Sizes, homogeneity, merged, ordered_tests, single_tests
from mlgate.data.drift.sketch import STATES, Column, Ordered, bucket_of, ordered_of, values_of

Rng = np.random.Generator
Draw = Callable[[Rng, int], Any]
NONE = dict.fromkeys(STATES, 0)
COUNTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=30)


def ordered(values: Any, like: Ordered | None = None) -> Ordered:
    found, counts = np.unique(values, return_counts=True)
    distinct, rows = found.tolist(), counts.tolist()
    return ordered_of(distinct, rows, edges_for(distinct, rows, 5) if like is None else like.edges)


def numbers(before: Any, after: Any) -> tuple[Column, Column]:
    first = ordered(before)
    return (
        Column(name="x", kind="number", rows=len(before), states=NONE, ordered=first),
        Column(name="x", kind="number", rows=len(after), states=NONE, ordered=ordered(after, first)),
    )


def texts(before: Any, after: Any) -> tuple[Column, Column]:
    counts = [dict(zip(*np.unique(side, return_counts=True), strict=True)) for side in (before, after)]
    first, second = ({str(value): int(rows) for value, rows in side.items()} for side in counts)
    reference = values_of(first)
    hashed = [0] * len(reference.hashed)
    for value, rows in second.items():
        hashed[bucket_of(value, len(hashed))] += rows
    newer = type(reference)(second, reference.bound, tuple(hashed))
    return (
        Column(name="x", kind="string", rows=len(before), states=NONE, values=reference),
        Column(name="x", kind="string", rows=len(after), states=NONE, values=newer),
    )


NULLS: dict[str, tuple[Callable[[Any, Any], tuple[Column, Column]], Draw]] = {
    "normal": (numbers, lambda rng, n: rng.normal(size=n)),
    "whole numbers": (numbers, lambda rng, n: rng.integers(0, 40, n).astype(float)),
    "counts": (numbers, lambda rng, n: rng.poisson(3, n).astype(float)),
    "zeros and more": (numbers, lambda rng, n: np.where(rng.random(n) < 0.4, 0.0, rng.exponential(1, n).round(2))),
    "300 categories": (texts, lambda rng, n: rng.integers(0, 300, n)),
    "few frequent, many rare": (texts, lambda rng, n: rng.zipf(1.4, n)),
}


@pytest.mark.parametrize("name", NULLS)
@pytest.mark.parametrize("sizes", [(200, 200), (200, 3000), (3000, 200)])
def test_p_values_are_no_smaller_than_they_say(name: str, sizes: tuple[int, int]) -> None:
    """Of 100 unchanged columns at most so many have p < 0.05 as chance leaves once in a thousand."""
    make, draw = NULLS[name]
    rng = np.random.default_rng(7)
    found = [
        compare_column(*make(draw(rng, sizes[0]), draw(rng, sizes[1])), least_rows=50).p_value() for _ in range(100)
    ]
    assert sum(p < 0.05 for p in found) <= scipy.stats.binom.isf(0.001, 100, 0.05)
    assert min(found) > 1e-5


def test_a_shift_is_found_and_said() -> None:
    rng = np.random.default_rng(1)
    found = compare_column(*numbers(rng.normal(size=5000), rng.normal(0.2, 1, 5000)), least_rows=50)
    assert found.p_value(0.02, 0.05) < 1e-12
    assert found.moves[0].kind == "above"
    assert found.moves[0].change == pytest.approx(0.08, abs=0.02)


def test_one_outlier_is_one_row() -> None:
    rng = np.random.default_rng(2)
    before, after = rng.normal(size=2000), rng.normal(3, 1, 2000)
    plain = compare_column(*numbers(before, after), least_rows=50)
    before[0], after[0] = 1e6, 1e6
    assert compare_column(*numbers(before, after), least_rows=50).p_value(0.02, 0.05) < 1e-100
    assert plain.p_value(0.02, 0.05) < 1e-100


def test_a_small_change_is_sure_but_does_not_matter() -> None:
    x, y = (500_000, 500_000), (495_000, 505_000)
    sizes = Sizes(1_000_000, 1_000_000)
    tests = single_tests("exact", [Move("value", a, b, sizes, what="v") for a, b in zip(x, y, strict=True)])
    assert tests[0].p_value < 1e-10
    assert tests[0].share == pytest.approx(0.005)
    cells = tuple(range(2)), Ordered((0.0,), x), Ordered((0.0,), y)
    before = Column(name="x", kind="number", rows=1_000_000, states=NONE, ordered=cells[1])
    after = Column(name="x", kind="number", rows=1_000_000, states=NONE, ordered=cells[2])
    found = compare_column(before, after, least_rows=50)
    assert found.p_value() < 1e-10
    assert found.p_value(0.02, 0.05) == 1.0


def test_a_new_value_is_found_although_the_reference_does_not_name_it() -> None:
    rng = np.random.default_rng(3)
    before = rng.integers(0, 2000, 2000)
    after = rng.integers(0, 2000, 2000)
    after[:120] = 77_777
    found = compare_column(*texts(before, after), least_rows=50)
    assert found.p_value(0.02, 0.05) < 1e-6
    new = next(move for move in found.moves if move.kind == "value")
    assert (new.what, new.y) == ("77777", 120)
    assert new.x <= 4


def test_many_new_values_are_found_together() -> None:
    rng = np.random.default_rng(4)
    before, after = rng.integers(0, 5, 2000), rng.integers(0, 5, 2000)
    after[:120] = np.arange(1000, 1120)
    found = compare_column(*texts(before, after), least_rows=50)
    assert found.p_value(0.02, 0.05) < 1e-6
    assert any(move.kind == "others" and (move.x, move.y) == (0, 120) for move in found.moves)


def test_values_that_all_move_a_little_are_found() -> None:
    rng = np.random.default_rng(5)
    share = np.repeat([0.5, 1.5], 100) / 200
    before, after = rng.integers(0, 200, 20_000), rng.choice(200, 20_000, p=share)
    found = compare_column(*texts(before, after), least_rows=50)
    assert max(abs(move.change) for move in found.moves if move.kind == "value") < 0.01
    assert found.p_value(0.02, 0.05) < 1e-50


def test_states_are_equal_to_themselves() -> None:
    states = {"missing": 400, "nan": 300, "+inf": 200, "-inf": 100, "mistyped": 0}
    column = Column(name="x", kind="number", rows=1000, states=states, ordered=Ordered((), (0,)))
    found = compare_column(column, column, least_rows=50)
    assert found.p_value() == 1.0
    gone = Column(
        name="x", kind="number", rows=1000, states=states | {"nan": 0, "missing": 700}, ordered=Ordered((), (0,))
    )
    assert compare_column(column, gone, least_rows=50).p_value(0.02, 0.05) < 1e-50


def test_too_few_values() -> None:
    rng = np.random.default_rng(6)
    found = compare_column(*numbers(rng.normal(size=1000), rng.normal(9, 1, 30)), least_rows=50)
    assert found.too_few
    assert found.p_value() == 1.0


@given(COUNTS)
def test_ordered_tests_against_scipy(cells: list[tuple[int, int]]) -> None:
    x, y = [a for a, _ in cells], [b for _, b in cells]
    if not sum(x) or not sum(y):
        return
    places = np.arange(len(cells))
    before, after = np.repeat(places, x), np.repeat(places, y)
    tests = {test.name: test for test in ordered_tests(x, y)}
    assert tests["kolmogorov-smirnov"].distance == pytest.approx(
        scipy.stats.ks_2samp(before, after).statistic, abs=1e-12
    )
    assert all(0.0 <= test.p_value <= 1.0 for test in tests.values())


def test_location_alone_is_wilcoxons_test() -> None:
    """With two cells there is no spread to test: what is left is Wilcoxon's test with ties."""
    x, y = [60, 40], [45, 55]
    found = {test.name: test.p_value for test in ordered_tests(x, y)}["location and spread"]
    before, after = np.repeat([0, 1], x), np.repeat([0, 1], y)
    known = scipy.stats.mannwhitneyu(before, after, use_continuity=False, method="asymptotic").pvalue
    assert found == pytest.approx(float(known), rel=0.02)  # N - 1 in place of N


@given(COUNTS)
def test_homogeneity_against_scipy(cells: list[tuple[int, int]]) -> None:
    kept = [cell for cell in cells if any(cell)]
    x, y = [a for a, _ in kept], [b for _, b in kept]
    found = homogeneity("chi-squared", [a for a, _ in cells], [b for _, b in cells])
    if len(kept) < 2 or not sum(x) or not sum(y):
        assert found is None
        return
    assert found is not None
    statistic, _, df, _ = scipy.stats.chi2_contingency([x, y], correction=False)
    total = sum(x) + sum(y)
    assert found.p_value == pytest.approx(
        scipy.stats.chi2.sf(statistic * (total - 1) / total, df), rel=1e-6, abs=1e-280
    )
    assert 0.0 <= found.distance <= 1.0


@given(COUNTS)
def test_cells_are_put_together_without_loss(cells: list[tuple[int, int]]) -> None:
    x, y = [a for a, _ in cells], [b for _, b in cells]
    groups = merged(x, y)
    assert [place for a, b in groups for place in range(a, b)] == list(range(len(cells)))


@given(st.integers(0, 50))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, after = rng.integers(0, 12, 400), rng.integers(0, 12, 500)
    found = compare_column(*texts(before, after), least_rows=50)
    assert found == compare_column(*texts(before[rng.permutation(400)], after), least_rows=50)
    assert math.isfinite(found.p_value())


def test_a_frequent_value_does_not_pay_for_hundreds_of_rare_ones() -> None:
    sizes = Sizes(2000, 2000)
    rare = [Move("value", 6, 6, sizes, what=str(place)) for place in range(299)]
    frequent = Move("value", 106, 189, sizes, what="frequent")
    (first, *_) = single_tests("exact", [*rare, frequent])
    assert frequent.p_value < first.p_value < 30 * frequent.p_value  # 300 times with equal weights
    odd = Move("value", 0, 12, sizes, what="odd")
    (first, *_) = single_tests("exact", [*rare[1:], odd, replace(frequent, x=147, y=148)])
    assert first.p_value == pytest.approx(odd.p_value * 300, rel=0.1)  # a rare one pays hardly more


@given(rows=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=10))
def test_the_weights_of_a_family_are_one_together(rows: list[tuple[int, int]]) -> None:
    sizes = Sizes(1 + sum(x for x, _ in rows), 1 + sum(y for _, y in rows))
    moves = [Move("value", x, y, sizes, what=str(place)) for place, (x, y) in enumerate(rows)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Move, "p_value", 1e-9)  # so that none is cut off at 1
        tests = single_tests("exact", moves)
    assert len(tests) == len(moves)
    assert sum(1e-9 / test.p_value for test in tests) == pytest.approx(1.0)
