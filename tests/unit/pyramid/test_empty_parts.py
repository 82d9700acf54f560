"""A job in which every test was skipped is judged with the other jobs of its tier."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.outcome import Outcome, Status
from mlgate.pyramid.empty_parts import settled


def outcome(check: str, status: Status, tier: str = "unit", **evidence: Any) -> Outcome:
    return Outcome(
        id=f"{tier}/{check}", check=check, tier=tier, subject="s", status=status, message="m", evidence=evidence
    )


EMPTY = outcome("pytest", Status.WARN, nothing_checked=True)


@pytest.mark.parametrize(
    ("others", "status"),
    [
        ([], Status.ERROR),
        ([outcome("test", Status.SKIP)], Status.ERROR),
        ([outcome("test", Status.PASS, tier="model")], Status.ERROR),
        ([outcome("unchanged", Status.PASS, tests=0)], Status.ERROR),
        ([outcome("between", Status.PASS)], Status.ERROR),
        ([outcome("test", Status.PASS)], Status.SKIP),
        ([outcome("test", Status.FAIL)], Status.SKIP),
        ([outcome("unchanged", Status.PASS, tests=3)], Status.SKIP),
    ],
)
def test_it_is_an_error_unless_another_part_has_a_result(others: list[Outcome], status: Status) -> None:
    found = settled([EMPTY, *others])
    assert found[0].status is status
    assert found[1:] == others


def test_another_warning_or_error_of_the_tier_stays_as_it_is() -> None:
    others = [outcome("pytest", Status.ERROR), outcome("pytest", Status.WARN), outcome("test", Status.PASS)]
    assert settled(others) == others
