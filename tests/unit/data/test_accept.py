"""What a file differs in is accepted by the smallest change of its schema, and by nothing that rules something out."""

from __future__ import annotations

import csv
import datetime as dt
import doctest
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.config.document import load_document
from mlgate.config.plain_edits import applied
from mlgate.config.schema_file import parse_schema
from mlgate.config.yaml_edit import patch
from mlgate.data import accept, accept_case, accept_columns, accept_numbers, likeness
from mlgate.data.accept_columns import renamed_in
from mlgate.data.accept_numbers import end_of_moment, outward
from mlgate.data.drift.catalogue import CATALOGUE as DRIFT
from mlgate.data.leakage.catalogue import CATALOGUE as LEAKAGE
from mlgate.data.likeness import name_likeness
from mlgate.data.scope import Scope
from mlgate.data.skew.catalogue import CATALOGUE as SKEW
from mlgate.gate.data_accept_rounds import Asked, Settled, settle
from mlgate.gate.datasets import Subject, judge
from mlgate.outcome import Location, Outcome, Status
from mlgate.sources.tables import open_table

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
SCHEMA = """\
# Patients.
version: 1
read: {delimiter: ","}
columns:
  id: {type: integer, not_null: true, unique: true}   # the key
  # years
  age:     {type: integer, between: [0, 90], not_null: true}
  sex:     {type: string, in_set: [F, M]}
  ward:
    type: string
    in_set:   # see the plan
      - A
      - B
  visit:   {type: date, between: [2026-01-01, 2026-01-31], null_fraction: {max: 0.01}}
  score:   {type: number, checks: [{between: {min: 0, strict_max: 1}, mostly: 0.99}], mean: [0.4, 0.6]}
  email:   {type: string, regex: '^[^@]+@[^@]+$', length: [5, 20]}
  ill:     {type: boolean, label_distribution: {true: [0.3, 0.7]}, quantile: null}
  weight:  {type: number, quantile: {0.5: [60, 80], 0.95: [80, 110]}, std: [5, 15]}
table:
  row_count: {min: 200}
  unique: [[id, visit]]
""".replace(", quantile: null", "")

Rows = list[dict[str, Any]]


def patients(n: int = 200) -> Rows:
    rng = random.Random(7)
    return [
        {
            "id": number,
            "age": rng.randint(18, 90),
            "sex": rng.choice("FM"),
            "ward": rng.choice("AB"),
            "visit": f"2026-01-{rng.randint(1, 31):02}",
            "score": f"{rng.random():.4f}",
            "email": f"u{number}@x.org",
            "ill": rng.choice(["true", "false"]),
            "weight": f"{rng.gauss(70, 10):.1f}",
        }
        for number in range(n)
    ]


def write(path: Path, rows: Rows) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def subject(path: Path, text: str, **more: Any) -> Subject:
    return Subject(root=path.parent, path=path.name, name="t", schema=parse_schema(text, "s.yaml"), **more)


def blocking(path: Path, text: str, **more: Any) -> list[str]:
    outcomes, _ = judge(subject(path, text, **more), now=NOW)
    return [outcome.id.removeprefix("data/t/") for outcome in outcomes if outcome.status.blocks]


@pytest.fixture
def accepted(tmp_path: Path) -> Callable[..., tuple[Settled, list[str]]]:
    """The change that accepts some rows, and the lines of its diff."""

    def accept(rows: Rows | Path, text: str = SCHEMA, **more: Any) -> tuple[Settled, list[str]]:
        path = rows if isinstance(rows, Path) else write(tmp_path / "t.csv", rows)
        found = settle(subject(path, text, **more), text, None, Asked(now=NOW))
        assert found.passes is (blocking(path, found.text, **more) == [])
        assert found.passes is not bool(found.refusals)
        lines = patch(text, found.text, "s.yaml").splitlines()[2:]
        return found, [re.sub(r" +", " ", line) for line in lines if line[0] in "+-"]

    return accept


Accepted = Callable[..., tuple[Settled, list[str]]]


def test_a_file_that_passes_changes_nothing(accepted: Accepted) -> None:
    found, lines = accepted(patients())
    assert (found.text, found.changes, lines) == (SCHEMA, (), [])


def change(rows: Rows, **values: Any) -> Rows:
    """The rows with some columns set: to a value in the first row, or by a function of the row's number in all."""
    return [
        row
        | {
            name: value(number) if callable(value) else value
            for name, value in values.items()
            if callable(value) or number == 0
        }
        for number, row in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (change(patients(), age=131), ["age: {type: integer, between: [0, 131], not_null: true}"]),
        (change(patients(), age=-1), ["age: {type: integer, between: [-1, 90], not_null: true}"]),
        (change(patients(), age=""), ["age: {type: integer, between: [0, 90], null_fraction: {max: 0.092}}"]),
        (
            change(patients(), age=lambda n: "17.5" if n % 10 == 0 else 17),
            ["age: {type: number, between: [0, 90], not_null: true}"],
        ),
        (
            change(patients(), age=lambda n: f"old {n}" if n % 10 == 0 else 17),
            ["age: {type: string, not_null: true}"],
        ),
        (change(patients(), sex="X"), ["sex: {type: string, in_set: [F, M, X]}"]),
        (change(patients(), ward="NO"), None),
        (
            change(patients(), visit="2026-02-03"),
            ["visit: {type: date, between: [2026-01-01, 2026-02-03], null_fraction: {max: 0.01}}"],
        ),
        (
            change(patients(), visit=lambda n: "2026-01-03 10:00" if n % 10 == 0 else "2026-01-03"),
            ["visit: {type: datetime, between: [2026-01-01, 2026-01-31], null_fraction: {max: 0.01}}"],
        ),
        (
            change(patients(), email=f"{'x' * 30}@x.org"),
            ["email: {type: string, regex: '^[^@]+@[^@]+$', length: [5, 36]}"],
        ),
        (
            change(patients(), ill=lambda n: "true" if n % 10 else "false"),
            ["ill: {type: boolean, label_distribution: {true: [0.3, 0.9]}}"],
        ),
        (
            change(patients(), weight=lambda n: f"{90 + n / 10:.1f}"),
            ["weight: {type: number, quantile: {0.5: [60, 100], 0.95: [80, 110]}, std: [5, 15]}"],
        ),
        (patients()[:150], ["row_count: {min: 150}"]),
    ],
)
def test_one_fault_one_line(rows: Rows, lines: list[str] | None, accepted: Accepted) -> None:
    found, diff = accepted(rows)
    assert found.passes
    if lines is None:
        assert diff == ['+ - "NO"']
    else:
        assert [line[1:].strip() for line in diff if line[0] == "+"] == lines
        assert len(diff) == 2


def test_words_for_missing_are_declared_and_not_a_wider_type(accepted: Accepted) -> None:
    found, diff = accepted(change(patients(), age="N/A", weight="?"))
    assert found.passes
    assert '+read: {delimiter: ",", null: ["", N/A, "?"]}' in diff
    assert "+ age: {type: integer, between: [0, 90], null_fraction: {max: 0.092}}" in diff
    assert not any("weight" in line for line in diff)


def test_a_word_that_comes_back_among_numbers_means_missing(accepted: Accepted) -> None:
    rows = patients()
    for number in (3, 9, 11):
        rows[number]["weight"] = "unknown"
    found, diff = accepted(rows)
    assert '+read: {delimiter: ",", null: ["", unknown]}' in diff
    assert found.changes[0].said == "weight: read.null gets 1 repeated word, for a missing value here"
    assert found.changes[0].values == ("unknown",)
    found, diff = accepted(change(patients(), weight="unknown"))
    assert (found.passes, diff) == (False, [])
    for row in rows[20:40]:
        row["weight"] = "unknown"
    _, diff = accepted(rows)
    assert "weight: {type: string}" in diff[-1]


def test_words_for_missing_are_no_categories(accepted: Accepted) -> None:
    text = SCHEMA.replace("table:", "table:\n  checks: [{columns: {type: string}, not_in_set: [N/A], name: sentinels}]")
    rows = change(patients(), sex="N/A", ward="?", age="N/A")
    found, diff = accepted(rows, text)
    assert found.passes
    assert '+read: {delimiter: ",", null: ["", N/A, "?"]}' in diff
    assert "in_set" not in " ".join(line for line in diff if line[0] == "+")
    _, diff = accepted(change(patients(), sex="NA"), text)
    assert "+ sex: {type: string, in_set: [F, M, NA]}" in diff


def test_a_word_for_missing_that_another_column_means_otherwise_makes_text(accepted: Accepted) -> None:
    text = SCHEMA.replace("in_set: [F, M]", "in_set: [F, M, '?']")
    rows = change(patients(), age=lambda n: "?" if n % 10 == 0 else 17)
    rows[3]["sex"] = "?"
    found, diff = accepted(rows, text)
    assert found.passes
    assert "+ age: {type: string, not_null: true}" in diff


def test_a_column_of_nulls_only(accepted: Accepted) -> None:
    found, diff = accepted(change(patients(), sex=lambda _: ""))
    assert found.passes
    assert diff[-1] == "+ sex: {type: string, in_set: [F, M], null_fraction: {max: 1}}"


def without(rows: Rows, *names: str) -> Rows:
    return [{name: value for name, value in row.items() if name not in names} for row in rows]


def renamed(rows: Rows, old: str, new: str) -> Rows:
    return [{new if name == old else name: value for name, value in row.items()} for row in rows]


def test_a_renamed_column_is_found_by_name_and_content(accepted: Accepted) -> None:
    for old, new in (("age", "Age"), ("age", "age_years"), ("visit", "visit_date"), ("sex", "gender")):
        found, diff = accepted(renamed(patients(), old, new))
        assert found.passes
        assert [change.said.split(",")[0] for change in found.changes] == [f"{old}: the column is renamed to {new}"]
        assert sum(line[0] == "+" for line in diff) == (2 if old == "visit" else 1)
        assert ("+ unique: [[id, visit_date]]" in diff) is (old == "visit")


def test_a_column_of_other_content_is_no_rename(accepted: Accepted) -> None:
    rows = without([row | {"gender": row["email"]} for row in patients()], "sex")
    found, diff = accepted(rows)
    assert found.passes
    assert diff == ["- sex: {type: string, in_set: [F, M]}", "+ gender: {type: string}"]


def test_two_likely_columns_are_no_rename(accepted: Accepted) -> None:
    rows = without([row | {"sex_a": row["sex"], "sex_b": row["sex"]} for row in patients()], "sex")
    found, diff = accepted(rows)
    assert found.passes
    assert diff[0] == "- sex: {type: string, in_set: [F, M]}"
    assert set(diff[1:]) == {"+ sex_a: {type: string}", "+ sex_b: {type: string}"}


def test_another_table_is_not_accepted(accepted: Accepted, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a;b;c\n1;2;3\n" * 300, encoding="utf-8")
    found, diff = accepted(path)
    assert not found.passes
    assert not any("columns" in line or "{type" in line for line in diff)
    assert any("another table" in refusal.reason for refusal in found.refusals)


def test_what_rules_something_out_is_not_loosened(accepted: Accepted) -> None:
    rows = change(patients(), id=5, email="nobody", age=95)
    found, diff = accepted(rows)
    assert not found.passes
    assert {refusal.outcome for refusal in found.refusals} == {"data/t/id/unique", "data/t/email/regex"}
    assert len(diff) == 2
    assert "mostly" in next(refusal.instead for refusal in found.refusals if "regex" in refusal.outcome)


def test_a_broken_row_is_the_files_fault(accepted: Accepted, tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", patients())
    path.write_text(path.read_text(encoding="utf-8") + "1,2\n", encoding="utf-8")
    found, diff = accepted(path)
    assert diff == []
    assert "correct the file" in found.refusals[0].reason


def test_most_of_the_values_become_fewer(accepted: Accepted) -> None:
    rows = change(patients(), score=lambda n: "1.5" if n % 20 == 0 else "0.5")
    found, diff = accepted(rows)
    assert found.passes
    assert "checks: [{between: {min: 0, strict_max: 1}, mostly: 0.95}]" in diff[-1]


@pytest.mark.parametrize(
    "check", ["regex: '^s'", "not_regex: '[A-Z]'", "fullmatch: '[a-z]+'", "not_in_set: [F, M]", "length: [2, 3]"]
)
def test_a_share_of_what_is_ruled_out_does_not_give_way(accepted: Accepted, check: str) -> None:
    text = f"version: 1\ncolumns:\n  sex: {{type: string, checks: [{{{check}, mostly: 0.99}}]}}\n"
    text += "table: {extra_columns: ignore}\n"
    found, diff = accepted(change(patients(20), sex=lambda n: "sa" if n > 2 else "F"), text)
    if check.startswith("length"):
        assert (found.passes, "mostly: 0.85" in diff[-1]) == (True, True)
    else:
        assert (found.passes, diff) == (False, [])
        assert found.refusals[0].instead == "correct the rows, or lower its `mostly`: 3 of 20 do not hold"


@pytest.mark.parametrize(
    ("values", "type_", "rows"),
    [
        (lambda n: "abc" if n == 7 else 5, "integer", "1 of 200 values is not of type integer, too few for a wider type: row 8"),
        (lambda n: "1.5" if n in (3, 8) else 5, "integer", "2 of 200 values are not of type integer, too few for a wider type: rows 4, 9"),
        (lambda n: f"x{n}" if n % 20 == 3 else 5, "number", "rows 4, 24, 44, 64, 84, 104, 124, 144, 164, 184"),
        (lambda n: "2026-01-03 10:00" if n == 0 else "2026-01-03", "date", "not of type date, too few for a wider type: row 1"),
        (lambda n: "maybe" if n == 0 else "true", "boolean", "not of type boolean, too few for a wider type: row 1"),
    ],
)  # fmt: skip
def test_a_few_slips_make_no_wider_type(
    accepted: Accepted, values: Callable[[int], Any], type_: str, rows: str
) -> None:
    bounds = {"integer": ", between: [0, 5], unique_count: [1, 2]", "number": ", mean: [0, 5]"}.get(type_, "")
    text = f"version: 1\ncolumns:\n  age: {{type: {type_}{bounds}}}\ntable: {{extra_columns: ignore}}\n"
    found, diff = accepted(change(patients(), age=values), text)
    assert (found.passes, diff) == (False, [])
    assert found.refusals[0].outcome == "data/t/age/type"
    assert rows in found.refusals[0].reason
    assert "correct these rows, or count them" in found.refusals[0].instead


def test_what_is_advised_for_slips_can_be_done(accepted: Accepted) -> None:
    rows = change(patients(), age=lambda n: "abc" if n == 7 else 5)
    text = "version: 1\ncolumns:\n  age: {type: any, checks: [{between: [0, 5], mostly: 0.99}]}\n"
    found, diff = accepted(rows, f"{text}table: {{extra_columns: ignore}}\n")
    assert (found.passes, diff) == (True, [])


def test_beyond_a_twentieth_the_type_gets_wider_and_what_goes_is_said(accepted: Accepted) -> None:
    text = "version: 1\ncolumns:\n  age: {type: integer, between: [0, 5], unique_count: [1, 40], mean: [0, 5]}\n"
    rows = change(patients(), age=lambda n: f"x{n}" if n < 11 else 5)
    found, diff = accepted(rows, f"{text}table: {{extra_columns: ignore}}\n")
    assert found.passes
    assert diff[-1] == "+ age: {type: string, unique_count: [1, 40]}"
    assert found.changes[0].said == ("age: type integer becomes string; dropped with it: between [0, 5], mean [0, 5]")


@pytest.mark.parametrize(
    ("declared", "check"),
    [
        ("series_gaps: [{time: visit, entity: ward, step: 1d, tolerance: 0s}]", "series_gaps"),
        ("series_order: [{time: visit, entity: ward}]", "series_order"),
        ("series_duplicates: [{time: visit, entity: ward}]", "series_duplicates"),
        ("checks: [{series_freshness: {time: visit, entity: ward, max_age: 1d}, severity: fail}]", "series_freshness"),
        ("series_frozen: [{column: age, time: visit, entity: ward, readings: 20}]", "series_frozen"),
        ("not_in_future: [{column: visit}]", "not_in_future"),
    ],
)
def test_what_a_series_must_be_is_not_loosened(accepted: Accepted, declared: str, check: str) -> None:
    text = f"version: 1\ncolumns:\n  visit: {{type: date}}\n  age: {{type: integer}}\n  ward: {{type: string}}\ntable:\n  extra_columns: ignore\n  {declared}\n"
    days = [f"2026-01-{1 + n % 9:02}" for n in range(60)]
    days[-1] = "2026-01-31" if check != "not_in_future" else "2027-01-01"
    rows = change(patients(60), visit=days.__getitem__, age=lambda _: 7, ward=lambda _: "A")
    found, diff = accepted(rows, text)
    assert (found.passes, diff) == (False, [])
    assert [refusal.reason for refusal in found.refusals] == [accept.NEVER[check]]


def test_personal_data_are_not_allowed_by_a_proposal(tmp_path: Path) -> None:
    text = "version: 1\ncolumns:\n  email: {type: string}\ntable: {extra_columns: ignore}\n"
    rows = change(patients(), email=lambda n: f"mary.miller{n}@hospital.org")
    path = write(tmp_path / "t.csv", rows)
    found = settle(subject(path, text), text, None, Asked(now=NOW, strict=True))
    assert (found.passes, found.changes) == (False, ())
    assert [refusal.reason for refusal in found.refusals] == [accept.NEVER["pii"]]


@pytest.mark.parametrize("status", ["fail", "error", "warn"])
def test_what_is_found_between_tables_is_not_accepted(tmp_path: Path, status: str) -> None:
    found = [
        Outcome(
            id=f"data/splits/train+test/{name}",
            check=name,
            tier="data",
            subject="splits",
            status=Status(status),
            message="m",
            hint="h",
            location=Location("mlgate.yaml"),
        )
        for name, *_ in (*LEAKAGE, *DRIFT, *SKEW)
    ]
    data: Any = load_document(SCHEMA, "s.yaml").plain_data()
    schema = parse_schema(SCHEMA, "s.yaml")
    with open_table([write(tmp_path / "t.csv", patients(5))], shown="t.csv", read=schema.read) as table:
        changes, refused = accept.propose(Scope(table=table, schema=schema), data, found, dataset="t", strict=True)
    assert changes == []
    assert [one.outcome for one in refused] == [one.id for one in found]


def test_a_strict_end_that_is_reached_is_one_no_more(accepted: Accepted) -> None:
    text = SCHEMA.replace(", mostly: 0.99", "")
    found, diff = accepted(change(patients(), score="1"), text)
    assert found.passes
    assert "checks: [{between: {min: 0, max: 1}}]" in diff[-1]


def test_checks_of_several_columns_give_way_for_all(accepted: Accepted) -> None:
    table = "table:\n  checks: [{columns: {type: integer}, between: [0, 50]}, {columns: [sex, ward], not_null: true}]\n"
    text = SCHEMA[: SCHEMA.index("table:")] + table
    found, diff = accepted(change(patients(40), age=60, sex="", id=41), text)
    assert found.passes
    assert "between: [0, 90]" in diff[-1]
    assert "{columns: [sex, ward], not_null: true, mostly: 0.975}" in diff[-1]


def test_a_condition_chooses_the_rows_that_a_bound_reaches_to(accepted: Accepted) -> None:
    text = SCHEMA.replace("between: {min: 0, strict_max: 1}, mostly: 0.99", "between: [0, 1], where: \"sex = 'F'\"")
    rows = change(patients(), score=lambda n: "5.5" if n == 3 else "0.5")
    rows[3]["sex"], rows[4]["sex"] = "F", "M"
    rows[4]["score"] = "9"
    found, diff = accepted(rows, text)
    assert found.passes
    assert "between: [0, 5.5], where: \"sex = 'F'\"" in diff[-1]


def test_a_renamed_column_is_renamed_wherever_rules_speak_of_it(accepted: Accepted) -> None:
    more = "  expressions: [\"age > 0 or 'age' = sex\"]\n  compare_columns: [{a: age, op: ge, b: id}]\n"
    more += "  checks: [{columns: [age, id], between: [0, null], where: length(sex) = 1 and age > 1}]\n"
    text = SCHEMA.replace("  unique:", more + "  unique:").replace("unique: [[id, visit]]", "unique: [[id, age]]")
    rows = [row | {"id": -row["id"]} for row in patients()]
    text = text.replace("columns: [age, id]", "columns: [age, weight]")
    found, diff = accepted(renamed(rows, "age", "age at visit"), text)
    assert found.passes
    added = [line[1:].strip() for line in diff if line[0] == "+"]
    assert added == [
        "age at visit: {type: integer, between: [0, 90], not_null: true}",
        'expressions: ["\\"age at visit\\" > 0 or \'age\' = sex"]',
        "compare_columns: [{a: age at visit, op: ge, b: id}]",
        'checks: [{columns: [age at visit, weight], between: [0, null], where: "length(sex) = 1 and \\"age at visit\\" > 1"}]',
        "unique: [[id, age at visit]]",
    ]


def test_a_foreign_key_keeps_the_names_of_the_other_table() -> None:
    data = {"table": {"foreign_keys": [{"columns": ["ward"], "references": {"path": "w.csv"}}]}}
    edits = list(accept_columns._mentions(data, "ward", "unit"))
    key = applied(data, edits)["table"]["foreign_keys"][0]
    assert key == {"columns": ["unit"], "references": {"path": "w.csv", "columns": ["ward"]}}


def test_a_column_that_rules_need_does_not_just_go(accepted: Accepted) -> None:
    found, diff = accepted(without(patients(), "visit"))
    assert diff == []
    assert "'visit' is not declared" in found.refusals[0].reason
    assert found.refusals[0].instead == "write by hand: visit: the column goes"


def test_new_columns_stand_where_the_file_has_them(accepted: Accepted) -> None:
    rows = [{"first": 1, **{k: v for k, v in row.items() if k != "x"}, "last": "a"} for row in patients()]
    rows = [{"first": row["first"], "id": row["id"], "second": "NO", **row} for row in rows]
    found, diff = accepted(rows)
    assert found.passes
    assert diff == ["+ first: {type: integer}", "+ second: {type: string}", "+ last: {type: string}"]
    lines = [line.split(":")[0].strip() for line in found.text.splitlines() if "{type" in line]
    assert (lines[0], lines[2], lines[-1]) == ("first", "second", "last")


def test_a_name_that_no_line_can_hold_is_left_to_a_person(accepted: Accepted) -> None:
    found, diff = accepted([row | {"x" * 2000: 1} for row in patients()])
    assert diff == []
    assert "write by hand" in found.refusals[0].instead


def test_environments(accepted: Accepted) -> None:
    text = SCHEMA.replace("{type: boolean,", "{type: boolean, environments: [training],")
    found, diff = accepted(patients(), text, environment="serving")
    assert found.passes
    assert "environments: [training, serving]" in diff[-1]


def test_a_comment_that_would_go_is_kept_and_the_change_said(accepted: Accepted) -> None:
    text = SCHEMA.replace("{type: integer, between: [0, 90], ", "{between: [0, 90], # in years\n    type: integer, ")
    rows = change(patients(), age=lambda n: f"a{n}", sex="X")
    found, diff = accepted(rows, text)
    assert diff == ["- sex: {type: string, in_set: [F, M]}", "+ sex: {type: string, in_set: [F, M, X]}"]
    assert "comment would be lost" in found.refusals[0].reason
    assert found.refusals[0].instead == (
        "write by hand: age: type integer becomes string; dropped with it: between [0, 90]"
    )


def test_parquet_types(tmp_path: Path, accepted: Accepted) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = "version: 1\ncolumns:\n  a: {type: integer, between: [0, 9]}\n  b: {type: string, length: [1, 3]}\n"
    path = tmp_path / "t.parquet"
    moments = [dt.datetime(2026, 1, day, tzinfo=dt.UTC) for day in (1, 2)]
    pq.write_table(pa.table({"a": [0.5, 12.25], "b": [1, 2], "c": moments}), path)
    found, diff = accepted(path, text)
    assert found.passes
    assert diff[2:] == [
        "+ a: {type: number, between: [0, 12.3]}",
        "+ b: {type: integer}",
        "+ c: {type: datetime}",
    ]


FAULTS: dict[str, Callable[[Rows, random.Random], Rows]] = {
    "category": lambda rows, rng: change(rows, ward=rng.choice(["C", "NO", "a b", "#", "é"])),
    "large": lambda rows, rng: change(rows, age=rng.randint(91, 10**6)),
    "small": lambda rows, rng: change(rows[::-1], age=-rng.randint(1, 500)),
    "nulls": lambda rows, rng: [row | ({"age": ""} if rng.random() < 0.2 else {}) for row in rows],
    "no dates": lambda rows, rng: [row | ({"visit": ""} if rng.random() < 0.5 else {}) for row in rows],
    "fraction": lambda rows, _: change(rows, age=lambda n: f"{n * 0.375:.3f}" if n % 10 == 0 else 17),
    "text": lambda rows, _: change(rows, weight=lambda n: f"heavy {n}" if n % 10 == 0 else "70.5"),
    "missing": lambda rows, _: change(rows, weight="n/a"),
    "day": lambda rows, rng: change(rows, visit=f"20{rng.randint(10, 40)}-05-06"),
    "time": lambda rows, _: change(rows, visit=lambda n: "2026-01-05T11:12:13" if n % 10 == 0 else "2026-01-05"),
    "shift": lambda rows, rng: [row | {"score": f"{rng.random() * 3 - 1:.6f}"} for row in rows],
    "heavier": lambda rows, rng: [row | {"weight": f"{rng.gauss(120, 40):.2f}"} for row in rows],
    "shares": lambda rows, _: [row | {"ill": "true"} for row in rows],
    "long": lambda rows, rng: change(rows, email="x" * rng.randint(21, 60) + "@y"),
    "fewer": lambda rows, rng: rows[: rng.randint(20, 199)],
    "new column": lambda rows, rng: [row | {"n e w": rng.choice([1, 2.5, "x"])} for row in rows],
    "dropped": lambda rows, rng: without(rows, rng.choice(["sex", "email", "ill"])),
    "renamed": lambda rows, _: renamed(rows, "score", "Score"),
    "nothing": lambda rows, _: [row | {"sex": ""} for row in rows],
}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(sorted(FAULTS)), min_size=1, max_size=5, unique=True), seed=st.integers(0, 999))
def test_whatever_differs_the_change_makes_the_file_pass(names: list[str], seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    rows = patients()
    for name in names:
        rows = FAULTS[name](rows, rng)
    path = write(tmp_path / "t.csv", rows)
    found = settle(subject(path, SCHEMA), SCHEMA, None, Asked(now=NOW))
    assert found.passes, [(refusal.outcome, refusal.reason) for refusal in found.refusals]
    assert blocking(path, found.text) == []
    kept = [line for line in SCHEMA.splitlines() if line.startswith(("#", "  #"))]
    assert [line for line in found.text.splitlines() if line in kept] == kept


def test_what_was_refused_is_not_asked_again(accepted: Accepted, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    measure = accept.measure  # type: ignore[attr-defined]  # what it asks is what is tested

    def recorded(table: Any, items: Any, **options: Any) -> Any:
        items = [(fields, list(texts)) for fields, texts in items]
        asked.extend(text for _, texts in items for text in texts if text.startswith("count(DISTINCT"))
        return measure(table, items, **options)

    monkeypatch.setattr(accept, "measure", recorded)
    found, _ = accepted(change(patients(), sex=lambda n: f"s{n}", age=131))
    assert [refusal.outcome for refusal in found.refusals] == ["data/t/sex/in_set"]
    assert len(found.changes) == 1
    assert asked
    assert len(asked) == len(set(asked))


def test_the_order_of_the_rows_changes_nothing(accepted: Accepted) -> None:
    rows = change(patients(), age=131, ward="C", score="7.5", visit="")
    rows[9]["ward"], rows[10]["ward"] = "D", "0"
    found, _ = accepted(rows)
    random.Random(1).shuffle(rows)
    assert accepted(rows)[0].text == found.text


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_a_bound_gives_way_just_so_far(value: float, past: float) -> None:
    for up in (True, False):
        end = outward(value, past, up=up)
        assert end >= value if up else end <= value
        assert abs(end - value) <= abs(value - past) * 0.1 + abs(value) * 1e-15


@given(st.integers(-(10**30), 10**30), st.integers(-(10**30), 10**30))
def test_whole_numbers_stay_whole_and_exact(value: int, past: int) -> None:
    for up in (True, False):
        end = outward(value, past, up=up)
        assert isinstance(end, int)
        assert end >= value if up else end <= value


def test_moments_as_ends() -> None:
    moment = dt.datetime(2026, 2, 3, 4, tzinfo=dt.UTC).replace(tzinfo=None)  # as the engine gives it
    assert end_of_moment(moment, "2026-01-01") == "2026-02-03"
    assert end_of_moment(moment, "2026-01-01T00:00") == "2026-02-03T04:00:00"
    assert end_of_moment("2026-02-03", "2026-01-01") == "2026-02-03"
    assert end_of_moment(dt.time(4, 5), "10:00") == "04:05:00"


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        ("visit_date", "VisitDate", 1, 1),
        ("visit_date", "visit_dt", 0.8, 1),
        ("patient_id", "pat_id", 0.8, 1),
        ("amount", "amt", 0.8, 1),
        ("age", "age_years", 0.75, 0.75),
        ("sex", "gender", 0, 0.5),
        ("", "x", 0, 0),
        ("日付", "日付", 1, 1),
    ],
)
def test_names_that_are_alike(a: str, b: str, low: float, high: float) -> None:
    assert low <= name_likeness(a, b) <= high
    assert name_likeness(a, b) == name_likeness(b, a)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age > 3", "years > 3"),
        ("'age' = x and AGE < age", "'age' = x and AGE < years"),
        ('"age" > 1 or age(2)', "years > 1 or age(2)"),
        ("a >", "a >"),
        ("'open", "'open"),
    ],
)
def test_a_condition_with_another_name(text: str, expected: str) -> None:
    assert renamed_in(text, "age", "years") == expected


def test_a_name_that_is_no_word_is_quoted_in_a_condition() -> None:
    assert renamed_in("age > 3", "age", 'a "b"') == '"a ""b""" > 3'
    assert renamed_in("age > 3", "age", "null") == '"null" > 3'


@pytest.mark.parametrize("module", [accept_case, accept_columns, accept_numbers, likeness])
def test_examples_in_the_docstrings_hold(module: Any) -> None:
    found = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert found.attempted
    assert not found.failed
