"""What is run again after a process of pytest died, and who is to blame."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.project import Tier
from mlgate.outcome import Status
from mlgate.pyramid.endings import Ending
from mlgate.pyramid.restarts import MOST_RESTARTS, culprits, left_to_run, rest_of, told_death
from mlgate.pyramid.results import ending_of, outcomes_of_tier
from mlgate.pyramid.selection import Selection
from mlgate.pyramid.stacks import Stack, parse_stack

TIER = Tier(name="unit", tests=("t.py",), test_timeout_s=60.0)
A, B, C = "t.py::a", "t.py::b", "t.py::c"
ALL = Selection()


def died(make: Any, *records: Any, collected: int | None = 3, returncode: int = -9, **more: Any) -> Ending:
    """A process that ended without its last record."""
    counted = [] if collected is None else [{"kind": "collected", "count": collected}]
    flat = [record for part in records for record in (part if isinstance(part, list) else [part])]
    return ending_of(TIER, [make.open(), *counted, *flat], returncode=returncode, **more)


def done(make: Any, *tests: Any, exit_status: int = 0) -> Ending:
    return ending_of(TIER, make.run(*tests, exit_status=exit_status), returncode=exit_status)


def test_the_rest_runs_without_what_ended_and_the_culprit(make: Any) -> None:
    first = died(make, make.test(A), make.start(B))
    rest = rest_of(ALL, [first])
    assert rest == Selection(None, (A, B))
    outcomes = outcomes_of_tier([first, done(make, make.test(C))])
    assert {outcome.subject: outcome.status for outcome in outcomes} == {
        A: Status.PASS,
        B: Status.ERROR,
        C: Status.PASS,
    }
    assert outcomes[1].message == "was running when pytest died (killed by SIGKILL)"
    assert rest_of(ALL, [first, done(make, make.test(C))]) is None


def test_a_selection_stays_one(make: Any) -> None:
    selection = Selection(only=("t.py",), without=("t.py::d",))
    assert rest_of(selection, [died(make, make.test(A), make.start(B))]) == Selection(("t.py",), ("t.py::d", A, B))


@pytest.mark.parametrize(
    ("records", "more"),
    [
        (lambda make: [make.test(A), make.test(B), make.start(C)], {}),
        (lambda _make: [], {}),
        (lambda make: [make.test(A), make.start(B)], {"timed_out": True}),
        (lambda make: [make.test(A), make.start(B)], {"interrupted": True}),
        (lambda make: [make.test(A), make.start(B)], {"returncode": 4}),
    ],
    ids=["nothing left", "no test begun", "no time left", "interrupted", "refused"],
)
def test_no_further_process_where_nothing_would_come_of_it(records: Any, more: Any, make: Any) -> None:
    assert rest_of(ALL, [died(make, *records(make), **more)]) is None


def test_the_last_test_that_dies_needs_no_second_outcome(make: Any) -> None:
    outcomes = outcomes_of_tier([died(make, make.test(A), make.start(B), collected=2)])
    assert [(outcome.check, outcome.status) for outcome in outcomes] == [("test", Status.PASS), ("test", Status.ERROR)]


def test_of_several_running_tests_only_the_one_that_runs_again_at_a_death_is_guilty(make: Any) -> None:
    first = died(make, make.start(A), make.start(B))
    assert culprits([first]) == frozenset()
    assert rest_of(ALL, [first]) == Selection()
    second = died(make, make.test(A), make.start(B), make.start(C))
    assert culprits([first, second]) == {B}
    third = done(make, make.test(C))
    outcomes = outcomes_of_tier([first, second, third])
    assert {outcome.subject: outcome.status for outcome in outcomes} | {"t.py": Status.ERROR} == {
        A: Status.PASS,
        B: Status.ERROR,
        C: Status.PASS,
        "t.py": Status.ERROR,
    }


def test_a_death_that_no_test_explains_is_an_error_of_the_tier(make: Any) -> None:
    first = died(make, make.test(A), returncode=-11)
    outcomes = outcomes_of_tier([first, done(make, make.test(B), make.test(C))])
    assert [outcome.status for outcome in outcomes] == [Status.PASS, Status.PASS, Status.PASS, Status.ERROR]
    assert outcomes[-1].message == (
        "pytest died (killed by SIGSEGV) between two tests; what was left ran in another process"
    )


def test_restarts_are_bounded_and_what_was_not_run_is_counted(make: Any) -> None:
    endings = [died(make, make.start(f"t.py::{number}"), collected=99 - number) for number in range(MOST_RESTARTS + 1)]
    assert rest_of(ALL, endings[:-1]) is not None
    assert rest_of(ALL, endings) is None
    outcomes = outcomes_of_tier(endings)
    assert len(outcomes) == MOST_RESTARTS + 2
    assert outcomes[-1].message == (
        f"pytest died (killed by SIGKILL, as {MOST_RESTARTS} processes before it) while running "
        f"t.py::{MOST_RESTARTS}; {98 - MOST_RESTARTS} tests were not run"
    )


def test_a_process_that_dies_before_its_first_test_ends_it(make: Any) -> None:
    endings = [died(make, make.test(A), make.start(B)), died(make, collected=None, returncode=3)]
    assert rest_of(ALL, endings) is None
    assert outcomes_of_tier(endings)[-1].message == "pytest died again (exit status 3), before it ran a test"


@pytest.mark.parametrize(
    ("reason", "again"),
    [(None, True), ("maximum crashed workers reached: 8", True), ("stopping after 1 failures", False)],
)
def test_workers_that_gave_out_leave_a_rest(reason: str | None, again: bool, make: Any) -> None:
    dead = [make.start(B), make.phase(B, "???", "failed", message="worker 'gw0' crashed while running 't.py::b'")]
    records = make.run(make.test(A), dead, exit_status=2)
    records.insert(1, {"kind": "collected", "count": 3})
    records[-1]["collected"] = 3
    records[-1:-1] = [{"kind": "interrupted", "reason": reason}] if reason else []
    first = ending_of(TIER, records, returncode=2)
    assert rest_of(ALL, [first]) == (Selection(None, (A, B)) if again else None)
    assert told_death(first) == "a worker of xdist died"
    outcomes = outcomes_of_tier([first, done(make, make.test(C))])
    assert [outcome.status for outcome in outcomes] == [Status.PASS, Status.ERROR, Status.PASS]


def test_a_hung_test_says_where_it_was(make: Any) -> None:
    lines = ("Thread 0x1 (most recent call first):", '  File "/p/t.py", line 7 in a')
    ending = died(make, make.start(A), collected=1, returncode=1, stacks=[Stack(A, lines)])
    (outcome,) = outcomes_of_tier([ending])
    assert outcome.message == "did not end: stopped after 1m (test_timeout) in a"
    assert outcome.location is not None
    assert outcome.location.line == 7
    assert outcome.evidence["stack"] == list(lines)
    assert told_death(ending) == "t.py::a did not end"


def test_half_a_line_of_a_dead_process_is_no_second_fault_but_more_is(make: Any) -> None:
    broken = {"kind": "malformed", "message": "line 3 of the results is not a JSON object"}
    assert [one.check for one in outcomes_of_tier([died(make, make.start(A), broken, collected=1)])] == ["test"]
    outcomes = outcomes_of_tier([died(make, make.start(A), broken, broken, collected=1)])
    assert outcomes[-1].message.startswith("the recorded results cannot be read: line 3")


@given(st.text())
def test_whatever_a_timer_left_is_a_stack_or_nothing(text: str) -> None:
    stack = parse_stack(text)
    assert stack is None or stack.lines


def test_a_stack_is_read(make: Any) -> None:
    text = '"t.py::a"\nTimeout (0:00:01)!\nThread 0x1 (most recent call first):\n  File "/p/t.py", line 7 in a\n'
    stack = parse_stack(text)
    assert stack is not None
    assert stack.node == A
    assert stack.lines[-1] == '  File "/p/t.py", line 7 in a'
    assert parse_stack(text.replace('"t.py::a"', "t.py")) is None


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.data())
def test_every_test_is_an_outcome_however_often_pytest_dies(deadly: list[bool], data: st.DataObject) -> None:
    """A suite of which some tests kill their process, run to its end: each is there once, and judged rightly."""
    nodes = [f"t.py::{number}" for number in range(len(deadly))]
    endings: list[Ending] = []
    left: Selection | None = Selection()
    while left is not None:
        todo = [number for number, node in enumerate(nodes) if node not in left.without]
        records: list[dict[str, Any]] = [{"kind": "open", "format": 1}, {"kind": "collected", "count": len(todo)}]
        dead = False
        for number in todo:
            place = {"path": "t.py", "line": 1}
            records.append({"kind": "start", "node": nodes[number], **place})
            if deadly[number]:
                dead = True
                break
            records.append({"kind": "passed", "node": nodes[number], "durations_s": [0.0, 0.1, 0.0]})
        if not dead:
            records.append({"kind": "session", "exit_status": 0, "collected": len(todo)})
        endings.append(ending_of(TIER, records, returncode=-11 if dead else 0))
        left = rest_of(Selection(), endings)
    outcomes = outcomes_of_tier(endings)
    assert {outcome.subject: outcome.status is Status.ERROR for outcome in outcomes} == dict(
        zip(nodes, deadly, strict=True)
    )
    assert left_to_run(endings) == 0
