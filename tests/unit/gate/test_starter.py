"""`mlgate init`: what it writes works at once, and nothing that was there changes."""

from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def repository(place: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    (place.root / ".git").mkdir()
    rows = "".join(f"{number},{20 + number % 50},{'F' if number % 2 else 'M'}\n" for number in range(100))
    place.write("data/people.csv", "patient_id,age,sex\n" + rows)
    place.write("tests/unit/test_a.py", "def test_a(): assert 1 + 1 == 2\n")
    place.write("tests/model/test_b.py", "def test_b(): assert 2 + 2 == 4\n")
    place.write("tests/fixtures/odd.csv", "a\n1\n")
    return place


def test_what_init_writes_is_valid_and_passes(repository: Any) -> None:
    ran = repository.mlgate("init")
    assert ran.code == 0, ran.err
    for name in ("mlgate.yaml", "schemas/people.yaml", ".pre-commit-config.yaml", ".github/workflows/mlgate.yml"):
        assert f"wrote  {name}" in ran.out
        assert (repository.root / name).is_file()
    assert "odd" not in (repository.root / "mlgate.yaml").read_text()
    assert repository.mlgate("config", "check", "mlgate.yaml", "schemas/people.yaml").code == 0
    ran = repository.run()
    assert ran.code == 0, ran.out
    statuses = ran.statuses()
    assert statuses["unit/tests/unit/test_a.py::test_a"] == "pass"
    assert statuses["model/tests/model/test_b.py::test_b"] == "pass"
    assert statuses["data/people/patient_id/unique"] == "pass"


def test_code_is_declared_and_what_blocks_in_it_is_said(place: Any) -> None:
    (place.root / ".git").mkdir()
    place.write("src/train.py", "import random\n\nprint(random.random())\n")
    place.write("explore.ipynb", '{"nbformat": 4, "cells": []}')
    place.write("setup.py", "")
    ran = place.mlgate("init")
    assert "lint:\n  paths: [explore.ipynb, src]" in (place.root / "mlgate.yaml").read_text()
    assert "one finding in the code is left out by `lint.ignore` and would block" in ran.out
    assert (
        "- {files: src/train.py, rules: [unseeded-random], reason: there before the gate}"
        in (place.root / "mlgate.yaml").read_text()
    )
    assert place.run().code == 0
    place.write("src/serve.py", "import random\n\nprint(random.random())\n")
    assert place.run().outcome("static/src/serve.py/unseeded-random")["status"] == "fail"


def test_nothing_is_overwritten(repository: Any) -> None:
    mine = {
        "mlgate.yaml": "version: 1\ntiers: {unit: {tests: [tests/unit]}}\n",
        ".pre-commit-config.yaml": "repos: []\n",
        "schemas/people.yaml": "mine\n",
    }
    for name, text in mine.items():
        repository.write(name, text)
    ran = repository.mlgate("init")
    assert ran.code == 0
    for name, text in mine.items():
        assert (repository.root / name).read_text() == text
    assert "kept   mlgate.yaml" in ran.out
    assert "kept   .pre-commit-config.yaml" in ran.out
    assert "add to .pre-commit-config.yaml:\n  default_install_hook_types" in ran.out
    assert "- id: mlgate-artifacts" in ran.out


def test_predictions_become_an_evaluation_without_a_baseline(repository: Any, predictions: Any) -> None:
    repository.write_rows("outputs/predictions.csv", predictions(200))
    ran = repository.mlgate("init")
    assert ran.code == 0
    text = (repository.root / "mlgate.yaml").read_text()
    assert "baseline: none" in text
    assert "predictions: outputs/predictions.csv" in text
    ran = repository.run()
    assert ran.code == 0, ran.out
    assert ran.outcome("model/predictions/baseline")["status"] == "warn"


def test_dvc_and_mlflow_are_seen(repository: Any) -> None:
    repository.write(
        "data/far.parquet.dvc",
        "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 0\n  hash: md5\n  path: far.parquet\n",
    )
    repository.write("requirements.txt", "mlflow\n")
    ran = repository.mlgate("init")
    assert "seen   DVC: the gate pulls" in ran.out
    assert "seen   MLflow (requirements.txt)" in ran.out
    assert "data/far.parquet stands in a comment: its data are not here: `dvc pull`" in ran.out
    assert "  # far: {path: data/far.parquet}" in (repository.root / "mlgate.yaml").read_text()


def test_an_empty_folder_gets_a_commented_file_that_says_what_to_declare(place: Any) -> None:
    ran = place.mlgate("init")
    assert ran.code == 0
    assert "next   declare in mlgate.yaml" in ran.out
    assert place.mlgate("config", "check", "mlgate.yaml", ".pre-commit-config.yaml").code == 0
    ran = place.run()
    assert ran.code == 2
    assert "nothing is declared" in ran.err


def test_hooks_and_workflow_stand_at_the_top_of_the_repository(repository: Any) -> None:
    repository.write("services/a/data/x.csv", "a\n1\n2\n")
    ran = repository.mlgate("init", "services/a")
    assert ran.code == 0
    workflow = (repository.root / ".github" / "workflows" / "mlgate-services-a.yml").read_text()
    assert "working-directory: services/a" in workflow
    assert (repository.root / "services" / "a" / "mlgate.yaml").is_file()
    assert not (repository.root / "services" / "a" / ".github").exists()
    assert f"the repository's top is {repository.root}" in ran.out


def test_awkward_names_are_quoted(repository: Any) -> None:
    repository.write("data/it's: a #1.csv", "a\n1\n2\n")
    repository.write("data/sub/people.csv", "a\n1\n2\n")
    repository.write("data/true.csv", "a\n1\n2\n")
    assert repository.mlgate("init").code == 0
    ran = repository.run("--tier", "data")
    assert ran.code == 0, ran.err + ran.out
    assert {entry["path"] for entry in ran.report["provenance"]["datasets"]} == {
        "data/it's: a #1.csv", "data/people.csv", "data/sub/people.csv", "data/true.csv",
    }  # fmt: skip


def test_the_workflow_it_writes_is_the_template(repository: Any) -> None:
    assert (ROOT / "mlgate" / "starter" / "workflow.yml").read_text() == (ROOT / "workflows" / "mlgate.yml").read_text()


def test_a_file_that_cannot_be_judged_is_declared_in_a_comment_only(repository: Any) -> None:
    repository.write("data/broken.csv", "a,a\n1,2\n")
    ran = repository.mlgate("init")
    assert "data/broken.csv stands in a comment: data/broken.csv: the header repeats" in ran.out
    assert "# broken: {path: data/broken.csv}" in (repository.root / "mlgate.yaml").read_text()
    assert repository.run("--tier", "data").code == 0


def test_schemas_are_those_that_infer_proposes_and_pass_at_once(repository: Any) -> None:
    """Of text in another encoding, of Parquet, of JSON lines and of packed files, too."""
    (repository.root / "data/städte.csv").write_bytes(
        ("name;stadt\n" + "".join(f"Müller{number};Köln\n" for number in range(60))).encode("latin-1")
    )
    frame = pd.DataFrame({"id": range(60), "day": pd.date_range("2024-01-01", periods=60), "x": [0.5, 1] * 30})
    frame.to_parquet(repository.root / "data/days.parquet")
    repository.write("data/lines.jsonl", "".join(f'{{"a": {number}, "b": null}}\n' for number in range(20)))
    (repository.root / "data/packed.csv.gz").write_bytes(gzip.compress(b"code\n" + b"007\nN/A\n" * 20))
    ran = repository.mlgate("init")
    assert ran.code == 0, ran.err
    assert "blocked" not in ran.out
    files = {"st-dte": "städte.csv", "days": "days.parquet", "lines": "lines.jsonl", "packed": "packed.csv.gz"}
    for name, file in {"people": "people.csv", **files}.items():
        inferred = repository.mlgate("data", "infer", f"data/{file}")
        assert (repository.root / f"schemas/{name}.yaml").read_text(encoding="utf-8") == inferred.out
    ran = repository.run("--tier", "data")
    assert ran.code == 0, ran.out + ran.err
    assert {entry["name"] for entry in ran.report["provenance"]["datasets"]} == {"people", *files}


def test_what_a_schema_cannot_excuse_is_a_comment_with_the_reason(repository: Any) -> None:
    repository.write("data/ragged.csv", "a,b\n" + "1,2\n" * 20 + "1,2,3\n")
    ran = repository.mlgate("init")
    assert ran.code == 0
    told = "data/ragged.csv stands in a comment: it would block: ragged: 1 row cannot be parsed, the first in line 22"
    assert told in ran.out
    text = (repository.root / "mlgate.yaml").read_text()
    assert "  # it would block: ragged: 1 row cannot be parsed, the first in line 22" in text
    assert "  # ragged: {path: data/ragged.csv, schema: schemas/ragged.yaml}" in text
    assert repository.run("--tier", "data").code == 0
