"""The last runs of each metric on the branch that a change goes to, in the HTML report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.outcome import Outcome, Report
from mlgate.render.facts import as_number, as_text
from mlgate.render.html_parts import Look, Section, badge, chart, code, plain, table
from mlgate.render.visible import label
from mlgate.render.words import count, short_number

MOST = 24
_MOST_POINTS = 100
_BYTES = 8_000


@dataclass(frozen=True, slots=True)
class Point:
    """A run: its commit and its time as they stand, and its value."""

    commit: str
    time: str
    value: float


def trends(report: Report) -> Section:
    """Every metric of which the report holds two runs or more."""
    found = [(outcome, points) for outcome in report.outcomes if len(points := points_of(outcome)) > 1]
    shown = found[:MOST]
    parts = [_of(outcome, points, place) for place, (outcome, points) in enumerate(shown)]
    hidden = len(found) - len(shown)
    more = f'<p class="soft">... and {count(hidden, "metric")} more in report.json.</p>' if hidden else ""
    body = f'<div class="figures">{"".join(parts)}</div>{more}' if parts else ""
    drawn = [_drawn(outcome, points) for outcome, points in shown]
    return Section(key="trend", title="The last runs", body=body, charts={"trends": drawn})


def points_of(outcome: Outcome) -> list[Point]:
    """Of the evidence of a history, the oldest first; what has no value is left out."""
    value = outcome.evidence.get("points")
    if outcome.check != "slow_decline" or not isinstance(value, list | tuple):
        return []
    entries = [each for each in value[-_MOST_POINTS:] if isinstance(each, Mapping)]
    known = [(each, number) for each in entries if (number := as_number(each.get("value"))) is not None]
    return [Point(as_text(each.get("commit"))[:12], as_text(each.get("time"))[:10], number) for each, number in known]


def _of(outcome: Outcome, points: list[Point], place: int) -> str:
    metric, evaluation = (as_text(outcome.evidence.get(key)) for key in ("metric", "evaluation"))
    better = "lower" if outcome.evidence.get("higher_is_better") is False else "higher"
    rows = [(plain(p.time, 20) or "n/a", code(p.commit, 20), short_number(p.value)) for p in reversed(points)]
    caption = f"{code(metric, 60)} of {code(evaluation, 60)}, the latest run first"
    listing = table(caption, ("Day", "Commit", "Value"), rows, Look(numbers=(2,), budget=_BYTES))
    ends = " to ".join(short_number(p.value) for p in (points[0], points[-1]))
    told = f"{label(metric, 60)} of {label(evaluation, 60)} over {count(len(points), 'run')}: {ends}"
    return (
        f'<div class="panel"><h3>{badge(outcome.status)} {code(metric, 60)} of {code(evaluation, 60)} '
        f'<span class="soft">{better} is better</span></h3><p>{plain(outcome.message, 300)}</p>'
        f"{chart('trend', place, told)}<details><summary>In numbers</summary>{listing}</details></div>"
    )


def _drawn(outcome: Outcome, points: list[Point]) -> dict[str, Any]:
    return {
        "status": outcome.status.value,
        "points": [[label(p.commit, 20), label(p.time, 20), float(f"{p.value:.6g}")] for p in points],
    }
