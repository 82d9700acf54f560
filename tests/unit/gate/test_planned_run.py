"""One job of a plan: what it checks, what it leaves to others, and when it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli import cli, run_command
from mlgate.errors import SourceError, UsageError
from mlgate.gate.load import load_all, load_project
from mlgate.gate.planned_run import Planned, narrowed, not_of_the_plan, softened, with_plan
from mlgate.gate.run import Request
from mlgate.outcome import Outcome, Status
from mlgate.pyramid.matrix import Sharding
from mlgate.pyramid.plan_file import Plan, plan_to_dict
from mlgate.pyramid.selection import Selection
from tests.unit.gate.test_plan import CONFIG, plan, root  # noqa: F401  # a fixture
from tests.unit.sources.test_git_changes import git, write


def planned(made: Plan, name: str) -> Planned:
    job = made.job(name)
    assert job is not None
    return Planned(made, job)


@pytest.fixture
def changed(root: Path) -> Path:  # noqa: F811  # the imported fixture
    """The project with other training data and another module, and its plan beside it."""
    write(root, "data/train.csv.dvc", "outs:\n- {md5: '3', path: train.csv}\n")
    write(root, "clinic/plots.py", "Y = 2\n")
    text = CONFIG.replace("  test: {", "  wards: {path: data/wards.csv}\n  test: {")
    write(root, "mlgate.yaml", text)
    git(root, "commit", "-qam", "rules")
    git(root, "branch", "-f", "main", "HEAD")
    write(root, "data/train.csv.dvc", "outs:\n- {md5: '4', path: train.csv}\n")
    write(root, "clinic/plots.py", "Y = 3\n")
    git(root, "commit", "-qam", "work")
    return root


def test_a_job_runs_its_files_and_the_first_the_rest(changed: Path) -> None:
    write(changed, "clinic/plots.py", "Y = 4\n")
    made = plan(changed, base="HEAD")
    unit = planned(made, "unit-1")
    assert unit.selection == Selection(only=None, without=("tests/unit/test_model.py",))
    assert unit.has_tests
    write(changed, "Makefile", "all:\n")
    made = plan(changed, sharding=Sharding(max_shards=2, shard_seconds=1.0))
    first, second = (planned(made, f"unit-{number}").selection for number in (1, 2))
    assert second.only is not None
    assert first == Selection(only=None, without=second.only)


def test_a_job_of_data_checks_those_that_changed_and_their_splits(changed: Path) -> None:
    loaded = load_all(load_project(None, changed))
    project = narrowed(loaded, planned(plan(changed), "data-1")).project
    assert list(project.datasets) == ["train", "test"]
    assert len(project.splits) == 1
    assert loaded.project.datasets.keys() == {"train", "test", "wards"}


def test_a_job_of_data_has_the_datasets_that_a_schema_names(root: Path) -> None:  # noqa: F811  # the imported fixture
    text = CONFIG.replace("train.csv, schema: schemas/rows.yaml", "train.csv, schema: schemas/keys.yaml")
    write(root, "mlgate.yaml", text.replace("splits: [{datasets: [train, test]}]\n", ""))
    keys = "table: {foreign_keys: [{columns: [a], references: {dataset: test}}]}"
    write(root, "schemas/keys.yaml", f"version: 1\ncolumns: {{a: {{type: integer}}}}\n{keys}\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "keys")
    git(root, "branch", "-f", "main", "HEAD")
    write(root, "data/train.csv.dvc", "outs:\n- {md5: '4', path: train.csv}\n")
    git(root, "commit", "-qam", "work")
    project = narrowed(load_all(load_project(None, root)), planned(plan(root), "data-1")).project
    assert list(project.datasets) == ["train", "test"]


def test_a_job_without_tests_to_run_starts_no_pytest_and_pulls_nothing_for_it(changed: Path) -> None:
    write(changed, "tests/model/test_sense.py", "")
    git(changed, "commit", "-qam", "no import")
    write(changed, "clinic/evaluate.py", "from clinic import model  # other\n")
    job = planned(plan(changed, base="HEAD"), "model-1")
    assert not job.has_tests
    project = narrowed(load_all(load_project(None, changed)), job).project
    assert project.tiers["model"].tests == project.tiers["model"].datasets == ()
    assert list(project.evaluations) == ["readmission"]


def test_a_plan_for_another_commit_or_other_rules_is_an_error(changed: Path) -> None:
    job = planned(plan(changed), "unit-1")
    loaded = load_all(load_project(None, changed))
    assert not_of_the_plan(job, loaded) is None
    write(changed, "schemas/rows.yaml", "version: 1\ncolumns: {a: {type: number}}\n")
    refused = not_of_the_plan(job, load_all(load_project(None, changed)))
    assert refused is not None
    assert (refused.id, refused.status) == ("unit/plan", Status.ERROR)
    assert "is not as it was when the plan was made" in refused.message
    git(changed, "commit", "-qm", "more", "--allow-empty")
    refused = not_of_the_plan(job, loaded)
    assert refused is not None
    assert refused.message.startswith(f"the plan is for commit {job.plan.head[:12] if job.plan.head else ''}")


@pytest.fixture
def written(changed: Path) -> Callable[..., Path]:
    def write_plan(**fields: Any) -> Path:
        path = changed.parent / "plan.json"
        path.write_text(json.dumps({**plan_to_dict(plan(changed)), **fields}), encoding="utf-8")
        return path

    return write_plan


@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        ({"job": "unit-1"}, "--plan and --job belong together"),
        ({"plan": True}, "--plan and --job belong together"),
        ({"plan": True, "job": "unit-9"}, "the plan has no job 'unit-9'"),
        ({"plan": True, "job": "unit-1", "tiers": ("unit",)}, "--tier and --job exclude each other"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(
    fields: dict[str, Any], fact: str, changed: Path, written: Callable[..., Path]
) -> None:
    given = fields | ({"plan": written()} if "plan" in fields else {})
    with pytest.raises(UsageError, match=fact):
        with_plan(Request(start=changed, **given))


def test_a_plan_that_cannot_be_read_stops_the_job(changed: Path, written: Callable[..., Path]) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        with_plan(Request(start=changed, plan=written(schema_version=9), job="unit-1"))


def test_a_job_takes_name_mode_and_strictness_from_its_plan(changed: Path, written: Callable[..., Path]) -> None:
    request, job = with_plan(Request(start=changed, plan=written(gate="g", mode="advisory", strict=True), job="unit-1"))
    assert job is not None
    assert (request.tiers, request.name, request.mode, request.strict) == (("unit",), "g", "advisory", True)
    assert with_plan(Request(start=changed)) == (Request(start=changed), None)


def test_static_checks_as_a_job_say_whose_they_are(
    changed: Path,
    written: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(changed)
    path = written()
    assert run_command(cli, ["run", "--plan", str(path), "--job", "static-1", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    job = report["provenance"]["job"]
    assert (job["name"], job["tier"], job["shard"], job["of"]) == ("static-1", "static", 1, 1)
    assert {outcome["tier"] for outcome in report["outcomes"]} == {"static"}
    git(changed, "commit", "-qm", "more", "--allow-empty")
    assert run_command(cli, ["run", "--plan", str(path), "--job", "static-1", "--format", "json"]) == 3
    report = json.loads(capsys.readouterr().out)
    assert [outcome["id"] for outcome in report["outcomes"]] == ["static/plan"]


def test_what_is_no_test_is_checked_by_the_first_job_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "mlgate.yaml", "version: 1\ndatasets: {a: {path: a.csv}}\ntiers: {data: {tests: [tests]}}\n")
    write(tmp_path, "a.csv", "x\n1\n2\n")
    for name in ("one", "two"):
        write(tmp_path, f"tests/test_{name}.py", "")
    made = plan(tmp_path, sharding=Sharding(max_shards=2, shard_seconds=1.0))
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan_to_dict(made)), encoding="utf-8")
    asked: list[Selection] = []

    def ran(*arguments: Any) -> list[Outcome]:  # pytest itself is not what is tested here
        asked.append(arguments[-1].selection)
        return [replace(outcome("test", Status.PASS), id="data/test", tier="data")]

    monkeypatch.setattr("mlgate.gate.run.run_or_reuse", ran)
    monkeypatch.chdir(tmp_path)
    found = {}
    for name in ("data-1", "data-2"):
        assert run_command(cli, ["run", "--plan", str(path), "--job", name, "--format", "json"]) == 0
        found[name] = {item["id"] for item in json.loads(capsys.readouterr().out)["outcomes"]}
    assert found["data-2"] == {"data/test"}
    assert "data/a/unparseable_rows" in found["data-1"]
    assert asked == [
        Selection(only=None, without=("tests/test_two.py",)),
        Selection(only=("tests/test_two.py",)),
    ]


PART = Selection(only=("a.py",))


def outcome(check: str, status: Status, **evidence: Any) -> Outcome:
    return Outcome(
        id=f"unit/{check}", check=check, tier="unit", subject="s", status=status, message="m", evidence=evidence
    )


@pytest.mark.parametrize(
    ("returncode", "others", "selection", "soft"),
    [
        (0, [Status.SKIP], PART, True),
        (5, [], PART, True),
        (0, [Status.SKIP], Selection(), False),
        (5, [], Selection(), False),
        (0, [Status.SKIP, Status.PASS], PART, False),
        (5, [Status.ERROR], PART, False),
        (1, [Status.SKIP], PART, False),
        (-9, [], PART, False),
    ],
)
def test_a_part_that_was_skipped_is_left_to_be_judged_with_the_others(
    returncode: int, others: list[Status], selection: Selection, soft: bool
) -> None:
    found = softened(
        [outcome("pytest", Status.ERROR, returncode=returncode), *(outcome("test", status) for status in others)],
        selection,
    )
    assert found[0].status is (Status.WARN if soft else Status.ERROR)
    assert found[0].evidence.get("nothing_checked", False) is soft
