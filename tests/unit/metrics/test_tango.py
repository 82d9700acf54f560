"""The score interval of a paired share: published behaviour, oracles and properties."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar

from mlgate.metrics.tango import PairedCounts, compute_accuracy_change, tango_statistic

TABLES = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 400)).map(
    lambda counts: PairedCounts(gained=counts[0], lost=counts[1], n_rows=sum(counts), discordant=counts[0] + counts[1])
)


def counts(gained: int, lost: int, n_rows: int) -> PairedCounts:
    return PairedCounts(gained=gained, lost=lost, n_rows=n_rows, discordant=gained + lost)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ((30, 30, 1000), -0.01299, 0.01299),
        ((20, 45, 1000), -0.03882, -0.01199),
        ((0, 3, 500), -0.01492, -0.00059),
        ((0, 0, 500), -0.0054, 0.0054),
    ],
)
def test_interval_of_known_tables(table: tuple[int, int, int], low: float, high: float) -> None:
    found = counts(*table).interval(margin=0.0, alpha=0.05)
    assert found.low == pytest.approx(low, abs=2e-5)
    assert found.high == pytest.approx(high, abs=2e-5)
    assert found.method == "tango-score"


def log_likelihood(table: PairedCounts, lost_share: float, delta: float) -> float:
    shares = (lost_share + delta, lost_share, 1 - 2 * lost_share - delta)
    observed = (table.gained, table.lost, table.n_rows - table.gained - table.lost)
    if any(share < 0 or (share == 0 and count) for share, count in zip(shares, observed, strict=True)):
        return -math.inf
    return sum(count * math.log(share) for share, count in zip(shares, observed, strict=True) if count)


@pytest.mark.parametrize("table", [(30, 30, 1000), (20, 45, 1000), (0, 3, 500), (7, 1, 40), (0, 0, 50)])
@pytest.mark.parametrize("delta", [-0.2, -0.013, 0.001, 0.1])
def test_closed_form_is_the_maximum_of_the_likelihood(table: tuple[int, int, int], delta: float) -> None:
    change = counts(*table)
    statistic = tango_statistic(*table, delta)
    # Undo the statistic: its variance is n (2 q + delta (1 - delta)).
    variance = ((table[0] - table[1] - table[2] * delta) / statistic) ** 2 / table[2]
    share = (variance - delta * (1 - delta)) / 2
    lowest, highest = max(0.0, -delta), (1 - delta) / 2
    assert lowest - 1e-9 <= share <= highest + 1e-9
    grid = [lowest + (highest - lowest) * step / 20_000 for step in range(20_001)]
    best = max(grid, key=lambda candidate: log_likelihood(change, candidate, delta))
    assert share == pytest.approx(best, abs=2 * (highest - lowest) / 20_000)


def test_without_margin_it_is_mcnemars_test() -> None:
    statistic = tango_statistic(86, 150, 1600, 0.0)
    published = mcnemar([[794, 86], [150, 570]], exact=False, correction=False)
    assert statistic**2 == pytest.approx(17.3559322, abs=1e-6)
    assert statistic**2 == pytest.approx(published.statistic, rel=1e-12)
    found = counts(86, 150, 1600).interval(margin=0.0, alpha=0.05)
    assert 2 * found.p_value == pytest.approx(3.099293e-05, rel=1e-6)
    assert 2 * found.p_value == pytest.approx(published.pvalue, rel=1e-9)


@given(TABLES)
def test_interval_holds_the_estimate_and_its_ends_are_the_roots(change: PairedCounts) -> None:
    found = change.interval(margin=0.0, alpha=0.05)
    assert -1 <= found.low <= found.delta <= found.high <= 1
    z = NormalDist().inv_cdf(0.95)
    for bound, target in ((found.low, z), (found.high, -z)):
        if abs(bound) < 1:
            inside = tango_statistic(change.gained, change.lost, change.n_rows, bound)
            assert inside == pytest.approx(target, abs=1e-6)


@given(TABLES, st.floats(0, 0.3))
def test_swap_flips_sign_and_interval(change: PairedCounts, margin: float) -> None:
    one, other = (side.interval(margin=margin, alpha=0.05) for side in (change, change.swapped()))
    assert other.delta == -one.delta
    assert (other.low, other.high) == pytest.approx((-one.high, -one.low), abs=1e-12)


@given(TABLES, st.floats(0, 0.5))
def test_p_value_and_interval_say_the_same(change: PairedCounts, margin: float) -> None:
    found = change.interval(margin=margin, alpha=0.05)
    assume(abs(found.high + margin) > 1e-9)
    assert (found.p_value <= 0.05) == (found.high < -margin)


@given(TABLES, st.floats(0, 0.2), st.floats(0, 0.2))
def test_larger_margin_is_harder_to_break(change: PairedCounts, one: float, other: float) -> None:
    small, large = sorted((one, other))
    strict, lenient = (change.interval(margin=margin, alpha=0.05).p_value for margin in (small, large))
    assert lenient >= strict - 1e-12


@pytest.mark.parametrize("margin", [1.0, 2.0])
def test_no_share_can_fall_by_more_than_all(margin: float) -> None:
    assert counts(0, 9, 9).interval(margin=margin, alpha=0.05).p_value == 1.0


def test_impossible_difference_is_infinitely_far() -> None:
    assert tango_statistic(0, 0, 5, 0.0) == 0.0
    assert tango_statistic(1, 0, 1, -1.0) == math.inf


@pytest.mark.parametrize("table", [(1, 1, 1), (-1, 0, 5), (0, 0, 0)])
def test_what_is_no_table_is_refused(table: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="not a paired table"):
        counts(*table)


@pytest.mark.parametrize("settings", [(math.nan, 0.05), (-0.1, 0.05), (math.inf, 0.05), (0.1, 0.5), (0.1, math.nan)])
def test_level_and_margin_are_checked(settings: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        counts(1, 2, 30).interval(margin=settings[0], alpha=settings[1])


def test_table_is_counted_from_rows() -> None:
    def flags(bits: str) -> Any:
        return np.array([bit == "1" for bit in bits])

    change = compute_accuracy_change(flags("11000"), flags("10110"), flags("01111"))
    assert change == PairedCounts(gained=2, lost=1, n_rows=5, discordant=4)
    assert change.delta == pytest.approx(0.2)
    assert change.variance_per_row == pytest.approx(0.6)
    assert change.units_fraction == 1.0
