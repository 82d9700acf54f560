"""`report.html`: one file that needs nothing else, for the artifact of a run. No script, no network, under 2 MB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from mlgate.outcome import Outcome, Report, Status
from mlgate.render import facts, origins, words
from mlgate.render.facts import Comparison, as_text, by_importance, comparison_of, place_of
from mlgate.render.flips import told_of
from mlgate.render.headline import basis, counts, headline, name_of
from mlgate.render.html_broken import broken
from mlgate.render.html_parts import SECTION_BYTES, badge, code, plain, rich, table
from mlgate.render.html_style import STYLE
from mlgate.render.metric_groups import grouped, plot_scale, same_digits
from mlgate.render.schema_patch import section_html
from mlgate.render.visible import label, lines

MAX_BYTES = 2_000_000

_FACTS = (
    ("Compared with commit", "base"),
    ("Branch", "branch"),
    ("Command", "command"),
    ("Seed", "seed"),
    ("mlgate", "mlgate"),
    ("Python", "python"),
)
_WIDTH, _HEIGHT, _MIDDLE = 240, 22, 11


def render_html(report: Report) -> str:
    """The report as one HTML page: verdict, what blocks, what to look at, what broke, metrics, outcomes, provenance.

    Where a table would be too large, its last rows are left out, and how many is said; `report.json` has all.
    """
    title = plain(headline(report), 250)
    blocking = by_importance(report.outcomes, Status.FAIL, Status.ERROR)
    sections = [
        _section("Would block" if report.mode == "advisory" else "Blocks the merge", blocking),
        _section("To look at", facts.to_look_at(report)),
        section_html(report),
        broken(report),
        _metrics(report),
        _every_outcome(report),
        _provenance(report),
    ]
    footer = "".join(f"<p>{escape(line)}</p>" for line in basis(report))
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
            f'<header class="{report.verdict.value}"><h1>{title}</h1><p>{plain(counts(report), 400)}</p></header>',
            "<main>",
            *(section for section in sections if section),
            f"</main>\n<footer>{footer}</footer>\n</body>\n</html>\n",
        ]
    )


def _section(title: str, found: Sequence[Outcome]) -> str:
    if not found:
        return ""
    header = ("What", "Status", "Finding", "Next step", "Where")
    rows = ((_name(o), badge(o.status), _found(o), rich(o.hint, 400), code(place_of(o), 200)) for o in found)
    listing = table(words.count(len(found), "outcome"), header, rows)
    return f"<section><h2>{title} ({len(found):,})</h2>\n{listing}</section>"


def _name(outcome: Outcome) -> str:
    """Metric, evaluation and slice, or subject and check; the id below in small type."""
    comparison = comparison_of(outcome)
    if comparison is None:
        subject, check = name_of(outcome)
        name = f"{code(subject, 160)} {escape(label(check, 60))}".rstrip()
    else:
        where = f" in {code(comparison.where, 100)}" if comparison.where else ""
        name = f"{code(comparison.metric, 60)} of {code(comparison.evaluation, 60)}{where}"
    return f"{name}<small>{escape(label(outcome.id, 300))}</small>"


def _found(outcome: Outcome) -> str:
    """The facts, failing rows and the traceback, as far as they are there."""
    parts = [f"<p>{rich(fact, 600)}</p>" for fact in words.finding(outcome)]
    rows = outcome.evidence.get("rows")
    if isinstance(rows, list | tuple):
        shown = [row for row in rows if isinstance(row, Mapping)][:10]
        told = (f"row {plain(as_text(row.get('row')), 20)}: {code(as_text(row.get('value')), 100)}" for row in shown)
        parts.append(f'<p class="soft">{", ".join(told)}</p>' if shown else "")
    examples = [f"{code(name, 100)}: {plain(found, 200)}" for name, found in told_of(outcome)]
    parts.append(f'<p class="soft">{"<br>".join(examples)}</p>' if examples else "")
    traceback = outcome.evidence.get("traceback")
    if isinstance(traceback, list | tuple):
        traceback = "\n".join(as_text(line) for line in traceback[-30:])
    if isinstance(traceback, str) and traceback:
        text = escape("\n".join(lines(traceback, 30)))
        parts.append(f"<details><summary>Traceback</summary><pre>{text}</pre></details>")
    return "".join(parts)


def _metrics(report: Report) -> str:
    """One table per metric with a drawing of each interval; at most 30 metrics and 300 comparisons."""
    left, tables = 300, []
    groups = grouped(facts.comparisons(report.outcomes))
    for group in groups[:30]:
        tables += [_metric(group[:left], SECTION_BYTES // min(30, len(groups)))] if left > 0 else []
        left -= len(group)
    hidden = sum(map(len, groups)) - (300 - max(0, left))
    more = f'<p class="soft">... and {hidden:,} more comparisons in report.json.</p>' if hidden > 0 else ""
    legend = (
        '<p class="soft">Right is better. The dot is the change, the bar its interval, the line in the middle no '
        "change; the shaded side is worse than what is accepted.</p>"
    )
    return f"<section><h2>Metrics</h2>\n{legend}{chr(10).join(tables)}{more}</section>" if tables else ""


def _metric(compared: list[Comparison], budget: int) -> str:
    compared = same_digits(compared)
    first, scale = compared[0], plot_scale(compared)
    told = (f"{'higher' if first.higher_is_better else 'lower'} is better", words.accepted(first))
    caption = plain("; ".join(part for part in told if part))
    percent = words.percent(first.confidence)
    header = ("Slice", "Rows", "Baseline", "Candidate", "Change", f"{percent} interval", "Plot", "Verdict")
    rows = (_metric_row(c, scale) for c in compared)
    title = f"<h3>{code(first.metric, 60)} of {code(first.evaluation, 60)}</h3>"
    return f"{title}\n{table(caption, header, rows, numbers=(1, 2, 3, 4, 5), budget=budget)}"


def _metric_row(comparison: Comparison, scale: float) -> tuple[str, ...]:
    return (
        code(comparison.where, 100) if comparison.where else "all rows",
        "" if comparison.n is None else f"{comparison.n:,}",
        plain(words.value(comparison, comparison.baseline), 60),
        plain(words.value(comparison, comparison.candidate), 60),
        plain(words.amount(comparison, comparison.delta, signed=True), 60),
        plain(words.interval(comparison), 80),
        _plot(comparison, scale),
        f"{badge(comparison.outcome.status)} {plain(words.verdict(comparison), 100)}",
    )


def _plot(comparison: Comparison, scale: float) -> str:
    """The interval as a drawing; `scale` is the change at either edge. Nothing without an interval."""
    if None in (comparison.delta, comparison.low, comparison.high) or not scale > 0:
        return ""

    def x(change: float) -> float:
        share = max(-1.0, min(1.0, comparison.oriented(change) / scale))
        return round(_WIDTH / 2 + share * (_WIDTH / 2 - 8), 1)

    low, high = sorted((x(comparison.low or 0.0), x(comparison.high or 0.0)))
    tolerance = comparison.tolerance or 0.0
    beyond = x(-tolerance if comparison.higher_is_better else tolerance)
    label = plain(f"change {words.amount(comparison, comparison.delta, signed=True)}, {words.how_sure(comparison)}")
    return (
        f'<svg class="{comparison.outcome.status.value}" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{label}"><rect class="beyond" width="{beyond}" height="{_HEIGHT}"/>'
        f'<line class="axis" x1="{_WIDTH / 2}" x2="{_WIDTH / 2}" y2="{_HEIGHT}"/>'
        f'<line class="range" x1="{low}" x2="{high}" y1="{_MIDDLE}" y2="{_MIDDLE}"/>'
        f'<circle class="point" cx="{x(comparison.delta or 0.0)}" cy="{_MIDDLE}" r="4.5"/></svg>'
    )


def _every_outcome(report: Report) -> str:
    """All outcomes in the order of the run, folded."""
    header = ("Outcome", "Status", "Message", "Time")
    rows = (
        (_name(o), badge(o.status), plain(o.message, 200), words.duration(o.duration_s or None))
        for o in report.outcomes
    )
    listing = table(words.count(len(report.outcomes), "outcome"), header, rows, numbers=(3,))
    summary = f"<summary>All {words.count(len(report.outcomes), 'outcome')}</summary>"
    return (
        f"<section><h2>Every outcome</h2>\n<details>{summary}\n{listing}</details></section>" if report.outcomes else ""
    )


def _provenance(report: Report) -> str:
    """What a person needs to make the same report again: facts, datasets, packages."""
    known = report.provenance
    environment = known.get("environment")
    environment = environment if isinstance(environment, Mapping) else {}
    packages = environment.get("packages")
    commit = as_text(known.get("commit"))
    facts_known = [
        ("Commit", f"{commit}{words.uncommitted(dirty=origins.is_dirty(report))}".strip()),
        *((name, as_text(known.get(key))) for name, key in _FACTS),
        ("Machine", " ".join(as_text(environment.get(key)) for key in ("platform", "machine")).strip()),
        *((f"Dataset {d.name}", _dataset(d)) for d in origins.datasets(report)[:50]),
        *((f"Package {name}", as_text(v)) for name, v in (packages.items() if isinstance(packages, Mapping) else ())),
    ]
    rows = [(plain(name, 80), code(value, 300)) for name, value in facts_known if value]
    if not rows:
        return ""
    listing = table("What this report was made from", ("Fact", "Value"), rows[:200])
    return f"<section><h2>Provenance</h2>\n<details><summary>Show</summary>\n{listing}</details></section>"


def _dataset(dataset: origins.Dataset) -> str:
    size = [(dataset.rows, "row"), (dataset.columns, "column")]
    told = [words.count(n, noun) for n, noun in size if n is not None]
    return ", ".join(part for part in (dataset.path, *told, f"{dataset.source} {dataset.digest}".strip()) if part)
