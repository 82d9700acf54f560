"""`mlgate.data.check`: frames of every library against a schema, where they lie."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pytest

import mlgate
from mlgate.errors import ConfigError, UsageError

SCHEMA = """\
version: 1
columns:
  id: {type: integer, not_null: true, unique: true}
  age: {type: number, between: [0, 120], null_fraction: {max: 0.5}}
  sex: {type: string, in_set: [F, M]}
  day: {type: date}
table: {unique: [[id, sex]], expressions: ["age >= 18 or sex = 'F'"]}
"""
COLUMNS: dict[str, list[Any]] = {
    "id": [1, 2, 3],
    "age": [30.5, None, 41.0],
    "sex": ["F", "M", "M"],
    "day": [dt.date(2026, 1, 1), dt.date(2026, 1, 2), None],
}


def frame(library: str, columns: dict[str, list[Any]]) -> Any:
    import pyarrow as pa

    table = pa.table(columns)
    match library:
        case "pandas":
            import pandas as pd

            made = pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})
            made["day"] = pd.to_datetime(made["day"])
            return made
        case "reader":
            return table.to_reader(max_chunksize=1)
        case "dataset":
            import pyarrow.dataset as ds

            return ds.dataset(table)
        case "relation":
            import duckdb

            return duckdb.from_arrow(table)
    return table


@pytest.mark.parametrize("library", ["pandas", "table", "reader", "dataset", "relation"])
def test_a_frame_is_checked_where_it_lies(library: str) -> None:
    good = mlgate.data.check(frame(library, COLUMNS), SCHEMA)
    assert good.passed, str(good)
    bad = mlgate.data.check(frame(library, {**COLUMNS, "age": [130.0, 17.0, None], "sex": ["F", "X", "M"]}), SCHEMA)
    assert (bad.verdict, bad.passed) == ("fail", False)
    failing = {outcome.id.removeprefix("data/frame/"): outcome for outcome in bad.blocking}
    assert set(failing) == {"age/between", "sex/in_set", "expressions%3Aage%20%3E=%2018%20or%20sex%20=%20%27F%27"}
    assert failing["sex/in_set"].evidence["rows"] == [{"row": 2, "value": "X", "key": {}}]


def test_polars_frames_are_seen_through_arrow() -> None:
    polars = pytest.importorskip("polars")
    assert mlgate.data.check(polars.DataFrame(COLUMNS), SCHEMA).passed
    assert mlgate.data.check(polars.DataFrame(COLUMNS).lazy(), SCHEMA).passed


def test_objects_are_text_and_missing_numbers_are_missing() -> None:
    pandas = pytest.importorskip("pandas")
    made = pandas.DataFrame({"x": pandas.Series([1, "a", None], dtype=object), "y": [1.0, math.nan, 2.0]})
    found = mlgate.data.check(made, "version: 1\ncolumns:\n  x: {type: string}\n  y: {type: number, not_null: true}\n")
    assert [outcome.id for outcome in found.blocking] == ["data/frame/y/not_null"]


def test_a_schema_is_a_path_a_text_or_none(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(SCHEMA, encoding="utf-8")
    table = frame("table", COLUMNS)
    for given in (path, str(path), SCHEMA):
        assert mlgate.check_data(table, given).passed
    assert {outcome.check for outcome in mlgate.check_data(table).outcomes} >= {"row_count", "duplicate_rows"}


def test_a_json_schema_beside_the_schema_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "item.json").write_text('{"type": "object", "required": ["a"]}', encoding="utf-8")
    path = tmp_path / "s.yaml"
    path.write_text("version: 1\ncolumns:\n  x: {type: string, json_schema: item.json}\n", encoding="utf-8")
    assert mlgate.check_data(frame("table", {"x": ['{"a": 1}']}), path).passed
    assert mlgate.check_data(frame("table", {"x": ['{"b": 1}']}), path).verdict == "fail"


def test_the_clock_is_an_argument() -> None:
    schema = "version: 1\ncolumns: {d: {type: date}}\ntable: {freshness: {column: d, max_age: 45d}}\n# end\n"
    table = frame("table", {"d": [dt.date(2026, 1, 1)]})
    assert mlgate.check_data(table, schema, now=dt.datetime(2026, 1, 20, tzinfo=dt.UTC)).verdict == "pass"
    assert mlgate.check_data(table, schema, now=dt.datetime(2026, 9, 1, tzinfo=dt.UTC)).verdict == "warn"


def test_the_report_is_text_and_html_and_keeps_secrets() -> None:
    table = frame("table", {**COLUMNS, "sex": ["F", "<b>secret", "M"]})
    found = mlgate.check_data(table, SCHEMA, privacy="masked")
    assert "FAIL" in str(found)
    assert "<table>" in found._repr_html_()
    assert "secret" not in str(found) + found._repr_html_()


@pytest.mark.parametrize("given", [[1, 2], {"a": [1]}, None, "data.csv"])
def test_what_is_no_frame_is_wrong_usage(given: Any) -> None:
    with pytest.raises(UsageError, match="is no frame"):
        mlgate.check_data(given, SCHEMA)


def test_wrong_arguments_are_told() -> None:
    table = frame("table", COLUMNS)
    with pytest.raises(ConfigError, match="betwen"):
        mlgate.check_data(table, "version: 1\ncolumns:\n  id: {betwen: [0, 1]}\n")
    with pytest.raises(UsageError, match="privacy"):
        mlgate.check_data(table, SCHEMA, privacy="loud")
    with pytest.raises(UsageError, match="is no size"):
        mlgate.check_data(table, SCHEMA, memory_limit="much")
    with pytest.raises(UsageError, match="the memory limit 512 is no text"):
        mlgate.check_data(table, SCHEMA, memory_limit=512)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(UsageError, match="a dict is no schema"):
        mlgate.check_data(table, {"version": 1})  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ConfigError, match=r"write one with `mlgate data infer"):
        mlgate.check_data(table, "nope/s.yaml")


def test_one_column_is_a_key_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    table = frame("table", {**COLUMNS, "sex": ["F", "?", "M"]})
    for key in ("id", ["id"]):
        (outcome,) = mlgate.check_data(table, SCHEMA, key=key).blocking
        assert outcome.evidence["rows"][0]["key"] == {"id": COLUMNS["id"][1]}


def test_no_rows_and_no_columns_are_errors() -> None:
    import pyarrow as pa

    assert mlgate.check_data(frame("table", COLUMNS).slice(0, 0), SCHEMA).verdict == "error"
    assert mlgate.check_data(pa.table({}), SCHEMA).verdict == "error"


ODD = [">i4", "complex128", "Sparse[int]", "period[D]", "interval", "decimal256"]


def odd_frame(kind: str) -> Any:
    """A frame with a column that the engine cannot read between two that it can."""
    import decimal

    import pandas as pd
    import pyarrow as pa

    plain = {"id": [1, 2, 3], "odd": [1, 2, 3], "x": [7, 8, 99]}
    if kind == "decimal256":
        return pa.table(plain | {"odd": pa.array([decimal.Decimal(1)] * 3, pa.decimal256(50, 2))})
    made = pd.DataFrame(plain)
    if kind == "period[D]":
        made["odd"] = pd.period_range("2026-01-01", periods=3)
    elif kind == "interval":
        made["odd"] = pd.interval_range(0, 3)
    else:
        made["odd"] = made["odd"].astype(kind)
    return made


@pytest.mark.parametrize("kind", ODD)
def test_a_column_that_cannot_be_read_does_not_keep_the_others_from_it(kind: str) -> None:
    text = "version: 1\ncolumns:\n  id: {type: integer, unique: true}\n  x: {type: integer, between: [0, 9]}\n"
    found = mlgate.check_data(odd_frame(kind), f"{text}  odd: {{type: number, not_null: true}}\n")
    assert [(one.id, one.status) for one in found.blocking] == [
        ("data/frame/x/between", "fail"),
        ("data/frame/odd/readable", "error"),
    ]
    assert found.blocking[1].message.startswith("column 'odd' cannot be read: ")
    assert "convert it to a plain type" in found.blocking[1].hint
    assert found.blocking[0].evidence["rows"][0]["row"] == 3
    told = {one.id: (one.status, one.message) for one in found.outcomes}
    assert told["data/frame/odd/not_null"] == ("skip", "column cannot be read")
    assert told["data/frame/odd/column_exists"][0] == told["data/frame/id/unique"][0] == "pass"


@pytest.mark.parametrize(("extra", "told"), [("fail", True), ("warn", True), ("ignore", False)])
def test_an_undeclared_one_is_told_where_extra_columns_are_judged(extra: str, told: bool) -> None:
    text = "version: 1\ncolumns:\n  id: {type: integer}\n  x: {type: integer}\n"
    found = mlgate.check_data(odd_frame(">i4"), f"{text}table: {{extra_columns: {extra}}}\n")
    by_id = {one.id: one for one in found.outcomes}
    assert ("data/frame/odd/readable" in by_id) is told
    assert found.verdict == {"fail": "fail", "warn": "error", "ignore": "pass"}[extra]
    assert "odd" not in by_id["data/frame/extra_columns"].message or told


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("unique: [[id, odd]]", "unique"),
        ("expressions: ['odd > 0']", "expressions"),
        ("checks: [{row_count: {min: 1}, where: 'odd > 0'}]", "row_count"),
        ("checks: [{columns: [id], not_null: true, where: 'odd > 0'}]", "id/not_null"),
    ],
)
def test_a_check_that_needs_it_is_an_error(rule: str, name: str) -> None:
    columns = "columns: {id: {type: integer}, odd: {type: integer}}"
    found = mlgate.check_data(odd_frame(">i4"), f"version: 1\n{columns}\ntable:\n  extra_columns: ignore\n  {rule}\n")
    by_id = {one.id.removeprefix("data/frame/"): one for one in found.blocking}
    assert {one.status for one in by_id.values()} == {"error"}
    assert "odd/readable" in by_id
    assert [one for one in by_id if one.startswith(name)]
    assert all("column 'odd' cannot be read" in one.message for one in by_id.values())


def test_a_pattern_that_chooses_it_is_an_error() -> None:
    text = "version: 1\ncolumns: {id: {type: integer}}\ntable: {extra_columns: ignore, checks: [{columns: {regex: '^o'}, not_null: true}]}\n"
    found = mlgate.check_data(odd_frame(">i4"), text)
    assert [(one.id, one.status) for one in found.blocking] == [("data/frame/odd/not_null", "error")]


def test_without_a_schema_it_is_an_error_beside_the_others() -> None:
    found = mlgate.check_data(odd_frame(">i4").assign(again=float("inf")))
    by_id = {one.id: one for one in found.outcomes}
    assert [one.id for one in found.blocking] == ["data/frame/odd/readable"]
    assert by_id["data/frame/again/not_finite"].status == "warn"
    assert by_id["data/frame/duplicate_rows"].status == "pass"
    assert by_id["data/frame/mixed_types"].message == "3 columns looked at, none of mixed types"


def test_a_name_that_stands_twice_is_not_read_from_the_other_column() -> None:
    import pandas as pd

    made = pd.concat([odd_frame(">i4"), pd.DataFrame({"odd": [1, 2, 3]})], axis=1)
    found = mlgate.check_data(made, "version: 1\ncolumns: {odd: {type: integer}}\ntable: {extra_columns: ignore}\n")
    assert {"data/frame/odd/readable", "data/frame/duplicate_header"} <= {one.id for one in found.blocking}


def test_a_frame_of_nothing_else_is_no_table() -> None:
    (outcome,) = mlgate.check_data(odd_frame("complex128")[["odd"]]).outcomes
    assert (outcome.id, outcome.status) == ("data/frame/readable", "error")
    assert "column 'odd' of frame cannot be read" in outcome.message
