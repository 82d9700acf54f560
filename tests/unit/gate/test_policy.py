"""Whose policy rules a run, and what a branch loosened of it, in a real repository."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

STRICT = "version: 1\ncolumns: {age: {type: integer, between: [0, 120]}}\n"
LOOSE = "version: 1\ncolumns: {age: {type: integer, between: [0, 500]}}\n"
PROJECT = "version: 1\ndatasets: {a: {path: a.csv, schema: s.yaml}}\n"


@pytest.fixture
def git(place: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Git in the project; `main` holds the strict schema and good data."""
    for name in ("GITHUB_BASE_REF", "GITHUB_HEAD_REF", "GITHUB_REF_NAME"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *arguments], cwd=place.root, check=True, capture_output=True)

    run("init", "-q", "-b", "main")
    return run


def commit(place: Any, git: Callable[..., None], **files: str) -> None:
    for name, text in files.items():
        place.write(name.replace("_", "."), text)
    git("add", "-A")
    git("commit", "-q", "-m", "change")


def branch(place: Any, git: Callable[..., None], before: dict[str, str], after: dict[str, str]) -> Any:
    """A run on a branch on which `after` stands over what main has."""
    commit(place, git, **before)
    git("checkout", "-q", "-b", "work")
    commit(place, git, **after)
    return place.run()


def changes(ran: Any) -> dict[str, str]:
    return {f"{c['path']}:{c['place']}": c["effect"] for c in ran.report["provenance"]["policy"]["changes"]}


def test_what_a_branch_loosened_is_told_and_its_own_files_rule(place: Any, git: Callable[..., None]) -> None:
    ran = branch(
        place,
        git,
        {"mlgate_yaml": PROJECT, "s_yaml": STRICT, "a_csv": "age\n5\n"},
        {"s_yaml": LOOSE, "a_csv": "age\n300\n", "mlgate_yaml": PROJECT + "mode: advisory\n"},
    )
    assert ran.code == 0
    assert changes(ran) == {"s.yaml:columns.age.between": "looser", "mlgate.yaml:mode": "looser"}
    assert ran.report["provenance"]["policy"]["ruled_by"] == "head"
    text = (place.root / "out/report/report.md").read_text(encoding="utf-8")
    assert text.index("loosens the gate") < text.index("Reproduce locally")


def test_under_policy_base_the_merge_base_rules(place: Any, git: Callable[..., None]) -> None:
    strict = {"mlgate_yaml": PROJECT + "policy: base\n", "s_yaml": STRICT, "a_csv": "age\n5\n"}
    ran = branch(
        place, git, strict, {"s_yaml": LOOSE, "a_csv": "age\n300\n", "mlgate_yaml": PROJECT + "mode: advisory\n"}
    )
    assert ran.code == 1
    assert ran.report["mode"] == "enforce"
    assert ran.statuses()["data/a/age/between"] == "fail"
    assert ran.report["provenance"]["policy"]["ruled_by"] == "base"
    assert changes(ran)["mlgate.yaml:policy"] == "looser"


def test_on_the_branch_that_work_goes_to_its_own_files_rule(place: Any, git: Callable[..., None]) -> None:
    commit(place, git, mlgate_yaml=PROJECT + "policy: base\n", s_yaml=STRICT, a_csv="age\n5\n")
    commit(place, git, s_yaml=LOOSE, a_csv="age\n300\n")
    ran = place.run()
    assert ran.code == 0
    assert "policy" not in ran.report["provenance"]


@pytest.mark.parametrize("broken", ["version: 2\n", "not: [yaml", PROJECT.replace("s.yaml", "absent.yaml")])
def test_a_base_that_cannot_be_read_blocks_where_it_should_rule(
    place: Any, git: Callable[..., None], broken: str
) -> None:
    good = {"mlgate_yaml": PROJECT + "policy: base\nmode: advisory\n", "s_yaml": STRICT, "a_csv": "age\n5\n"}
    ran = branch(place, git, {"mlgate_yaml": broken}, good)
    assert ran.code == 3
    assert ran.statuses() == {"static/policy": "error"}
    assert "`policy: base` is set" in ran.report["outcomes"][0]["message"]
    assert "could not check" in (place.root / "out/report/report.md").read_text(encoding="utf-8").splitlines()[0]


def test_a_base_that_cannot_be_read_is_said_where_it_does_not_rule(place: Any, git: Callable[..., None]) -> None:
    good = {"mlgate_yaml": PROJECT, "s_yaml": STRICT, "a_csv": "age\n5\n"}
    ran = branch(place, git, {"mlgate_yaml": "version: 2\n"}, good)
    assert ran.code == 0
    assert "mlgate.yaml:1" in ran.report["provenance"]["policy"]["problems"][0]
    assert "could not be compared" in (place.root / "out/report/report.md").read_text(encoding="utf-8")


def test_without_a_repository_policy_base_blocks_and_head_does_not(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(Path(place.root).parent))
    place.write("s.yaml", STRICT)
    place.write("a.csv", "age\n5\n")
    place.write("mlgate.yaml", PROJECT)
    assert place.run().code == 0
    place.write("mlgate.yaml", PROJECT + "policy: base\n")
    assert place.run().code == 3


def test_the_first_mlgate_yaml_rules_itself(place: Any, git: Callable[..., None]) -> None:
    good = {"mlgate_yaml": PROJECT + "policy: base\n", "s_yaml": STRICT, "a_csv": "age\n5\n"}
    ran = branch(place, git, {"a_csv": "age\n5\n"}, good)
    assert ran.code == 0
    assert "policy" not in ran.report["provenance"]


def test_a_schema_under_another_name_hides_nothing(place: Any, git: Callable[..., None]) -> None:
    ran = branch(
        place,
        git,
        {"mlgate_yaml": PROJECT, "s_yaml": STRICT, "a_csv": "age\n5\n"},
        {"mlgate_yaml": PROJECT.replace("s.yaml", "t.yaml"), "t_yaml": LOOSE},
    )
    assert changes(ran)["t.yaml:columns.age.between"] == "looser"
    assert changes(ran)["mlgate.yaml:datasets.a.schema"] == "either"
