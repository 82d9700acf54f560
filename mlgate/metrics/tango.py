"""Accuracy, and any other share of rows: the paired change by Tango's score method."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.intervals import Interval, check_level

Flags = NDArray[np.bool_]
"""Boolean array of shape (n_rows,)."""

_NORMAL = NormalDist()
_BISECTIONS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCounts:
    """Change of a share of rows, such as accuracy: the paired 2 x 2 table.

    Parameters
    ----------
    gained, lost : rows that only the candidate / only the baseline gets right
    n_rows : all rows, at least 1
    discordant : rows whose prediction differs; with several classes both may be wrong in different ways
    """

    gained: int
    lost: int
    n_rows: int
    discordant: int

    def __post_init__(self) -> None:
        if not (self.n_rows >= 1 and self.gained >= 0 and self.lost >= 0 and self.gained + self.lost <= self.n_rows):
            raise ValueError(f"not a paired table: {self.gained} gained and {self.lost} lost of {self.n_rows} rows")

    @property
    def delta(self) -> float:
        return (self.gained - self.lost) / self.n_rows

    @property
    def variance_per_row(self) -> float:
        return (self.gained + self.lost) / self.n_rows

    @property
    def units_fraction(self) -> float:
        return 1.0

    def swapped(self) -> PairedCounts:
        return PairedCounts(gained=self.lost, lost=self.gained, n_rows=self.n_rows, discordant=self.discordant)

    def interval(self, *, margin: float, alpha: float) -> Interval:
        """Tango's score interval; the p-value is that of his test at -margin.

        Notes
        -----
        Without a margin the test is McNemar's. Honest down to no discordant row at all, where a bootstrap or Wald
        interval has no width: 0 of 500 gives -0.0054 to 0.0054 at 90 %.
        Source: Tango, *Statistics in Medicine* 17 (1998), 891-908.

        Examples
        --------
        >>> change = PairedCounts(gained=20, lost=45, n_rows=1000, discordant=65)
        >>> found = change.interval(margin=0.005, alpha=0.05)
        >>> round(found.low, 5), round(found.high, 5), round(found.p_value, 4)
        (-0.03882, -0.01199, 0.006)
        """
        check_level(margin, alpha)
        z = _NORMAL.inv_cdf(1 - alpha)

        def statistic(delta: float) -> float:
            return tango_statistic(self.gained, self.lost, self.n_rows, delta)

        low, _ = _bracket(statistic, z, -1.0, self.delta)
        _, high = _bracket(statistic, -z, self.delta, 1.0)
        return Interval(
            delta=self.delta,
            low=low,
            high=high,
            se=(high - low) / (2 * z),
            p_value=_NORMAL.cdf(statistic(-margin)) if margin < 1 else 1.0,
            method="tango-score",
            discordant=self.discordant,
        )


def tango_statistic(gained: int, lost: int, n_rows: int, delta: float) -> float:
    """Score statistic of the hypothesis that the paired difference is `delta`; standard normal if it holds.

    Parameters
    ----------
    gained, lost, n_rows : as in `PairedCounts`
    delta : in [-1, 1]

    Returns
    -------
    float
        0 where the table has neither difference nor variance; infinite where the difference is impossible.
    """
    a = 2.0 * n_rows
    b = -gained - lost + (2 * n_rows - gained + lost) * delta
    c = -lost * delta * (1 - delta)
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    # Share of `lost` under the hypothesis; the second form avoids the difference of two near numbers.
    share = (root - b) / (2 * a) if b <= 0 else -2 * c / (root + b)
    difference = gained - lost - n_rows * delta
    variance = n_rows * (2 * share + delta * (1 - delta))
    if variance > 0:
        return difference / math.sqrt(variance)
    return math.copysign(math.inf, difference) if difference else 0.0


def _bracket(falling: Callable[[float], float], target: float, low: float, high: float) -> tuple[float, float]:
    """Ends of a vanishing interval around the place where a falling function passes `target`.

    An end that was given stays as it is if the function does not pass `target` at all.
    """
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if falling(middle) > target:
            low = middle
        else:
            high = middle
    return low, high


def compute_accuracy_change(baseline_right: Flags, candidate_right: Flags, differs: Flags) -> PairedCounts:
    """Paired table of two models on the same rows.

    Parameters
    ----------
    baseline_right, candidate_right : shape (n_rows,), whether the prediction equals the label
    differs : shape (n_rows,), whether the predictions differ
    """
    return PairedCounts(
        gained=int(np.count_nonzero(candidate_right & ~baseline_right)),
        lost=int(np.count_nonzero(baseline_right & ~candidate_right)),
        n_rows=int(candidate_right.size),
        discordant=int(np.count_nonzero(differs)),
    )
