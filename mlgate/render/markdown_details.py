"""The folded part of the comment: what broke, every metric, checks by tier, data, what was skipped, provenance."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import islice

from mlgate.outcome import COMPARED, Outcome, Report, Status
from mlgate.render import facts, markdown_broken, origins, words
from mlgate.render.facts import Comparison
from mlgate.render.markdown_escape import code, inline, sentence, typeset
from mlgate.render.markdown_problems import ICONS, escaped, table
from mlgate.render.metric_groups import grouped, plot_scale, same_digits
from mlgate.render.pyramid_facts import machines, reused, settings
from mlgate.render.sparkline import trend_line

_PLOT_HALF = 8
_ORDER = (Status.PASS, Status.WARN, Status.FAIL, Status.ERROR, Status.SKIP)


def folded(summary: str, body: str) -> str:
    """A section that opens on a click; `summary` is ours or escaped."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>" if body else ""


def metrics(report: Report, most: int) -> str:
    """One table per metric: all rows first, then its slices by harm. At most `most` rows over all tables."""
    groups = grouped(facts.comparisons(report.outcomes))
    trends = {(fact(o, "evaluation"), fact(o, "metric")): o for o in report.outcomes if o.check == "slow_decline"}
    left, parts = most, []
    for comparisons in groups[:12]:
        if not (shown := comparisons[:left]):
            break
        trend = trends.get((shown[0].evaluation, shown[0].metric))
        parts.append(_metric(shown, "" if trend is None else _trend(trend)))
        left -= len(shown)
    if not parts:
        return ""
    total = sum(len(comparisons) for comparisons in groups)
    if total > most - left:
        parts.append(f"... and {total - most + left:,} more in the full report.")
    parts.append(
        "Right is better. <code>\u25cf</code> is the change, <code>\u2500</code> its interval, "
        "<code>\u2502</code> no change; the shaded side is worse than what is accepted."
    )
    return folded(f"<b>Metrics</b>: {words.count(total, 'comparison')}", "\n\n".join(parts))


def what_broke(report: Report) -> str:
    """The examples behind the regressions, in counts, and one by one where privacy allows."""
    return folded(*markdown_broken.broken(report))


def plot(comparison: Comparison, scale: float) -> str:
    """The interval in 17 characters that every monospaced font has; right is better, the middle is no change.

    `scale` is the change at either end. The shade covers changes worse than the tolerance.
    """
    if None in (comparison.delta, comparison.low, comparison.high) or not scale > 0:
        return ""
    ends = [_column(comparison.oriented(x or 0.0), scale) for x in (comparison.low, comparison.high)]
    limit = _column(-(comparison.tolerance or 0.0), scale)
    cells = ["\u2591" if column < limit else "\u00b7" for column in range(2 * _PLOT_HALF + 1)]
    cells[min(ends) : max(ends) + 1] = "\u2500" * (max(ends) - min(ends) + 1)
    cells[_PLOT_HALF] = "\u253c" if min(ends) <= _PLOT_HALF <= max(ends) else "\u2502"
    cells[_column(comparison.oriented(comparison.delta or 0.0), scale)] = "\u25cf"
    return f"`{''.join(cells)}`"


def _column(change: float, scale: float) -> int:
    return _PLOT_HALF + round(_PLOT_HALF * max(-1.0, min(1.0, change / scale)))


def fact(outcome: Outcome, key: str) -> str:
    """A text of an outcome's evidence; nothing where there is none."""
    return facts.as_text(outcome.evidence.get(key))


def _trend(outcome: Outcome) -> str:
    """How main went: a line of blocks, and for who cannot see it the first and the last value."""
    drawn = trend_line(outcome)
    points = outcome.evidence.get("points")
    values = [
        x
        for point in (points if isinstance(points, list | tuple) else ())
        if isinstance(point, Mapping) and (x := facts.as_number(point.get("value"))) is not None
    ]
    if not drawn or not values:
        return ""
    first, last = (typeset(words.short_number(x)) for x in (values[0], values[-1]))
    return f"On the branch that this goes to: {drawn}, from {first} to {last}."


def _unsettled(compared: list[Comparison]) -> str:
    """What would settle the comparisons of a table that cannot tell yet; nothing where all can."""
    waiting = [c for c in compared if c.verdict == "inconclusive"]
    if not waiting:
        return ""
    needed = max(map(words.more_rows, waiting))
    about, them = ("Up to", "them") if len(waiting) > 1 else ("About", "it")
    more = f" {about} {needed:,} rows would settle {them}." if needed else ""
    first = waiting[0]
    command = ""
    if facts.is_plain_name(first.metric) and first.tolerance:
        ask = f"mlgate power --metric {first.metric} --tolerance {first.tolerance:g}"
        command = f" `{ask}` tells how many rows show which change."
    return (
        f"{ICONS[Status.WARN]} {words.count(len(waiting), 'comparison')} of this table cannot tell yet: the interval "
        f"reaches to either side of what is accepted.{more}{command}"
    )


def _metric(compared: list[Comparison], trend: str = "") -> str:
    compared = same_digits(compared)
    first = compared[0]
    facts_of_metric = [f"{'higher' if first.higher_is_better else 'lower'} is better", words.accepted(first)]
    if not first.where and first.detectable:
        facts_of_metric.append(f"a change of {words.amount(first, abs(first.detectable))} would be noticed on all rows")
    told = "; ".join(escaped(fact) for fact in facts_of_metric if fact)
    title = f"Metric {code(first.metric, 60)} of {code(first.evaluation, 60)}: {told}."
    percent = typeset(words.percent(first.confidence))
    unit = escaped(words.unit_of_changes(first))
    of_unit = typeset(f" ({unit})") if unit else ""
    # What a narrow window cuts off stands last, and a unit once: to scroll is a burden.
    header = ("Slice", "Verdict", "Baseline", "Candidate", f"Change{of_unit}", f"{percent} interval", "Plot", "Rows")
    scale = plot_scale(compared)
    rows = table(header, [_metric_row(c, scale) for c in compared], right=(2, 3, 4, 5, 7))
    return "\n\n".join(part for part in (title, trend, rows, _unsettled(compared)) if part)


def _metric_row(comparison: Comparison, scale: float) -> tuple[str, ...]:
    return (
        code(comparison.where, 100) if comparison.where else "all rows",
        f"{ICONS[comparison.outcome.status]}\u00a0{_verdict(comparison)}",
        *(typeset(escaped(words.value(comparison, x))) for x in (comparison.baseline, comparison.candidate)),
        typeset(escaped(words.amount(comparison, comparison.delta, signed=True, unit=False))),
        typeset(escaped(words.interval(comparison, unit=False))),
        plot(comparison, scale),
        "" if comparison.n is None else f"{comparison.n:,}",
    )


def _verdict(comparison: Comparison) -> str:
    """The verdict in a cell; the long one that names rows on two lines, so that no other column is squeezed."""
    said = words.verdict(comparison)
    if comparison.verdict != "inconclusive":
        return escaped(said)
    return "<br>".join(typeset(escaped(part)) for part in said.split(": ", 1))


def tiers(report: Report) -> str:
    """What held and what did not, per tier, with its time and the reason if it was stopped."""
    ran_on = machines(report)
    rows = [
        (
            code(name, 40),
            *_counts(outcomes),
            typeset(words.duration(seconds)),
            _note(reason, reused(outcomes), ran_on.get(name, "")),
        )
        for name, outcomes, seconds, reason in origins.tier_rows(report)[:12]
    ]
    header = ("Tier", "Hold", "To look at", "Fail", "Could not be checked", "Skipped", "Time", "Note")
    title = f"<b>Tests and checks by tier</b>: {words.count(len(report.outcomes), 'outcome')}"
    return folded(title, table(header, rows, right=range(1, 7)) if rows else "")


def _note(*told: str) -> str:
    """Why a tier was stopped, what an earlier run had proven of it, and on what it ran."""
    return "; ".join(sentence(said, 150) for said in told if said)


def data(report: Report) -> str:
    """The checks of each dataset, with its size and where its content came from; behind them what compares datasets."""
    mine: Mapping[str, list[Outcome]] = defaultdict(list)
    compared: set[str] = set()
    for outcome in report.outcomes:
        if _is_of_dataset(outcome):
            name = facts.id_part(outcome, 1)
            if name in COMPARED:
                name = f"{name}: {facts.id_part(outcome, 2)}"
                compared.add(name)
            mine[name].append(outcome)
    known = {dataset.name: dataset for dataset in origins.datasets(report)}
    names = sorted(dict.fromkeys([*known, *mine]), key=lambda name: name in compared)
    rows = []
    for name in islice(names, 20):
        dataset = known.get(name)
        size = [] if dataset is None else [(dataset.rows, "row"), (dataset.columns, "column")]
        told = ", ".join(words.count(n, noun) for n, noun in size if n is not None)
        source = "" if dataset is None else f"{inline(dataset.source, 30)} {code(dataset.digest[:12])}".strip()
        rows.append((code(name, 60), *_counts(mine.get(name, [])), told, source))
    header = ("Dataset", "Hold", "To look at", "Fail", "Could not be checked", "Skipped", "Size", "Content")
    body = table(header, rows, right=range(1, 6)) if rows else ""
    more = f"\n\n... and {len(names) - 20:,} more in the full report." if len(names) > 20 else ""
    counted = [words.count(len(names) - len(compared), "dataset")] if len(names) > len(compared) else []
    counted += [words.count(len(compared), "comparison")] if compared else []
    return folded(f"<b>Data</b>: {' and '.join(counted)}" if counted else "<b>Data</b>", body + more)


def _is_of_dataset(outcome: Outcome) -> bool:
    """Not so is what is told of the tier as a whole, as that it did not run, and what could not be fetched for it."""
    return outcome.tier == "data" and re.match("data/[^/]+/", outcome.id) is not None and outcome.check != "pull"


def skipped(report: Report) -> str:
    """What was not run, grouped by tier and reason."""
    reasons = Counter((o.tier, o.message) for o in report.outcomes if o.status is Status.SKIP)
    rows = [(f"{n:,}", code(tier, 40), sentence(reason, 200)) for (tier, reason), n in reasons.most_common(15)]
    if not rows:
        return ""
    more = f"\n\n... and {len(reasons) - 15:,} more reasons in the full report." if len(reasons) > 15 else ""
    body = table(("Checks", "Tier", "Reason"), rows, right=(0,)) + more
    return folded(f"<b>Skipped</b>: {words.count(sum(reasons.values()), 'check')}", body)


def provenance(report: Report) -> str:
    """What a person needs to make the same report again."""
    known = report.provenance
    environment = known.get("environment")
    environment = environment if isinstance(environment, Mapping) else {}
    packages = environment.get("packages")
    named = [f"{name} {facts.as_text(v)}" for name, v in packages.items()] if isinstance(packages, Mapping) else []
    dirty = words.uncommitted(dirty=origins.is_dirty(report))
    told = "; ".join(f"{tier}: {name}={value}" for tier, name, value in settings(report))
    rows = [
        ("Commit", code(facts.as_text(known.get("commit")), 60) + dirty),
        ("Compared with commit", code(facts.as_text(known.get("base")), 60)),
        ("Branch", code(facts.as_text(known.get("branch")), 100)),
        ("Seed", code(facts.as_text(known.get("seed")), 40)),
        ("mlgate and Python", code(" ".join(facts.as_text(known.get(k)) for k in ("mlgate", "python")), 60)),
        ("Machine", code(" ".join(facts.as_text(environment.get(k)) for k in ("platform", "machine")), 120)),
        ("Packages", code(", ".join(named[:20]), 400)),
        ("Started", code(report.started_at, 40)),
        ("Took", words.duration(report.duration_s)),
        ("Set for the tests", code(told, 300)),
        ("Earlier results", inline(reused(report.outcomes), 150)),
    ]
    filled = [row for row in rows if row[1]]
    return folded("<b>Provenance</b>", table(("Fact", "Value"), filled))


def _counts(outcomes: list[Outcome]) -> list[str]:
    """How many of each status, zero as nothing so that the eye finds what matters."""
    number = Counter(outcome.status for outcome in outcomes)
    return [f"{number[status]:,}" if number[status] else "" for status in _ORDER]
