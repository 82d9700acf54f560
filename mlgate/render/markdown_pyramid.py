"""The shape of the pyramid in the comment: what must be seen, open; the rest folded."""

from __future__ import annotations

from mlgate.outcome import Report, Status
from mlgate.render import words
from mlgate.render.data_diff_facts import without_empty
from mlgate.render.markdown_details import folded
from mlgate.render.markdown_escape import code, inline, sentence, typeset
from mlgate.render.markdown_problems import ICONS, table
from mlgate.render.pyramid_facts import Priority, Pyramid, TierShape, gpu_uses, machines, mebibytes, pyramid_of

MOST_UNPROVEN = 5
_HEAD = ("Tier", "Tests", "", "Time", "Per test", "Flaky", "Quarantined", "Reused", "Ran")


def unproven(report: Report) -> str:
    """Tests of the highest priority that have no result, named: nobody should have to look for them."""
    pyramid = pyramid_of(report)
    if pyramid is None or not pyramid.alarm:
        return ""
    shown = pyramid.unproven[:MOST_UNPROVEN]
    named = [f"{code(name, 120)} ({sentence(why.rstrip('.'), 120)})" for name, why in shown]
    more = f" and {pyramid.no_result - len(shown):,} more" if shown and pyramid.no_result > len(shown) else ""
    listed = f": {', '.join(named)}{more}" if named else ""
    return f"{ICONS[Status.WARN]} **{pyramid.alarm}**{listed}."


def shape(report: Report) -> str:
    """Tests and seconds by tier as a table with bars, why it stands on its head, and what is proven by priority."""
    pyramid = pyramid_of(report)
    if pyramid is None or not pyramid.says_something:
        return ""
    ran_on = machines(report)
    rows = [_row(pyramid, tier, ran_on.get(tier.name, "")) for tier in pyramid.tiers]
    shown, *body = without_empty([_HEAD, *rows])
    numbers = [place for place, name in enumerate(shown) if name not in ("Tier", "", "Ran")]
    parts = [table(shown, body, right=numbers)]
    if pyramid.why:
        parts.append(f"{ICONS[Status.WARN]} The pyramid is upside down: {sentence(pyramid.why, 250)}.")
    if pyramid.priorities:
        header = ("Priority", "Passed", "Failed", "No result")
        parts.append(table(header, [_priority(one) for one in pyramid.priorities], right=(1, 2, 3)))
    if uses := gpu_uses(report):
        first = uses[0]
        device = f" on {inline(first.device, 60)}" if first.device else ""
        parts.append(f"Most GPU memory: {code(first.name, 120)}, {typeset(mebibytes(first.peak_mib))}{device}.")
    remarks = "".join(f", {remark}" for remark in pyramid.remarks)
    return folded(f"<b>Pyramid</b>: {inline(pyramid.total + remarks, 200)}", "\n\n".join(parts))


def _row(pyramid: Pyramid, tier: TierShape, ran_on: str) -> tuple[str, ...]:
    said = "unchanged" if tier.unchanged and not tier.tests else ""
    bar = "\u2588" * pyramid.bar(tier)
    return (
        code(tier.name, 40),
        f"{tier.tests:,}" if tier.tests else said,
        f"`{bar}`" if bar else "",
        typeset(words.duration(tier.seconds or None)),
        typeset(words.duration(tier.each or None)),
        *(f"{number:,}" if number else "" for number in (tier.flaky, tier.quarantined, tier.reused)),
        sentence(ran_on, 150),
    )


def _priority(priority: Priority) -> tuple[str, ...]:
    counted = (priority.passed, priority.failed, priority.not_run)
    return (code(priority.name, 20), *(f"{number:,}" if number else "" for number in counted))
