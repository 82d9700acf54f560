"""Intervals of shares against statsmodels, scipy and the published examples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from mlgate.metrics.proportions import clopper_pearson, effective_share, newcombe, ratio_interval, wilson

ALPHAS = st.sampled_from([0.05, 0.025, 0.001])


@st.composite
def counts(draw: st.DrawFn, *, least: int = 0, failures: int = 0) -> tuple[int, int]:
    trials = draw(st.integers(max(1, least + failures), 400))
    return draw(st.integers(least, trials - failures)), trials


@given(counts(), ALPHAS)
def test_wilson_equals_statsmodels(count: tuple[int, int], alpha: float) -> None:
    expected = proportion_confint(*count, alpha=2 * alpha, method="wilson")
    assert [float(x) for x in wilson(*count, alpha=alpha)] == pytest.approx(expected, abs=1e-12)


@given(counts(), ALPHAS)
@settings(max_examples=50)
def test_clopper_pearson_equals_statsmodels(count: tuple[int, int], alpha: float) -> None:
    expected = proportion_confint(*count, alpha=2 * alpha, method="beta")
    assert clopper_pearson(*count, alpha=alpha) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(("trials", "most"), [(100, 0.030), (300, 0.010), (500, 0.006), (1000, 0.003)])
def test_no_failure_among_few_proves_little(trials: int, most: float) -> None:
    assert round(clopper_pearson(0, trials, alpha=0.05)[1], 3) == most


@given(counts(), counts(), ALPHAS)
def test_newcombe_equals_statsmodels(first: tuple[int, int], second: tuple[int, int], alpha: float) -> None:
    expected = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff", alpha=2 * alpha)
    assert [float(x) for x in newcombe(*first, *second, alpha=alpha)] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((0, 10), (0, 20), -0.1611, 0.2775),
    ],
)
def test_newcombe_gives_the_published_intervals(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = newcombe(*first, *second, alpha=0.025)
    assert [round(float(x), 4) for x in found] == [low, high]


@given(counts(least=1, failures=1), counts(least=1, failures=1), ALPHAS)  # theirs divides by zero at the ends
@settings(max_examples=50)
def test_ratio_solves_the_score_equation(first: tuple[int, int], second: tuple[int, int], alpha: float) -> None:
    """Both ends are where statsmodels' score test of the ratio has a two-sided p-value of 2 alpha."""
    from statsmodels.stats.proportion import test_proportions_2indep as score_test

    low, high = (float(x) for x in ratio_interval(*first, *second, alpha=alpha))
    for end in (low, high):
        if 1e-6 < end < 1e6:
            tested = score_test(
                *first, *second, value=end, compare="ratio", method="score", correction=False, alternative="two-sided"
            )
            assert tested.pvalue == pytest.approx(2 * alpha, rel=1e-5)


def test_ratio_equals_statsmodels() -> None:
    expected = confint_proportions_2indep(
        30, 100, 50, 120, method="score", compare="ratio", correction=False, alpha=0.1
    )
    assert [float(x) for x in ratio_interval(30, 100, 50, 120, alpha=0.05)] == pytest.approx(expected, rel=1e-6)


def test_ratio_without_successes_says_what_it_cannot_know() -> None:
    nothing, none_below, none_above = (
        [float(x) for x in ratio_interval(*counts, alpha=0.05)]
        for counts in ((0, 50, 0, 50), (20, 50, 0, 50), (0, 50, 20, 50))
    )
    assert nothing == [0.0, math.inf]
    assert none_below[1] == math.inf
    assert none_below[0] > 1
    assert none_above[0] == 0.0
    assert none_above[1] < 1


@given(counts(least=1), counts(least=1))
def test_ratio_turns_with_its_sides_and_holds_the_estimate(first: tuple[int, int], second: tuple[int, int]) -> None:
    low, high = (float(x) for x in ratio_interval(*first, *second, alpha=0.05))
    back_low, back_high = (float(x) for x in ratio_interval(*second, *first, alpha=0.05))
    assert low <= (first[0] / first[1]) / (second[0] / second[1]) * (1 + 1e-9)
    assert high >= (first[0] / first[1]) / (second[0] / second[1]) * (1 - 1e-9)
    assert (back_low, back_high) == pytest.approx((1 / high, 1 / low), rel=1e-6)


def test_functions_take_arrays() -> None:
    low, high = newcombe(np.array([3, 30]), np.array([50, 50]), 10, 60, alpha=0.05)
    assert low.shape == high.shape == (2,)
    one = newcombe(30, 50, 10, 60, alpha=0.05)
    assert (float(low[1]), float(high[1])) == (float(one[0]), float(one[1]))
    low, high = ratio_interval(np.array([[3], [30]]), 50, np.array([10, 20, 30]), 60, alpha=0.05)
    assert low.shape == (2, 3)
    assert (low < high).all()


@pytest.mark.parametrize("count", [(1, 0), (3, 2), (-1, 5), (math.nan, 5), (1, math.nan), (1, math.inf)])
def test_what_is_no_share_is_refused(count: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="share"):
        wilson(*count, alpha=0.05)
    with pytest.raises(ValueError, match="share"):
        newcombe(1, 2, *count, alpha=0.05)


@pytest.mark.parametrize("alpha", [0.0, 0.5, math.nan])
def test_alpha_is_one_sided(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        wilson(1, 2, alpha=alpha)


def test_independent_rows_count_as_they_are() -> None:
    flags = np.array([True, True, False, True])
    share = effective_share(flags)
    assert (share.successes, share.trials, share.n_rows, share.value) == (3.0, 4.0, 4, 0.75)
    same = effective_share(flags, weights=np.full(4, 7.0))
    assert same.value == 0.75
    assert same.trials <= 4 + 1e-9


def test_copies_of_a_row_are_one_row() -> None:
    flags = np.arange(60) % 3 == 0
    copies = np.repeat(flags, 5)
    share = effective_share(copies, units=np.repeat(np.arange(60, dtype=np.int32), 5))
    assert share.value == pytest.approx(1 / 3)
    assert 55 <= share.trials <= 60
    assert share.n_rows == 300


def test_weights_count_for_their_effective_number() -> None:
    flags = np.arange(200) % 2 == 0
    weights = np.where(np.arange(200) % 10 < 2, 10.0, 1.0)
    share = effective_share(flags, weights=weights)
    kish = weights.sum() ** 2 / (weights**2).sum()
    assert share.value == pytest.approx(0.5)
    assert share.trials <= kish + 1e-9


@pytest.mark.parametrize("flag", [True, False])
def test_rows_that_are_all_alike_count_as_their_units(flag: bool) -> None:
    flags = np.full(100, flag)
    assert effective_share(flags, units=np.repeat(np.arange(5, dtype=np.int32), 20)).trials == 5
    assert effective_share(flags, weights=np.ones(100)).trials == 100


def test_rows_without_weight_are_no_share() -> None:
    share = effective_share(np.array([True, False]), weights=np.zeros(2))
    assert share.trials == 0
    assert math.isnan(share.value)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 10), st.integers(0, 4)), min_size=1, max_size=40))
def test_an_effective_share_is_a_share(rows: list[tuple[bool, float, int]]) -> None:
    flags = np.array([flag for flag, _, _ in rows])
    weights = np.array([weight for _, weight, _ in rows])
    units = np.array([unit for _, _, unit in rows], dtype=np.int32)
    share = effective_share(flags, weights=weights, units=units)
    assert 0 <= share.successes <= share.trials <= len(rows) * (1 + 1e-9)


def test_grouped_rows_are_covered() -> None:
    """100 groups of 10 rows, intra-class correlation 0.3: the difference of two such samples, 90 % intervals."""
    rng = np.random.default_rng(4)
    units = np.repeat(np.arange(100, dtype=np.int32), 10)
    covered = naive = 0
    n_draws = 400
    for _ in range(n_draws):
        shares, plain = [], []
        for _ in range(2):
            flags = rng.random(1000) < np.repeat(rng.beta(0.7 * 7 / 3, 0.3 * 7 / 3, 100), 10)
            shares.append(effective_share(flags, units=units))
            plain.append(int(flags.sum()))
        low, high = newcombe(shares[0].successes, shares[0].trials, shares[1].successes, shares[1].trials, alpha=0.05)
        covered += bool(low <= 0 <= high)
        low, high = newcombe(plain[0], 1000, plain[1], 1000, alpha=0.05)
        naive += bool(low <= 0 <= high)
    assert abs(covered / n_draws - 0.9) <= 0.01 + 3 * math.sqrt(0.09 / n_draws)
    assert naive / n_draws < 0.75
