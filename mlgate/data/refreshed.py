"""How long a dataset has held what it holds, by the history of its repository."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mlgate.config.refreshed import Refreshed
from mlgate.data.moments import spoken, told
from mlgate.data.plan import Verdict
from mlgate.outcome import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentAge:
    """When the content of a dataset came into the history.

    Parameters
    ----------
    since : date of that commit; None where the content is not committed yet
    commit : its id
    complete : whether the history goes on behind it; otherwise the content is at least so old
    by : what names the content: a file that Git tracks, or a pointer of DVC
    """

    since: dt.datetime | None
    commit: str = ""
    complete: bool = True
    by: str = ""


def refreshed(rule: Refreshed, found: ContentAge, now: dt.datetime) -> Verdict:
    """`refreshed`: the content of a dataset came into the repository at most `max_age` ago.

    A test set that has stood for a year measures a world of a year ago, and every choice was made against it. The age
    is that of the commit in which the content, file by file, first appeared anywhere in the history of HEAD: for a file
    under Git its bytes, for one under DVC the hash of its pointer. Moving it, or bringing an older version back, makes
    nothing new. Of several files the newest counts. Content that differs from HEAD is new, and counts from its commit.

    In a shallow clone the history ends early: content that was there at its end is at least so old, and where that does
    not decide, it is an `error`. A failure is a warning unless `severity: fail` is written: the calendar alone must not
    block a change. `freshness` looks at the dates in the data instead.
    """
    expected = f"content at most {rule.max_age.written} old at {told(now)}"
    evidence: dict[str, Any] = {"by": found.by, "commit": found.commit or None}
    if found.since is None:
        message = "the content is new: it is not committed yet, and counts from its commit"
        return Verdict(status=Status.PASS, message=message, expected=expected, evidence=evidence)
    age = (now - found.since).total_seconds()
    when = f"commit {found.commit[:9]} of {found.since.date().isoformat()}"
    evidence |= {"since": told(found.since.astimezone(dt.UTC)), "age_s": age, "complete": found.complete}
    if not age >= 0:
        hint = "look at the clock of this machine, and at that of who made the commit"
        message = f"the commit that brought the content is dated {told(found.since)}, which is in the future"
        return Verdict(status=Status.ERROR, message=message, expected=expected, hint=hint, evidence=evidence)
    if age <= rule.max_age.seconds and not found.complete:
        hint = "fetch the whole history: `fetch-depth: 0` in the checkout step, or `git fetch --unshallow`"
        message = f"the history here ends with {when}, where the content was already there: its age is not known"
        return Verdict(status=Status.ERROR, message=message, expected=expected, hint=hint, evidence=evidence)
    holds = age <= rule.max_age.seconds
    least = "" if found.complete else "at least "
    bad = Status.WARN if rule.severity is Status.WARN else Status.FAIL
    came = "it came with" if found.complete else "it was there at the end of the history,"
    return Verdict(
        status=Status.PASS if holds else bad,
        message=f"the content is {least}{spoken(age)} old: {came} {when}",
        observed=age,
        expected=expected,
        hint="" if holds else "collect and label newer examples, or raise `max_age`",
        evidence=evidence,
    )


CATALOGUE: tuple[tuple[str, str, Callable[..., Any]], ...] = (("refreshed", "data", refreshed),)
"""(name, tier, documented function)."""
