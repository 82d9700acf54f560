"""What an imported suite says of data, against the verdicts of the tool.

The tables were made by hand from what the tool documents, and agree with great_expectations 1.24 on the same data. Where it gives
another verdict, the case says so, and so does the import.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.data.imports.importing import by_length, differs, imported, left, suite, verdicts_by_column

Verdict = Callable[..., str]

INT = {"x": [1, 2, None, 4, 5]}
HALF = {"x": [1, 2, 3, -4, -5, None, None]}
TWICE = {"x": [1, 1, 2, 3, None]}
ZEROS = {"x": [0, 0, 0, 0]}
TEN = {"x": list(range(10))}
OUTLIER = {"x": [1] * 9 + [99]}
TEXT = {"x": ["a", None, "b"]}
LETTERS = {"x": ["a", "b", "ab"]}
MAIL = {"x": ["x@y.org", "bad", "z@w.de", None]}
JSON = {"x": ['{"a": 1}', "[1]", "oops"]}
OBJECTS = {"x": ['{"a": 1}', '{"a": 2}']}
MOMENTS = {"x": [dt.datetime.fromisoformat("2020-01-01"), dt.datetime.fromisoformat("2020-01-31T15:00"), None]}

GX: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # name without expect_column_, arguments, data, verdict
    ("values_to_be_between", {"min_value": 1, "max_value": 5}, INT, "pass"),
    ("values_to_be_between", {"min_value": 1, "max_value": 5, "strict_min": True}, INT, "fail"),
    ("values_to_be_between", {"min_value": 1, "max_value": 5, "strict_max": True}, INT, "fail"),
    ("values_to_be_between", {"min_value": 0, "strict_min": True}, INT, "pass"),
    ("values_to_be_between", {"max_value": 4, "mostly": 0.75}, INT, "pass"),  # 3 of the 4 that are there
    ("values_to_be_between", {"max_value": 4, "mostly": 0.76}, INT, "fail"),
    ("values_to_be_between", {"min_value": 0, "mostly": 0.6}, HALF, "pass"),
    ("values_to_be_between", {"min_value": 0, "mostly": 0.61}, HALF, "fail"),
    ("values_to_be_between", {"min_value": 0}, {"x": [0.0, float("inf")]}, "pass"),
    ("values_to_be_between", {"min_value": "2020-01-01", "max_value": "2020-01-31"}, MOMENTS, "fail"),  # 15:00 is later
    ("values_to_be_between", {"min_value": "2020-01-01", "max_value": "2020-02-01"}, MOMENTS, "pass"),
    ("values_to_be_between", {"max_value": "2020-01-31T15:00:00"}, MOMENTS, "pass"),
    ("values_to_be_between", {"max_value": "2020-01-31T15:00:00", "strict_max": True}, MOMENTS, "fail"),
    ("values_to_be_in_set", {"value_set": [1, 2, 4, 5]}, INT, "pass"),
    ("values_to_be_in_set", {"value_set": [1, 2, None]}, INT, "fail"),
    ("values_to_be_in_set", {"value_set": [1, 2], "mostly": 0.5}, INT, "pass"),
    ("values_to_be_in_set", {"value_set": [True]}, {"x": [True, True]}, "pass"),
    ("values_to_be_in_set", {"value_set": [True]}, {"x": [True, False]}, "fail"),
    ("values_to_not_be_in_set", {"value_set": [3, 99]}, INT, "pass"),
    ("values_to_not_be_in_set", {"value_set": [99]}, OUTLIER, "fail"),
    ("values_to_not_be_in_set", {"value_set": [99], "mostly": 0.9}, OUTLIER, "pass"),
    ("distinct_values_to_be_in_set", {"value_set": [1, 2, 3]}, TWICE, "pass"),
    ("distinct_values_to_contain_set", {"value_set": [1, 9]}, TWICE, "fail"),
    ("distinct_values_to_contain_set", {"value_set": [1]}, TWICE, "pass"),
    ("distinct_values_to_equal_set", {"value_set": [1, 2, 3]}, TWICE, "pass"),
    ("distinct_values_to_equal_set", {"value_set": [1, 2]}, TWICE, "fail"),
    ("values_to_be_unique", {}, INT, "pass"),
    ("values_to_be_unique", {}, TWICE, "fail"),
    ("proportion_of_unique_values_to_be_between", {"min_value": 0.75}, TWICE, "pass"),  # 3 of 4
    ("proportion_of_unique_values_to_be_between", {"min_value": 0.75, "strict_min": True}, TWICE, "fail"),
    ("unique_value_count_to_be_between", {"min_value": 3, "max_value": 3}, TWICE, "pass"),
    ("unique_value_count_to_be_between", {"max_value": 2}, TWICE, "fail"),
    ("values_to_not_be_null", {}, INT, "fail"),
    ("values_to_not_be_null", {"mostly": 0.8}, INT, "pass"),  # 4 of all 5 rows
    ("values_to_not_be_null", {"mostly": 0.81}, INT, "fail"),
    ("values_to_be_null", {}, {"x": [None, None, None]}, "pass"),
    ("values_to_be_null", {"mostly": 0.2}, INT, "pass"),
    ("values_to_be_null", {"mostly": 0.3}, INT, "fail"),
    ("proportion_of_non_null_values_to_be_between", {"min_value": 0.8}, INT, "pass"),
    ("proportion_of_non_null_values_to_be_between", {"min_value": 0.8, "strict_min": True}, INT, "fail"),
    ("values_to_match_regex", {"regex": "b"}, LETTERS, "fail"),
    ("values_to_match_regex", {"regex": "a|b"}, LETTERS, "pass"),
    ("values_to_match_regex", {"regex": "^a"}, {"x": ["a", "ab", None]}, "pass"),
    ("values_to_match_regex", {"regex": r"^\S+@\S+$", "mostly": 0.6}, MAIL, "pass"),  # 2 of the 3 that are there
    ("values_to_match_regex", {"regex": r"^\S+@\S+$", "mostly": 0.7}, MAIL, "fail"),
    ("values_to_match_regex", {"regex": "(?i)^AB$"}, {"x": ["ab", "Ab"]}, "pass"),
    ("values_to_match_regex", {"regex": "a.b"}, {"x": ["axb", "a\nb"]}, "fail"),  # a line end is no character to .
    ("values_to_match_regex", {"regex": "(?s)a.b"}, {"x": ["axb", "a\nb"]}, "pass"),
    ("values_to_not_match_regex", {"regex": "ab"}, LETTERS, "fail"),
    ("values_to_not_match_regex", {"regex": "ab", "mostly": 0.6}, LETTERS, "pass"),
    ("values_to_match_regex_list", {"regex_list": ["^a$", "b"]}, LETTERS, "pass"),
    ("values_to_match_regex_list", {"regex_list": ["a", "b"], "match_on": "all"}, LETTERS, "fail"),
    ("values_to_match_regex_list", {"regex_list": ["a", "b"], "match_on": "all", "mostly": 0.3}, LETTERS, "pass"),
    ("values_to_not_match_regex_list", {"regex_list": ["x", "y"]}, LETTERS, "pass"),
    ("values_to_not_match_regex_list", {"regex_list": ["x", "ab"]}, LETTERS, "fail"),
    ("value_lengths_to_be_between", {"min_value": 1, "max_value": 2}, LETTERS, "pass"),
    ("value_lengths_to_be_between", {"min_value": 1, "strict_min": True}, LETTERS, "fail"),
    ("value_lengths_to_equal", {"value": 1}, {"x": ["é", "😀", None]}, "pass"),
    ("value_lengths_to_equal", {"value": 1, "mostly": 0.7}, LETTERS, "fail"),
    ("values_to_match_strftime_format", {"strftime_format": "%Y-%m-%d"}, {"x": ["2020-02-29", None]}, "pass"),
    ("values_to_match_strftime_format", {"strftime_format": "%Y-%m-%d"}, {"x": ["2020-02-30"]}, "fail"),
    ("values_to_be_json_parseable", {}, JSON, "fail"),
    ("values_to_be_json_parseable", {"mostly": 0.6}, JSON, "pass"),
    ("values_to_match_json_schema", {"json_schema": {"type": "object"}}, OBJECTS, "pass"),
    ("values_to_match_json_schema", {"json_schema": {"properties": {"a": {"const": 1}}}}, OBJECTS, "fail"),
    ("mean_to_be_between", {"min_value": 3, "max_value": 3}, INT, "pass"),
    ("mean_to_be_between", {"min_value": 3, "strict_min": True}, INT, "fail"),
    ("median_to_be_between", {"min_value": 4.5, "max_value": 4.5}, TEN, "pass"),
    ("stdev_to_be_between", {"min_value": 3.02, "max_value": 3.03}, TEN, "pass"),  # divided by n - 1
    ("sum_to_be_between", {"max_value": 11}, INT, "fail"),
    ("min_to_be_between", {"min_value": 1}, INT, "pass"),
    ("max_to_be_between", {"max_value": 5, "strict_max": True}, INT, "fail"),
    ("values_to_be_increasing", {}, TWICE, "pass"),
    ("values_to_be_increasing", {"strictly": True}, TWICE, "fail"),
    ("values_to_be_decreasing", {}, {"x": [5, 4, 4, None, 1]}, "pass"),
    ("values_to_be_decreasing", {"strictly": True}, {"x": [5, 4, 4, None, 1]}, "fail"),
    ("value_z_scores_to_be_less_than", {"threshold": 2, "double_sided": True}, OUTLIER, "fail"),
    ("value_z_scores_to_be_less_than", {"threshold": 2.9, "double_sided": True}, OUTLIER, "pass"),
    ("value_z_scores_to_be_less_than", {"threshold": 1, "double_sided": False}, HALF, "pass"),
    ("most_common_value_to_be_in_set", {"value_set": [1]}, TWICE, "pass"),
    ("most_common_value_to_be_in_set", {"value_set": [1]}, INT, "fail"),  # as frequent as others
    ("most_common_value_to_be_in_set", {"value_set": [1], "ties_okay": True}, INT, "pass"),
    ("to_exist", {}, INT, "pass"),
]


COLUMNS: list[tuple[Any, ...]] = [(name, kwargs, data["x"], expected) for name, kwargs, data, expected in GX]


@pytest.mark.parametrize("group", by_length(COLUMNS, 2), ids=lambda group: f"{len(next(iter(group.values()))[2])} rows")
def test_expectations_give_the_verdicts_of_great_expectations(
    group: dict[str, tuple[str, dict[str, Any], list[Any], str]], tmp_path: Path
) -> None:
    expectations = suite(
        *((f"column_{name}", {"column": column, **kwargs}) for column, (name, kwargs, _, _) in group.items())
    )
    assert not left(imported(expectations))
    found = verdicts_by_column({column: case[2] for column, case in group.items()}, expectations, tmp_path)
    wrong = {column: (group[column], found[column]) for column in group if found[column] != group[column][3]}
    assert not wrong


PAIRS = {"a": [3, 2, None, 4, None], "b": [1, 2, 2, None, None]}
SUMS = {"a": [1, 2, None], "b": [1, 1, None], "c": [8, 7, None]}
GAP = {"a": [1, None], "b": [2, 2], "c": [7, 8]}
TABLES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # rows without both values are left out unless they say otherwise; a missing one is not greater
    ("column_pair_values_a_to_be_greater_than_b", {"or_equal": True}, PAIRS, "fail"),
    *(
        ("column_pair_values_a_to_be_greater_than_b", {"or_equal": or_equal, "ignore_row_if": ignored}, PAIRS, expected)
        for or_equal, ignored, expected in (
            (True, "either_value_is_missing", "pass"),
            (False, "either_value_is_missing", "fail"),
            (True, "both_values_are_missing", "fail"),
            (True, "neither", "fail"),
        )
    ),
    ("column_pair_values_a_to_be_greater_than_b", {"or_equal": True, "mostly": 0.5}, PAIRS, "pass"),  # 2 of 4
    ("column_pair_values_to_be_equal", {}, {"a": [1, None], "b": [1, None]}, "pass"),
    ("column_pair_values_to_be_equal", {}, {"a": [1, None], "b": [1, 2]}, "fail"),
    ("column_pair_values_to_be_in_set", {"value_pairs_set": [[3, 1], [2, 2]]}, PAIRS, "fail"),
    *(
        (
            "column_pair_values_to_be_in_set",
            {"value_pairs_set": [[3, 1], [2, 2]], "ignore_row_if": how},
            PAIRS,
            expected,
        )
        for how, expected in (("either_value_is_missing", "pass"), ("neither", "fail"))
    ),
    ("compound_columns_to_be_unique", {"column_list": ["a", "b"]}, {"a": [1, 1, 2], "b": [1, 2, 2]}, "pass"),
    ("compound_columns_to_be_unique", {"column_list": ["a", "b"]}, {"a": [1, 1, 2], "b": [1, 1, 2]}, "fail"),
    ("select_column_values_to_be_unique_within_record", {"column_list": ["a", "b"]}, {"a": [1], "b": [1]}, "fail"),
    ("select_column_values_to_be_unique_within_record", {"column_list": ["a", "b"]}, {"a": [1], "b": [2]}, "pass"),
    ("multicolumn_sum_to_equal", {"column_list": ["a", "b", "c"], "sum_total": 10}, SUMS, "pass"),
    ("multicolumn_sum_to_equal", {"column_list": ["a", "b", "c"], "sum_total": 9}, SUMS, "fail"),
    ("multicolumn_sum_to_equal", {"column_list": ["a", "b", "c"], "sum_total": 10}, GAP, "fail"),
    (
        "multicolumn_sum_to_equal",
        {"column_list": ["a", "b", "c"], "sum_total": 10, "ignore_row_if": "any_value_is_missing"},
        GAP,
        "pass",
    ),
    (
        "multicolumn_sum_to_equal",
        {"column_list": ["a", "b", "c"], "sum_total": 10, "ignore_row_if": "never"},
        SUMS,
        "fail",
    ),
    ("multicolumn_values_to_be_equal", {"column_list": ["a", "b"]}, {"a": [1, None], "b": [1, None]}, "pass"),
    ("multicolumn_values_to_be_equal", {"column_list": ["a", "b"]}, {"a": [1, None], "b": [1, 1]}, "fail"),
    ("table_row_count_to_equal", {"value": 2}, GAP, "pass"),
    ("table_row_count_to_equal", {"value": 3}, GAP, "fail"),
    ("table_row_count_to_be_between", {"min_value": 2, "strict_min": True}, GAP, "fail"),
    ("table_column_count_to_equal", {"value": 3}, GAP, "pass"),
    ("table_column_count_to_be_between", {"max_value": 2}, GAP, "fail"),
    ("table_columns_to_match_set", {"column_set": ["c", "a", "b"]}, GAP, "pass"),
    ("table_columns_to_match_set", {"column_set": ["a", "b"]}, GAP, "fail"),
    ("table_columns_to_match_set", {"column_set": ["a", "b"], "exact_match": False}, GAP, "pass"),
    ("table_columns_to_match_set", {"column_set": ["a", "z"], "exact_match": False}, GAP, "fail"),
    ("table_columns_to_match_ordered_list", {"column_list": ["a", "b", "c"]}, GAP, "pass"),
    ("table_columns_to_match_ordered_list", {"column_list": ["b", "a", "c"]}, GAP, "fail"),
    ("table_columns_to_match_ordered_list", {"column_list": ["a", "b"]}, GAP, "fail"),
    ("column_values_to_not_be_null", {"column": "z"}, GAP, "fail"),
]


@pytest.mark.parametrize(("name", "kwargs", "data", "expected"), TABLES)
def test_an_expectation_of_the_table_gives_the_verdict_of_great_expectations(
    name: str, kwargs: dict[str, Any], data: dict[str, Any], expected: str, verdict: Verdict
) -> None:
    pair = {"column_A": "a", "column_B": "b"} if "_pair_" in name else {}
    expectations = suite(("column_to_exist", {"column": "a"}), (name, {**pair, **kwargs}))
    assert not left(imported(expectations))
    assert verdict(data, expectations) == expected


OTHERWISE = [
    (
        "quantile_values_to_be_between",
        {"quantile_ranges": {"quantiles": [0.25], "value_ranges": [[2, 2]]}},
        INT,
        "fail",
    ),
    ("values_to_match_regex", {"regex": "^abc$"}, {"x": ["abc\n"]}, "fail"),
    ("values_to_match_regex", {"regex": r"^\w$"}, {"x": ["é"]}, "fail"),
    ("value_z_scores_to_be_less_than", {"threshold": 1, "double_sided": False}, {"x": [0.0, 0.5, 1.0]}, "pass"),
    ("most_common_value_to_be_in_set", {"value_set": ["a", "b"]}, {"x": ["a", "b"]}, "pass"),
]


@pytest.mark.parametrize(("name", "kwargs", "data", "expected"), OTHERWISE)
def test_what_is_judged_otherwise_is_said(
    name: str, kwargs: dict[str, Any], data: dict[str, Any], expected: str, verdict: Verdict
) -> None:
    """Great Expectations gives the other verdict."""
    expectations = suite((f"column_{name}", {"column": "x", **kwargs}))
    assert verdict(data, expectations) == expected
    assert any(f"expect_column_{name} of x" in text for text in differs(imported(expectations)))


def test_nothing_to_judge_is_an_error_here(verdict: Verdict) -> None:
    """Great Expectations passes all three."""
    between = ("column_values_to_be_between", {"column": "x", "min_value": 0})
    assert verdict({"x": [None, None]}, suite(between)) == "error"
    assert verdict("x\n", suite(between)) == "error"
    chosen = {**between[1], "row_condition": "x == -1", "condition_parser": "pandas"}
    assert verdict("x\n1\n", suite((between[0], chosen))) == "error"


def test_numbers_of_a_text_file_are_compared_as_numbers(verdict: Verdict) -> None:
    """A suite declares no types: pandas finds them in the file, here its checks stand for them."""
    members = suite(("column_values_to_be_in_set", {"column": "x", "value_set": [1, 2]}))
    assert verdict("x\n1.0\n2\n", members) == "pass"
    forbidden = suite(("column_values_to_not_be_in_set", {"column": "x", "value_set": [-999]}))
    assert verdict("x\n-999.0\n2\n", forbidden) == "fail"
    flags = suite(("column_values_to_be_in_set", {"column": "x", "value_set": [True]}))
    assert verdict("x\nTrue\ntrue\n", flags) == "pass"
    summed = suite(("multicolumn_sum_to_equal", {"column_list": ["a", "b"], "sum_total": 11}))
    assert verdict("a,b\n2,9\n", summed) == "pass"
    chosen = {"column": "x", "max_value": 5, "row_condition": "n > 9", "condition_parser": "pandas"}
    assert verdict("x,n\n1,10\n7,9\n", suite(("column_values_to_be_between", chosen))) == "pass"
