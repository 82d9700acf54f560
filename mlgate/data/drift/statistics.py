"""Classical statistics of drift, on request. Each has a threshold by convention, and one that chance alone would pass.

With few rows or many values a statistic is large although nothing changed: PSI of 300 categories in 2,000 rows is 0.3.
So it must exceed both: what convention asks, and what two tables of one distribution exceed with the probability alpha.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from mlgate.data.drift.comparing import Compared, cells_of
from mlgate.data.drift.moves import Sizes, largest_distance
from mlgate.data.drift.sketch import Ordered
from mlgate.data.drift.tails import chi2_quantile
from mlgate.data.plan import Verdict
from mlgate.outcome import Status

DECILES = 10
FEW = 0.5
"""Rows that an empty cell is taken to have, so that its logarithm exists."""
Cells = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Value:
    """A statistic, and what chance makes of it: two tables of one distribution exceed `chance` with the level asked."""

    value: float
    chance: float
    cells: int


def psi(compared: Compared, level: float) -> Value | None:
    """`psi`: the population stability index, the sum of (q - p) ln(q / p) over ten cells of equal mass, or the values.

    On request. It must exceed 0.1 by convention and what chance makes of it, which is a chi-squared quantile times
    1/n + 1/m (Yurdakul and Naranjo 2020). Missing values, NaN and the infinities are cells of their own; an empty cell
    counts half a row.
    """
    cells = cells_of(compared.before, compared.after, DECILES)
    if len(cells) < 2:
        return None
    shares = _smoothed(cells)
    value = math.fsum((q - p) * math.log(q / p) for p, q in shares)
    return Value(value, chi2_quantile(level, len(cells) - 1) * _sizes(cells).noise, len(cells))


def jensen_shannon(compared: Compared, level: float) -> Value | None:
    """`jensen_shannon`: the distance of that name, with logarithms of base 2: 0 is the same, 1 has nothing in common.

    On request. It must exceed 0.1 and what chance makes of it: the divergence is an eighth of PSI where both are small.
    Cells as of `psi`.
    """
    cells = cells_of(compared.before, compared.after, DECILES)
    if len(cells) < 2:
        return None
    divergence = math.fsum(_part(p, (p + q) / 2) + _part(q, (p + q) / 2) for p, q in _shares(cells)) / 2
    chance = chi2_quantile(level, len(cells) - 1) * _sizes(cells).noise / (8 * math.log(2))
    return Value(math.sqrt(max(0.0, divergence)), math.sqrt(chance), len(cells))


def kolmogorov_smirnov(compared: Compared, level: float) -> Value | None:
    """`kolmogorov_smirnov`: the largest difference of the shares of values up to any number, of ordered columns.

    On request. It must exceed 0.05 and what chance makes of it, sqrt(ln(2 / alpha) / 2 (1/n + 1/m)).
    """
    before, after = compared.before.ordered, compared.after.ordered
    if not before or not after or not before.rows or not after.rows:
        return None
    chance = math.sqrt(math.log(2 / level) / 2 * (1 / before.rows + 1 / after.rows))
    return Value(largest_distance(before.counts, after.counts), chance, len(before.counts))


def wasserstein(compared: Compared, level: float) -> Value | None:
    """`wasserstein`: how far values have to be carried, in standard deviations of the reference, of ordered columns.

    On request. It must exceed 0.1 and what chance makes of it. The standard deviation is that of a normal distribution
    with the same quartiles, and beyond the outer hundredths of the reference nothing is added: one value of 1e6 would
    else decide both.
    """
    before, after = compared.before.ordered, compared.after.ordered
    if not before or not after or not before.rows or not after.rows:
        return None
    low, high = before.quantile(0.25), before.quantile(0.75)
    scale = (high - low) / 1.349 if low is not None and high is not None else 0.0
    if not scale > 0:
        return None
    widths = [b - a for a, b in zip(before.edges, before.edges[1:], strict=False)]
    below = _cumulated(before), _cumulated(after)
    value = math.fsum(w * abs(p - q) for w, p, q in zip(widths, *below, strict=False))
    return Value(value / scale, _carried_by_chance(before, after, widths, level) / scale, len(before.counts))


def l_infinity(compared: Compared, level: float) -> Value | None:
    """`l_infinity`: the largest change of the share of a value, or of a cell of an ordered column.

    On request. It must exceed 0.02 and what chance makes of the largest of so many shares.
    """
    cells = cells_of(compared.before, compared.after, DECILES)
    if len(cells) < 2:
        return None
    sizes = _sizes(cells)
    z = NormalDist().inv_cdf(1 - level / (2 * len(cells)))
    pooled = [(a + b) / sizes.both for a, b in cells]
    chance = z * math.sqrt(max(p * (1 - p) for p in pooled) * sizes.noise)
    return Value(max(abs(q - p) for p, q in _shares(cells)), chance, len(cells))


def chi_squared(compared: Compared, level: float) -> Value | None:
    """`chi_squared`: Pearson's statistic of the cells, as Cramer's V: the square root of it by the number of rows.

    On request. It must exceed 0.1 and the quantile of its distribution by chance. Cells as of `psi`.
    """
    cells = cells_of(compared.before, compared.after, DECILES)
    if len(cells) < 2:
        return None
    sizes = _sizes(cells)
    share = sizes.n / sizes.both
    statistic = math.fsum((a - (a + b) * share) ** 2 / ((a + b) * share * (1 - share)) for a, b in cells)
    chance = chi2_quantile(level, len(cells) - 1)
    return Value(math.sqrt(statistic / sizes.both), math.sqrt(chance / sizes.both), len(cells))


STATISTICS: dict[str, Callable[[Compared, float], Value | None]] = {
    "psi": psi,
    "jensen_shannon": jensen_shannon,
    "kolmogorov_smirnov": kolmogorov_smirnov,
    "wasserstein": wasserstein,
    "l_infinity": l_infinity,
    "chi_squared": chi_squared,
}


def judge_statistic(name: str, compared: Compared, threshold: float, level: float) -> Verdict:
    """Verdict of a statistic; it must exceed both its threshold and what chance makes of it."""
    if compared.too_few:
        return Verdict(status=Status.WARN, message="cannot say: too few values", hint="compare more rows")
    if compared.unseen:
        hint = "give the reference data in place of its profile"
        return Verdict(status=Status.WARN, message="cannot say: no values of this column are kept", hint=hint)
    found = STATISTICS[name](compared, level)
    if found is None:
        return Verdict(status=Status.SKIP, message=f"{name} is not defined for what this column holds")
    limit = max(threshold, found.chance)
    evidence = {"chance": found.chance, "threshold": threshold, "level": level, "cells": found.cells}
    drifted = not found.value <= limit
    verb = "more than" if drifted else "at most"
    told = f"{name} is {found.value:.4g}, {verb} {limit:.4g}"
    basis = "what chance makes of so few rows" if found.chance > threshold else f"chance alone makes {found.chance:.4g}"
    return Verdict(
        status=Status.FAIL if drifted else Status.PASS,
        message=f"{told} ({basis})",
        observed=found.value,
        expected=f"at most {limit:.4g}",
        hint="look at the outcome `drift` of this column, which says what moved" if drifted else "",
        evidence=evidence,
    )


# --- parts -----------------------------------------------------------------------------------------------------------


def _sizes(cells: Cells) -> Sizes:
    return Sizes(sum(a for a, _ in cells), sum(b for _, b in cells))


def _shares(cells: Cells) -> list[tuple[float, float]]:
    sizes = _sizes(cells)
    return [(a / sizes.n, b / sizes.m) for a, b in cells]


def _smoothed(cells: Cells) -> list[tuple[float, float]]:
    filled = [(a or FEW, b or FEW) for a, b in cells]
    n, m = math.fsum(a for a, _ in filled), math.fsum(b for _, b in filled)
    return [(a / n, b / m) for a, b in filled]


def _part(share: float, mean: float) -> float:
    return share * math.log2(share / mean) if share > 0 else 0.0


def _cumulated(ordered: Ordered) -> list[float]:
    """The share of the values up to each edge."""
    below, shares = 0, []
    for count in ordered.counts[:-1]:
        below += count
        shares.append(below / ordered.rows)
    return shares


def _carried_by_chance(before: Ordered, after: Ordered, widths: Sequence[float], level: float) -> float:
    """What the sum of widths times |differences of shares| exceeds with the level, where nothing changed.

    The differences at the edges are a Brownian bridge at the pooled shares. The mean and the variance of the sum of its
    absolute values are known; a gamma distribution with both gives the quantile.
    """
    sizes = Sizes(before.rows, after.rows)
    both = Ordered(before.edges, tuple(a + b for a, b in zip(before.counts, after.counts, strict=True)))
    shares = _cumulated(both)[: len(widths)]
    spreads = [math.sqrt(max(0.0, p * (1 - p)) * sizes.noise) for p in shares]
    mean = math.sqrt(2 / math.pi) * math.fsum(w * s for w, s in zip(widths, spreads, strict=True))
    square = 0.0
    for i, p in enumerate(shares):
        for j, q in enumerate(shares):
            product = spreads[i] * spreads[j]
            if product > 0:
                low, high = min(p, q), max(p, q)
                r = min(1.0, low * (1 - high) * sizes.noise / product)
                square += widths[i] * widths[j] * product * (math.sqrt(1 - r * r) + r * math.asin(r)) * 2 / math.pi
    variance = max(0.0, square - mean * mean)
    if not mean > 0 or not variance > 0:
        return 0.0
    return chi2_quantile(level, 2 * mean * mean / variance) * variance / (2 * mean)
