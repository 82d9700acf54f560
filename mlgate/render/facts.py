"""Typed views of what a report carries as plain JSON: parsed once, here.

A report may come from a file that a stranger wrote. Nothing here trusts a type or a range: a value of
the wrong shape is treated as absent, never as an exception.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from itertools import islice
from urllib.parse import unquote

from mlgate.late import compiled, dataclass
from mlgate.outcome import TIERS, Outcome, Report, Status

_MOST_COLUMNS = 100
_PLAIN_NAME = compiled(r"[A-Za-z_][A-Za-z0-9_@.]{0,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One metric of one evaluation, on all rows or in one slice; `delta` is candidate minus baseline.

    `where` is empty for all rows, else for example `sex=F`. Numbers that are absent or not finite are None.
    """

    outcome: Outcome
    evaluation: str
    metric: str
    where: str
    verdict: str
    unit: str
    higher_is_better: bool
    baseline: float | None
    candidate: float | None
    delta: float | None
    low: float | None
    high: float | None
    confidence: float
    tolerance: float | None
    p_adjusted: float | None
    detectable: float | None
    n: int | None
    family_size: int | None
    rows_needed: int | None
    blocking: bool = True
    runs: tuple[int, int] = (1, 1)  # of the baseline, of the candidate
    digits: int | None = None  # after the point, where a neighbour needs as many

    def oriented(self, change: float) -> float:
        """`change` so that positive is better, whatever the direction of the metric."""
        return change if self.higher_is_better else -change

    @property
    def measured(self) -> bool:
        """Whether there is a change with an interval to show; else only the message says something."""
        return None not in (self.delta, self.low, self.high) and self.verdict != "invalid"

    @property
    def was_accepted(self) -> bool:
        """Whether a regression was turned into a warning by name: the message says until when, and why."""
        return self.outcome.status is Status.WARN and self.verdict == "regression" and self.blocking

    @property
    def harm(self) -> tuple[float, float]:
        """Sort key, the worst first: worsening in tolerances, then in the metric's unit."""
        return _harm(0.0 if self.delta is None else self.oriented(self.delta), self.tolerance)


def _harm(change: float, tolerance: float | None) -> tuple[float, float]:
    """Of a change whose worsening is negative."""
    if tolerance:
        return (change / tolerance, change)
    return (-math.inf if change < 0 else change, change)


def as_number(value: object) -> float | None:
    """A finite float, or None."""
    if type(value) is float:
        return value if math.isfinite(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def as_count(value: object) -> int | None:
    """A whole number of at least 0, or None."""
    number = as_number(value)
    return int(number) if number is not None and 0 <= number < 1e15 and number == int(number) else None


def as_text(value: object) -> str:
    """Text as it is, None as nothing, and any other value as JSON would write it."""
    match value:
        case None:
            return ""
        case str():
            return value
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        return f"({type(value).__name__})"


def line_of(outcome: Outcome) -> int | None:
    """The 1-based line of the outcome's location, if it is one."""
    line: object = outcome.location.line if outcome.location else None
    return line if isinstance(line, int) and not isinstance(line, bool) and 0 < line < 10**9 else None


def place_of(outcome: Outcome) -> str:
    """`path:line`, `path`, or nothing."""
    if outcome.location is None or not outcome.location.path:
        return ""
    line = line_of(outcome)
    return outcome.location.path if line is None else f"{outcome.location.path}:{line}"


def folder_of(report: Report) -> str:
    """The project's folder in its repository, a slash behind it: what the paths of the report start from there.

    Empty for the repository's own folder, and for what is none.
    """
    folder = as_text(report.provenance.get("folder"))
    is_inside = len(folder) <= 500 and "\\" not in folder and not {"", ".", ".."} & {*folder.split("/")}
    return f"{folder}/" if is_inside else ""


def comparison_of(outcome: Outcome) -> Comparison | None:
    """The comparison that the evidence describes: a mapping with `metric` and `verdict`. Else None."""
    evidence = outcome.evidence
    metric, verdict = as_text(evidence.get("metric")), as_text(evidence.get("verdict"))
    if not metric or not verdict:
        return None
    tolerance = as_number(evidence.get("tolerance"))
    confidence = as_number(evidence.get("confidence"))
    return Comparison(
        outcome=outcome,
        evaluation=as_text(evidence.get("evaluation")) or id_part(outcome, 1),
        metric=metric,
        where=slice_text(evidence.get("slice")),
        verdict=verdict,
        unit=as_text(evidence.get("unit"))[:16],
        higher_is_better=evidence.get("higher_is_better") is not False,
        baseline=as_number(evidence.get("baseline")),
        candidate=as_number(evidence.get("candidate")),
        delta=as_number(evidence.get("delta")),
        low=as_number(evidence.get("low")),
        high=as_number(evidence.get("high")),
        confidence=confidence if confidence is not None and 0 < confidence < 1 else 0.9,
        tolerance=tolerance if tolerance is not None and tolerance >= 0 else None,
        p_adjusted=as_number(evidence.get("p_adjusted")),
        detectable=as_number(evidence.get("minimum_detectable_effect")),
        n=as_count(evidence.get("n")),
        family_size=as_count(evidence.get("family_size")),
        rows_needed=as_count(evidence.get("rows_needed")),
        blocking=evidence.get("blocking") is not False,
        runs=(_length(evidence.get("baseline_runs")), _length(evidence.get("candidate_runs"))),
    )


def comparisons(outcomes: Iterable[Outcome]) -> list[Comparison]:
    return [found for outcome in outcomes if (found := comparison_of(outcome)) is not None]


def undecided(outcomes: Iterable[Outcome]) -> list[Comparison]:
    """The warnings of comparisons that cannot tell yet: the rows are too few."""
    return comparisons(o for o in outcomes if o.status is Status.WARN and o.evidence.get("verdict") == "inconclusive")


def to_look_at(report: Report) -> list[Outcome]:
    """The warnings that ask for a person, the most important first. What cannot tell yet stands with the metrics."""
    waiting = {id(comparison.outcome) for comparison in undecided(report.outcomes)}
    return [o for o in by_importance(report.outcomes, Status.WARN) if id(o) not in waiting]


def id_part(outcome: Outcome, index: int) -> str:
    """One part of the id with its percent codes undone; nothing if there is no such part."""
    parts = outcome.id.split("/")
    return unquote(parts[index]) if index < len(parts) else ""


def is_test(outcome: Outcome) -> bool:
    return "node" in outcome.evidence


def by_importance(outcomes: Iterable[Outcome], *statuses: Status) -> list[Outcome]:
    """The outcomes of these statuses: in the order of `statuses`, comparisons first and the worst of them first."""
    chosen = [outcome for outcome in outcomes if outcome.status in statuses]

    def rank(outcome: Outcome) -> tuple[int, bool, tuple[float, float]]:
        evidence = outcome.evidence
        compared = bool(as_text(evidence.get("metric")) and as_text(evidence.get("verdict")))
        change = as_number(evidence.get("delta")) if compared else None
        better = -(change or 0.0) if evidence.get("higher_is_better") is False else change or 0.0
        tolerance = as_number(evidence.get("tolerance")) if compared else None
        harm = _harm(better, tolerance if tolerance is not None and tolerance >= 0 else None)
        return (statuses.index(outcome.status), not compared, harm if compared else (0.0, 0.0))

    return sorted(chosen, key=rank)


def is_plain_name(text: str) -> bool:
    """Whether a name can stand in a command as it is, whoever wrote it."""
    return _PLAIN_NAME.fullmatch(text) is not None


def in_tier_order(names: Iterable[str]) -> list[str]:
    """The tiers, each once, cheapest first and unknown ones last."""
    seen = set(names)
    return [name for name in TIERS if name in seen] + sorted(seen.difference(TIERS))


def _length(value: object) -> int:
    return max(1, len(value)) if isinstance(value, list | tuple) else 1


def slice_text(value: object) -> str:
    """`sex=F, ward=3` of a mapping, nothing of None; the first columns of one that no gate makes."""
    if isinstance(value, Mapping):
        return ", ".join(f"{as_text(column)}={as_text(value[column])}" for column in islice(value, _MOST_COLUMNS))
    return as_text(value)
