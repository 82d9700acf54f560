"""Hygiene of how values are written, and of the header."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mlgate.outcome import Outcome, Status

Hygiene = Callable[..., Mapping[str, Outcome]]


def text(*values: object, name: str = "x") -> str:
    return f"n;{name}\n" + "".join(f"{place};{value}\n" for place, value in enumerate(values))


class TestMixedFormats:
    @pytest.mark.parametrize(
        ("values", "words"),
        [
            (["1,5", "2,25", "1.234,5", "-7,0"], "decimal comma"),
            (
                ["2026-01-01T10:00:00Z", "2026-01-01 10:00:00", "2026-01-01T10:00:00+02:00"],
                "2 of 3 values with a time zone",
            ),
            (
                [1_700_000_000, 1_700_000_001, 1_700_000_000_000],
                "2 of 3 values look like seconds since 1970, 1 like mill",
            ),
        ],
    )
    def test_two_ways_of_writing_are_told(self, hygiene: Hygiene, values: list[Any], words: str) -> None:
        found = hygiene(text(*values))["x/mixed_formats"]
        assert found.status is Status.WARN
        assert words in found.message
        assert found.evidence["rows"]

    @pytest.mark.parametrize(
        "values",
        [
            ["a,5", "b,6", "c,7"],
            ["1,5", "one", "two", "three"],
            ["2026-01-01T10:00:00Z", "2026-01-01T10:00:00+02:00"],
            ["2026-01-01", "2026-01-02 10:00:00"],
            [1_700_000_000, 1_700_000_001],
            [5, 1_700_000_000, 1_700_000_000_000],
            ["", "", "1"],
        ],
    )
    def test_one_way_is_no_finding(self, hygiene: Hygiene, values: list[Any]) -> None:
        assert hygiene(text(*values))["mixed_formats"].status is Status.PASS

    def test_typed_columns_have_epochs_too(self, hygiene: Hygiene) -> None:
        found = hygiene({"n": [1, 2, 3], "x": [1_700_000_000, None, 1_700_000_000_000]})
        assert found["x/mixed_formats"].status is Status.WARN


class TestNotFinite:
    @pytest.mark.parametrize("table", [text(1.5, 2, "inf", "-inf", ""), {"n": [1, 2], "x": [math.inf, -math.inf]}])
    def test_infinite_numbers_warn(self, hygiene: Hygiene, table: Any) -> None:
        found = hygiene(table)["x/not_finite"]
        assert found.status is Status.WARN
        assert found.observed == 2

    @pytest.mark.parametrize(
        "table", [text(1.5, 2, ""), text("inf", "Info", "in"), {"n": [1, 2], "x": [math.nan, None]}]
    )
    def test_finite_ones_do_not(self, hygiene: Hygiene, table: Any) -> None:
        assert hygiene(table)["not_finite"].status is Status.PASS


class TestHeader:
    @pytest.mark.parametrize(
        ("header", "words"), [("1,2.5,3", "may be data"), ("a,,b", "1 column of 3 is without a name")]
    )
    def test_odd_names_warn(self, hygiene: Hygiene, header: str, words: str) -> None:
        found = hygiene(f"{header}\nx,y,z\n")["header_names"]
        assert found.status is Status.WARN
        assert words in found.message

    def test_numbers_among_names_are_names(self, hygiene: Hygiene) -> None:
        assert hygiene("id,2024,2025\na,1,2\n")["header_names"].status is Status.PASS

    def test_typed_files_are_not_asked(self, hygiene: Hygiene) -> None:
        assert {"header_names", "repeated_header"}.isdisjoint(hygiene({"1": [1], "2": [2]}))

    def test_a_header_that_stands_again_fails_with_its_rows(self, hygiene: Hygiene) -> None:
        found = hygiene("a,b\nx,y\na,b\nz,w\na,b\n", privacy="full")["repeated_header"]
        assert (found.status, found.observed) == (Status.FAIL, 2)
        assert found.message == "2 rows repeat the header"
        assert [row["row"] for row in found.evidence["rows"]] == [2, 4]

    def test_names_that_are_no_text_are_left_out(self, hygiene: Hygiene) -> None:
        found = hygiene("a\0,b,c\n1,b,c\n2,x,y\n")
        assert found["repeated_header"].observed == 1

    def test_it_stands_once(self, hygiene: Hygiene) -> None:
        assert hygiene("a,b\na,x\ny,b\n")["repeated_header"].status is Status.PASS
        assert "repeated_header" not in hygiene("a\na\n")
