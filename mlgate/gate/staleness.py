"""Whether a baseline is too old to say much about what is in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate.config.evaluation import Evaluation

_UNITS = (("days", 86_400.0), ("hours", 3_600.0), ("minutes", 60.0))


def staleness(facts: Mapping[str, Any], evaluation: Evaluation) -> str | None:
    """Why a baseline is stale by the evaluation's `max_age` and `max_commits_behind`; None where it is not.

    A limit that is declared and cannot be checked, since the fact is not known, is named too: it must not pass for one
    that holds.

    Parameters
    ----------
    facts : of the report (`baseline_facts`): `age_s`, `created_at`, `commits_behind`, `commit`
    evaluation : what was declared

    Returns
    -------
    str or None
        One sentence for the outcome, which is a `warn`.

    Examples
    --------
    >>> from mlgate.outcome import Location
    >>> evaluation = Evaluation(name="e", max_age_s=86400.0, location=Location("mlgate.yaml"))
    >>> staleness({"age_s": 3600.0}, evaluation)
    >>> staleness({"age_s": 259200.0}, evaluation)
    'the baseline is stale: it is 3 days old, older than 24 hours'
    """
    reasons = []
    if evaluation.max_age_s is not None:
        reasons.append(_age(facts.get("age_s"), evaluation.max_age_s))
    if evaluation.max_commits_behind is not None:
        reasons.append(_distance(facts.get("commits_behind"), evaluation.max_commits_behind))
    found = [reason for reason in reasons if reason is not None]
    return f"the baseline is stale: {'; '.join(found)}" if found else None


def _age(age_s: float | None, limit_s: float) -> str | None:
    if age_s is None:
        return f"its age is not known, and `max_age` is {_duration(limit_s)}"
    if age_s <= limit_s:
        return None
    return f"it is {_duration(age_s)} old, older than {_duration(limit_s)}"


def _distance(commits: int | None, limit: int) -> str | None:
    if commits is None:
        return f"how many commits it is behind is not known, and `max_commits_behind` is {limit:,}"
    if commits <= limit:
        return None
    return f"it is {commits:,} commits behind, more than {limit:,}"


def _duration(seconds: float) -> str:
    """In the largest unit of which there are two or more."""
    for unit, length in _UNITS:
        if seconds >= 2 * length:
            number = seconds / length
            return f"{number:,.0f} {unit}" if number >= 10 or number.is_integer() else f"{number:.1f} {unit}"
    return f"{seconds:,.0f} seconds"
