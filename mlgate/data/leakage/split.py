"""The parts of one table that are compared, and the words for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlgate.config.splits_rules import Splits
from mlgate.data import words
from mlgate.data.plan import Verdict
from mlgate.data.table import Table
from mlgate.outcome import Status

MAX_SHOWN = 10
"""Rows that a finding lists."""


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
