"""`mlgate data splits` from the command line, and `splits:` of mlgate.yaml in a run."""

from __future__ import annotations

import json
from typing import Any

import pytest

TRAIN = "patient,day,age,ill\n" + "".join(f"{n},2020-01-{1 + n % 28:02},{20 + n}.5,{n % 3 % 2}\n" for n in range(80))
TEST = "patient,day,age,ill\n" + "".join(
    f"{n},2020-02-{1 + n % 28:02},{30 + n}.25,{n % 3 % 2}\n" for n in range(80, 120)
)
PROJECT = """\
version: 1
datasets:
  train: {path: data/train.csv}
  test: {path: data/test.csv}
splits:
  - {datasets: [train, test], entity: patient, time: day, gap: 1d, label: ill}
"""


@pytest.fixture
def project(place: Any) -> Any:
    place.write("mlgate.yaml", PROJECT)
    place.write("data/train.csv", TRAIN)
    place.write("data/test.csv", TEST)
    return place


def splits(place: Any, *arguments: str) -> Any:
    ran = place.mlgate("data", "splits", "--format", "json", *arguments)
    if ran.out:
        ran.report = json.loads(ran.out)
    return ran


FILES = ("train=data/train.csv", "test=data/test.csv")


def test_honest_splits_pass_and_say_what_was_compared(project: Any) -> None:
    ran = splits(project, *FILES, "--entity", "patient", "--time", "day", "--gap", "1d", "--label", "ill")
    assert (ran.code, set(ran.statuses().values())) == (0, {"pass", "skip"}), ran.out
    assert ran.report["gate"] == "data splits"
    found = ran.outcome("data/splits/train-test/entity_overlap")
    assert found["message"] == "0 of 40 entities (patient) of test are in train too"
    assert found["location"] == {"path": "data/train.csv", "line": None}


def test_leakage_fails_in_every_format(project: Any) -> None:
    project.write("data/test.csv", TEST + TRAIN.splitlines()[5] + "\n")
    told = {}
    for fmt in ("text", "json", "markdown", "junit", "sarif", "github"):
        ran = project.mlgate("data", "splits", *FILES, "--entity", "patient", "--format", fmt)
        assert ran.code == 1
        told[fmt] = ran.out
    assert all("entity_overlap" in text for text in told.values())
    assert (
        "1 of 41 entities (patient) of test is in train too, with 1 row of test (2.44 %) and 1 of train" in told["text"]
    )
    assert "holds (" in told["text"]
    assert "0 of 41 rows of test are nearly those of train" not in told["text"]  # one row is equal, 40 were compared
    assert "0 of 40 rows of test are nearly those of train" in told["text"]
    assert "<b>What holds</b>" in told["markdown"]


def test_options_come_from_the_environment(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLGATE_ENTITY", "patient")
    monkeypatch.setenv("MLGATE_NEAR", "false")
    ran = splits(project, *FILES)
    assert "data/splits/train-test/entity_overlap" in ran.statuses()
    assert ran.statuses()["data/splits/train-test/near_duplicates"] == "skip"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("data/train.csv", "test=data/test.csv"), "'data/train.csv' is not NAME=FILE"),
        (("train=data/train.csv",), "two splits or more are compared"),
        (("train=data/train.csv", "train=data/test.csv"), "'train' is named twice"),
        (("train=data/train.csv", "test=data/train.csv"), "data/train.csv is given twice"),
        ((*FILES, "--gap", "1d"), "--gap needs --time"),
        ((*FILES, "--time", "day", "--gap", "soon"), "--gap 'soon' is no duration"),
        ((*FILES, "--label", "ill", "--ignore", "ill"), "--ignore ill: the column is declared, too"),
        ((*FILES, "--text", "ill", "--ignore", "ill"), "--ignore ill: the column is declared, too"),
        ((*FILES, "--entity", "ill", "--label", "ill"), "--label ill: the column is the entity or time, too"),
        ((*FILES, "--memory-limit", "much"), "the memory limit 'much' is no size"),
        ((), "Missing argument"),
    ],
)
def test_wrong_usage_is_2(project: Any, arguments: tuple[str, ...], told: str) -> None:
    ran = project.mlgate("data", "splits", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def test_what_cannot_be_read_is_3(project: Any) -> None:
    ran = splits(project, "train=data/train.csv", "test=data/none.csv")
    assert (ran.code, ran.statuses()) == (3, {"data/splits/train-test/readable": "error"})
    absent = splits(project, *FILES, "--entity", "person")
    assert (absent.code, absent.outcome("data/splits/train-test/split_columns")["status"]) == (3, "error")


def test_a_schema_says_how_text_is_read(project: Any) -> None:
    project.write("mlgate.yaml", PROJECT.replace("data/test.csv}", "data/test.csv, schema: s.yaml}"))
    project.write("s.yaml", "version: 1\nread: {delimiter: ';', null: ['?']}\ncolumns: {patient: {type: string}}\n")
    project.write("data/test.csv", TEST.replace(",", ";").replace("\n80;", "\n?;"))
    found = splits(project, *FILES, "--entity", "patient").outcome("data/splits/train-test/entity_overlap")
    assert found["message"] == "0 of 39 entities (patient) of test are in train too; 1 row without one left out"


def test_a_run_judges_declared_splits(project: Any) -> None:
    ran = project.run()
    assert ran.code == 0, ran.out + ran.err
    statuses = {name: status for name, status in ran.statuses().items() if name.startswith("data/splits/")}
    assert statuses["data/splits/train-test/time_overlap"] == "pass"
    assert len(statuses) == 12
    assert ran.outcome("data/splits/train-test/entity_overlap")["location"] == {"path": "mlgate.yaml", "line": 6}
    project.write("data/test.csv", TEST.replace("\n80,", "\n8,"))
    again = project.run()
    assert (again.code, again.outcome("data/splits/train-test/entity_overlap")["status"]) == (1, "fail")


def test_a_finding_can_be_accepted_until_a_day(project: Any) -> None:
    project.write("data/test.csv", TEST.replace("\n80,", "\n8,"))
    project.write(
        "mlgate.yaml",
        PROJECT + "accepted: [{id: data/splits/train-test/entity_overlap, reason: known, until: 2999-01-01}]\n",
    )
    ran = project.run()
    assert (ran.code, ran.outcome("data/splits/train-test/entity_overlap")["status"]) == (0, "warn")


def test_privacy_of_the_project_goes_before_the_option(project: Any) -> None:
    project.write("data/test.csv", TEST.replace("\n80,", "\n8,"))
    shown = splits(project, *FILES, "--entity", "patient", "--privacy", "full").outcome(
        "data/splits/train-test/entity_overlap"
    )
    assert shown["evidence"]["rows"] == [{"row": 1, "value": "patient * (1 character), row 9 of train"}]


def test_a_dataset_that_is_absent_is_an_error_of_the_run(project: Any) -> None:
    (project.root / "data/test.csv").unlink()
    ran = project.run()
    assert ran.code == 3
    assert ran.statuses()["data/splits/train-test/readable"] == "error"
