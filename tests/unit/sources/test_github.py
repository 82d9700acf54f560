from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from mlgate.errors import SourceError, UsageError
from mlgate.render.json import render_json
from mlgate.sources.github import MAX_BODY_BYTES, GitHubContext, Mark, body_budget, comment_marker
from mlgate.sources.github_answers import Answer, message_of, permission_lines, rate_limit_wait
from mlgate.sources.github_api import GitHubClient
from mlgate.sources.reports import MAX_REPORT_BYTES, load_report, write_step_output
from tests.unit.render import reports

SHA = "0123456789abcdef0123456789abcdef01234567"
REPORT = {
    "schema_version": 1,
    "gate": "default",
    "verdict": "error",
    "started_at": "2026-11-21T10:00:00Z",
    "duration_s": 1.0,
    "provenance": {},
    "outcomes": [],
}


def environment(folder: Path, event: Any, **variables: str) -> dict[str, str]:
    path = folder / "event.json"
    path.write_text(event if isinstance(event, str) else json.dumps(event), encoding="utf-8")
    known = {"GITHUB_REPOSITORY": "o/r", "GITHUB_EVENT_PATH": str(path), "GITHUB_TOKEN": "t0ken", "GITHUB_SHA": SHA}
    return {**known, **variables}


@pytest.mark.parametrize(
    "event",
    [
        {"pull_request": {"number": 5}},
        {"issue": {"number": 5, "pull_request": {"url": "x"}}},
        {"pull_request": {"number": 5}, "issue": {"number": 6, "pull_request": {}}},
    ],
)
def test_the_pull_request_comes_from_the_event(tmp_path: Path, event: Any) -> None:
    found = GitHubContext.from_environment(environment(tmp_path, event))
    assert (found.number, found.sha, found.repository) == (5, None, "o/r")
    assert found.api_url == "https://api.github.com"


@pytest.mark.parametrize(
    ("inputs", "started", "number", "sha"),
    [
        ({"pull_request": "5", "sha": "b" * 40}, "workflow_dispatch", 5, "b" * 40),
        ({"pull_request": 5, "sha": "b" * 40}, "workflow_dispatch", 5, "b" * 40),
        ({"pull_request": "5", "sha": "b" * 40}, "push", None, SHA),
        ({"pull_request": "5", "sha": "main"}, "workflow_dispatch", None, SHA),
        ({"pull_request": "5 ", "sha": "b" * 40}, "workflow_dispatch", None, SHA),
        ({"pull_request": "0", "sha": "b" * 40}, "workflow_dispatch", None, SHA),
        ({"other": "5"}, "workflow_dispatch", None, SHA),
        (None, "workflow_dispatch", None, SHA),
    ],
)
def test_a_run_by_hand_is_about_the_commit_that_was_read(
    tmp_path: Path, inputs: Any, started: str, number: int | None, sha: str
) -> None:
    found = GitHubContext.from_environment(environment(tmp_path, {"inputs": inputs}, GITHUB_EVENT_NAME=started))
    assert (found.number, found.sha) == (number, sha)


@pytest.mark.parametrize(
    "event",
    [
        {},
        [],
        {"pull_request": None},
        {"pull_request": {"number": True}},
        {"pull_request": {"number": "5"}},
        {"pull_request": {"number": -1}},
        {"issue": {"number": 5}},
    ],
)
def test_an_event_that_names_no_pull_request_leaves_the_commit(tmp_path: Path, event: Any) -> None:
    found = GitHubContext.from_environment(environment(tmp_path, event))
    assert (found.number, found.sha, found.head) == (None, SHA, None)


def test_a_workflow_run_is_about_its_own_head(tmp_path: Path) -> None:
    run = {"head_sha": "f" * 40, "head_branch": "b", "head_repository": {"owner": {"login": "someone"}}}
    found = GitHubContext.from_environment(environment(tmp_path, {"workflow_run": run}))
    assert (found.number, found.sha, found.head) == (None, "f" * 40, "someone:b")


def test_the_commit_is_the_head_that_people_see_and_not_the_merge_that_was_run(tmp_path: Path) -> None:
    event = {"pull_request": {"number": 5, "head": {"sha": "f" * 40}}}
    found = GitHubContext.from_environment(environment(tmp_path, event, GITHUB_RUN_ID="12"))
    assert (found.number, found.sha, found.queued) == (5, "f" * 40, False)
    assert found.run_url == "https://github.com/o/r/actions/runs/12"


def test_a_merge_queue_has_a_commit_and_no_pull_request(tmp_path: Path) -> None:
    event = {"merge_group": {"head_sha": "f" * 40}, "pull_request": {"number": 5}}
    found = GitHubContext.from_environment(environment(tmp_path, event))
    assert (found.number, found.sha, found.queued) == (None, "f" * 40, True)


@pytest.mark.parametrize("run", [{"id": 7}, {"id": 7, "head_sha": "HEAD"}, {"id": 7, "head_sha": None}])
def test_a_workflow_run_without_its_commit_is_not_taken_for_that_of_this_workflow(tmp_path: Path, run: Any) -> None:
    with pytest.raises(UsageError, match="not in a pull request"):
        GitHubContext.from_environment(environment(tmp_path, {"workflow_run": run, "pull_request": {"number": 5}}))


@pytest.mark.parametrize("server", ["https://x.example/?a", "javascript:x", "https://a b"])
def test_an_odd_address_of_the_server_gives_no_link(tmp_path: Path, server: str) -> None:
    event = {"workflow_run": {"id": 7, "head_sha": "f" * 40}}
    found = GitHubContext.from_environment(environment(tmp_path, event, GITHUB_SERVER_URL=server))
    assert (found.run_id, found.run_url) == (7, None)


@pytest.mark.parametrize(
    ("variables", "fact"),
    [
        ({"GITHUB_REPOSITORY": ""}, "GITHUB_REPOSITORY"),
        ({"GITHUB_REPOSITORY": "o/../.."}, "GITHUB_REPOSITORY"),
        ({"GITHUB_REPOSITORY": "o/.."}, "GITHUB_REPOSITORY"),
        ({"GITHUB_REPOSITORY": "o/r?x"}, "GITHUB_REPOSITORY"),
        ({"GITHUB_SHA": "HEAD"}, "not in a pull request"),
        ({"GITHUB_SHA": "", "GITHUB_EVENT_PATH": ""}, "not in a pull request"),
        ({"GITHUB_TOKEN": ""}, "no token"),
        ({"GITHUB_TOKEN": "two\nlines"}, "no token"),
        ({"GITHUB_API_URL": "http://example.org"}, "https"),
        ({"GITHUB_API_URL": "file:///etc"}, "https"),
        ({"GITHUB_API_URL": "https://u:p@example.org"}, "plain address"),
        ({"GITHUB_API_URL": "https://example.org/?a=1"}, "plain address"),
    ],
)
def test_wrong_use_is_told_before_anything_is_sent(tmp_path: Path, variables: dict[str, str], fact: str) -> None:
    with pytest.raises(UsageError, match=fact) as caught:
        GitHubContext.from_environment(environment(tmp_path, {}, **variables))
    assert caught.value.hint
    assert "two" not in str(caught.value)


def test_an_unreadable_event_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="event"):
        GitHubContext.from_environment(environment(tmp_path, "{"))
    with pytest.raises(SourceError, match="event"):
        GitHubContext.from_environment(environment(tmp_path, {}, GITHUB_EVENT_PATH=str(tmp_path / "none")))


def test_the_token_is_not_in_the_representation(tmp_path: Path) -> None:
    found = GitHubContext.from_environment(environment(tmp_path, {}, GITHUB_TOKEN="", GH_TOKEN=" gh-s3cret\n"))
    assert found.token == "gh-s3cret"
    assert "s3cret" not in f"{found} {found!r}"


@given(st.text())
@example("a --> b")
@example("-" * 300)
def test_a_marker_is_one_closed_html_comment_whatever_the_name(name: str) -> None:
    marker = comment_marker(name)
    inside = marker.removeprefix("<!-- mlgate:").removesuffix(" -->")
    assert marker == f"<!-- mlgate:{inside} -->"
    assert inside
    assert set(inside) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")
    assert "--" not in inside
    text = "x" * body_budget(name)
    for mark in (Mark(name), Mark(name, reported=True, digest="0" * 32)):
        assert len(mark.seal(f"{mark.line}\n{text}")) <= MAX_BODY_BYTES
    assert len({marker, Mark(name, reported=True).line, Mark(name).superseded}) == 3


@pytest.mark.parametrize(
    ("accepted", "lines"),
    [
        ("", ["contents: read", "pull-requests: write"]),
        ("issues=write; pull_requests=write", ["contents: read", "pull-requests: write"]),
        ("issues=write", ["contents: read", "issues: write"]),
        ("metadata=read", ["contents: read"]),
        ("checks=write,contents=read; statuses=write", ["contents: read", "checks: write"]),
        ("\n::error::=x", ["contents: read", "pull-requests: write"]),
    ],
)
def test_the_header_becomes_lines_of_a_workflow(accepted: str, lines: list[str]) -> None:
    assert permission_lines(accepted) == lines
    assert "contents: read" in permission_lines(accepted, "checks: write")


def test_without_the_header_the_permission_that_is_needed_is_named() -> None:
    assert permission_lines("", "checks: write") == ["contents: read", "checks: write"]
    assert permission_lines("issues=write; checks=write", "checks: write") == ["contents: read", "checks: write"]


@pytest.mark.parametrize(
    ("status", "headers", "wait_s"),
    [
        (403, {}, None),
        (200, {"x-ratelimit-remaining": "0"}, None),
        (429, {"retry-after": "12"}, 12.0),
        (429, {"retry-after": "Mon, 12 Jan 1970 13:46:40 GMT"}, 120.0),
        (429, {"retry-after": "Mon, 12 Jan 1970 13:47:10 GMT", "date": "Mon, 12 Jan 1970 13:46:40 GMT"}, 30.0),
        (429, {"retry-after": "Mon, 12 Jan 1970 13:46:40 GMT", "date": "Mon, 12 Jan 1970 13:47:10 GMT"}, 0.0),
        (429, {"retry-after": "Mon, 12 Jan 1970 13:46:40 GMT", "date": "no date"}, 120.0),
        (429, {"retry-after": "-1"}, 120.0),
        (403, {"x-ratelimit-remaining": "0"}, 120.0),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000030", "date": "no date"}, 120.0),
        (
            403,
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000030", "date": "Mon, 12 Jan 1970 13:46:40 GMT"},
            31.0,
        ),
        (
            403,
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "5", "date": "Mon, 12 Jan 1970 13:46:40 GMT"},
            1.0,
        ),
    ],
)
def test_a_rate_limit_says_how_long_to_wait(status: int, headers: dict[str, str], wait_s: float | None) -> None:
    assert rate_limit_wait(Answer(status, "https://api.github.com/", headers, b"{}"), attempt=1) == wait_s


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        (None, "Validation Failed"),
        ("text", "Validation Failed"),
        ([{"message": "too long"}, {"code": "custom"}], "Validation Failed; too long; custom"),
        (["Body is locked", {"code": "x"}, 5], "Validation Failed; Body is locked; x; 5"),
        (["two\nlines"], "Validation Failed; two lines"),
    ],
)
def test_every_entry_of_a_refusals_errors_is_told(errors: Any, said: str) -> None:
    assert message_of({"message": "Validation Failed", "errors": errors}) == said


@pytest.mark.parametrize(
    ("api_url", "graphql_url"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://github.example.org/api/v3", "https://github.example.org/api/graphql"),
        ("https://api.tenant.ghe.com", "https://api.tenant.ghe.com/graphql"),
    ],
)
def test_the_other_api_is_on_the_same_server(api_url: str, graphql_url: str) -> None:
    with requests.Session() as session:
        assert GitHubClient(session, api_url, "t0ken").graphql_url == graphql_url


def test_a_report_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(json.dumps(REPORT), encoding="utf-8")
    assert load_report(tmp_path).gate == "default"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        "{}",
        "[" * 100_000,
        json.dumps({**REPORT, "verdict": "pass"}),
        json.dumps({**REPORT, "schema_version": 2}),
        json.dumps({**REPORT, "outcomes": "text"}),
        json.dumps({**REPORT, "outcomes": [1]}),
        json.dumps({**REPORT, "provenance": [1]}),
        json.dumps(REPORT).replace("1.0", "NaN"),
        json.dumps(REPORT).replace("1.0", "1" + "0" * 400),
        json.dumps(REPORT).replace("1.0", "1" * 5000),
    ],
)
def test_what_is_not_a_report_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match="cannot be read as a report"):
        load_report(tmp_path)


def test_a_report_of_a_hundred_thousand_outcomes_can_be_read() -> None:
    compared = [outcome for outcome in reports.huge(400).outcomes if "metric" in outcome.evidence]
    assert len(render_json(reports.report(*compared)).encode()) / len(compared) * 100_000 < MAX_REPORT_BYTES


def test_a_report_must_be_a_file_of_reasonable_size(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        load_report(tmp_path)
    (tmp_path / "report.json").symlink_to("/dev/zero")
    with pytest.raises(SourceError, match="no such file"):
        load_report(tmp_path)
    (tmp_path / "report.json").unlink()
    with (tmp_path / "report.json").open("wb") as stream:
        stream.truncate(10**9)
    with pytest.raises(SourceError, match="larger than"):
        load_report(tmp_path)


def test_an_output_is_one_line(tmp_path: Path) -> None:
    target = tmp_path / "output"
    write_step_output({}, "key", "value")
    write_step_output({"GITHUB_OUTPUT": str(target)}, "key", "one")
    write_step_output({"GITHUB_OUTPUT": str(target)}, "other", "two")
    for value in ("a\nb", "a\rb", "a\u2028b"):
        with pytest.raises(ValueError, match="one line"):
            write_step_output({"GITHUB_OUTPUT": str(target)}, "key", value)
    assert target.read_text(encoding="utf-8") == "key=one\nother=two\n"
    with pytest.raises(SourceError, match="GITHUB_OUTPUT"):
        write_step_output({"GITHUB_OUTPUT": str(tmp_path)}, "key", "value")
