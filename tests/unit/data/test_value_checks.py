"""Each check of single values: one table that it must fail, one that it must not."""

from __future__ import annotations

import datetime as dt
import decimal
import itertools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.config.schema import Bound, Read
from mlgate.outcome import Outcome, Status
from tests.unit.data.conftest import make_column

One = Callable[..., Outcome]


def text(*values: str) -> str:
    return "x,pad\n" + "".join(f"{value},.\n" for value in values)


@pytest.mark.parametrize(
    ("type_", "name", "argument", "good", "bad"),
    [
        ("integer", "between", [0, 120], ["0", "120", "-0"], ["121", "-1"]),
        ("integer", "between", Bound(strict_min=0, strict_max=5), ["1", "4"], ["0", "5"]),
        ("integer", "between", [None, 5], ["-999", "5"], ["6"]),
        ("number", "between", [0.1, 1], ["0.1", "1e0"], ["0.09", "nan", "inf", "-inf"]),
        ("number", "between", [0, None], ["inf", "1e300"], ["-0.1", "nan", "-inf"]),
        ("number", "between", [float("-inf"), float("inf")], ["inf", "-inf"], ["nan"]),
        ("date", "between", ["2020-01-01", "2020-12-31"], ["2020-01-01", "2020-12-31"], ["2021-01-01"]),
        ("date", "between", ["2020-01-01T12:00:00", None], ["2020-01-02"], ["2020-01-01"]),
        ("datetime", "between", ["2020-01-01", "2020-12-31"], ["2020-12-31T23:59:59", "2020-01-01"], ["2021-01-01 00:00"]),
        ("datetime", "between", [None, "2020-06-01T10:00:00"], ["2020-06-01T10:00:00"], ["2020-06-01T10:00:00.5"]),
        ("datetime", "between", [None, "2020-06-01T10:00:00+02:00"], ["2020-06-01T08:00:00Z"], ["2020-06-01T08:00:01Z"]),
        ("time", "between", ["08:00", "17:30"], ["08:00", "17:30:00"], ["17:30:01", "07:59"]),
        ("any", "between", [0, 5], ["1", "5"], ["6", "abc"]),
        ("any", "between", ["2020-01-01", None], ["2020-01-01"], ["2019-01-01", "abc"]),
        ("string", "in_set", ("F", "M"), ["F", "M"], ["f", "F "]),
        ("string", "in_set", ("it's", 'a"b', "\\"), ["it's", "\\"], ["its"]),
        ("integer", "in_set", (1, 2), ["1", "+2", "02"], ["3"]),
        ("number", "in_set", (0.1, 2), ["0.1", "2.0"], ["0.10001", "nan"]),
        ("boolean", "in_set", (True,), ["true", "1", "TRUE"], ["false", "0"]),
        ("date", "in_set", ("2020-01-01",), ["2020-01-01"], ["2020-01-02"]),
        ("any", "in_set", ("1", "true", "x"), ["1", "true", "x"], ["2", "1.0"]),
        ("string", "not_in_set", ("?",), ["a"], ["?"]),
        ("integer", "not_in_set", (0,), ["1"], ["0"]),
        ("string", "regex", "b+", ["abba", "b"], ["a"]),
        ("string", "regex", "^[^@]+@[^@]+$", ["a@b"], ["a@b@c", "ab"]),
        ("string", "fullmatch", "[A-Z]{2}", ["DE"], ["DEU", "de"]),
        ("any", "regex", "^1", ["12"], ["21"]),
        ("string", "length", [1, 3], ["a", "äöü"], ["abcd"]),
        ("string", "length", Bound(strict_max=3), ["ab"], ["abc"]),
        ("string", "unique", True, ["a", "A", "b"], ["c", "c"]),
        ("integer", "unique", True, ["1", "2"], ["7", "07"]),
    ], ids=itertools.count(),
)  # fmt: skip
def test_good_values_pass_and_each_bad_one_fails(
    one: One, type_: str, name: str, argument: Any, good: list[str], bad: list[str]
) -> None:
    passed = one(text(*good), type_, name, argument)
    assert (passed.status, passed.evidence["failing"], passed.evidence["judged"]) == (Status.PASS, 0, len(good))
    assert passed.location is not None
    assert (passed.location.path, passed.location.line) == ("schemas/s.yaml", 3)
    failed = one(text(*good, *bad), type_, name, argument)
    assert failed.status is Status.FAIL
    wrong = 1 if name == "unique" else len(bad)
    assert failed.evidence["failing"] == wrong
    rows = [row["row"] for row in failed.evidence["rows"]]
    assert rows == list(range(len(good) + 1, len(good) + len(bad) + 1))
    assert [row["value"] for row in failed.evidence["rows"]] == bad


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        (
            "datetime",
            ["2026-01-05T10:00:00+23:59", "2026-01-05T10:00:00-0000", "2026-01-05 24:00", "0001-01-01", "9999-12-31T23:59"],
            ["2026-01-05T10:00:00+24:00", "2026-01-05T10:00:00+25:00", "2026-01-05T10:00:00+14:60", "0000-01-01",
             "0000-12-31T00:00:00", "0000-01-01 00:00:00Z", "2026-01-05T24:00:01"],
        ),
        ("date", ["0001-01-01", "0099-02-28", "1000-01-01", "9999-12-31"], ["0000-01-01", "0000-12-31", " 0000-01-01"]),
        ("time", ["00:00", "23:59:59.999"], ["24:00", "24:00:00", "25:00", "23:60"]),
        (
            "number",
            ["inf", "-Infinity", "+INF", " inf ", "1e308", "-1.7e+308", "9" * 308, "1e-400", "0e999", "nan"],
            ["1e400", "-1E400", "1e309", "1e+400", "9" * 400, f"{'9' * 250}e99", " 1e999 "],
        ),
    ],
)  # fmt: skip
def test_what_no_calendar_and_no_double_holds_is_not_of_the_type(
    check: Any, schema: Any, type_: str, good: list[str], bad: list[str]
) -> None:
    for mark in (".", ","):
        values = [value.replace(".", mark) if type_ == "number" else value for value in (*good, *bad)]
        content = "x;pad\n" + "".join(f"{value};.\n" for value in values)
        declared = schema(make_column("x", type_), read=Read(delimiter=";", decimal=mark))
        found = check(content, declared, privacy="full")["x/type"]
        assert found.evidence["failing"] == len(bad)
        assert [row["row"] for row in found.evidence["rows"]] == list(range(len(good) + 1, len(values) + 1))


def test_a_number_too_large_passes_no_bound(one: One) -> None:
    assert one(text("1e400", "5"), "number", "between", [0, None]).evidence == {
        "judged": 1, "failing": 0, "null": 0, "not_of_type": 1,
    }  # fmt: skip
    for name, argument in (("between", [0, None]), ("finite", True)):
        failed = one(text("1e400", "5"), "any", name, argument)
        assert (failed.status, failed.evidence["failing"]) == (Status.FAIL, 1)
    assert one(text("1e400", "1e400"), "number", "max", [0, None]).status in (Status.ERROR, Status.SKIP)


def test_words_for_a_reviewer(one: One) -> None:
    outcome = one(text("131", "12", "130", ""), "integer", "between", [0, 120])
    assert outcome.message == "2 of 3 values are outside 0 to 120 (largest 131); beside them 1 null"
    assert (outcome.observed, outcome.expected) == (131, "between 0 and 120")
    assert outcome.subject == "t.x"
    low = one(text("-3", "12"), "integer", "between", [0, None])
    assert (low.message, low.observed) == ("1 of 2 values is not at least 0 (smallest -3)", -3)
    nan = one(text("nan", "5", "7"), "number", "between", [0, 5])
    assert nan.message == "2 of 3 values are outside 0 to 5 (largest 7, 1 NaN)"
    day = one(text("2021-02-01"), "date", "between", ["2020-01-01", "2020-12-31"])
    assert day.observed == "2021-02-01"
    good = one(text("5"), "integer", "between", [5, 5])
    assert good.message == "1 value judged, every one exactly 5"


class TestNulls:
    def test_null_is_not_judged_but_counted(self, one: One) -> None:
        outcome = one(text("5", "", ""), "integer", "between", [0, 9])
        assert outcome.status is Status.PASS
        assert outcome.evidence == {"judged": 1, "failing": 0, "null": 2}
        assert "2 null" in outcome.message

    @pytest.mark.parametrize("name", ["between", "unique", "in_set"])
    def test_column_of_nulls_is_an_error(self, one: One, name: str) -> None:
        argument = {"between": [0, 1], "unique": True, "in_set": (1,)}[name]
        outcome = one(text("", ""), "integer", name, argument)
        assert outcome.status is Status.ERROR
        assert outcome.message == "0 values judged: all 2 are null"

    def test_unless_the_schema_allows_it(self, check: Any, column: Any, rule: Any, schema: Any) -> None:
        declared = column("x", "integer", rule("between", [0, 1]), rule("null_fraction", Bound(max=1)))
        found = check(text("", ""), schema(declared))
        assert {found[f"x/{name}"].status for name in ("type", "between", "null_fraction")} == {Status.PASS}
        assert found["x/between"].message.startswith("0 values judged")

    def test_not_null(self, one: One) -> None:
        assert one(text("1", "2"), "integer", "not_null", True).status is Status.PASS
        outcome = one(text("1", "", "3"), "integer", "not_null", True)
        assert (outcome.status, outcome.observed) == (Status.FAIL, 1)
        assert outcome.message == "1 of 3 values is missing"
        assert outcome.evidence == {
            "judged": 3,
            "failing": 1,
            "null": 1,
            "rows": [{"row": 2, "value": None, "key": {}}],
        }
        assert one(text("1", "", "3"), "integer", "not_null", True, mostly=0.6).status is Status.PASS

    def test_nan_is_missing(self, one: One) -> None:
        outcome = one({"x": [1.0, float("nan"), None]}, "number", "not_null", True)
        assert outcome.message == "2 of 3 values are missing (1 of them NaN)"
        assert (outcome.evidence["null"], outcome.evidence["nan"]) == (1, 1)
        assert one(text("nan", "1"), "number", "not_null", True).status is Status.FAIL

    def test_null_fraction(self, one: One) -> None:
        content = text("1", "", "3", "nan")
        outcome = one(content, "number", "null_fraction", Bound(max=0.4))
        assert (outcome.status, outcome.observed) == (Status.FAIL, 0.5)
        assert one(content, "number", "null_fraction", Bound(max=0.5)).status is Status.PASS
        assert one(content, "number", "null_fraction", Bound(min=0.6)).status is Status.FAIL

    def test_quoted_null_token_is_null(self, one: One) -> None:
        assert one('x,y\n"",1\n', "string", "not_null", True).status is Status.FAIL


class TestMostly:
    def test_share_of_the_judged_values(self, one: One) -> None:
        content = text(*["1"] * 99, "5", *[""] * 50)
        outcome = one(content, "integer", "between", [0, 1], mostly=0.99)
        assert outcome.status is Status.PASS
        assert outcome.expected == "between 0 and 1 for at least 0.99 of the values"
        assert one(content, "integer", "between", [0, 1], mostly=0.991).status is Status.FAIL

    def test_warn_softens_a_failure_and_keeps_its_rows(self, one: One) -> None:
        outcome = one(text("5"), "integer", "between", [0, 1], severity=Status.WARN)
        assert outcome.status is Status.WARN
        assert outcome.evidence["rows"]

    def test_warn_never_softens_an_error(self, one: One) -> None:
        assert one(text(""), "integer", "between", [0, 1], severity=Status.WARN).status is Status.ERROR
        assert one(text("1"), "integer", "mean", [0, 1], severity=Status.WARN).status is Status.PASS
        assert one(text(""), "integer", "mean", [0, 1], severity=Status.WARN).status is Status.ERROR

    def test_name_ends_the_id(self, check: Any, column: Any, rule: Any, schema: Any) -> None:
        declared = column("x", "integer", rule("between", [0, 1], name="score/range"))
        found = check(text("5"), schema(declared))["x/score%2Frange"]
        assert found.check == "between"


class TestPrivacy:
    CONTENT = "x,id\njane@example.com,p1\n"

    @pytest.mark.parametrize(
        ("privacy", "rows"),
        [
            ("none", None),
            ("masked", [{"row": 1, "value": "j*** (16 characters)", "key": {"id": "p*** (2 characters)"}}]),
            ("full", [{"row": 1, "value": "jane@example.com", "key": {"id": "p1"}}]),
        ],
    )
    def test_what_of_a_row_may_appear(
        self, check: Any, column: Any, rule: Any, schema: Any, privacy: str, rows: Any
    ) -> None:
        declared = column("x", "string", rule("in_set", ("a",)))
        outcome = check(self.CONTENT, schema(declared), privacy=privacy, key=["id", "absent"])["x/in_set"]
        assert outcome.evidence.get("rows") == rows
        if privacy != "full":
            assert "jane" not in repr(outcome)

    def test_at_most_ten_rows(self, one: One) -> None:
        rows = one(text(*["9"] * 30), "integer", "between", [0, 1]).evidence["rows"]
        assert [row["row"] for row in rows] == list(range(1, 11))


class TestTypes:
    @pytest.mark.parametrize(
        ("type_", "good", "bad"),
        [
            ("integer", ["1", "-2", "+3", "007", " 4 ", "9" * 38], ["1.0", "1e3", "1_000", "0x1F", "abc", "9" * 39, "true"]),
            ("number", ["1", "1.5", ".5", "5.", "1e-3", "nan", "-inf", " 2 "], ["1_000", "1 000", "12 kg", "0x1F", "1d"]),
            ("boolean", ["true", "False", "TRUE", "1", "0"], ["t", "yes", "2", "on"]),
            ("date", ["2020-02-29", "0001-01-01"], ["2020-2-9", "2020/02/09", "2021-02-29", "infinity", "epoch", "2020-01-01T10:00"]),
            ("datetime", ["2020-01-01", "2020-01-01T10:00", "2020-01-01 10:00:00.5", "2020-01-01T10:00:00Z",
                          "2020-01-01T10:00:00+02:00"], ["2020-01-01T25:00:00", "yesterday", "01.02.2020", "infinity"]),
            ("time", ["10:00", "23:59:59.5"], ["24:01", "10", "10:00 pm"]),
            ("duration", ["P1D", "PT2H30M", "-P1W", "PT0.5S"], ["P", "PT", "1d", "P1DT"]),
            ("string", ["a", "1", "é"], []),
            ("binary", ["YQ=="], []),
        ],
    )  # fmt: skip
    def test_text_is_read_strictly(
        self, check: Any, column: Any, schema: Any, type_: str, good: list[str], bad: list[str]
    ) -> None:
        found = check(text(*good, *bad), schema(column("x", type_)), privacy="full")["x/type"]
        assert found.evidence["failing"] == len(bad)
        assert [row["value"] for row in found.evidence.get("rows", [])] == bad
        assert found.status is (Status.FAIL if bad else Status.PASS)

    def test_decimal_comma(self, check: Any, column: Any, rule: Any, schema: Any) -> None:
        declared = schema(column("x", "number", rule("sum", [3.6, 3.8])), read=Read(delimiter=";", decimal=","))
        found = check("x;y\n1,5;a\n2,2;b\n1.5;c\n", declared)
        assert found["x/sum"].status is Status.PASS
        assert found["x/type"].evidence["failing"] == 1

    @pytest.mark.parametrize(
        ("type_", "values", "failing"),
        [
            ("integer", [1, 2], 0),
            ("integer", [1.0, None, 2.5], 1),
            ("integer", [1.0, float("nan"), float("inf")], 2),
            ("integer", ["1"], 1),
            ("number", [1, 2], 0),
            ("number", [1.5, float("nan")], 0),
            ("number", [decimal.Decimal("1.50")], 0),
            ("number", ["1"], 1),
            ("boolean", [True, None], 0),
            ("boolean", [0, 1, 2], 1),
            ("boolean", [0.0, 1.0], 0),
            ("string", ["a"], 0),
            ("string", [1], 1),
            ("date", [dt.date(2020, 1, 1)], 0),
            ("date", [dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2020, 1, 1, 5, tzinfo=dt.UTC)], 1),
            ("datetime", [dt.datetime(2020, 1, 1, tzinfo=dt.UTC)], 0),
            ("datetime", [dt.date(2020, 1, 1)], 0),
            ("time", [dt.time(10, 0)], 0),
            ("duration", [dt.timedelta(days=1)], 1),
            ("binary", [b"x"], 0),
            ("binary", ["x"], 1),
        ],
    )
    def test_parquet_by_its_stored_type(
        self, check: Any, column: Any, schema: Any, type_: str, values: list[Any], failing: int
    ) -> None:
        found = check({"x": values}, schema(column("x", type_)))["x/type"]
        if type_ == "duration":  # Parquet stores a timedelta as a whole number
            assert found.status is Status.FAIL
            return
        assert found.evidence["failing"] == failing
        assert found.status is (Status.FAIL if failing else Status.PASS)

    def test_other_stored_type_is_named(self, check: Any, column: Any, schema: Any) -> None:
        found = check({"x": ["1", "2"]}, schema(column("x", "integer")))["x/type"]
        assert found.message == "2 of 2 values are not of type integer (stored as VARCHAR)"

    def test_values_of_another_type_are_left_to_the_type_check(self, one: One) -> None:
        outcome = one(text("5", "abc"), "integer", "between", [0, 9])
        assert outcome.status is Status.PASS
        assert outcome.evidence == {"judged": 1, "failing": 0, "null": 0, "not_of_type": 1}

    def test_nothing_of_the_type_is_skipped_since_the_type_check_fails(
        self, check: Any, column: Any, rule: Any, schema: Any
    ) -> None:
        found = check(text("a", "b"), schema(column("x", "integer", rule("between", [0, 9]))))
        assert (found["x/type"].status, found["x/between"].status) == (Status.FAIL, Status.SKIP)

    def test_declared_type_rule_has_its_own_severity(self, check: Any, column: Any, rule: Any, schema: Any) -> None:
        declared = column("x", "integer", rule("type", "integer", severity=Status.WARN))
        assert check(text("a", "1"), schema(declared))["x/type"].status is Status.WARN

    def test_single_precision_is_compared_in_single_precision(self, one: One) -> None:
        import pyarrow as pa

        content = {"x": pa.array([0.1, 0.3], pa.float32())}
        assert one(content, "number", "between", [0.1, 0.3]).status is Status.PASS
        assert one(content, "number", "in_set", (0.1, 0.3)).status is Status.PASS

    @pytest.mark.parametrize("declared", ["", "any"])
    @pytest.mark.parametrize(
        ("type_", "arrow", "first", "second"),
        [
            ("datetime", "timestamp[ns]", 1, 2),
            ("datetime", "timestamp[ns, tz=UTC]", 1, 2),
            ("time", "time64[ns]", 1, 2),
            ("number", "decimal", decimal.Decimal("12345678901234567890.1"), decimal.Decimal("12345678901234567890.2")),
            ("number", "double", 0.1, 0.2),
            ("string", "string", "a", "A"),
        ],
    )
    def test_stored_values_are_told_apart_as_finely_as_they_are_stored(
        self, one: One, type_: str, arrow: str, first: Any, second: Any, declared: str
    ) -> None:
        import pyarrow as pa

        stored = {
            "timestamp[ns, tz=UTC]": pa.timestamp("ns", "UTC"),
            "time64[ns]": pa.time64("ns"),
            "decimal": pa.decimal128(38, 1),
        }.get(arrow, arrow)
        good = one({"x": pa.array([first, second, None, None], stored)}, declared or type_, "unique", True)
        assert (good.status, good.evidence) == (Status.PASS, {"judged": 2, "failing": 0, "null": 2})
        bad = one({"x": pa.array([first, second, None, second], stored)}, declared or type_, "unique", True)
        assert (bad.status, bad.evidence["failing"], bad.evidence["null"]) == (Status.FAIL, 1, 1)
        assert [row["row"] for row in bad.evidence["rows"]] == [2, 4]

    def test_zoned_nanoseconds_are_moments_in_utc(self, one: One) -> None:
        import pyarrow as pa

        content = {"x": pa.array([-1, 0, 86_400_000_000_000, None], pa.timestamp("ns", "Europe/Paris"))}
        assert one(content, "datetime", "type", "datetime").status is Status.PASS
        outcome = one(content, "datetime", "between", ["1970-01-01T00:00:00", "1970-01-01T23:59:59"])
        assert [row["row"] for row in outcome.evidence["rows"]] == [1, 3]

    def test_stored_values_of_another_type_repeat_as_the_declared_one(self, one: One) -> None:
        assert one({"x": [1.0, 2.0, 2.0, 2.5, 2.5]}, "integer", "unique", True).evidence["failing"] == 1
        nan = one({"x": [float("nan"), float("nan"), 0.0, -0.0]}, "number", "unique", True)
        assert (nan.status, nan.evidence["failing"]) == (Status.FAIL, 2)

    @pytest.mark.parametrize(
        ("type_", "name", "argument"),
        [
            ("integer", "regex", "a"),
            ("integer", "length", [0, 1]),
            ("string", "mean", [0, 1]),
            ("string", "between", [0, 1]),
            ("integer", "between", ["2020-01-01", None]),
            ("integer", "in_set", ("a",)),
            ("integer", "in_set", (float("nan"),)),
            ("boolean", "in_set", ("yes",)),
            ("date", "in_set", (5,)),
            ("date", "between", ["yesterday", None]),
            ("string", "in_set", ("a\0b",)),
            ("string", "in_set", ("\ud800",)),
            ("string", "length", ["a", None]),
            ("string", "regex", "(?=a)"),
            ("string", "no_such_check", None),
            ("integer", "label_distribution", {"x": [0, 1]}),
        ],
        ids=itertools.count(),
    )
    def test_what_cannot_be_computed_is_an_error(self, one: One, type_: str, name: str, argument: Any) -> None:
        outcome = one(text("1"), type_, name, argument)
        assert outcome.status is Status.ERROR

    def test_one_broken_check_leaves_the_others_alone(self, check: Any, column: Any, rule: Any, schema: Any) -> None:
        declared = column("x", "string", rule("regex", "(?=a)"), rule("in_set", ("a",)), rule("fullmatch", "("))
        found = check(text("a"), schema(declared))
        assert [found[f"x/{name}"].status for name in ("type", "regex", "in_set", "fullmatch")] == [
            Status.PASS,
            Status.ERROR,
            Status.PASS,
            Status.ERROR,
        ]


class TestProperties:
    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        values=st.lists(
            st.sampled_from(["", "1", "-7", "131", "2.5", "abc", "nan", "1_0", " 8 "]), min_size=1, max_size=9
        ),
        type_=st.sampled_from(["integer", "number", "string", "any"]),
    )
    def test_counts_reconcile_with_the_rows(self, one: One, values: list[str], type_: str) -> None:
        name, argument = ("between", [0, 120]) if type_ != "string" else ("regex", "1")
        evidence = one(text(*values), type_, name, argument).evidence
        assert evidence["judged"] + evidence["null"] + evidence.get("not_of_type", 0) == len(values)
        assert evidence["null"] == values.count("")
        assert len(evidence.get("rows", [])) == min(evidence["failing"], 10)
        assert evidence["failing"] <= evidence["judged"]

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        members=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=6), min_size=1, max_size=4),
        other=st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=6),
    )  # fmt: skip
    def test_hostile_values_are_only_values(self, one: One, members: list[str], other: str) -> None:
        outcome = one({"x": [*members, other]}, "string", "in_set", tuple(members))
        assert outcome.evidence["failing"] == (other not in members)

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        name=st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=12).filter(
            "other".__ne__
        )
    )
    def test_hostile_column_names_are_only_names(
        self, check: Any, column: Any, rule: Any, schema: Any, save: Any, name: str
    ) -> None:
        path: Path = save({name: [1, 2, 2], "other": [1, 1, 1]})
        declared = column(name, "integer", rule("unique", True), rule("between", [1, 1]))
        found = check(path, schema(declared, rules=(rule("unique", (name, "other")),)), key=[name], privacy="full")
        assert len(found) == 8
        assert sum(outcome.status is Status.FAIL for outcome in found.values()) == 3
        key = next(outcome for outcome in found.values() if outcome.check == "between").evidence["rows"][0]["key"]
        assert key == {name: 2}

    number = re.compile(r"[+-]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?|inf(inity)?|nan)", re.IGNORECASE | re.ASCII)

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        values=st.lists(
            st.text(st.sampled_from("0123456789+-.eE_xinfa "), min_size=1, max_size=7), min_size=1, max_size=10
        )
    )
    def test_numbers_and_integers_are_what_a_pattern_says(
        self, check: Any, column: Any, schema: Any, values: list[str]
    ) -> None:
        content = "integer,number\n" + "".join(f"{value},{value}\n" for value in values)
        types = check(content, schema(*(column(type_, type_) for type_ in ("integer", "number"))), privacy="full")
        for type_, expected in (("integer", re.compile("[+-]?[0-9]+")), ("number", self.number)):
            odd = {row["row"] for row in types[f"{type_}/type"].evidence.get("rows", [])}
            assert odd == {row for row, value in enumerate(values, start=1) if not expected.fullmatch(value.strip(" "))}


def test_outcome_mapping_is_stable(
    check: Callable[..., Mapping[str, Outcome]], column: Any, rule: Any, schema: Any
) -> None:
    declared = schema(column("x", "integer", rule("unique", True), rule("between", [0, 1])))
    assert list(check(text("1"), declared)) == [
        "unparseable_rows",
        "extra_columns",
        "row_count",
        "x/column_exists",
        "x/type",
        "x/unique",
        "x/between",
        "pii",
    ]
