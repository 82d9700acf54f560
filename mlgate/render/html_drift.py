"""How compared columns are distributed, before and after, in the HTML report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.outcome import Outcome, Report, Status
from mlgate.render.facts import as_count, as_number, as_text, by_importance
from mlgate.render.html_parts import Look, Section, badge, chart, code, plain, table
from mlgate.render.visible import label
from mlgate.render.words import count, share

MOST = 24
_MOST_CELLS = 40
_BYTES = 8_000

_LEGEND = "Bars are the newer data, lines the reference, as shares of all rows; what drifted comes first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Rows of both tables that hold a value or lie in a range; the ends are None where it is open or has none."""

    name: str
    low: float | None
    high: float | None
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A column of both tables; `numeric` says that the ends of the cells are numbers to be drawn to scale."""

    outcome: Outcome
    numeric: bool
    cells: tuple[Cell, ...]
    rows: tuple[int, int]


def distributions(report: Report) -> Section:
    """The columns of which the report holds a distribution, the most important first."""
    kept = [outcome for outcome in report.outcomes if "distribution" in outcome.evidence]
    order = by_importance(kept, Status.FAIL, Status.ERROR, Status.WARN, Status.PASS)
    found = [known for outcome in order if (known := distribution_of(outcome)) is not None]
    shown = found[:MOST]
    parts = [_of(each, place) for place, each in enumerate(shown)]
    hidden = len(found) - len(shown)
    more = f'<p class="soft">... and {count(hidden, "column")} more in report.json.</p>' if hidden else ""
    body = f'<p class="soft">{_LEGEND}</p>\n<div class="figures">{"".join(parts)}</div>{more}' if parts else ""
    return Section(
        key="distributions",
        title="Data before and after",
        note=count(len(found), "column"),
        body=body,
        charts={"distributions": [_drawn(each) for each in shown]},
    )


def distribution_of(outcome: Outcome) -> Distribution | None:
    """From evidence; None where it holds none."""
    kept = outcome.evidence.get("distribution")
    if not isinstance(kept, Mapping):
        return None
    cells = tuple(_cells(kept.get("cells")))
    others, missing, rows = (_pair(kept.get(key)) for key in ("others", "missing", "rows"))
    if not cells or rows is None or not all(rows):
        return None
    for name, extra in (("all others", others), ("missing", missing)):
        if extra is not None and any(extra):
            cells = (*cells, Cell(name=name, low=None, high=None, before=extra[0], after=extra[1]))
    numeric = kept.get("kind") == "ordered" and kept.get("type") in ("integer", "number")
    return Distribution(outcome=outcome, numeric=numeric, cells=cells, rows=rows)


def _cells(value: object) -> Iterator[Cell]:
    for entry in value[:_MOST_CELLS] if isinstance(value, list | tuple) else ():
        if not isinstance(entry, Mapping):
            continue
        before, after = as_count(entry.get("reference")), as_count(entry.get("current"))
        if before is not None and after is not None:
            low, high = as_number(entry.get("low")), as_number(entry.get("high"))
            yield Cell(name=as_text(entry.get("name")), low=low, high=high, before=before, after=after)


def _pair(value: object) -> tuple[int, int] | None:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    before, after = as_count(value[0]), as_count(value[1])
    return None if before is None or after is None else (before, after)


def _of(found: Distribution, place: int) -> str:
    name = code(found.outcome.subject, 100)
    rows = [
        (code(cell.name, 60), *(share(n / of) for n, of in zip((cell.before, cell.after), found.rows, strict=True)))
        for cell in found.cells
    ]
    caption = f"Shares of the rows of {name}: {found.rows[0]:,} of the reference, {found.rows[1]:,} now"
    listing = table(caption, ("Value", "Reference", "Now"), rows, Look(numbers=(1, 2), budget=_BYTES))
    told = f"Distribution of {label(found.outcome.subject, 100)} before and after, the numbers of the table below it"
    return (
        f'<div class="panel"><h3>{badge(found.outcome.status)} {name}</h3><p>{plain(found.outcome.message, 240)}</p>'
        f"{chart('distribution', place, told)}<details><summary>In numbers</summary>{listing}</details></div>"
    )


def _drawn(found: Distribution) -> dict[str, Any]:
    """Name, ends and both shares of each cell."""
    before, after = found.rows
    return {
        "numeric": found.numeric,
        "cells": [
            [label(c.name, 40), c.low, c.high, round(c.before / before, 5), round(c.after / after, 5)]
            for c in found.cells
        ],
    }
