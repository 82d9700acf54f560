"""`mlgate comment` as a process, with the environment of a workflow's step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlgate.outcome import Outcome, Report, Status, report_to_dict

if TYPE_CHECKING:
    from tests.integration.github.conftest import GitHubStub

MLGATE = Path(sys.executable).parent / "mlgate"


def write_report(folder: Path, status: Status, *, outcomes: int = 1, gate: str = "default") -> Path:
    found = tuple(
        Outcome(
            id=f"data/people/age{number}/between", check="between", tier="data", subject=f"people.age{number}",
            status=status, message=f"{number} values are outside " + "0 to 120 " * 10,
        )
        for number in range(outcomes)
    )  # fmt: skip
    report = Report(gate=gate, outcomes=found, started_at="2026-11-21T10:00:00Z", duration_s=1.0, provenance={})
    folder.mkdir(exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report_to_dict(report)), encoding="utf-8")
    return folder


@pytest.fixture
def step(github: GitHubStub, tmp_path: Path) -> dict[str, str]:
    """Variables of a step in a workflow that a pull request started."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 5}}), encoding="utf-8")
    return {
        "GITHUB_ACTIONS": "",  # also where these tests themselves are run by a workflow
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_API_URL": github.url,
        "GITHUB_TOKEN": github.token,
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }


def comment(variables: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(MLGATE), "comment", *(str(argument) for argument in arguments)]
    return subprocess.run(
        command, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("status", [Status.PASS, Status.FAIL, Status.ERROR])
def test_the_exit_code_is_0_whatever_the_verdict(
    github: GitHubStub, step: dict[str, str], tmp_path: Path, status: Status
) -> None:
    done = comment(step, "--report", write_report(tmp_path / "report", status))

    assert (done.returncode, done.stdout) == (0, f"{github.comments[0]['html_url']}\n"), done.stderr
    assert done.stderr == "comment created\n"
    assert Path(step["GITHUB_OUTPUT"]).read_text(encoding="utf-8") == f"comment-url={done.stdout}"


def test_options_come_from_the_environment_and_the_name_from_the_gate(
    github: GitHubStub, step: dict[str, str], tmp_path: Path
) -> None:
    folder = write_report(tmp_path / "report", Status.PASS, gate="night <run>")

    for name in ({}, {"MLGATE_NAME": "cpu"}):
        assert comment({**step, **name, "MLGATE_REPORT": str(folder)}).returncode == 0

    firsts = [body.split("\n")[0] for body in github.bodies()]
    assert firsts == ["<!-- mlgate:night-run -->", "<!-- mlgate:cpu -->"]


def test_a_report_of_thousands_of_failures_still_fits(github: GitHubStub, step: dict[str, str], tmp_path: Path) -> None:
    done = comment(step, "--report", write_report(tmp_path / "report", Status.FAIL, outcomes=3000))

    assert done.returncode == 0, done.stderr
    assert 0 < len(github.bodies()[0].encode()) <= 60_000


def test_outside_a_pull_request_it_is_wrong_usage(tmp_path: Path) -> None:
    done = comment({}, "--report", write_report(tmp_path / "report", Status.PASS))

    assert done.returncode == 2
    assert "GITHUB_REPOSITORY is not set" in done.stderr
    assert "hint: run `mlgate comment` in a workflow" in done.stderr


@pytest.mark.parametrize("text", [None, "{", "[]", '{"schema_version": 1}'])
def test_a_report_that_cannot_be_read_is_3(
    github: GitHubStub, step: dict[str, str], tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "report.json").write_text(text, encoding="utf-8")

    done = comment(step, "--report", tmp_path)

    assert (done.returncode, done.stdout) == (3, "")
    assert "report.json cannot be read as a report" in done.stderr
    assert "Traceback" not in done.stderr
    assert github.log == []


def test_a_comment_that_cannot_be_posted_is_3(github: GitHubStub, step: dict[str, str], tmp_path: Path) -> None:
    github.read_only = True

    done = comment(step, "--report", write_report(tmp_path / "report", Status.PASS))

    assert (done.returncode, done.stdout) == (3, "")
    assert "issues=write; pull_requests=write" in done.stderr
    assert github.token not in done.stderr
    assert not Path(step["GITHUB_OUTPUT"]).exists()
