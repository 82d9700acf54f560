"""A proposed schema is valid, holds for its own file, and says no more than the file shows."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from mlgate.config.schema import Column, Read, Schema
from mlgate.config.schema_file import parse_schema
from mlgate.data import check_table, infer_schema
from mlgate.data.yaml_text import scalar
from mlgate.errors import SourceError
from mlgate.outcome import Status
from mlgate.sources.tables import open_table


def proposed(path: Path, read: Read | None = None) -> tuple[str, Schema]:
    with open_table([path], shown=path.name, read=read) as table:
        text = infer_schema(table, path=path.name)
    return text, parse_schema(text, "s.yaml")


def findings(path: Path, schema: Schema) -> list[str]:
    with open_table([path], shown=path.name, read=schema.read) as table:
        outcomes = check_table(table, schema, dataset="t")
    fine = (Status.PASS, Status.SKIP) if schema.extra_columns == "ignore" else (Status.PASS,)
    return [f"{outcome.id}: {outcome.message}" for outcome in outcomes if outcome.status not in fine]


def rules(column: Column) -> dict[str, Any]:
    return {"type": column.type} | {rule.check: rule.argument for rule in column.rules}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "2", "-3"], {"type": "integer", "not_null": True}),
        (["1", "2.5", "1e3"], {"type": "number", "not_null": True}),
        (["007", "008", "123"], {"type": "string", "not_null": True}),
        (["true", "False", "TRUE"], {"type": "boolean", "not_null": True}),
        (["0", "1", "0"], {"type": "integer", "not_null": True}),
        (["2020-01-01", "2021-02-28", "1999-12-31"], {"type": "date", "not_null": True}),
        (["2020-01-01T10:00:00Z", "2020-01-01", "2020-01-01 10:00"], {"type": "datetime", "not_null": True}),
        (["a", "b", "a"], {"type": "string", "not_null": True}),
        (["a", "b", "a", "b"], {"type": "string", "not_null": True, "in_set": ("a", "b")}),
        (["NO", "on", "NO", "on"], {"type": "string", "not_null": True, "in_set": ("NO", "on")}),
        (["1_000", "2", "3"], {"type": "string", "not_null": True}),
        (["2020-02-30", "2020-01-01"], {"type": "string", "not_null": True}),
    ],
)
def test_types_and_rules(save: Callable[..., Path], values: list[str], expected: dict[str, Any]) -> None:
    path = save("x,pad\n" + "".join(f"{value},.\n" for value in values))
    _, schema = proposed(path)
    assert rules(schema.columns["x"]) == expected
    assert findings(path, schema) == []


def test_missing_values_get_a_margin(save: Callable[..., Path]) -> None:
    path = save("x,y\n" + "1,\n" * 5 + ",\n" * 5 + "1,\n" * 90)
    text, schema = proposed(path)
    found = rules(schema.columns["x"])["null_fraction"]
    assert 0.05 < found.max < 0.2
    assert rules(schema.columns["y"])["null_fraction"].max == 1
    assert "every value is missing" in text
    assert findings(path, schema) == []


def test_keys_by_name_or_shape(save: Callable[..., Path]) -> None:
    lines = [f"{n},{n},{n / 7},{n:08x}-{n:04x},note {n}" for n in range(30)]
    text, schema = proposed(save("patient_id,amount,x_id,code,remark\n" + "\n".join(lines) + "\n"))
    unique = {name for name, column in schema.columns.items() if "unique" in rules(column)}
    assert unique == {"patient_id", "code"}
    assert "amount: {type: integer, not_null: true}  # between: [0, 29] observed" in text
    assert "row_count: {min: 15}  # 30 rows observed" in text
    assert schema.extra_columns == "fail"


@pytest.mark.parametrize(("odd", "kind"), [("7", "integer"), ("7.5", "number"), ("seven", "string"), ("07", "string")])
def test_one_odd_value_in_a_large_table_decides_the_type(save: Callable[..., Path], odd: str, kind: str) -> None:
    values = [str(number) for number in range(30_000)]
    values[17] = odd
    path = save("x,pad\n" + "".join(f"{value},.\n" for value in values))
    _, schema = proposed(path)
    assert schema.columns["x"].type == kind
    assert findings(path, schema) == []


def test_words_among_numbers_are_remarked(save: Callable[..., Path]) -> None:
    text, schema = proposed(save("x,y\n1,.\n2,.\n?,.\n"))
    assert schema.columns["x"].type == "string"
    assert "all but 1 value are numbers: if those mean missing, add them to read.null" in text


def test_how_the_file_was_read_is_written(save: Callable[..., Path]) -> None:
    path = save("x\ty\n1,5\tNA\n2,5\tb\n")
    text, schema = proposed(path, Read(decimal=",", null=("", "NA", "?")))
    assert schema.read == Read(delimiter="\t", decimal=",", null=("", "NA", "?"))
    assert schema.columns["x"].type == "number"
    assert findings(path, schema) == []
    assert 'null: ["", NA, "?"]' in text


def test_latin_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("größe,y\né,1\né,2\n".encode("latin-1"))
    text, schema = proposed(path, Read(encoding="latin-1"))
    assert "  größe: {type: string, not_null: true, in_set: [é]}" in text
    assert findings(path, schema) == []


def test_parquet_types(save: Callable[..., Path]) -> None:
    path = save(
        {
            "i": [1, 2],
            "f": [1.5, float("nan")],
            "b": [True, None],
            "s": ["007", "1"],
            "d": [dt.date(2020, 1, 1), dt.date(2020, 1, 2)],
            "t": [dt.datetime(2020, 1, 1, tzinfo=dt.UTC), None],
            "c": [dt.time(1), dt.time(2)],
            "raw": [b"a", b"b"],
            "nested": [[1], [2]],
            "nothing": [None, None],
        }
    )
    text, schema = proposed(path)
    types = {name: column.type for name, column in schema.columns.items()}
    assert types.pop("nothing") in ("any", "integer")  # the engine's type of nothing depends on its version
    assert types == {
        "i": "integer", "f": "number", "b": "boolean", "s": "string", "d": "date", "t": "datetime", "c": "time",
        "raw": "binary", "nested": "any",
    }  # fmt: skip
    assert "read:" not in text
    assert findings(path, schema) == []


def test_json_lines(save: Callable[..., Path]) -> None:
    path = save('{"a": 1, "b": {"c": 1}}\n{"a": null}\n', "t.jsonl")
    _, schema = proposed(path)
    assert findings(path, schema) == []


@pytest.mark.parametrize("content", ["a,b\n", {"a": []}])
def test_no_rows_give_no_schema(save: Callable[..., Path], content: Any) -> None:
    with pytest.raises(SourceError, match="the file holds no rows: there is nothing to infer from"):
        proposed(save(content))


def test_no_row_that_could_be_read_gives_no_schema(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,\xe9\n2,\xe9\n")
    with pytest.raises(SourceError, match=r"no row could be read .*; look at the encoding or the delimiter") as caught:
        proposed(path)
    assert "read.encoding" in caught.value.hint


def test_one_row_is_the_least(save: Callable[..., Path]) -> None:
    assert "row_count: {min: 1}" in proposed(save("a,b\n1,2\n"))[0]


def test_unparseable_rows_are_mentioned(save: Callable[..., Path]) -> None:
    text, _ = proposed(save("a,b\n1,2\n3\n"))
    assert "# 1 row could not be parsed and took no part." in text


def test_what_no_schema_can_say(save: Callable[..., Path]) -> None:
    with pytest.raises(SourceError, match="repeats a"):
        proposed(save("a,a\n1,2\n"))


def test_column_without_a_name_is_left_out(save: Callable[..., Path]) -> None:
    path = save(",a\n0,x\n1,y\n")
    text, schema = proposed(path)
    assert list(schema.columns) == ["a"]
    assert "extra_columns: ignore  # because of the column without a name" in text
    assert findings(path, schema) == []
    with pytest.raises(SourceError, match="no columns with a name"):
        proposed(save('{"": 1}\n', "t.jsonl"))


def test_broken_file(save: Callable[..., Path]) -> None:
    path = save({"x": [f"{n:09}" for n in range(3000)]})
    raw = bytearray(path.read_bytes())
    raw[4:400] = b"\xff" * 396
    path.write_bytes(raw)
    with pytest.raises(SourceError, match="cannot be read"):
        proposed(path)


def test_hostile_path_stays_in_its_comment(save: Callable[..., Path]) -> None:
    with open_table([save("a,b\n1,2\n")], shown="x") as table:
        text = infer_schema(table, path="x\nversion: 2\n")
    assert text.startswith("# Proposed by `mlgate data infer` from x?version: 2? (1 row).\n# Read")


@pytest.mark.parametrize(
    "text",
    ["NO", "on", "1e3", "007", "2026-01-31", "null", "~", "", " a", "a ", "a: b", "a #b", "- a", "[a", "0x1F", "1_0",
     ".5", "+1", "y", "N", "*a", "&a", "!a", "%a", "@a", "`a", "'a", '"a', "a\\b", "\t", "\x85", "\u2028", "\ufeff",
     "1:30", ".inf", "true", "a,b", "{", "?", "=", "<<"], ids=itertools.count(),
)  # fmt: skip
def test_text_that_needs_quotes_gets_them(text: str) -> None:
    assert scalar(text).startswith('"')
    assert yaml.load(f"{{k: {scalar(text)}}}", yaml.BaseLoader) == {"k": text}  # noqa: S506  # the base loader makes text only


@pytest.mark.parametrize(
    "text", ["F", "mild pain", "a_b", "a.b", "a/b", "5km", "größe", "v1.2", "C++", "non-smoker"], ids=itertools.count()
)
def test_text_that_needs_none_gets_none(text: str) -> None:
    assert scalar(text) == text
    assert yaml.safe_load(f"{{k: {text}}}") == {"k": text}


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_any_text_survives_yaml(text: str) -> None:
    for loader in (yaml.SafeLoader, yaml.BaseLoader):
        assert yaml.load(f"{{{scalar(text)}: {scalar(text)}}}", loader) == {text: text}  # noqa: S506  # both are safe


nasty = st.sampled_from(
    ["", "NO", "on", "1e3", "007", "1", "-2", "2.5", "nan", "inf", "true", "2020-01-01", "2020-01-01T10:00:00Z", "a, b",
     "it's", 'say "x"', "null", "NA", "{x: 1}", "# c", " ", "é", "1_000", "\\", "y", "~", "a\nb", "0x1F", "9" * 40]
)  # fmt: skip
names = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=5) | nasty


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), width=st.integers(1, 3), copies=st.integers(1, 2))
def test_schema_holds_for_the_csv_it_came_from(tmp_path: Path, data: st.DataObject, width: int, copies: int) -> None:
    header = data.draw(st.lists(names, min_size=width, max_size=width, unique=True))
    columns = [data.draw(st.lists(nasty, min_size=4, max_size=4)) for _ in header]
    rows = [list(row) for row in zip(*columns, strict=True)] * copies
    path = tmp_path / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    if header == [""]:
        return
    text, schema = proposed(path, Read(delimiter=","))
    assert list(schema.columns) == [name for name in header if name]
    assert findings(path, schema) == [], text


values = st.one_of(
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3),
    st.lists(st.none() | st.floats(), min_size=3, max_size=3),
    st.lists(st.none() | st.booleans(), min_size=3, max_size=3),
    st.lists(st.none() | st.text(st.characters(codec="utf-8"), max_size=4), min_size=3, max_size=3),
    st.lists(st.none() | st.dates(), min_size=3, max_size=3),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.dictionaries(names, values, min_size=1, max_size=3).filter(any))
def test_schema_holds_for_the_parquet_it_came_from(save: Callable[..., Path], content: dict[str, Any]) -> None:
    path = save(content)
    text, schema = proposed(path)
    assert findings(path, schema) == [], text


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.dictionaries(
            names, nasty | st.none() | st.integers() | st.floats(-1e9, 1e9) | st.booleans(), min_size=1, max_size=3
        ),
        min_size=1,
        max_size=4,
    ).filter(lambda rows: any(any(row) for row in rows))
)
def test_schema_holds_for_the_json_lines_it_came_from(save: Callable[..., Path], rows: list[dict[str, Any]]) -> None:
    path = save("".join(json.dumps(row) + "\n" for row in rows), "t.jsonl")
    text, schema = proposed(path)
    assert findings(path, schema) == [], text
