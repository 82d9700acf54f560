"""What an imported Pandera schema says of data, against the verdicts of the tool.

The tables were made by hand from what the tool documents, and agree with pandera 0.35 on the same data. Where it gives
another verdict, the case says so, and so does the import.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.data.imports.importing import by_length, imported, left, verdicts_by_column

Verdict = Callable[..., str]

COLUMNS = [
    # dtype, other keys of the column, data, verdict
    ("int64", {}, [1, 2], "pass"),
    ("int64", {}, [1, None], "fail"),
    ("int64", {"nullable": True}, [1, None], "pass"),
    ("float64", {"nullable": True}, [None, None], "pass"),
    ("int64", {"unique": True}, [1, 1], "fail"),
    ("int64", {"in_range": {"min_value": 1, "max_value": 5, "include_min": True, "include_max": True}}, [1, 5], "pass"),
    (
        "int64",
        {"in_range": {"min_value": 1, "max_value": 5, "include_min": False, "include_max": True}},
        [1, 5],
        "fail",
    ),
    (
        "int64",
        {"in_range": {"min_value": 1, "max_value": 5, "include_min": True, "include_max": False}},
        [1, 5],
        "fail",
    ),
    ("int64", {"greater_than": 1}, [1, 2], "fail"),
    ("int64", {"ge": 1}, [1, 2], "pass"),
    ("int64", {"less_than": 2}, [1, 2], "fail"),
    ("int64", {"less_than_or_equal_to": {"max_value": 2}}, [1, 2], "pass"),
    ("int64", {"equal_to": 1}, [1, 1], "pass"),
    ("int64", {"not_equal_to": 1}, [1, 2], "fail"),
    ("int64", {"isin": [1, 2]}, [1, 2], "pass"),
    ("int64", {"notin": [2]}, [1, 2], "fail"),
    ("int64", {"unique_values_eq": {"values": [1, 2]}}, [1, 2, 2], "pass"),
    ("int64", {"unique_values_eq": [1, 2, 3]}, [1, 2, 2], "fail"),
    ("float64", {"nullable": True, "isin": [1.0]}, [1.0, None], "pass"),
    ("float64", {"nullable": True, "isin": {"allowed_values": [1.0], "ignore_na": False}}, [1.0, None], "fail"),
    ("float64", {"nullable": True, "notin": {"forbidden_values": [9], "ignore_na": False}}, [1.0, None], "pass"),
    ("str", {"str_matches": "a|b"}, ["ax", "bx"], "pass"),
    ("str", {"str_matches": "a|b"}, ["ax", "xb"], "fail"),  # at the start only
    ("str", {"str_contains": "b"}, ["xb", "b"], "pass"),
    ("str", {"str_startswith": "a.b"}, ["axb"], "fail"),  # a text and no pattern
    ("str", {"str_endswith": "b"}, ["ab", "b"], "pass"),
    ("str", {"str_length": {"min_value": 1, "max_value": 2, "exact_value": None}}, ["é", "ab"], "pass"),
    ("str", {"str_length": {"min_value": None, "max_value": None, "exact_value": 2}}, ["a", "ab"], "fail"),
    ("str", {"isin": "ab"}, ["a", "b"], "pass"),  # its characters
    ("datetime64[ns]", {"less_than": "2020-01-31 15:00:00"}, [dt.datetime.fromisoformat("2020-01-31T14:00")], "pass"),
    ("datetime64[ns]", {"less_than": "2020-01-31 15:00:00"}, [dt.datetime.fromisoformat("2020-01-31T15:00")], "fail"),
    ("int64", {"greater_than": {"min_value": 1, "raise_warning": True}}, [1], "pass"),  # a warning
]


@pytest.mark.parametrize("group", by_length(COLUMNS, 2), ids=lambda group: f"{len(next(iter(group.values()))[2])} rows")
def test_columns_give_the_verdicts_of_pandera(
    group: dict[str, tuple[str, dict[str, Any], list[Any], str]], tmp_path: Path
) -> None:
    columns = {name: {"dtype": dtype, **keys} for name, (dtype, keys, _, _) in group.items()}
    schema = {"schema_type": "dataframe", "columns": columns}
    assert not left(imported(schema))
    found = verdicts_by_column({name: case[2] for name, case in group.items()}, schema, tmp_path)
    assert not {name: (group[name], found[name]) for name in group if found[name] != group[name][3]}


FRAMES = [
    ({"strict": True}, {"a": [1], "b": [1]}, "pass"),
    ({"strict": True}, {"a": [1], "b": [1], "c": [1]}, "fail"),
    ({"strict": False}, {"a": [1], "b": [1], "c": [1]}, "pass"),
    ({"ordered": True}, {"b": [1], "a": [1]}, "fail"),
    ({"ordered": False}, {"b": [1], "a": [1]}, "pass"),
    ({"unique": ["a", "b"]}, {"a": [1, 1], "b": [1, 2]}, "pass"),
    ({"unique": ["a", "b"]}, {"a": [1, 1], "b": [1, 1]}, "fail"),
    ({"unique": "a"}, {"a": [1, 1], "b": [1, 2]}, "fail"),
    ({}, {"a": [1]}, "fail"),
]


@pytest.mark.parametrize(("keys", "data", "expected"), FRAMES)
def test_a_frame_gives_the_verdict_of_pandera(
    keys: dict[str, Any], data: dict[str, Any], expected: str, verdict: Verdict
) -> None:
    columns = {name: {"dtype": "int64"} for name in ("a", "b")}
    assert verdict(data, {"schema_type": "dataframe", "columns": columns, **keys}) == expected


@pytest.mark.parametrize(("data", "expected"), [({"id": [1], "x_1": [1], "x_2": [2]}, "pass"), ({"id": [1]}, "error")])
def test_columns_by_pattern_are_those_of_pandera(data: dict[str, Any], expected: str, verdict: Verdict) -> None:
    columns = {"id": {}, "x_[0-9]": {"regex": True, "greater_than": 0}}
    schema = {"schema_type": "dataframe", "columns": columns}
    assert verdict(data, schema) == expected
    assert verdict({**data, "x_3": [0]}, schema) == "fail"
    assert verdict({**data, "max_3": [0]}, schema) == expected  # a pattern stands at the start of a name
