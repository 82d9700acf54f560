"""How old the content of a dataset is, judged by the commit that brought it."""

from __future__ import annotations

import datetime as dt

import pytest

from mlgate.config.refreshed import Refreshed
from mlgate.config.spans import Span
from mlgate.data.refreshed import ContentAge, refreshed
from mlgate.outcome import Location, Status

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
ENDS = "the history here ends with commit abcdef012 of 2026-02-20, where the content was already there: its age is not known"
RULE = Refreshed(max_age=Span(seconds=10 * 86400, written="10d"), location=Location("mlgate.yaml", 3))


def age(days: float, *, complete: bool = True) -> ContentAge:
    since = NOW - dt.timedelta(days=days)
    return ContentAge(since=since, commit="abcdef0123456789", complete=complete, by="git")


@pytest.mark.parametrize(
    ("found", "status", "message"),
    [
        (age(10), Status.PASS, "the content is 10 days old: it came with commit abcdef012 of 2026-02-19"),
        (age(10.1), Status.WARN, "the content is 10.1 days old: it came with commit abcdef012 of 2026-02-19"),
        (age(0), Status.PASS, "the content is 0 seconds old: it came with commit abcdef012 of 2026-03-01"),
        (
            age(11, complete=False),
            Status.WARN,
            "the content is at least 11 days old: it was there at the end of the history, commit abcdef012 of 2026-02-18",
        ),
        (
            age(9, complete=False),
            Status.ERROR,
            ENDS,
        ),
        (
            age(-1),
            Status.ERROR,
            "the commit that brought the content is dated 2026-03-02T12:00:00Z, which is in the future",
        ),
        (
            ContentAge(since=None),
            Status.PASS,
            "the content is new: it is not committed yet, and counts from its commit",
        ),
    ],
)
def test_ages(found: ContentAge, status: Status, message: str) -> None:
    verdict = refreshed(RULE, found, NOW)
    assert (verdict.status, verdict.message) == (status, message)
    assert verdict.expected == "content at most 10d old at 2026-03-01T12:00:00Z"
    assert bool(verdict.hint) is (status is not Status.PASS)


def test_severity_and_zones() -> None:
    rule = Refreshed(max_age=RULE.max_age, severity=Status.FAIL, location=RULE.location)
    assert refreshed(rule, age(11), NOW).status is Status.FAIL
    assert refreshed(rule, age(9, complete=False), NOW).status is Status.ERROR
    zone = dt.timezone(dt.timedelta(hours=-5))
    found = ContentAge(since=(NOW - dt.timedelta(days=1)).astimezone(zone), commit="abc", by="t.csv.dvc")
    verdict = refreshed(rule, found, NOW)
    assert (verdict.observed, verdict.evidence["since"], verdict.evidence["by"]) == (
        86400.0, "2026-02-28T12:00:00Z", "t.csv.dvc",
    )  # fmt: skip
    assert "fetch-depth: 0" in refreshed(rule, age(9, complete=False), NOW).hint
