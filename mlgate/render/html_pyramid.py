"""The shape of the pyramid in the HTML report: tests and seconds by tier, what is proven by priority, what was set."""

from __future__ import annotations

from collections.abc import Sequence

from mlgate.outcome import Report, Status
from mlgate.render import words
from mlgate.render.data_diff_facts import without_empty
from mlgate.render.html_parts import Look, Section, badge, code, plain, rich, table
from mlgate.render.pyramid_facts import (
    GpuUse,
    Pyramid,
    TierShape,
    gpu_uses,
    machines,
    mebibytes,
    pyramid_of,
    run_again,
    settings,
)

MOST_USES = 15
_BYTES = 12_000
_HEAD = ("Tier", "Tests", "Shape", "Ran", "Time", "Per test", "Flaky", "Quarantined", "Reused", "Remark")
_NUMBERS = frozenset(("Tests", "Ran", "Time", "Per test", "Flaky", "Quarantined", "Reused"))


def unproven(report: Report) -> Section:
    """Tests of the highest priority that have no result, each with the reason."""
    pyramid = pyramid_of(report)
    if pyramid is None or not pyramid.alarm:
        return Section(key="unproven", title="Not proven", body="")
    told = "".join(f"<li>{code(name, 200)}: {rich(why, 200)}</li>" for name, why in pyramid.unproven)
    listed = f"<ul>{told}</ul>" if told else ""
    body = f"<p>{badge(Status.WARN)} {plain(pyramid.alarm, 100)}{':' if told else '.'}</p>{listed}"
    return Section(key="unproven", title="Not proven", body=body)


def shape(report: Report) -> Section:
    """The tiers with their tests, what stands on its head, priorities, settings, GPU memory, and what was run again."""
    pyramid = pyramid_of(report)
    if pyramid is None:
        return Section(key="pyramid", title="Pyramid", body="")
    ran_on = machines(report)
    shown, *rows = without_empty([_HEAD, *(_row(pyramid, t, ran_on.get(t.name, "")) for t in pyramid.tiers)])
    numbers = [place for place, name in enumerate(shown) if name in _NUMBERS]
    parts = [_why(pyramid)]
    parts.append(table("Tests of each tier, the cheapest first", shown, rows, Look(numbers=numbers, budget=_BYTES)))
    if pyramid.priorities:
        header = ("Priority", "Passed", "Failed", "No result")
        cells = [(plain(p.name, 20), f"{p.passed:,}", f"{p.failed:,}", f"{p.not_run:,}") for p in pyramid.priorities]
        parts.append(table("Tests that declare a priority", header, cells, Look(numbers=(1, 2, 3), budget=_BYTES)))
    made = [(plain(tier, 30), code(name, 80), code(value, 80)) for tier, name, value in settings(report)]
    if made:
        parts.append(table("Set for the tests of a tier", ("Tier", "Setting", "Value"), made, Look(budget=_BYTES)))
    if uses := gpu_uses(report):
        parts.append(_gpu(uses[:MOST_USES]))
    if again := run_again(report):
        files = [(code(path, 160), plain(tier, 30), rich(why, 200)) for tier, path, why in again]
        listing = table("Why test files were run and not reused", ("File", "Tier", "Why"), files, Look(budget=_BYTES))
        parts.append(f"<details><summary>{words.count(len(again), 'test file')} run again</summary>{listing}</details>")
    return Section(key="pyramid", title="Pyramid", note=pyramid.total, body="\n".join(part for part in parts if part))


def _row(pyramid: Pyramid, tier: TierShape, ran_on: str) -> tuple[str, ...]:
    said = [*(["unchanged"] if tier.unchanged else []), *([ran_on] if ran_on else [])]
    return (
        plain(tier.name, 30),
        f"{tier.tests:,}" if tier.tests else "",
        f'<span class="bar" aria-hidden="true">{"&#9608;" * pyramid.bar(tier)}</span>' if tier.tests else "",
        f"{tier.ran:,}" if tier.tests else "",
        words.duration(tier.seconds or None),
        words.duration(tier.each or None),
        *(f"{number:,}" if number else "" for number in (tier.flaky, tier.quarantined, tier.reused)),
        plain("; ".join(said), 200),
    )


def _why(pyramid: Pyramid) -> str:
    return f"<p>{badge(Status.WARN)} Upside down: {rich(pyramid.why, 300)}.</p>" if pyramid.why else ""


def _gpu(uses: Sequence[GpuUse]) -> str:
    header = ("Test", "Device", "Most memory", "Of it not held before", "Time until idle")
    rows = [
        (
            code(use.name, 160),
            plain(use.device, 60),
            mebibytes(use.peak_mib),
            mebibytes(use.added_mib),
            words.duration(use.seconds),
        )
        for use in uses
    ]
    return table("The tests that held most memory of a GPU", header, rows, Look(numbers=(2, 3, 4), budget=_BYTES))
