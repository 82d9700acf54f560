"""Shares of independent samples: one share, the difference and the ratio of two, each with an interval.

All intervals are two-sided at confidence 1 - 2 * alpha, as those of changes are. Functions take floats or arrays of
one shape and give arrays of that shape.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from mlgate.metrics.sample import Codes, Flags, Floats
from mlgate.metrics.student import incomplete_beta

_NORMAL = NormalDist()
_BISECTIONS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of rows, as counts of independent rows that weigh the same.

    Parameters
    ----------
    successes, trials : at least 0; no whole numbers where they are the effective size of weighted or grouped rows
    n_rows : rows that were looked at
    """

    successes: float
    trials: float
    n_rows: int

    @property
    def value(self) -> float:
        """In 0..1; NaN without a trial."""
        return self.successes / self.trials if self.trials > 0 else math.nan


def wilson(successes: ArrayLike, trials: ArrayLike, *, alpha: float) -> tuple[Floats, Floats]:
    """Wilson's score interval of a share.

    Parameters
    ----------
    successes, trials : 0 <= successes <= trials, trials > 0; need not be whole
    alpha : error on either side, in (0, 0.5)

    Returns
    -------
    tuple of two arrays
        Lower and upper ends, in 0..1.

    Notes
    -----
    Source: Wilson, *Journal of the American Statistical Association* 22 (1927), 209-212.

    Examples
    --------
    >>> low, high = wilson(0, 100, alpha=0.025)
    >>> float(low), round(float(high), 4)
    (0.0, 0.037)
    """
    count, total = _counts(successes, trials)
    z2 = _quantile(alpha) ** 2
    share = count / total
    centre = share + z2 / (2 * total)
    half = np.sqrt(np.maximum(z2 * (share * (1 - share) + z2 / (4 * total)) / total, 0.0))
    low, high = (centre - half) / (1 + z2 / total), (centre + half) / (1 + z2 / total)
    # At the ends the formula is exact only up to a rounding.
    low = np.where(count == 0, 0.0, np.clip(low, 0.0, share))
    return low, np.where(count == total, 1.0, np.clip(high, share, 1.0))


def clopper_pearson(successes: int, trials: int, *, alpha: float) -> tuple[float, float]:
    """Clopper and Pearson's exact interval of a share: never too narrow, usually too wide.

    Parameters
    ----------
    successes, trials : whole, 0 <= successes <= trials, at least one trial
    alpha : error on either side, in (0, 0.5)

    Notes
    -----
    Source: Clopper and Pearson, *Biometrika* 26 (1934), 404-413. By bisection of the binomial tails.

    Examples
    --------
    >>> low, high = clopper_pearson(0, 300, alpha=0.05)
    >>> low, round(high, 4)
    (0.0, 0.0099)
    """
    _counts(successes, trials)
    _quantile(alpha)

    def at_least(share: float) -> float:  # P(X >= successes), rises with the share
        return incomplete_beta(successes, trials - successes + 1, share)

    def more(share: float) -> float:  # P(X > successes)
        return incomplete_beta(successes + 1, trials - successes, share)

    low = 0.0 if successes == 0 else _solve(at_least, alpha)
    return low, 1.0 if successes == trials else _solve(more, 1 - alpha)


def _solve(rising: Callable[[float], float], target: float) -> float:
    """The place in 0..1 where a rising function passes `target`."""
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if rising(middle) > target:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def newcombe(
    first: ArrayLike, n_first: ArrayLike, second: ArrayLike, n_second: ArrayLike, *, alpha: float
) -> tuple[Floats, Floats]:
    """Newcombe's interval of the difference of two independent shares, first - second.

    Parameters
    ----------
    first, second : successes of either sample, need not be whole
    n_first, n_second : trials, above 0
    alpha : error on either side, in (0, 0.5)

    Returns
    -------
    tuple of two arrays
        Lower and upper ends, in -1..1.

    Notes
    -----
    His method 10, the hybrid of two score intervals: sound down to 0 or all successes of either sample.
    Source: Newcombe, *Statistics in Medicine* 17 (1998), 873-890.

    Examples
    --------
    >>> low, high = newcombe(56, 70, 48, 80, alpha=0.025)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0524, 0.3339)
    """
    (count_1, total_1), (count_2, total_2) = _counts(first, n_first), _counts(second, n_second)
    (low_1, high_1), (low_2, high_2) = wilson(count_1, total_1, alpha=alpha), wilson(count_2, total_2, alpha=alpha)
    share_1, share_2 = count_1 / total_1, count_2 / total_2
    difference = share_1 - share_2
    low = difference - np.hypot(share_1 - low_1, high_2 - share_2)
    high = difference + np.hypot(high_1 - share_1, share_2 - low_2)
    return np.maximum(low, -1.0), np.minimum(high, 1.0)


def ratio_interval(
    first: ArrayLike, n_first: ArrayLike, second: ArrayLike, n_second: ArrayLike, *, alpha: float
) -> tuple[Floats, Floats]:
    """Score interval of the ratio of two independent shares, first / second.

    Parameters
    ----------
    first, second, n_first, n_second, alpha : as in `newcombe`

    Returns
    -------
    tuple of two arrays
        Lower and upper ends, at least 0; the upper end is infinite where the second share may be 0, and without any
        success at all the interval is 0 to infinity.

    Notes
    -----
    The ratios that a score test does not reject, where both shares are at their likeliest values under the ratio.
    Source: Koopman, *Biometrics* 40 (1984), 513-517.

    Examples
    --------
    >>> low, high = ratio_interval(36, 40, 16, 80, alpha=0.025)
    >>> round(float(low), 2), round(float(high), 2)
    (2.94, 7.15)
    """
    return (
        ratio_bound(first, n_first, second, n_second, alpha=alpha, upper=False),
        ratio_bound(first, n_first, second, n_second, alpha=alpha, upper=True),
    )


def ratio_bound(  # the two samples are four numbers
    first: ArrayLike, n_first: ArrayLike, second: ArrayLike, n_second: ArrayLike, *, alpha: float, upper: bool
) -> Floats:
    """One end of `ratio_interval`: where many pairs are looked at, each end may have a level of its own."""
    count_1, total_1 = _counts(first, n_first)
    count_2, total_2 = _counts(second, n_second)
    z = _quantile(alpha)
    end = _ratio_end(count_1, total_1, count_2, total_2, -z if upper else z)
    return np.where(count_2 == 0, math.inf, end) if upper else np.where(count_1 == 0, 0.0, end)


def _ratio_end(count_1: Floats, total_1: Floats, count_2: Floats, total_2: Floats, target: float) -> Floats:
    """The ratio at which the score statistic, which falls in the ratio, is `target`; by bisection of its logarithm."""
    shape = np.broadcast_shapes(count_1.shape, count_2.shape)
    low, high = np.full(shape, -40.0), np.full(shape, 40.0)
    for _ in range(50):  # to 13 digits
        middle = (low + high) / 2
        above = _ratio_statistic(count_1, total_1, count_2, total_2, np.exp(middle)) > target
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray(np.exp((low + high) / 2))


def _ratio_statistic(count_1: Floats, total_1: Floats, count_2: Floats, total_2: Floats, ratio: Floats) -> Floats:
    """Score statistic of the hypothesis that share 1 is `ratio` times share 2; 0 where nothing speaks against it."""
    a = (total_1 + total_2) * ratio
    b = -(total_1 * ratio + count_1 + total_2 + count_2 * ratio)
    c = count_1 + count_2
    root = np.sqrt(np.maximum(b * b - 4 * a * c, 0.0))
    share_2 = np.clip(2 * c / (root - b), 0.0, np.minimum(1.0, 1 / ratio))
    share_1 = ratio * share_2
    variance = share_1 * (1 - share_1) / total_1 + ratio * ratio * share_2 * (1 - share_2) / total_2
    difference = count_1 / total_1 - ratio * count_2 / total_2
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = difference / np.sqrt(np.maximum(variance, 0.0))
    return np.where(np.isnan(statistic), 0.0, statistic)


def effective_share(flags: Flags, *, weights: Floats | None = None, units: Codes | None = None) -> Share:
    """A share of rows that weigh differently or are not independent, as counts of rows that do not and are.

    Parameters
    ----------
    flags : shape (n_rows,)
    weights : at least 0, or None where rows weigh the same
    units : codes of the independent unit (the group) of a row, or None where rows are independent

    Returns
    -------
    Share
        The trials are those with which a plain share would be as uncertain: p (1 - p) over the variance of the
        (weighted) share between units. They never exceed the rows (or Kish's effective number of weighted rows), and
        where all rows are alike, so that no variance can be seen, every unit is one trial.

    Notes
    -----
    Source: Korn and Graubard, *Survey Methodology* 24 (1998), 193-201, with n instead of their degrees of freedom.
    """
    n_rows = int(flags.size)
    if weights is None and units is None:
        return Share(successes=float(np.count_nonzero(flags)), trials=float(n_rows), n_rows=n_rows)
    largest = 1.0 if weights is None else float(np.max(weights, initial=0.0))
    if not (n_rows and largest > 0):
        return Share(successes=0.0, trials=0.0, n_rows=n_rows)
    weight = np.ones(n_rows) if weights is None else weights / largest  # squares must neither vanish nor overflow
    share = min(float(np.sum(weight * flags)) / float(np.sum(weight)), 1.0)
    trials = _effective_trials(flags, share, weight, units)
    return Share(successes=share * trials, trials=trials, n_rows=n_rows)


def _effective_trials(flags: Flags, share: float, weight: Floats, units: Codes | None) -> float:
    total = float(np.sum(weight))
    most = total * total / float(np.sum(weight * weight))
    codes = np.arange(flags.size) if units is None else np.unique(units, return_inverse=True)[1].reshape(-1)
    mass = np.bincount(codes, weights=weight)
    n_units = int(np.count_nonzero(mass))
    error = np.bincount(codes, weights=weight * (flags - share))
    variance = float(np.sum(error * error)) / total**2 * (n_units / (n_units - 1) if n_units > 1 else math.inf)
    if 0 < share < 1 and variance > 0:
        return min(share * (1 - share) / variance, most)
    return min(total * total / float(np.sum(mass * mass)), most)


def _counts(successes: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats]:
    count, total = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64))
    if not ((total > 0) & (count >= 0) & (count <= total) & np.isfinite(total)).all():
        raise ValueError("a share needs 0 <= successes <= trials and at least one trial")
    return count, total


def _quantile(alpha: float) -> float:
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha must lie in (0, 0.5), got {alpha}")
    return _NORMAL.inv_cdf(1 - alpha)
