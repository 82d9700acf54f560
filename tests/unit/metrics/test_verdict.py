"""Verdicts: the first that matches, and never a pass for what is not a number."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.metrics.intervals import ConstantChange, Interval
from mlgate.metrics.tango import PairedCounts
from mlgate.metrics.verdict import Verdict, compute_detectable_effect, compute_rows_needed, decide
from mlgate.outcome import Status


def interval(low: float, high: float, **settings: Any) -> Interval:
    values = {"delta": (low + high) / 2, "se": (high - low) / 3.29, "p_value": 0.5} | settings
    return Interval(low=low, high=high, method="tango-score", discordant=7, **values)


@pytest.mark.parametrize(
    ("low", "high", "p_adjusted", "expected"),
    [
        (-0.05, -0.02, 0.01, (Verdict.REGRESSION, Status.FAIL)),
        (-0.05, -0.02, 0.05, (Verdict.REGRESSION, Status.FAIL)),
        (-0.05, -0.02, 0.06, (Verdict.INCONCLUSIVE, Status.WARN)),
        (0.001, 0.02, 1.0, (Verdict.IMPROVED, Status.PASS)),
        (0.001, 0.005, 1.0, (Verdict.IMPROVED, Status.PASS)),
        (-0.005, 0.005, 1.0, (Verdict.EQUIVALENT, Status.PASS)),
        (-0.005, 0.0, 1.0, (Verdict.EQUIVALENT, Status.PASS)),
        (-0.005, 0.01, 1.0, (Verdict.PASS, Status.PASS)),
        (-0.005, -0.001, 1.0, (Verdict.PASS, Status.WARN)),
        (0.0, 0.02, 1.0, (Verdict.PASS, Status.PASS)),
        (-0.01, 0.005, 0.5, (Verdict.INCONCLUSIVE, Status.WARN)),
        (-0.02, 0.02, 0.5, (Verdict.INCONCLUSIVE, Status.WARN)),
    ],
)
def test_first_match_wins_at_a_tolerance_of_one_point(
    low: float, high: float, p_adjusted: float, expected: tuple[Verdict, Status]
) -> None:
    assert decide(interval(low, high), tolerance=0.01, p_adjusted=p_adjusted, alpha=0.05) == expected


def test_tolerance_of_zero_asks_for_an_improvement_or_identity() -> None:
    settings: dict[str, Any] = {"tolerance": 0.0, "p_adjusted": 0.5, "alpha": 0.05}
    assert decide(interval(-0.01, 0.01), **settings)[0] is Verdict.INCONCLUSIVE
    assert decide(interval(-0.01, 0.01), **settings, identical=True) == (Verdict.EQUIVALENT, Status.PASS)
    assert decide(interval(0.001, 0.01), **settings)[0] is Verdict.IMPROVED


@pytest.mark.parametrize(("policy", "status"), [("warn", Status.WARN), ("fail", Status.FAIL), ("pass", Status.PASS)])
def test_policy_is_the_status_of_inconclusive(policy: str, status: Status) -> None:
    found = decide(interval(-0.1, 0.1), tolerance=0.01, p_adjusted=0.5, alpha=0.05, policy=policy)
    assert found == (Verdict.INCONCLUSIVE, status)


NOT_FINITE = st.sampled_from([math.nan, math.inf, -math.inf])
FIELDS = st.sampled_from(["delta", "low", "high", "se", "p_value"])


@given(FIELDS, NOT_FINITE, st.booleans(), st.sampled_from(["warn", "pass"]))
def test_interval_that_is_not_finite_is_never_a_pass(field: str, value: float, identical: bool, policy: str) -> None:
    change = interval(**({"low": -0.001, "high": 0.02} | {field: value}))
    found = decide(change, tolerance=0.01, p_adjusted=1.0, alpha=0.05, identical=identical, policy=policy)
    assert found == (Verdict.INVALID, Status.ERROR)


@pytest.mark.parametrize(
    "settings",
    [
        {"tolerance": math.nan},
        {"tolerance": math.inf},
        {"tolerance": -0.01},
        {"p_adjusted": math.nan},
        {"p_adjusted": None},
        {"p_adjusted": 1.5},
        {"alpha": math.nan},
        {"alpha": 0.6},
        {"change": None},
        {"change": interval(0.02, 0.01)},
    ],
)
def test_what_cannot_be_judged_is_an_error(settings: dict[str, Any]) -> None:
    sound: dict[str, Any] = {"change": interval(0.01, 0.02), "tolerance": 0.01, "p_adjusted": 1.0, "alpha": 0.05}
    merged = sound | settings
    assert decide(merged.pop("change"), **merged, identical=True) == (Verdict.INVALID, Status.ERROR)


ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True)


@given(ANY_FLOAT, ANY_FLOAT, ANY_FLOAT, ANY_FLOAT, st.booleans())
def test_pass_needs_a_reason(low: float, high: float, tolerance: float, p_adjusted: float, identical: bool) -> None:
    change = Interval(delta=0.0, low=low, high=high, se=0.01, p_value=0.5, method="delong", discordant=0)
    _, status = decide(change, tolerance=tolerance, p_adjusted=p_adjusted, alpha=0.05, identical=identical)
    if status is Status.PASS:
        assert p_adjusted > 0.05
        assert low <= high
        assert tolerance >= 0
        assert identical or low > -tolerance


@given(st.floats(-0.2, 0.2), st.floats(0, 0.2), st.floats(0, 0.1), st.floats(0, 0.2))
def test_better_interval_never_gets_a_worse_status(low: float, width: float, tolerance: float, shift: float) -> None:
    order = [Status.FAIL, Status.WARN, Status.PASS]

    def rank(start: float) -> int:
        change = interval(start, start + width)
        p_value = 0.01 if change.high < -tolerance else 0.5
        return order.index(decide(change, tolerance=tolerance, p_adjusted=p_value, alpha=0.05)[1])

    assert rank(low + shift) >= rank(low)


def test_detectable_effect_follows_the_family() -> None:
    change = interval(-0.0329, 0.0, se=0.01)
    assert compute_detectable_effect(change, alpha=0.05, family_size=1) == pytest.approx(0.02486, abs=1e-5)
    assert compute_detectable_effect(change, alpha=0.05, family_size=10) == pytest.approx(0.03417, abs=1e-5)


@pytest.mark.parametrize(("changed", "rows"), [(20, 1237), (60, 3710), (100, 6183), (200, 12366)])
def test_rows_needed_of_the_published_table(changed: int, rows: int) -> None:
    change = PairedCounts(gained=changed // 2, lost=changed // 2, n_rows=1000, discordant=changed)
    assert compute_rows_needed(change, tolerance=0.01, alpha=0.05) == rows


def test_rows_needed_without_visible_variance_are_those_of_the_widest_unseen_share() -> None:
    table = PairedCounts(gained=0, lost=0, n_rows=20, discordant=0)
    needed = compute_rows_needed(table, tolerance=0.01, alpha=0.05)
    assert needed is not None
    for n_rows, settled in ((needed, True), (needed - 1, False)):
        enough = PairedCounts(gained=0, lost=0, n_rows=n_rows, discordant=0).interval(margin=0.01, alpha=0.05)
        assert (enough.low > -0.01) is settled
    rare = ConstantChange(delta=0.0, n_rows=1000, n_units=100, discordant=0)
    assert compute_rows_needed(rare, tolerance=0.01, alpha=0.05) == pytest.approx(10 * needed, abs=10)


@pytest.mark.parametrize("tolerance", [0.0, math.nan, math.inf])
def test_no_number_of_rows_settles_a_tolerance_of_zero(tolerance: float) -> None:
    table = PairedCounts(gained=3, lost=3, n_rows=100, discordant=6)
    assert compute_rows_needed(table, tolerance=tolerance, alpha=0.05) is None
