"""The report for a terminal: the verdict first, then what blocks, what to look at, the numbers, the rest in counts.

Text from data has its control characters written out, so it can neither colour nor move anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from unicodedata import combining, east_asian_width

from mlgate.outcome import Outcome, Report, Status
from mlgate.render import facts, origins, words
from mlgate.render.facts import Comparison, as_text, by_importance, place_of
from mlgate.render.flips import Flips, behind, in_words, told_of
from mlgate.render.flips import counts as counts_of
from mlgate.render.headline import basis, counts, headline, title
from mlgate.render.metric_groups import grouped, same_digits
from mlgate.render.pyramid_facts import Pyramid, TierShape, machines, pyramid_of, reused
from mlgate.render.visible import label, lines, no_commands, one_line

_COLORS = {
    Status.PASS: "32",
    Status.WARN: "33",
    Status.FAIL: "31;1",
    Status.ERROR: "35;1",
    Status.SKIP: "2",
}
Changed = dict[tuple[str, str], Flips]
"""Examples that changed and were not told yet, by evaluation and slice."""

_MOST = {Status.FAIL: 200, Status.ERROR: 200, Status.WARN: 50}


def render_text(report: Report, *, color: bool = False) -> str:
    """The report as plain text; `color` adds ANSI codes, and only ours."""
    blocking = by_importance(report.outcomes, Status.FAIL, Status.ERROR)
    heading = "would block" if report.mode == "advisory" else "blocks"
    verdict = f"{_badge(report.verdict, color=color)} {one_line(headline(report), 250)}"
    changed = behind(report)
    parts = [
        f"{verdict}\n      {one_line(counts(report), 400)}",
        _problems(heading, blocking, _MOST[Status.FAIL], changed, color=color),
        _problems("to look at", facts.to_look_at(report), _MOST[Status.WARN], changed, color=color),
        _metrics(report, color=color),
        _pyramid(report),
        _tiers(report),
        _skipped(report),
        "\n".join(basis(report)),
    ]
    text = "\n\n".join(part for part in parts if part)
    return "\n".join(no_commands(line.rstrip()) for line in text.splitlines()) + "\n"


def render_outcome(outcome: Outcome) -> str:
    """One outcome by itself: name and fact in one line, then numbers or failing rows, next step, place, id."""
    _, fact, *more = _problem(outcome, {}, color=False).splitlines()
    lines = [f"{title(outcome)}: {fact.strip()}", *(f"  {line.strip()}" for line in more)]
    return "\n".join(no_commands(line.rstrip()) for line in lines)


def render_color(report: Report) -> str:
    """`render_text` with colour, for a terminal."""
    return render_text(report, color=True)


def _badge(status: Status, *, color: bool) -> str:
    name = f"{status.value.upper():<5}"
    return f"\x1b[{_COLORS[status]}m{name}\x1b[0m" if color else name


def _problems(heading: str, found: Sequence[Outcome], most: int, changed: Changed, *, color: bool) -> str:
    if not found:
        return ""
    shown = [_problem(outcome, changed, color=color) for outcome in found[:most]]
    more = [f"  ... and {len(found) - most:,} more in report.json"] if len(found) > most else []
    return "\n".join([f"{heading} ({len(found):,})", *shown, *more])


def _problem(outcome: Outcome, changed: Changed, *, color: bool) -> str:
    """One outcome on a few lines: name, fact, numbers or failing rows or traceback, next step, place, id."""
    told = [*(one_line(fact, 600) for fact in words.finding(outcome)), *_failing_rows(outcome), *_traceback(outcome)]
    told += _examples(outcome, changed)
    told += [f"next: {one_line(outcome.hint, 400)}"] if outcome.hint else []
    told += [f"at: {label(place_of(outcome), 200)}"] if outcome.location else []
    told += [f"id: {label(outcome.id, 400)}"]
    return "\n".join(
        [
            f"  {_badge(outcome.status, color=color)} {title(outcome)}",
            *(f"        {line}" for line in told if line),
        ]
    )


def _examples(outcome: Outcome, changed: Changed) -> list[str]:
    """What changed behind a comparison, and the worst examples as far as the report may show them; told once."""
    comparison = facts.comparison_of(outcome)
    flips = None if comparison is None else changed.pop((comparison.evaluation, comparison.where), None)
    if flips is None:
        return []
    worst = ", ".join(one_line(in_words(example), 80) for example in flips.worst[:5])
    return [one_line(counts_of(flips), 200), f"worst: {worst}" if worst else ""]


def _failing_rows(outcome: Outcome) -> list[str]:
    """The first failing rows or examples, as far as the report may show them."""
    examples = [f"{one_line(name, 60)}: {one_line(found, 100)}" for name, found in told_of(outcome)[:5]]
    if examples:
        return ["; ".join(examples)]
    rows = outcome.evidence.get("rows")
    if not isinstance(rows, list | tuple):
        return []
    shown = [row for row in rows if isinstance(row, dict)][:3]
    told = [f"row {one_line(as_text(row.get('row')), 20)}: {one_line(as_text(row.get('value')), 60)}" for row in shown]
    return [", ".join(told)] if told else []


def _traceback(outcome: Outcome) -> list[str]:
    """The end of the traceback of a test that fails, or of the first try of one that passed later."""
    traceback = outcome.evidence.get("traceback")
    tries = outcome.evidence.get("tries")
    if not traceback and isinstance(tries, list | tuple):
        traceback = next((one["traceback"] for one in tries if isinstance(one, dict) and one.get("traceback")), None)
    if isinstance(traceback, list | tuple):
        traceback = "\n".join(as_text(line) for line in traceback[-30:])
    return [f"| {line}" for line in lines(traceback, 12)] if isinstance(traceback, str) and traceback else []


def _metrics(report: Report, *, color: bool) -> str:
    tables = [
        _metric(group[:40], len(group), color=color) for group in grouped(facts.comparisons(report.outcomes))[:20]
    ]
    return "\n".join(["metrics", *tables]) if tables else ""


def _metric(compared: list[Comparison], total: int, *, color: bool) -> str:
    compared = same_digits(compared)
    first = compared[0]
    direction = f"{'higher' if first.higher_is_better else 'lower'} is better"
    told = "; ".join(part for part in (direction, words.accepted(first)) if part)
    name = f"  {label(first.metric, 60)} of {label(first.evaluation, 60)} ({one_line(told)})"
    percent = words.percent(first.confidence)
    header = ("slice", "rows", "baseline", "candidate", "change", f"{percent} interval", "verdict")
    body = aligned([header, *(_metric_row(c) for c in compared)], right=range(1, 6))
    statuses = [c.outcome.status for c in compared]
    painted = [body[0], *map(partial(_colored, color=color), statuses, body[1:])]
    more = [f"    ... and {total - len(compared):,} more in report.json"] if total > len(compared) else []
    return "\n".join([name, *(f"    {line}" for line in painted), *more])


def _colored(status: Status, line: str, *, color: bool) -> str:
    return f"\x1b[{_COLORS[status]}m{line}\x1b[0m" if color and status is not Status.PASS else line


def _metric_row(comparison: Comparison) -> tuple[str, ...]:
    cells = (
        label(comparison.where, 60) or "all rows",
        "" if comparison.n is None else f"{comparison.n:,}",
        words.value(comparison, comparison.baseline),
        words.value(comparison, comparison.candidate),
        words.amount(comparison, comparison.delta, signed=True),
        words.interval(comparison),
        words.verdict(comparison),
    )
    return tuple(one_line(cell, 60) for cell in cells)


def aligned(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """Rows with columns of one width, two spaces between them; the columns in `right` are numbers."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    numbers = set(right)
    return [
        "  ".join(
            " " * (width - _width(cell)) + cell if index in numbers else cell + " " * (width - _width(cell))
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    """The columns that `text` takes in a terminal: an East Asian wide character takes two, a combining one none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _tiers(report: Report) -> str:
    """One line per tier: how many hold and so on, the time, and the reason if it was stopped."""
    rows, ran_on = [], machines(report)
    for name, outcomes, seconds, reason in origins.tier_rows(report)[:20]:
        number = Counter(outcome.status for outcome in outcomes)
        told = ", ".join(f"{number[s]:,} {s.value}" for s in Status if number[s]) or "nothing ran"
        remarks = "; ".join(part for part in (reason, reused(outcomes), ran_on.get(name, "")) if part)
        rows.append((f"  {label(name, 30)}", told, words.duration(seconds), one_line(remarks, 200)))
    return "\n".join(["tiers", *aligned(rows, right=(2,))]) if rows else ""


def _pyramid(report: Report) -> str:
    """Tests without a result that matter most, then tests and seconds by tier with bars, and what is proven."""
    pyramid = pyramid_of(report)
    if pyramid is None or not pyramid.says_something:
        return ""
    alarm = f"  {pyramid.alarm}" if pyramid.alarm else ""
    named = [f"    {label(name, 160)}: {one_line(why, 200)}" for name, why in pyramid.unproven]
    head = (", ".join([f"pyramid: {pyramid.total}", *pyramid.remarks]), alarm, *named)
    body = aligned([_tier_shape(pyramid, tier) for tier in pyramid.tiers], right=(1, 3))
    why = f"  upside down: {one_line(pyramid.why, 300)}" if pyramid.why else ""
    proven = [
        f"  {label(p.name, 20)}: {p.passed:,} passed, {p.failed:,} failed, {p.not_run:,} without a result"
        for p in pyramid.priorities
    ]
    return "\n".join(line for line in (*head, *body, why, *proven) if line)


def _tier_shape(pyramid: Pyramid, tier: TierShape) -> tuple[str, ...]:
    counted = ((tier.flaky, "flaky"), (tier.quarantined, "quarantined"), (tier.reused, "reused"))
    remarks = [f"{number:,} {kind}" for number, kind in counted if number] + ["unchanged"] * tier.unchanged
    seconds = words.duration(tier.seconds or None)
    number = f"{tier.tests:,}" if tier.tests else ""
    return (f"  {label(tier.name, 30)}", number, "#" * pyramid.bar(tier), seconds, ", ".join(remarks))


def _skipped(report: Report) -> str:
    reasons = Counter((o.tier, o.message) for o in report.outcomes if o.status is Status.SKIP)
    shown = [f"  {n:,} x {label(tier, 30)}: {one_line(why, 200)}" for (tier, why), n in reasons.most_common(20)]
    more = [f"  ... and {len(reasons) - 20:,} more reasons in report.json"] if len(reasons) > 20 else []
    return "\n".join([f"skipped ({sum(reasons.values()):,})", *shown, *more]) if reasons else ""
