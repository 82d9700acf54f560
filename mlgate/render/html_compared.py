"""Comparisons in the HTML report: every interval as a drawing, and one table to sort and to filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlgate.outcome import Report
from mlgate.render import facts, words
from mlgate.render.facts import Comparison, as_number, as_text
from mlgate.render.html_parts import Look, Section, badge, chart, code, framed, plain
from mlgate.render.metric_groups import grouped, same_digits
from mlgate.render.visible import label

MOST_GROUPS = 30
MOST_ROWS = 600
_BYTES = 330_000

_UP, _DOWN = "\u2191", "\u2193"
_LEGEND = (
    "Right is better. The dot is the change from baseline to candidate and the bar its interval; the shaded side is "
    "worse than what is accepted. All rows first, then slices, the most harmed first. "
    f"Of a metric with {_UP} higher is better, with {_DOWN} lower."
)
_HEADER = ("Metric", "Slice", "Rows", "Baseline", "Candidate", "Change", "Interval", "Accepted", "Verdict")


def compared(report: Report) -> Section:
    """All comparisons, the metric that is worst first; in each all rows first, then its slices by harm."""
    groups = grouped(facts.comparisons(report.outcomes))
    shown = [same_digits(group) for group in groups[:MOST_GROUPS]]
    each = max(20, MOST_ROWS // max(1, len(shown)))
    shown = [group[:each] for group in shown]
    total, kept = sum(map(len, groups)), sum(map(len, shown))
    return Section(
        key="comparisons",
        title="Baseline against candidate",
        note=words.count(total, "comparison"),
        body=_body(shown, total - kept) if kept else "",
        charts={
            "intervals": list(_drawn(shown)),
            "columns": _columns(shown),
            "verdicts": list(words.VERDICTS.values()),
        },
    )


def _body(shown: list[list[Comparison]], hidden: int) -> str:
    figures = "".join(
        chart("interval", place, f"Intervals of the change of {_title(group[0])}, the numbers of the table below")
        for place, group in enumerate(shown)
    )
    confidences = {c.confidence for group in shown for c in group}
    sure = f"{words.percent(confidences.pop())} intervals" if len(confidences) == 1 else "with their intervals"
    numbers = {2, 3, 4, 5, 6, 7}
    head = "".join(
        f'<th scope="col"{" class=number" if place in numbers else ""}>{cell}</th>'
        for place, cell in enumerate(_HEADER)
    )
    columns = _columns(shown)
    rows = [(c, place) for place, group in enumerate(shown) for c in group]
    listing = framed(
        f"Changes of all metrics, candidate minus baseline, {sure}",
        head,
        rows,
        lambda row: _row(*row, columns),
        Look(budget=_BYTES, css="comparisons", sortable=True),
    )
    more = f'<p class="soft">... and {hidden:,} more comparisons in report.json.</p>' if hidden else ""
    return f'<p class="soft">{_LEGEND}</p>\n<div class="figures wide">{figures}</div>\n{listing}{more}'


def _title(comparison: Comparison) -> str:
    return f"{label(comparison.metric, 60)} of {label(comparison.evaluation, 60)}"


def _row(c: Comparison, group: int, columns: list[str]) -> str:
    mine = " ".join(str(columns.index(name)) for name in _slice_columns(c) if name in columns)
    said = words.VERDICTS.get(c.verdict, "")
    verdicts = list(words.VERDICTS.values())
    place = verdicts.index(said) if said in verdicts else ""
    where = code(c.where, 100) if c.where else "all rows"
    accepted = "n/a" if c.tolerance is None else plain(words.amount(c, c.tolerance), 60)
    cells = (
        _number(c.n, "" if c.n is None else f"{c.n:,}"),
        _number(c.baseline, plain(words.value(c, c.baseline), 60)),
        _number(c.candidate, plain(words.value(c, c.candidate), 60)),
        _number(c.delta, plain(words.amount(c, c.delta, signed=True), 60)),
        _number(c.low, plain(words.interval(c), 80)),
        _number(c.tolerance, accepted),
    )
    return (
        f'<tr data-g="{group}" data-c="{mine}" data-w="{place}"><th scope="row">{code(c.metric, 60)}'
        f"&nbsp;{_UP if c.higher_is_better else _DOWN}<small>{plain(c.evaluation, 60)}</small></th>"
        f"<td>{where}</td>{''.join(cells)}"
        f"<td>{badge(c.outcome.status)} {plain(words.verdict(c), 100)}</td></tr>"
    )


def _number(value: float | None, shown: str) -> str:
    key = "" if value is None else f' data-v="{value:.10g}"'
    return f'<td class="number"{key}>{shown}</td>'


def _drawn(shown: list[list[Comparison]]) -> Iterator[dict[str, Any]]:
    """Per metric what its drawing needs; numbers in the unit in which they are told."""
    for group in shown:
        first = group[0]
        factor = 100.0 if words.is_percent(first) else 1.0
        unit = "points" if words.is_percent(first) else first.unit if first.unit not in ("1", "label") else ""
        yield {
            "title": _title(first),
            "unit": label(unit, 16),
            "higher": first.higher_is_better,
            "rows": [_drawn_row(c, factor) for c in group],
        }


def _drawn_row(c: Comparison, factor: float) -> list[Any]:
    numbers = (c.delta, c.low, c.high, c.tolerance) if c.measured else (None, None, None, c.tolerance)
    rounded = [None if x is None else as_number(float(f"{factor * x:.6g}")) for x in numbers]
    told = f"{words.moved(c)}; {words.certainty(c)}" if c.measured else ""
    return [
        label(c.where or "all rows", 60),
        *rounded,
        c.outcome.status.value,
        label(words.verdict(c), 80),
        label(told, 300),
    ]


def _slice_columns(comparison: Comparison) -> list[str]:
    value = comparison.outcome.evidence.get("slice")
    return [label(as_text(name), 60) for name in value] if isinstance(value, Mapping) else []


def _columns(shown: list[list[Comparison]]) -> list[str]:
    """Every column that a slice is made by, at most 100."""
    return list(dict.fromkeys(name for group in shown for c in group for name in _slice_columns(c)))[:100]
