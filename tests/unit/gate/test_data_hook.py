"""The hook `mlgate-data`: declared schemas, hygiene, large files, a missing engine."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from mlgate_hooks.data import main

PROJECT = "version: 1\ndatasets: {people: {path: data/people.csv, schema: s.yaml}, parts: {path: data/part-*.csv, schema: s.yaml}}\n"


@pytest.fixture
def project(place: Any) -> Any:
    place.write("mlgate.yaml", PROJECT)
    place.write(
        "s.yaml",
        "version: 1\ncolumns:\n  id: {type: integer, unique: true}\n  age: {type: integer, between: [0, 120]}\n",
    )
    place.write("data/people.csv", "id,age\n1,30\n2,41\n")
    return place


def test_a_declared_file_is_judged_by_its_schema(project: Any) -> None:
    assert main(["data/people.csv"]) == 0
    project.write("data/people.csv", "id,age\n1,30\n1,410\n")
    assert main(["data/people.csv"]) == 1
    said = project.capsys.readouterr().out
    assert "data/people/age/between" in said
    assert "data/people/id/unique" in said


def test_a_file_that_a_glob_names_is_judged_by_its_schema(project: Any) -> None:
    project.write("data/part-1.csv", "id,age\n1,999\n")
    assert main(["data/part-1.csv"]) == 1


def test_a_file_of_a_folder_is_judged_by_the_schema_of_the_folder(project: Any) -> None:
    """Also where its folder names a column; another file beside it is judged for hygiene."""
    project.write("mlgate.yaml", PROJECT.replace("data/part-*.csv", "data/parts"))
    project.write("data/parts/age=30/a.csv", "id\n1\n2\n")
    project.write("data/parts/age=999/b.csv", "id\n3\n")
    project.write("data/parts-of-others/c.csv", "id,age\n1,999\n")
    project.write("data/parts/notes.txt", "no data")
    assert main(["data/parts/age=30/a.csv"]) == 0
    assert main(["data/parts/age=999/b.csv"]) == 1
    assert "data/parts/age/between" in project.capsys.readouterr().out
    assert main(["data/parts-of-others/c.csv"]) == 0
    assert project.mlgate("data", "check", "data/parts").code == 1


def test_a_file_without_a_schema_is_judged_for_hygiene(project: Any) -> None:
    project.write("data/other.csv", "a,a\n1,2\n")
    assert main(["data/other.csv"]) == 1
    assert "duplicate" in project.capsys.readouterr().out


def test_a_large_file_is_a_warning_that_says_it_was_not_looked_at(project: Any) -> None:
    assert main(["--max-megabytes", "0.000001", "data/people.csv"]) == 0
    assert "not looked at" in project.capsys.readouterr().out


def test_an_absent_file_is_an_error(project: Any) -> None:
    assert main(["data/gone.csv"]) == 3


def test_no_engine_is_a_clear_mistake_that_names_the_line_to_add(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "duckdb" else found(name, *rest)
    )
    assert main(["data/people.csv"]) == 2
    assert 'add "duckdb>=1.2.2"' in project.capsys.readouterr().err
