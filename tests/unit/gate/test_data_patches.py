"""What a run says of datasets that block: the change of the schema that would accept them, and the command for it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mlgate.errors import SourceError
from mlgate.gate import data_patches
from tests.unit.gate.conftest import Place, Ran
from tests.unit.gate.whole_gate import judge

REPORT = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
PROJECT = """\
version: 1
datasets:
  train: {path: data/train.csv, schema: schemas/people.yaml, environment: training}
  test: {path: data/test.csv, schema: schemas/people.yaml}
"""
SCHEMA = """\
version: 1
columns:
  id: {type: integer, unique: true}   # the key
  age: {type: integer, between: [0, 120]}
  arm: {type: string, in_set: [control, treated]}
"""
GOOD = "id,age,arm\n1,30,control\n2,41,treated\n3,50,treated\n"
STEP = (
    "`mlgate data check data/train.csv` shows the change of schemas/people.yaml that accepts this, `--accept` writes it"
)


@pytest.fixture
def people(place: Place) -> Place:
    place.write("mlgate.yaml", PROJECT)
    place.write("schemas/people.yaml", SCHEMA)
    place.write("data/train.csv", GOOD)
    place.write("data/test.csv", GOOD)
    return place


def patches(ran: Ran) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ran.report["provenance"].get("schema_patches", [])
    return found


def test_a_run_that_passes_proposes_nothing(people: Place) -> None:
    assert patches(judge(people)) == []


def test_what_blocks_names_the_command_that_accepts_it(people: Place) -> None:
    people.write("data/train.csv", GOOD + "4,131,control\n4,31,placebo\n")
    ran = judge(people)
    assert ran.code == 1
    assert ran.outcome("data/train/age/between")["hint"].endswith(f"; {STEP}")
    assert ran.outcome("data/train/arm/in_set")["hint"].endswith(f"; {STEP}")
    assert "mlgate" not in ran.outcome("data/train/id/unique")["hint"]  # a key is never loosened
    (patch,) = patches(ran)
    assert patch["commands"] == ["mlgate data check data/train.csv"]
    assert {change["outcome"] for change in patch["changes"]} == {"data/train/age/between", "data/train/arm/in_set"}
    assert [refused["outcome"] for refused in patch["not_proposed"]] == ["data/train/id/unique"]
    assert (patch["settles"], patch["applied"], patch["hidden_values"]) == (False, False, 1)
    for name in ("report.md", "report.html"):
        text = (people.root / "out" / "report" / name).read_text(encoding="utf-8")
        assert "mlgate data check data/train.csv --accept" in text
        assert "+  age: {type: integer, between: [0, 131]}" in text
        assert "placebo" not in text
        assert name == "report.html" or "p***" not in text  # a comment has counts only
    text = people.mlgate("run").out
    assert STEP in text
    assert people.mlgate("data", "check", "data/train.csv", "--accept").code == 1
    assert "placebo" in (people.root / "schemas/people.yaml").read_text(encoding="utf-8")
    people.write("data/train.csv", GOOD + "4,131,control\n5,31,placebo\n")
    assert judge(people).code == 0


def test_values_are_shown_where_privacy_is_full(people: Place) -> None:
    people.write("mlgate.yaml", f"{PROJECT}privacy: {{examples: full}}\n")
    people.write("data/train.csv", GOOD + "4,31,placebo\n")
    judge(people)
    assert "placebo]" in (people.root / "out/report/report.md").read_text(encoding="utf-8")


def test_datasets_of_one_schema_share_its_change(people: Place) -> None:
    people.write("data/train.csv", GOOD + "4,131,control\n")
    people.write("data/test.csv", GOOD + "4,140,control\n")
    ran = judge(people)
    (patch,) = patches(ran)
    assert patch["settles"]
    assert "between: [0, 140]" in patch["diff"]
    assert patch["commands"] == ["mlgate data check data/train.csv", "mlgate data check data/test.csv"]
    assert "data/test.csv" in ran.outcome("data/test/age/between")["hint"]
    for command in patch["commands"]:
        assert people.mlgate(*shlex.split(command)[1:], "--accept").code == 0
    assert judge(people).code == 0


def test_what_is_accepted_by_name_is_not_in_the_change(people: Place) -> None:
    entry = "{id: data/train/age/between, reason: known, until: 2999-12-31}"
    people.write("mlgate.yaml", f"{PROJECT}accepted: [{entry}]\n")
    people.write("data/train.csv", GOOD + "4,131,placebo\n")
    (patch,) = patches(judge(people))
    assert [change["outcome"] for change in patch["changes"]] == ["data/train/arm/in_set"]


def test_a_warning_asks_for_a_change_only_where_it_blocks(people: Place) -> None:
    rule = "checks: [{between: [0, 120], severity: warn}]"
    people.write("schemas/people.yaml", SCHEMA.replace("between: [0, 120]", rule))
    people.write("data/train.csv", GOOD + "4,131,control\n")
    assert patches(judge(people)) == []
    ran = people.run("--strict")
    assert ran.code == 1
    assert [change["outcome"] for change in patches(ran)[0]["changes"]] == ["data/train/age/between"]


@pytest.mark.parametrize(
    "content",
    [None, "", "a,b\n1,2\n", GOOD + "1,2\n"],
    ids=["absent", "empty", "another table", "ragged"],
)
def test_where_no_change_can_help_none_is_named(people: Place, content: str | None) -> None:
    if content is None:
        (people.root / "data/train.csv").unlink()
    else:
        people.write("data/train.csv", content)
    ran = people.run()
    assert ran.code in (1, 3)
    assert all(not patch["changes"] for patch in patches(ran))
    assert "--accept" not in (people.root / "out/report/report.md").read_text(encoding="utf-8")


def test_where_no_change_can_be_worked_out_the_outcomes_stand(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise SourceError("the schema has changed", hint="run again")

    monkeypatch.setattr(data_patches, "check_and_propose", gone)
    people.write("data/train.csv", GOOD + "4,131,control\n")
    ran = judge(people)
    assert ran.code == 1
    assert patches(ran) == []
    assert "data: no change of schemas/people.yaml is proposed: the schema has changed" in ran.err


def test_the_command_can_be_copied_into_a_shell(people: Place) -> None:
    people.write("data/te st.csv", GOOD + "4,131,control\n")
    people.write("mlgate.yaml", f"{PROJECT}  odd: {{path: 'data/te st.csv', schema: schemas/people.yaml}}\n")
    ran = judge(people)
    assert ran.outcome("data/odd/age/between")["status"] == "fail"
    assert patches(ran)[0]["commands"] == ["mlgate data check 'data/te st.csv'"]


def test_a_file_that_is_not_the_nearest_one_is_asked_for_with_its_schema(people: Place) -> None:
    (people.root / "mlgate.yaml").rename(people.root / "other.yaml")
    people.write("data/train.csv", GOOD + "4,131,control\n")
    ran = people.run("--config", "other.yaml")
    assert ran.code == 1
    command = "mlgate data check data/train.csv --schema schemas/people.yaml --environment training"
    assert patches(ran)[0]["commands"] == [command]
    assert people.mlgate(*shlex.split(command)[1:], "--accept").code == 0
    assert people.run("--config", "other.yaml").code == 0


def test_the_report_of_a_check_follows_the_published_schema(people: Place) -> None:
    people.write("data/train.csv", GOOD + "4,131,control\n4,31,placebo\n")
    report = json.loads(people.mlgate("data", "check", "data/train.csv", "--format", "json").out)
    assert report["provenance"]["schema_patches"]
    assert [error.message for error in Draft202012Validator(REPORT).iter_errors(report)] == []
    (broken,) = report["provenance"]["schema_patches"]
    broken["settles"] = "yes"
    assert list(Draft202012Validator(REPORT).iter_errors(report))


def test_the_comment_of_a_check_repeats_its_command(people: Place) -> None:
    words = [
        "mlgate",
        "data",
        "check",
        "data/train.csv",
        "--schema",
        "schemas/people.yaml",
        "--environment",
        "training",
    ]
    comment = people.mlgate(*words[1:], "--format", "markdown").out
    assert f"Reproduce locally: `{' '.join(words)}`\n" in comment
    people.write("data/te st.csv", GOOD)
    assert "Reproduce" not in people.mlgate("data", "check", "data/te st.csv", "--format", "markdown").out
