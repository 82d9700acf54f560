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

from mlgate.sources.durations import durations_folder

ROOT = Path(__file__).parents[3]
BIN = Path(sys.executable).parent
ACTION = ROOT / "action.yml"
TEMPLATES = sorted((ROOT / "workflows").glob("*.yml"))
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
"""How a runner starts a step with `shell: bash`."""
OURS = "OWNER/mlgate@v0.1.0"
SECOND_STAGE = "comment.yml"
"""Follows a pull request from a fork: it has a token that may write, and runs nothing of the pull request."""
FIRST_STAGE = ("gate.yml", "mlgate.yml")
"""Run on the pull request; the others on a branch of the repository."""
RUNNER_VARIABLES = {
    "GITHUB_ACTION_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "RUNNER_TEMP", "RUNNER_TOOL_CACHE",
    "PATH",
}  # fmt: skip
"""What a runner sets, and PATH."""
PINNED = re.compile(r"actions/[a-z-]+(/[a-z]+)?@[0-9a-f]{40}")


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
    assert set(inputs.split()) <= set(action["inputs"])
    assert list(action["outputs"])[:3] == ["verdict", "report", "comment-url"]
    for item in [*action["inputs"].values(), *action["outputs"].values()]:
        assert item["description"].endswith(".")

    # Of other actions the cache alone, and the gate runs as well without it.
    others = [step for step in action["runs"]["steps"] if "uses" in step]
    assert {step["uses"].partition("@")[0] for step in others} == {"actions/cache/restore", "actions/cache/save"}
    for step in others:
        assert PINNED.fullmatch(step["uses"])
        assert step["continue-on-error"] is True
        assert "inputs.cache != 'false'" in step["if"]


def test_schemas() -> None:
    run(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-actions", ACTION)
    run(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *TEMPLATES)


def test_zizmor_finds_nothing_and_every_exception_has_a_reason() -> None:
    run(BIN / "zizmor", "--offline", "--no-progress", ACTION, *TEMPLATES)
    for path in (ACTION, *TEMPLATES):
        for reason in re.findall(r"zizmor: ignore\[[a-z-]+\](.*)", path.read_text(encoding="utf-8")):
            assert len(reason.split()) > 3, path


def test_actionlint_accepts_the_templates_with_the_real_action(tmp_path: Path) -> None:
    assert "is not defined in action" in lint_templates(tmp_path / "wrong", "stage:", "stages:", expected=1)
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
    assert read <= set(environment) | RUNNER_VARIABLES | {"GIT_CONFIG_COUNT"}  # set by few, and left as it is
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


def step(name: str, environment: dict[str, str], folder: Path) -> tuple[int, str, dict[str, str]]:
    """Exit code, text and outputs of a step of the Action that is run on its own."""
    (script,) = [script for found, _, script in SCRIPTS if found == name]
    output = folder / "output"
    output.write_text("", encoding="utf-8")
    bash, *options = BASH
    done = subprocess.run(
        [shutil.which(bash) or bash, *options, script], env={**environment, "GITHUB_OUTPUT": str(output)},
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    lines = output.read_text(encoding="utf-8").splitlines()
    return done.returncode, done.stdout + done.stderr, dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize(
    ("stage", "event", "settings", "plan", "core"),
    [
        ("run", "pull_request", {}, True, True),
        ("run", "merge_group", {}, True, True),
        ("run", "push", {}, False, False),
        ("run", "schedule", {"CHECK": "true"}, False, True),  # a check run is started before anything else
        ("run", "pull_request", {"TIERS": "unit"}, False, False),
        ("run", "pull_request", {"INSTALL": "false"}, False, False),
        ("plan", "workflow_dispatch", {}, True, True),
        ("plan", "pull_request", {"INSTALL": "false"}, True, False),
        ("job", "pull_request", {"CHECK": "true"}, False, False),
        ("queue", "pull_request", {}, False, True),
        ("report", "pull_request", {}, False, True),
    ],
)
def test_a_stage_plans_and_installs_what_it_needs(
    tmp_path: Path, stage: str, event: str, settings: dict[str, str], plan: bool, core: bool
) -> None:
    inputs = {"CHECK": "false", "INSTALL": "true", "TIERS": "", **settings, "EVENT": event, "STAGE": stage}
    code, _, outputs = step("Check the stage", inputs, tmp_path)
    assert (code, outputs) == (0, {"plan": str(plan).lower(), "core": str(core).lower()})


def test_a_stage_that_is_none_ends_the_step(tmp_path: Path) -> None:
    inputs = {"CHECK": "false", "INSTALL": "true", "TIERS": "", "EVENT": "push", "STAGE": "plan; touch owned"}
    code, said, outputs = step("Check the stage", inputs, tmp_path)
    assert (code, outputs) == (3, {})
    assert said.startswith("::error title=mlgate::")


@pytest.mark.parametrize(
    ("there", "wanted", "found"),
    [
        (["python3"], "python3", "python3"),
        (["python3.12"], "python3", "python3.12"),
        (["tools/Python/3.12.4/x64/bin/python3"], "python3", "tools/Python/3.12.4/x64/bin/python3"),
        (["python3.12"], "python3.9", None),  # one that was asked for by name is not replaced
        ([], "nothing", None),
    ],
)
def test_the_gate_finds_a_python_that_is_new_enough(
    tmp_path: Path, there: list[str], wanted: str, found: str | None
) -> None:
    """`python3` is that of the tests, which may be older."""
    for name in {"python3", "python3.9", *there}:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\nexit {0 if name in there else 1}\n", encoding="utf-8")
        path.chmod(0o755)
    machine = {"PATH": str(tmp_path), "RUNNER_TOOL_CACHE": str(tmp_path / "tools"), "GITHUB_ACTION_PATH": "/nowhere"}
    code, said, outputs = step("Find Python", {**machine, "PYTHON": wanted}, tmp_path)
    if found is None:
        assert (code, outputs) == (3, {})
        assert "::error title=mlgate::the input 'python' must name Python 3.11 or newer" in said
    elif found.startswith("tools/") and Path("/usr/bin/python3").exists():
        assert outputs["python"] in (str(tmp_path / found), "/usr/bin/python3")  # the machine's own, where it will do
    else:
        assert (code, outputs) == (0, {"python": found})


@pytest.mark.parametrize("name", ["Plan", "Run the gate"])
def test_git_answers_in_a_workspace_of_another_user_as_in_a_container(tmp_path: Path, name: str) -> None:
    (script,) = [script for found, _, script in SCRIPTS if found == name]
    workspace, programs = tmp_path / "work space", tmp_path / "bin"
    for folder in (workspace, programs):
        folder.mkdir()
    run("git", "init", "--quiet", cwd=workspace)
    program = programs / "mlgate"
    program.write_text(f"#!/bin/sh\ngit rev-parse --git-dir > '{tmp_path}/answer'\n", encoding="utf-8")
    program.chmod(0o755)
    environment = {
        **{variable: "" for found, known, _ in SCRIPTS if found == name for variable in known},
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1",
        "GITHUB_WORKSPACE": str(workspace), "RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output"),
        "DIRECTORY": str(workspace), "ENVIRONMENT": str(programs), "STAGE": "run",
    }  # fmt: skip
    refused = subprocess.run(["git", "status"], cwd=workspace, env=environment, capture_output=True, check=False)
    assert b"dubious ownership" in refused.stderr
    subprocess.run([*BASH, script], env=environment, capture_output=True, timeout=30, check=False)
    assert (tmp_path / "answer").read_text(encoding="utf-8") == ".git\n"


def test_only_the_steps_that_speak_to_github_see_the_token() -> None:
    steps = load(ACTION)["runs"]["steps"]
    with_token = [step["name"] for step in steps if "token" in str(step.get("env", {})).lower()]
    assert with_token == [
        "Check that the reviewed commit is the head",
        "Start the check run",
        "Wait for runners",
        "Comment on the pull request",
    ]


RIGHTS = {
    "baseline.yml": {"baseline": {"contents": "read"}},
    "comment.yml": {
        "comment": {"actions": "read", "checks": "write", "contents": "read", "pull-requests": "write"},
    },
    "gate.yml": {
        "plan": {"checks": "write", "contents": "read", "pull-requests": "read"},
        "first": {"contents": "read"},
        "then": {"contents": "read"},
        "queue": {"actions": "write"},
        "gate": {"checks": "write", "pull-requests": "write"},
    },
    "mlgate.yml": {"mlgate": {"contents": "read", "pull-requests": "write"}},
    "nightly.yml": {"nightly": {"contents": "read"}},
}
"""All that a token may do, by template and job."""


@pytest.mark.parametrize("path", TEMPLATES, ids=[path.name for path in TEMPLATES])
def test_a_template_asks_for_little(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in workflow["jobs"].items()} == RIGHTS[path.name]
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"]
        for step in job["steps"]:
            action = step.get("uses", OURS)
            assert action == OURS or PINNED.fullmatch(action)
    # Two templates in one repository must not cancel each other.
    assert workflow["concurrency"]["group"].startswith(f"{workflow['name']}-${{{{ ")
    assert workflow["name"] == (path.stem if path.stem == "mlgate" else f"mlgate-{path.stem}")
    assert f".github/workflows/{path.name}" in path.read_text(encoding="utf-8").split("name:")[0]


@pytest.mark.parametrize("name", FIRST_STAGE)
def test_the_first_stage_is_started_by_the_pull_request_itself(name: str) -> None:
    workflow = load(ROOT / "workflows" / name)
    started = workflow[True]  # YAML 1.1 reads the key `on` as true
    if name == "mlgate.yml":
        assert started == "pull_request"
    else:
        assert list(started) == ["pull_request", "merge_group", "workflow_dispatch"]
        # That a draft is ready must start what was left out for it.
        assert started["pull_request"]["types"] == ["opened", "synchronize", "reopened", "ready_for_review"]
    assert workflow["concurrency"]["cancel-in-progress"] is True
    group = workflow["concurrency"]["group"].replace("inputs.pull_request || ", "")
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
    # Later steps start the program that the Action has installed: its place is part of the Action, and a test of
    # `scripts/action_environment.py`.
    (later,) = [step["run"] for step in job["steps"] if "mlgate" in step.get("run", "")]
    assert '"$RUNNER_TEMP/mlgate-environment/bin/mlgate" ' in later


def test_the_baseline_is_that_of_the_newest_commit_and_decided_by_the_step_that_saves() -> None:
    (job,) = load(ROOT / "workflows" / "baseline.yml")["jobs"].values()
    checkout, *_, gate, _, save = job["steps"]
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


def test_gates_that_the_second_stage_follows_do_not_cancel_each_other() -> None:
    group = yaml.safe_load((ROOT / "workflows" / "comment.yml").read_text())["concurrency"]["group"]
    assert "${{ github.event.workflow_run.workflow_id }}" in group


def test_the_second_stage_touches_nothing_of_the_pull_request() -> None:
    workflow = load(ROOT / "workflows" / SECOND_STAGE)
    first = load(ROOT / "workflows" / "mlgate.yml")
    names = [load(ROOT / "workflows" / name)["name"] for name in sorted(FIRST_STAGE, reverse=True)]
    assert workflow[True] == {"workflow_run": {"workflows": names, "types": ["completed"]}}
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
    several = load(ROOT / "workflows" / "gate.yml")["jobs"].values()
    all_uploads = [s["with"]["name"] for j in several for s in j["steps"] if "upload" in s.get("uses", "")]
    assert uploads == [name for name in all_uploads if name.startswith("mlgate-report")]  # what `--from-run` looks for
    assert uploads == ["mlgate-report"]


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
    ("plan", "first", "any_first", "then", "any_then", "code"),
    [
        ("success", "success", "true", "success", "true", 0),
        ("success", "success", "true", "skipped", "false", 0),
        ("success", "skipped", "false", "success", "true", 0),
        ("success", "skipped", "false", "skipped", "false", 0),
        ("success", "skipped", "true", "success", "true", 1),
        ("success", "success", "true", "skipped", "true", 1),
        ("success", "failure", "true", "success", "true", 1),
        ("success", "success", "true", "cancelled", "true", 1),
        ("success", "success", "true", "failure", "true", 1),
        ("success", "skipped", "", "skipped", "", 1),
        ("failure", "skipped", "false", "skipped", "false", 1),
        ("cancelled", "success", "true", "success", "true", 1),
        ("", "", "", "", "", 1),
    ],
)
def test_the_deciding_job_passes_only_what_came_to_its_end(
    plan: str, first: str, any_first: str, then: str, any_then: str, code: int
) -> None:
    jobs = load(ROOT / "workflows" / "gate.yml")["jobs"]
    assert jobs["gate"]["if"] == "always()"
    assert set(jobs["gate"]["needs"]) == set(jobs) - {"gate"}
    (step,) = [step for step in jobs["gate"]["steps"] if step.get("name", "").startswith("No job may have ended")]
    settings: Sequence[tuple[str, str]] = list(zip(step["env"], (plan, first, any_first, then, any_then), strict=True))
    done = subprocess.run(
        [*BASH, step["run"]], env={**os.environ, **dict(settings)}, capture_output=True, timeout=30, check=False
    )
    assert done.returncode == code
    assert (b"::error title=mlgate::" in done.stdout) == bool(code)


def test_the_jobs_of_a_plan_get_secrets_where_their_tier_needs_them_and_no_rights() -> None:
    jobs = load(ROOT / "workflows" / "gate.yml")["jobs"]
    assert jobs["first"]["steps"] == jobs["then"]["steps"]
    (ours,) = [step for step in jobs["then"]["steps"] if step.get("uses") == OURS]
    for value in ours["env"].values():
        assert re.fullmatch(r"\$\{\{ matrix\.secrets && (secrets|vars)\.\w+ \|\| '' \}\}", value)
    for name, job in jobs.items():
        steps = [step for step in job["steps"] if step is not ours and step != ours]
        assert "secrets." not in str(steps), name
        assert job["runs-on"] == ("${{ matrix.runner }}" if name in ("first", "then") else "ubuntu-latest")
    # What may write to the pull request holds nothing of it, and nobody waits for a runner longer than the queue says.
    assert not [step for step in jobs["gate"]["steps"] if "checkout" in step.get("uses", "")]
    assert jobs["queue"]["if"].replace("always()", "!cancelled()") == jobs["then"]["if"]
    caches = [step["with"].get("cache") for job in jobs.values() for step in job["steps"] if step.get("uses") == OURS]
    assert set(caches) == {"${{ github.event_name != 'workflow_dispatch' }}"}


def test_durations_of_main_reach_the_plan_and_results_do_not(tmp_path: Path) -> None:
    """What a pull request puts into a cache of its own goes before that of main: proofs could be forged there."""
    caches: dict[str, list[dict[str, str]]] = {}
    for path in TEMPLATES:
        steps = [step for job in load(path)["jobs"].values() for step in job["steps"]]
        for step in steps:
            if step.get("uses", "").startswith("actions/cache/"):
                caches.setdefault(path.name, []).append({"uses": step["uses"].partition("@")[0], **step["with"]})
    assert {name: [cache["uses"] for cache in found] for name, found in caches.items()} == {
        "baseline.yml": ["actions/cache/save"],
        "gate.yml": ["actions/cache/restore"],
        "nightly.yml": ["actions/cache/save"],
    }
    run("git", "init", "--quiet", cwd=tmp_path)
    for (cache,) in caches.values():
        assert cache["path"] == durations_folder(tmp_path.resolve()).relative_to(tmp_path.resolve()).as_posix()
        assert cache.get("restore-keys", cache["key"]).startswith("mlgate-tests-")


def test_a_run_by_hand_is_of_the_commit_that_was_read() -> None:
    jobs = load(ROOT / "workflows" / "gate.yml")["jobs"]
    for name in ("plan", "first", "then"):
        (checkout,) = [step for step in jobs[name]["steps"] if "checkout" in step.get("uses", "")]
        assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False, "ref": "${{ inputs.sha }}"}
    (plan,) = [step["with"] for step in jobs["plan"]["steps"] if step.get("uses") == OURS]
    assert (plan["reviewed"], plan["pull-request"]) == ("${{ inputs.sha }}", "${{ inputs.pull_request }}")
    steps = [step["name"] for step in load(ACTION)["runs"]["steps"]]
    assert steps.index("Check that the reviewed commit is the head") < steps.index("Plan")
