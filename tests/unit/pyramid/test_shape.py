"""Tests and seconds by tier, a pyramid on its head, and coverage by priority."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.outcome import TIERS, Outcome, Status, to_json
from mlgate.pyramid.shape import PRIORITIES, shape_of

NUMBERS: Iterator[int] = itertools.count()


def a_test(tier: str, status: Status = Status.PASS, *, seconds: float = 0.1, **fields: Any) -> Outcome:
    node = f"tests/{tier}/test_a.py::test_{next(NUMBERS)}"
    evidence = {"node": node, **fields.pop("evidence", {})}
    made = {"check": "test", "tier": tier, "subject": node, "message": "said", "duration_s": seconds, **fields}
    return Outcome(id=f"{tier}/{node}", status=status, evidence=evidence, **made)


def whole(tier: str, check: str, status: Status = Status.SKIP) -> Outcome:
    return Outcome(id=f"{tier}/{check}", check=check, tier=tier, subject=tier, status=status, message="said")


def suite(**counts: int) -> list[Outcome]:
    return [a_test(tier) for tier, number in counts.items() for _ in range(number)]


def shape(outcomes: list[Outcome], **keywords: Any) -> dict[str, Any]:
    found = shape_of(outcomes, **keywords)
    assert found is not None
    assert to_json(found) == found
    return found


def test_without_tests_there_is_no_shape() -> None:
    assert shape_of([]) is None
    assert shape_of([whole("data", "between", Status.PASS), whole("unit", "collection", Status.ERROR)]) is None


def test_tests_and_seconds_of_each_tier_in_their_order() -> None:
    outcomes = [
        a_test("model", seconds=2.0),
        a_test("unit", seconds=0.5),
        a_test("unit", Status.WARN, seconds=1.5, evidence={"flaky": True, "tries": []}),
        a_test("unit", Status.WARN, evidence={"quarantined": {"until": "2026-12-01"}}),
        a_test("unit", Status.SKIP, seconds=0.0),
        a_test("unit", seconds=7.0, reused_from="run-1"),
        whole("unit", "budget", Status.PASS),
    ]
    unit = {"tests": 5, "ran": 3, "seconds": 2.1, "flaky": 1, "quarantined": 1, "reused": 1}
    model = {"tests": 1, "ran": 1, "seconds": 2.0, "flaky": 0, "quarantined": 0, "reused": 0}
    found = shape(outcomes)
    assert found["tiers"] == [{"tier": "unit", **unit}, {"tier": "model", **model}]
    assert "priorities" not in found


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"unit": 40, "integration": 20, "model": 10}, None),
        ({"unit": 4, "integration": 6}, "the integration tier has 6 tests, all cheaper tiers together 4"),
        ({"unit": 10, "integration": 3, "model": 14}, "the model tier has 14 tests, all cheaper tiers together 13"),
        ({"unit": 10, "integration": 3, "model": 13}, None),
        ({"unit": 2, "integration": 5}, None),  # seven tests have no shape
        ({"model": 50}, None),  # one tier is no pyramid
        ({"unit": 3, "data": 50}, None),
        ({"unit": 6, "data": 1, "model": 8}, "the model tier has 8 tests"),
    ],
)
def test_more_dear_tests_than_cheap_ones_stand_on_their_head(counts: dict[str, int], said: str | None) -> None:
    found = shape(suite(**counts))
    assert found["upside_down"] is (said is not None)
    assert (found["why"] or "").startswith(said or "")
    assert (found["why"] is None) is (said is None)


@pytest.mark.parametrize("check", ["tier", "unchanged", "pytest", "gpu"])
def test_a_tier_below_that_was_not_run_leaves_the_question_open(check: str) -> None:
    outcomes = [*suite(unit=4, model=8), whole("integration", check)]
    assert shape(outcomes)["upside_down"] is False
    assert shape(suite(unit=4, model=8))["upside_down"] is True
    assert shape(suite(unit=4, model=8), left_out=["integration"])["upside_down"] is False
    assert shape(suite(unit=4, model=8), left_out=["serving"])["upside_down"] is True, "what is dearer says nothing"


@pytest.mark.parametrize(
    ("unit_s", "integration_s", "said"),
    [
        (1.5, 0.5, "a test of the unit tier takes 1.5 s, one of the integration tier 0.5 s: the slow tests run first"),
        (1.5, 0.8, None),  # not twice as long
        (0.5, 0.1, None),  # under ten seconds
        (1.5, 5.0, None),
    ],
)
def test_a_cheap_tier_that_is_the_slow_one(unit_s: float, integration_s: float, said: str | None) -> None:
    outcomes = [a_test("unit", seconds=unit_s) for _ in range(10)]
    outcomes += [a_test("integration", seconds=integration_s) for _ in range(5)]
    assert shape(outcomes)["why"] == said


def test_what_was_reused_has_no_time_in_this_run() -> None:
    outcomes = [a_test("unit", seconds=5.0, reused_from="run-1") for _ in range(10)]
    outcomes += [a_test("integration", seconds=0.1) for _ in range(5)]
    assert shape(outcomes)["upside_down"] is False


def test_a_tier_that_nothing_reaches_is_told() -> None:
    found = shape([whole("unit", "unchanged", Status.PASS)])
    assert found["tiers"] == [
        {
            "tier": "unit",
            "tests": 0,
            "ran": 0,
            "seconds": 0,
            "flaky": 0,
            "quarantined": 0,
            "reused": 0,
            "unchanged": True,
        }
    ]


def test_what_is_proven_of_each_priority() -> None:
    def of(priority: str, status: Status, **evidence: Any) -> Outcome:
        return a_test("unit", status, evidence={"priority": priority, **evidence})

    skipped = of("P0", Status.SKIP)
    broken = of("P0", Status.ERROR)
    outcomes = [
        of("P0", Status.PASS),
        skipped,
        broken,
        of("P0", Status.FAIL),
        of("P2", Status.WARN, flaky=True),
        of("P2", Status.WARN, quarantined={"until": "2026-12-01"}),
        of("P3", Status.SKIP),
        of("highest", Status.PASS),
        a_test("unit"),
    ]
    found = shape(outcomes)
    assert found["priorities"] == {
        "P0": {"passed": 1, "failed": 1, "not_run": 2},
        "P2": {"passed": 1, "failed": 1, "not_run": 0},
        "P3": {"passed": 0, "failed": 0, "not_run": 1},
    }
    assert found["unproven"] == [{"id": skipped.id, "why": "said"}, {"id": broken.id, "why": "said"}]


def test_only_so_many_tests_are_named() -> None:
    outcomes = [a_test("unit", Status.SKIP, evidence={"priority": "P0"}) for _ in range(100)]
    assert len(shape(outcomes)["unproven"]) == 20


outcomes_of_any_kind = st.builds(
    a_test,
    st.sampled_from(TIERS),
    st.sampled_from(Status),
    seconds=st.floats(0, 1e6),
    reused_from=st.sampled_from([None, "run-1"]),
    evidence=st.dictionaries(
        st.sampled_from(["priority", "flaky", "quarantined"]), st.sampled_from([*PRIORITIES, True])
    ),
)


@given(st.lists(outcomes_of_any_kind, min_size=1, max_size=40), st.lists(st.sampled_from(TIERS), max_size=3))
def test_no_test_is_counted_twice_or_lost(outcomes: list[Outcome], left_out: list[str]) -> None:
    found = shape(outcomes, left_out=left_out)
    assert sum(row["tests"] for row in found["tiers"]) == len(outcomes)
    assert all(row["ran"] + row["reused"] <= row["tests"] for row in found["tiers"])
    assert [row["tier"] for row in found["tiers"]] == [tier for tier in TIERS if any(o.tier == tier for o in outcomes)]
    assert found["upside_down"] is bool(found["why"])
    declared = sum(outcome.evidence.get("priority") in PRIORITIES for outcome in outcomes)
    assert sum(sum(counts.values()) for counts in found.get("priorities", {}).values()) == declared
