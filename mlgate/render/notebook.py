"""The report as a fragment of HTML for a notebook, which has a style of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from mlgate.outcome import Outcome, Report, Status
from mlgate.render import facts, words
from mlgate.render.facts import Comparison, by_importance
from mlgate.render.headline import counts, headline, title
from mlgate.render.metric_groups import grouped, same_digits
from mlgate.render.visible import one_line

MAX_ROWS = 200
"""Rows that are shown of the metrics, and outcomes of the rest; the report has all."""

_HEADER = ("metric", "slice", "rows", "baseline", "candidate", "change", "interval", "verdict")


def render_notebook(report: Report) -> str:
    """Verdict, metrics, and whatever else blocks or is to be looked at: no script, every text escaped."""
    compared = [row for group in grouped(facts.comparisons(report.outcomes)) for row in same_digits(group)]
    others = [*by_importance(report.outcomes, Status.FAIL, Status.ERROR), *facts.to_look_at(report)]
    told = [outcome for outcome in others if facts.comparison_of(outcome) is None]
    parts = [
        f"<p><strong>{_text(headline(report), 250)}</strong><br>{_text(counts(report), 400)}</p>",
        _table(_HEADER, map(_row, compared[:MAX_ROWS]), len(compared)),
        _table(("what", "status", "finding", "next step"), map(_problem, told[:MAX_ROWS]), len(told)),
    ]
    return "\n".join(part for part in parts if part)


def _text(text: str, limit: int = 300) -> str:
    return escape(one_line(text, limit))


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], total: int) -> str:
    """A table from escaped cells; nothing where there is no row."""
    if not total:
        return ""
    head = "".join(f"<th>{cell}</th>" for cell in header)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    more = f"<p>... and {total - MAX_ROWS:,} more in the report</p>" if total > MAX_ROWS else ""
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>{more}"


def _row(comparison: Comparison) -> tuple[str, ...]:
    cells = (
        comparison.metric,
        comparison.where or "all rows",
        "" if comparison.n is None else f"{comparison.n:,}",
        words.value(comparison, comparison.baseline),
        words.value(comparison, comparison.candidate),
        words.amount(comparison, comparison.delta, signed=True),
        words.interval(comparison),
        words.verdict(comparison),
    )
    return tuple(_text(cell, 100) for cell in cells)


def _problem(outcome: Outcome) -> tuple[str, ...]:
    return tuple(_text(cell) for cell in (title(outcome), outcome.status.value, outcome.message, outcome.hint))
