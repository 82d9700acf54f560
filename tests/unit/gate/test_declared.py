"""What is judged part by part is what the gate judges as a whole; and what the tests of a tier are told."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest

from mlgate.gate.declared import MODEL, judge_job, list_declared
from mlgate.gate.handover import baseline_of, candidate_of, dataset_of, write_handover
from mlgate.gate.load import load_all, load_project
from mlgate.gate.record import Record

NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
PROJECT = """\
version: 1
datasets:
  train: {path: data/train.csv, schema: schema.yaml}
  test: {path: "data/test-*.csv", refreshed: {max_age: 3650d}}
  wards: {path: data/wards.csv}
  "odd/name": {path: data/gone.csv, schema: schema.yaml}
splits:
  - {datasets: [train, test], entity: id, name: both}
skew:
  - {training: train, serving: test, key: id}
drift:
  - {reference: train, current: test, minimum_rows: 20}
evaluations:
  one:
    predictions: out/one.csv
    columns: {prediction: prediction}
    baseline: file:base/one.csv
    metrics: {accuracy: {tolerance: 0.01, min: 0.9}, f1: {}}
    positive: 1
    slices: [ward]
    resamples: 200
  two:
    predictions: out/none.csv
    columns: {prediction: prediction}
    baseline: none
    metrics: {accuracy: {min: 0.5}}
accepted:
  - {id: data/train/age/between, reason: known, until: 2999-01-01}
"""
SCHEMA = """\
version: 1
columns:
  id: {type: integer, unique: true}
  age: {type: integer, between: [0, 120]}
  ward: {type: string}
table:
  foreign_keys: [{columns: [ward], references: {dataset: wards, columns: [code]}}]
"""


def table(start: int, rows: int, shift: int = 0) -> str:
    lines = (f"{start + n},{20 + (n * 7 + shift) % 60},{'ABC'[n % 3]}\n" for n in range(rows))
    return "id,age,ward\n" + "".join(lines)


def predictions(wrong: int) -> str:
    lines = (f"{n},{n % 2},{1 - n % 2 if n < wrong else n % 2},{'AB'[n % 3 % 2]}\n" for n in range(300))
    return "id,label,prediction,ward\n" + "".join(lines)


@pytest.fixture
def project(place: Any) -> Any:
    place.write("mlgate.yaml", PROJECT)
    place.write("schema.yaml", SCHEMA)
    place.write("data/train.csv", table(0, 60) + "999,131,C\n")
    place.write("data/test-1.csv", table(100, 40, 30))
    place.write("data/test-2.csv", table(0, 40, 30))
    place.write("data/wards.csv", "code\nA\nB\n")
    place.write("base/one.csv", predictions(3))
    place.write("out/one.csv", predictions(60))
    return place


def loaded(place: Any) -> Any:
    return load_all(load_project(place.root / "mlgate.yaml", place.root))


def test_the_parts_give_what_the_whole_gives(project: Any) -> None:
    whole = project.run("--keep-going").statuses()
    known = loaded(project)
    checks = list_declared(known)
    groups = {check.group for check in checks}
    parts: dict[str, str] = {}
    for job in dict.fromkeys(check.job for check in checks):
        found = judge_job(known, job, groups=groups, seed=0, now=dt.datetime.now(dt.UTC))
        assert not parts.keys() & {outcome.id for outcome in found}
        parts |= {outcome.id: outcome.status.value for outcome in found}
    assert parts == {id_: status for id_, status in whole.items() if id_.startswith(("data/", "model/"))}
    assert {"pass", "warn", "fail", "error", "skip"} == set(parts.values())
    claims = {check.claim for check in checks if not check.rest}
    absent = {claim for claim in claims if not any(f"{id_}/".startswith(f"{claim}/") for id_ in parts)}
    assert {claim.split("/")[1] for claim in absent} == {"odd%2Fname", "two"}  # nothing of these can be read


def test_only_the_evaluations_that_are_asked_for_are_judged(project: Any) -> None:
    found = judge_job(loaded(project), MODEL, groups=["model/one"], seed=0, now=NOW)
    assert {outcome.id.split("/")[1] for outcome in found} == {"one", "look_at_these"}


# --- what the tests of a tier are told -------------------------------------------------------------------------------


def test_a_dataset_that_is_not_what_its_pointer_says_is_a_problem(project: Any) -> None:
    known = loaded(project).project
    assert dataset_of(known, "train") == {"path": "data/train.csv", "files": ["data/train.csv"]}
    assert dataset_of(known, "test")["files"] == ["data/test-1.csv", "data/test-2.csv"]
    content = (project.root / "data" / "train.csv").read_bytes()
    pointer = "outs:\n- md5: {}\n  size: 1\n  hash: md5\n  path: train.csv\n"
    right = hashlib.md5(content, usedforsecurity=False).hexdigest()
    project.write("data/train.csv.dvc", pointer.format(right))
    assert "problem" not in dataset_of(known, "train")
    project.write("data/train.csv.dvc", pointer.format("a" * 32))
    wrong = dataset_of(known, "train")
    assert wrong["problem"].startswith("the dataset train: ")
    assert wrong["hint"] == "`dvc pull data/train.csv`"


def test_a_baseline_that_cannot_be_found_is_told_to_who_asks(project: Any) -> None:
    known = loaded(project).project
    assert baseline_of(known, "one", NOW)["reference"] == "file:base/one.csv"
    (project.root / "base" / "one.csv").unlink()
    assert "base/one.csv" in baseline_of(known, "one", NOW)["problem"]
    assert baseline_of(known, "two", NOW) == {
        "problem": "the evaluation two declares no baseline",
        "hint": "declare evaluations.two.baseline",
    }
    assert candidate_of(known, "one")["files"] == ["out/one.csv"]
    assert candidate_of(known, "two")["files"] == []


def test_baselines_are_looked_up_for_late_tiers_alone_and_never_twice(
    project: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    import json

    asked: list[str] = []

    def look_up(_: Any, name: str, now: dt.datetime) -> dict[str, Any]:
        assert now == NOW
        asked.append(name)
        return {"reference": name}

    monkeypatch.setattr("mlgate.gate.handover.baseline_of", look_up)
    record = Record(baselines=[{"evaluation": "one", "found": "file", "commit": "abc"}])
    known = loaded(project).project
    for tier, names in (("unit", []), ("serving", ["two"])):
        file = write_handover(known, tier, record, tmp_path, seed=4, now=NOW)
        told = json.loads(file.read_text(encoding="utf-8"))
        assert (file.is_absolute(), told["tier"], told["seed"]) == (True, tier, 4)
        assert asked == names
    assert told["baselines"]["one"]["commit"] == "abc"
    data = json.loads(write_handover(known, "data", record, tmp_path, now=NOW).read_text(encoding="utf-8"))
    assert data["datasets"]["train"]["files"] == ["data/train.csv"]
    assert data["datasets"]["odd/name"]["files"] == ["data/gone.csv"]  # the fixture says that it is not there
