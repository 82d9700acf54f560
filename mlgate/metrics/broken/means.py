"""Mean of a per-row value with its standard error, for rows that may weigh differently or be grouped."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mlgate.metrics.sample import Codes, Floats
from mlgate.metrics.student import student_cdf, student_quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A (weighted) mean.

    Parameters
    ----------
    value : the mean, NaN where no row weighs anything
    standard_error : at least 0; infinite with one unit
    n_units : independent units: rows, groups or points in time
    n_rows : rows
    """

    value: float
    standard_error: float
    n_units: int
    n_rows: int

    def interval(self, *, alpha: float) -> tuple[float, float]:
        """Student's interval at confidence 1 - 2 * alpha; infinite where the error is not known."""
        if not (self.n_units >= 2 and math.isfinite(self.standard_error)):
            return -math.inf, math.inf
        half = student_quantile(1 - alpha, self.n_units - 1) * self.standard_error
        return self.value - half, self.value + half

    def p_value(self) -> float:
        """One-sided, of the hypothesis that the mean is at most 0: small means clearly above. 1 without a spread."""
        if not (self.n_units >= 2 and self.standard_error > 0 and math.isfinite(self.standard_error)):
            return 1.0
        return student_cdf(-self.value / self.standard_error, self.n_units - 1)


def mean_of(
    values: Floats,
    *,
    weights: Floats | None = None,
    units: Codes | None = None,
    times: Codes | None = None,
    strata: Codes | None = None,
) -> Mean:
    """Mean of a per-row value, with the standard error of a ratio of sums over independent units.

    Parameters
    ----------
    values : shape (n_rows,), finite
    weights : at least 0, or None where rows weigh the same
    units : codes of the group of a row; None where rows are independent
    times : codes in order of time; then points in time are the units, and neighbours among them may be correlated
    strata : codes of classes whose sizes are no accident, as those behind a balanced mean: a row is then compared with
        the mean of its class

    Notes
    -----
    Of points in time the variance is Newey and West's with Bartlett weights up to lag ceil(T ** (1/3)).
    Source: Cochran, *Sampling Techniques* (1977), section 6; Newey and West, *Econometrica* 55 (1987), 703-708.
    """
    weight = np.ones(values.size) if weights is None else weights
    total = float(np.sum(weight))
    if not total > 0:
        return Mean(value=math.nan, standard_error=math.inf, n_units=0, n_rows=int(values.size))
    mean = float(np.sum(weight * values)) / total
    away = weight * (values - (mean if strata is None else _class_means(values, weight, strata)))
    chosen = times if times is not None else units
    codes = np.arange(values.size) if chosen is None else np.unique(chosen, return_inverse=True)[1].reshape(-1)
    sums = np.bincount(codes, weights=away).astype(np.float64)
    n_units = int(np.count_nonzero(np.bincount(codes, weights=weight)))
    variance = _long_run(sums) if times is not None else float(np.sum(sums * sums))
    small = n_units / (n_units - 1) if n_units > 1 else math.inf
    error = math.sqrt(variance * small) / total if n_units > 1 else math.inf
    return Mean(value=mean, standard_error=error, n_units=n_units, n_rows=int(values.size))


def _class_means(values: Floats, weight: Floats, strata: Codes) -> Floats:
    totals = np.bincount(strata, weights=weight)
    means = np.bincount(strata, weights=weight * values) / np.where(totals > 0, totals, 1.0)
    found: Floats = means[strata]
    return found


def _long_run(sums: Floats) -> float:
    """Variance of the total of a series, at least that of independent points."""
    alone = float(np.sum(sums * sums))
    lags = math.ceil(sums.size ** (1 / 3))
    around = math.fsum(
        2 * (1 - lag / (lags + 1)) * float(np.sum(sums[lag:] * sums[:-lag]))
        for lag in range(1, min(lags, sums.size - 1) + 1)
    )
    return max(alone + around, alone)
