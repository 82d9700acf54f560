"""The files of the demo's repository fit together: patches apply, our YAML files are valid, the workflow is ours."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from mlgate.demo.build import TEMPLATE
from mlgate.demo.stories import CHANGES, PULL_REQUESTS, PullRequest
from mlgate.gate.load import load_all, load_project

ROOT = Path(__file__).parents[3]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


def test_pull_requests_are_numbered_and_named_once() -> None:
    assert [request.number for request in PULL_REQUESTS] == [1, 2, 3]
    assert len({request.branch for request in PULL_REQUESTS}) == len(PULL_REQUESTS)
    assert [request.expected for request in PULL_REQUESTS] == [0, 1, 1]


def test_every_patch_belongs_to_a_pull_request() -> None:
    assert set(CHANGES.iterdir()) == {request.patch for request in PULL_REQUESTS if request.patch}


@pytest.mark.parametrize("request_", PULL_REQUESTS, ids=lambda request: request.branch)
def test_patch_applies_and_changes_python_that_compiles(copy: Path, request_: PullRequest) -> None:
    if request_.patch is None:
        assert request_.new_export
        return
    subprocess.run(["git", "apply", "--whitespace=error", str(request_.patch)], cwd=copy, check=True)
    changed = [
        path for path in copy.rglob("*.py") if path.read_text() != (TEMPLATE / path.relative_to(copy)).read_text()
    ]
    assert changed
    for path in changed:
        compile(path.read_text(encoding="utf-8"), str(path), "exec")


def test_our_files_are_valid(copy: Path) -> None:
    loaded = load_all(load_project(None, copy))
    assert set(loaded.schemas) == {"schemas/visits.yaml", "schemas/prepared.yaml"}
    evaluation = loaded.project.evaluations["outpatient"]
    assert evaluation.baseline == "mlflow:models:/outpatient@champion"
    assert len(evaluation.slices) == 3


def test_stages_and_datasets_name_the_same_files() -> None:
    stages = yaml.safe_load((TEMPLATE / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    made = {out for stage in stages.values() for out in stage["outs"]} | {"data/visits.csv"}
    declared = yaml.safe_load((TEMPLATE / "mlgate.yaml").read_text(encoding="utf-8"))
    read = {entry["path"] for entry in declared["datasets"].values()} | set(
        declared["evaluations"]["outpatient"]["needs"]
    )
    assert read == made
    ignored = {
        f"{folder}{line}"
        for folder in ("data", "models")
        for line in (TEMPLATE / folder / ".gitignore").read_text(encoding="utf-8").splitlines()
    }
    assert ignored == made


def test_workflow_is_the_published_one() -> None:
    published = ROOT / "workflows" / "mlgate.yml"
    assert (TEMPLATE / ".github" / "workflows" / "mlgate.yml").read_bytes() == published.read_bytes()


def test_hooks_of_the_template_exist() -> None:
    config = yaml.safe_load((TEMPLATE / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    manifest = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {hook["id"] for hook in config["repos"][0]["hooks"]} <= {hook["id"] for hook in manifest}
