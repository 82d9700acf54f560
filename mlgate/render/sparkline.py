"""A trend on one line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mlgate.outcome import Outcome
from mlgate.render.facts import as_number

BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
GAP = "\u00b7"
LONGEST = 60


def sparkline(values: Sequence[float | None]) -> str:
    """One character per value, from the lowest block for the smallest to the full block for the largest.

    Parameters
    ----------
    values : oldest first; what is None or not finite is a gap

    Returns
    -------
    str
        The same level everywhere where all values are one (to nine digits); empty where there is no value.

    Examples
    --------
    >>> print(sparkline([1, 2, None, 3, 8]))
    ▁▂·▃█
    """
    numbers = [as_number(value) for value in values]
    known = [number for number in numbers if number is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    return "".join(GAP if number is None else BLOCKS[_level(number, low, high)] for number in numbers)


def _level(number: float, low: float, high: float) -> int:
    if math.isclose(low, high, rel_tol=1e-9):
        return (len(BLOCKS) - 1) // 2
    scale = 1.0 if math.isfinite(high - low) else 0.25
    return round((number * scale - low * scale) / (high * scale - low * scale) * (len(BLOCKS) - 1))


def trend_line(outcome: Outcome) -> str:
    """The points of an outcome's evidence, e.g. `▁▃▅█▆ over 5 runs`; empty where it has fewer than two.

    Nothing here trusts the evidence: it may come from a report that a stranger wrote.
    """
    points = outcome.evidence.get("points")
    if not isinstance(points, list | tuple):
        return ""
    values = [as_number(point.get("value")) for point in points[-LONGEST:] if isinstance(point, dict)]
    drawn = sparkline(values)
    return f"{drawn} over {len(values):,} runs" if len(values) > 1 and drawn else ""
