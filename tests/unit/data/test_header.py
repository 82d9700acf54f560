"""The header as a whole: how many columns, which, in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.outcome import Outcome, Status
from tests.unit.data.linked import checked, schema_of


def header(folder: Path, names: str, table: str) -> Outcome:
    content = f"{names}\n{','.join('1' for _ in names.split(','))}\n"
    found: dict[str, Outcome] = checked(folder, content, schema_of("{a: {type: any}}", table), {})
    return found[table.split(":", maxsplit=1)[0]]


@pytest.mark.parametrize(
    ("names", "bound", "status"),
    [
        ("a,b", "[2, 2]", Status.PASS),
        ("a,b", "{strict_max: 2}", Status.FAIL),
        ("a,b,c", "[null, 2]", Status.FAIL),
        ("a,a", "[2, 2]", Status.PASS),
    ],
)
def test_column_count(tmp_path: Path, names: str, bound: str, status: Status) -> None:
    outcome = header(tmp_path, names, f"column_count: {bound}")
    assert (outcome.status, outcome.observed) == (status, len(names.split(",")))


@pytest.mark.parametrize(
    ("names", "more", "status", "words"),
    [
        ("b,a", "", Status.PASS, "all 2 named columns are there"),
        ("a,b", ", ordered: true", Status.PASS, "all 2 named columns are there, in this order"),
        ("b,a", ", ordered: true", Status.FAIL, "the columns stand in another order: b, a"),
        ("a,b,c", "", Status.FAIL, "1 column not named: c"),
        ("a,c,b", ", exact: false", Status.PASS, "all 2 named columns are there"),
        ("a,c,b", ", exact: false, ordered: true", Status.PASS, "all 2 named columns are there, in this order"),
        ("b,c,a", ", exact: false, ordered: true", Status.FAIL, "the columns stand in another order: b, a"),
        ("a,c", "", Status.FAIL, "1 column missing: b; 1 column not named: c"),
        ("a,c", ", exact: false", Status.FAIL, "1 column missing: b"),
        ("A,b", "", Status.FAIL, "1 column missing: a; 1 column not named: A"),
        ("a,b,a", "", Status.FAIL, "1 column there more than once: a"),
    ],
)
def test_columns_match(tmp_path: Path, names: str, more: str, status: Status, words: str) -> None:
    outcome = header(tmp_path, names, f"columns_match: {{columns: [a, b]{more}}}")
    assert (outcome.status, outcome.message) == (status, words)
    assert outcome.observed == names.split(",")


def test_the_header_is_judged_where_there_are_no_rows(tmp_path: Path) -> None:
    declared = schema_of("{a: {type: any}}", "columns_match: {columns: [a, b]}\ncolumn_count: [3, 3]")
    found = checked(tmp_path, "a,b\n", declared, {})
    assert (found["columns_match"].status, found["column_count"].status) == (Status.PASS, Status.FAIL)


AGAIN = "name,city,age\nann,bern,1\nname,city,age\nbob,ulm,2\n"


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ("{name: {type: string, not_null: true}, city: {type: string}, age: {type: string}}", True),
        ("{name: {type: string}, city: {type: string}, age: {type: integer}}", True),
        ("{name: {type: string, not_null: true}}", True),
        ("{name: {type: integer}, city: {type: date}, age: {type: integer}}", False),  # `type` has it
    ],
)
def test_a_header_that_stands_again_fails(tmp_path: Path, columns: str, told: bool) -> None:
    found = checked(tmp_path, AGAIN, schema_of(columns, "column_count: [1, 9]"), {})
    assert ("repeated_header" in found) is told
    if told:
        outcome = found["repeated_header"]
        assert (outcome.status, outcome.observed) == (Status.FAIL, 1)
        assert [row["row"] for row in outcome.evidence["rows"]] == [2]
    else:
        assert found["age/type"].status is Status.FAIL


@pytest.mark.parametrize("rows", ["ann,bern,1\n", "name,city,2\nbob,city,3\n", ""])
def test_a_header_that_stands_once_is_not_spoken_of(tmp_path: Path, rows: str) -> None:
    columns = "{name: {type: string}, city: {type: string}, age: {type: integer}}"
    assert "repeated_header" not in checked(
        tmp_path, f"name,city,age\n{rows}", schema_of(columns, "column_count: [1, 9]"), {}
    )
