from __future__ import annotations

import math
from typing import Any

import pytest

from mlgate.config.evaluation import Evaluation
from mlgate.gate.staleness import staleness
from mlgate.outcome import Location

DAY = 86_400.0


def evaluation(max_age_s: float | None = None, max_commits_behind: int | None = None) -> Evaluation:
    return Evaluation(
        name="e", max_age_s=max_age_s, max_commits_behind=max_commits_behind, location=Location("mlgate.yaml", 3)
    )


@pytest.mark.parametrize(
    ("facts", "limits", "words"),
    [
        ({"age_s": 100 * DAY, "commits_behind": 10**6}, (None, None), None),
        ({}, (None, None), None),
        ({"age_s": 7 * DAY}, (7 * DAY, None), None),
        ({"age_s": 7 * DAY + 1}, (7 * DAY, None), "it is 7.0 days old, older than 7 days"),
        ({"age_s": 90.0}, (60.0, None), "it is 90 seconds old, older than 60 seconds"),
        ({"age_s": 5400.0}, (3600.0, None), "it is 90 minutes old, older than 60 minutes"),
        ({"age_s": None}, (3600.0, None), "its age is not known, and `max_age` is 60 minutes"),
        ({}, (3600.0, None), "its age is not known"),
        ({"age_s": math.nan}, (3600.0, None), "older than 60 minutes"),
        ({"commits_behind": 5}, (None, 5), None),
        ({"commits_behind": 0}, (None, 0), None),
        ({"commits_behind": 6000}, (None, 5), "it is 6,000 commits behind, more than 5"),
        ({"commits_behind": None}, (None, 5), "is not known, and `max_commits_behind` is 5"),
        (
            {"age_s": 3 * DAY, "commits_behind": 6},
            (2 * DAY, 5),
            "it is 3 days old, older than 2 days; it is 6 commits behind, more than 5",
        ),
    ],
)
def test_a_limit_that_is_passed_or_cannot_be_checked_is_named(
    facts: dict[str, Any], limits: tuple[float | None, int | None], words: str | None
) -> None:
    found = staleness(facts, evaluation(*limits))
    if words is None:
        assert found is None
    else:
        assert found is not None
        assert found.startswith("the baseline is stale: ")
        assert words in found
