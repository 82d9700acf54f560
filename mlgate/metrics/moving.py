"""How many units a change comes from: a spread that few of them show says little of what others would."""

from __future__ import annotations

import math

import numpy as np

from mlgate.metrics.sample import Floats

_SHARE = 0.1
"""Share of the largest contribution under which one does not count: that of a unit that did not change at all."""


def moving_units(contributions: Floats, counts: Floats | None = None) -> float:
    """Units that carry a change, by their participation ratio (sum of |c|)^2 / sum of c^2.

    Parameters
    ----------
    contributions : shape (n_units,), what each unit adds to the change, up to a constant that all have in common
    counts : how many units each entry stands for; 1 unless given

    Returns
    -------
    float
        0 where no unit differs from the others.

    Notes
    -----
    Counted from the median, which is what a unit adds that did not change, and without those below a tenth of the
    largest.

    Examples
    --------
    >>> moving_units(np.array([0.0] * 97 + [1.0, 1.0, -1.0]))
    3.0
    """
    weights = np.ones(contributions.size) if counts is None else counts
    if not contributions.size:
        return 0.0
    order = np.argsort(contributions, kind="stable")
    below, half = np.cumsum(weights[order]), weights.sum() / 2
    ends = [min(int(np.searchsorted(below, half, side=side)), order.size - 1) for side in ("left", "right")]
    away = np.abs(contributions - contributions[order[ends]].mean())
    largest = float(away.max())
    if not largest > 0:
        return 0.0
    large = away >= _SHARE * largest
    return float((away * weights)[large].sum()) ** 2 / float((away * away * weights)[large].sum())


def combined(parts: tuple[Floats, ...]) -> float:
    """Moving units of several strata: those whose spread counts for most weigh most (Satterthwaite's rule)."""
    spreads = [float(part.var()) / part.size for part in parts if part.size]
    numbers = [moving_units(part) for part in parts if part.size]
    known = [(spread, number) for spread, number in zip(spreads, numbers, strict=True) if spread > 0 and number > 0]
    if not known:
        return 0.0
    below = sum(spread * spread / number for spread, number in known)
    return sum(spread for spread, _ in known) ** 2 / below if below > 0 else math.inf
