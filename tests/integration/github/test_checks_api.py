"""Check runs against a server that GitHub's own API description holds to its word: lost answers, other apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mlgate.errors import SourceError
from mlgate.sources.github import Mark, conversation
from mlgate.sources.github_artifacts import MAX_ARTIFACTS, download_reports
from mlgate.sources.github_checks import PostedCheck, finish_check, start_check
from mlgate.sources.github_context import GitHubContext

if TYPE_CHECKING:
    from tests.integration.github.conftest import GitHubStub

SHA = "a" * 40
MARK = Mark("default", digest="0" * 32)
ANNOTATION = {"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "m"}


def context(github: GitHubStub, **settings: Any) -> GitHubContext:
    known = {"repository": "o/r", "api_url": github.url, "token": github.token, "number": 5, "sha": SHA}
    return GitHubContext(**{**known, **settings})


def start(github: GitHubStub, mark: Mark = MARK, **settings: Any) -> PostedCheck:
    with conversation(context(github, **settings), lambda _: None) as client:
        return start_check(client, context(github, **settings), mark)


def finish(github: GitHubStub, *, annotations: int = 0, mark: Mark = MARK) -> PostedCheck:
    output = {"title": "t", "summary": "s", "annotations": [ANNOTATION] * annotations}
    with conversation(context(github), lambda _: None) as client:
        return finish_check(client, context(github), mark, output, "success")


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("status", [0, 502])
def test_a_check_run_is_never_made_twice_after_a_lost_answer(
    github: GitHubStub, fault: Any, status: int, *, carried_out: bool
) -> None:
    for act in (start, finish):
        github.checks.clear()
        github.faults.append(fault("POST", status, carried_out=carried_out))
        act(github)
        assert len(github.checks) == 1
    assert github.checks[0]["status"] == "completed"


def test_a_second_report_on_one_commit_gets_a_check_run_of_its_own(github: GitHubStub) -> None:
    assert [finish(github).action for _ in range(2)] == ["completed", "unchanged"]
    assert finish(github, mark=Mark("default", digest="1" * 32)).action == "completed"
    assert len(github.checks) == 2
    start(github)
    assert [check["status"] for check in github.checks] == ["completed", "completed", "in_progress"]


def test_a_check_run_of_another_app_with_our_name_is_left_alone(github: GitHubStub) -> None:
    start(github)
    github.checks[0]["external_id"] = "somebody else's"
    finish(github)
    assert [check["status"] for check in github.checks] == ["in_progress", "completed"]


@pytest.mark.parametrize("status", [403, 404])
def test_a_check_run_that_may_not_be_written_is_replaced_by_one_of_ours(
    github: GitHubStub, fault: Any, status: int
) -> None:
    start(github)
    github.faults.append(fault("PATCH", status))
    finish(github)
    assert [check["status"] for check in github.checks] == ["in_progress", "completed"]


def test_a_broken_batch_does_not_leave_the_check_open(github: GitHubStub, fault: Any) -> None:
    start(github)
    github.faults.extend([fault("PATCH", 500)] * 4)
    assert finish(github, annotations=60).action == "shortened"
    assert [(c["status"], c["conclusion"]) for c in github.checks] == [("completed", "success")]


def test_two_gates_have_two_check_runs(github: GitHubStub) -> None:
    for mark in (MARK, Mark("gpu"), Mark("gpu", reported=True)):
        start(github, mark)
        start(github, mark)
    assert [check["name"] for check in github.checks] == ["mlgate: default", "mlgate: gpu", "mlgate: gpu (reported)"]


def test_an_event_without_a_commit_has_no_check_run(github: GitHubStub) -> None:
    with pytest.raises(SourceError, match="names no commit"):
        start(github, sha=None)
    assert github.log == []


def test_a_check_run_leads_to_the_run_that_made_it(github: GitHubStub) -> None:
    start(github, run_url="https://github.com/o/r/actions/runs/12")
    assert github.checks[0]["details_url"] == "https://github.com/o/r/actions/runs/12"


def test_more_artifacts_than_a_run_has_gates_are_refused(github: GitHubStub) -> None:
    for number in range(MAX_ARTIFACTS + 1):
        github.upload(b"x", f"mlgate-report-{number}", sha=SHA)
    here = context(github, run_id=77)
    with conversation(here) as client, pytest.raises(SourceError, match="left 21 artifacts"):
        download_reports(client, here)
    assert github.methods() == "GET"


def test_of_an_artifact_that_was_uploaded_twice_the_newer_counts(github: GitHubStub) -> None:
    for number in range(150):
        github.upload(b"other", f"other-{number}", sha=SHA)
    for content in (b"older", b"newer"):
        github.upload(content, sha=SHA)
    here = context(github, run_id=77)
    with conversation(here) as client:
        assert download_reports(client, here) == {"mlgate-report": b"newer"}
