"""A proposed schema is valid, holds for its own file, and says no more than the file shows."""

from __future__ import annotations

import csv
import datetime as dt
import doctest
import gzip
import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.config.schema import Read
from mlgate.data import infer_schema
from mlgate.errors import SourceError
from mlgate.sources.tables import open_table
from tests.unit.data.infer_cases import csv_of, findings, proposed, rules

Save = Callable[..., Path]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "2", "-3"], {"type": "integer", "not_null": True}),
        (["1", "2.5", "1e3"], {"type": "number", "not_null": True}),
        (["007", "008", "123"], {"type": "string", "not_null": True}),
        (["007.50", "1.5", "2"], {"type": "string", "not_null": True}),
        (["true", "False", "TRUE"], {"type": "boolean", "not_null": True}),
        (["0", "1", "0"], {"type": "integer", "not_null": True}),
        (["2020-01-01", "2021-02-28", "1999-12-31"], {"type": "date", "not_null": True}),
        (["2020-01-01T10:00:00Z", "2020-01-01", "2020-01-01 10:00"], {"type": "datetime", "not_null": True}),
        (["09:30", "23:59:59"], {"type": "time", "not_null": True}),
        (["P1D", "PT30M"], {"type": "duration", "not_null": True}),
        (["a", "b", "a"], {"type": "string", "not_null": True}),
        (["1_000", "2", "3"], {"type": "string", "not_null": True}),
        (["2020-02-30", "2020-01-01"], {"type": "string", "not_null": True}),
    ],
)
def test_types_come_from_all_values(save: Save, values: list[str], expected: dict[str, Any]) -> None:
    path = save("x,pad\n" + "".join(f"{value},.\n" for value in values))
    _, schema = proposed(path)
    assert rules(schema.columns["x"]) == expected
    assert findings(path, schema) == []


@pytest.mark.parametrize(("odd", "kind"), [("7", "integer"), ("7.5", "number"), ("seven", "string"), ("07", "string")])
def test_one_odd_value_in_a_large_table_decides_the_type(save: Save, odd: str, kind: str) -> None:
    values = [str(number) for number in range(30_000)]
    values[17] = odd
    path = save("x,pad\n" + "".join(f"{value},.\n" for value in values))
    _, schema = proposed(path)
    assert schema.columns["x"].type == kind
    assert findings(path, schema) == []


def test_a_whole_schema(save: Save) -> None:
    """The text as a person reads it; a change of the layout shows here."""
    sex, codes = ["F", "M"] * 15, [f"0{row % 7}1" for row in range(30)]
    ages = [18 + 2 * (row % 25) for row in range(30)]
    weights = ["" if row == 4 else f"{50 + row / 8}" for row in range(30)]
    text, _ = proposed(save(csv_of(patient_id=list(range(30)), ward=codes, sex=sex, age=ages, weight=weights)))
    assert (
        text
        == """\
# Proposed by `mlgate data infer` from t.csv (30 rows, 5 columns).
# Read it before you rely on it: it says what is in this file, not what may be in the next one.
# null_fraction: a share of missing values that another file of this size exceeds about once in a thousand (upper end of
# Wilson's interval at three standard errors of a difference).
# suggested between: what was seen, widened by its width on either side, a long tail by more; a wrong unit (x 1000) lies
# outside. `mlgate data infer --ranges` makes it a rule.
# Assumed: delimiter "," was found by looking.
version: 1
read: {delimiter: ","}
columns:
  # key: named like an identifier, and no value stands twice
  patient_id: {type: integer, not_null: true, unique: true}  # seen 0 to 29
  # codes with leading zeros, so text
  # suggested in_set: ["001", "011", "021", "031", "041", "051", "061"]
  ward: {type: string, not_null: true, fullmatch: '[0-9]{3}'}
  sex: {type: string, not_null: true, in_set: [F, M]}
  age: {type: integer, not_null: true}  # seen 18 to 66; suggested between: [0, 120]
  weight: {type: number, null_fraction: {max: 0.42}}  # seen 50 to 53.625; suggested between: [46, 58]
table:
  row_count: {min: 18}  # 60% of the 30 rows that were seen
  extra_columns: fail
  checks:
    # neither infinite nor NaN
    - {columns: {type: number}, finite: true}
    # numbers that often stand for a missing value
    - {columns: {type: [integer, number]}, not_in_set: [-999, -9999, -99999], name: sentinels}
    # words that often stand for a missing value
    - {columns: {type: string}, not_in_set: [N/A, n/a, "#N/A", "NULL", "null", "NaN", "nan"], name: sentinels}
"""
    )


@pytest.mark.parametrize("name", ["columns", "domains", "facts", "ranges"])
def test_examples_are_true(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"mlgate.data.infer_{name}"))
    assert found.attempted > 0
    assert not found.failed


def test_the_same_file_gives_the_same_text_in_any_order_of_rows(save: Save) -> None:
    rows = [f"{row},{row % 3},{'abc'[row % 3]},{row * 0.37:.2f}\n" for row in range(60)]
    head = "x_id,code,letter,size\n"
    first = proposed(save(head + "".join(rows)))[0]
    assert proposed(save(head + "".join(rows)))[0] == first
    assert proposed(save(head + "".join(reversed(rows))))[0] == first


@pytest.mark.parametrize("ranges", [False, True])
def test_parquet_types(save: Save, ranges: bool) -> None:
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
    text, schema = proposed(path, ranges=ranges)
    types = {name: column.type for name, column in schema.columns.items()}
    assert types.pop("nothing") in ("any", "integer")  # the engine's type of nothing depends on its version
    assert types == {
        "i": "integer", "f": "number", "b": "boolean", "s": "string", "d": "date", "t": "datetime", "c": "time",
        "raw": "binary", "nested": "any",
    }  # fmt: skip
    assert "read:" not in text
    assert findings(path, schema) == []


def test_ranges_become_rules_when_asked_for(save: Save) -> None:
    path = save(
        csv_of(age=[18 + row % 30 for row in range(40)], day=[f"2020-01-{row % 28 + 1:02}" for row in range(40)])
    )
    assert "between" not in rules(proposed(path)[1].columns["age"])
    text, schema = proposed(path, ranges=True)
    age, day = (rules(schema.columns[name])["between"] for name in ("age", "day"))
    assert (age.min, age.max) == (0, 76)
    assert (day.min, day.max) == ("2019-01-01", "2030-12-31")
    assert "suggested" not in text
    assert findings(path, schema) == []
    wrong = save(csv_of(age=[1000 * (18 + row) for row in range(40)], day=["1970-01-01"] * 40), "wrong.csv")
    assert [line.split(":")[0] for line in findings(wrong, schema)] == ["data/t/age/between", "data/t/day/between"]


def test_infinite_and_nan_are_said_and_leave_the_rest_checked(save: Save) -> None:
    path = save(
        {
            "a": [1.5, float("inf"), 2.5] * 10,
            "b": [0.5, float("nan"), 1.5] * 10,
            "c": [row / 7 for row in range(30)],
        }
    )
    for ranges in (False, True):
        text, schema = proposed(path, ranges=ranges)
        assert "# 10 values are infinite\n" in text
        assert "# 10 NaN, which count as missing; the column is not checked for being finite\n" in text
        assert "- {columns: [c], finite: true}" in text
        assert findings(path, schema) == []


def test_numbers_for_missing_are_told_and_left_out_of_the_range(save: Save) -> None:
    path = save(csv_of(x=[-999, *range(40)], y=[9999, 9999, *range(1, 40)], z=[-500, *range(40)]))
    for ranges in (False, True):
        text, schema = proposed(path, ranges=ranges)
        assert "# 1 value is -999 or the like, far from the others: if that means missing, write it so" in text
        assert "# 2 values are 9999 or the like, far from the others" in text
        assert findings(path, schema) == []
    assert "seen 0 to 39; suggested between" in proposed(path)[0]
    assert "seen 1 to 39; suggested between" in proposed(path)[0]
    assert '- {columns: ["y"], not_in_set: [-999, -9999, -99999], name: sentinels}' in text  # z may well be -999


def test_a_number_for_missing_or_a_word_fails_where_the_file_had_none(save: Save) -> None:
    _, schema = proposed(save(csv_of(x=list(range(40)), y=[f"note {row}" for row in range(40)])))
    worse = save(csv_of(x=[-999, *range(39)], y=["N/A", *(f"note {row}" for row in range(39))]), "worse.csv")
    assert [line.split(":")[0] for line in findings(worse, schema)] == ["data/t/x/sentinels", "data/t/y/sentinels"]


@pytest.mark.parametrize(("rows", "least"), [(1, 1), (2, 2), (3, 2), (10, 6), (1000, 600)])
def test_a_file_cut_in_half_has_too_few_rows(save: Save, rows: int, least: int) -> None:
    text, _ = proposed(save(csv_of(a=[1] * rows, b=[2] * rows)))
    assert f"row_count: {{min: {least}}}" in text
    assert rows // 2 < least <= rows


def test_seconds_since_1970(save: Save) -> None:
    moments = [1_600_000_000 + 7919 * row * row for row in range(40)]
    path = save(csv_of(created_at=moments, ts_ms=[1000 * moment for moment in moments], amount=moments))
    text, schema = proposed(path)
    assert "# looks like seconds since 1970, of the years 2000 to 2049\n" in text
    assert "# looks like milliseconds since 1970, of the years 2000 to 2049\n" in text
    assert "# looks like seconds since 1970\n  amount: {type: integer, not_null: true}  # seen" in text
    assert findings(path, schema) == []
    mixed = save(csv_of(created_at=[*moments[:-1], moments[-1] * 1000], ts_ms=moments, amount=moments), "mixed.csv")
    assert [line.split(":")[0] for line in findings(mixed, schema)] == [
        "data/t/created_at/between",
        "data/t/ts_ms/between",
    ]
    assert "# looks like seconds and milliseconds since 1970, mixed: correct the file\n" in proposed(mixed)[0]


def test_days_written_as_numbers(save: Save) -> None:
    text, _ = proposed(save(csv_of(day=[20240101 + row % 28 for row in range(40)], pad=["."] * 40)))
    assert "# looks like dates (year, month and day as one number)\n  day: {type: integer, not_null: true}" in text
    assert "suggested between:" not in text.split("columns:")[1]


def test_json_lines_compressed_files_and_globs(tmp_path: Path) -> None:
    rows = [{"a": row, "b": {"c": row % 3}, "d": None if row % 4 else "x"} for row in range(40)]
    path = tmp_path / "t.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    _, schema = proposed(path)
    assert findings(path, schema) == []
    for part in range(2):
        (tmp_path / f"part{part}.csv").write_text(csv_of(x=list(range(20)), y=["a", "b"] * 10), encoding="utf-8")
    paths = sorted(tmp_path.glob("part*.csv"))
    with open_table(paths, shown="part*.csv") as table:
        text = infer_schema(table, path="part*.csv")
    assert "from part*.csv (40 rows, 2 columns)" in text


@pytest.mark.parametrize("content", ["a,b\n", {"a": []}])
def test_no_rows_give_no_schema(save: Save, content: Any) -> None:
    with pytest.raises(SourceError, match="the file holds no rows: there is nothing to infer from"):
        proposed(save(content))


def test_no_row_that_could_be_read_gives_no_schema(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,\xe9\n2,\xe9\n")
    with pytest.raises(SourceError, match=r"no row could be read .*; look at the encoding or the delimiter") as caught:
        proposed(path)
    assert "read.encoding" in caught.value.hint


def test_unparseable_rows_are_mentioned(save: Save) -> None:
    text, _ = proposed(save("a,b\n1,2\n3\n"))
    assert "# 1 row could not be parsed and took no part." in text


def test_what_no_schema_can_say(save: Save) -> None:
    with pytest.raises(SourceError, match="repeats a"):
        proposed(save("a,a\n1,2\n"))


def test_column_without_a_name_is_left_out(save: Save) -> None:
    path = save(",a\n0,x\n1,y\n")
    text, schema = proposed(path)
    assert list(schema.columns) == ["a"]
    assert "extra_columns: ignore  # because of the column without a name" in text
    assert findings(path, schema) == []
    with pytest.raises(SourceError, match="no columns with a name"):
        proposed(save('{"": 1}\n', "t.jsonl"))


def test_broken_file(save: Save) -> None:
    path = save({"x": [f"{n:09}" for n in range(3000)]})
    raw = bytearray(path.read_bytes())
    raw[4:400] = b"\xff" * 396
    path.write_bytes(raw)
    with pytest.raises(SourceError, match="cannot be read"):
        proposed(path)


def test_hostile_path_stays_in_its_comment(save: Save) -> None:
    with open_table([save("a,b\n1,2\n")], shown="x") as table:
        text = infer_schema(table, path="x\nversion: 2\n")
    assert text.startswith("# Proposed by `mlgate data infer` from x?version: 2? (1 row, 2 columns).\n# Read")


nasty = st.sampled_from(
    ["", "NO", "on", "1e3", "007", "1", "-2", "2.5", "nan", "inf", "true", "2020-01-01", "2020-01-01T10:00:00Z", "a, b",
     "it's", 'say "x"', "null", "NA", "{x: 1}", "# c", " ", "é", "1_000", "\\", "y", "~", "a\nb", "0x1F", "9" * 40,
     "-999", "9999", "1,5", "1,234", "12 %", "$5", "31/12/2020", "01/02/2020", "?", "N/A", " N/A", "12:30", "P1D", "yes",
     "1577836800", "1e308", "-inf"]
)  # fmt: skip
names = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=5) | nasty


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), width=st.integers(1, 3), copies=st.integers(1, 12), ranges=st.booleans())
def test_schema_holds_for_the_csv_it_came_from(
    tmp_path: Path, data: st.DataObject, width: int, copies: int, ranges: bool
) -> None:
    header = data.draw(st.lists(names, min_size=width, max_size=width, unique=True))
    columns = [data.draw(st.lists(nasty, min_size=4, max_size=4)) for _ in header]
    rows = [list(row) for row in zip(*columns, strict=True)] * copies
    path = tmp_path / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    if header == [""]:
        return
    text, schema = proposed(path, Read(delimiter=","), ranges=ranges)
    assert list(schema.columns) == [name for name in header if name]
    assert findings(path, schema) == [], text


lists = st.sampled_from([3, 30]).flatmap(
    lambda size: st.one_of(
        st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=size, max_size=size),
        st.lists(st.none() | st.floats(), min_size=size, max_size=size),
        st.lists(st.none() | st.booleans(), min_size=size, max_size=size),
        st.lists(st.none() | st.text(st.characters(codec="utf-8"), max_size=4), min_size=size, max_size=size),
        st.lists(st.none() | nasty, min_size=size, max_size=size),
        st.lists(st.none() | st.dates(), min_size=size, max_size=size),
    )
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=names.filter(bool), values=lists, ranges=st.booleans())
def test_schema_holds_for_the_parquet_it_came_from(save: Save, name: str, values: list[Any], ranges: bool) -> None:
    path = save({name: values, "other": list(range(len(values)))} if name != "other" else {name: values})
    text, schema = proposed(path, ranges=ranges)
    assert findings(path, schema) == [], text


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.dictionaries(
            names, nasty | st.none() | st.integers() | st.floats(-1e9, 1e9) | st.booleans(), min_size=1, max_size=3
        ),
        min_size=1,
        max_size=4,
    ).filter(lambda rows: any(any(row) for row in rows)),
    ranges=st.booleans(),
)
def test_schema_holds_for_the_json_lines_it_came_from(save: Save, rows: list[dict[str, Any]], ranges: bool) -> None:
    path = save("".join(json.dumps(row) + "\n" for row in rows), "t.jsonl")
    text, schema = proposed(path, ranges=ranges)
    assert findings(path, schema) == [], text
