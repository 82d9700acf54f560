"""A tier after retries, budgets, quarantine and the history of its tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.project import Quarantined, Tier
from mlgate.outcome import Location, Outcome, Status
from mlgate.pyramid.conclusion import Conclusion, Ran, conclude
from mlgate.pyramid.flakiness import RUNS, remembered, with_history
from mlgate.pyramid.quarantine import names
from mlgate.pyramid.results import ending_of

TODAY = dt.date(2026, 11, 26)
PLACE = Location("mlgate.yaml", 3)
A, B = "t.py::a", "t.py::b[x]"


def tier(**keys: Any) -> Tier:
    return Tier(name="unit", tests=("t.py",), location=PLACE, **keys)


def quarantined(test: str, until: dt.date = TODAY) -> Quarantined:
    return Quarantined(test=test, reason="ticket 12", until=until, location=PLACE)


def run(make: Any, declared: Tier, *tries: dict[str, str], seconds: float = 1.0, **more: Any) -> Conclusion:
    """Tests by node id with their outcomes, first try first."""
    endings = []
    for found in tries:
        tests = [make.test(node, outcome=outcome, message=f"{outcome} here") for node, outcome in found.items()]
        code = int("failed" in found.values())
        endings.append([ending_of(declared, make.run(*tests, exit_status=code), returncode=code)])
    ran = Ran(tier=declared, endings=endings[0], tries=endings[1:])
    return conclude(ran, seconds=seconds, today=TODAY, **{"history": {}, **more})


def told(done: Conclusion) -> list[tuple[str, Status, str]]:
    return [(one.subject, one.status, one.message) for one in done.outcomes]


def test_a_pass_on_a_later_try_is_a_warning_with_every_failure(make: Any) -> None:
    done = run(make, tier(retries=2), {A: "failed", B: "passed"}, {A: "failed"}, {A: "passed"})
    assert told(done) == [
        (A, Status.WARN, "flaky: passed on try 3 of 3; before: failed here"),
        (B, Status.PASS, "passed"),
    ]
    evidence = done.outcomes[0].evidence
    assert [(one["try"], one["status"]) for one in evidence["tries"]] == [(1, "fail"), (2, "fail"), (3, "pass")]
    assert evidence["passed_on_try"] == 3
    assert done.outcomes[0].duration_s == 4.5
    assert done.summary.flaky == 1
    assert done.summary.reason == "1 of 2 tests passed, 1 flaky"
    assert done.summary.status is Status.WARN


def test_a_failure_on_every_try_stays_one(make: Any) -> None:
    done = run(make, tier(retries=1), {A: "failed"}, {A: "failed"})
    assert told(done) == [(A, Status.FAIL, "failed on each of 2 tries: failed here")]
    assert [one["message"] for one in done.outcomes[0].evidence["tries"]] == ["failed here"] * 2


@pytest.mark.parametrize("later", [{A: "skipped"}, {B: "passed"}], ids=["skipped", "not found"])
def test_a_retry_that_did_not_run_the_test_proves_nothing(later: dict[str, str], make: Any) -> None:
    done = run(make, tier(retries=1), {A: "failed"}, later)
    assert done.outcomes[0].status is Status.FAIL


def test_nothing_is_retried_where_the_tier_did_not_come_to_its_end(make: Any) -> None:
    records = make.run(make.test(A, outcome="failed"), exit_status=1)
    records[-1]["collected"] = 2
    ending = ending_of(tier(retries=2), records, returncode=1)
    assert Ran(tier=tier(retries=2), endings=[ending]).failing() == ()


def test_quarantine_warns_until_its_day_and_then_counts(make: Any) -> None:
    entries = (quarantined(A), quarantined("t.py::b[*]", dt.date(2026, 11, 25)), quarantined("t.py::gone"))
    done = run(make, tier(quarantine=entries), {A: "failed", B: "failed"})
    assert told(done) == [
        (A, Status.WARN, "quarantined until 2026-11-26 (ticket 12): failed here"),
        (B, Status.FAIL, "failed here"),
        ("t.py::gone", Status.WARN, "the quarantine names no test"),
    ]
    assert done.outcomes[0].evidence["quarantined"] == {"reason": "ticket 12", "until": "2026-11-26", "status": "fail"}
    assert done.outcomes[1].hint.startswith("its quarantine ended on 2026-11-25; run it alone")
    assert done.outcomes[2].location == PLACE
    assert done.summary.quarantined == 1


def test_a_part_of_the_tests_says_nothing_of_entries_that_name_others(make: Any) -> None:
    done = run(make, tier(quarantine=(quarantined("t.py::gone"),)), {A: "passed"}, whole=False)
    assert told(done) == [(A, Status.PASS, "passed")]


@pytest.mark.parametrize(
    ("entry", "node", "matches"),
    [
        ("t.py::b[x]", "t.py::b[x]", True),
        ("t.py::b", "t.py::b[x]", True),
        ("t.py::b", "t.py::bb", False),
        ("t.py::b[?]", "t.py::b[x]", True),
        ("t.py::b[?]", "t.py::bx", False),
        ("tests/*::b", "tests/deep/t.py::b", True),
        ("*", "t.py::b[a\nb]", True),
        ("t.py", "t.py::b", False),
    ],
)
def test_entries_of_a_quarantine_are_globs_in_which_brackets_are_brackets(entry: str, node: str, matches: bool) -> None:
    assert names(quarantined(entry), node) is matches


@pytest.mark.parametrize(("over", "status"), [("warn", Status.WARN), ("fail", Status.FAIL)])
def test_a_slow_test_is_what_is_declared(over: str, status: Status, make: Any) -> None:
    done = run(make, tier(test_budget_s=1.4, over_test_budget=over), {A: "passed", B: "skipped"})
    assert told(done)[0] == (
        A,
        status,
        "passed, but took 1.5 s, 0.5 s of it in its setup: more than 1.4s (test_budget)",
    )
    assert told(done)[1][1] is Status.SKIP
    assert (done.outcomes[0].observed, done.outcomes[0].expected) == (1.5, "at most 1.4s")
    assert run(make, tier(test_budget_s=1.5), {A: "passed"}).outcomes[0].status is Status.PASS


@pytest.mark.parametrize(
    ("over", "seconds", "expected"),
    [
        ("warn", 119.9, (Status.PASS, "took 119.9 s, within the budget of 2m")),
        ("warn", 120.1, (Status.WARN, "took 120.1 s, more than the budget of 2m")),
        ("fail", 300.0, (Status.FAIL, "took 300.0 s, more than the budget of 2m")),
        ("stop", 300.0, None),
    ],
)
def test_a_tier_that_may_run_over_its_budget_says_what_it_took(
    over: str, seconds: float, expected: Any, make: Any
) -> None:
    done = run(make, tier(budget_s=120.0, over_budget=over), {A: "passed"}, seconds=seconds)
    found = [(one.status, one.message) for one in done.outcomes if one.id == "unit/budget"]
    assert found == ([] if expected is None else [expected])


def test_a_tier_that_was_stopped_says_why_and_nothing_of_its_budget(make: Any) -> None:
    declared = tier(budget_s=60.0, over_budget="warn")
    ending = ending_of(declared, [make.open(), make.start(A)], returncode=-2, timed_out=True)
    done = conclude(Ran(tier=declared, endings=[ending]), seconds=240.0, today=TODAY, history={})
    assert done.outcomes[-1].message == f"stopped after 4m: 4 times the budget of the tier while running {A}"
    assert [one.check for one in done.outcomes] == ["test", "pytest"]


def test_earlier_runs_are_told_and_this_one_is_remembered(make: Any) -> None:
    history: Any = {}
    for outcomes in ({A: "passed", B: "skipped"}, {A: "passed", B: "skipped"}):
        history = run(make, tier(), outcomes, history=history).history
    flaky = run(make, tier(retries=1), {A: "failed", B: "skipped"}, {A: "passed"}, history=history)
    assert flaky.history == {"format": 1, "tiers": {"unit": {"runs": 3, "tests": {A: "..f", B: "sss"}}}}
    assert told(flaky)[1] == (B, Status.SKIP, "always skipped: skipped here (in each of its last 3 runs)")
    assert flaky.summary.always_skipped == 1
    again = run(make, tier(retries=1), {A: "failed"}, {A: "passed"}, history=flaky.history)
    assert told(again)[0][2] == ("flaky: passed on try 2 of 2; before: failed here (flaky in 1 of the 3 runs before)")
    once = run(make, tier(retries=1), {A: "failed"}, {A: "passed"})
    twice = run(make, tier(retries=1), {A: "failed"}, {A: "passed"}, history=once.history)
    assert told(twice)[0][2].endswith("failed here (flaky in the run before)")
    assert again.outcomes[0].evidence["history"] == {"runs": 3, "flaky": 1, "failed": 0}
    assert again.history["tiers"]["unit"]["tests"][B] == "sss"


def outcome(node: str, status: Status) -> Outcome:
    return Outcome(id=node, check="test", tier="unit", subject=node, status=status, message="m")


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from(Status), max_size=3), max_size=2 * RUNS))
def test_the_history_is_bounded_and_forgets_what_only_passes(runs: list[dict[str, Status]]) -> None:
    history: Any = {}
    for found in runs:
        history = remembered("unit", [outcome(node, status) for node, status in found.items()], history)
    tests = history.get("tiers", {}).get("unit", {}).get("tests", {})
    for node, letters in tests.items():
        ran = [found[node] for found in runs if node in found][-RUNS:]
        wrong = [status in (Status.FAIL, Status.ERROR) for status in ran]
        assert len(letters) <= RUNS
        assert [letter == "F" for letter in letters][-len(wrong) :] == wrong[-len(letters) :]
    assert all(set(letters) != {"."} for letters in tests.values())


@given(
    st.recursive(
        st.one_of(st.none(), st.integers(), st.text(), st.booleans()),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["format", "tiers", "unit", "tests", A]), inner)
        ),
        max_leaves=8,
    )
)
def test_a_history_of_another_form_is_none(kept: Any) -> None:
    history = {"format": 1, "tiers": kept}
    found = [outcome(A, Status.FAIL)]
    with_history("unit", found, history)
    assert remembered("unit", found, history)["tiers"]["unit"]["tests"][A].endswith("F")
