"""Jobs that wait for a runner, and the head that a maintainer has read, against the stand-in for GitHub."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mlgate.cli import cli, run_command
from mlgate.errors import SourceError
from mlgate.gate.runner_queue import POLL_S, Clock, Queue, end_run_without_runner
from mlgate.sources.github import GitHubContext, conversation
from mlgate.sources.github_jobs import WorkflowRun, require_reviewed_head

if TYPE_CHECKING:
    from tests.integration.github.conftest import GitHubStub

GPU = ["self-hosted", "gpu"]
HEAD, OTHER = "a" * 40, "b" * 40


def context(github: GitHubStub) -> GitHubContext:
    return GitHubContext(repository="o/r", api_url=github.url, token=github.token, number=5, sha=HEAD)


def ended(
    github: GitHubStub, *names: str, said: Callable[[str], None] = lambda _: None
) -> tuple[dict[str, str], float]:
    """Who was not taken, and after how many seconds of a clock that only sleeping moves."""
    passed = [0.0]

    def sleep(seconds: float) -> None:
        passed[0] += seconds

    clock = Clock(now=lambda: passed[0], sleep=sleep)
    queue = Queue(names, 60.0)
    return end_run_without_runner(context(github), WorkflowRun(9, 2), queue, clock=clock, say=said), passed[0]


def test_a_run_is_ended_where_no_runner_takes_a_job(github: GitHubStub) -> None:
    github.run_jobs.append({f"unit-{n}": ("completed", ["ubuntu-latest"]) for n in range(100)} | {"m": ("queued", GPU)})
    late, seconds = ended(github, "m")
    assert late == {"m": "no runner took the job within 1 minute (it asks for gpu, self-hosted)"}
    assert (github.cancelled, seconds) == (1, 60.0)
    assert any("attempts/2/jobs?per_page=100&page=2" in path for _, path in github.log)


def test_a_run_whose_jobs_are_taken_goes_on(github: GitHubStub) -> None:
    github.run_jobs += [{}, {"m": ("queued", GPU)}, {"m": ("in_progress", GPU)}]
    assert ended(github, "m") == ({}, 2 * POLL_S)
    assert github.cancelled == 0


def test_a_token_that_may_not_end_the_run_is_an_error_that_names_the_permission(github: GitHubStub) -> None:
    github.read_only = True
    github.run_jobs.append({"m": ("queued", GPU)})
    with pytest.raises(SourceError, match="may not do this") as refused:
        ended(github, "m")
    assert "actions: write" in refused.value.hint


def test_a_server_that_fails_for_as_long_as_the_budget_is_an_error(github: GitHubStub, fault: Any) -> None:
    github.faults += [fault("GET", 502)] * 50
    lines: list[str] = []
    with pytest.raises(SourceError, match="502"):
        ended(github, "m", said=lines.append)
    assert lines
    assert github.cancelled == 0


@pytest.mark.parametrize(
    ("fields", "sha", "said"),
    [
        ({}, HEAD, None),
        ({}, OTHER, f"commit {OTHER} is not the head of pull request 5"),
        ({"state": "closed"}, HEAD, "pull request 5 is not open"),
    ],
)
def test_only_the_head_that_was_read_passes(
    github: GitHubStub, fields: dict[str, Any], sha: str, said: str | None
) -> None:
    github.head, github.pull_fields = HEAD, fields
    with conversation(context(github), lambda _: None) as client:
        if said is None:
            assert require_reviewed_head(client, context(github), 5, sha) == "main"
            return
        with pytest.raises(SourceError, match=said):
            require_reviewed_head(client, context(github), 5, sha)


def test_a_pull_request_that_is_not_there_is_an_error(github: GitHubStub) -> None:
    with conversation(context(github), lambda _: None) as client, pytest.raises(SourceError, match="404"):
        require_reviewed_head(client, context(github), 5, HEAD)


def test_the_command_checks_what_a_person_typed(
    github: GitHubStub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    github.head = HEAD
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"inputs": {"pull_request": "5", "sha": HEAD}}), encoding="utf-8")
    for name, value in {
        "GITHUB_REPOSITORY": "o/r", "GITHUB_EVENT_PATH": str(event), "GITHUB_EVENT_NAME": "workflow_dispatch",
        "GITHUB_SHA": OTHER, "GITHUB_API_URL": github.url, "GITHUB_TOKEN": github.token,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert run_command(cli, ["github", "reviewed", "5", HEAD]) == 0
    assert capfd.readouterr().out == "main\n"
    assert run_command(cli, ["github", "reviewed", "5", OTHER]) == 3
    assert "is not the head of pull request 5" in capfd.readouterr().err
    for typed in (["5", "main"], ["5", HEAD[:12]], ["-5", HEAD], ["x", HEAD]):
        assert run_command(cli, ["github", "reviewed", "--", *typed]) == 2, typed
