"""Comparisons in the order in which a person reads them: the metric that is worst first, its slices by harm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from mlgate.outcome import Status
from mlgate.render import words
from mlgate.render.facts import Comparison


def grouped(compared: Iterable[Comparison]) -> list[list[Comparison]]:
    """Comparisons by evaluation and metric, the worst group first; in a group all rows first, then by harm."""
    groups: dict[tuple[str, str], list[Comparison]] = defaultdict(list)
    for comparison in compared:
        groups[(comparison.evaluation, comparison.metric)].append(comparison)
    for members in groups.values():
        members.sort(key=lambda c: (bool(c.where), c.harm))
    return sorted(groups.values(), key=lambda members: (_rank(members), min(c.harm for c in members)))


def plot_scale(compared: Iterable[Comparison]) -> float:
    """The largest change to be drawn among comparisons of one metric, so that their plots can be compared."""
    drawn = [abs(x) for c in compared for x in (c.low, c.high, c.delta) if x is not None]
    return max([*drawn, *(1.5 * c.tolerance for c in compared if c.tolerance)], default=0.0)


def same_digits(compared: list[Comparison]) -> list[Comparison]:
    """The comparisons of one table, all with as many digits as the one that needs most."""
    digits = max(words.decimals(c) for c in compared)
    return [replace(c, digits=digits) for c in compared]


def _rank(members: list[Comparison]) -> int:
    """0 if one of them blocks, 1 if a person should look, 2 otherwise."""
    statuses = {c.outcome.status for c in members}
    return 0 if statuses & {Status.FAIL, Status.ERROR} else 1 if Status.WARN in statuses else 2
