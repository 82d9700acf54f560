"""What the tests of a tier are told: only what the run has made sure of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mlgate.config.project import Project
from mlgate.config.project_file import parse_project
from mlgate.errors import SourceError
from mlgate.pyramid.handover import candidate_entry, dataset_entry, handover, problem_entry

TEXT = """\
version: 1
datasets:
  train: {path: data/train.csv}
  test: {path: "data/test-*.csv"}
evaluations:
  made: {stage: evaluate, predictions: out/made.csv, columns: {prediction: p}, metrics: {accuracy: {}}}
  called: {command: [python, -m, "a b"], metrics_file: out/m.json, metrics: {latency_p95_ms: {}}}
  given: {runs: [out/seed-*.csv], columns: {prediction: p}, metrics: {accuracy: {}}}
tiers:
  unit: {tests: [tests/unit], datasets: [train]}
  model: {tests: [tests/model, tests/more.py]}
"""


def project() -> Project:
    return parse_project(TEXT, "mlgate.yaml", root=Path("/project"))


def told(tier: str) -> dict[str, Any]:
    known = project()
    found = handover(
        known,
        tier,
        datasets={"train": dataset_entry(known.datasets["train"], ["data/train.csv"])},
        baselines={"made": {"metrics": {"accuracy": float("nan")}, "commit": None}},
        candidates={},
        seed=3,
    )
    json.dumps(found, allow_nan=False)
    return found


def test_a_dataset_that_the_tier_does_not_declare_says_what_to_do() -> None:
    unit = told("unit")
    assert (unit["root"], unit["tier"], unit["seed"]) == ("/project", "unit", 3)
    assert unit["tiers"] == {"unit": ["tests/unit"], "model": ["tests/model", "tests/more.py"]}
    assert unit["datasets"]["train"] == {"path": "data/train.csv", "files": ["data/train.csv"]}
    assert unit["datasets"]["test"]["problem"] == (
        "the tier unit does not declare the dataset test, so nothing makes sure that it is there"
    )
    assert unit["datasets"]["test"]["hint"] == "add it to tiers.unit.datasets in mlgate.yaml"


def test_the_data_tier_has_every_dataset() -> None:
    assert set(told("data")["datasets"]) == {"train"}  # as its caller found them


def test_a_baseline_that_was_not_looked_up_is_a_problem_of_who_asks() -> None:
    found = told("unit")["baselines"]
    assert found["made"] == {"metrics": {"accuracy": None}, "commit": None}
    assert found["given"]["problem"] == "baselines are not looked up for the tests of the tier unit"
    assert found["given"]["hint"] == "put the test into the tier model or serving"


def test_candidates_are_fresh_where_nothing_makes_them_or_this_run_did() -> None:
    evaluations = project().evaluations
    judged: list[dict[str, Any]] = [
        {"evaluation": "called", "metrics": {"latency_p95_ms": 3.0}},
        {"evaluation": "made", "metrics": None},
    ]
    assert candidate_entry(evaluations["given"], ["out/seed-1.csv"], []) == {
        "path": "out/seed-*.csv",
        "files": ["out/seed-1.csv"],
        "made_by": None,
        "fresh": True,
        "metrics": None,
    }
    stale = candidate_entry(evaluations["made"], [], [])
    assert (stale["made_by"], stale["fresh"], stale["metrics"]) == ("dvc repro evaluate", False, None)
    assert candidate_entry(evaluations["made"], ["out/made.csv"], judged)["fresh"]
    called = candidate_entry(evaluations["called"], ["out/m.json"], judged)
    assert (called["made_by"], called["path"]) == ("python -m 'a b'", "out/m.json")
    assert (called["fresh"], called["metrics"]) == (True, {"latency_p95_ms": 3.0})


def test_a_problem_keeps_its_hint() -> None:
    assert problem_entry(SourceError("a", hint="b")) == {"problem": "a", "hint": "b"}
