"""The shape of the pyramid: tests and seconds by tier, what stands on its head, what is proven by priority."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mlgate.outcome import TIERS, Outcome, Status

PRIORITIES = ("P0", "P1", "P2", "P3", "P4")
"""Impact times likelihood, the highest first; the marker `@pytest.mark.mlgate(priority="P0")` says it."""
DEAR = ("integration", "model", "serving")
"""Tiers that may stand on more tests than they have. Tests of data grow with the data and are no sign of anything."""
FEWEST = 10
"""Fewer tests than that have no shape."""
LEAST_S = 10.0
"""A tier that takes less time than that is in nobody's way."""
SLOWER = 2.0
LONGEST = 20
"""So many tests without a result are named."""


def shape_of(outcomes: Sequence[Outcome], *, left_out: Iterable[str] = ()) -> dict[str, Any] | None:
    """The entry `pyramid` of the provenance; None where there is no test and no tier that is known to be unchanged.

    It is upside down where, of at least `FEWEST` tests in at least two tiers,

    - an integration, model or serving tier has more tests than all cheaper tiers together, or
    - a tier takes longer than a dearer one, in all and at least twice as long for each test, and at least `LEAST_S`
      seconds: then the cheap tiers first are not the quick ones first.

    The first is not said of a tier below which one was not run: it was not selected, an earlier one blocked, or nothing
    in it changed.

    Parameters
    ----------
    outcomes : of the whole run
    left_out : tiers that are declared and were not run

    Returns
    -------
    dict
        `tiers`: for each its tests, of them `ran` in this run, flaky, quarantined, reused; seconds of those that ran.
        `upside_down` and `why`; `priorities`: for each that a test declares, how many passed, failed and have no
        result; `unproven`: the tests of the highest priority that have no result, with the reason.
    """
    tests = [outcome for outcome in outcomes if outcome.check == "test"]
    unchanged = {o.tier for o in outcomes if o.check == "unchanged" and o.evidence.get("whole") is not False}
    if not tests and not unchanged:
        return None
    rows = [
        _row(tier, [test for test in tests if test.tier == tier], unchanged=tier in unchanged)
        for tier in TIERS
        if tier in unchanged or any(test.tier == tier for test in tests)
    ]
    why = _why_upside_down(rows, {*left_out, *_stopped(outcomes), *unchanged})
    return {"tiers": rows, "upside_down": bool(why), "why": why or None, **_priorities(tests)}


def priority_of(outcome: Outcome) -> str | None:
    """The priority that a test declares."""
    priority = outcome.evidence.get("priority")
    return priority if priority in PRIORITIES else None


def _row(tier: str, tests: Sequence[Outcome], *, unchanged: bool) -> dict[str, Any]:
    ran = [test for test in tests if _ran(test)]
    row: dict[str, Any] = {
        "tier": tier,
        "tests": len(tests),
        "ran": len(ran),
        "seconds": round(sum(test.duration_s for test in ran), 3),
        "flaky": sum(bool(test.evidence.get("flaky")) for test in tests),
        "quarantined": sum("quarantined" in test.evidence for test in tests),
        "reused": sum(test.reused_from is not None for test in tests),
    }
    return row | ({"unchanged": True} if unchanged else {})


def _ran(test: Outcome) -> bool:
    return test.status is not Status.SKIP and test.reused_from is None


def _stopped(outcomes: Iterable[Outcome]) -> set[str]:
    """Tiers that have an outcome of their own instead of tests: an earlier one blocked, or there is no GPU."""
    return {outcome.tier for outcome in outcomes if outcome.check in ("tier", "gpu", "pytest")}


def _why_upside_down(rows: Sequence[Mapping[str, Any]], unknown: set[str]) -> str:
    """The first that applies, in words; empty where nothing does."""
    known = [row for row in rows if row["tests"]]
    if len(known) < 2 or sum(row["tests"] for row in known) < FEWEST:
        return ""
    for row in reversed(known):
        below = TIERS[: TIERS.index(row["tier"])]
        if row["tier"] in DEAR and not unknown.intersection(below):
            cheaper = sum(other["tests"] for other in known if other["tier"] in below)
            if row["tests"] > cheaper:
                return (
                    f"the {row['tier']} tier has {row['tests']:,} tests, all cheaper tiers together {cheaper:,}: "
                    "what a cheaper test can find is found late"
                )
    return next(
        (told for index, row in enumerate(known) for dear in known[index + 1 :] if (told := _late(row, dear))), ""
    )


def _late(row: Mapping[str, Any], dear: Mapping[str, Any]) -> str:
    """Why a tier should not run before a dearer one."""
    if not row["ran"] or not dear["ran"] or row["seconds"] < LEAST_S or row["seconds"] <= dear["seconds"]:
        return ""
    each, other = row["seconds"] / row["ran"], dear["seconds"] / dear["ran"]
    if each < SLOWER * other:
        return ""
    return (
        f"a test of the {row['tier']} tier takes {each:.3g} s, one of the {dear['tier']} tier {other:.3g} s: "
        "the slow tests run first"
    )


def _priorities(tests: Sequence[Outcome]) -> dict[str, Any]:
    """Of each declared priority what is proven, and the first tests of the highest one that have no result."""
    counted: dict[str, dict[str, int]] = {}
    for priority in PRIORITIES:
        found = [_result(test) for test in tests if priority_of(test) == priority]
        if found:
            counted[priority] = {result: found.count(result) for result in ("passed", "failed", "not_run")}
    if not counted:
        return {}
    unproven = [test for test in tests if priority_of(test) == PRIORITIES[0] and _result(test) == "not_run"]
    named = [{"id": test.id, "why": test.message} for test in unproven[:LONGEST]]
    return {"priorities": counted, **({"unproven": named} if named else {})}


def _result(test: Outcome) -> str:
    """An error says nothing of what was to be tested; a failure that is quarantined stays one."""
    if test.status is Status.FAIL or "quarantined" in test.evidence:
        return "failed"
    return "passed" if test.status in (Status.PASS, Status.WARN) else "not_run"
