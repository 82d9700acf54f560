"""The pytest plugin in processes of its own: workers that share one scan, `--lf`, golden sets, and the gate's word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROWS = "id,label,prediction\n" + "".join(f"{n},{n % 2},{n % 2}\n" for n in range(200))
FILES = {
    "mlgate.yaml": """\
version: 1
datasets:
  train: {path: data/train.csv, schema: schema.yaml}
evaluations:
  e:
    command: [python, make.py]
    predictions: out/candidate.csv
    columns: {prediction: prediction}
    baseline: file:base/predictions.csv
    metrics: {accuracy: {tolerance: 0.01, min: 0.5}, f1: {tolerance: 0.01}}
    positive: 1
    resamples: 200
tiers:
  unit: {tests: [tests/unit], datasets: [train], python: PYTHON}
  serving: {tests: [tests/serving], python: PYTHON}
""".replace("PYTHON", sys.executable),
    "schema.yaml": "version: 1\ncolumns:\n  id: {type: integer, unique: true}\n  age: {type: integer, between: [0, 120]}\n",
    "data/train.csv": "id,age\n1,20\n2,131\n",
    "base/predictions.csv": ROWS,
    # Each call leaves a letter: two workers must not make the predictions twice.
    "make.py": f"""\
import pathlib
with open("calls.txt", "a") as calls:
    calls.write("x")
pathlib.Path("out").mkdir(exist_ok=True)
pathlib.Path("out/candidate.csv").write_text({ROWS!r})
""",
    "tests/unit/test_unit.py": """\
import numpy as np, pytest

@pytest.mark.mlgate(priority="P0")
def test_rows(dataset, record_metric):
    record_metric("rows", np.float64(len(dataset("train").read_text().splitlines()) - 1))

def test_golden(golden):
    golden("squares", np.arange(4) ** 2)

@pytest.mark.mlgate(tier="serving")
def test_of_no_tier(): pass
""",
    "tests/serving/test_serving.py": """\
def test_both_sides(baseline, candidate):
    assert candidate("e").metrics["accuracy"] == 1.0
    assert candidate("e").predictions.name == "candidate.csv"
    assert baseline("e").facts["reference"] == "file:base/predictions.csv"
""",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def start(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module of this interpreter in the project, without plugins that are not asked for."""
    variables = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=project, env=variables, capture_output=True, text=True, timeout=300, check=False)


PYTEST = ("pytest", "-p", "mlgate_pytest")


def test_workers_judge_once_and_failures_are_found_again(project: Path) -> None:
    done = start(project, *PYTEST, "-p", "xdist", "-n", "2", "mlgate.yaml", "tests/unit", "-q")
    assert "FAILED mlgate.yaml::data/train::age/between" in done.stdout, done.stdout + done.stderr
    assert "the golden set tests/unit/golden/test_unit/squares.json does not exist" in done.stdout
    assert "2 failed, 13 passed" in done.stdout
    assert (project / "calls.txt").read_text(encoding="utf-8") == "x"
    again = start(project, *PYTEST, "--lf", "-q", "mlgate.yaml")
    assert "1 failed" in again.stdout, again.stdout + again.stderr
    assert "passed" not in again.stdout
    assert (project / "calls.txt").read_text(encoding="utf-8") == "x"
    written = start(project, *PYTEST, "-p", "xdist", "-n", "2", "-q", "tests/unit", "--mlgate-update-golden")
    assert "written: tests/unit/golden/test_unit/squares.json" in written.stdout, written.stdout + written.stderr
    golden = project / "tests/unit/golden/test_unit/squares.json"
    assert json.loads(golden.read_text(encoding="utf-8")) == [0, 1, 4, 9]


def test_the_gate_tells_its_tests_what_it_has_made_sure_of(project: Path) -> None:
    golden = project / "tests/unit/golden/test_unit/squares.json"
    golden.parent.mkdir(parents=True)
    golden.write_text("[0, 1, 4, 9]", encoding="utf-8")
    done = start(project, "mlgate", "run", "--keep-going", "--output", "report")
    assert done.returncode == 1, done.stdout + done.stderr  # the age of 131
    found = {
        outcome["id"]: outcome
        for outcome in json.loads((project / "report" / "report.json").read_text(encoding="utf-8"))["outcomes"]
    }
    tests = {id_: outcome["status"] for id_, outcome in found.items() if outcome["check"] == "test"}
    assert tests == {
        "unit/tests/unit/test_unit.py::test_rows": "pass",
        "unit/tests/unit/test_unit.py::test_golden": "pass",
        "unit/tests/unit/test_unit.py::test_of_no_tier": "error",
        "serving/tests/serving/test_serving.py::test_both_sides": "pass",
    }
    assert (
        "marked for the tier serving, whose `tests`"
        in found["unit/tests/unit/test_unit.py::test_of_no_tier"]["message"]
    )
    properties = found["unit/tests/unit/test_unit.py::test_rows"]["evidence"]["properties"]
    assert ["mlgate_metric", {"name": "rows", "value": 2.0, "slice": None}] in properties
    assert ["mlgate", {"priority": "P0"}] in properties
    assert not any(id_.startswith("unit/mlgate.yaml") for id_ in found)
