"""Numbers in words: rounding may never make a verdict look wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.outcome import Status
from mlgate.render import words
from mlgate.render.facts import Comparison, comparison_of
from tests.unit.render import reports


def compared(metric: str = "accuracy", **fields: Any) -> Comparison:
    found = comparison_of(reports.accuracy({"sex": "F"}, 0.873, 0.812, 0.03, n=1204))
    assert found is not None
    return replace(found, metric=metric, **fields)


def test_a_share_is_said_in_percent_and_its_change_in_points() -> None:
    comparison = compared()
    assert words.value(comparison, comparison.baseline) == "87.3 %"
    assert words.amount(comparison, comparison.delta, signed=True) == "-6.1 points"
    assert words.moved(comparison) == "6.1 points worse (87.3 % -> 81.2 %, 1,204 rows)"
    assert words.accepted(comparison) == "up to 0.5 points worse is accepted"


def test_other_metrics_keep_their_unit() -> None:
    auc = compared(
        "roc_auc", unit="1", baseline=0.91234, candidate=0.9, delta=-0.01234, low=-0.02, high=-0.005, tolerance=0.01
    )
    assert words.moved(auc) == "0.012 worse (0.912 -> 0.900, 1,204 rows)"
    slow = compared(
        "latency_p95_ms",
        unit="ms",
        higher_is_better=False,
        baseline=120.0,
        candidate=131.5,
        delta=11.5,
        low=9.0,
        high=14.0,
        tolerance=5.0,
    )
    assert words.moved(slow) == "11.5 ms worse (120.0 ms -> 131.5 ms, 1,204 rows)"
    assert words.interval(slow) == "+9.0 to +14.0 ms"


def test_lower_is_better_turns_the_words_not_the_sign() -> None:
    loss = compared("log_loss", unit="1", higher_is_better=False, delta=-0.02, tolerance=0.01)
    assert words.change(loss) == "0.020 better"
    assert words.amount(loss, loss.delta, signed=True) == "-0.020"


def test_a_number_that_decides_does_not_look_equal_to_its_bound() -> None:
    close = compared(delta=-0.0054, low=-0.0058, high=-0.0051, tolerance=0.005)
    assert words.amount(close, close.delta, signed=True) == "-0.54 points"
    assert words.accepted(close) == "up to 0.50 points worse is accepted"


@given(delta=st.floats(-1, 1), half=st.floats(1e-4, 0.2), tolerance=st.sampled_from([0.0, 0.001, 0.005, 0.01, 0.05]))
def test_a_change_that_is_told_has_the_sign_of_the_change(delta: float, half: float, tolerance: float) -> None:
    comparison = compared(delta=delta, low=delta - half, high=delta + half, tolerance=tolerance)
    said = words.amount(comparison, delta, signed=True)
    assert "-0.0 " not in said
    if said[0] in "+-":
        assert (said[0] == "-") == (delta < 0)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rows_needed": 9000}, "cannot tell yet: about 9,000 rows needed"),
        ({"rows_needed": 100}, "cannot tell yet: too close to what is accepted"),
        ({"rows_needed": None, "low": None}, "cannot tell yet: too few rows to compare"),
        (
            {"rows_needed": 100, "low": -0.09, "high": -0.01},
            "cannot tell yet: worse if looked at alone, not among 12 comparisons",
        ),
    ],
)
def test_why_a_comparison_cannot_tell(fields: dict[str, Any], said: str) -> None:
    open_question: dict[str, Any] = {"verdict": "inconclusive", "low": -0.02, "high": 0.01}
    assert words.verdict(compared(**(open_question | fields))) == said


def test_an_accepted_regression_says_until_when() -> None:
    message = "accepted until 2026-12-31 (known, ticket open): accuracy fell by 6.1 points"
    found = reports.accuracy({"sex": "F"}, 0.873, 0.812, 0.03)
    accepted = comparison_of(replace(found, status=Status.WARN, message=message))
    assert accepted is not None
    assert words.verdict(accepted) == "worse, accepted"
    assert words.finding(accepted.outcome) == [message]
    agreed = {"status": "fail", "reason": "known", "until": "2026-12-31"}
    told = words.finding(replace(accepted.outcome, evidence={**accepted.outcome.evidence, "accepted": agreed}))
    assert told[0] == "accepted until 2026-12-31 (known)"
    assert message not in told


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (-1, ""),
        (float("nan"), ""),
        (0.031, "31 ms"),
        (0.4, "0.4 s"),
        (12.4, "12 s"),
        (125, "2 min 5 s"),
        (3780, "1 h 3 min"),
    ],
)
def test_duration(seconds: float | None, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (5, "less than a minute old"),
        (7200, "2 hours old"),
        (86400, "1 day old"),
        (12.4 * 86400, "12 days old"),
    ],
)
def test_age(seconds: float | None, said: str) -> None:
    assert words.age(seconds) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and 1 more slice"),
        (list("abcd"), "a, b and 2 more slices"),
    ],
)
def test_listed(names: list[str], said: str) -> None:
    assert words.listed(names, 2, "slice") == said
