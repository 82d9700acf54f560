"""The paired change of a quantile, such as the 95 % quantile of latency, by order statistics."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.intervals import Interval, check_level
from mlgate.metrics.student import incomplete_beta

Floats = NDArray[np.float64]

_NORMAL = NormalDist()
_BISECTIONS = 40
_STEP = 0.125
_GRID = 56
"""Normal scores from -7 to 7."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuantileChange:
    """Change of a quantile between two models on the same rows.

    Parameters
    ----------
    share : which quantile, in (0, 1)
    baseline, candidate : the values, ascending, finite, shape (n_rows,)
    correlation : of "is at most its own quantile" between the sides, in [-1, 1]; 0 where rows are not paired
    effective : number of independent rows that these are worth, at most n_rows
    discordant : rows whose value differs
    sign : 1, or -1 for the change from candidate to baseline

    Notes
    -----
    The bounds of either quantile are order statistics, found through the binomial number of rows below it and
    interpolated between neighbours (Nyblom, *Journal of Statistical Computation and Simulation* 41 (1992), 145-161);
    the two are combined by the method of variance estimates recovery with their correlation (Zou, *Statistics in
    Medicine* 27 (2008), 2293-2308).
    """

    share: float
    baseline: Floats
    candidate: Floats
    correlation: float
    effective: float
    discordant: int
    sign: int = 1

    @property
    def n_rows(self) -> int:
        return int(self.candidate.size)

    @property
    def delta(self) -> float:
        after, before = (float(np.quantile(values, self.share)) for values in (self.candidate, self.baseline))
        return self.sign * (after - before)

    @property
    def variance_per_row(self) -> float:
        low, high = self._bounds(1.0)
        return ((high - low) / 2) ** 2 * self.n_rows

    @property
    def units_fraction(self) -> float:
        return min(self.share, 1 - self.share)

    def swapped(self) -> QuantileChange:
        return replace(self, sign=-self.sign)

    def interval(self, *, margin: float, alpha: float) -> Interval:
        """Interval at confidence 1 - 2 * alpha; the p-value is the level at which its upper end is -margin.

        Raises
        ------
        ValueError
            Fewer rows than `rows_needed` for this level.
        """
        check_level(margin, alpha)
        if self.effective < rows_needed(self.share, alpha):
            raise ValueError(f"{self.effective:g} rows, {rows_needed(self.share, alpha)} needed")
        z = _NORMAL.inv_cdf(1 - alpha)
        low, high = self._bounds(z)
        return Interval(
            delta=self.delta,
            low=low,
            high=high,
            se=(high - low) / (2 * z),
            p_value=self._p_value(margin),
            method="order-statistics",
            discordant=self.discordant,
        )

    def _p_value(self, margin: float) -> float:
        """From the normal score at which the bound is -margin: the bound rises with the score.

        Searched on a grid of scores, so that changes of as many rows share their ranks, and linear between them.
        """
        low, high = 0, 2 * _GRID
        while high - low > 1:
            middle = (low + high) // 2
            if self._bound(middle) < -margin:
                low = middle
            else:
                high = middle
        left, right = self._bound(low), self._bound(high)
        part = (-margin - left) / (right - left) if right > left else 0.0
        score = (low + min(max(part, 0.0), 1.0) - _GRID) * _STEP
        return _NORMAL.cdf(-score)

    def _bound(self, place: int) -> float:
        score = (place - _GRID) * _STEP
        return self._bounds(abs(score))[0 if score < 0 else 1]

    def _bounds(self, z: float) -> tuple[float, float]:
        alpha = _NORMAL.cdf(-z)
        sides = []
        for values in (self.baseline, self.candidate):
            estimate = float(np.quantile(values, self.share))
            low, high = quantile_bounds(values, self.share, alpha, effective=self.effective)
            sides.append((max(estimate - low, 0.0), max(high - estimate, 0.0)))
        (before_down, before_up), (after_down, after_up) = sides
        change = self.sign * self.delta
        low = change - self._distance(after_down, before_up)
        high = change + self._distance(after_up, before_down)
        return (low, high) if self.sign > 0 else (-high, -low)

    def _distance(self, one: float, other: float) -> float:
        return math.sqrt(max(one * one + other * other - 2 * self.correlation * one * other, 0.0))


def rows_needed(share: float, alpha: float) -> int:
    """Rows at which a one-sided bound at level `alpha` exists on both sides of a quantile.

    Examples
    --------
    >>> [rows_needed(share, 0.05) for share in (0.95, 0.99, 0.999)]
    [59, 299, 2995]
    """
    return math.ceil(math.log(alpha) / math.log(max(share, 1 - share)))


def order_statistic_ranks(n_rows: int, share: float, alpha: float) -> tuple[int, int]:
    """1-based ranks whose values enclose a quantile with confidence of at least 1 - 2 * alpha.

    Examples
    --------
    >>> order_statistic_ranks(10_000, 0.99, 0.025)
    (9880, 9920)
    """
    low = _rank(n_rows, share, 1 - alpha)
    high = _rank(n_rows, share, alpha)
    return max(math.floor(low), 1), min(math.ceil(high), n_rows)


def quantile_bounds(
    values: Floats, share: float, alpha: float, *, effective: float | None = None
) -> tuple[float, float]:
    """One-sided bounds of a quantile, each at level `alpha`; an end that the rows do not reach is their extreme.

    Parameters
    ----------
    values : ascending, shape (n_rows,)
    effective : independent rows that they are worth, n_rows unless given; fewer put the ranks further apart
    """
    n_rows = values.size
    worth = n_rows if effective is None else effective
    ends = []
    for level in (1 - alpha, alpha):
        rank = _rank(worth, share, level)
        # On a share of the rows: the ranks of fewer independent rows lie further apart among all of them.
        place = min(max((rank - 0.5) * n_rows / worth + 0.5, 1.0), float(n_rows)) - 1
        left = min(int(place), n_rows - 1)
        right = min(left + 1, n_rows - 1)
        ends.append(float(values[left] + (values[right] - values[left]) * (place - left)))
    return ends[0], ends[1]


@lru_cache(maxsize=4096)
def _rank(n_rows: float, share: float, level: float) -> float:
    """The real rank r at which P(at least r of n_rows lie below the quantile) = I_share(r, n - r + 1) is `level`."""
    spread = 1 + 9 * math.sqrt(n_rows * share * (1 - share))
    low, high = max(0.0, n_rows * share - spread), min(n_rows + 1.0, n_rows * share + 1 + spread)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if incomplete_beta(middle, n_rows - middle + 1, share) > level:
            low = middle
        else:
            high = middle
    return (low + high) / 2
