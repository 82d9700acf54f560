"""What two runs share, and how a check run ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlgate.gate.posting import Posted, conclusion, fall_back, report_digest
from mlgate.outcome import Outcome, Report, Status


def report(status: Status = Status.FAIL, **fields: Any) -> Report:
    found = Outcome(id="a", check="c", tier="data", subject="s", status=status, message="m", duration_s=1.0)
    known = {"gate": "g", "outcomes": (found,), "started_at": "2026-11-21T10:00:00Z", "duration_s": 1.0}
    return Report(**{**known, "provenance": {"baselines": [{"age_s": 5.0, "commit": "x"}]}, **fields})


def test_the_digest_is_that_of_what_was_found_and_not_of_the_clock() -> None:
    first = report()
    later = replace(
        report(started_at="2027-01-01T00:00:00Z", duration_s=9.0, provenance={"baselines": [{"age_s": 7.0, "commit": "x"}]}),
        outcomes=(replace(first.outcomes[0], duration_s=3.0),),
    )  # fmt: skip
    assert report_digest(first) == report_digest(later)
    others = [report(Status.WARN), report(gate="h"), report(mode="advisory"), report(provenance={"commit": "y"})]
    assert len({report_digest(one) for one in (first, *others)}) == 5


@pytest.mark.parametrize(
    ("status", "fields", "expected"),
    [
        (Status.PASS, {}, "success"),
        (Status.WARN, {}, "neutral"),
        (Status.WARN, {"strict": True}, "failure"),
        (Status.FAIL, {}, "failure"),
        (Status.ERROR, {}, "failure"),
        (Status.SKIP, {}, "failure"),
        (Status.FAIL, {"mode": "advisory"}, "neutral"),
    ],
)
def test_a_check_run_ends_as_the_gate_does(status: Status, fields: dict[str, Any], expected: str) -> None:
    assert conclusion(report(status, **fields)) == expected


def test_outside_a_workflow_nothing_falls_back(tmp_path: Path) -> None:
    posted = Posted(report=report(), refused=("comment: no",))
    summary = tmp_path / "summary"
    variables = {"GITHUB_STEP_SUMMARY": str(summary)}
    assert fall_back(posted, variables) == ""
    assert not summary.exists()
    said = fall_back(posted, {**variables, "GITHUB_ACTIONS": "true"}, summary=False)
    assert said.startswith("::warning title=mlgate could not comment::comment: no%0A")
    assert not summary.exists()
    fall_back(posted, {**variables, "GITHUB_ACTIONS": "true"})
    assert summary.read_text(encoding="utf-8").startswith("## ")
    assert fall_back(Posted(report=report()), {"GITHUB_ACTIONS": "true"}) == ""
