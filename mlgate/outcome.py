"""What a run found: frozen data that knows nothing of terminals, files or Markdown.

The shapes follow `docs/report.schema.json`. Version 1 only ever adds fields, and a reader ignores
fields that it does not know.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from enum import StrEnum
from typing import Any

from mlgate.late import dataclass

SCHEMA_VERSION = 1
TIERS = ("static", "unit", "data", "integration", "model", "serving")
"""The rungs of the pyramid, cheapest first."""
COMPARED = ("splits", "skew", "drift")
"""Second part of the ids of what compares datasets, where others have the dataset's name."""


class Status(StrEnum):
    """The five states of an outcome. A check that could not run is `error`, never a pass."""

    PASS = "pass"  # checked, holds
    WARN = "warn"  # a person should look; does not block
    FAIL = "fail"  # checked, does not hold: blocks
    ERROR = "error"  # could not be checked: blocks too
    SKIP = "skip"  # was not asked to run; the message says why

    @property
    def blocks(self) -> bool:
        return self in (Status.FAIL, Status.ERROR)


EXIT_CODES = {Status.PASS: 0, Status.WARN: 0, Status.FAIL: 1, Status.ERROR: 3}
"""Exit code of a report's verdict (a verdict is never `skip`)."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a person would look: a POSIX path relative to the project, and a 1-based line."""

    path: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One check's result.

    Parameters
    ----------
    id : stable across runs, e.g. `data/train/age/between`
    check : name of the check, e.g. `between`
    tier : one of `TIERS`
    subject : what was checked, e.g. `train.age`
    status : see `Status`
    message : one sentence that states the fact
    hint : the next step; empty where nothing is to be done
    observed, expected : JSON values; `expected` is usually a phrase such as `between 0 and 120`
    location : the declaration or the file that the message is about
    evidence : JSON mapping, its keys fixed per check
    duration_s : seconds spent on this outcome alone, 0 where it shared a scan
    reused_from : id of the run whose proof was reused, or None
    """

    id: str
    check: str
    tier: str
    subject: str
    status: Status
    message: str
    hint: str = ""
    observed: Any = None
    expected: Any = None
    location: Location | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    duration_s: float = 0.0
    reused_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole run.

    Parameters
    ----------
    gate : name of the gate; one pull request may carry several
    outcomes : in the order in which they were found
    started_at : UTC time, ISO 8601 with a final `Z`
    duration_s : seconds from start to end
    provenance : JSON mapping: commit, base, dirty, mlgate, python, environment, seed, baselines
    mode : `enforce` or `advisory`
    strict : whether a warning blocks
    """

    gate: str
    outcomes: tuple[Outcome, ...]
    started_at: str
    duration_s: float
    provenance: Mapping[str, Any]
    mode: str = "enforce"
    strict: bool = False

    @property
    def verdict(self) -> Status:
        """The worst that was found; a run in which nothing was checked is `error`."""
        return judge(self.outcomes)

    @property
    def exit_code(self) -> int:
        """0 nothing blocks, 1 at least one `fail`, 3 no `fail` and at least one `error`."""
        if self.mode == "advisory":
            return 0
        if self.strict and self.verdict is Status.WARN:
            return 1
        return EXIT_CODES[self.verdict]

    def with_outcomes(self, outcomes: Iterable[Outcome]) -> Report:
        return replace(self, outcomes=tuple(outcomes))


def judge(outcomes: Iterable[Outcome]) -> Status:
    """Verdict over outcomes: `fail` before `error` before `warn` before `pass`.

    A run with no outcome that is not `skip` has proven nothing and is `error`.

    Examples
    --------
    >>> judge([])
    <Status.ERROR: 'error'>
    """
    seen = {outcome.status for outcome in outcomes}
    for status in (Status.FAIL, Status.ERROR, Status.WARN, Status.PASS):
        if status in seen:
            return status
    return Status.ERROR


def to_json(value: Any) -> Any:
    """A copy of `value` in strict JSON types: a float that is not finite becomes None.

    Mappings get text keys, tuples and sets become lists, an enumeration its value.
    numpy scalars are cast through their `item()`.

    Raises
    ------
    TypeError
        A value of another type: an outcome must hold plain data.

    Examples
    --------
    >>> to_json({"low": float("nan"), "n": (1, 2)})
    {'low': None, 'n': [1, 2]}
    """
    match value:
        case None | bool() | int():
            return value
        case StrEnum():
            return value.value
        case str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(key): to_json(item) for key, item in value.items()}
        case list() | tuple():
            return [to_json(item) for item in value]
        case set() | frozenset():
            return sorted(to_json(item) for item in value)
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        return to_json(value.item())
    raise TypeError(f"{type(value).__name__} is not plain data: {value!r}")


def report_to_dict(report: Report) -> dict[str, Any]:
    """`report.json` as a dict of strict JSON types (no NaN, no Infinity)."""
    return {
        "schema_version": SCHEMA_VERSION,
        "gate": report.gate,
        "verdict": report.verdict.value,
        "mode": report.mode,
        "strict": report.strict,
        "started_at": report.started_at,
        "duration_s": to_json(report.duration_s),
        "provenance": to_json(report.provenance),
        "outcomes": [outcome_to_dict(outcome) for outcome in report.outcomes],
    }


def outcome_to_dict(outcome: Outcome) -> dict[str, Any]:
    """One outcome of `report.json` as a dict of strict JSON types."""
    location = outcome.location
    return {
        "id": outcome.id,
        "check": outcome.check,
        "tier": outcome.tier,
        "subject": outcome.subject,
        "status": outcome.status.value,
        "observed": to_json(outcome.observed),
        "expected": to_json(outcome.expected),
        "message": outcome.message,
        "hint": outcome.hint,
        "location": None if location is None else {"path": location.path, "line": location.line},
        "evidence": to_json(outcome.evidence),
        "duration_s": to_json(outcome.duration_s),
        "reused_from": outcome.reused_from,
    }


def report_from_dict(raw: Mapping[str, Any]) -> Report:
    """Read back what `report_to_dict` wrote; fields that are not known are ignored.

    Raises
    ------
    ValueError
        The mapping is not a version 1 report, or its verdict is not that of its outcomes.
    """
    if raw.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"schema_version is {raw.get('schema_version')!r}, this mlgate reads {SCHEMA_VERSION}")
    try:
        report = Report(
            gate=str(raw["gate"]),
            outcomes=tuple(outcome_from_dict(item) for item in raw["outcomes"]),
            started_at=str(raw["started_at"]),
            duration_s=float(raw["duration_s"] or 0.0),
            provenance=dict(raw["provenance"]),
            mode=str(raw.get("mode", "enforce")),
            strict=bool(raw.get("strict", False)),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as problem:
        raise ValueError(f"not a report: {problem!r}") from problem
    if raw.get("verdict") != report.verdict.value:
        raise ValueError(f"verdict {raw.get('verdict')!r} does not follow from the outcomes ({report.verdict.value})")
    return report


def outcome_from_dict(raw: Mapping[str, Any]) -> Outcome:
    """Read back what `outcome_to_dict` wrote.

    KeyError, TypeError, AttributeError, ValueError or OverflowError where it did not.
    """
    place, origin = raw.get("location"), raw.get("reused_from")
    return Outcome(
        id=str(raw["id"]),
        check=str(raw["check"]),
        tier=str(raw["tier"]),
        subject=str(raw["subject"]),
        status=Status(raw["status"]),
        message=str(raw["message"]),
        hint=str(raw.get("hint") or ""),
        observed=raw.get("observed"),
        expected=raw.get("expected"),
        location=None if place is None else Location(str(place["path"]), place.get("line")),
        evidence=dict(raw.get("evidence") or {}),
        duration_s=float(raw.get("duration_s") or 0.0),
        reused_from=None if origin is None else str(origin),
    )
