"""The list of what to look at: by more than chance, sorted by harm, without what is a regression already."""

from __future__ import annotations

import json
import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.metrics.broken.look_at_these import Suspect, look_at_these
from mlgate.metrics.tango import PairedCounts
from mlgate.outcome import Outcome, Status, to_json

Z90 = NormalDist().inv_cdf(0.95)


def compared(name: str, delta: float | None, error: float, *, verdict: str = "pass", **evidence: Any) -> Outcome:
    """A comparison whose interval is a normal one with that standard error."""
    ends = {} if delta is None else {"low": delta - Z90 * error, "high": delta + Z90 * error}
    told = {
        "evaluation": "readmission",
        "metric": name,
        "slice": None,
        "delta": delta,
        "confidence": 0.9,
        "tolerance": 0.01,
        "higher_is_better": True,
        "verdict": verdict,
        **ends,
        **evidence,
    }
    return Outcome(
        id=f"model/readmission/{name}",
        check="metric_change",
        tier="model",
        subject=name,
        status=Status.PASS,
        message="",
        evidence=told,
    )


def look(*outcomes: Outcome) -> Outcome:
    found = look_at_these(outcomes)
    assert found is not None
    json.dumps(to_json(found.evidence), allow_nan=False)
    assert not found.status.blocks
    return found


def names(found: Outcome) -> list[str]:
    return [entry["compared"] for entry in found.evidence["listed"]]


def test_what_is_worse_by_more_than_chance_is_listed_by_harm() -> None:
    found = look(
        compared("accuracy", -0.004, 0.001),
        compared("f1", 0.02, 0.01),
        compared("rmse", 3.0, 1.0, tolerance=1.0, higher_is_better=False),
        compared("recall", -0.009, 0.003, slice={"sex": "F"}),
    )
    assert found.status is Status.WARN
    assert names(found) == ["rmse", "recall", "accuracy"]
    assert found.message == (
        "3 of 4 comparisons are worse by more than chance: rmse of readmission; "
        "recall of readmission in sex=F; accuracy of readmission"
    )


def test_regressions_are_known_already() -> None:
    found = look(compared("accuracy", -0.05, 0.01, verdict="regression"), compared("f1", -0.001, 0.01))
    assert found.status is Status.PASS
    assert found.message == "none of 2 comparisons is worse by more than chance, beside 1 regression"
    assert found.evidence["listed"][0]["is_regression"] is True


def test_the_p_value_is_that_of_a_normal_change() -> None:
    found = Suspect.of(compared("accuracy", -0.02, 0.01))
    assert found is not None
    assert found.p_value == pytest.approx(NormalDist().cdf(-2.0))
    better = Suspect.of(compared("mae", -0.02, 0.01, higher_is_better=False))
    assert better is not None
    assert better.p_value == pytest.approx(NormalDist().cdf(2.0))


@given(st.integers(0, 60), st.integers(0, 60))
def test_it_is_at_most_alpha_if_the_whole_interval_is_worse(gained: int, lost: int) -> None:
    change = PairedCounts(gained=gained, lost=lost, n_rows=500, discordant=gained + lost)
    interval = change.interval(margin=0.0, alpha=0.05)
    found = Suspect.of(compared("a", interval.delta, 1.0, low=interval.low, high=interval.high))
    assert found is not None
    assert (found.p_value <= 0.05) is (interval.high <= 0)
    if gained + lost >= 10:
        assert found.p_value == pytest.approx(interval.p_value, abs=0.03)


def test_a_known_p_value_is_taken_as_it_is() -> None:
    found = Suspect.of(compared("a", -0.02, 0.01, p_no_worse=0.25, discordant=4))
    assert found is not None
    assert found.p_value == 0.25
    for unknown in (math.nan, 1.5, None, "0.01"):
        guessed = Suspect.of(compared("a", -0.02, 0.01, p_no_worse=unknown))
        assert guessed is not None
        assert guessed.p_value == pytest.approx(NormalDist().cdf(-2.0))


@pytest.mark.parametrize(
    "outcome",
    [
        compared("a", None, 1.0),
        compared("a", -0.1, 0.01, verdict="invalid"),
        compared("a", -0.1, 0.01, low=None),
        compared("a", -0.1, math.nan),
        compared("a", -0.1, 0.01, discordant=9),
        compared("a", -0.1, -0.01),
        compared("a", -0.1, 0.01, confidence=1.0),
        Outcome(id="x", check="x", tier="data", subject="x", status=Status.PASS, message=""),
    ],
)
def test_what_has_no_interval_takes_no_part(outcome: Outcome) -> None:
    assert look_at_these([outcome]) is None
    assert look(outcome, compared("b", 0.0, 0.01)).evidence["family_size"] == 1


def test_identical_models_and_changes_without_spread() -> None:
    assert look(compared("a", 0.0, 0.0)).status is Status.PASS
    assert look(compared("a", -0.1, 0.0)).status is Status.WARN
    assert look(compared("a", 0.1, 0.0)).status is Status.PASS


def test_one_in_ten_lists_of_unchanged_models_is_not_empty() -> None:
    rng = np.random.default_rng(7)
    n_draws = 400
    warned = sum(
        look(*(compared(str(place), float(z), 1.0) for place, z in enumerate(rng.normal(size=20)))).status
        is Status.WARN
        for _ in range(n_draws)
    )
    assert warned / n_draws <= 0.10 + 3 * math.sqrt(0.1 * 0.9 / n_draws)
    assert warned / n_draws >= 0.10 - 3 * math.sqrt(0.1 * 0.9 / n_draws)


def test_without_a_tolerance_the_worsening_itself_counts() -> None:
    found = look(compared("a", -3.0, 0.1, tolerance=0.0), compared("b", -0.02, 0.001))
    assert names(found) == ["a", "b"]


def test_the_list_is_bounded() -> None:
    found = look(*(compared(f"m{place:02}", -0.01, 0.001) for place in range(80)))
    assert names(found)[:2] == ["m00", "m01"]
    assert len(found.evidence["listed"]) == 50
    assert found.evidence["not_shown"] == 30
    assert found.message.endswith("and 77 more")
