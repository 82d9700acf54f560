"""Where the time went, in the HTML report: by tier, and the checks that took longest."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mlgate.outcome import Outcome, Report, Status, judge
from mlgate.render import words
from mlgate.render.headline import title
from mlgate.render.html_parts import Look, Section, badge, chart, plain, table
from mlgate.render.origins import tier_rows
from mlgate.render.pyramid_facts import machines, reused
from mlgate.render.visible import label

MOST_SLOWEST = 15
_BYTES = 12_000
_LEAST_S = 0.001
"""Seconds under which a check is not among the slowest."""


def timeline(report: Report) -> Section:
    """The tiers with what they found and how long they took, then the slowest checks."""
    rows = tier_rows(report)[:20]
    slowest = sorted((o for o in report.outcomes if o.duration_s >= _LEAST_S), key=lambda o: -o.duration_s)
    slowest = slowest[:MOST_SLOWEST]
    took = words.duration(report.duration_s)
    told = f"Seconds of each tier{f'; the run took {took}' if took else ''}"
    body = chart("tiers", 0, told) + _tiers(report, rows) if rows else ""
    if slowest:
        listing = [(plain(title(o), 160), badge(o.status), plain(o.tier, 30), _time(o.duration_s)) for o in slowest]
        header = ("Check", "Status", "Tier", "Time")
        body += table(
            "The checks that took longest", header, listing, Look(numbers=(3,), budget=_BYTES, sortable=False)
        )
    return Section(key="time", title="Time", note=took, body=body, charts={"tiers": [_drawn(row) for row in rows]})


def _tiers(report: Report, rows: list[tuple[str, list[Outcome], float, str]]) -> str:
    ran_on = machines(report)
    header = ("Tier", "Outcomes", "Found", "Time", "Remark")
    cells = [
        (
            plain(name, 30),
            f"{len(outcomes):,}",
            _found(outcomes),
            _time(seconds),
            plain("; ".join(said for said in (reason, reused(outcomes), ran_on.get(name, "")) if said), 300),
        )
        for name, outcomes, seconds, reason in rows
    ]
    return table("Tiers of this run, the cheapest first", header, cells, Look(numbers=(1, 3), budget=_BYTES))


def _found(outcomes: list[Outcome]) -> str:
    number = Counter(outcome.status for outcome in outcomes)
    order = (Status.FAIL, Status.ERROR, Status.WARN, Status.PASS, Status.SKIP)
    return " ".join(f"{number[status]:,}&nbsp;{badge(status)}" for status in order if number[status])


def _time(seconds: float) -> str:
    return words.duration(seconds or None)


def _drawn(row: tuple[str, list[Outcome], float, str]) -> dict[str, Any]:
    name, outcomes, seconds, _ = row
    status = judge(outcomes) if outcomes else Status.SKIP
    if outcomes and all(outcome.status is Status.SKIP for outcome in outcomes):
        status = Status.SKIP
    known = round(seconds, 4) if 0 <= seconds < 1e9 else 0
    return {"tier": label(name, 30), "seconds": known, "told": words.duration(seconds or None), "status": status.value}
