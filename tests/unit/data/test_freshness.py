"""How old a table is: days, hours, zones, the future."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.data.freshness import _spoken
from mlgate.outcome import Outcome, Status
from tests.unit.data.linked import NOW, Content, checked, schema_of


def fresh(folder: Path, content: Content, type_: str = "date", *, more: str = "", **options: Any) -> Outcome:
    """The outcome of at most 2 days, at noon UTC of 2026-03-01."""
    declared = schema_of(f"{{x: {{type: {type_}}}}}", f"freshness: {{column: x, max_age: 2d{more}}}")
    found: dict[str, Outcome] = checked(folder, content, declared, {}, **options)
    return found["freshness"]


@pytest.mark.parametrize(
    ("type_", "newest", "status", "told"),
    [
        # a date is as many days old as lie between it and the day of the reference
        ("date", "2026-03-01", Status.PASS, "2026-03-01, 0 days old"),
        ("date", "2026-02-28", Status.PASS, "2026-02-28, 1 day old"),
        ("date", "2026-02-27", Status.PASS, "2026-02-27, 2 days old"),
        ("date", "2026-02-26", Status.WARN, "2026-02-26, 3 days old"),
        # a time is as old as it is, to the second; the bound itself is fresh
        ("datetime", "2026-02-27T12:00:00", Status.PASS, "2026-02-27T12:00:00, 2.0 days old"),
        ("datetime", "2026-02-27T11:59:59", Status.WARN, "2026-02-27T11:59:59, 2.0 days old"),
        ("datetime", "2026-03-01T10:30", Status.PASS, "2026-03-01T10:30:00, 1.5 hours old"),
        # zones are converted
        ("datetime", "2026-02-27T13:00:00+01:00", Status.PASS, "2026-02-27T12:00:00, 2.0 days old"),
        ("datetime", "2026-02-27T12:59:59+01:00", Status.WARN, "2026-02-27T11:59:59, 2.0 days old"),
        ("any", "2026-02-27T12:00:00Z", Status.PASS, "2026-02-27T12:00:00, 2.0 days old"),
    ],
)
def test_age(tmp_path: Path, type_: str, newest: str, status: Status, told: str) -> None:
    outcome = fresh(tmp_path, f"x,y\n2020-01-01,1\n{newest},2\n,3\n", type_)
    assert (outcome.status, outcome.message) == (status, f"the newest value is {told}")
    assert outcome.evidence["judged"] == 2
    assert outcome.evidence["null"] == 1
    assert bool(outcome.hint) is (status is Status.WARN)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([dt.date(2026, 2, 26)]),
        pa.array([dt.datetime(2026, 2, 26, 23, tzinfo=dt.UTC)], pa.timestamp("us", "America/New_York")),
        pa.array([dt.datetime(2026, 2, 26, 23, tzinfo=dt.UTC)], pa.timestamp("ns")),
    ],
    ids=["date", "zone", "ns"],
)
def test_stored_dates_and_times(tmp_path: Path, values: Any) -> None:
    outcome = fresh(tmp_path, {"x": values}, "any")
    assert outcome.status is Status.WARN
    assert str(outcome.observed).startswith("2026-02-26")


def test_a_severity_that_is_written_blocks(tmp_path: Path) -> None:
    declared = schema_of("{x: {type: date}}", "checks: [{freshness: {column: x, max_age: 2d}, severity: fail}]")
    assert checked(tmp_path, "x,y\n2026-01-01,1\n", declared, {})["freshness"].status is Status.FAIL


def test_a_future_value_is_told_and_makes_nothing_fresh(tmp_path: Path) -> None:
    outcome = fresh(tmp_path, "x,y\n2026-01-01,1\n2099-12-31,2\n2027-01-01,3\n")
    assert outcome.status is Status.WARN
    assert outcome.message == (
        "the newest value is 2026-01-01, 59 days old; 2 values lie in the future, the latest 2099-12-31"
    )
    assert (outcome.evidence["judged"], outcome.evidence["future"]) == (1, 2)


@pytest.mark.parametrize("content", ["x,y\n2099-12-31,1\n", "x,y\n,1\n"])
def test_no_value_up_to_now_is_an_error(tmp_path: Path, content: str) -> None:
    outcome = fresh(tmp_path, content)
    assert outcome.status is Status.ERROR
    assert outcome.message.startswith("nothing observed")


def test_values_that_are_no_dates_are_left_to_the_type_check(tmp_path: Path) -> None:
    outcome = fresh(tmp_path, "x,y\nsoon,1\n2026-03-01,1\n")
    assert outcome.status is Status.PASS
    assert outcome.evidence["not_of_type"] == 1


@pytest.mark.parametrize("text", ["infinity", "-infinity", "0044-03-15 (BC)", "9999-12-31"])
def test_odd_dates_are_no_crash(tmp_path: Path, text: str) -> None:
    assert fresh(tmp_path, f"x,y\n{text},1\n").status is Status.ERROR


@pytest.mark.parametrize(
    "values",
    [
        pa.array([-800_000], pa.date32()),
        pa.array([-(10**17)], pa.timestamp("us")),
    ],
    ids=["date", "time"],
)
def test_a_moment_before_the_year_1_is_old(tmp_path: Path, values: Any) -> None:
    outcome = fresh(tmp_path, {"x": values}, "any")
    assert outcome.status is Status.WARN
    assert outcome.message.endswith("before the year 1")


def test_rows_of_a_condition(tmp_path: Path) -> None:
    table = "checks: [{freshness: {column: x, max_age: 2d}, where: 'y = 1', name: some}]"
    declared = schema_of("{x: {type: date}, y: {type: integer}}", table)
    found = checked(tmp_path, "x,y\n2026-01-01,1\n2026-03-01,2\n", declared, {})
    assert found["some"].status is Status.WARN
    nothing = checked(tmp_path, "x,y\n2026-03-01,2\n", declared, {})
    assert nothing["some"].status is Status.ERROR
    assert "no row meets the condition" in nothing["some"].message


class TestReference:
    @pytest.mark.parametrize(
        ("reference", "type_", "newest", "status"),
        [
            ("2020-01-10", "date", "2020-01-08", Status.PASS),
            ("2020-01-10", "date", "2020-01-07", Status.WARN),
            ("2020-01-10", "datetime", "2020-01-10T23:00:00", Status.PASS),  # a date alone is its end
            ("2020-01-10T10:00", "datetime", "2020-01-08T10:00:00", Status.PASS),
            ("2020-01-10T10:00+02:00", "datetime", "2020-01-08T08:00:00", Status.PASS),
            ("2020-01-10T10:00+02:00", "datetime", "2020-01-08T07:59:59", Status.WARN),
        ],
    )
    def test_a_declared_one_goes_before_the_clock(
        self, tmp_path: Path, reference: str, type_: str, newest: str, status: Status
    ) -> None:
        outcome = fresh(tmp_path, f"x,y\n{newest},1\n", type_, more=f", reference_time: '{reference}'", now=None)
        assert outcome.status is status, outcome.message
        assert outcome.evidence["reference_time"].startswith("2020-01-10T")

    def test_without_any_it_is_an_error(self, tmp_path: Path) -> None:
        outcome = fresh(tmp_path, "x,y\n2026-03-01,1\n", now=None)
        assert (outcome.status, outcome.message) == (
            Status.ERROR,
            "freshness is counted from a time, and none was given",
        )

    def test_the_zone_of_the_clock_does_not_matter(self, tmp_path: Path) -> None:
        tokyo = NOW.astimezone(dt.timezone(dt.timedelta(hours=14)))
        found = [fresh(tmp_path, "x,y\n2026-02-27,1\n", now=now) for now in (NOW, tokyo, NOW.replace(tzinfo=None))]
        assert len({(outcome.status, outcome.message) for outcome in found}) == 1


@given(st.timedeltas(min_value=dt.timedelta(0), max_value=dt.timedelta(days=10**5)))
def test_an_age_is_put_into_words(age: dt.timedelta) -> None:
    number, unit, _ = _spoken(age, whole=False).split()
    seconds = float(number.replace(",", "")) * {"hours": 3600, "days": 86400}[unit]
    assert abs(seconds - age.total_seconds()) <= 0.05 * {"hours": 3600, "days": 86400}[unit] * 1.001
