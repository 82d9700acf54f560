"""The real `action.yml` under a local runner, against the stand-in for GitHub.

The runner sets `INPUT_*` in composite actions, which GitHub does not; `test_action_files.py` sees to it that
no script reads them.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement

from mlgate.outcome import Outcome, Report, Status, report_to_dict
from tests.integration.github.act_runner import BIN, ROOT, WORKFLOW, Runner

if TYPE_CHECKING:
    from tests.integration.github.conftest import GitHubStub

pytestmark = pytest.mark.slow

GOOD = '{"epochs": 3}'
BAD = '{"epochs": '
DATASET = {
    "mlgate.yaml": "version: 1\ndatasets: {people: {path: people.csv, schema: people.schema.yaml}}\n",
    "people.schema.yaml": "version: 1\ncolumns:\n  id: {type: integer}\n  age: {type: integer, between: [0, 120]}\n",
    "people.csv": "id,age\n1,30\n2,40\n",
}
PROJECT = {
    "mlgate.yaml": "version: 1\nconfigs:\n  - {files: train.json}\n",
    "train.json": GOOD,
}
EVALUATION = """\
version: 1
evaluations:
  e:
    predictions: candidate.csv
    baseline: file:base.csv
    columns: {id: id, label: label, prediction: prediction}
    metrics: {accuracy: {tolerance: 0.02, min: 0.5}}
    resamples: 200
"""


@pytest.fixture
def runner(github: GitHubStub, tmp_path: Path) -> Runner:
    made = Runner.set_up(github, tmp_path / "repository")
    made.write(**PROJECT)
    return made


def test_the_comment_is_created_then_updated_in_place(runner: Runner) -> None:
    runner.write(**DATASET)
    first = runner.run()
    assert first.passed, first.log
    created = runner.github.bodies()
    runner.write(**{"people.csv": "id,age\n1,30\n2,400\n"})
    second = runner.run()
    updated = runner.github.bodies()

    assert [len(created), len(updated)] == [1, 1]
    assert created[0].startswith("<!-- mlgate:default -->\n")
    assert "people.age" in updated[0]
    assert "people.age" not in created[0]
    assert [method for method, _ in runner.github.log].count("POST") == 1
    assert not second.passed, second.log
    assert [done.outputs["verdict"] for done in (first, second)] == ["pass", "fail"]
    url = runner.github.comments[0]["html_url"]
    assert [done.outputs["comment-url"] for done in (first, second)] == [url, url]
    assert json.loads((second.kept / "report.json").read_text(encoding="utf-8"))["verdict"] == "fail"
    assert runner.github.token not in first.log + second.log


@pytest.mark.parametrize(("data", "verdict"), [(GOOD, "pass"), (BAD, "fail")])
def test_a_token_that_may_not_comment_leaves_the_verdict(runner: Runner, data: str, verdict: str) -> None:
    runner.github.read_only = True
    runner.write(**{"train.json": data})

    done = runner.run()

    assert (done.passed, done.outputs["verdict"]) == (verdict == "pass", verdict), done.log
    assert "::warning title=mlgate could not comment::" in done.log
    assert "pull-requests: write" in done.log
    assert done.outputs["comment-url"] == ""
    assert runner.github.comments == []


@pytest.mark.parametrize(("gate", "conclusion"), [("version: 1\ndatasetz: {}\n", "failure"), (None, "success")])
def test_a_check_run_is_completed_with_and_without_a_report(runner: Runner, gate: str | None, conclusion: str) -> None:
    if gate is not None:
        runner.write(**{"mlgate.yaml": gate})

    done = runner.run(check="true", name="nightly")

    (check,) = runner.github.checks
    assert (check["status"], check["conclusion"], check["name"]) == ("completed", conclusion, "mlgate: nightly")
    assert check["head_sha"] == "a" * 40
    written = [method for method, path in runner.github.log if "check-runs" in path and method != "GET"]
    assert written == ["POST", "PATCH"]  # in progress before the gate ran
    assert (done.passed, len(runner.github.bodies())) == ((True, 1) if gate is None else (False, 0)), done.log


def test_advisory_mode_comments_and_does_not_block(runner: Runner) -> None:
    runner.write(**{"train.json": BAD})

    done = runner.run(mode="advisory", name="advice", tiers="static, data\nunit")

    assert (done.passed, done.outputs["verdict"]) == (True, "fail"), done.log
    assert [body.split("\n")[0] for body in runner.github.bodies()] == ["<!-- mlgate:advice -->"]


@pytest.mark.parametrize(("event", "comment"), [("pull_request", "false"), ("push", "true"), ("merge_group", "true")])
def test_no_comment_is_made_where_none_is_wanted(runner: Runner, event: str, comment: str) -> None:
    done = runner.run(event=event, comment=comment)

    assert (done.passed, done.outputs["verdict"]) == (True, "pass"), done.log
    assert runner.github.log == []


def test_a_mistake_in_the_gates_file_is_an_error_and_no_comment(runner: Runner) -> None:
    first = runner.run()
    assert first.passed, first.log
    stale = runner.github.bodies()
    runner.github.log.clear()
    runner.write(**{"mlgate.yaml": "version: 1\ndatasetz: {}\n"})

    done = runner.run()

    assert (done.passed, done.outputs["verdict"]) == (False, "error"), done.log
    assert "exitcode '2'" in done.log or "exit status 2" in done.log
    assert "mlgate.yaml:2:1: " in done.log
    assert "datasetz" in done.log
    assert "did you mean" in done.log or "hint: " in done.log
    (warning,) = re.findall(r"::warning title=mlgate wrote no report::(.*)", done.log)
    assert "exit code 2" in warning
    assert "An older comment, if there is one, does not describe this run." in warning
    assert done.outputs["comment-url"] == ""
    assert (runner.github.bodies(), runner.github.log) == (stale, [])


def test_a_missing_gate_fails_closed(runner: Runner, tmp_path: Path) -> None:
    search = tmp_path / "bin"
    search.mkdir()
    (search / "python3").symlink_to(sys.executable)
    for name in ("bash", "git", "mktemp", "od", "tr", "cat", "wc", "cp", "env"):
        found = shutil.which(name)
        assert found is not None
        (search / name).symlink_to(found)

    done = runner.run(path=str(search))

    assert (done.passed, done.outputs["verdict"]) == (False, "error"), done.log
    assert runner.github.log == []


def test_an_installation_that_fails_is_an_error(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")

    done = runner.run(install="true")

    assert (done.passed, done.outputs) == (False, {**dict.fromkeys(done.outputs, ""), "verdict": "error"}), done.log
    assert "the gate's environment could not be installed" in done.log
    (constraints,) = runner.folder.parent.glob("cache/**/mlgate-constraints.txt")
    found = [Requirement(line) for line in constraints.read_text(encoding="utf-8").splitlines()]
    assert all(str(requirement.specifier).startswith("==") for requirement in found)


INSTALLS = f"""\
import os, sys
if sys.argv[1] == "places":
    with open(os.environ["GITHUB_OUTPUT"], "a") as stream:
        for extras in ("core", "ci"):
            stream.write(f"{{extras}}-folder=x\\n{{extras}}-programs={BIN}\\n{{extras}}-key=k\\n")
else:
    with open(os.environ["KEPT"] + "/installed", "a") as stream:
        stream.write(sys.argv[2] + " ")
"""
"""In place of `scripts/action_environment.py`: tells the environment of these tests and notes what was asked for."""


@pytest.mark.parametrize(
    ("changed", "event", "installed", "check"),
    [
        ("README.md", "pull_request", "core ", "unchanged"),
        ("train.json", "pull_request", "core ci ", "config_syntax"),
        ("README.md", "push", "ci ", "config_syntax"),
    ],
    ids=["documentation", "a config", "on main"],
)
def test_the_core_alone_is_installed_where_nothing_must_run(
    runner: Runner, changed: str, event: str, installed: str, check: str
) -> None:
    inputs = {"install": "true"}
    runner.write(**{"mlgate-action/scripts/action_environment.py": INSTALLS, "README.md": "# Before\n"})
    runner.write(**{".github/workflows/gate.yml": WORKFLOW % json.dumps(inputs)})
    runner.commit()
    for command in (["branch", "--quiet", "-M", "main"], ["checkout", "--quiet", "-b", "work"]):
        subprocess.run(["git", *command], cwd=runner.folder, check=True)
    runner.write(**{changed: GOOD + "\n"})

    done = runner.run(event=event, **inputs)

    assert (done.passed, done.outputs["verdict"]) == (True, "pass"), done.log
    assert (done.kept / "installed").read_text(encoding="utf-8") == installed
    report = json.loads((done.kept / "report.json").read_text(encoding="utf-8"))
    assert {outcome["check"] for outcome in report["outcomes"]} == {check}


def test_inputs_are_never_run_as_commands(runner: Runner) -> None:
    evil = 'a"; touch "$KEPT/owned"; $(touch \'$KEPT/owned\') `touch $KEPT/owned`'
    for name in ("config", "working-directory", "tiers", "mode", "name", "python"):
        done = runner.run(**{name: evil})
        assert not (done.kept / "owned").exists(), name
        assert not (runner.folder / "owned").exists(), name
        assert done.outputs["verdict"] in ("pass", "error"), done.log
        assert done.passed == (done.outputs["verdict"] == "pass" and name == "name"), (name, done.log)


def test_the_template_for_main_saves_what_passes_and_decides_in_its_last_step(runner: Runner) -> None:
    template = (ROOT / "workflows" / "baseline.yml").read_text(encoding="utf-8")
    workflow, ours = re.subn(
        r"uses: OWNER/mlgate@v0\.1\.0.*(\n[^w]*)with:\n",
        r"uses: ./mlgate-action\1with:\n          install: 'false'\n",
        template,
    )
    workflow, saves = re.subn(r'"\$RUNNER_TEMP/mlgate-environment/bin/mlgate"', "mlgate", workflow)
    # The local runner has the repository checked out.
    workflow, refs = re.subn(r" +ref: \$\{\{ github\.ref_name \}\}\n", "", workflow)
    assert (ours, saves, refs) == (1, 1, 1)
    workflow += '      - if: always()\n        run: cp base.csv* "$KEPT/" || true\n'
    rows = [f"{number},{number % 2},{number % 2 if number % 10 else 1 - number % 2}" for number in range(1000)]
    good = "\n".join(["id,label,prediction", *rows, ""])
    runner.write(**{"mlgate.yaml": EVALUATION, "candidate.csv": good})
    event = {"ref": "refs/heads/main"}

    first = runner.run_workflow(workflow, "push", event)

    assert first.passed, first.log
    assert "e: the first baseline" in first.log  # for the gate itself, one that is not found is an error
    assert (first.kept / "base.csv").read_text(encoding="utf-8") == good
    record = json.loads((first.kept / "base.csv.mlgate.json").read_text(encoding="utf-8"))
    head = ["git", "rev-parse", "HEAD"]
    assert record["commit"] == subprocess.check_output(head, cwd=runner.folder, text=True).strip()
    assert runner.github.log == []
    for file in first.kept.glob("base.csv*"):
        shutil.copy(file, runner.folder)
    runner.write(**{"candidate.csv": good.replace(",1,1\n", ",1,0\n")})

    worse = runner.run_workflow(workflow, "push", event)

    assert not worse.passed, worse.log
    assert "nothing was saved: the gate says fail: " in worse.log
    for file in first.kept.glob("base.csv*"):
        assert (worse.kept / file.name).read_bytes() == file.read_bytes()


def test_the_template_for_forks_comments_and_runs_nothing_of_theirs(runner: Runner) -> None:
    github, sha = runner.github, "b" * 40
    outcome = Outcome(
        id="data/people/age/between", check="between", tier="data", subject="people.age", status=Status.FAIL,
        message="`touch owned`; $(touch owned) ${{ github.token }}",
    )  # fmt: skip
    report = Report(
        gate="$(touch owned)", outcomes=(outcome,), started_at="", duration_s=1.0, provenance={"commit": sha}
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("report.json", json.dumps(report_to_dict(report)))
    github.upload(content.getvalue(), sha=sha)
    github.pulls_of_head = [github.pull(5, sha)]
    template = (ROOT / "workflows" / "comment.yml").read_text(encoding="utf-8")
    # The local runner has the repository checked out, and the gate installed.
    workflow, count = re.subn(r"( +- uses: actions/checkout@.*\n) +with:\n(?: {10}.*\n){3}", r"\1", template)
    workflow, installs = re.subn(r"(- name: Install mlgate\n +run: )\|\n(?: {10}.*\n)+", r"\1'true'\n", workflow)
    assert (count, installs) == (1, 1)
    run: dict[str, Any] = {"id": 77, "event": "pull_request", "head_sha": sha, "head_branch": "$(touch owned)"}
    run["head_repository"] = {"full_name": "someone/r", "owner": {"login": "someone"}}
    content_of_event: dict[str, Any] = {"action": "completed", "workflow_run": run}

    done = runner.run_workflow(workflow, "workflow_run", content_of_event)

    assert done.passed, done.log
    (body,) = github.bodies()
    assert body.startswith("<!-- mlgate-reported:touch-owned -->\n")
    assert "people.age" in body
    assert github.token not in body + done.log
    assert not list(runner.folder.rglob("owned"))
    github.log.clear()
    run["head_repository"] = {"full_name": "o/r", "owner": {"login": "o"}}
    assert runner.run_workflow(workflow, "workflow_run", content_of_event).passed
    assert github.log == []  # a pull request of this repository got its comment from its own run
