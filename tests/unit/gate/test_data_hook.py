"""The hook `mlgate-data`: declared schemas, hygiene, large files, a missing engine."""

from __future__ import annotations

import gzip
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


def test_a_small_file_that_unpacks_to_a_large_one_is_large(project: Any) -> None:
    packed = gzip.compress(b"id,age\n" + b"1,2\n" * 500_000)
    (project.root / "data/part-1.csv.gz").write_bytes(packed)
    assert main(["--max-megabytes", "1", "data/part-1.csv.gz"]) == 0
    assert "not looked at: 2 MB" in project.capsys.readouterr().out


def test_the_end_of_a_file_that_is_cut_off_says_nothing_of_its_size(project: Any) -> None:
    packed = gzip.compress(b"id,age\n1,2\n")
    (project.root / "data/part-1.csv.gz").write_bytes(packed[:-8] + b"\xff" * 6)
    assert main(["data/part-1.csv.gz"]) == 3
    assert "not looked at" not in project.capsys.readouterr().out


def test_an_absent_file_is_an_error(project: Any) -> None:
    assert main(["data/gone.csv"]) == 3


def test_no_engine_is_a_clear_mistake_that_names_the_line_to_add(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.sources.engine.has_engine", lambda **_: False)
    assert main(["data/people.csv"]) == 2
    assert 'add "duckdb>=1.2.2" to those of mlgate-data' in project.capsys.readouterr().err


def test_a_schema_stands_for_its_datasets(project: Any) -> None:
    project.write("data/part-1.csv", "id,age\n1,30\n")
    assert main(["s.yaml"]) == 0
    said = project.capsys.readouterr().out
    assert "data/people" not in said
    project.write("data/part-1.csv", "id,age\n1,999\n")
    assert main(["s.yaml"]) == 1
    assert "data/parts/age/between" in project.capsys.readouterr().out
    assert main(["mlgate.yaml", "data/people.csv"]) == 1


def test_other_yaml_files_are_passed_over_in_silence(project: Any) -> None:
    project.write("configs/train.yaml", "a: 1\n")
    assert main(["configs/train.yaml"]) == 0
    assert main(["configs/train.yaml", "--format", "json"]) == 0
    assert project.capsys.readouterr().out == ""


def test_a_schema_of_data_that_is_not_here_is_a_warning(project: Any) -> None:
    (project.root / "data/people.csv").unlink()
    assert main(["s.yaml"]) == 0
    said = project.capsys.readouterr().out
    assert "s.yaml changed, and this file is not here" in said
    assert "dvc pull data/people.csv" in said


def test_a_file_is_checked_once(project: Any) -> None:
    assert main(["s.yaml", "mlgate.yaml", "data/people.csv", "--format", "json"]) == 0
    assert project.capsys.readouterr().out.count('"data/people/age/between"') == 1


def test_a_large_file_says_how_to_track_it_or_what_tracks_it(project: Any) -> None:
    arguments = ["--max-megabytes", "0.000001", "data/people.csv"]
    assert main(arguments) == 0
    assert "declare it in DVC: dvc add data/people.csv" in project.capsys.readouterr().out
    project.write(".dvc/config", "")
    project.write(
        "data/people.csv.dvc",
        "outs:\n- {md5: 0cc175b9c0f1b6a831c399e269772661, hash: md5, size: 1, path: people.csv}\n",
    )
    assert main(arguments) == 0
    assert "data/people.csv.dvc tracks it" in project.capsys.readouterr().out


@pytest.mark.parametrize("name", ["mlgate.yaml", "s.yaml"])
def test_a_mistake_in_our_own_files_is_wrong_usage_on_both_ways(project: Any, name: str) -> None:
    project.write(name, "version: 1\ncolums: {}\n")
    assert main(["data/people.csv"]) == 2
    assert main(["data/people.csv", "--format", "text"]) == 2


def test_an_unexpected_failure_is_no_pass(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr("mlgate.gate.data_commit.declared_subjects", fails)
    assert main(["data/people.csv"]) == 3
    assert "unexpected RuntimeError: odd" in project.capsys.readouterr().err
