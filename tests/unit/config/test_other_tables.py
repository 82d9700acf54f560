"""Checks across files as a schema declares them, and what a mistake in one says."""

from __future__ import annotations

import datetime as dt
import json

import jsonschema
import pytest

from mlgate.config.document import load_document
from mlgate.config.other_tables import ForeignKey, Header, MaxAge, OtherTable, SameCount, SameRows, tables_named
from mlgate.config.schema import Schema
from mlgate.config.schema_file import parse_schema, schema_json_schema
from mlgate.errors import ConfigError
from mlgate.outcome import Status

FULL = """\
version: 1
columns: {a: {type: integer}, b: {type: string}, at: {type: date}}
table:
  foreign_keys:
    - {columns: [a], references: {path: data/wards.csv, columns: [code]}}
    - {columns: [a, b], references: {dataset: wards}}
    - {columns: b, references: {path: ./data/../data/b.csv, columns: name}}
  row_count_equals_table: {path: data/wards.csv, tolerance: 0.01}
  table_equals: {dataset: golden, columns: [a], ordered: true}
  column_count: [3, 4]
  columns_match: {columns: [a, b], ordered: true, exact: false}
  freshness: {column: at, max_age: 45d, reference_time: 2026-12-31}
  checks:
    - {foreign_keys: {columns: [b], references: {dataset: wards}}, mostly: 0.9, where: "a > 1", severity: warn, name: n}
    - {freshness: {column: at, max_age: 1h}, severity: fail, name: strict}
"""
WARDS = OtherTable(path="data/wards.csv")


def schema(table: str) -> Schema:
    columns = "{a: {type: integer}, b: {type: string}, at: {type: date}}"
    return parse_schema(f"version: 1\ncolumns: {columns}\ntable:\n  {table}\n", "s.yaml")


def test_arguments_become_frozen_objects() -> None:
    rules = {rule.name: rule for rule in parse_schema(FULL, "s.yaml").rules}
    assert rules["foreign_keys:a"].argument == ForeignKey(columns=("a",), other=WARDS, other_columns=("code",))
    assert rules["foreign_keys:a+b"].argument.other_columns == ("a", "b")
    assert rules["foreign_keys:a+b"].columns == ("a", "b")
    assert rules["foreign_keys:b"].argument == ForeignKey(
        columns=("b",), other=OtherTable(path="data/b.csv"), other_columns=("name",)
    )
    assert rules["row_count_equals_table"].argument == SameCount(other=WARDS, tolerance=0.01)
    assert rules["table_equals"].argument == SameRows(other=OtherTable(dataset="golden"), columns=("a",), ordered=True)
    assert rules["columns_match"].argument == Header(columns=("a", "b"), ordered=True, exact=False)
    end = dt.datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=dt.UTC)
    assert rules["freshness"].argument == MaxAge(column="at", seconds=45 * 86400, written="45d", reference_time=end)
    assert (rules["n"].mostly, rules["n"].severity) == (0.9, Status.WARN)
    assert rules["n"].where is not None


def test_freshness_warns_unless_a_severity_is_written() -> None:
    rules = {rule.name: rule for rule in parse_schema(FULL, "s.yaml").rules}
    assert (rules["freshness"].severity, rules["strict"].severity) == (Status.WARN, Status.FAIL)
    assert rules["foreign_keys:a"].severity is Status.FAIL


def test_the_columns_that_other_tables_need_are_gathered() -> None:
    assert tables_named(parse_schema(FULL, "s.yaml").rules) == {
        WARDS: ("code",),
        OtherTable(dataset="wards"): ("a", "b"),
        OtherTable(path="data/b.csv"): ("name",),
        OtherTable(dataset="golden"): ("a",),
    }
    every = schema("table_equals: {path: x.csv}\n  foreign_keys: [{columns: a, references: {path: x.csv}}]")
    assert tables_named(every.rules) == {OtherTable(path="x.csv"): None}


def test_the_published_schema_accepts_it() -> None:
    jsonschema.validate(load_document(FULL, "s.yaml").plain_data(), schema_json_schema())
    json.dumps(schema_json_schema(), allow_nan=False)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("foreign_keys: {columns: [a]}", "expected a list"),
        ("foreign_keys: [{columns: [a]}]", "needs the key 'references'"),
        ("foreign_keys: [{columns: [], references: {path: x.csv}}]", "at least 1"),
        ("foreign_keys: [{columns: [a], references: {columns: [a]}}]", "named in one way"),
        ("foreign_keys: [{columns: [a], references: {path: x.csv, dataset: x}}]", "named in one way"),
        ("foreign_keys: [{columns: [a], references: {path: x.csv, columns: [b, c]}}]", "1 columns cannot refer to 2"),
        ("foreign_keys: [{columns: [q], references: {path: x.csv}}]", "'q' is not declared"),
        ("foreign_keys: [{columns: [a, a], references: {path: x.csv}}]", "twice"),
        ("foreign_keys: [{columns: [a], references: {path: /etc/passwd}}]", "no relative POSIX path"),
        ("foreign_keys: [{columns: [a], references: {path: ~/x.csv}}]", "no relative POSIX path"),
        ("foreign_keys: [{columns: [a], references: {path: 'C:\\x.csv'}}]", "no relative POSIX path"),
        ("foreign_keys: [{columns: [a], references: {path: ../x.csv}}]", "no file in the project's folder"),
        ("foreign_keys: [{columns: [a], references: {path: a/../../x.csv}}]", "no file in the project's folder"),
        ("foreign_keys: [{columns: [a], references: {path: .}}]", "no file in the project's folder"),
        ("foreign_keys: [{columns: [a], references: {path: 'https://x/y.csv'}}]", "is a URL"),
        ("foreign_keys: [{columns: [a], references: {path: 'x/**.csv'}}]", "stands alone"),
        ("foreign_keys: [{columns: [a], references: {path: x.csv, colums: [a]}}]", "unknown key 'colums'"),
        ("row_count_equals_table: {path: x.csv, tolerance: 2}", "outside 0 to 1"),
        ("row_count_equals_table: {tolerance: 0.1}", "named in one way"),
        ("checks: [{row_count_equals_table: {path: x.csv}, mostly: 0.5}]", "mostly changes nothing"),
        ("checks: [{row_count: [1, 2], mostly: 0.5}]", "mostly changes nothing"),
        ("checks: [{table_equals: {path: x.csv}, where: a > 1}]", "where changes nothing"),
        ("table_equals: {path: x.csv, columns: [q]}", "'q' is not declared"),
        ("column_count: [3, 1]", "no value is between"),
        ("column_count: [few, many]", "is no number"),
        ("checks: [{column_count: [3, 4], where: a > 1}]", "where changes nothing"),
        ("columns_match: {ordered: true}", "needs the key 'columns'"),
        ("columns_match: [a, b]", "expected a mapping"),
        ("freshness: {column: at}", "needs the key 'max_age'"),
        ("freshness: {column: at, max_age: 45}", "is not a duration"),
        ("freshness: {column: b, max_age: 45d}", "freshness needs dates or times, the column is string"),
        ("freshness: {column: q, max_age: 45d}", "'q' is not declared"),
        ("freshness: {column: at, max_age: 45d, reference_time: soon}", "is no date or time"),
        ("freshness: {column: at, max_age: 45d, reference_time: '0001-01-01T00:00+14:00'}", "is no date or time"),
        ("checks: [{freshness: {column: at, max_age: 45d}, mostly: 0.5}]", "mostly changes nothing"),
    ],
)
def test_a_mistake_is_refused_with_its_line(table: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        schema(table)
    assert words in str(caught.value)
    assert str(caught.value).startswith("s.yaml:")
    assert caught.value.line is not None
    assert caught.value.line >= 3
