"""Plan, jobs in processes of their own, and the merged report: what a workflow does, without a workflow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
FILES = {
    "mlgate.yaml": "version: 1\nlint: {paths: [pkg]}\ntiers:\n  unit: {tests: [tests/unit], budget: 10m}\n"
    "  model: {tests: [tests/model], budget: 10m}\n",
    "pytest.ini": "[pytest]\npythonpath = .\n",
    "pkg/__init__.py": "",
    "pkg/one.py": "ONE = 1\n",
    "pkg/two.py": "TWO = 2\n",
    "pkg/three.py": "THREE = 3\n",
    "tests/unit/test_one.py": "from pkg.one import ONE\n\ndef test_one():\n    assert ONE\n",
    "tests/unit/test_two.py": "from pkg.two import TWO\n\ndef test_two():\n    assert TWO == 2\n",
    "tests/unit/test_skip.py": "import pytest\nfrom pkg.two import TWO\n\n@pytest.mark.skip(reason='not here')\ndef test_skipped():\n"
    "    assert TWO\n",
    "tests/model/test_sense.py": "from pkg.three import THREE\n\ndef test_sense():\n    assert THREE == 3\n",
    "configs/a.yaml": "seed: 1\n",
    ".gitignore": "__pycache__/\n.pytest_cache/\nout/\nplan.json\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, "one")
    git(tmp_path, "switch", "-qc", "work")
    return tmp_path


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=root, check=True, timeout=60)


def commit(root: Path, message: str, files: Mapping[str, str] | None = None) -> None:
    for path, text in (files or {}).items():
        (root / path).write_text(text, encoding="utf-8")
    git(root, "add", ".")
    git(root, "commit", "-qm", message, "--allow-empty")


def mlgate(root: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "PYTEST_"))}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "mlgate", *arguments, "--format", "json"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else {"stderr": done.stderr}


def run_jobs(root: Path, plan: Mapping[str, Any]) -> dict[str, int]:
    """All jobs of a plan, whatever they say; the exit code of each."""
    (root / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    shutil.rmtree(root / "out", ignore_errors=True)
    names = [job["name"] for job in plan["jobs"]]
    return {
        name: mlgate(root, "run", "--plan", "plan.json", "--job", name, "--output", f"out/{name}")[0] for name in names
    }


def statuses(report: Mapping[str, Any]) -> dict[str, str]:
    return {outcome["id"]: outcome["status"] for outcome in report["outcomes"] if outcome["tier"] != "static"}


def decisions(plan: Mapping[str, Any]) -> dict[str, str]:
    return {part["path"]: part["decision"] for tier in plan["tiers"] for part in tier["tests"]}


def test_a_plan_its_jobs_and_their_report(root: Path) -> None:
    commit(root, "two", {"pkg/two.py": "TWO = 2  # as before\n"})
    code, plan = mlgate(root, "plan", "--shard-seconds", "1")
    assert code == 0
    assert [(job["name"], job["files"]) for job in plan["jobs"]] == [
        ("static-1", []),
        ("unit-1", ["tests/unit/test_skip.py"]),
        ("unit-2", ["tests/unit/test_two.py"]),
    ]
    assert run_jobs(root, plan) == {"static-1": 0, "unit-1": 0, "unit-2": 0}
    code, report = mlgate(root, "report", "--plan", "plan.json", "out")
    assert statuses(report) == {
        "unit/tests/unit/test_skip.py::test_skipped": "skip",
        "unit/pytest": "skip",  # all of a job was skipped, the other proved something
        "unit/tests/unit/test_two.py::test_two": "pass",
        "unit/unchanged": "pass",
        "model/unchanged": "pass",
    }
    assert (code, report["verdict"]) == (0, "pass")
    assert [job["name"] for job in report["provenance"]["jobs"]] == ["static-1", "unit-1", "unit-2"]
    # What the jobs proved is in the plan now. A file that is no Python concerns a test that never ran.
    code, again = mlgate(root, "plan")
    assert decisions(again) == {
        "tests/unit/test_one.py": "unchanged",
        "tests/unit/test_skip.py": "run",  # nothing proves a test that was skipped
        "tests/unit/test_two.py": "reuse",
        "tests/model/test_sense.py": "unchanged",
    }
    assert [(item["id"], item["status"]) for item in again["tiers"][1]["reused"]] == [
        ("unit/tests/unit/test_two.py::test_two", "pass")
    ]
    (root / "configs" / "a.yaml").write_text("seed: 2\n", encoding="utf-8")
    code, other = mlgate(root, "plan", "--base", "HEAD")
    assert decisions(other) == {
        "tests/unit/test_one.py": "run",
        "tests/unit/test_skip.py": "run",
        "tests/unit/test_two.py": "unchanged",
        "tests/model/test_sense.py": "run",
    }
    git(root, "restore", "configs")
    # A report that was cut short, one that is gone, and a commit that came between.
    path = root / "out" / "unit-2" / "report.json"
    path.write_text(path.read_text(encoding="utf-8")[:-30], encoding="utf-8")
    shutil.rmtree(root / "out" / "static-1")
    code, report = mlgate(root, "report", "--plan", "plan.json", "out")
    problems = [outcome["message"] for outcome in report["outcomes"] if outcome["check"] in ("shard", "job")]
    assert code == 3
    assert "the report in out/unit-2 is left out: report.json is not a report" in problems[0]
    assert problems[1:] == [
        "the job static-1 did not report: nothing of the static tier was checked",
        "the job unit-2 did not report: 1 test file of the unit tier was not checked",
    ]
    commit(root, "three", {"pkg/one.py": "ONE = 0\n"})
    code, refused = mlgate(root, "run", "--plan", "plan.json", "--job", "unit-2")
    assert (code, [outcome["check"] for outcome in refused["outcomes"]]) == (3, ["plan"])
    # What the files took is known now, and the test of the commit in between fails.
    code, plan = mlgate(root, "plan")
    assert [part["expected_s"] is not None for part in plan["tiers"][1]["tests"]] == [False, True, True]
    (root / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    code, report = mlgate(root, "run", "--plan", "plan.json", "--job", "unit-1")
    assert (code, statuses(report)["unit/tests/unit/test_one.py::test_one"]) == (1, "fail")


def test_documentation_alone_is_a_pass_that_ran_nothing(root: Path) -> None:
    (root / "README.md").write_text("# Words\n", encoding="utf-8")
    commit(root, "words")
    code, plan = mlgate(root, "plan")
    assert (code, plan["jobs"]) == (0, [])
    run_jobs(root, plan)
    code, report = mlgate(root, "report", "--plan", "plan.json", "out")
    assert (code, report["verdict"]) == (0, "pass")
    assert {outcome["check"] for outcome in report["outcomes"]} == {"unchanged"}
