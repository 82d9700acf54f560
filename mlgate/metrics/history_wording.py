"""What a reviewer reads about a metric over many runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlgate.metrics.history import Decline
    from mlgate.metrics.lineage import Chain, Series


def declined(series: Series, decline: Decline) -> str:
    """E.g. `roc_auc fell by 0.031 over the last 9 merges, no single one by more than its tolerance (...)`."""
    index, worst = decline.largest
    chain = decline.chain.runs
    run = chain[index]
    tolerance = series.candidate.tolerance if run.tolerance is None else run.tolerance
    part = "no single one by more than its tolerance"
    if worst > (tolerance or 0.0):
        at = "this change" if index == len(chain) - 1 else run.name
        part = f"{_size(series, worst)} of it at {at}"
    merges = "merge" if decline.steps == 1 else f"{decline.steps:,} merges"
    moved = f"{series.metric} {_direction(series)} by {_size(series, decline.since_best)} over the last {merges}"
    return f"{moved}, {part} ({_ends(series, decline)}){_start(decline)}"


def not_declined(series: Series, decline: Decline) -> str:
    """E.g. `roc_auc: no slow decline is shown over 12 merges (best 0.871 at 3f2c1d9ab, now 0.870)`."""
    count = len(decline.chain.runs) - 1
    merges = "1 merge" if count == 1 else f"{count:,} merges"
    if decline.steps == 0:
        now = _value(series, series.candidate.value)
        return f"{series.metric} is at its best of {merges} (now {now}){_start(decline)}"
    text = f"{series.metric}: no slow decline is shown over {merges} ({_ends(series, decline)})"
    if decline.since_best > (series.candidate.tolerance or 0.0):
        text += f"; it {_direction(series)} by {_size(series, decline.since_best)}, which chance may explain"
    return text + _start(decline)


def nothing_to_judge(series: Series, chain: Chain) -> str:
    """Why no decline can be shown; without the metric's name, so that a report can say it once for several."""
    if not series.runs:
        return "no earlier run is recorded"
    if series.candidate.delta is None or series.candidate.se is None:
        return "only the trend is shown: the change of this run has no standard error"
    return f"only the trend is shown: {chain.ends}"


def next_step(series: Series) -> str:
    bound = "min" if series.higher_is_better else "max"
    return f"look at the merges since the best run; a `{bound}` of {series.metric} stops the next ones"


def _direction(series: Series) -> str:
    return "fell" if series.higher_is_better else "rose"


def _ends(series: Series, decline: Decline) -> str:
    best = decline.chain.runs[decline.best]
    return f"best {_value(series, best.value)} at {best.name}, now {_value(series, series.candidate.value)}"


def _start(decline: Decline) -> str:
    return f"; looked back to {decline.chain.runs[0].name}: {decline.chain.ends}" if decline.chain.ends else ""


def _value(series: Series, number: float) -> str:
    factor, word = _unit(series)
    return f"{number * factor:,.{_decimals(series, factor)}f}{' %' if factor == 100 else word}"


def _size(series: Series, change: float) -> str:
    factor, word = _unit(series)
    return f"{abs(change) * factor:,.{_decimals(series, factor)}f}{word}"


def _unit(series: Series) -> tuple[int, str]:
    """Factor and word of a change: shares are said in points."""
    if series.unit == "fraction":
        return 100, " points"
    return 1, "" if series.unit in ("", "1", "label") else f" {series.unit}"


def _decimals(series: Series, factor: int) -> int:
    """Digits after the point that show a tenth of the tolerance, else of the value; from 0 to 6."""
    scale = series.candidate.tolerance or abs(series.candidate.value) / 100
    if not 0 < scale * factor < math.inf:
        return 3
    return min(6, max(0, 1 - math.floor(math.log10(scale * factor))))
