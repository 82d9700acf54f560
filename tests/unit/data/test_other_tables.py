"""A table against another one as a whole: its number of rows, all of its rows."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.outcome import Outcome, Status
from tests.unit.data.linked import Content, checked, schema_of

NAN = float("nan")


def equal(folder: Path, here: Content, there: Content, *, more: str = "", columns: str = "{a: {type: any}}") -> Outcome:
    declared = schema_of(columns, f"table_equals: {{dataset: w{more}}}")
    found: dict[str, Outcome] = checked(folder, here, declared, {"w": there})
    return found["table_equals"]


class TestRowCount:
    @pytest.mark.parametrize(
        ("rows", "other", "tolerance", "status"),
        [
            (3, 3, None, Status.PASS),
            (3, 4, None, Status.FAIL),
            (9, 10, 0.1, Status.PASS),
            (11, 10, 0.1, Status.PASS),
            (8, 10, 0.1, Status.FAIL),
            (12, 10, 0.1, Status.FAIL),
            (2, 0, 0.5, Status.FAIL),
        ],
    )
    def test_as_many_rows(self, tmp_path: Path, rows: int, other: int, tolerance: Any, status: Status) -> None:
        more = "" if tolerance is None else f", tolerance: {tolerance}"
        declared = schema_of("{a: {type: any}}", f"row_count_equals_table: {{dataset: w{more}}}")
        there: tuple[Content, ...] = ("a,b\n" + "1,2\n" * other, {"z": pa.array([1] * other, pa.int64())})
        for content in there:
            found = checked(tmp_path / type(content).__name__, "a,b\n" + "1,2\n" * rows, declared, {"w": content})
            outcome = found["row_count_equals_table"]
            assert (outcome.status, outcome.observed) == (status, rows)
            assert outcome.evidence == {"rows": rows, "other_rows": other}
            assert outcome.message.startswith(f"{rows} rows, w has {other}")

    def test_rows_of_a_condition(self, tmp_path: Path) -> None:
        declared = schema_of(
            "{a: {type: integer}}", "checks: [{row_count_equals_table: {dataset: w}, where: 'a > 1', name: some}]"
        )
        found = checked(tmp_path, "a,b\n1,0\n2,0\n3,0\n", declared, {"w": "a,b\n7,0\n7,0\n"})
        assert (found["some"].status, found["some"].observed) == (Status.PASS, 2)

    def test_a_table_that_cannot_be_read_in_full_is_an_error(self, tmp_path: Path) -> None:
        declared = schema_of("{a: {type: any}}", "row_count_equals_table: {dataset: w}")
        found = checked(tmp_path, "a,b\n1,0\n", declared, {"w": "a,b\n7,0\n7\n"})
        assert found["row_count_equals_table"].status is Status.ERROR
        assert "cannot be parsed" in found["row_count_equals_table"].message


FRACTIONS = {"a": pa.array([Decimal("0.25"), Decimal(0), Decimal("-0.05")], pa.decimal128(4, 4))}


class TestEqual:
    def test_the_order_of_rows_and_columns_does_not_matter(self, tmp_path: Path) -> None:
        outcome = equal(tmp_path, "a,b\n1,x\n2,y\n2,y\n", "b,a\ny,2\nx,1\ny,2\n")
        assert (outcome.status, outcome.message) == (Status.PASS, "3 rows, the same in w")
        assert outcome.evidence == {"judged": 3, "failing": 0, "other_rows": 3, "only_there": 0}

    def test_rows_of_one_side_only_are_counted_and_shown(self, tmp_path: Path) -> None:
        outcome = equal(tmp_path, "a,b\n1,x\n2,y\n2,y\n3,\n", "a,b\n4,z\n2,y\n1,x\n")
        assert (outcome.status, outcome.observed) == (Status.FAIL, 3)
        assert outcome.message == "2 rows of 4 only here, 1 of 3 only in w"
        assert outcome.evidence == {
            "judged": 4,
            "failing": 2,
            "other_rows": 3,
            "only_there": 1,
            "rows_there": [{"row": 1, "value": "4, z"}],
            "rows": [{"row": 3, "value": "2, y", "key": {}}, {"row": 4, "value": "3, ", "key": {}}],
        }

    def test_privacy(self, tmp_path: Path) -> None:
        declared = schema_of("{a: {type: any}}", "table_equals: {dataset: w}")
        for privacy, shown in (("masked", [{"row": 1, "value": "s*** (9 characters)"}]), ("none", None)):
            found = checked(tmp_path, "a,b\n1,x\n", declared, {"w": "a,b\nsecret,x\n"}, privacy=privacy)
            assert found["table_equals"].evidence.get("rows_there") == shown
            assert ("rows" in found["table_equals"].evidence) == (privacy == "masked")

    def test_ordered(self, tmp_path: Path) -> None:
        here, there = "a,b\n1,x\n2,y\n3,z\n", "a,b\n1,x\n3,z\n2,y\n"
        assert equal(tmp_path, here, there).status is Status.PASS
        assert equal(tmp_path, here, here, more=", ordered: true").status is Status.PASS
        outcome = equal(tmp_path, here, there, more=", ordered: true")
        assert outcome.message == "2 rows of 3 only here, 2 of 3 only in w (a row and its place are compared)"
        assert [row["row"] for row in outcome.evidence["rows"]] == [2, 3]

    def test_some_columns(self, tmp_path: Path) -> None:
        outcome = equal(tmp_path, "a,b\n1,x\n", "a,c\n1,y\n", more=", columns: [a]")
        assert outcome.status is Status.PASS
        absent = equal(tmp_path, "a,b\n1,x\n", "b,c\n1,y\n", more=", columns: [a]")
        assert (absent.status, absent.message) == (Status.FAIL, "1 column not in w: a")

    def test_other_columns(self, tmp_path: Path) -> None:
        outcome = equal(tmp_path, "a,b\n1,x\n", "a,c,d\n1,x,1\n")
        assert (outcome.status, outcome.observed) == (Status.FAIL, ["b", "c", "d"])
        assert outcome.message == "1 column not in w: b; 2 columns only in w: c, d"

    @pytest.mark.parametrize(("here", "there"), [("a,a\n1,1\n", "a,b\n1,1\n"), ("a,b\n1,1\n", "a,a\n1,1\n")])
    def test_a_name_that_stands_twice_is_an_error(self, tmp_path: Path, here: str, there: str) -> None:
        assert equal(tmp_path, here, there).status is Status.ERROR

    @pytest.mark.parametrize(
        ("type_", "here", "there", "same"),
        [
            ("any", {"a": [1, None]}, "a\n1\n\n", True),
            ("any", {"a": [1, None]}, {"a": [1.0, None]}, True),
            ("any", {"a": [0.1]}, {"a": pa.array([0.1], pa.float32())}, True),
            ("any", {"a": [1]}, {"a": [1.5]}, False),
            ("any", {"a": [dt.date(2026, 1, 1)]}, "a\n2026-01-01\n", True),
            ("any", {"a": [None]}, {"a": pa.array([None], pa.string())}, True),
            ("integer", "a\n007\n", "a\n7\n", True),
            ("any", "a\n007\n", "a\n7\n", False),
            ("number", "a\n1.50\n", "a\n1.5\n", True),
            ("number", "a\n9007199254740993\n", "a\n9007199254740992\n", False),
            ("boolean", "a\ntrue\n", "a\n1\n", True),
            ("any", FRACTIONS, "a\n0.25\n0\n-0.05\n", True),
            ("number", FRACTIONS, {"a": [0.25, 0, -0.05]}, True),
            ("any", FRACTIONS, "a\n0.25\n0\n0.05\n", False),
            ("any", {"a": [-0.0, -0.0]}, "a\n-0.0\n-0\n", True),
            ("any", {"a": [-0.0]}, "a\n-0.5\n", False),
            # null is null and NaN is NaN, and neither is something else
            ("any", {"a": [NAN, 1.0]}, {"a": [1.0, NAN]}, True),
            ("any", {"a": [NAN, 1.0]}, {"a": [1.0, 1.0]}, False),
            ("any", {"a": [1.0, 1.0]}, {"a": [NAN, 1.0]}, False),
            ("any", {"a": pa.array([NAN, 1.0])}, {"a": pa.array([1.0, 1.0], pa.float32())}, False),
            ("any", {"a": [NAN, 1.0]}, {"a": [None, 1.0]}, False),
            # what is not of the type is not null
            ("integer", "a,b\nodd,1\n", "a,b\n,1\n", False),
            ("integer", "a,b\nodd,1\n", "a,b\nodd,1\n", True),
            ("integer", "a,b\nodd,1\n", {"a": pa.array([None], pa.int64()), "b": ["1"]}, False),
            ("date", {"a": [1]}, {"a": [2]}, False),
            ("date", {"a": [1]}, {"a": [1]}, True),
            ("any", {"a": [[1, 2]]}, {"a": [[1, 2]]}, True),
            ("any", {"a": [[1, 2]]}, {"a": [[2, 1]]}, False),
        ],
    )
    def test_values(self, tmp_path: Path, type_: str, here: Content, there: Content, same: bool) -> None:
        outcome = equal(tmp_path, here, there, columns=f"{{a: {{type: {type_}}}}}")
        assert outcome.status is (Status.PASS if same else Status.FAIL), outcome.message

    def test_unusable(self, tmp_path: Path) -> None:
        outcome = equal(tmp_path, "a,b\n1,x\n", "a,b\n1,x\n2\n")
        assert outcome.status is Status.ERROR

    @settings(max_examples=40, deadline=None)
    @given(
        here=st.lists(st.sampled_from([(None, "x"), (1, "x"), (1, None), (2, "y"), (2, "z")]), min_size=1, max_size=14),
        there=st.lists(
            st.sampled_from([(None, "x"), (1, "x"), (1, None), (2, "y"), (3, "y")]), min_size=1, max_size=14
        ),
        text=st.tuples(st.booleans(), st.booleans()),
        ordered=st.booleans(),
    )
    def test_multisets(self, here: Any, there: Any, text: tuple[bool, bool], ordered: bool) -> None:
        def content(rows: Any, as_text: bool) -> Content:
            if as_text:
                return "a,b\n" + "".join(f"{'' if a is None else a},{b or ''}\n" for a, b in rows)
            return {"a": pa.array([a for a, _ in rows], pa.int64()), "b": pa.array([b for _, b in rows], pa.string())}

        with tempfile.TemporaryDirectory() as folder:
            more = ", ordered: true" * ordered
            outcome = equal(Path(folder), content(here, text[0]), content(there, text[1]), more=more)
        left = Counter(enumerate(here) if ordered else here)
        right = Counter(enumerate(there) if ordered else there)
        assert outcome.evidence["failing"] == (left - right).total()
        assert outcome.evidence["only_there"] == (right - left).total()
        assert outcome.status is (Status.PASS if left == right else Status.FAIL)
        shown = [row["row"] for row in outcome.evidence.get("rows", [])]
        wrong = left - right
        firsts = [place for place, row in enumerate(here, 1) if ((place - 1, row) if ordered else row) in wrong]
        assert set(shown) <= set(firsts)
        assert len(shown) == min(len(wrong), 10)
