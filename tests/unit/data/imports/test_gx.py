"""Great Expectations' suites: what maps to what, and what is left with which reason."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.data.imports import import_schema
from mlgate.data.imports.gx_columns import COLUMN_EXPECTATIONS
from mlgate.data.imports.gx_tables import NEAREST, TABLE_EXPECTATIONS
from tests.unit.data.imports.importing import differs, file_text, imported, left, one_column, plain, suite


def test_a_suite_of_version_1_becomes_a_commented_schema() -> None:
    found = import_schema(file_text("gx_1.json"), "gx_1.json")
    assert plain(found) == {
        "version": 1,
        "columns": {
            "patient_id": {
                "type": "integer",
                "unique": True,
                "checks": [{"not_null": True, "description": "the key"}],
            },
            "age": {
                "type": "number",
                "quantile": {"0.5": [20, 60], "0.9": {"max": 100}},
                "min": [0, 1],
                "checks": [
                    {
                        "between": {"min": 0, "strict_max": 120},
                        "severity": "warn",
                        "description": "Ages are in years.",
                    }
                ],
            },
            "score": {
                "type": "number",
                "checks": [
                    {"between": [0, 1], "mostly": 0.95, "where": "age >= 18"},
                    {"between": {"min": 0}, "where": "sex = 'F' and age is not null", "name": "between-2"},
                ],
            },
            "sex": {"in_set": ["F", "M"]},
            "email": {"checks": [{"regex": r"^\S+@\S+$", "mostly": 0.9}]},
            "admitted": {},
            "discharged": {},
        },
        "table": {
            "row_count": [1, 1000],
            "compare_columns": [{"a": "discharged", "op": "ge", "b": "admitted"}],
            "extra_columns": "fail",
        },
    }
    told = left(found)
    assert len(told) == 4
    assert "expect_column_mean_to_be_between of age: `min_value` is the run-time parameter 'low'" in told[1]
    assert "expect_column_kl_divergence_to_be_less_than of sex" in told[2]
    assert "nearest: label_distribution" in told[2]
    assert "nearest: expressions" in told[3]
    assert "# Notes: Weekly export\n# Notes: from the ward\n" in found.text
    assert '  # expect_column_values_to_not_be_null: {"owner": "anna"}\n  patient_id:' in found.text


def test_a_suite_of_version_0_becomes_a_commented_schema() -> None:
    found = import_schema(file_text("gx_0.json"), "gx_0.json")
    assert plain(found) == {
        "version": 1,
        "columns": {
            "code": {"regex": {"any": ["^A", "^B"]}},
            "age": {"type": "integer", "checks": [{"between": [0, 120], "description": "Ages are in years."}]},
            "visit": {"between": ["2020-01-01T00:00:00", "2020-12-31T00:00:00"]},
            "label": {"type": "number", "checks": [{"in_set": [0, 1], "where": "age is not null"}]},
            "note": {
                "checks": [
                    {"not_in_set": ["?"], "where": "age > 17 and (label <> 1 or label is null)"},
                    {"length": [1, 80], "mostly": 0.99},
                ]
            },
        },
        "table": {
            "columns_match": {"columns": ["code", "age", "visit", "label", "note"], "ordered": True},
            "unique": [["code", "visit"]],
            "extra_columns": "ignore",
        },
    }
    assert [text.split(":")[0] for text in left(found)] == [
        "expect_column_mean_to_be_between of age",
        "expect_column_values_to_match_our_standard of note",
    ]
    assert "# Suite: visits.warning" in found.text


MAPPED = [
    ("values_to_be_between", {"min_value": 0.0, "max_value": 1}, {"type": "number", "between": [0, 1]}),
    ("values_to_be_between", {"min_value": 0, "strict_max": True}, {"type": "number", "between": {"min": 0}}),
    ("values_to_be_between", {"min_value": "10:00:00"}, {"between": {"min": "10:00:00"}}),
    ("values_to_be_in_set", {"value_set": ["a", "a", None]}, {"in_set": ["a"]}),
    ("values_to_be_in_set", {"value_set": [True, False]}, {"type": "boolean", "in_set": [True, False]}),
    ("values_to_be_in_set", {"value_set": [1, "a"]}, {"in_set": [1, "a"]}),
    ("value_lengths_to_equal", {"value": 3.0}, {"length": [3, 3]}),
    ("values_to_match_like_pattern", {"like_pattern": "A_%"}, {"fullmatch": "(?s)A..*"}),
    ("values_to_match_like_pattern", {"like_pattern": "5!%", "escape": "!"}, {"fullmatch": "(?s)5%"}),
    ("values_to_not_match_like_pattern", {"like_pattern": "%.csv"}, {"not_regex": r"(?s)^.*\.csv$"}),
    (
        "values_to_match_like_pattern_list",
        {"like_pattern_list": ["A%", "B%"], "match_on": "all"},
        {"regex": {"all": ["(?s)^A.*$", "(?s)^B.*$"]}},
    ),
    ("values_to_not_match_like_pattern_list", {"like_pattern_list": ["A%"]}, {"not_regex": ["(?s)^A.*$"]}),
    ("values_to_be_increasing", {"strictly": True}, {"increasing": {"strictly": True}}),
    ("values_to_be_of_type", {"type_": "VARCHAR(20)"}, {"type": "string"}),
    ("values_to_be_in_type_list", {"type_list": ["int64", "FloatType"]}, {"type": "number"}),
    (
        "quantile_values_to_be_between",
        {"quantile_ranges": {"quantiles": [1], "value_ranges": [[None, 9]]}},
        {"type": "number", "max": {"max": 9}},
    ),
    ("proportion_of_non_null_values_to_be_between", {"min_value": 0.9, "max_value": 1}, {"null_fraction": [0, 0.1]}),
    (
        "value_z_scores_to_be_less_than",
        {"threshold": -3},
        {"type": "number", "z_score": {"threshold": 3, "double_sided": True}},
    ),
]


@pytest.mark.parametrize(("name", "kwargs", "expected"), MAPPED)
def test_an_expectation_becomes_a_check(name: str, kwargs: dict[str, Any], expected: dict[str, Any]) -> None:
    assert one_column(name, **kwargs) == expected


LEFT = [
    ("values_to_be_between", {}, "it has no bound"),
    ("values_to_be_between", {"min_value": 5, "max_value": 1}, "no value is between 5 and 1"),
    ("values_to_be_between", {"min_value": "a"}, "only numbers, dates and times are ordered here"),
    ("values_to_be_between", {"min_value": True}, "`min_value` is no number"),
    ("values_to_be_between", {"min_value": 0, "mostly": 0}, "`mostly` is 0, a share above 0 is needed"),
    ("values_to_be_between", {"min_value": 0, "mostly": "most"}, "`mostly` is no number"),
    ("values_to_be_in_set", {"value_set": None}, "passes whatever the data are"),
    ("values_to_be_in_set", {"value_set": [None]}, "its set has no members"),
    ("values_to_be_in_set", {"value_set": [["a"]]}, "neither text, number, true nor false"),
    ("values_to_be_in_set", {"value_set": ["a\0"]}, "zero character"),
    ("values_to_match_regex", {"regex": "(?!x)"}, "'(?!' is not supported in a pattern"),
    ("values_to_match_regex", {"regex": "("}, "not a regular expression"),
    ("values_to_match_regex", {}, "`regex` is no text"),
    ("values_to_match_regex_list", {"regex_list": ["a"], "match_on": "some"}, "neither any nor all"),
    ("values_to_match_like_pattern", {"like_pattern": "a!", "escape": "!"}, "ends in its escape character"),
    ("values_to_match_like_pattern", {"like_pattern": "a", "escape": "!!"}, "no single character"),
    ("values_to_be_unique", {"mostly": 0.9}, "nearest: unique_fraction"),
    ("values_to_be_of_type", {"type_": "object"}, "object is no single type of a schema"),
    ("values_to_be_of_type", {"type_": "int", "mostly": 0.5}, "declared for all values"),
    ("values_to_be_in_type_list", {"type_list": ["int64", "VARCHAR"]}, "no single type"),
    ("values_to_be_dateutil_parseable", {}, "nearest: type: datetime, or datetime_format"),
    ("values_to_match_strftime_format", {"strftime_format": "%Q"}, "no directive"),
    ("values_to_match_json_schema", {"json_schema": "x"}, "no mapping"),
    ("quantile_values_to_be_between", {"quantile_ranges": {"quantiles": [0.5], "value_ranges": []}}, "as many ranges"),
    ("quantile_values_to_be_between", {"quantile_ranges": 3}, "`quantiles` is no list"),
    ("value_z_scores_to_be_less_than", {}, "it has no threshold"),
    ("mean_to_be_between", {"min_value": {"$PARAMETER": "low"}}, "run-time parameter 'low'"),
    ("to_exist", {"column_index": 1}, "its place is not judged"),
]


@pytest.mark.parametrize(("name", "kwargs", "reason"), LEFT)
def test_what_has_no_counterpart_is_left_with_the_reason(name: str, kwargs: dict[str, Any], reason: str) -> None:
    exists = ("column_to_exist", {"column": "y"})
    found = imported(suite(exists, (f"column_{name}", {"column": "x", **kwargs})))
    (told,) = left(found)
    assert told.startswith(f"expect_column_{name} of x: ")
    assert reason in told
    assert f"# - {told}"[:300] in found.text
    columns = plain(found)["columns"]  # the column itself must be there still
    assert set(columns) == {"x", "y"}
    assert set(columns["x"]) <= {"type"}


def test_everything_that_is_known_maps_or_names_what_is_nearest() -> None:
    known = {*COLUMN_EXPECTATIONS, *TABLE_EXPECTATIONS}
    assert not known & set(NEAREST)
    assert all(function.__module__.startswith("mlgate.data.imports") for function in COLUMN_EXPECTATIONS.values())


def test_an_argument_that_nobody_reads_is_said() -> None:
    found = imported(suite(("column_values_to_be_unique", {"column": "x", "tolerance": 3, "result_format": "BASIC"})))
    assert differs(found) == ["expect_column_values_to_be_unique of x: `tolerance` is not read"]


def test_checks_of_one_kind_get_names_of_their_own_and_the_same_check_stands_once() -> None:
    between = "column_values_to_be_between"
    found = imported(suite(*((between, {"column": "x", "min_value": 0, "max_value": high}) for high in (1, 2, 1, 3))))
    assert plain(found)["columns"]["x"] == {
        "type": "number",
        "between": [0, 1],
        "checks": [{"between": [0, 2], "name": "between-2"}, {"between": [0, 3], "name": "between-3"}],
    }


def test_two_types_of_one_column_do_not_fit() -> None:
    types = [("column_values_to_be_of_type", {"column": "x", "type_": name}) for name in ("int64", "int32", "str")]
    found = imported(suite(*types))
    assert plain(found)["columns"]["x"] == {"type": "integer"}
    assert left(found) == ["expect_column_values_to_be_of_type of x: the column is declared integer already"]


def test_a_check_that_does_not_fit_the_declared_type_is_left() -> None:
    found = imported(
        suite(
            ("column_values_to_match_regex", {"column": "x", "regex": "^1"}),
            ("column_values_to_be_of_type", {"column": "x", "type_": "int64"}),
        )
    )
    (told,) = left(found)
    assert "regex needs text, the column is integer" in told


def test_checks_that_contradict_each_other_declare_no_type() -> None:
    found = imported(
        suite(
            ("column_values_to_match_regex", {"column": "x", "regex": "^1"}),
            ("column_values_to_be_in_set", {"column": "x", "value_set": [1, 12]}),
        )
    )
    assert plain(found)["columns"]["x"] == {"regex": "^1", "in_set": [1, 12]}
    assert "column of x: no type is declared, since its checks speak of number, string" in differs(found)


def test_a_date_is_the_start_of_its_day_unless_the_column_holds_days() -> None:
    between = ("column_values_to_be_between", {"column": "x", "max_value": "2020-01-31"})
    assert plain(imported(suite(between)))["columns"]["x"] == {"between": {"max": "2020-01-31T00:00:00"}}
    of_days = suite(between, ("column_values_to_be_of_type", {"column": "x", "type_": "DATE"}))
    assert plain(imported(of_days))["columns"]["x"] == {"type": "date", "between": {"max": "2020-01-31"}}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (3, "it is no mapping"),
        ({"kwargs": {"column": "x"}}, "no expectation of this name"),
        ({"type": "expect_column_values_to_be_unique", "kwargs": [1]}, "it is no mapping"),
        ({"type": "expect_column_values_to_be_unique", "kwargs": {}}, "it names no column"),
        ({"type": "expect_column_values_to_be_unique", "kwargs": {"column": 3}}, "`column` is no text"),
        ({"type": ["x"], "kwargs": {"column": "x"}}, "no expectation of this name"),
        (
            {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "x"}, "windows": [{}]},
            "its bounds follow earlier runs",
        ),
    ],
)
def test_what_is_no_expectation_is_left(raw: object, reason: str) -> None:
    good = {"type": "expect_column_to_exist", "kwargs": {"column": "y"}}
    (told,) = left(imported({"expectations": [good, raw]}))
    assert reason in told


@pytest.mark.parametrize(("severity", "expected"), [("critical", None), ("warning", "warn"), ("info", "warn")])
def test_severities(severity: str, expected: str | None) -> None:
    expectation = {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "x"}, "severity": severity}
    column = plain(imported({"expectations": [expectation]}))["columns"]["x"]
    assert column == ({"checks": [{"unique": True, "severity": "warn"}]} if expected else {"unique": True})


def test_a_suite_of_nothing_that_maps_gives_no_schema() -> None:
    from mlgate.errors import SourceError, UsageError

    with pytest.raises(SourceError, match="nothing of a Great Expectations suite could be imported"):
        imported(suite(("column_kl_divergence_to_be_less_than", {"column": "x"})))
    with pytest.raises(UsageError, match="names neither a column nor a check of the table"):
        imported(suite())


def test_a_suite_of_the_table_alone_is_a_schema() -> None:
    assert plain(imported(suite(("table_row_count_to_be_between", {"min_value": 5})))) == {
        "version": 1,
        "table": {"row_count": {"min": 5}, "extra_columns": "ignore"},
    }
