"""What the records of a pytest process prove: with what is missing, never a pass."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.project import Tier
from mlgate.outcome import Location, Outcome, Status, judge, report_to_dict
from mlgate.outcome import Report as WholeReport
from mlgate.pyramid.records import parse_records
from mlgate.pyramid.results import ending_of, outcomes_of_tier, summarize

NODE = "tests/test_a.py::test_a"
TIER = Tier(name="unit", tests=("tests",), budget_s=120, location=Location("mlgate.yaml", 3))


def outcomes(records: list[dict[str, Any]], *, returncode: int | None = 0, **keywords: Any) -> list[Outcome]:
    return outcomes_of_tier([ending_of(TIER, records, returncode=returncode, **keywords)])


def of_tier(found: list[Outcome]) -> Outcome:
    (outcome,) = [outcome for outcome in found if outcome.id == "unit/pytest"]
    assert outcome.status is Status.ERROR
    assert outcome.location == TIER.location
    return outcome


def strict_json(found: list[Outcome]) -> str:
    report = WholeReport(gate="g", outcomes=tuple(found), started_at="", duration_s=0.0, provenance={})
    text = json.dumps(report_to_dict(report), allow_nan=False, ensure_ascii=False)
    text.encode("utf-8")
    return text


def test_pass(make: Any) -> None:
    (outcome,) = outcomes(make.run(make.test(NODE)))
    assert outcome == Outcome(
        id=f"unit/{NODE}",
        check="test",
        tier="unit",
        subject=NODE,
        status=Status.PASS,
        message="passed",
        location=Location("tests/test_a.py", 1),
        evidence={
            "node": NODE,
            "when": "call",
            "durations_s": {"setup": 0.5, "call": 0.5, "teardown": 0.5},
            "traceback": [],
        },
        duration_s=1.5,
    )


@pytest.mark.parametrize(
    ("message", "headline"),
    [
        ("AssertionError: assert 1 == 2\n +  where 1 = f()", "assert 1 == 2"),
        ("assert 1 == 2", "assert 1 == 2"),
        ("AssertionError: too low\nassert 0.8 > 0.9", "too low (assert 0.8 > 0.9)"),
        ("ValueError: \n\n", "ValueError:"),
        ("", "no message"),
        ("E" * 400, "E" * 297 + "..."),
        ("\x1b[31mred\x1b[0m \ud800", "red \\ud800"),
    ],
)
def test_headline_of_a_failure(message: str, headline: str, make: Any) -> None:
    found = outcomes(make.run(make.test(NODE, outcome="failed", message=message), exit_status=1), returncode=1)
    assert [(outcome.status, outcome.message) for outcome in found] == [(Status.FAIL, headline)]
    strict_json(found)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("passed", Status.PASS), ("failed", Status.FAIL), ("skipped", Status.SKIP), ("quarantined", Status.ERROR)],
)
def test_outcome_that_is_not_known_is_an_error(outcome: str, status: Status, make: Any) -> None:
    found = outcomes(make.run(make.test(NODE, outcome=outcome)))
    assert found[0].status is status


def test_test_that_was_only_rerun_has_no_result(make: Any) -> None:
    found = outcomes(make.run(make.test(NODE, outcome="rerun")))
    assert (found[0].status, found[0].message) == (Status.ERROR, "was run again and reported no result")


def test_passed_after_reruns_is_a_warning(make: Any) -> None:
    found = outcomes(make.run([*make.test(NODE, outcome="rerun"), *make.test(NODE, outcome="rerun"), *make.test(NODE)]))
    assert [(outcome.status, outcome.message) for outcome in found] == [(Status.WARN, "passed only after 2 reruns")]


def test_failed_subtest_fails_its_test_although_its_call_passed(make: Any) -> None:
    subtest = {**make.phase(NODE, outcome="failed", message="assert 0"), "kind": "subtest", "label": "(i=1)"}
    found = outcomes(make.run([*make.test(NODE), subtest]))
    assert found[0].status is Status.FAIL
    assert found[0].message == "1 of 1 subtests failed: (i=1): assert 0"
    assert found[0].evidence["subtests"] == [{"label": "(i=1)", "outcome": "failed", "message": "assert 0"}]


@pytest.mark.parametrize("missing", ["setup", "call", "teardown"])
def test_test_without_its_end_is_an_error(missing: str, make: Any) -> None:
    records = [record for record in make.test(NODE) if record.get("when") != missing]
    found = outcomes(make.run(records))
    assert found[0].status is (Status.PASS if missing == "setup" else Status.ERROR)
    if missing != "setup":
        assert found[0].message == "was running when pytest stopped"


def test_skipped_in_teardown_keeps_the_pass(make: Any) -> None:
    records = [make.start(NODE), make.phase(NODE), make.phase(NODE, "teardown", "skipped", message="Skipped: x")]
    assert judge(outcomes(make.run(records))) is Status.PASS


@pytest.mark.parametrize(("path", "place"), [("/site/base.py", None), ("../base.py", None), ("tests/base.py", 7)])
def test_place_of_an_inherited_test_lies_in_the_project(path: str, place: int | None, make: Any) -> None:
    found = outcomes(make.run(make.test(NODE, path=path, line=7)))
    assert found[0].location == Location("tests/base.py" if place else "tests/test_a.py", place)


def test_place_outside_of_the_project_is_not_named(make: Any) -> None:
    found = outcomes(make.run(make.test("../test_a.py::test_a")))
    assert found[0].location is None


@pytest.mark.parametrize(
    ("node", "hint"),
    [
        (NODE, "pytest tests/test_a.py::test_a"),
        ("t.py::a[x y]", "pytest 't.py::a[x y]'"),
        ("t.py::a[$(rm)]", "pytest 't.py::a[$(rm)]'"),
        ("t.py::a[\n]", "pytest t.py"),
        ("t.py::a[" + "x" * 500, "pytest t.py"),
        ("\n::a", "pytest tests"),
    ],
)
def test_hint_can_be_typed(node: str, hint: str, make: Any) -> None:
    found = outcomes(make.run(make.test(node, outcome="failed"), exit_status=1), returncode=1)
    assert found[0].hint == f"run it alone: {hint}"


def test_hint_uses_the_interpreter_of_the_tier(make: Any) -> None:
    tier = Tier(name="unit", tests=("tests",), python=".venv/bin/python")
    records = make.run(make.test(NODE, outcome="failed"), exit_status=1)
    (found,) = outcomes_of_tier([ending_of(tier, records, returncode=1)])
    assert found.hint == f"run it alone: .venv/bin/python -m pytest {NODE}"


@pytest.mark.parametrize(("declared", "ran"), [(None, "/usr/bin/python3"), (".venv/bin/python", ".venv/bin/python")])
def test_where_a_module_is_missing_the_interpreter_is_named(declared: str | None, ran: str, make: Any) -> None:
    tier = Tier(name="unit", tests=("tests",), python=declared)
    missing = make.phase("tests/test_a.py", "collect", "failed", message="ModuleNotFoundError: No module named 'torch'")
    records = [make.open(), {**missing, "kind": "collect"}, make.run(exit_status=2)[-1]]
    told = f"the tests ran in {ran}: install the module there, or name another interpreter in tiers.unit.python"
    (found,) = outcomes_of_tier([ending_of(tier, records, returncode=2, interpreter=ran)])
    assert found.hint.startswith(f"{told}; run it alone: ")
    said = "ImportError while loading conftest '/x/conftest.py'.\nE   ModuleNotFoundError: No module named 'torch'"
    (refused,) = outcomes_of_tier([ending_of(tier, [], returncode=4, output_tail=said, interpreter=ran)])
    assert refused.hint == told


@given(nodes=st.sets(st.text(max_size=600) | st.text("ab\n %[]:é\ud800", max_size=600), min_size=2, max_size=5))
def test_ids_are_told_apart_and_safe(nodes: set[str], make: Any) -> None:
    clean = {node.encode("utf-8", "backslashreplace").decode() for node in nodes}
    found = outcomes(make.run(*(make.test(node) for node in sorted(clean))))
    tests = [outcome for outcome in found if outcome.check == "test"]
    assert all(len(outcome.id) <= 400 and outcome.id.isascii() and outcome.id.isprintable() for outcome in tests)
    if all("\x1b" not in node for node in clean):
        assert len({outcome.id for outcome in tests}) == len(clean)
    strict_json(found)


ENDINGS: list[tuple[str, dict[str, Any], str]] = [
    ("budget", {"returncode": -9, "timed_out": True}, "stopped after 2m: the budget of the tier was used up"),
    ("interrupted", {"returncode": None, "interrupted": True}, "interrupted"),
    ("sigterm", {"returncode": -15}, "pytest died (killed by SIGTERM)"),
    ("killed in a shell", {"returncode": 137}, "pytest died (exit status 137, as after SIGKILL)"),
    ("unknown end", {"returncode": None}, "pytest died (exit status unknown)"),
    ("odd number", {"returncode": 250}, "pytest died (exit status 250)"),
    ("refused late", {"returncode": 4, "output_tail": "ERROR: odd"}, "pytest refused to run: odd"),
]


@pytest.mark.parametrize(("keywords", "message"), [ending[1:] for ending in ENDINGS], ids=[e[0] for e in ENDINGS])
def test_run_without_its_last_record_is_an_error(keywords: dict[str, Any], message: str, make: Any) -> None:
    records = make.run(make.test(NODE))[:-1]
    found = outcomes(records, **keywords)
    assert found[0].status is Status.PASS  # what was recorded is kept
    assert of_tier(found).message == message


def test_many_running_tests_are_counted(make: Any) -> None:
    records = [make.open(), *(make.start(f"t.py::{name}") for name in "abcde")]
    found = outcomes(records, returncode=-9, timed_out=True)
    assert of_tier(found).message.endswith(" while running t.py::a, t.py::b, t.py::c and 2 more")
    assert {outcome.message for outcome in found[:-1]} == {"was running when the tier was stopped after 2m"}


def test_interrupted_test_says_so(make: Any) -> None:
    found = outcomes([make.open(), make.start(NODE)], returncode=-2, interrupted=True)
    assert found[0].message == "was running when the run was interrupted"


@pytest.mark.parametrize(
    ("budget_s", "text"), [(90.0, "90s"), (120.0, "2m"), (7200.0, "2h"), (86400.0, "1d"), (0.5, "0.5s"), (None, "its ")]
)
def test_budget_is_written_as_in_the_configuration(budget_s: float | None, text: str, make: Any) -> None:
    found = outcomes_of_tier(
        [ending_of(Tier(name="unit", tests=("t",), budget_s=budget_s), [], returncode=-9, timed_out=True)]
    )
    assert found[0].message.startswith(f"stopped after {text}")


@pytest.mark.parametrize(
    ("returncode", "output", "message"),
    [
        (1, "python: No module named pytest", "pytest is not installed for the interpreter of the tests"),
        (127, "pyenv: pytest: command not found", "pytest did not start (exit status 127): pyenv: pytest: command"),
        (1, "Traceback\n  File\nImportError: no\n\n", "pytest did not start (exit status 1): ImportError: no"),
        (4, "ERROR: usage: pytest\npytest: error: unrecognized arguments: --x\n  inifile: None", "pytest refused to"),
        (0, "", "pytest did not start (exit status 0)"),
    ],
)
def test_run_without_any_record(returncode: int, output: str, message: str) -> None:
    (found,) = outcomes([], returncode=returncode, output_tail=output)
    assert found.message.startswith(message)
    assert found.evidence["output"] == [line.rstrip() for line in output.splitlines()]
    assert found.observed == returncode


@pytest.mark.parametrize(
    "record",
    [
        {"kind": "malformed", "message": "line 3 of the results is not a JSON object"},
        {"kind": "later"},
        {"kind": 1},
        {},
        {"kind": "open", "format": 1},
        {"kind": "open", "format": 2},
        {"kind": "session", "exit_status": 0, "collected": 1},
        {"kind": "session", "exit_status": "x", "collected": None},
        {"kind": "phase", "node": NODE},
        {"kind": "phase", "node": 1, "when": "call", "outcome": "passed"},
        {"kind": "phase", "node": NODE, "when": "call", "outcome": "passed", "line": "x"},
        {"kind": "phase", "node": NODE, "when": "call", "outcome": "passed", "traceback": [1]},
        {"kind": "interrupted"},
    ],
)
def test_record_that_cannot_be_read_is_an_error(record: dict[str, Any], make: Any) -> None:
    whole = make.run(make.test(NODE))
    found = outcomes([*whole[:2], record, *whole[2:]])
    assert of_tier(found).message.startswith("the recorded results cannot be read: ")
    assert judge(found) is Status.ERROR


def test_results_without_their_head_are_an_error(make: Any) -> None:
    found = outcomes(make.run(make.test(NODE))[1:])
    assert of_tier(found).message == "the recorded results cannot be read: the first record is missing"


def test_internal_error_without_a_text(make: Any) -> None:
    found = outcomes(make.run(make.test(NODE)), returncode=3)
    assert of_tier(found).message == "pytest stopped on an internal error"


def test_interrupted_session_with_a_running_test(make: Any) -> None:
    records = [make.open(), make.start(NODE), {"kind": "interrupted", "reason": "enough"}, make.session(1, 2)]
    found = outcomes(records, returncode=2)
    assert of_tier(found).message == f"pytest stopped: enough while running {NODE}"


@given(data=st.data())
def test_a_record_that_is_lost_never_makes_a_pass(data: st.DataObject, make: Any) -> None:
    tests = data.draw(st.integers(1, 4))
    whole = make.run(*(make.test(f"t.py::test_{number}") for number in range(tests)))
    assert judge(outcomes(whole)) is Status.PASS
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert judge(outcomes(whole[:cut])) is Status.ERROR
    needed = [i for i, record in enumerate(whole) if record["kind"] != "start" and record.get("when") != "setup"]
    lost = data.draw(st.sampled_from(needed))
    assert judge(outcomes([*whole[:lost], *whole[lost + 1 :]])) is Status.ERROR


@given(data=st.data())
def test_a_pass_means_that_everything_ran_and_ended_well(data: st.DataObject, make: Any) -> None:
    nodes = [f"t.py::test_{number}" for number in range(data.draw(st.integers(0, 3)))]
    shape = st.fixed_dictionaries({
        "kind": st.sampled_from(["start", "phase", "phase", "phase", "subtest", "collect", "internal_error", "noise"]),
        "node": st.sampled_from([*nodes, "t.py"]),
        "when": st.sampled_from(["setup", "call", "teardown", "???"]),
        "outcome": st.sampled_from(["passed", "passed", "failed", "skipped", "rerun"]),
    })  # fmt: skip
    records = [make.open(), *(record for node in nodes for record in make.test(node))]
    records += data.draw(st.lists(shape, max_size=3))
    records = data.draw(st.permutations(records))
    collected, exit_status = data.draw(st.integers(0, 4)), data.draw(st.integers(-1, 6))
    if data.draw(st.booleans()):
        records = [*records, make.session(collected, max(0, exit_status))]
    ended = {"timed_out": data.draw(st.booleans()), "interrupted": data.draw(st.booleans())}
    found = outcomes(records, returncode=exit_status, **ended)
    strict_json(found)
    if judge(found) in (Status.PASS, Status.WARN):
        assert exit_status == 0
        assert ended == {"timed_out": False, "interrupted": False}
        assert records[-1]["kind"] == "session"
        called = {record["node"] for record in records if record.get("when") == "call"}
        assert collected <= len(called | {record.get("node") for record in records})
        assert not [record for record in records if record.get("outcome") == "failed"]


def test_summary_of_a_run(make: Any) -> None:
    records = make.run(make.test(NODE), make.test(f"{NODE}_2", outcome="skipped", message="Skipped: later"))
    records[-1].update(warnings=3, deselected=2, pytest="9.2.0", python="3.12.1")
    summary = summarize(TIER, [parse_records(records)], outcomes(records), duration_s=2.5)
    assert summary.counts == {"pass": 1, "warn": 0, "fail": 0, "error": 0, "skip": 1}
    assert (summary.collected, summary.deselected, summary.warnings) == (2, 2, 3)
    assert (summary.pytest, summary.python) == ("9.2.0", "3.12.1")
    assert summary.provenance() == {
        "tier": "unit",
        "status": "pass",
        "duration_s": 2.5,
        "reason": "1 of 2 tests passed",
    }


def test_summary_without_an_end(make: Any) -> None:
    records = [make.open()]
    summary = summarize(TIER, [parse_records(records)], outcomes(records, returncode=-11), duration_s=1.0)
    assert summary.status is Status.ERROR
    assert summary.reason == "pytest died (killed by SIGSEGV)"
    assert summary.collected is None


def test_a_clock_that_was_set_back_makes_no_duration_negative(make: Any) -> None:
    records = make.run(make.test(NODE, duration_s=-3600.0))
    records.insert(1, {"kind": "passed", "node": "t.py::b", "durations_s": [-1.0, 2.0, -0.5]})
    records[-1]["collected"] = 2
    found = outcomes(records)
    assert [(outcome.subject, outcome.duration_s) for outcome in found] == [(NODE, 1.0), ("t.py::b", 2.0)]
    strict_json(found)


def test_workers_without_xdist_say_what_to_install() -> None:
    tier = Tier(name="unit", tests=("t.py",), workers=2, python=".venv/bin/python")
    output = "ERROR: Error importing plugin \"xdist\": No module named 'xdist'"
    (found,) = outcomes_of_tier([ending_of(tier, [], returncode=4, output_tail=output)])
    assert found.status is Status.ERROR
    assert found.message == "tiers.unit.workers needs pytest-xdist, which is not installed for the tests"
    assert found.hint == ".venv/bin/python -m pip install pytest-xdist"
