"""Linters of the field over `action.yml` and the workflow templates, and what they do not look at."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlgate.outcome import TIERS

ROOT = Path(__file__).parents[3]
BIN = Path(sys.executable).parent
ACTION = ROOT / "action.yml"
TEMPLATES = sorted((ROOT / "workflows").glob("*.yml"))
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
"""How a runner starts a step with `shell: bash`."""
OURS = "OWNER/mlgate@v0.1.0"
SECOND_STAGE = "comment.yml"
"""Follows a pull request from a fork: it has a token that may write, and runs nothing of the pull request."""
FIRST_STAGE = ("mlgate-gpu.yml", "mlgate.yml")
"""Run on the pull request; the others on a branch of the repository."""
RUNNER_VARIABLES = {"GITHUB_ACTION_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "RUNNER_TEMP", "PATH"}


def run(*command: str | Path, cwd: Path = ROOT, text: str | None = None, expected: int = 0) -> str:
    """Output of a linter that ended as expected; else the test fails with it."""
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, env=environment, input=text, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout + done.stderr


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def scripts() -> list[tuple[str, dict[str, str], str]]:
    """Name, environment and script of every step that runs one."""
    steps: list[dict[str, Any]] = list(load(ACTION)["runs"]["steps"])
    for path in TEMPLATES:
        for job in load(path)["jobs"].values():
            steps += job["steps"]
    return [(step.get("name", step["run"]), step.get("env", {}), step["run"]) for step in steps if "run" in step]


SCRIPTS = scripts()
NAMES = [name for name, _, _ in SCRIPTS]  # pytest numbers those that stand in several templates


def test_the_action_has_the_frozen_names() -> None:
    action = load(ACTION)
    inputs = "config working-directory tiers python install comment check mode name token"
    assert list(action["inputs"]) == inputs.split()
    assert list(action["outputs"]) == ["verdict", "report", "comment-url"]
    for item in [*action["inputs"].values(), *action["outputs"].values()]:
        assert item["description"].endswith(".")
    assert not [step for step in action["runs"]["steps"] if "uses" in step]


def test_schemas() -> None:
    run(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-actions", ACTION)
    run(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *TEMPLATES)


def test_zizmor_finds_nothing_and_every_exception_has_a_reason() -> None:
    run(BIN / "zizmor", "--offline", "--no-progress", ACTION, *TEMPLATES)
    for path in (ACTION, *TEMPLATES):
        for reason in re.findall(r"zizmor: ignore\[[a-z-]+\](.*)", path.read_text(encoding="utf-8")):
            assert len(reason.split()) > 3, path


def test_actionlint_accepts_the_templates_with_the_real_action(tmp_path: Path) -> None:
    assert "is not defined in action" in lint_templates(tmp_path / "wrong", "tiers:", "tierz:", expected=1)
    lint_templates(tmp_path / "right", "", "", expected=0)


def lint_templates(folder: Path, old: str, new: str, *, expected: int) -> str:
    """Run actionlint where the templates would stand, with our action beside them, so that it reads its inputs."""
    target = folder / ".github" / "workflows"
    target.mkdir(parents=True)
    shutil.copy(ACTION, folder)
    shutil.copy(ROOT / ".github" / "actionlint.yaml", target.parent)
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert OURS in text or path.name == SECOND_STAGE
        (target / path.name).write_text(text.replace(OURS, "./").replace(old, new), encoding="utf-8")
    run("git", "init", "--quiet", cwd=folder)
    return run(BIN / "actionlint", "-no-color", cwd=folder, expected=expected)


@pytest.mark.parametrize(("name", "_environment", "script"), SCRIPTS, ids=NAMES)
def test_shellcheck(name: str, _environment: dict[str, str], script: str) -> None:
    run(BIN / "shellcheck", "--shell=bash", "-", text=script)


@pytest.mark.parametrize(("name", "environment", "script"), SCRIPTS, ids=NAMES)
def test_a_script_gets_everything_through_its_environment(name: str, environment: dict[str, str], script: str) -> None:
    """No expression is pasted into a script, and no variable is read that the step does not declare."""
    assert "${{" not in script
    read = set(re.findall(r"\$\{?([A-Z][A-Z0-9_]*)", script))
    assert read <= set(environment) | RUNNER_VARIABLES
    assert not [variable for variable in read if variable.startswith("INPUT_")]


@pytest.mark.parametrize(
    ("report", "summary"),
    [
        (b"# fine\n", b"before\n# fine\n"),
        (b"x" * 1_000_001, b"before\nThe report of mlgate is too long for a job summary.\n"),
        (None, b"before\n"),
    ],
    ids=["short", "long", "none"],
)
def test_the_summary_stays_under_the_limit(tmp_path: Path, report: bytes | None, summary: bytes) -> None:
    """Run on its own, because the local runner throws the summary away."""
    (script,) = [script for name, _, script in SCRIPTS if name == "Write the job summary"]
    target = tmp_path / "summary.md"
    target.write_bytes(b"before\n")
    if report is not None:
        (tmp_path / "report.md").write_bytes(report)
    environment = {**os.environ, "REPORT": str(tmp_path), "GITHUB_STEP_SUMMARY": str(target)}
    subprocess.run([*BASH, script], env=environment, timeout=30, check=True)
    assert target.read_bytes() == summary


def test_only_the_steps_that_speak_to_github_see_the_token() -> None:
    steps = load(ACTION)["runs"]["steps"]
    assert [step["id"] for step in steps if "token" in str(step.get("env", {})).lower()] == ["start", "comment"]


@pytest.mark.parametrize("path", TEMPLATES, ids=[path.name for path in TEMPLATES])
def test_a_template_asks_for_little(path: Path) -> None:
    workflow = load(path)
    second = path.name == SECOND_STAGE
    assert workflow["permissions"] == {}
    allowed = {("contents", "read")}
    allowed |= {("pull-requests", "write")} if second or path.name in FIRST_STAGE else set()
    allowed |= {("actions", "read"), ("checks", "write")} if second else set()
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"]
        assert set(job.get("permissions", {}).items()) <= allowed
        for step in job["steps"]:
            action = step.get("uses", OURS)
            assert action == OURS or re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action)
    # Two templates in one repository must not cancel each other.
    assert workflow["concurrency"]["group"].startswith(f"{workflow['name']}-${{{{ ")
    assert workflow["name"] == (path.stem if path.name in FIRST_STAGE else f"mlgate-{path.stem}")
    assert f".github/workflows/{path.name}" in path.read_text(encoding="utf-8").split("name:")[0]


@pytest.mark.parametrize("name", FIRST_STAGE)
def test_the_first_stage_is_started_by_the_pull_request_itself(name: str) -> None:
    workflow = load(ROOT / "workflows" / name)
    assert workflow[True] == "pull_request"  # YAML 1.1 reads the key `on` as true
    group = workflow["concurrency"]["group"]
    assert group == f"{workflow['name']}-${{{{ github.event.pull_request.number || github.ref }}}}"


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("baseline.yml", {"push": {"branches": ["main"]}}),
        ("nightly.yml", {"schedule": [{"cron": "17 3 * * *"}], "workflow_dispatch": None}),
    ],
)
def test_on_main_the_whole_gate_runs_to_its_end_and_comments_nowhere(name: str, events: dict[str, Any]) -> None:
    workflow = load(ROOT / "workflows" / name)
    assert workflow[True] == events
    assert workflow["concurrency"]["cancel-in-progress"] is False
    (job,) = workflow["jobs"].values()
    (gate,) = [step for step in job["steps"] if step.get("uses") == OURS]
    given = {key: value for key, value in gate["with"].items() if key != "name"}
    assert given == {"comment": "false", "mode": "enforce"}  # no `tiers`: all of them
    # Later steps start the program that the Action has installed: its place is part of the Action.
    install = load(ACTION)["runs"]["steps"][0]["run"]
    assert 'environment="$RUNNER_TEMP/mlgate-environment"\n' in install
    (later,) = [step["run"] for step in job["steps"] if "mlgate" in step.get("run", "")]
    assert '"$RUNNER_TEMP/mlgate-environment/bin/mlgate" ' in later


def test_the_baseline_is_that_of_the_newest_commit_and_decided_by_the_step_that_saves() -> None:
    (job,) = load(ROOT / "workflows" / "baseline.yml")["jobs"].values()
    checkout, *_, gate, save = job["steps"]
    assert checkout["with"]["ref"] == "${{ github.ref_name }}"  # of a run that is started again, too
    assert [step for step in job["steps"] if step.get("continue-on-error")] == [gate]
    assert "if" not in save
    environment = {"PATH": os.environ["PATH"], "RUNNER_TEMP": "/nowhere", "REPORT": ""}
    done = subprocess.run([*BASH, save["run"]], env=environment, capture_output=True, timeout=30, check=False)
    assert done.returncode != 0
    assert b"the gate did not run" in done.stderr


@pytest.mark.parametrize("code", [0, 2])
def test_the_history_cannot_leave_its_block_nor_change_the_verdict(tmp_path: Path, code: int) -> None:
    (script,) = [script for name, _, script in SCRIPTS if name == "Show the history"]
    program = tmp_path / "mlgate-environment" / "bin" / "mlgate"
    program.parent.mkdir(parents=True)
    program.write_text(
        f"#!/bin/sh\nprintf '```\\n# forged\\n' >&2\nyes line | head -n 9999\nexit {code}\n", encoding="utf-8"
    )
    program.chmod(0o755)
    summary = tmp_path / "summary.md"
    environment = {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(tmp_path), "GITHUB_STEP_SUMMARY": str(summary)}
    subprocess.run([*BASH, script], env=environment, timeout=30, check=True)
    lines = summary.read_text(encoding="utf-8").splitlines()
    assert lines[:5] == ["", "## History", "", "    ```", "    # forged"]
    assert set(lines[5:]) == {"    line"}
    assert len(lines) == 503


def test_the_second_stage_touches_nothing_of_the_pull_request() -> None:
    workflow = load(ROOT / "workflows" / SECOND_STAGE)
    first = load(ROOT / "workflows" / "mlgate.yml")
    assert workflow[True] == {"workflow_run": {"workflows": [first["name"]], "types": ["completed"]}}
    (job,) = workflow["jobs"].values()
    assert "head_repository.full_name != github.repository" in job["if"]
    (checkout,) = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"] == {
        "repository": "OWNER/mlgate",
        "ref": OURS.partition("@")[2],
        "persist-credentials": False,
    }
    with_token = [step for step in job["steps"] if "token" in str(step.get("env")).lower()]
    assert [step["run"] for step in with_token] == ["mlgate comment --from-run"]
    uploads = [step["with"]["name"] for step in first["jobs"]["mlgate"]["steps"] if "upload" in step.get("uses", "")]
    assert uploads == ["mlgate-report"]  # what `--from-run` looks for


def test_the_template_with_several_jobs_runs_every_tier_once() -> None:
    jobs = load(ROOT / "workflows" / "mlgate-gpu.yml")["jobs"].values()
    ours = [step["with"] for job in jobs for step in job["steps"] if step.get("uses") == OURS]
    tiers = [tier for given in ours for tier in given["tiers"].split()]
    assert sorted(tiers) == sorted(TIERS)


def test_the_template_with_one_job_runs_all_that_is_declared() -> None:
    (job,) = load(ROOT / "workflows" / "mlgate.yml")["jobs"].values()
    (step,) = [step for step in job["steps"] if step.get("uses") == OURS]
    assert "with" not in step


@pytest.mark.parametrize(("requirements", "code"), [(None, 0), ("good", 0), ("bad", 1)])
@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.name != SECOND_STAGE], ids=lambda path: path.name)
def test_a_project_without_requirements_reaches_the_gate(
    tmp_path: Path, path: Path, requirements: str | None, code: int
) -> None:
    installs = {
        step["run"]
        for job in load(path)["jobs"].values()
        for step in job["steps"]
        if step.get("name") == "Install the project"
    }
    (script,) = installs
    if requirements is not None:
        (tmp_path / "requirements.txt").write_text(requirements, encoding="utf-8")
    pip = tmp_path / "pip"
    pip.write_text('#!/bin/sh\necho "$@" > called\ngrep -q good "$3"\n', encoding="utf-8")
    pip.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([*BASH, script], cwd=tmp_path, env=environment, timeout=30, check=False)
    assert done.returncode == code
    assert (tmp_path / "called").exists() == (requirements is not None)


@pytest.mark.parametrize(
    ("cpu", "gpu", "fork", "allowed", "code"),
    [
        ("success", "success", "false", "false", 0),
        ("success", "success", "true", "true", 0),
        ("success", "skipped", "true", "true", 0),
        ("success", "skipped", "true", "false", 1),
        ("success", "skipped", "false", "true", 1),
        ("success", "failure", "true", "true", 1),
        ("success", "cancelled", "false", "true", 1),
        ("success", "", "true", "true", 1),
        ("failure", "skipped", "true", "true", 1),
        ("skipped", "success", "true", "true", 1),
        ("cancelled", "success", "false", "false", 1),
        ("", "", "", "", 1),
    ],
)
def test_the_deciding_job_passes_only_what_it_knows(cpu: str, gpu: str, fork: str, allowed: str, code: int) -> None:
    job = load(ROOT / "workflows" / "mlgate-gpu.yml")["jobs"]["gate"]
    assert job["if"] == "always()"
    assert set(job["needs"]) == set(load(ROOT / "workflows" / "mlgate-gpu.yml")["jobs"]) - {"gate"}
    (step,) = job["steps"]
    settings: Sequence[tuple[str, str]] = list(zip(step["env"], (cpu, gpu, fork, allowed), strict=True))
    done = subprocess.run(
        [*BASH, step["run"]], env={**os.environ, **dict(settings)}, capture_output=True, timeout=30, check=False
    )
    assert done.returncode == code
