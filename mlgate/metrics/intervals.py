"""Paired changes of a metric: interval, one-sided p-value, and what the observed variance says about sample size.

A change is a small frozen summary (counts, or an estimate and its standard error), so that level and margin can be
chosen after the rows are gone. Positive means that the candidate is higher.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Protocol

from mlgate.metrics.student import student_cdf, student_quantile

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A change and how sure we are of it.

    Parameters
    ----------
    delta : candidate - baseline, in the metric's unit
    low, high : two-sided interval at confidence 1 - 2 * alpha
    se : standard error; where the method has none, half the width of the interval over its normal quantile
    p_value : one-sided, of the hypothesis that delta >= -margin: small means clearly worse than the margin allows
    method : name of the method
    discordant : rows whose prediction or score differs between the sides
    """

    delta: float
    low: float
    high: float
    se: float
    p_value: float
    method: str
    discordant: int


class Change(Protocol):
    """What a comparison keeps of its rows."""

    @property
    def delta(self) -> float:
        """Candidate - baseline."""

    @property
    def variance_per_row(self) -> float:
        """Variance of `delta` if nothing changed, times the number of rows."""

    @property
    def units_fraction(self) -> float:
        """Independent units per row: 1 for accuracy, the share of the smaller class for an AUC."""

    def swapped(self) -> Change:
        """The change from candidate to baseline."""

    def interval(self, *, margin: float, alpha: float) -> Interval:
        """Interval at confidence 1 - 2 * alpha, p-value against `margin` >= 0."""


def check_level(margin: float, alpha: float) -> None:
    if not (math.isfinite(margin) and margin >= 0):
        raise ValueError(f"margin must be finite and at least 0, got {margin}")
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha must lie in (0, 0.5), got {alpha}")


FEW = 10
"""Units that a change comes from under which its spread is widened."""


def widening(moving: float, z: float) -> float:
    """Factor of the standard error of a change that comes from few units.

    With d units that move the metric, the spread that they show is widened by sqrt((d + z**2) / d), as Wilson's
    interval widens that of a count: a unit more or less was as likely.
    """
    return math.sqrt((moving + z * z) / moving) if 0 < moving < FEW else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalChange:
    """A change with a standard error, taken as normal.

    Parameters
    ----------
    delta, se : in the metric's unit; `se` > 0
    n_rows : all rows
    n_units : independent units: for an AUC the rows of the smaller class
    discordant : rows whose score differs
    method : name of the method
    df : degrees of freedom of the standard error; infinite for a normal interval
    limit : largest change that the metric can have
    moving : units that the change comes from, see `moving_units`
    down, up : as in `ReplicateChange`
    """

    delta: float
    se: float
    n_rows: int
    n_units: int
    discordant: int
    method: str = "delong"
    df: float = math.inf
    limit: float = 1.0
    moving: float = math.inf
    down: float = 0.0
    up: float = 0.0

    def __post_init__(self) -> None:
        if not self.se > 0:
            raise ValueError(f"a standard error must be above 0, got {self.se}; see ConstantChange")

    @property
    def variance_per_row(self) -> float:
        return self.se**2 * self.n_rows

    @property
    def units_fraction(self) -> float:
        return self.n_units / self.n_rows

    def swapped(self) -> NormalChange:
        return replace(self, delta=-self.delta, down=self.up, up=self.down)

    def interval(self, *, margin: float, alpha: float) -> Interval:
        """Normal (or Student's) interval, cut to what the metric can be."""
        check_level(margin, alpha)
        se = self.se * widening(self.moving, _NORMAL.inv_cdf(1 - alpha))
        half = student_quantile(1 - alpha, self.df) * se
        return Interval(
            delta=self.delta,
            low=max(self.delta - half - self.down, -self.limit),
            high=min(self.delta + half + self.up, self.limit),
            se=se,
            p_value=student_cdf((self.delta + self.up + margin) / se, self.df),
            method=self.method,
            discordant=self.discordant,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantChange:
    """A change that was the same in every unit, so that no variance could be seen.

    That is no proof that there is none: a share f of units that behave otherwise goes unseen. The score bound of
    0 in n_units limits f to z**2 / (n_units + z**2), and an unseen unit is taken at its worst, -limit or limit. Without
    a difference this is, for a metric between 0 and 1, Tango's interval of no discordant pair. For an AUC the units are
    disjoint pairs of a positive and a negative row, of which there are as many as rows of the smaller class.

    Parameters
    ----------
    delta : in [-limit, limit]
    n_rows, n_units, discordant : as in `NormalChange`; `n_units` at least 1
    limit : largest change of one unit, above 0
    method : name of the method
    """

    delta: float
    n_rows: int
    n_units: int
    discordant: int
    limit: float = 1.0
    method: str = "zero-variance"

    @property
    def variance_per_row(self) -> float:
        return 0.0

    @property
    def units_fraction(self) -> float:
        return self.n_units / self.n_rows

    def swapped(self) -> ConstantChange:
        return replace(self, delta=-self.delta)

    def interval(self, *, margin: float, alpha: float) -> Interval:
        """Interval that allows for what no unit has shown."""
        check_level(margin, alpha)
        z = _NORMAL.inv_cdf(1 - alpha)
        unseen = z * z / (self.n_units + z * z)
        low = self.delta - unseen * (self.limit + self.delta)
        high = self.delta + unseen * (self.limit - self.delta)
        return Interval(
            delta=self.delta,
            low=low,
            high=high,
            se=(high - low) / (2 * z),
            p_value=self._p_value(margin),
            method=self.method,
            discordant=self.discordant,
        )

    def _p_value(self, margin: float) -> float:
        """Level at which -margin becomes a bound of the interval."""
        gap = self.delta + margin
        if margin >= self.limit:
            return 1.0
        share = gap / (self.limit + self.delta) if gap >= 0 else -gap / (self.limit - self.delta)
        return _NORMAL.cdf(math.copysign(math.sqrt(self.n_units * share / (1 - share)), gap))


@dataclass(frozen=True, slots=True, kw_only=True)
class PointChange:
    """A change of which only the values are known, or which no interval describes (an extreme, a size in bytes).

    It takes no part in the family of tests: worse by more than the tolerance is worse, without a statement of how sure.

    Parameters
    ----------
    delta : candidate - baseline
    n_rows : rows that the values were computed from, 0 where they are not known
    """

    delta: float
    n_rows: int = 0
    discordant: int = 0

    @property
    def variance_per_row(self) -> float:
        return math.nan

    @property
    def units_fraction(self) -> float:
        return 1.0

    def swapped(self) -> PointChange:
        return replace(self, delta=-self.delta)

    def interval(self, *, margin: float, alpha: float) -> Interval:
        raise TypeError("a point has no interval")
