"""The keys of a tier: what they give, and what makes no sense."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from mlgate.config.project import Tier
from mlgate.config.project_file import parse_project
from mlgate.errors import ConfigError

WHOLE = """\
version: 1
tiers:
  unit:
    tests: tests
    budget: 2m
    over_budget: warn
    timeout: 1h
    test_budget: 5s
    over_test_budget: fail
    test_timeout: 60s
    retries: 2
    workers: auto
    inputs: data/*.csv
    environment: [MODE]
    quarantine:
      - {test: "tests/test_a.py::test_b[*]", reason: ticket 12, until: 2026-12-31}
"""


def tier(text: str) -> Tier:
    return parse_project(text, "mlgate.yaml", root=Path("/project")).tiers["unit"]


def test_every_key_is_read() -> None:
    found = tier(WHOLE)
    assert (found.budget_s, found.over_budget, found.timeout_s, found.limit_s) == (120, "warn", 3600, 3600)
    assert (found.test_budget_s, found.over_test_budget, found.test_timeout_s) == (5, "fail", 60)
    assert (found.retries, found.workers, found.inputs, found.environment) == (2, "auto", ("data/*.csv",), ("MODE",))
    (entry,) = found.quarantine
    assert (entry.test, entry.reason, entry.until) == ("tests/test_a.py::test_b[*]", "ticket 12", dt.date(2026, 12, 31))
    assert (entry.location.path, entry.location.line) == ("mlgate.yaml", 16)


@pytest.mark.parametrize(
    ("keys", "limit_s"),
    [
        ("", None),
        ("timeout: 9s", 9),
        ("budget: 9s", 9),
        ("budget: 9s, over_budget: stop", 9),
        ("budget: 9s, over_budget: fail", 36),
        ("budget: 9s, over_budget: warn, timeout: 10s", 10),
    ],
)
def test_when_the_tests_are_stopped(keys: str, limit_s: float | None) -> None:
    assert tier(f"version: 1\ntiers: {{unit: {{tests: t, {keys}}}}}\n").limit_s == limit_s


@pytest.mark.parametrize(
    ("old", "new", "words", "line"),
    [
        ("    budget: 2m\n", "", "over_budget needs a budget", 5),
        ("    test_budget: 5s\n", "", "over_test_budget needs a test_budget", 8),
        ("    over_budget: warn\n", "", "the timeout is never reached", 6),
        ("timeout: 1h", "timeout: 2m", "must be longer than the budget", 7),
        ("over_budget: warn", "over_budget: ignore", "'ignore' is not one of stop, fail, warn", 6),
        ("retries: 2", "retries: 11", "outside 0 to 10", 11),
        ("workers: auto", "workers: 0", "0 is not a number of processes", 12),
        ("workers: auto", "workers: true", "true is not a number of processes", 12),
        ("until: 2026-12-31", "until: never", "not a date", 16),
        ('{test: "', '{test: "*', "is not about tests of one file", 16),
        ("reason: ticket 12, ", "", "needs the key 'reason'", 16),
        (
            WHOLE[WHOLE.index("      - {test") :],
            WHOLE[WHOLE.index("      - {test") :] * 2,
            "is quarantined twice",
            17,
        ),
    ],
)
def test_what_makes_no_sense_is_a_mistake_with_its_place(old: str, new: str, words: str, line: int) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        tier(WHOLE.replace(old, new))
    assert f"mlgate.yaml:{line}" in str(caught.value)
