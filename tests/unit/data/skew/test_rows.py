"""Rows joined by a key: kinds of keys and values, tolerances, nulls, and as Python counts."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.config.skew_rules import SkewRules, Tolerance
from mlgate.outcome import Outcome, Status
from tests.unit.data.linked import Content, schema_of
from tests.unit.data.skew.compared import KEY, compared

MIDNIGHT = dt.datetime.fromisoformat("2026-01-05")


def values(folder: Path, training: Content, serving: Content, rules: SkewRules = KEY, **options: Any) -> Outcome:
    return compared(training, serving, rules, folder=folder, **options)["x/skew_values"]


def csv(*rows: object) -> str:
    return "id,x\n" + "".join(f"{place},{value}\n" for place, value in enumerate(rows))


def column(*found: Any, type_: Any = None) -> Content:
    return {"id": list(range(len(found))), "x": pa.array(list(found), type_)}


class TestTolerance:
    @pytest.mark.parametrize(
        ("tolerance", "served", "differing"),
        [
            (None, [100.00001, 100.01, 101], 2),
            (Tolerance(), [100.0000001, 100.0, 101], 2),
            (Tolerance(absolute=0.5), [100.5, 100.51, 99.5], 1),
            (Tolerance(relative=0.01), [101.0, 99.0, 101.01], 1),
            (Tolerance(absolute=0.1, relative=0.001), [100.1, 100.11, 99.9], 1),
            (Tolerance(absolute=0.1), [100.1, math.nan, math.inf], 2),
            (Tolerance(relative=1.0), [200.0, -math.inf, 201], 2),
        ],
    )
    def test_numbers(self, tmp_path: Path, tolerance: Tolerance | None, served: list[float], differing: int) -> None:
        rules = SkewRules(key=("id",), tolerance=tolerance, distribution=False)
        stored = values(tmp_path / "a", column(100.0, 100.0, 100.0), column(*served, type_=pa.float64()), rules)
        text = values(tmp_path / "b", csv("100.0", "1e2", 100), csv(*served), rules)
        assert (stored.observed, text.observed) == (differing, differing)

    def test_whole_numbers_have_none_unless_one_is_written(self, tmp_path: Path) -> None:
        ids = (10_000_000, 10_000_001)
        assert values(tmp_path, column(*ids), column(ids[0], ids[0])).observed == 1
        rules = SkewRules(key=("id",), tolerance=Tolerance(relative=1e-6), distribution=False)
        assert values(tmp_path, column(*ids), column(ids[0], ids[0]), rules).observed == 0

    def test_infinity_is_near_to_itself_only(self, tmp_path: Path) -> None:
        rules = SkewRules(key=("id",), tolerance=Tolerance(absolute=1e300, relative=9), distribution=False)
        trained = column(math.inf, math.inf, -math.inf, 1.0)
        outcome = values(tmp_path, trained, column(math.inf, 5.0, math.inf, math.inf), rules)
        assert [row["row"] for row in outcome.evidence["rows"]] == [2, 3, 4]

    def test_times(self, tmp_path: Path) -> None:
        trained, served = (
            column(*(MIDNIGHT + dt.timedelta(seconds=late) for late in seconds)) for seconds in ((0, 0, 0), (1, -1, 1.001))
        )  # fmt: skip
        assert values(tmp_path, trained, served).observed == 3
        rules = SkewRules(key=("id",), tolerances={"x": Tolerance(seconds=1)}, distribution=False)
        outcome = values(tmp_path, trained, served, rules)
        assert (outcome.observed, outcome.expected) == (1, "the same value, give or take 1 second")

    @pytest.mark.parametrize(
        ("tolerance", "content", "words"),
        [
            (Tolerance(seconds=1), column(1.5), "its tolerance is a duration, and the column is number"),
            (Tolerance(absolute=1), column("a"), "its tolerance is a number, and the column is string"),
            (Tolerance(relative=1), column(MIDNIGHT), "its tolerance is a number, and the column is datetime"),
        ],
    )
    def test_a_tolerance_that_cannot_be(
        self, tmp_path: Path, tolerance: Tolerance, content: Content, words: str
    ) -> None:
        rules = SkewRules(key=("id",), tolerances={"x": tolerance}, distribution=False)
        outcome = values(tmp_path, content, content, rules)
        assert (outcome.status, outcome.message) == (Status.ERROR, words)

    def test_mostly(self, tmp_path: Path) -> None:
        rules = SkewRules(key=("id",), mostly=0.75, distribution=False)
        outcome = values(tmp_path, column(1, 2, 3, 4), column(1, 2, 3, 5), rules)
        assert (outcome.status, outcome.observed) == (Status.PASS, 1)
        assert outcome.message == "1 of 4 joined rows differs (25.0 %): typically by 1, at most by 1; that many may"
        assert values(tmp_path, column(1, 2, 3, 4), column(1, 2, 4, 5), rules).status is Status.FAIL


@pytest.mark.parametrize(
    ("trained", "served", "differing"),
    [
        (column(None, 1.0, math.nan, math.nan), column(None, None, math.nan, None), 2),
        (csv("", "1", "nan", "nan"), csv("", "", "NaN", ""), 2),
        (column(1, 2, None, type_=pa.int64()), column(1.0, 2.0, math.nan), 1),
        (column(1, 2, 3), csv("1", "2.0", "3e0"), 0),
        (column(1, 2, 3), csv("1", "02", "+3"), 1),
        (csv("1", "2"), csv("01", "02"), 2),
        (csv("1.5", "2"), csv("01.5", "2.0"), 1),
        (column(1, 2), column("01", "2"), 1),
        (csv("01", "2"), csv("1", "2"), 1),
        (column(1.5, 2.0), csv("1.5", "2"), 0),
        (csv("true", "false", "true"), csv("1", "0", "0"), 1),
        (column(True, False), column(1, 1), 1),
        (column(Decimal("1.10"), Decimal("2.00")), column(1.1, 2.0), 0),
        (column(dt.date(2026, 1, 5)), column(MIDNIGHT), 0),
        (csv("2026-01-05", "2026-01-06"), csv("2026-01-05T00:00:00", "2026-01-06 00:00:01"), 1),
        (column("a", "b", None), csv("a", "b", ""), 0),
        (csv("007", "1"), csv("7", "1"), 1),
        (column([1, 2], [3]), column([1, 2], [4]), 1),
        (column(dt.time(8), dt.time(9)), csv("08:00:00", "09:00:01"), 1),
        (column("1", "2"), column("1", "x"), 1),
        (column(-0.0), column(0.0), 0),
        (column("é"), column("e\u0301"), 1),
    ],
)
def test_kinds_of_values(tmp_path: Path, trained: Content, served: Content, differing: int) -> None:
    assert values(tmp_path, trained, served).observed == differing


def test_values_that_are_not_of_the_kind_are_equal_as_they_are_written(tmp_path: Path) -> None:
    declared = schema_of("{id: {type: integer}, x: {type: number}}", "row_count: {min: 0}")
    found = compared(
        csv("1", "n/a", "n/a", "2"), csv("1", "n/a", "3", "?"), folder=tmp_path, schemas=(declared, declared)
    )
    outcome = found["x/skew_values"]
    assert [row["row"] for row in outcome.evidence["rows"]] == [3, 4]
    assert outcome.evidence["rows"][0]["value"] == "training: n/a, serving: 3.0"
    assert found["skew_types"].message == "2 of 4 values of x in training are not of type number"


class TestKeys:
    def test_kinds(self, tmp_path: Path) -> None:
        for trained, served in (
            ({"id": [1, 2, 3], "x": [1, 1, 1]}, {"id": [1.0, 2.0, 2.5], "x": [1, 1, 1]}),
            ({"id": ["1", "02", "3"], "x": [1, 1, 1]}, {"id": ["1", "02", "03"], "x": [1, 1, 1]}),
            ({"id": [2**60, 2**60 + 1, 5], "x": [1, 1, 1]}, "id,x\n1152921504606846976,1\n1152921504606846977,1\nx,1\n"),
            ({"id": [MIDNIGHT, MIDNIGHT + dt.timedelta(1), None], "x": [1, 1, 1]}, "id,x\n2026-01-05,1\n2026-01-06,1\n,1\n"),
        ):  # fmt: skip
            join = compared(trained, served, folder=tmp_path)["skew_join"]
            assert join.observed == 2

    def test_nothing_joined(self, tmp_path: Path) -> None:
        found = compared("id,x\na1,1\na2,2\n", "id,x\nA1,1\n", folder=tmp_path)
        join = found["skew_join"]
        assert (join.status, join.evidence["serving"]["first_only_here"]) == (Status.ERROR, [1])
        assert join.message == (
            "nothing to compare: no row of serving has a row of training with its id; 1 row of serving and 2 of training "
            "without a partner"
        )
        assert (found["x/skew_values"].status, found["x/skew_values"].message) == (
            Status.SKIP, "no row was joined: see the check `skew_join`",
        )  # fmt: skip

    def test_no_key_at_all(self, tmp_path: Path) -> None:
        found = compared(csv(1), csv(1), SkewRules(distribution=False), folder=tmp_path)
        assert (found["skew_join"].status, list(found)) == (Status.SKIP, ["skew_columns", "skew_types", "skew_join"])

    def test_a_key_that_a_side_lacks(self, tmp_path: Path) -> None:
        rules = SkewRules(key=("id", "day"), distribution=False)
        found = compared("id,x\n1,2\n", "id,x,day\n1,2,3\n", rules, folder=tmp_path)
        assert (found["skew_join"].status, found["skew_join"].message) == (
            Status.ERROR,
            "the key is absent: day in train",
        )

    @pytest.mark.parametrize(
        ("rules", "status"),
        [
            (KEY, Status.WARN),
            (SkewRules(key=("id",), joined=0.25, distribution=False), Status.PASS),
            (SkewRules(key=("id",), joined=0.26, distribution=False), Status.FAIL),
        ],
    )
    def test_few_joined_rows(self, tmp_path: Path, rules: SkewRules, status: Status) -> None:
        training = {"id": [1, 10, 11, 12, 13], "x": [1] * 5}
        found = compared(training, {"id": [1, 2, 3, 4], "x": [1] * 4}, rules, folder=tmp_path)
        join = found["skew_join"]
        assert (join.status, join.observed) == (status, 1)
        assert found["x/skew_values"].status is Status.PASS

    def test_only_nan_and_null_keys(self, tmp_path: Path) -> None:
        found = compared(
            {"id": [math.nan, None, 0.5], "x": [1, 2, 3]},
            {"id": [math.nan, None, 0.25], "x": [1, 2, 3]},
            folder=tmp_path,
        )
        assert found["skew_join"].evidence["serving"]["without_key"] == 2
        assert found["skew_join"].status is Status.ERROR


def test_rows_that_cannot_be_parsed_are_an_error(tmp_path: Path) -> None:
    found = compared(csv(1, 2), "id,x\n1,2\n3,4,5\n", folder=tmp_path)
    assert list(found) == ["skew_join"]
    assert found["skew_join"].message == "1 row of logs cannot be parsed, and would take no part"


def test_no_rows(tmp_path: Path) -> None:
    found = compared(csv(1, 2), "id,x\n", folder=tmp_path)
    assert found["skew_join"].status is Status.ERROR
    assert found["x/skew_values"].status is Status.SKIP


def test_privacy(tmp_path: Path) -> None:
    trained, served = "id,x\nkey77,secret\n", "id,x\nkey77,other\n"
    masked = values(tmp_path, trained, served, privacy="masked")
    assert "secret" not in str(masked)
    assert "key77" not in str(masked)
    assert masked.evidence["rows"][0]["value"] == "training: s*** (6 characters), serving: o*** (5 characters)"
    assert "rows" not in values(tmp_path, trained, served, privacy="none").evidence


def test_many_features(tmp_path: Path) -> None:
    names = [f"f{place}" for place in range(60)]
    trained = {"id": [1, 2, 3], **{name: [1, 2, place] for place, name in enumerate(names)}}
    served = {"id": [3, 2, 1], **{name: [7, 2 if place % 2 else 5, 1] for place, name in enumerate(names)}}
    found = compared(trained, served, folder=tmp_path)
    ranked = [name.partition("/")[0] for name in found if name.endswith("skew_values")]
    even, odd = [name for place, name in enumerate(names) if place % 2 == 0], names[1::2]
    assert ranked == [*even, *(name for name in odd if name != "f7"), "f7"]
    assert [found[f"{name}/skew_values"].observed for name in (even[0], "f7", "f9")] == [2, 0, 1]


KEYS = st.none() | st.integers(0, 5)
CELLS = st.none() | st.sampled_from([0.0, 1.0, 1.05, 2.0, math.nan, math.inf, -math.inf])
ROWS = st.lists(st.tuples(KEYS, st.sampled_from(["a", "b"]), CELLS), min_size=1, max_size=9)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(training=ROWS, serving=ROWS, stored=st.booleans())
def test_as_python_counts(tmp_path: Path, training: Any, serving: Any, stored: bool) -> None:
    rules = SkewRules(key=("n", "s"), tolerance=Tolerance(absolute=0.1), distribution=False)

    def content(rows: Any) -> Content:
        if stored:
            types = {"n": pa.int64(), "s": pa.string(), "x": pa.float64()}
            return {name: pa.array([row[place] for row in rows], types[name]) for place, name in enumerate("nsx")}
        return "n,s,x\n" + "".join(",".join("" if cell is None else str(cell) for cell in row) + "\n" for row in rows)

    keyed = [[row for row in rows if row[0] is not None] for rows in (training, serving)]
    times = [Counter(row[:2] for row in rows) for rows in keyed]
    twice = {key for counted in times for key, count in counted.items() if count > 1}
    t, s = ({row[:2]: row[2] for row in rows if row[:2] not in twice} for rows in keyed)
    both = t.keys() & s.keys()
    found = compared(content(training), content(serving), rules, folder=tmp_path)
    join = found["skew_join"]
    for side, rows, count, own in (("training", training, times[0], t), ("serving", serving, times[1], s)):
        counts = join.evidence[side]
        assert counts["without_key"] == sum(row[0] is None for row in rows)
        assert counts["repeated"] == sum(number - 1 for number in count.values())
        assert counts["left_out"] == sum(count[key] for key in twice)
        assert counts["only_here"] == len(own.keys() - both)
    assert join.observed == len(both)
    if not both:
        assert join.status is Status.ERROR
        return

    def same(one: float | None, other: float | None) -> bool:
        if one is None or other is None:
            return one is other
        return one == other or (math.isnan(one) and math.isnan(other)) or abs(other - one) <= 0.1

    assert found["x/skew_values"].observed == sum(not same(t[key], s[key]) for key in both)


def test_the_order_of_the_rows_changes_nothing_that_is_said(tmp_path: Path) -> None:
    rows = range(3000)
    trained = {"id": [*rows], "x": [float(row) for row in rows], "y": [f"v{row % 7}" for row in rows]}
    served = [(row, row * 2.0 if row % 12 else row + 0.5, f"v{row % 5}") for row in rows]
    found = []
    for place, order in enumerate((served, served[::-1], sorted(served, key=lambda row: row[0] * 7919 % 3001))):
        logs = {name: [row[column] for row in order] for column, name in enumerate(("id", "x", "y"))}
        outcomes = compared(trained, logs, folder=tmp_path / str(place))
        found.append(
            [(name, outcome.message, outcome.evidence.get("typical_difference")) for name, outcome in outcomes.items()]
        )
    assert found[0] == found[1] == found[2]
    values = {name: message for name, message, _ in found[0]}
    assert values["x/skew_values"].startswith(
        "3,000 of 3,000 joined rows differ (100 %): served as 2 times the trained value in "
    )
    assert values["x/skew_values"].endswith(" of 1,000 that were looked at")
