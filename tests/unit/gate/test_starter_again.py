"""`mlgate init` where something is there already: only differences are shown, and only new files are written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

ROWS = "a,b\n" + "".join(f"{number},{number % 7}\n" for number in range(60))


@pytest.fixture
def repository(place: Any) -> Any:
    (place.root / ".git").mkdir()
    place.write("data/first.csv", ROWS)
    return place


def files_of(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_dry_run_shows_everything_and_writes_nothing(repository: Any) -> None:
    before = files_of(repository.root)
    ran = repository.mlgate("init", "--dry-run")
    assert ran.code == 0
    assert files_of(repository.root) == before
    shown = dict(re.findall(r"^--- (\S+)\n(.*?)(?=^--- |\Z)", ran.out, re.MULTILINE | re.DOTALL))
    assert repository.mlgate("init").code == 0
    wrote = {name: text for name, text in files_of(repository.root).items() if name not in before}
    assert shown.keys() == wrote.keys()
    for name, text in wrote.items():
        assert f"would write {name}" in ran.out
        assert text.strip() in shown[name]


def test_a_second_run_has_nothing_to_say(repository: Any) -> None:
    repository.mlgate("init")
    before = files_of(repository.root)
    for options in ((), ("--write-missing",), ("--dry-run",)):
        ran = repository.mlgate("init", *options)
        assert ran.code == 0
        assert "nothing is new since mlgate.yaml was written" in ran.out
        assert files_of(repository.root) == before


def test_what_is_new_is_text_to_paste(repository: Any) -> None:
    repository.mlgate("init")
    repository.write("data/second.csv", ROWS)
    repository.write("tests/model/test_a.py", "def test_a():\n    assert f() == 1\n")
    before = files_of(repository.root)
    ran = repository.mlgate("init")
    assert ran.code == 0
    assert files_of(repository.root) == before
    pasted = ran.out.partition("add to mlgate.yaml:\n")[2]
    assert "  datasets:\n    second: {path: data/second.csv, schema: schemas/second.yaml}\n" in pasted
    assert "model: {tests: [tests/model]}" in pasted
    assert "first" not in pasted
    assert "missing schemas/second.yaml (`mlgate init --write-missing` writes it)" in ran.out


def test_new_files_are_written_where_that_is_asked_for(repository: Any) -> None:
    repository.mlgate("init")
    project = (repository.root / "mlgate.yaml").read_text()
    repository.write("data/second.csv", ROWS)
    (repository.root / ".github/workflows/mlgate.yml").unlink()
    ran = repository.mlgate("init", "--write-missing")
    assert "wrote  schemas/second.yaml" in ran.out
    assert "wrote  .github/workflows/mlgate.yml" in ran.out
    assert (repository.root / "mlgate.yaml").read_text() == project
    lines = ran.out.partition("add to mlgate.yaml:\n  datasets:\n")[2].splitlines()
    repository.write("mlgate.yaml", re.sub(r"(?m)^(datasets:.*)$", lambda head: f"{head[1]}\n{lines[0][2:]}", project))
    ran = repository.run("--tier", "data")
    assert ran.code == 0, ran.err + ran.out
    assert {entry["name"] for entry in ran.report["provenance"]["datasets"]} == {"first", "second"}


def test_a_schema_of_the_same_name_is_not_taken_for_another_file(repository: Any) -> None:
    """`data/first.csv` has one; `late/first.csv` comes later and gets a name of its own."""
    repository.mlgate("init")
    repository.write("late/first.csv", "other,columns\n" + "1,x\n2,y\n" * 30)
    ran = repository.mlgate("init", "--write-missing")
    assert "first-2: {path: late/first.csv, schema: schemas/first-2.yaml}" in ran.out
    assert "wrote  schemas/first-2.yaml" in ran.out


def test_a_file_with_mistakes_is_not_added_to(repository: Any) -> None:
    repository.write("mlgate.yaml", "version: 1\ndatasetz: {}\n")
    ran = repository.mlgate("init")
    assert ran.code == 2
    assert "datasetz" in ran.err
    assert not (repository.root / "schemas").exists()


def test_a_folder_that_may_not_be_written(repository: Any) -> None:
    repository.write("schemas", "a file where a folder has to be\n")
    ran = repository.mlgate("init")
    assert ran.code == 3
    assert "cannot be written" in ran.err


@pytest.mark.parametrize(
    ("there", "wanted", "absent"),
    [
        ("repos: []\n", ["default_install_hook_types", "- repo:", "- id: mlgate-dvc"], []),
        ("default_install_hook_types: [pre-push]\nrepos: []\n", ["- repo:"], ["default_install_hook_types"]),
        ("repos:\n- repo: x\n  hooks:\n  - id: mlgate-config\n", ["- id: mlgate-seeds"], ["- repo:", "mlgate-config"]),
    ],
)
def test_hooks_that_are_there_get_lines_to_add(
    repository: Any, there: str, wanted: list[str], absent: list[str]
) -> None:
    repository.write(".pre-commit-config.yaml", there)
    ran = repository.mlgate("init")
    added = ran.out.partition("add to .pre-commit-config.yaml:\n")[2].partition("next ")[0]
    assert all(text in added for text in wanted)
    assert not any(text in added for text in absent)
    assert (repository.root / ".pre-commit-config.yaml").read_text() == there


def test_a_workflow_that_runs_mlgate_is_enough(repository: Any) -> None:
    repository.write(".github/workflows/ci.yml", "jobs: {a: {steps: [{run: mlgate run --output out}]}}\n")
    ran = repository.mlgate("init")
    assert "the workflow ci.yml runs mlgate: no other one is needed" in ran.out
    assert not (repository.root / ".github/workflows/mlgate.yml").exists()


def test_a_workflow_of_another_folder_is_not_enough(repository: Any) -> None:
    repository.write("services/a/people.csv", "id,age\n1,2\n2,3\n")
    repository.write("services/ab/people.csv", "id,age\n1,2\n2,3\n")
    step = "jobs: {a: {steps: [{uses: x/mlgate@v1%s}]}}\n"
    repository.write(".github/workflows/ci.yml", step % "")
    assert "services-a.yml" in repository.mlgate("init", "services/a", "--dry-run").out
    repository.write(".github/workflows/ci.yml", step % ", with: {working-directory: services/ab}")
    assert "services-a.yml" in repository.mlgate("init", "services/a", "--dry-run").out
    assert "no other one is needed" in repository.mlgate("init", "services/ab", "--dry-run").out
    assert "would write .github/workflows/mlgate.yml" in repository.mlgate("init", "--dry-run").out
    for named in ("working-directory: '${{ matrix.folder }}'", "config: services/a/mlgate.yaml"):
        repository.write(".github/workflows/ci.yml", step % f", with: {{{named}}}")
        assert "no other one is needed" in repository.mlgate("init", "services/a", "--dry-run").out


def test_another_service_gets_no_workflow_of_github(repository: Any) -> None:
    repository.write(".gitlab-ci.yml", "test: {script: [pytest]}\n")
    ran = repository.mlgate("init")
    assert ".gitlab-ci.yml: no workflow for GitHub is written" in ran.out
    assert not (repository.root / ".github").exists()


def test_the_workflow_installs_what_the_repository_names(repository: Any) -> None:
    import yaml

    repository.write("services/a/pyproject.toml", "[project]\nname = 'a'\n")
    repository.write("services/a/data/x.csv", ROWS)
    assert repository.mlgate("init", "services/a").code == 0
    text = (repository.root / ".github/workflows/mlgate-services-a.yml").read_text()
    steps = yaml.safe_load(text)["jobs"]["mlgate"]["steps"]
    assert "pip install -e ./services/a" in [step.get("run") for step in steps]
    assert {"working-directory": "services/a", "name": "services-a"} in [step.get("with") for step in steps]


def test_two_projects_of_one_repository_share_neither_comment_nor_turn(repository: Any) -> None:
    import yaml

    repository.write("services/a/data/x.csv", ROWS)
    written = {}
    for folder, name in (("", "mlgate"), ("services/a", "mlgate-services-a")):
        assert repository.mlgate("init", *([folder] if folder else [])).code == 0
        written[folder] = yaml.safe_load((repository.root / f".github/workflows/{name}.yml").read_text())
    groups = [workflow["concurrency"]["group"].partition("${{")[0] for workflow in written.values()]
    assert groups == ["mlgate-", "mlgate-services-a-"]
    assert len({workflow["name"] for workflow in written.values()}) == 2


def test_a_folder_whose_name_could_be_more_than_a_name_gets_no_workflow(repository: Any) -> None:
    repository.write("a${{ x }}/data/x.csv", ROWS)
    ran = repository.mlgate("init", "a${{ x }}")
    assert ran.code == 0
    assert "no workflow is written: the name of the folder a${{ x }} cannot stand in one as it is" in ran.out
    assert not (repository.root / ".github").exists()
