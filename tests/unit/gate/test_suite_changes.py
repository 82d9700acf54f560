"""Which tests a baseline's run had, and what became of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.gate import suite_changes as suite
from mlgate.gate.suite_changes import suite_changes, suite_text
from mlgate.outcome import Outcome, Status


def ran(name: str, status: Status = Status.PASS, tier: str = "unit") -> Outcome:
    return Outcome(
        id=f"{tier}/{name}", check="test", tier=tier, subject=name, status=status, message="m", evidence={"node": name}
    )


def test_each_change_is_told_once_and_new_tests_are_none() -> None:
    before = suite_text([ran("a"), ran("b"), ran("c"), ran("d", Status.SKIP), ran("e", Status.FAIL), ran("f")])
    assert before is not None
    now = [ran("a", Status.FAIL), ran("b", Status.SKIP), ran("d", Status.SKIP), ran("e"), ran("f"), ran("new")]
    found = suite_changes(before, [o for o in now if o.id != "unit/c"], ["unit"], "abc")
    assert found == {
        "commit": "abc",
        "counts": {"failing": 1, "skipped": 1, "removed": 1},
        "failing": ["unit/a"],
        "skipped": ["unit/b"],
        "removed": ["unit/c"],
    }


def test_a_test_whose_tier_did_not_run_to_its_end_is_not_gone() -> None:
    before = suite_text([ran("a"), ran("b"), ran("m", tier="model")])
    assert before is not None
    assert suite_changes(before, [ran("a"), ran("b")], ["unit"], None) is None
    stopped = suite_changes(before, [ran("a", Status.ERROR)], ["unit"], None)
    assert stopped is not None
    assert (stopped["failing"], stopped["removed"]) == (["unit/a"], [])


@given(st.lists(st.tuples(st.text("abc/[]:. é", min_size=1), st.sampled_from(list(Status)))))
def test_the_same_run_again_has_changed_nothing(tests: list[tuple[str, Status]]) -> None:
    outcomes = [ran(name, status) for name, status in dict(tests).items()]
    before = suite_text(outcomes)
    assert (before is None) == (not outcomes)
    if before is not None:
        assert suite_changes(before, outcomes, ["unit"], None) is None


def test_a_suite_that_is_too_large_is_not_recorded_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "MOST_TESTS", 2)
    assert suite_text([ran("a"), ran("b")]) is not None
    assert suite_text([ran("a"), ran("b"), ran("c")]) is None


@pytest.mark.parametrize("recorded", ["", "x", "+", "+ ", "? unit/a", "\n\n", "+unit/a"])
def test_a_line_that_we_did_not_write_says_nothing(recorded: str) -> None:
    assert suite_changes(recorded, [], ["unit"], None) is None


MLGATE = """version: 1
tiers: {unit: {tests: [tests], python: %s}}
evaluations:
  e: {predictions: p.csv, columns: {prediction: prediction}, baseline: 'file:base/p.csv', metrics: {accuracy: {}}}
"""


def test_what_was_recorded_with_the_baseline_is_compared(place: Any) -> None:
    import subprocess

    place.write("mlgate.yaml", MLGATE % sys.executable)
    place.write("p.csv", "id,label,prediction\n" + "".join(f"{n},1,1\n" for n in range(60)))
    place.write("tests/test_a.py", "def test_one():\n    pass\n\ndef test_two():\n    pass\n")
    place.write(".gitignore", "out\n__pycache__\n.pytest_cache\n")
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *command], cwd=place.root, check=True, capture_output=True)
    place.run()
    saved = place.mlgate("baseline", "save", "--report", "out/report")
    assert saved.code == 0, saved.err
    record = json.loads(next(Path(place.root, "base").glob("*.json")).read_text(encoding="utf-8"))
    assert record["tests"] == "+ unit/tests/test_a.py::test_one\n+ unit/tests/test_a.py::test_two"
    assert "tests_changed" not in place.run().report["provenance"]
    place.write("tests/test_a.py", "def test_one():\n    assert 1 == 2\n")
    found = place.run().report["provenance"]["tests_changed"]
    assert found["failing"] == ["unit/tests/test_a.py::test_one"]
    assert found["removed"] == ["unit/tests/test_a.py::test_two"]
    shown = Path(place.root, "out/report/report.md").read_text(encoding="utf-8")
    assert "<b>Tests</b>: 1 test fails now, 1 test gone" in shown
