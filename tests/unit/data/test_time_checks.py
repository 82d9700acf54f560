"""Readings against the clock and against themselves: stale entities, the future, values that stand still."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.outcome import Outcome, Status
from tests.unit.data.linked import NOW, Content, checked, schema_of

COLUMNS = "{at: {type: datetime}, s: {type: string}, v: {type: number}}"
HEAD = "at,s,v\n"
MIDNIGHT = dt.datetime.fromisoformat("2026-01-05")


def found(folder: Path, content: Content, check: str, argument: str, columns: str = COLUMNS, **options: Any) -> Outcome:
    """The outcome of a check at noon UTC of 2026-03-01; `more` are modifiers of the long form."""
    more = options.pop("more", "")
    declared = schema_of(columns, f"checks:\n  - {{{check}: {{{argument}}}, name: it{more}}}")
    outcome: Outcome = checked(folder, content, declared, {}, **options)["it"]
    return outcome


class TestFreshness:
    AGE = "time: at, entity: s, max_age: 2d"

    def test_every_entity_is_judged(self, tmp_path: Path) -> None:
        content = HEAD + "2026-02-28T12:00:00,a,1\n2026-01-10T06:00:00,b,1\n2026-01-01,b,1\n2026-02-27T12:00:00,c,1\n"
        outcome = found(tmp_path, content, "series_freshness", self.AGE)
        assert (outcome.status, outcome.observed) == (Status.WARN, 1)
        assert outcome.message == (
            "1 of 3 ss is without a reading in the last 2d (the longest silence of b is 50.2 days, since 2026-01-10T06:00:00)"
        )
        assert outcome.expected == "a reading of every s at most 2d old at 2026-03-01T12:00:00Z"
        assert [row["row"] for row in outcome.evidence["rows"]] == [2]
        assert outcome.evidence["oldest"] == [
            {"row": 2, "entity": "b", "until": "2026-01-10T06:00:00", "seconds": 4341600.0}
        ]

    def test_max_age_itself_is_fresh(self, tmp_path: Path) -> None:
        late = HEAD + "2026-02-27T11:59:59,a,1\n"
        assert found(tmp_path, HEAD + "2026-02-27T12:00:00,a,1\n", "series_freshness", self.AGE).status is Status.PASS
        assert found(tmp_path, late, "series_freshness", self.AGE).status is Status.WARN
        assert found(tmp_path, late, "series_freshness", self.AGE, more=", severity: fail").status is Status.FAIL

    def test_dates_are_whole_days(self, tmp_path: Path) -> None:
        columns = "{at: {type: date}, s: {type: string}}"
        for day, status in (("2026-02-27", Status.PASS), ("2026-02-26", Status.WARN)):
            outcome = found(tmp_path, f"at,s\n{day},a\n", "series_freshness", self.AGE, columns)
            assert (outcome.status, outcome.expected) == (status, "a reading of every s at most 2d old at 2026-03-01")

    def test_the_future_makes_nothing_fresh(self, tmp_path: Path) -> None:
        content = HEAD + "2026-01-01,a,1\n2027-01-01,a,1\n2027-01-01,b,1\n2026-02-28,c,1\n"
        outcome = found(tmp_path, content, "series_freshness", self.AGE)
        assert (outcome.observed, outcome.evidence["never"], outcome.evidence["future"]) == (2, 1, 2)
        assert outcome.message.endswith("since 2026-01-01T00:00:00; 1 without any until now); 2 readings in the future")
        first = outcome.evidence["oldest"][0]
        assert first == {"row": 3, "entity": "b", "until": None, "seconds": None}

    def test_only_the_future(self, tmp_path: Path) -> None:
        outcome = found(tmp_path, HEAD + "2027-01-01,b,1\n", "series_freshness", self.AGE)
        assert outcome.message == (
            "1 of 1 s is without a reading in the last 2d (1 without any until now); 1 reading in the future"
        )

    def test_reference_time_and_mostly(self, tmp_path: Path) -> None:
        content = HEAD + "2026-02-01,a,1\n2026-02-05,b,1\n"
        at = f"{self.AGE}, reference_time: 2026-02-04T00:00:00+02:00"
        assert found(tmp_path, content, "series_freshness", at).observed == 2
        at = f"{self.AGE}, reference_time: 2026-02-05"
        assert found(tmp_path, content, "series_freshness", at, more=", mostly: 0.5").status is Status.PASS

    def test_no_clock_is_an_error(self, tmp_path: Path) -> None:
        outcome = found(tmp_path, HEAD + "2026-02-01,a,1\n", "series_freshness", self.AGE, now=None)
        assert (outcome.status, outcome.message) == (
            Status.ERROR, "series_freshness is counted from a time, and none was given",
        )  # fmt: skip

    def test_nulls_are_counted_and_privacy_is_kept(self, tmp_path: Path) -> None:
        content = HEAD + "2026-01-01,hidden,1\n,hidden,1\n2026-01-01,,1\n"
        outcome = found(tmp_path, content, "series_freshness", self.AGE, privacy="masked")
        assert (outcome.evidence["null"], outcome.evidence["judged"]) == (2, 1)
        assert "hidden" not in str(outcome)
        assert found(tmp_path, HEAD + ",a,1\n", "series_freshness", self.AGE).status is Status.ERROR

    def test_a_group_of_columns(self, tmp_path: Path) -> None:
        content = HEAD + "2026-01-01,a,1\n2026-03-01,a,2\n"
        outcome = found(tmp_path, content, "series_freshness", "time: at, entity: [s, v], max_age: 2d")
        assert outcome.message.startswith(
            "1 of 2 groups is without a reading in the last 2d (the longest silence of a, 1.0 is"
        )


class TestNotInFuture:
    @pytest.mark.parametrize(
        ("type_", "good", "bad", "argument"),
        [
            ("datetime", "2026-03-02T12:00:00", "2026-03-02T12:00:01", ""),
            ("datetime", "2026-03-02T14:00:00+02:00", "2026-03-02T12:00:00-00:30", ""),
            ("datetime", "2026-03-01T12:00:00", "2026-03-01T12:00:01", ", allowance: 0s"),
            ("datetime", "2026-03-01T14:00:00", "2026-03-01T14:00:01", ", allowance: 2h"),
            ("date", "2026-03-02", "2026-03-03", ""),
            ("date", "2026-03-01", "2026-03-02", ", allowance: 0s"),
            ("date", "2026-03-01", "2026-03-02", ", allowance: 11h"),
            ("any", "2026-03-02 12:00:00", "2062-03-02", ""),
            ("date", "2030-01-01", "2030-01-02", ", allowance: 0s, reference_time: 2030-01-01"),
        ],
        ids=itertools.count(),
    )
    def test_good_and_bad(self, tmp_path: Path, type_: str, good: str, bad: str, argument: str) -> None:
        columns = f"{{x: {{type: {type_}}}}}"
        passed = found(tmp_path, f"x,y\n{good},1\n,1\n", "not_in_future", f"column: x{argument}", columns)
        assert (passed.status, passed.observed, passed.evidence["null"]) == (Status.PASS, 0, 1)
        failed = found(tmp_path, f"x,y\n{good},1\n{bad},1\n", "not_in_future", f"column: x{argument}", columns)
        assert failed.status is Status.FAIL
        assert [row["row"] for row in failed.evidence["rows"]] == [2]

    def test_words(self, tmp_path: Path) -> None:
        columns = "{x: {type: date}}"
        outcome = found(tmp_path, "x,y\n2062-02-01,1\n2026-01-01,1\n", "not_in_future", "column: x", columns)
        assert outcome.message == "1 of 2 values is later than 2026-03-02 in x (the latest 2062-02-01)"
        assert (outcome.observed, outcome.expected) == ("2062-02-01", "at most 2026-03-02")
        assert outcome.evidence["reference_time"] == "2026-03-01T12:00:00Z"
        late = NOW + dt.timedelta(days=40_000)
        assert (
            found(tmp_path, "x,y\n2062-02-01,1\n", "not_in_future", "column: x", columns, now=late).status
            is Status.PASS
        )

    def test_nothing_to_judge(self, tmp_path: Path) -> None:
        columns = "{x: {type: date}}"
        assert found(tmp_path, "x,y\n,1\n", "not_in_future", "column: x", columns).status is Status.ERROR
        assert (
            found(tmp_path, "x,y\n2026-01-01,1\n", "not_in_future", "column: x", columns, now=None).status
            is Status.ERROR
        )
        numbers = found(tmp_path, {"x": [1]}, "not_in_future", "column: x", "{x: {type: any}}")
        assert numbers.message == "not_in_future needs dates or times, the column is integer"


def lines(*values: Any, series: str = "a", every: float = 1) -> str:
    return "".join(
        f"{MIDNIGHT + dt.timedelta(hours=place * every)},{series},{value}\n" for place, value in enumerate(values)
    )


class TestFrozen:
    READINGS = "column: v, time: at, entity: s, readings: 3"
    DURATION = "column: v, time: at, entity: s, duration: 2h"

    @pytest.mark.parametrize("argument", [READINGS, DURATION])
    def test_the_same_value_over_three_hourly_readings(self, tmp_path: Path, argument: str) -> None:
        moving = HEAD + lines(1, 1, 2, 2, 1, 1) + lines(1, 2, 3, series="b")
        passed = found(tmp_path, moving, "series_frozen", argument)
        assert (passed.status, passed.observed, passed.evidence["standstills"]) == (Status.PASS, 0, 0)
        outcome = found(
            tmp_path, HEAD + lines(1, 5, 5, 5, 5, 2) + lines(5, 5, 1, series="b"), "series_frozen", argument
        )
        long = "3 readings" if "readings" in argument else "2h"
        assert (outcome.status, outcome.observed) == (Status.FAIL, 2)
        assert outcome.message == (
            f"2 of 9 readings are unchanged in v for {long} or more (1 standstill in 1 of 2 series of s; "
            "the longest of a is 3 hours, from 2026-01-05T01:00:00 to 2026-01-05T04:00:00)"
        )
        assert outcome.evidence["longest_standstills"] == [
            {
                "row": 4, "entity": "a", "since": "2026-01-05T01:00:00", "until": "2026-01-05T04:00:00",
                "seconds": 10800.0, "value": "5.0",
            }
        ]  # fmt: skip
        assert [row["row"] for row in outcome.evidence["rows"]] == [4]

    def test_a_slow_rise_is_no_standstill(self, tmp_path: Path) -> None:
        rise = HEAD + lines(*(place * 0.5 for place in range(8)))
        for argument in (self.READINGS, self.DURATION):
            assert found(tmp_path, rise, "series_frozen", f"{argument}, tolerance: 0.9").status is Status.PASS
            assert found(tmp_path, rise, "series_frozen", f"{argument}, tolerance: 1").observed == 6

    def test_noise_within_the_tolerance_is(self, tmp_path: Path) -> None:
        content = HEAD + lines(20.1, 20.2, 20.1, 20.15, 25, 20.1)
        for argument in (self.READINGS, self.DURATION):
            outcome = found(tmp_path, content, "series_frozen", f"{argument}, tolerance: 0.11")
            assert (outcome.observed, outcome.evidence["standstills"]) == (2, 1)
            assert outcome.expected.startswith("v changes by more than 0.11 within")

    def test_a_duration_is_counted_between_readings(self, tmp_path: Path) -> None:
        assert found(tmp_path, HEAD + lines(1, 1, 2, every=1.9), "series_frozen", self.DURATION).status is Status.PASS
        assert found(tmp_path, HEAD + lines(1, 1, 2, every=2.1), "series_frozen", self.DURATION).observed == 1
        late = f"{self.DURATION}, tolerance: 0.1"
        assert found(tmp_path, HEAD + lines(1, 1, 2, every=1.9), "series_frozen", late).status is Status.PASS
        assert found(tmp_path, HEAD + lines(1, 1, 2, every=2.1), "series_frozen", late).observed == 1

    def test_texts_and_booleans(self, tmp_path: Path) -> None:
        content = "at,s,v\n" + lines("on", "on", "on", "off")
        columns = "{at: {type: datetime}, s: {type: string}, v: {type: string}}"
        assert found(tmp_path, content, "series_frozen", self.READINGS, columns).observed == 1
        content = "at,s,v\n" + lines("true", "1", "true", "0")
        columns = "{at: {type: datetime}, s: {type: string}, v: {type: boolean}}"
        assert found(tmp_path, content, "series_frozen", self.READINGS, columns).observed == 1

    def test_nulls_and_nan_are_passed_over(self, tmp_path: Path) -> None:
        content = HEAD + lines(5, "", 5, "nan", 5, "nan", "nan", "nan")
        outcome = found(tmp_path, content, "series_frozen", self.READINGS)
        assert (outcome.observed, outcome.evidence["nan"], outcome.evidence["null"]) == (1, 4, 1)
        stuck = found(tmp_path, HEAD + lines("inf", "inf", "inf"), "series_frozen", self.READINGS)
        assert stuck.observed == 1

    def test_too_short_series(self, tmp_path: Path) -> None:
        content = HEAD + lines(1, 2) + lines(1, series="b")
        outcome = found(tmp_path, content, "series_frozen", self.READINGS)
        assert (outcome.status, outcome.message) == (
            Status.ERROR, "nothing observed: no series has 3 readings to judge",
        )  # fmt: skip
        assert found(tmp_path, content, "series_frozen", self.DURATION).status is Status.ERROR
        assert found(tmp_path, HEAD + lines("", ""), "series_frozen", self.READINGS).message == (
            "0 values judged: all 2 are null"
        )

    def test_values_are_masked(self, tmp_path: Path) -> None:
        outcome = found(tmp_path, HEAD + lines(777, 777, 777), "series_frozen", self.READINGS, privacy="masked")
        assert "777" not in str(outcome)
        assert outcome.evidence["longest_standstills"][0]["value"] == "7*** (5 characters)"

    def test_all_rows_are_one_series_without_an_entity(self, tmp_path: Path) -> None:
        content = HEAD + lines(1, 1) + lines(1, 2, series="b", every=0.5)
        outcome = found(tmp_path, content, "series_frozen", "column: v, time: at, readings: 3")
        assert (outcome.status, outcome.evidence["series"]) == (Status.PASS, 1)
        assert found(tmp_path, HEAD + lines(1, 1, 1), "series_frozen", "column: v, time: at, readings: 3").observed == 1


VALUES = st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 3)), min_size=1, max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=VALUES, count=st.integers(2, 4), hours=st.integers(1, 4), tolerance=st.integers(0, 2))
def test_frozen_as_python_counts(
    tmp_path: Path, values: list[tuple[int, int | None]], count: int, hours: int, tolerance: int
) -> None:
    content = {
        "at": pa.array([MIDNIGHT + dt.timedelta(hours=hour) for hour, _ in values], pa.timestamp("us")),
        "v": pa.array([None if value is None else float(value) for _, value in values], pa.float64()),
    }
    long = f"tolerance: {tolerance}" if tolerance else "tolerance: 0"
    text = "".join(
        f"  - {{series_frozen: {{column: v, time: at, {which}, {long}}}, name: {name}}}\n"
        for name, which in (("n", f"readings: {count}"), ("t", f"duration: {hours}h"))
    )
    columns = "{at: {type: datetime}, v: {type: number}}"
    outcomes = checked(tmp_path, content, schema_of(columns, f"checks:\n{text}"), {})
    read = sorted((hour, row, value) for row, (hour, value) in enumerate(values) if value is not None)

    def still(part: list[tuple[int, int, int]]) -> bool:
        found_values = [value for _, _, value in part]
        return max(found_values) - min(found_values) <= tolerance

    by_count = sum(still(read[end - count : end]) for end in range(count, len(read) + 1))
    if len(read) >= count:
        assert outcomes["n"].observed == by_count
    elif read:
        assert outcomes["n"].status is Status.ERROR
    if read and read[-1][0] - read[0][0] >= hours and len({hour for hour, _, _ in read}) == len(read):
        assert outcomes["t"].observed == sum(
            any(still(read[start : end + 1]) for start in range(end) if read[end][0] - read[start][0] >= hours)
            for end in range(len(read))
        )
