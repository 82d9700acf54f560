"""Tests whose failure does not block until the end of a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from urllib.parse import quote

from mlgate.config.project import Quarantined, Tier
from mlgate.outcome import Outcome, Status
from mlgate.pyramid.judgement import READABLE


def apply_quarantine(tier: Tier, outcomes: Iterable[Outcome], *, today: dt.date, whole: bool = True) -> list[Outcome]:
    """A failing test that is quarantined is `warn` until the end of its last day (UTC); then it counts again.

    Parameters
    ----------
    today : in UTC
    whole : whether all tests of the tier are among the outcomes; only then is an entry that names none of them told
    """
    found = list(outcomes)
    if not tier.quarantine:
        return found
    judged: list[Outcome] = []
    matched: set[str] = set()
    for outcome in found:
        entries = [entry for entry in tier.quarantine if outcome.check == "test" and names(entry, outcome.subject)]
        matched.update(entry.test for entry in entries)
        judged.append(_quarantined(outcome, entries, today) if entries else outcome)
    if whole and any(outcome.check == "test" for outcome in found):
        judged += [_without_test(tier, entry) for entry in tier.quarantine if entry.test not in matched]
    return judged


def names(entry: Quarantined, node: str) -> bool:
    """Whether an entry is about a test: its node id, the function without its parameters, or a glob of node ids."""
    return node == entry.test or node.partition("[")[0] == entry.test or bool(_glob(entry.test).fullmatch(node))


@cache
def _glob(text: str) -> re.Pattern[str]:
    """Only `*` and `?` are special: node ids hold brackets.

    Examples
    --------
    >>> bool(_glob("t.py::test_a[*]").fullmatch("t.py::test_a[x]"))
    True
    """
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(part, re.escape(part)) for part in text), re.DOTALL)


def _quarantined(outcome: Outcome, entries: list[Quarantined], today: dt.date) -> Outcome:
    entry = max(entries, key=lambda one: one.until)
    facts = {"reason": entry.reason, "until": str(entry.until), "status": outcome.status.value}
    if not outcome.status.blocks:
        return outcome
    if today > entry.until:
        hint = f"its quarantine ended on {entry.until}; {outcome.hint}".rstrip("; ")
        return replace(outcome, hint=hint, evidence={**outcome.evidence, "quarantine_ended": str(entry.until)})
    message = f"quarantined until {entry.until} ({entry.reason}): {outcome.message}"
    evidence = {**outcome.evidence, "quarantined": facts}
    return replace(outcome, status=Status.WARN, message=message, evidence=evidence)


def _without_test(tier: Tier, entry: Quarantined) -> Outcome:
    return Outcome(
        id=f"{tier.name}/quarantine/{quote(entry.test, safe=READABLE)}"[:400],
        check="quarantine",
        tier=tier.name,
        subject=entry.test,
        status=Status.WARN,
        message="the quarantine names no test",
        hint="remove the entry, or correct the node id",
        location=entry.location,
    )
