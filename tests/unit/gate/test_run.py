"""`mlgate run`: finding the project, choosing tiers, stopping, and what is wrong before anything runs."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

SCHEMA = "version: 1\ncolumns:\n  age: {type: integer, between: [0, 120]}\n"


@pytest.fixture(autouse=True)
def _own_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "no mlgate.yaml"),
        ("", "the file is empty"),
        ("version: 1\n", "nothing is declared"),
        ("version: 1\ndataset: {}\n", "did you mean 'datasets'?"),
        ("version: 1\ndatasets: {a: {path: a.csv, schema: absent.yaml}}\n", "absent.yaml: cannot be read"),
        ("version: 1\ndatasets: {a: {path: a.csv, schema: bad.yaml}}\n", "unknown key 'betwen'"),
        ("version: 1\nconfigs: [{files: a.yaml, schema: absent.json}]\n", "absent.json: cannot be read"),
        ("version: 1\ndatasets: [", "not valid YAML"),
    ],
)
def test_a_mistake_of_ours_is_2_and_nothing_is_run_or_written(place: Any, text: str | None, words: str) -> None:
    if text is not None:
        place.write("mlgate.yaml", text)
    place.write("bad.yaml", "version: 1\ncolumns: {a: {betwen: [0, 1]}}\n")
    ran = place.run()
    assert ran.code == 2
    assert words in ran.err
    assert "hint: " in ran.err
    assert ran.out == ""
    assert not (place.root / "out").exists()


def test_the_nearest_file_up_to_the_top_of_the_repository_is_found(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("mlgate.yaml", "version: 1\ndatasets: {a: {path: a.csv, schema: s.yaml}}\n")
    place.write("s.yaml", SCHEMA)
    place.write("a.csv", "age\n5\n")
    (place.root / ".git").mkdir()
    (place.root / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(place.root / "deep" / "er")
    assert place.mlgate("run").code == 0
    (place.root / "deep" / ".git").mkdir()
    assert place.mlgate("run").code == 2


def test_a_blocking_tier_stops_the_next_unless_told_to_keep_going(place: Any) -> None:
    place.write(
        "mlgate.yaml", "version: 1\ndatasets: {a: {path: a.csv, schema: s.yaml}}\ntiers: {unit: {tests: [tests]}}\n"
    )
    place.write("s.yaml", SCHEMA)
    place.write("a.csv", "age\n5\n")
    place.write("tests/test_it.py", "def test_wrong():\n    assert 1 == 2\n")
    ran = place.run()
    assert ran.code == 1
    assert ran.outcome("data/tier")["status"] == "skip"
    assert ran.outcome("data/tier")["message"] == "not run: the unit tier blocks"
    assert ran.outcome("unit/tests/test_it.py::test_wrong")["status"] == "fail"
    ran = place.run("--keep-going")
    assert ran.code == 1
    assert ran.outcome("data/a/age/between")["status"] == "pass"
    assert [tier["tier"] for tier in ran.report["provenance"]["tiers"]] == ["unit", "data"]


def test_only_the_named_tiers_run_and_nothing_declared_proves_nothing(place: Any) -> None:
    place.write(
        "mlgate.yaml", "version: 1\ndatasets: {a: {path: a.csv, schema: s.yaml}}\ntiers: {unit: {tests: [tests]}}\n"
    )
    place.write("s.yaml", SCHEMA)
    place.write("a.csv", "age\n5\n")
    ran = place.run("--tier", "data")
    assert ran.code == 0
    assert {outcome["tier"] for outcome in ran.report["outcomes"]} == {"data"}
    ran = place.run("--tier", "serving")
    assert ran.code == 3
    assert ran.report["verdict"] == "error"
    assert ran.outcome("serving/tier")["status"] == "skip"


def test_the_static_tier_judges_the_declared_code(place: Any) -> None:
    place.write("mlgate.yaml", "version: 1\nlint: {paths: [src, src/train.py, nowhere, empty], ignore: [src/old]}\n")
    place.write("src/train.py", "import random\n\nrandom.seed(1)\nprint(random.random())\n")
    place.write("src/old/train.py", "import random\n\nprint(random.random())\n")
    place.write("empty/notes.txt", "")
    ran = place.run()
    assert ran.code == 3
    assert ran.statuses() == {
        "static/src/train.py/seeds": "pass",
        "static/nowhere/python": "error",
        "static/empty/python": "error",
    }
    place.write("mlgate.yaml", "version: 1\nlint: {ignore: [src/old]}\n")
    assert place.run().code == 2  # nothing is declared


def test_a_gpu_tier_without_a_gpu_is_a_skip_here_and_an_error_in_ci(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlgate.sources.devices.ask_driver", lambda: None)  # whatever this machine has
    place.write("mlgate.yaml", "version: 1\ntiers: {unit: {tests: [tests], gpu: required}}\n")
    place.write("tests/test_it.py", "def test_it(): pass\n")
    ran = place.run()
    assert ran.outcome("unit/gpu")["status"] == "skip"
    assert ran.code == 3
    monkeypatch.setenv("CI", "true")
    assert place.run().outcome("unit/gpu")["status"] == "error"


def test_no_pytest_is_an_error_with_the_next_step(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("mlgate.yaml", "version: 1\ntiers: {unit: {tests: [tests]}}\n")
    monkeypatch.setenv("PATH", "/nowhere")
    ran = place.run()
    assert ran.code == 3
    assert "pytest was not found on PATH" in ran.outcome("unit/pytest")["message"]


def test_an_unexpected_exception_is_3_with_a_short_message(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("mlgate.yaml", "version: 1\ntiers: {unit: {tests: [tests]}}\n")

    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("what")

    monkeypatch.setattr("mlgate.gate.run.run_or_reuse", broken)  # a fault that must be forced
    ran = place.run()
    assert ran.code == 3
    assert ran.outcome("unit/defect")["message"] == "unexpected ZeroDivisionError: what"
    assert "Traceback" not in ran.err
    monkeypatch.setenv("MLGATE_DEBUG", "1")
    assert "Traceback" in place.run().err


def test_the_report_is_strict_json_with_provenance(place: Any) -> None:
    place.write("mlgate.yaml", "version: 1\ndatasets: {a: {path: a.csv, schema: s.yaml}}\n")
    place.write("s.yaml", SCHEMA)
    place.write("a.csv", "age\n5\n131\n")
    ran = place.run("--name", "nightly")
    assert ran.code == 1
    written = (place.root / "out" / "report" / "report.json").read_text()
    report = json.loads(written, parse_constant=lambda name: pytest.fail(f"{name} in the report"))
    assert report["gate"] == "nightly"
    assert report["provenance"]["datasets"][0] | {"digest": None} == {
        "name": "a", "path": "a.csv", "rows": 2, "columns": 1, "digest": None, "source": "file",
    }  # fmt: skip
    outcome = ran.outcome("data/a/age/between")
    assert outcome["location"] == {"path": "s.yaml", "line": 3}
    assert outcome["observed"] == 131
    assert outcome["evidence"]["failing"] == 1
