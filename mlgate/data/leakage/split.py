"""The parts of one table that are compared, and the words for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mlgate.config.splits_rules import Splits
from mlgate.data import words
from mlgate.data.plan import Verdict
from mlgate.data.table import Table
from mlgate.outcome import Status

MAX_SHOWN = 10
"""Rows that a finding lists."""
LEAST_SHOWN = 5
"""What fewer rows share is not named: it could name a person."""
SOME_WITHOUT, MOST_WITHOUT = 0.05, 0.5
"""Shares of a split's rows that could not be judged: from the first on it is a warning, over the second an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One part: an open table with its number of rows. `digest` names the relation that `digests` made of it."""

    name: str
    table: Table
    rows: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two splits: `earlier` is used first, so `later` must not be known by it."""

    declared: Splits
    earlier: Split
    later: Split
    privacy: str = "masked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a check has found in one pair, before its limit is applied.

    Parameters
    ----------
    judged, failing : of the later split, in what `noun` says
    message : the fact, where something was found and where not
    hint : what to do where it is too much
    rows : `{"row", "value"}` of the first rows of `rows_in`
    """

    judged: int
    failing: int
    message: str
    expected: str
    hint: str = ""
    rows: Sequence[Mapping[str, Any]] = ()
    rows_in: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


def judged(found: Found, limit: float, privacy: str) -> Verdict:
    """The verdict on shares: what is found is a failure unless a limit accepts so much of it.

    Where nothing was judged it is an error.
    """
    if not found.judged:
        return could_not(f"{found.message}: nothing was compared", "look at the rows and columns that were left out")
    share = found.failing / found.judged if found.judged else 0.0
    holds = not found.failing or share <= limit
    accepted = f", at most {limit:.6g} accepted" if found.failing and holds else ""
    evidence = {"judged": found.judged, "failing": found.failing, **found.evidence}
    if found.rows and privacy != "none":
        evidence |= {"rows_in": found.rows_in, "rows": [dict(row) for row in found.rows]}
    return Verdict(
        status=Status.PASS if holds else Status.FAIL,
        message=f"{found.message}{accepted}",
        observed=found.failing,
        expected=found.expected if not limit else f"{found.expected}, or at most {limit:.6g} of them",
        hint="" if holds else found.hint,
        evidence=evidence,
    )


def without_some(verdict: Verdict, without: Mapping[str, tuple[int, int]], what: str) -> Verdict:
    """The verdict where rows could not be judged: of many it is a warning, of more than half of a split an error.

    Parameters
    ----------
    without : rows that could not be judged, and all rows, by the names of the splits
    what : that these rows lack
    """
    name, (lacking, rows) = max(without.items(), key=lambda one: one[1][0] / one[1][1])
    share = lacking / rows
    if verdict.status is Status.FAIL or share < SOME_WITHOUT:
        return verdict
    message = f"{verdict.message}: {share_told(lacking, rows)} of {words.short(name)}"
    hint = f"fill in {what}, or take these rows out"
    if share > MOST_WITHOUT:
        fact = f"{message}, which could not be checked"
        return replace(verdict, status=Status.ERROR, message=fact, hint=hint)
    return replace(verdict, status=Status.WARN, message=message, hint=verdict.hint or hint)


def could_not(message: str, hint: str) -> Verdict:
    """The error that something could not be checked."""
    return Verdict(status=Status.ERROR, message=message, hint=hint)


def not_asked(message: str) -> Verdict:
    """What was not judged, with the reason."""
    return Verdict(status=Status.SKIP, message=message)


def share_told(part: int, whole: int) -> str:
    """A share in brackets.

    Examples
    --------
    >>> share_told(37, 1000), share_told(1, 5_000_000), share_told(3, 3)
    ('3.7 %', 'under 0.01 %', '100 %')
    """
    share = 100 * part / whole if whole else 0.0
    if 0 < share < 0.01:
        return "under 0.01 %"
    return f"{share:.3g} %" if share < 99.95 or part == whole else f"{share:.5g} %"


def named(columns: Sequence[str], most: int = 5) -> str:
    """Names of columns as a text, the first ones only."""
    return words.listed([words.short(name) for name in columns], limit=most)
