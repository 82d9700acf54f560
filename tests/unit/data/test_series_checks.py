"""Readings in time, series by series: gaps, order, duplicates."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.outcome import Outcome, Status
from tests.unit.data.linked import Content, checked, schema_of

COLUMNS = "{at: {type: datetime}, s: {type: string}, v: {type: number}}"
ONE = {"gaps": "time: at, step: 1h", "order": "time: at", "duplicates": "time: at"}
EACH = {name: f"{argument}, entity: s" for name, argument in ONE.items()}


def found(folder: Path, content: Content, check: str, argument: str, columns: str = COLUMNS, **options: Any) -> Outcome:
    """The outcome of a series check; `more` are modifiers of the long form."""
    more = options.pop("more", "")
    declared = schema_of(columns, f"checks:\n  - {{series_{check}: {{{argument}}}, name: it{more}}}")
    outcome: Outcome = checked(folder, content, declared, {}, **options)["it"]
    return outcome


HEAD = "at,s,v\n"
MIDNIGHT = dt.datetime.fromisoformat("2026-01-05")


def hourly(*hours: float, series: str = "a") -> str:
    """Lines of a series at so many hours of a day."""
    return "".join(f"{MIDNIGHT + dt.timedelta(hours=hour)},{series},{hour}\n" for hour in hours)


class TestGaps:
    def test_no_gap(self, tmp_path: Path) -> None:
        outcome = found(tmp_path, HEAD + hourly(0, 1, 2.5, 3) + hourly(9, 10, series="b"), "gaps", EACH["gaps"])
        assert (outcome.status, outcome.observed) == (Status.PASS, 0)
        assert outcome.message == "6 expected readings judged, every one there"
        assert outcome.evidence == {
            "judged": 6, "failing": 0, "null": 0, "gaps": 0, "series": 2, "series_with_gaps": 0,
        }  # fmt: skip

    def test_missing_readings_are_counted_by_steps(self, tmp_path: Path) -> None:
        content = HEAD + hourly(0, 1, 5, 6, 8) + hourly(0, 1, series="b")
        outcome = found(tmp_path, content, "gaps", EACH["gaps"])
        assert (outcome.status, outcome.observed) == (Status.FAIL, 4)
        assert outcome.message == (
            "4 of 11 expected readings are missing (2 gaps in 1 of 2 series of s; the longest of a is 4 hours, "
            "from 2026-01-05T01:00:00 to 2026-01-05T05:00:00)"
        )
        assert outcome.expected == "a reading every 1h"
        assert [row["row"] for row in outcome.evidence["rows"]] == [3, 5]
        assert outcome.evidence["longest_gaps"] == [
            {"row": 3, "entity": "a", "since": "2026-01-05T01:00:00", "until": "2026-01-05T05:00:00", "seconds": 14400.0},
            {"row": 5, "entity": "a", "since": "2026-01-05T06:00:00", "until": "2026-01-05T08:00:00", "seconds": 7200.0},
        ]  # fmt: skip

    def test_tolerance_is_half_a_step_unless_given(self, tmp_path: Path) -> None:
        content = HEAD + hourly(0, 1.5, 2.5)
        assert found(tmp_path, content, "gaps", ONE["gaps"]).status is Status.PASS
        assert found(tmp_path, content, "gaps", f"{ONE['gaps']}, tolerance: 29m").observed == 1
        assert found(tmp_path, content, "gaps", f"{ONE['gaps']}, tolerance: 30m").status is Status.PASS
        assert found(tmp_path, content, "gaps", f"{ONE['gaps']}, tolerance: 0s").observed == 1
        assert found(tmp_path, HEAD + hourly(0, 1.51), "gaps", ONE["gaps"]).observed == 1

    def test_mostly_is_a_share_of_the_readings_that_there_should_be(self, tmp_path: Path) -> None:
        content = HEAD + hourly(0, 1, 3)
        assert found(tmp_path, content, "gaps", ONE["gaps"], more=", mostly: 0.75").status is Status.PASS
        assert found(tmp_path, content, "gaps", ONE["gaps"], more=", mostly: 0.76").status is Status.FAIL

    def test_months_are_within_a_step_of_31_days(self, tmp_path: Path) -> None:
        months = [dt.date(2024 + place // 12, place % 12 + 1, 1) for place in range(30)]
        columns = "{at: {type: date}}"
        every = "at,x\n" + "".join(f"{month},1\n" for month in months)
        assert found(tmp_path, every, "gaps", "time: at, step: 31d", columns).status is Status.PASS
        less = "at,x\n" + "".join(f"{month},1\n" for month in (*months[:8], *months[11:]))
        outcome = found(tmp_path, less, "gaps", "time: at, step: 31d", columns)
        assert outcome.observed == 3
        assert "from 2024-08-01 to 2024-12-01" in outcome.message

    def test_the_order_of_the_file_and_moments_that_repeat_do_not_matter(self, tmp_path: Path) -> None:
        outcome = found(tmp_path, HEAD + hourly(4, 0, 1, 1, 0), "gaps", ONE["gaps"])
        assert (outcome.observed, outcome.evidence["judged"]) == (2, 5)

    def test_zones_are_one_time(self, tmp_path: Path) -> None:
        content = "at,s,v\n2026-01-05T10:00:00Z,a,1\n2026-01-05T12:00:00+01:00,a,1\n2026-01-05T07:00:00-05:00,a,1\n"
        assert found(tmp_path, content, "gaps", ONE["gaps"]).status is Status.PASS

    def test_nothing_to_judge(self, tmp_path: Path) -> None:
        outcome = found(tmp_path, HEAD + hourly(0) + hourly(5, 5, series="b"), "gaps", EACH["gaps"])
        assert (outcome.status, outcome.message) == (
            Status.ERROR, "nothing observed: no series has readings of two moments",
        )  # fmt: skip
        none = found(tmp_path, "at,s,v\n,a,1\n,b,2\n", "gaps", EACH["gaps"])
        assert (none.status, none.message) == (Status.ERROR, "0 values judged: all 2 are null")
        words = found(tmp_path, "at,s,v\nsoon,a,1\n", "gaps", EACH["gaps"])
        assert (words.status, words.message) == (
            Status.SKIP, "0 values judged: none of 1 value is of type string and datetime, see the check `type`",
        )  # fmt: skip

    def test_rows_without_time_or_entity_are_counted(self, tmp_path: Path) -> None:
        content = HEAD + hourly(0, 1) + ",a,1\n2026-01-05 02:00:00,,1\nnever,a,1\n"
        outcome = found(tmp_path, content, "gaps", EACH["gaps"])
        assert (outcome.evidence["null"], outcome.evidence["not_of_type"]) == (2, 1)
        assert outcome.status is Status.ERROR
        assert outcome.message == (
            "2 expected readings judged, every one there; beside them 2 null and 1 not of the type, of which nothing can "
            "be said"
        )
        assert outcome.hint == "correct what the check `type` shows"
        late = found(tmp_path, HEAD + hourly(0, 9) + "never,a,1\n", "gaps", EACH["gaps"])
        assert late.status is Status.FAIL
        assert late.message.endswith("; beside them 1 not of the type")

    def test_privacy(self, tmp_path: Path) -> None:
        content = HEAD + hourly(0, 3, series="secret")
        masked = found(tmp_path, content, "gaps", EACH["gaps"], privacy="masked")
        assert "secret" not in str(masked)
        assert masked.evidence["longest_gaps"][0]["entity"] == "s*** (6 characters)"
        none = found(tmp_path, content, "gaps", EACH["gaps"], privacy="none")
        assert {"rows", "longest_gaps"} & none.evidence.keys() == set()

    def test_a_condition_chooses_rows(self, tmp_path: Path) -> None:
        content = HEAD + hourly(0, 1, 9) + hourly(0, 1, series="b")
        outcome = found(tmp_path, content, "gaps", ONE["gaps"], more=', where: "v < 5"')
        assert (outcome.status, outcome.evidence["outside"]) == (Status.PASS, 1)
        nothing = found(tmp_path, content, "gaps", ONE["gaps"], more=', where: "v > 50"')
        assert nothing.message == "0 values judged: no row meets the condition `where`"

    def test_several_columns_name_an_entity(self, tmp_path: Path) -> None:
        content = "at,s,v\n2026-01-05,a,1\n2026-01-06,b,1\n2026-01-07,a,1\n2026-01-05,a,2\n2026-01-06,a,2\n"
        outcome = found(tmp_path, content, "gaps", "time: at, entity: [s, v], step: 1d")
        assert (outcome.observed, outcome.evidence["series"]) == (1, 3)
        assert outcome.evidence["longest_gaps"][0]["entity"] == "a, 1.0"


class TestOrder:
    def test_in_order(self, tmp_path: Path) -> None:
        content = HEAD + hourly(1, 1, 3) + hourly(0, 2, series="b")
        outcome = found(tmp_path, content, "order", EACH["order"])
        assert (outcome.status, outcome.message) == (
            Status.PASS, "5 readings judged, every one not before the reading of its series that stands above it",
        )  # fmt: skip

    def test_out_of_order(self, tmp_path: Path) -> None:
        content = HEAD + hourly(1, 3, 2) + hourly(0, 5, series="b") + hourly(4)
        outcome = found(tmp_path, content, "order", EACH["order"])
        assert (outcome.status, outcome.observed) == (Status.FAIL, 1)
        assert [row["row"] for row in outcome.evidence["rows"]] == [3]
        assert outcome.message == (
            "1 of 6 readings is before the reading of its series that stands above it (in 1 of 2 series of s)"
        )
        assert found(tmp_path, content, "order", ONE["order"]).observed == 3

    def test_strictly(self, tmp_path: Path) -> None:
        content = HEAD + hourly(1, 1, 3)
        outcome = found(tmp_path, content, "order", f"{EACH['order']}, strictly: true")
        assert [row["row"] for row in outcome.evidence["rows"]] == [2]
        assert "is not after the reading" in outcome.message

    def test_one_row_is_in_order(self, tmp_path: Path) -> None:
        assert found(tmp_path, HEAD + hourly(1), "order", EACH["order"]).status is Status.PASS


class TestDuplicates:
    def test_none(self, tmp_path: Path) -> None:
        outcome = found(tmp_path, HEAD + hourly(1, 2) + hourly(1, series="b"), "duplicates", EACH["duplicates"])
        assert (outcome.status, outcome.message) == (Status.PASS, "3 readings judged, every one alone at its moment")
        assert found(tmp_path, HEAD + hourly(1) + hourly(1, series="b"), "duplicates", ONE["duplicates"]).observed == 1

    def test_equal_ones_and_others(self, tmp_path: Path) -> None:
        lines = hourly(1, 2, 2, 2) + hourly(1).replace("1\n", "7\n")
        content = HEAD + lines.replace(",a,", "Z,a,") + "2026-01-05T02:00:00+01:00,a,1\n"
        outcome = found(tmp_path, content, "duplicates", EACH["duplicates"])
        assert (outcome.status, outcome.observed) == (Status.FAIL, 4)
        assert outcome.message == ("4 of 6 readings are at the moment of another one (2 equal in every column, 2 not)")
        assert (outcome.evidence["equal"], outcome.evidence["unequal"]) == (2, 2)
        assert [row["row"] for row in outcome.evidence["rows"]] == [1, 2, 3, 4, 5, 6]

    def test_no_other_column(self, tmp_path: Path) -> None:
        outcome = found(tmp_path, {"at": [dt.date(2026, 1, 1)] * 3}, "duplicates", "time: at", "{at: {type: date}}")
        assert (outcome.observed, outcome.evidence["equal"]) == (2, 2)


@pytest.mark.parametrize("check", ["gaps", "order", "duplicates"])
class TestEveryCheck:
    def test_undeclared_type_of_text(self, tmp_path: Path, check: str) -> None:
        outcome = found(tmp_path, HEAD + hourly(0, 1), check, EACH[check], "{at: {type: any}, s: {type: any}}")
        assert outcome.status is Status.PASS

    def test_no_time_at_all(self, tmp_path: Path, check: str) -> None:
        content = {"at": [1, 2], "s": ["a", "a"]}
        outcome = found(tmp_path, content, check, EACH[check], "{at: {type: any}, s: {type: any}}")
        assert (outcome.status, outcome.message) == (
            Status.ERROR, f"series_{check} needs dates or times, the column is integer",
        )  # fmt: skip

    def test_column_absent(self, tmp_path: Path, check: str) -> None:
        outcome = found(tmp_path, "at,v\n2026-01-01,1\n", check, EACH[check])
        assert (outcome.status, outcome.message) == (Status.SKIP, "column absent: s")

    def test_null_entities_of_parquet_and_text_are_alike(self, tmp_path: Path, check: str) -> None:
        text = found(tmp_path, HEAD + hourly(0, 1) + hourly(1).replace(",a,", ",,"), check, EACH[check])
        moments = [MIDNIGHT + dt.timedelta(hours=hour) for hour in (0, 1, 1)]
        stored = found(tmp_path, {"at": moments, "s": ["a", "a", None], "v": [0.0, 1.0, 1.0]}, check, EACH[check])
        assert (text.status, text.message, text.evidence) == (stored.status, stored.message, stored.evidence)


ALL = EACH | {
    "frozen": "column: v, time: at, entity: s, readings: 3",
    "freshness": "time: at, entity: s, max_age: 7d, reference_time: 2026-01-06",
}


@pytest.mark.parametrize("check", ALL)
class TestDoubts:
    def test_moments_with_and_without_a_zone(self, tmp_path: Path, check: str) -> None:
        mixed = "".join(f"2026-01-05T0{hour}:00:00{'Z' * (hour % 2)},a,{hour}\n" for hour in range(5))
        outcome = found(tmp_path, HEAD + mixed, check, ALL[check])
        assert (outcome.status, outcome.message) == (
            Status.ERROR, "2 of 5 moments of at have a time zone, the others none: their order cannot be told",
        )  # fmt: skip
        assert outcome.hint == "write all of them with a time zone, or all in UTC without one"
        zoned = mixed.replace(":00:00,", ":00:00+00:00,")
        assert found(tmp_path, HEAD + zoned, check, ALL[check]).status is Status.PASS

    def test_moments_of_another_format(self, tmp_path: Path, check: str) -> None:
        content = HEAD + hourly(0, 1, 2, 3) + "05.01.2026,a,9\n05.01.2026,a,8\n"
        outcome = found(tmp_path, content, check, ALL[check])
        assert outcome.status is Status.ERROR
        assert outcome.message.endswith("; beside them 2 not of the type, of which nothing can be said")
        assert found(tmp_path, HEAD + hourly(0, 1, 2, 3), check, ALL[check]).status is Status.PASS


READINGS = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.none() | st.integers(0, 12), st.integers(0, 1)),
    min_size=1,
    max_size=14,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(readings=READINGS, step=st.integers(1, 3))
def test_as_python_counts(tmp_path: Path, readings: list[tuple[str | None, int | None, int]], step: int) -> None:
    content = {
        "at": pa.array([None if hour is None else MIDNIGHT + dt.timedelta(hours=hour) for _, hour, _ in readings], pa.timestamp("us")),
        "s": pa.array([series for series, _, _ in readings], pa.string()),
        "v": pa.array([float(value) for _, _, value in readings]),
    }  # fmt: skip
    series: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for row, (name, hour, value) in enumerate(readings, start=1):
        if name is not None and hour is not None:
            series[name].append((row, hour, value))
    judged = sum(map(len, series.values()))

    arguments = EACH | {"gaps": f"time: at, entity: s, step: {step}h, tolerance: 0s"}
    lines = "".join(f"series_{check}: [{{{argument}}}]\n" for check, argument in arguments.items())
    outcomes = checked(tmp_path, content, schema_of(COLUMNS, lines), {})
    gaps, order, duplicates = (outcomes[f"series_{check}%3As%2Bat"] for check in arguments)
    distances = [
        later - earlier for rows in series.values() for earlier, later in itertools.pairwise(sorted({h for _, h, _ in rows}))
    ]  # fmt: skip
    missing = sum(max(round_half_up(far / step) - 1, 1) for far in distances if far > step)
    assert gaps.status is (Status.ERROR if not distances else Status.FAIL if missing else Status.PASS)
    assert not distances or gaps.observed == missing

    wrong = [
        row for rows in series.values() for (_, before, _), (row, hour, _) in itertools.pairwise(rows) if hour < before
    ]
    moments: dict[tuple[str, int], list[int]] = defaultdict(list)
    for name, rows in series.items():
        for _, hour, value in rows:
            moments[name, hour].append(value)
    repeated = [len(values) - 1 for values in moments.values()]
    equal = sum(len(values) - 1 for values in moments.values() if len(set(values)) == 1)
    if not judged:
        assert (order.status, duplicates.status) == (Status.ERROR, Status.ERROR)
        return
    assert (order.observed, duplicates.observed) == (len(wrong), sum(repeated))
    assert [row["row"] for row in order.evidence.get("rows", [])] == sorted(wrong)[:10]
    assert duplicates.evidence["equal"] == (equal if sum(repeated) else 0)


def round_half_up(value: float) -> int:
    return int(value + 0.5)
