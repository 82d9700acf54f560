"""Payloads of events as GitHub has sent them: which pull request and which commit they lead to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.errors import UsageError
from mlgate.sources.github_context import GitHubContext

Payloads = dict[str, list[dict[str, Any]]]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[dict[str, Any]], GitHubContext]:
    def context(payload: dict[str, Any], **variables: str) -> GitHubContext:
        path = tmp_path / "event.json"
        path.write_text(json.dumps(payload), encoding="utf-8")
        known = {"GITHUB_REPOSITORY": "o/r", "GITHUB_EVENT_PATH": str(path), "GITHUB_TOKEN": "t"}
        return GitHubContext.from_environment({**known, **variables})

    return context


def test_a_pull_request_is_named_with_its_head_and_never_with_the_merge_commit(payloads: Payloads, read: Any) -> None:
    found = [(payload, read(payload, GITHUB_SHA="e" * 40)) for payload in payloads["pull_request"]]
    assert len(found) == 29
    for payload, context in found:
        head = payload["pull_request"]["head"]["sha"]
        assert (context.number, context.sha) == (payload["pull_request"]["number"], head)
        assert (context.queued, context.run_id) == (False, None)


def test_a_workflow_run_has_its_own_commit_and_no_number_whatever_it_lists(payloads: Payloads, read: Any) -> None:
    assert len(payloads["workflow_run"]) == 5
    for payload in payloads["workflow_run"]:
        run = payload["workflow_run"]
        run["pull_requests"] = [{"number": 1}]  # is empty for forks: it is not relied on
        context = read(payload, GITHUB_SHA="e" * 40)
        assert (context.number, context.sha, context.run_id) == (None, run["head_sha"], run["id"])
        assert context.head == f"{run['head_repository']['owner']['login']}:{run['head_branch']}"
        assert context.run_url == f"https://github.com/o/r/actions/runs/{run['id']}"


def test_a_merge_queue_has_a_commit_alone(payloads: Payloads, read: Any) -> None:
    assert len(payloads["merge_group"]) == 2
    for payload in payloads["merge_group"]:
        context = read(payload)
        assert (context.number, context.sha, context.queued) == (None, payload["merge_group"]["head_sha"], True)


def test_a_push_has_the_commit_of_the_run(payloads: Payloads, read: Any) -> None:
    for payload in payloads["push"]:
        context = read(payload, GITHUB_SHA="e" * 40)
        assert (context.number, context.sha) == (None, "e" * 40)


def test_a_remark_counts_where_it_is_about_a_pull_request(payloads: Payloads, read: Any) -> None:
    kinds = set()
    for payload in payloads["issue_comment"]:
        kinds.add("pull_request" in payload["issue"])
        if "pull_request" in payload["issue"]:
            assert read(payload).number == payload["issue"]["number"]
        else:
            with pytest.raises(UsageError):
                read(payload)
    assert False in kinds


def test_no_event_at_all_breaks_the_reader(payloads: Payloads, read: Any) -> None:
    read_ = 0
    for examples in payloads.values():
        for payload in examples:
            context = read(payload, GITHUB_SHA="e" * 40)
            assert context.sha is not None or context.number is not None
            read_ += 1
    assert read_ > 200
