"""`mlgate plan` in repositories of Git's own making: from what differs to what runs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mlgate.cli import cli, run_command
from mlgate.gate.plan import PlanRequest, make_plan
from mlgate.pyramid.plan_file import Plan, plan_from_dict, plan_to_dict
from tests.unit.sources.test_git_changes import git, write

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs" / "plan.schema.json").read_text(encoding="utf-8"))
CONFIG = """\
version: 1
datasets:
  train: {path: data/train.csv, schema: schemas/rows.yaml}
  test: {path: data/test.csv, schema: schemas/rows.yaml}
splits: [{datasets: [train, test]}]
lint: {paths: [clinic]}
tiers:
  unit: {tests: [tests/unit], budget: 2m}
  model: {tests: [tests/model], runner: [self-hosted, gpu], gpu: required, datasets: [test]}
evaluations:
  readmission:
    command: [python, -m, clinic.evaluate]
    predictions: out/predictions.csv
    columns: {id: id, label: label, prediction: prediction}
    baseline: none
    metrics: {accuracy: {min: 0.5}}
"""
FILES = {
    "mlgate.yaml": CONFIG,
    "schemas/rows.yaml": "version: 1\ncolumns: {a: {type: integer}}\n",
    "data/train.csv.dvc": "outs:\n- {md5: '1', path: train.csv}\n",
    "data/test.csv.dvc": "outs:\n- {md5: '2', path: test.csv}\n",
    "clinic/__init__.py": "",
    "clinic/model.py": "X = 1\n",
    "clinic/plots.py": "import json\n",
    "clinic/evaluate.py": "from clinic import model\n",
    "tests/unit/test_plots.py": "from clinic import plots\n",
    "tests/unit/test_model.py": "from clinic.model import X\n",
    "tests/unit/helper.py": "",
    "tests/model/test_sense.py": "import clinic.evaluate\n",
    "README.md": "# Clinic\n",
    ".gitignore": "out/\n",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GITHUB_BASE_REF", "GITHUB_HEAD_REF"):
        monkeypatch.delenv(name, raising=False)
    for path, text in FILES.items():
        write(tmp_path, path, text)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    git(tmp_path, "switch", "-qc", "work")
    git(tmp_path, "commit", "-qm", "two", "--allow-empty")
    return tmp_path


def plan(root: Path, **fields: Any) -> Plan:
    made = make_plan(PlanRequest(start=root, **fields), clock=lambda: dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC))
    document = json.loads(json.dumps(plan_to_dict(made), allow_nan=False))
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)] == []
    assert plan_from_dict(document) == made
    return made


def running(made: Plan) -> dict[str, list[str]]:
    """What runs of each tier, and the tiers that run as a whole."""
    return {
        tier.tier: [part.name.rpartition("/")[2] for part in tier.parts if part.decision.value == "run"]
        for tier in made.tiers
        if tier.decision.value == "run"
    }


ALL = {
    "static": [],
    "unit": ["test_model.py", "test_plots.py"],
    "data": ["train", "test"],
    "model": ["test_sense.py", "readmission"],
}


def test_nothing_differs_and_nothing_runs(root: Path) -> None:
    made = plan(root)
    assert running(made) == {}
    assert made.jobs == ()
    assert [tier.tier for tier in made.tiers] == ["static", "unit", "data", "model"]
    assert (made.base, made.found) == (git(root, "rev-parse", "main"), "merge base with main")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("README.md", "more", {}),
        ("docs/new.md", "more", {}),
        ("clinic/prompts/system.md", "more", {**ALL}),
        ("clinic/plots.py", "Y = 2\n", {"static": [], "unit": ["test_plots.py"]}),
        (
            "clinic/model.py",
            "X = 2\n",
            {"static": [], "unit": ["test_model.py"], "model": ["test_sense.py", "readmission"]},
        ),
        ("tests/unit/test_plots.py", "from clinic import plots\n\n", {"static": [], "unit": ["test_plots.py"]}),
        ("tests/unit/test_new.py", "", {"static": [], "unit": ["test_new.py"]}),
        ("data/train.csv.dvc", "outs:\n- {md5: '3', path: train.csv}\n", {"static": [], "data": ["train", "test"], "unit": ALL["unit"], "model": ALL["model"]}),
        ("data/test.csv.dvc", "outs:\n- {md5: '3', path: test.csv}\n", {"static": [], "data": ["train", "test"], "unit": ALL["unit"], "model": ALL["model"]}),
        ("mlgate.yaml", CONFIG + "mode: advisory\n", ALL),
        ("schemas/rows.yaml", "version: 1\ncolumns: {a: {type: number}}\n", ALL),
        ("requirements.txt", "numpy\n", ALL),
        ("clinic/unused.py", "", {**ALL, "data": []} ),
        ("Makefile", "all:\n", ALL),
    ],
)  # fmt: skip
def test_what_a_change_runs(path: str, text: str, expected: dict[str, list[str]], root: Path) -> None:
    write(root, path, text)
    made = plan(root)
    assert running(made) == {tier: parts for tier, parts in expected.items() if parts or tier == "static"}
    assert made.changed == (path,)


def test_what_is_committed_counts_as_what_is_not(root: Path) -> None:
    write(root, "clinic/plots.py", "Y = 2\n")
    git(root, "commit", "-qam", "three")
    assert running(plan(root)) == {"static": [], "unit": ["test_plots.py"]}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\naddopts = -q -p clinic.plots\n"),
        ("pytest.ini", "[pytest]\naddopts = -pclinic.plots -p no:cacheprovider\n"),
        ("pyproject.toml", '[project.entry-points.pytest11]\nclinic = "clinic.plots:Plugin"\n'),
        ("setup.cfg", "[options.entry_points]\npytest11 =\n    clinic = clinic.plots\n"),
    ],
)
def test_a_plugin_of_the_project_counts_for_every_test(name: str, text: str, root: Path) -> None:
    write(root, name, text)
    git(root, "add", ".")
    git(root, "commit", "-qm", "three")
    write(root, "clinic/plots.py", "Y = 2\n")
    made = plan(root, base="HEAD")
    assert running(made) == {"static": [], "unit": ["test_model.py", "test_plots.py"], "model": ["test_sense.py"]}
    assert made.tiers[1].tests[0].why == "pytest loads clinic/plots.py, which changed"


def test_what_a_symbolic_link_leads_to_counts_for_the_link(root: Path) -> None:
    write(root, "vendor/real.py", "")
    write(root, "vendor/deep/other.py", "")
    (root / "clinic" / "linked.py").symlink_to("../vendor/real.py")
    write(root, "tests/unit/test_plots.py", "from clinic import plots, linked\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "three")
    write(root, "vendor/real.py", "X = 1\n")
    tests = {part.name: part.why for part in plan(root, base="HEAD").tiers[1].tests}
    assert tests["tests/unit/test_plots.py"] == "imports clinic/linked.py, which changed"
    (root / "clinic" / "folder").symlink_to("../vendor/deep")
    git(root, "add", ".")
    git(root, "commit", "-qm", "four")
    write(root, "vendor/deep/other.py", "X = 1\n")
    made = plan(root, base="HEAD")
    assert running(made) == ALL
    assert "a symbolic link leads there" in made.tiers[1].tests[0].why


def test_documentation_that_a_test_opens_runs_that_test_alone(root: Path) -> None:
    write(root, "tests/unit/test_model.py", "TEXT = open('README.md').read()\n")
    git(root, "commit", "-qam", "three")
    write(root, "README.md", "more")
    assert running(plan(root, base="HEAD")) == {"unit": ["test_model.py"]}


def test_a_link_to_documentation_or_into_data_counts_by_its_own_name(root: Path) -> None:
    write(root, "docs/table.md", "a")
    write(root, "data/test.csv/part.csv", "a")
    (root / "tests/unit/table.txt").symlink_to("../../docs/table.md")
    (root / "data/train.csv").symlink_to("test.csv/part.csv")
    git(root, "add", ".")
    git(root, "commit", "-qm", "three")
    write(root, "docs/table.md", "b")
    assert running(plan(root, base="HEAD"))["unit"] == ALL["unit"]
    git(root, "checkout", "docs/table.md")
    write(root, "data/test.csv.dvc", "outs:\n- {md5: '3', path: test.csv}\n")
    why = {part.name: part.why for part in plan(root, base="HEAD").tiers[2].datasets}
    assert why["train"] == "it changed"


def test_removing_a_module_runs_those_that_import_it(root: Path) -> None:
    (root / "clinic" / "plots.py").unlink()
    made = plan(root)
    (part,) = [part for tier in made.tiers for part in tier.tests if part.decision.value == "run"]
    assert part.why == "imports clinic/plots.py, which was removed"


def test_without_a_base_everything_runs_and_the_plan_says_why(root: Path) -> None:
    git(root, "switch", "-q", "main")
    made = plan(root)
    assert running(made) == ALL
    assert made.base is None
    assert made.found == "HEAD is the first commit of main: there is nothing before it to compare with"
    assert {part.why for tier in made.tiers for part in tier.parts} == {f"everything runs: {made.found}"}


def test_a_base_that_is_named_is_the_one(root: Path) -> None:
    write(root, "clinic/model.py", "X = 2\n")
    git(root, "commit", "-qam", "three")
    assert running(plan(root, base="HEAD")) == {}
    assert plan(root, base="HEAD~1").found == "named as HEAD~1"
    assert running(plan(root, base="no-such-revision")) == ALL


def test_outside_of_a_repository_everything_runs(tmp_path: Path) -> None:
    for path, text in FILES.items():
        write(tmp_path / "plain", path, text)
    made = plan(tmp_path / "plain")
    assert running(made) == ALL
    assert made.head is None


def test_a_project_in_a_folder_sees_what_changed_outside_of_it(root: Path) -> None:
    for path, text in FILES.items():
        if path != ".gitignore":
            write(root / "app", path, text)
    git(root, "add", ".")
    git(root, "commit", "-qm", "three")
    git(root, "branch", "-f", "main")
    git(root, "commit", "-qm", "four", "--allow-empty")
    assert running(plan(root / "app")) == {}
    write(root, "README.md", "more")
    assert running(plan(root / "app")) == {}
    write(root, "clinic/model.py", "X = 3\n")
    found = plan(root / "app")
    assert running(found) == ALL
    assert "../clinic/model.py changed: it lies outside of the project" in found.tiers[1].tests[0].why


def test_rules_of_another_content_have_another_digest(root: Path) -> None:
    first = plan(root).config_digest
    assert plan(root).config_digest == first
    write(root, "schemas/rows.yaml", "version: 1\ncolumns: {a: {type: number}}\n")
    second = plan(root).config_digest
    write(root, "mlgate.yaml", CONFIG + "# a comment\n")
    assert len({first, second, plan(root).config_digest}) == 3


def test_the_command_writes_text_json_and_one_line_for_a_matrix(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    write(root, "clinic/model.py", "X = 2\n")
    assert run_command(cli, ["plan", "--output", "out/plan.json"]) == 0
    text = capsys.readouterr().out
    assert "imports clinic/model.py, which changed" in text
    assert "model-1   stage 2  1 test file  on self-hosted, gpu" in text
    assert run_command(cli, ["plan", "--format", "json"]) == 0
    written = json.loads(capsys.readouterr().out)
    kept = json.loads((root / "out" / "plan.json").read_text())
    assert {**written, "created_at": ""} == {**kept, "created_at": ""}
    assert run_command(cli, ["plan", "--format", "matrix"]) == 0
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    matrix = json.loads(line)
    assert [job["name"] for job in matrix["first"]["include"]] == ["static-1", "unit-1"]
    assert [(job["name"], job["runner"]) for job in matrix["then"]["include"]] == [("model-1", ["self-hosted", "gpu"])]
    assert (matrix["any_first"], matrix["any_then"]) == (True, True)


def test_the_file_that_the_plan_is_written_to_is_no_change(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    for _ in range(2):
        assert run_command(cli, ["plan", "--output", "plan.json"]) == 0
        assert "nothing has to run" in capsys.readouterr().out
    assert running(plan(root)) == ALL


def test_wrong_usage_is_2(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    assert run_command(cli, ["plan", "--max-shards", "300"]) == 2
    write(root, "mlgate.yaml", "version: 1\ntier: {}\n")
    assert run_command(cli, ["plan"]) == 2
    write(root, "mlgate.yaml", "version: 1\n")
    assert run_command(cli, ["plan"]) == 2
