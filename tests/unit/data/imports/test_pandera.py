"""Pandera's YAML: what maps to what, and what is left with which reason."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.data.imports import import_schema
from tests.unit.data.imports.importing import differs, file_text, imported, left, plain

FORMS = ("pandera_mapping.yaml", "pandera_options.yaml", "pandera_list.yaml", "pandera_flat.yaml")
"""Written by pandera 0.20, 0.22, 0.26 and 0.35 from the same schema."""


def frame(column: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"schema_type": "dataframe", "columns": {"x": column}, **more}


@pytest.mark.parametrize("name", FORMS)
def test_all_forms_that_pandera_has_written_become_the_same_schema(name: str) -> None:
    found = import_schema(file_text(name), name)
    assert plain(found) == {
        "version": 1,
        "columns": {
            "patient_id": {"type": "integer", "not_null": True, "unique": True},
            "age": {"type": "number", "null_fraction": {"max": 1}, "between": {"min": 0, "strict_max": 120}},
            "sex": {"type": "string", "not_null": True, "in_set": ["F", "M"]},
            "code": {"type": "string", "not_null": True, "regex": "^(?:A|B)", "length": [1, 4]},
            "visit": {"type": "datetime", "not_null": True, "between": {"min": "2020-01-01 00:00:00"}},
            "score": {
                "type": "number",
                "not_null": True,
                "between": {"min": 0},
                "checks": [LENIENT[name] | {"name": "between-2"}],
            },
        },
        "table": {
            "unique": [["patient_id", "visit"]],
            "columns_match": {
                "columns": ["patient_id", "age", "sex", "code", "visit", "score"],
                "ordered": True,
                "exact": False,
            },
            "extra_columns": "fail",
        },
    }
    assert [text.split(":")[0] for text in left(found)] == ["coerce of age", "required", "index of row"]
    assert "  # Key\n  # one row per patient\n  patient_id:" in found.text
    assert "# Checks that are functions are not in Pandera's YAML" in found.text


WARNS = {"between": {"max": 1}, "severity": "warn"}
LENIENT: dict[str, dict[str, Any]] = {
    "pandera_mapping.yaml": {"between": {"max": 1}},  # the file does not say that the check only warns
    "pandera_options.yaml": WARNS,
    "pandera_list.yaml": WARNS,
    "pandera_flat.yaml": WARNS | {"description": "a score"},
}

LEFT = [
    ({"dtype": "category"}, "dtype of x: no type of a schema means category; nearest: in_set"),
    ({"dtype": "object"}, "dtype of x: no type of a schema means object"),
    ({"dtype": ["int"]}, "dtype of x: no type of a schema means"),
    ({"coerce": True}, "coerce of x: values are converted before they are checked there"),
    ({"required": False}, "required: false of x"),
    ({"default": 3}, "default of x: missing values become 3 there"),
    ({"drop_invalid_rows": True}, "drop_invalid_rows of x: rows that do not hold are dropped there"),
    ({"our_check": {"level": 3}}, "our_check of x: a check of your own code; nearest: expressions, or a test"),
    ({"in_range": {"min_value": 0}}, "in_range of x: it needs both ends"),
    ({"greater_than": "x"}, "only numbers, dates and times are ordered here"),
    ({"greater_than": None}, "greater_than of x: it has no bound"),
    ({"greater_than": [1]}, "greater_than of x: `min_value` is no number"),
    ({"isin": 3}, "isin of x: it names no list of values"),
    ({"isin": []}, "isin of x: its set has no members"),
    ({"str_matches": 3}, "str_matches of x: `pattern` is no text"),
    ({"str_contains": "(?<=a)b"}, "is not supported in a pattern"),
    ({"str_length": {}}, "str_length of x: it has no bound"),
    ({"greater_than": {"min_value": 1, "groupby": ["g"]}}, "values are judged in groups there"),
    ({"greater_than": {"min_value": 1, "ignore_na": "no"}}, "`ignore_na` is neither true nor false"),
    ({"dtype": "int64", "str_contains": "a"}, "regex needs text, the column is integer"),
    ({"checks": [{"value": 1}]}, "a check of your own code"),
]


@pytest.mark.parametrize(("column", "reason"), LEFT)
def test_what_has_no_counterpart_is_left_with_the_reason(column: dict[str, Any], reason: str) -> None:
    found = imported(frame(column))
    (told,) = left(found)
    assert reason in told
    kept = {"not_null": True} if column.get("dtype") != "int64" else {"type": "integer", "not_null": True}
    assert plain(found)["columns"]["x"] == kept


TABLE_LEFT = [
    ({"strict": "filter"}, "strict: filter"),
    ({"coerce": True}, "coerce: "),
    ({"add_missing_columns": True}, "add_missing_columns: "),
    ({"index": [{"name": "row"}]}, "index of row: an index is no column of a file"),
    ({"index": [3]}, "index: an index is no column of a file"),
    ({"unique": [1]}, "unique: it is no list of columns"),
    ({"checks": {"greater_than": 0}}, "greater_than: it judges every value of the table"),
    ({"checks": [{"value": 0, "options": {"check_name": "ge"}}]}, "ge: it judges every value of the table"),
    ({"something": 3}, "something: it is not read"),
]


@pytest.mark.parametrize(("keys", "reason"), TABLE_LEFT)
def test_what_a_table_cannot_say_is_left(keys: dict[str, Any], reason: str) -> None:
    (told,) = left(imported(frame({"dtype": "int64"}, **keys)))
    assert told.startswith(reason)


def test_a_dtype_of_the_frame_is_that_of_its_columns() -> None:
    assert plain(imported(frame({}, dtype="float64")))["columns"]["x"] == {"type": "number", "not_null": True}


def test_null_that_is_not_ignored_must_not_be_there() -> None:
    column = {"nullable": True, "greater_than": {"min_value": 0, "ignore_na": False}}
    assert plain(imported(frame(column)))["columns"]["x"] == {
        "type": "number",
        "not_null": True,
        "between": {"strict_min": 0},
    }


def test_unique_over_nullable_columns_differs() -> None:
    columns = {"a": {"nullable": True}, "b": {}}
    found = imported({"schema_type": "dataframe", "columns": columns, "unique": ["a", "b"]})
    assert differs(found) == ["unique of a, b: a row in which one of the columns is missing is not judged here"]
    assert differs(imported(frame({"unique": True, "nullable": True})))
    assert not differs(imported(frame({"unique": True})))


def test_columns_of_a_pattern_are_checked_together_and_strictness_is_left() -> None:
    columns = {"id": {}, "x_|y_": {"regex": True, "dtype": "float64", "unique": True, "ge": 0, "required": False}}
    found = imported({"schema_type": "dataframe", "columns": columns, "strict": True})
    chosen = {"regex": "^(?:x_|y_)"}
    assert plain(found)["table"] == {
        "extra_columns": "ignore",
        "checks": [
            {"columns": chosen, "not_null": True},
            {"columns": chosen, "unique": True},
            {"columns": chosen, "between": {"min": 0}},
        ],
    }
    assert [text.split(":")[0] for text in left(found)] == ["strict", "dtype of x_|y_", "required"]


def test_columns_of_several_levels_are_left() -> None:
    columns = [{"name": ["a", "b"], "dtype": "int64"}, {"name": "x", "dtype": "int64"}, 3]
    found = imported({"schema_type": "dataframe", "columns": columns})
    assert list(plain(found)["columns"]) == ["x"]
    assert len(left(found)) == 2


def test_metadata_stands_above_the_column() -> None:
    found = imported(frame({"metadata": {"unit": "years"}}))
    assert "  # metadata: {'unit': 'years'}\n  x:" in found.text
