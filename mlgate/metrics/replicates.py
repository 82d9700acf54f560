"""A change whose distribution was found by resampling."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.intervals import Interval, check_level, widening
from mlgate.metrics.student import student_cdf, student_quantile

Floats = NDArray[np.float64]

_NORMAL = NormalDist()
_TAIL = 0.025
"""Share of the replicates on either side beyond which their order says little: there the tail is a normal one."""

_EDGE = -_NORMAL.inv_cdf(_TAIL)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReplicateChange:
    """A change with bootstrap replicates.

    Parameters
    ----------
    delta : candidate - baseline on the rows themselves
    replicates : replicates of it, ascending, finite, not all equal, shape (n_draws,)
    n_rows : all rows
    n_units : independent units that were resampled (rows, groups, queries, blocks, rows of the smaller class), >= 2
    discordant : rows whose prediction or score differs
    method : name of the resampling
    moving : units that the change comes from, see `moving_units`; None takes `discordant`
    down, up : by how much the true change lies, or may lie, below and above for another reason than chance: a bias.
        Of either sign: a change that is surely too large by 1 has down = 1 and up = -1

    Notes
    -----
    The interval is the expanded percentile interval: percentiles at the level at which a normal interval would be
    Student's with its small-sample variance, which matters below some 100 units (Hesterberg, *American Statistician* 69
    (2015), 371-386). Beyond the 2.5 % tails the replicates are continued by a normal tail through their median and
    that percentile, so that a p-value is not floored by their number and a large family can still be judged. A change
    that comes from fewer than ten units is widened, see `widening`.
    """

    delta: float
    replicates: Floats
    n_rows: int
    n_units: int
    discordant: int
    method: str
    moving: float | None = None
    down: float = 0.0
    up: float = 0.0

    def __post_init__(self) -> None:
        if not (self.n_units >= 2 and self.replicates.size >= 100 and self.replicates[0] < self.replicates[-1]):
            raise ValueError("replicates need two units, 100 draws and some spread; see ConstantChange")

    @property
    def variance_per_row(self) -> float:
        return float(self.replicates.var()) * self._unbiased**2 * self.n_rows

    @property
    def units_fraction(self) -> float:
        return self.n_units / self.n_rows

    @property
    def _unbiased(self) -> float:
        return math.sqrt(self.n_units / (self.n_units - 1))

    def _widening(self, z: float) -> float:
        return widening(self.discordant if self.moving is None else self.moving, z)

    def swapped(self) -> ReplicateChange:
        return ReplicateChange(
            delta=-self.delta,
            replicates=-self.replicates[::-1],
            n_rows=self.n_rows,
            n_units=self.n_units,
            discordant=self.discordant,
            method=self.method,
            moving=self.moving,
            down=self.up,
            up=self.down,
        )

    def interval(self, *, margin: float, alpha: float) -> Interval:
        """Interval at confidence 1 - 2 * alpha; the p-value is the level at which its upper end is -margin."""
        check_level(margin, alpha)
        z = student_quantile(1 - alpha, self.n_units - 1) * self._unbiased * self._widening(_NORMAL.inv_cdf(1 - alpha))
        low, high = self._at(-z) - self.down, self._at(z) + self.up
        score = self._score(-margin - self.up) / (self._unbiased * self._widening(_NORMAL.inv_cdf(1 - alpha)))
        return Interval(
            delta=self.delta,
            low=low,
            high=high,
            se=(high - low) / (2 * _NORMAL.inv_cdf(1 - alpha)),
            p_value=student_cdf(-score, self.n_units - 1),
            method=self.method,
            discordant=self.discordant,
        )

    def _knots(self) -> tuple[float, float, float]:
        """The 2.5 % percentile, the median and the 97.5 % percentile.

        A percentile is at least half as far from the median as a normal one: replicates that pile up on one value
        must not make a tail of no width.
        """
        low, median, high = (float(value) for value in np.quantile(self.replicates, (_TAIL, 0.5, 1 - _TAIL)))
        least = _EDGE * float(self.replicates.std()) / 2
        return min(low, median - least), median, max(high, median + least)

    def _at(self, z: float) -> float:
        """The value whose normal score among the replicates is `z`."""
        low, median, high = self._knots()
        if z < -_EDGE:
            return median + (low - median) * -z / _EDGE
        if z > _EDGE:
            return median + (high - median) * z / _EDGE
        return float(np.clip(np.quantile(self.replicates, _NORMAL.cdf(z)), low, high))

    def _score(self, value: float) -> float:
        """Normal score of a value among the replicates: the inverse of `_at`; of tied replicates the smallest."""
        low, median, high = self._knots()
        if value < low:
            return -_EDGE * (median - value) / (median - low)
        if value > high:
            return _EDGE * (value - median) / (high - median)
        last = self.replicates.size - 1
        place = float(np.searchsorted(self.replicates, value, side="left"))
        if 0 < place <= last and self.replicates[int(place)] > value:
            left, right = float(self.replicates[int(place) - 1]), float(self.replicates[int(place)])
            place += (value - left) / (right - left) - 1
        return _NORMAL.inv_cdf(min(max(place / last, _TAIL), 1 - _TAIL))
