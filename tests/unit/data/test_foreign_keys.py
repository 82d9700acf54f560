"""Keys that refer to another table, however the two files store them."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.config.other_tables import OtherTable
from mlgate.data import check_table
from mlgate.errors import SourceError
from mlgate.outcome import Outcome, Status
from mlgate.sources.tables import OtherFiles, open_table
from tests.unit.data.linked import Content, checked, saved, schema_of

ID = "foreign_keys%3Ax"
KEY = "foreign_keys: [{columns: [x], references: {dataset: w, columns: [code]}}]"


def key(folder: Path, here: Content, there: Content, type_: str = "any", table: str = KEY, **options: Any) -> Outcome:
    """The outcome of one key from the column `x` to the column `code`."""
    found: dict[str, Outcome] = checked(
        folder, here, schema_of(f"{{x: {{type: {type_}}}}}", table), {"w": there}, **options
    )
    return found[ID]


class TestOrphans:
    def test_every_key_is_there(self, tmp_path: Path) -> None:
        outcome = key(tmp_path, "x,y\na,1\nb,2\na,3\n", "code,z\nb,1\na,2\nc,3\n")
        assert outcome.status is Status.PASS
        assert outcome.message == "3 rows judged, every one found in w (code)"
        assert outcome.expected == "every x in w (code)"
        assert outcome.evidence == {"judged": 3, "failing": 0, "null": 0}

    def test_orphans_are_counted_named_and_shown(self, tmp_path: Path) -> None:
        outcome = key(tmp_path, "x,y\nb,1\nq,2\nz,3\nq,4\n,5\n", "code,z\nb,1\n")
        assert (outcome.status, outcome.observed) == (Status.FAIL, 3)
        assert outcome.message == ("3 of 4 rows are not found in w (code) (2 keys, most often q); beside them 1 null")
        assert outcome.hint == "add what is missing to w, or correct the rows"
        assert outcome.evidence == {
            "judged": 4,
            "failing": 3,
            "null": 1,
            "orphan_keys": 2,
            "orphans": [{"value": "q", "rows": 2}, {"value": "z", "rows": 1}],
            "rows": [
                {"row": 2, "value": "q", "key": {}},
                {"row": 3, "value": "z", "key": {}},
                {"row": 4, "value": "q", "key": {}},
            ],
        }

    def test_privacy_masks_the_keys_or_leaves_them_out(self, tmp_path: Path) -> None:
        here, there = "x,y\nsecret,1\n", "code,z\nb,1\n"
        masked = key(tmp_path, here, there, privacy="masked")
        none = key(tmp_path, here, there, privacy="none")
        assert masked.evidence["orphans"] == [{"value": "s*** (6 characters)", "rows": 1}]
        assert masked.evidence["rows"] == [{"row": 1, "value": "s*** (6 characters)", "key": {}}]
        assert {"rows", "orphans"}.isdisjoint(none.evidence)
        assert none.evidence["orphan_keys"] == 1
        assert "secret" not in f"{masked.message}{none.message}"

    def test_at_most_ten_keys_and_rows_the_most_frequent_first(self, tmp_path: Path) -> None:
        here = "x,y\n" + "".join(f"k{n:02},1\n" * (n + 1) for n in range(20))
        outcome = key(tmp_path, here, "code,z\nb,1\n")
        assert outcome.evidence["orphan_keys"] == 20
        assert [item["value"] for item in outcome.evidence["orphans"]] == [f"k{n:02}" for n in range(19, 9, -1)]
        assert [item["row"] for item in outcome.evidence["rows"]] == list(range(1, 11))

    def test_mostly_where_severity_and_name(self, tmp_path: Path) -> None:
        one = "foreign_keys: {columns: [x], references: {dataset: w, columns: [code]}}"
        table = f"checks: [{{{one}, mostly: 0.5}}, {{{one}, where: 'y > 1', severity: warn, name: late}}]"
        declared = schema_of("{x: {type: string}, y: {type: integer}}", table)
        found = checked(tmp_path, "x,y\nq,1\na,1\nq,2\na,3\n,9\n", declared, {"w": "code,z\na,1\n"})
        assert found[ID].status is Status.PASS
        assert "that many may be" in found[ID].message
        late = found["late"]
        assert (late.status, late.observed) == (Status.WARN, 1)
        assert late.evidence["judged"] == 2
        assert (late.evidence["null"], late.evidence["outside"]) == (1, 2)
        assert late.evidence["rows"] == [{"row": 3, "value": "q", "key": {}}]

    def test_a_row_is_named_by_the_declared_key(self, tmp_path: Path) -> None:
        outcome = key(tmp_path, "id,x\n77,q\n", "code,z\na,1\n", key=("id",))
        assert outcome.evidence["rows"] == [{"row": 1, "value": "q", "key": {"id": "77"}}]

    def test_a_table_may_refer_to_itself(self, tmp_path: Path) -> None:
        content = "x,code\n,1\n1,2\n2,3\n9,4\n"
        outcome = key(tmp_path, content, content, "integer")
        assert (outcome.status, outcome.observed) == (Status.FAIL, 1)


class TestComposite:
    TABLE = "foreign_keys: [{columns: [a, b], references: {dataset: w}}]"

    def test_values_must_stand_together(self, tmp_path: Path) -> None:
        declared = schema_of("{a: {type: integer}, b: {type: string}}", self.TABLE)
        here = "a,b\n1,x\n01,y\n2,x\n,x\n1,\nodd,x\n"
        outcome = checked(tmp_path, here, declared, {"w": {"b": ["x", "y", "y", None], "a": [1, 1, 2, 2]}})[
            "foreign_keys%3Aa%2Bb"
        ]
        assert (outcome.status, outcome.observed) == (Status.FAIL, 1)
        counts = {name: outcome.evidence[name] for name in ("judged", "failing", "null", "not_of_type")}
        assert counts == {"judged": 3, "failing": 1, "null": 2, "not_of_type": 1}
        assert outcome.evidence["orphans"] == [{"value": "2, x", "rows": 1}]
        assert outcome.evidence["rows"] == [{"row": 3, "value": "2, x", "key": {}}]

    def test_values_are_not_run_together(self, tmp_path: Path) -> None:
        declared = schema_of("{a: {type: string}, b: {type: string}}", self.TABLE)
        here = 'a,b\n"1, 2",3\n'
        found = checked(tmp_path, here, declared, {"w": 'a,b\n1,"2, 3"\n'})
        assert found["foreign_keys%3Aa%2Bb"].status is Status.FAIL


DAY = dt.date(2026, 1, 31)
MIDNIGHT = dt.datetime.combine(DAY, dt.time())
MOMENT = dt.datetime.combine(DAY, dt.time(8, 30))


class TestSameKeyStoredOtherwise:
    @pytest.mark.parametrize(
        ("type_", "here", "there", "found"),
        [
            # a whole number is the same key in every file; leading zeros are another text unless an integer is declared
            ("any", "x,y\n7,0\n", {"code": [7]}, True),
            ("any", {"x": [7]}, "code,y\n7,0\n", True),
            ("any", "x,y\n007,0\n", {"code": [7]}, False),
            ("any", {"x": [7]}, "code,y\n007,0\n", False),
            ("integer", "x,y\n007,0\n", {"code": [7]}, True),
            ("integer", {"x": [7]}, "code,y\n007,0\n", True),
            ("integer", "x,y\n007,0\n", "code,y\n7,0\n", True),
            ("any", "x,y\n007,0\n", "code,y\n7,0\n", False),
            ("string", "x,y\n7,0\n", {"code": [7]}, True),
            ("string", "x,y\n007,0\n", {"code": [7]}, False),
            ("any", {"x": [7]}, {"code": ["7"]}, True),
            ("any", {"x": ["7"]}, {"code": [7]}, True),
            ("integer", {"x": [7]}, {"code": ["007"]}, True),
            # integers of several widths, and floats as other tools write integers with missing values
            ("any", {"x": pa.array([7], pa.int8())}, {"code": pa.array([7], pa.uint64())}, True),
            ("any", {"x": [7.0, None]}, {"code": [7]}, True),
            ("any", {"x": [7]}, {"code": [7.0, None]}, True),
            ("any", {"x": [7.5]}, {"code": [7]}, False),
            ("any", {"x": [7.0]}, "code,y\n7,0\n", True),
            ("any", "x,y\n7.0,0\n", {"code": [7]}, True),
            ("any", "x,y\n7.0,0\n", {"code": [7.0]}, True),
            ("any", {"x": [7.0]}, "code,y\n007,0\n", False),
            ("any", {"x": [1000]}, "code,y\n1e3,0\n", False),
            ("number", "x,y\n1e3,0\n", {"code": [1000]}, True),
            ("any", {"x": [Decimal("7.50")]}, {"code": [7.5]}, True),
            ("number", "x,y\n7.5,0\n", {"code": [Decimal("7.50")]}, True),
            ("any", {"x": [float("inf")]}, {"code": [float("inf")]}, True),
            # beyond 2^53 neighbours are not run together
            ("any", "x,y\n9007199254740993,0\n", {"code": [9007199254740992]}, False),
            ("integer", {"x": [9007199254740993]}, "code,y\n9007199254740992,0\n", False),
            ("number", "x,y\n9007199254740993,0\n", "code,y\n9007199254740992,0\n", False),
            ("number", {"x": [9007199254740993]}, {"code": pa.array([9007199254740992], pa.uint64())}, False),
            # text is what it is
            ("string", "x,y\na,0\n", {"code": ["a "]}, False),
            ("string", "x,y\né,0\n", {"code": ["é"]}, True),
            ("any", {"x": pa.array(["a"]).dictionary_encode()}, "code,y\na,0\n", True),
            # dates and times
            ("any", {"x": [DAY]}, "code,y\n2026-01-31,0\n", True),
            ("any", "x,y\n2026-01-31,0\n", {"code": [DAY]}, True),
            ("any", "x,y\nunknown,0\n", {"code": [DAY]}, False),
            ("date", "x,y\n2026-01-31,0\n", {"code": [MIDNIGHT]}, True),
            ("any", {"x": [DAY]}, {"code": [MIDNIGHT]}, True),
            ("any", {"x": [DAY]}, {"code": [MOMENT]}, False),
            ("any", {"x": [MOMENT]}, "code,y\n2026-01-31T08:30,0\n", True),
            ("datetime", "x,y\n2026-01-31T09:30:00+01:00,0\n", {"code": [MOMENT]}, True),
            ("any", {"x": [dt.time(8, 30)]}, "code,y\n08:30,0\n", True),
            ("boolean", "x,y\n1,0\n", {"code": [True]}, True),
            ("any", {"x": [True]}, "code,y\nTRUE,0\n", True),
            ("any", {"x": [b"ab"]}, {"code": [b"ab"]}, True),
        ],
    )
    def test_key(self, tmp_path: Path, type_: str, here: Content, there: Content, found: bool) -> None:
        outcome = key(tmp_path, here, there, type_)
        assert outcome.status is (Status.PASS if found else Status.FAIL), outcome.message
        assert outcome.evidence["judged"] == 1

    @pytest.mark.parametrize("type_", ["any", "number"])
    @pytest.mark.parametrize("there", [{"code": [float("nan"), 1.0]}, "code,y\nnan,0\n1,0\n"], ids=["parquet", "csv"])
    def test_nan_refers_to_nothing(self, tmp_path: Path, type_: str, there: Content) -> None:
        outcome = key(tmp_path, {"x": [float("nan"), 1.0]}, there, type_)
        assert (outcome.status, outcome.observed) == (Status.FAIL, 1)
        assert outcome.evidence["orphans"] == [{"value": "nan", "rows": 1}]

    def test_decimal_comma(self, tmp_path: Path) -> None:
        schema = schema_of("{x: {type: number}}", KEY)
        schema = replace(schema, read=replace(schema.read, decimal=",", delimiter=";"))
        found = checked(tmp_path, "x;y\n7,5;1\n", schema, {"w": {"code": [7.5]}})
        assert found[ID].status is Status.PASS

    def test_what_can_never_be_equal_is_an_error(self, tmp_path: Path) -> None:
        outcome = key(tmp_path, "x,y\n1,0\n", {"code": [DAY]}, "integer")
        assert outcome.status is Status.ERROR
        assert outcome.message == "code of w is stored as DATE: no value can be equal to it"

    def test_a_column_of_another_type_is_left_to_the_type_check(self, tmp_path: Path) -> None:
        declared = schema_of("{x: {type: date}}", KEY)
        for here in ({"x": [1]}, "x,y\nodd,1\n"):
            found = checked(tmp_path, here, declared, {"w": {"code": [DAY]}})
            assert (found["x/type"].status, found[ID].status) == (Status.FAIL, Status.SKIP)
            assert "see the check `type`" in found[ID].message


class TestNothingToJudge:
    def test_nulls_only_is_an_error_unless_the_schema_accepts_them(self, tmp_path: Path) -> None:
        assert key(tmp_path, "x,y\n,1\n", "code,z\na,1\n").status is Status.ERROR
        accepted = schema_of("{x: {type: any, null_fraction: {max: 1}}}", KEY)
        assert checked(tmp_path, "x,y\n,1\n", accepted, {"w": "code,z\na,1\n"})[ID].status is Status.PASS

    def test_no_rows(self, tmp_path: Path) -> None:
        assert key(tmp_path, "x,y\n", "code,z\na,1\n").status is Status.SKIP
        accepted = key(tmp_path, "x,y\n", "code,z\na,1\n", table=f"row_count: {{min: 0}}\n{KEY}")
        assert accepted.status is Status.PASS
        assert "0 values judged" in accepted.message

    def test_an_absent_column_is_skipped(self, tmp_path: Path) -> None:
        outcome = key(tmp_path, "z,y\na,1\n", "code,z\na,1\n")
        assert (outcome.status, outcome.message) == (Status.SKIP, "column absent: x")


class TestUnusable:
    @pytest.mark.parametrize(
        ("there", "words"),
        [
            ("code,z\n", "nothing to compare with: w has no rows"),
            ({"code": pa.array([], pa.string())}, "nothing to compare with: w has no rows"),
            ("cod,z\na,1\n", "the column 'code' is not in w"),
            ("code,code\na,a\n", "the column 'code' is twice in w"),
            ("code,z\na,1\nb\n", "1 row of w cannot be parsed, the first in line 3: 1 field where the header has 2"),
            ("", "w is empty (0 bytes)"),
        ],
    )
    def test_it_is_an_error_of_this_check_alone(self, tmp_path: Path, there: Content, words: str) -> None:
        declared = schema_of("{x: {type: string, not_null: true}}", KEY)
        found = checked(tmp_path, "x,y\na,1\n", declared, {"w": there})
        assert found[ID].status is Status.ERROR
        assert found[ID].message.startswith(words)
        assert found["x/not_null"].status is Status.PASS

    def test_a_severity_does_not_soften_it(self, tmp_path: Path) -> None:
        one = "foreign_keys: {columns: [x], references: {dataset: w, columns: [code]}}"
        outcome = key(tmp_path, "x,y\na,1\n", "code,z\n", table=f"checks: [{{{one}, severity: warn}}]")
        assert outcome.status is Status.ERROR

    def test_a_file_that_is_broken_inside(self, tmp_path: Path) -> None:
        path = saved(tmp_path, "w", {"code": [f"{n:09}" for n in range(3000)]})
        raw = bytearray(path.read_bytes())
        raw[4:400] = b"\xff" * 396
        here = "x,y\n000000007,1\n"
        declared = schema_of("{x: {type: string}}", KEY)
        path.write_bytes(raw)
        other = OtherTable(dataset="w")
        files = {other: OtherFiles(paths=[path], shown="w", columns=("code",))}
        with open_table([saved(tmp_path, "t", here)], shown="t", others=files) as table:
            found = {item.id: item for item in check_table(table, declared, dataset="t", others=table.others)}
        assert found[f"data/t/{ID}"].status is Status.ERROR
        assert found[f"data/t/{ID}"].message.startswith("could not be computed")
        assert found["data/t/x/type"].status is Status.PASS

    def test_a_table_that_was_not_given(self, tmp_path: Path) -> None:
        declared = schema_of("{x: {type: string}}", KEY)
        problem = SourceError("w is gone", hint="bring it back")
        for others, message in (({}, "w was not opened"), ({OtherTable(dataset="w"): problem}, "w is gone")):
            with open_table([saved(tmp_path, "t", "x,y\na,1\n")], shown="t") as table:
                found = {item.id: item for item in check_table(table, declared, dataset="t", others=others)}
            assert (found[f"data/t/{ID}"].status, found[f"data/t/{ID}"].message) == (Status.ERROR, message)


VALUES = st.sampled_from([None, 0, 1, 2, -7, 10**17, 10**17 + 1])


class TestAgainstPython:
    @settings(max_examples=40, deadline=None)
    @given(
        here=st.lists(st.tuples(VALUES, st.sampled_from([None, "a", "b", "é, c"])), min_size=1, max_size=30),
        there=st.lists(st.tuples(VALUES, st.sampled_from([None, "a", "b", "é, c"])), min_size=1, max_size=30),
        text=st.tuples(st.booleans(), st.booleans()),
        type_=st.sampled_from(["any", "integer"]),
    )
    def test_orphans(self, here: Any, there: Any, text: tuple[bool, bool], type_: str) -> None:
        declared = schema_of(
            f"{{x: {{type: {type_}}}, s: {{type: string}}}}",
            "foreign_keys: [{columns: [x, s], references: {dataset: w}}]",
        )
        with tempfile.TemporaryDirectory() as folder:
            found = checked(Path(folder), table_of(here, text[0]), declared, {"w": table_of(there, text[1])})
        outcome = found["foreign_keys%3Ax%2Bs"]
        judged = [row for row in here if None not in row]
        orphans = Counter(row for row in judged if row not in there)
        assert outcome.evidence["judged"] == len(judged)
        assert outcome.evidence["failing"] == sum(orphans.values())
        assert outcome.evidence.get("orphan_keys", 0) == len(orphans)
        listed = outcome.evidence.get("orphans", [])
        assert {item["value"]: item["rows"] for item in listed} == {f"{x}, {s}": n for (x, s), n in orphans.items()}
        expected = Status.FAIL if orphans else Status.PASS if judged else Status.ERROR
        assert outcome.status is expected
        rows = [place for place, row in enumerate(here, start=1) if row in orphans]
        assert [item["row"] for item in outcome.evidence.get("rows", [])] == rows[:10]


def table_of(rows: list[tuple[Any, Any]], text: bool) -> Content:
    if text:
        lines = ["" if x is None else str(x) for x, _ in rows]
        return "x,s\n" + "".join(
            f"{x},{'' if s is None else chr(34) + s + chr(34)}\n" for x, (_, s) in zip(lines, rows, strict=True)
        )
    return {"x": pa.array([x for x, _ in rows], pa.int64()), "s": pa.array([s for _, s in rows], pa.string())}
