from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.cli import cli, run_command
from mlgate.errors import SourceError
from mlgate.gate.runner_queue import POLL_S, Clock, Queue, await_runners
from mlgate.pyramid.plan_file import plan_to_dict
from mlgate.sources.github_jobs import RunJob
from tests.unit.pyramid.test_merge import PLAN

GPU, CPU = ("gpu", "self-hosted"), ("ubuntu-latest",)
BUDGET_S = 1800.0


class Time:
    """Passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.now_s, sleep=self.sleep)


def waited(
    history: Iterable[list[RunJob] | SourceError], *names: str, said: list[str] | None = None
) -> tuple[dict[str, str], float]:
    """Who was not taken, and the seconds until that was known; the last state of the jobs stays."""
    time, states = Time(), list(history)

    def look() -> list[RunJob]:
        state = states.pop(0) if len(states) > 1 else states[0]
        if isinstance(state, SourceError):
            raise state
        return state

    late = await_runners(Queue(names, BUDGET_S), look, clock=time.clock, say=(said if said is not None else []).append)
    return late, time.now_s - 1000.0


def job(name: str, status: str, labels: tuple[str, ...] = GPU) -> RunJob:
    return RunJob(name, status, labels)


def test_nobody_takes_the_job() -> None:
    late, seconds = waited([[job("model-1", "queued"), job("gate", "queued", CPU)]], "model-1")
    assert late == {"model-1": "no runner took the job within 30 minutes (it asks for gpu, self-hosted)"}
    assert BUDGET_S <= seconds <= BUDGET_S + POLL_S


@pytest.mark.parametrize("status", ["in_progress", "completed", "waiting", "pending"])
def test_what_does_not_wait_for_a_runner_is_not_waited_for(status: str) -> None:
    assert waited([[job("model-1", status)]], "model-1") == ({}, 0.0)


def test_a_job_behind_another_one_for_the_same_runner_waits_for_its_turn() -> None:
    behind = [job("model-1", "in_progress"), job("model-2", "queued")]
    hours = [behind] * round(5 * BUDGET_S / POLL_S)
    assert waited([*hours, [job("model-1", "completed"), job("model-2", "in_progress")]], "model-1", "model-2")[0] == {}
    late, seconds = waited([*hours, [job("model-1", "completed"), job("model-2", "queued")]], "model-1", "model-2")
    assert list(late) == ["model-2"]
    assert seconds > 6 * BUDGET_S - 2 * POLL_S


def test_what_is_at_work_is_not_lost_with_what_nobody_takes() -> None:
    elsewhere = [job("model-1", "queued"), job("serving-1", "in_progress", CPU)]
    ended = [job("model-1", "queued"), job("serving-1", "completed", CPU)]
    steps = round(3 * BUDGET_S / POLL_S)
    late, seconds = waited([*[elsewhere] * steps, ended], "model-1", "serving-1")
    assert (list(late), seconds) == (["model-1"], steps * POLL_S)


def test_a_job_that_was_never_made_is_no_reason_to_end_anything() -> None:
    late, seconds = waited([[]], "model-1")
    assert late == {}
    assert seconds >= BUDGET_S
    late, seconds = waited([[job("serving-1", "queued", CPU)]], "model-1", "serving-1")
    assert list(late) == ["serving-1"]


def test_an_answer_that_fails_is_told_and_asked_for_again() -> None:
    problem, said = SourceError("GitHub answered 502", hint="again"), list[str]()
    late, _ = waited(
        [problem, [job("model-1", "queued")], problem, [job("model-1", "in_progress")]], "model-1", said=said
    )
    assert late == {}
    assert said == ["the jobs of this run are not known: GitHub answered 502"] * 2
    with pytest.raises(SourceError, match="502"):
        waited([problem], "model-1")


@given(
    st.lists(
        st.lists(st.sampled_from(["queued", "in_progress", "completed"]), min_size=2, max_size=2),
        min_size=1,
        max_size=200,
    )
)
def test_only_a_job_that_is_queued_at_the_end_is_late_and_only_after_the_budget(states: list[list[str]]) -> None:
    history = [[job(f"model-{n}", status) for n, status in enumerate(state)] for state in states]
    queue, time = Queue(("model-0", "model-1"), BUDGET_S), 0.0
    for jobs in history:
        waits, late = queue.look(jobs, time)
        assert set(late) <= {found.name for found in jobs if found.status == "queued"}
        assert not (late and waits)
        assert not late or (time >= BUDGET_S and all(found.status != "in_progress" for found in jobs))
        assert waits or late or all(found.status != "queued" for found in jobs)
        time += POLL_S


@pytest.mark.parametrize(("late", "code"), [({}, 0), ({"model-1": "no runner took the job within 30 minutes"}, 3)])
def test_the_command_has_an_output_only_where_a_job_was_not_taken(
    late: dict[str, str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that ended without it was ended by a person: `gate` of the template then says so, and comments nothing."""
    (tmp_path / "plan.json").write_text(json.dumps(plan_to_dict(PLAN)), encoding="utf-8")
    (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": 7}}), encoding="utf-8")
    known = {"GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": "t", "GITHUB_RUN_ID": "1", "GITHUB_SHA": "a" * 40}
    paths = {"GITHUB_EVENT_PATH": tmp_path / "event.json", "GITHUB_OUTPUT": tmp_path / "output"}
    for name, value in {**known, **paths}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr("mlgate.gate.runner_queue.end_run_without_runner", lambda *_, **__: late)
    assert run_command(cli, ["github", "queue", "--plan", str(tmp_path / "plan.json")]) == code
    written = (tmp_path / "output").read_text(encoding="utf-8") if (tmp_path / "output").exists() else ""
    assert written == (f"absent={json.dumps(late)}\n" if late else "")
