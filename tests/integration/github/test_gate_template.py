"""`workflows/gate.yml`, as it is, under a local runner: plan, tiers as a matrix, one job that decides.

The Action in it is ours; only its input `install` is preset, so that it takes the mlgate that is here.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.github.act_runner import FILES, ROOT, Done, Runner

if TYPE_CHECKING:
    from tests.integration.github.conftest import GitHubStub

pytestmark = pytest.mark.slow

TEMPLATE = (ROOT / "workflows" / "gate.yml").read_text(encoding="utf-8")
PROJECT = {
    "mlgate.yaml": """\
version: 1
tiers:
  unit: {tests: [tests/unit]}
  integration: {tests: [tests/whole], runner: [self-hosted, gpu]}
""",
    "clinic.py": "def dose(weight):\n    return weight * 2\n",
    "tests/unit/test_dose.py": "from clinic import dose\n\n\ndef test_dose():\n    assert dose(2) == 4\n",
    "tests/whole/test_all.py": "from clinic import dose\n\n\ndef test_all():\n    assert dose(1) < 9\n",
    "pytest.ini": "[pytest]\npythonpath = .\n",
    "README.md": "# Clinic\n",
}
SAFER = "def dose(weight):\n    return 2 * weight\n"
WRONG = "def dose(weight):\n    return 3 * weight\n"
TAKEN = {"integration-1": ("completed", ["gpu", "self-hosted"])}


@pytest.fixture
def runner(github: GitHubStub, tmp_path: Path) -> Runner:
    """A repository whose main has the project and the template; it stands on a branch of it."""
    made = Runner.set_up(github, tmp_path / "repository")
    action = made.folder / "mlgate-action" / "action.yml"
    text = action.read_text(encoding="utf-8")
    preset = '    description: Whether to install mlgate; "false" uses the mlgate on PATH.\n    default: "true"\n'
    assert text.count(preset) == 1
    action.write_text(text.replace(preset, preset.replace('"true"', '"false"')), encoding="utf-8")
    made.write(**PROJECT, **{".github/workflows/gate.yml": TEMPLATE})
    for command in (["checkout", "--quiet", "-b", "main"], ["add", "--all"], ["commit", "--quiet", "-m", "x"]):
        subprocess.run(["git", *command], cwd=made.folder, check=True)
    subprocess.run(["git", "checkout", "--quiet", "-b", "work"], cwd=made.folder, check=True)
    return made


def run(runner: Runner, *, template: str = TEMPLATE, head: str = "o/r", draft: bool = False) -> Done:
    pull: dict[str, Any] = {"number": 5, "draft": draft, "base": {"ref": "main", "repo": {"full_name": "o/r"}}}
    pull["head"] = {"sha": "a" * 40, "ref": "work", "repo": {"full_name": head}}
    event = {"action": "opened", "number": 5, "pull_request": pull}
    return runner.run_workflow(template, "pull_request", event)


def outcomes(done: Done) -> dict[str, tuple[str, str]]:
    """Status and message by id, as the artifact of the last job has them."""
    report = json.loads((done.kept / "artifacts" / "mlgate-report" / "report.json").read_text(encoding="utf-8"))
    return {outcome["id"]: (outcome["status"], outcome["message"]) for outcome in report["outcomes"]}


def jobs(done: Done) -> set[str]:
    """Jobs that left a report."""
    return {path.name.removeprefix("mlgate-job-") for path in (done.kept / "artifacts").glob("mlgate-job-*")}


def test_all_tiers_run_in_their_jobs_and_the_last_one_decides(runner: Runner) -> None:
    runner.github.run_jobs.append(TAKEN)
    runner.write(**{"clinic.py": SAFER})

    done = run(runner)

    assert done.passed, done.log
    assert jobs(done) == {"unit-1", "integration-1"}
    assert {status for status, _ in outcomes(done).values()} == {"pass"}
    (body,) = runner.github.bodies()
    assert body.startswith("<!-- mlgate:default -->\n")
    assert [(check["status"], check["conclusion"]) for check in runner.github.checks] == [("completed", "success")]
    assert runner.github.cancelled == 0


def test_a_first_stage_that_blocks_spares_the_second(runner: Runner) -> None:
    runner.write(**{"clinic.py": WRONG})

    done = run(runner)

    assert not done.passed
    assert jobs(done) == {"unit-1"}
    found = outcomes(done)
    assert found["unit/tests/unit/test_dose.py::test_dose"][0] == "fail"
    assert found["integration/job/integration-1"] == ("skip", "not run: the unit tier blocks")
    assert [check["conclusion"] for check in runner.github.checks] == ["failure"]


@pytest.mark.parametrize("loss", ["report", "job"])
def test_a_job_whose_report_is_lost_or_that_is_skipped_blocks(runner: Runner, loss: str) -> None:
    runner.github.run_jobs.append(TAKEN)
    runner.write(**{"clinic.py": SAFER})
    template = TEMPLATE
    if loss == "report":
        lost = '[ -d "$FROM" ]\n        case "$NAME" in *integration-1) exit 0 ;; esac'
        runner.write(
            **{"upload-artifact/action.yml": FILES["upload-artifact/action.yml"].replace('[ -d "$FROM" ]', lost)}
        )
    else:
        template = TEMPLATE.replace(
            "  then:\n    needs: [plan, first]\n    if: >-\n      !cancelled()",
            "  then:\n    needs: [plan, first]\n    if: >-\n      false",
        )
        assert template != TEMPLATE

    done = run(runner, template=template)

    assert not done.passed
    assert jobs(done) == {"unit-1"}
    status, message = outcomes(done)["integration/job/integration-1"]
    assert (status, message.partition(":")[0]) == ("error", "the job integration-1 did not report")
    assert "integration-1" in runner.github.bodies()[0]
    assert [check["conclusion"] for check in runner.github.checks] == ["failure"]


def test_documentation_alone_starts_no_job_and_passes(runner: Runner) -> None:
    runner.write(**{"README.md": "# The clinic\n"})

    done = run(runner)

    assert done.passed, done.log
    assert jobs(done) == set()
    found = outcomes(done)
    assert {name: status for name, (status, _) in found.items()} == {
        "unit/unchanged": "pass",
        "integration/unchanged": "pass",
    }
    assert len(runner.github.bodies()) == 1


def test_a_fork_gets_no_runner_of_yours_and_no_pass(runner: Runner) -> None:
    runner.github.read_only = True
    runner.write(**{"clinic.py": SAFER})

    done = run(runner, head="stranger/r")

    assert not done.passed
    assert jobs(done) == {"unit-1"}
    status, message = outcomes(done)["integration/job/integration-1"]
    assert (status, message.partition(",")[0]) == ("error", "needs a runner of your own")
    assert runner.github.bodies() == []


@pytest.mark.parametrize("read", ["the head", "an older commit"])
def test_a_maintainer_starts_it_for_the_commit_that_was_read(runner: Runner, read: str) -> None:
    github = runner.github
    github.run_jobs.append(TAKEN)
    subprocess.run(["git", "branch", "maintenance", "main"], cwd=runner.folder, check=True)
    github.base_ref = "maintenance"
    runner.write(**{"clinic.py": SAFER})
    runner.commit()
    sha = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=runner.folder, text=True).strip()
    github.head = sha if read == "the head" else "b" * 40

    done = runner.start("workflow_dispatch", {"inputs": {"pull_request": "5", "sha": sha}})

    assert done.passed == (read == "the head"), done.log
    if not done.passed:
        assert "is not the head of pull request 5" in done.log
        assert jobs(done) == set()
        assert github.bodies() == []
        return
    assert jobs(done) == {"unit-1", "integration-1"}
    assert len(github.bodies()) == 1
    assert [(check["head_sha"], check["conclusion"]) for check in github.checks] == [(sha, "success")]
    plan = json.loads((done.kept / "artifacts" / "mlgate-plan" / "plan.json").read_text(encoding="utf-8"))
    assert plan["found"] == "merge base with maintenance"
