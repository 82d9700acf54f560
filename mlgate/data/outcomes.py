"""Verdicts become outcomes: ids, subjects, severity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from mlgate.config.schema import Rule
from mlgate.data.plan import Verdict
from mlgate.outcome import Location, Outcome, Status

TIER = "data"


def outcome_id(dataset: str, *parts: str) -> str:
    """`data/<dataset>/...`, every part percent-encoded so that it holds no slash.

    Examples
    --------
    >>> outcome_id("train", "a/b", "between")
    'data/train/a%2Fb/between'
    """
    return "/".join(["data", *(quote(part, safe="=._-", errors="replace") for part in (dataset, *parts))])


def make_outcome(  # noqa: PLR0913  (all but the verdict by name)
    verdict: Verdict,
    *,
    dataset: str,
    check: str,
    location: Location,
    column: str | None = None,
    name: str | None = None,
    description: str = "",
) -> Outcome:
    """The outcome of a check on a column, or on the table where `column` is None.

    `name` ends the id; a `description` of the schema's author goes before the hint where something is wrong.
    """
    told = f"{description}; {verdict.hint}" if description and verdict.hint else verdict.hint
    parts = ([column] if column is not None else []) + [name or check]
    return Outcome(
        id=outcome_id(dataset, *parts),
        check=check,
        tier=TIER,
        subject=dataset if column is None else f"{dataset}.{column}",
        status=verdict.status,
        message=verdict.message,
        hint=told,
        observed=verdict.observed,
        expected=verdict.expected,
        location=location,
        evidence=verdict.evidence,
    )


def softened(verdict: Verdict, rule: Rule) -> Verdict:
    """With `severity: warn` a failure is a warning. An error stays an error."""
    if verdict.status is Status.FAIL and rule.severity is Status.WARN:
        return replace(verdict, status=Status.WARN)
    return verdict


def with_evidence(verdict: Verdict, more: Mapping[str, Any]) -> Verdict:
    return replace(verdict, evidence={**verdict.evidence, **more})
