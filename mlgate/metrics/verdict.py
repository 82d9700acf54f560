"""From a change and its interval to a verdict, and from a verdict to a status."""

from __future__ import annotations

import math
from enum import StrEnum
from statistics import NormalDist

from mlgate.metrics.intervals import Change, Interval
from mlgate.outcome import Status

POWER = 0.8
"""Chance with which a change of the minimum detectable size is found, and with which `rows_needed` rows suffice."""


class Verdict(StrEnum):
    """What a comparison says; `decide` takes the first that matches."""

    INVALID = "invalid"  # inputs, sizes or interval cannot be trusted
    REGRESSION = "regression"  # worse by more than the tolerance
    IMPROVED = "improved"  # better
    EQUIVALENT = "equivalent"  # neither better nor worse by as much as the tolerance
    PASS = "pass"  # not worse by as much as the tolerance
    INCONCLUSIVE = "inconclusive"  # the rows cannot tell


def decide(
    change: Interval | None,
    *,
    tolerance: float,
    p_adjusted: float | None,
    alpha: float,
    identical: bool = False,
    policy: str = "warn",
) -> tuple[Verdict, Status]:
    """Verdict of one comparison, and the status it gets.

    Parameters
    ----------
    change : oriented such that larger is better; None where none could be computed
    tolerance : accepted worsening, >= 0
    p_adjusted : one-sided p-value of the hypothesis that the change is no worse than the tolerance, adjusted for the
        family of comparisons; in a family of one it is at most alpha if and only if the interval ends below -tolerance
    alpha : one-sided error, in (0, 0.5); the interval's confidence is 1 - 2 * alpha
    identical : all predictions and scores of the rows are the same on both sides
    policy : status of `inconclusive`: `warn`, `fail` or `pass`

    Notes
    -----
    A number that is not finite anywhere gives `invalid`; so does an interval whose ends are exchanged.
    """
    if change is None or not _is_sound(change, tolerance, p_adjusted, alpha):
        return Verdict.INVALID, Status.ERROR
    if p_adjusted is not None and p_adjusted <= alpha:
        return Verdict.REGRESSION, Status.FAIL
    if change.low > 0:
        return Verdict.IMPROVED, Status.PASS
    if identical or (change.low > -tolerance and 0 <= change.high < tolerance):
        return Verdict.EQUIVALENT, Status.PASS
    if change.low > -tolerance:
        return Verdict.PASS, Status.PASS if change.high >= 0 else Status.WARN
    return Verdict.INCONCLUSIVE, Status(policy)


def decide_point(delta: float, *, tolerance: float) -> tuple[Verdict, Status]:
    """Verdict of a change without an interval: a size in bytes, an extreme, a value whose rows are not given.

    Parameters
    ----------
    delta : oriented such that larger is better
    tolerance : accepted worsening, >= 0

    Examples
    --------
    >>> decide_point(-0.02, tolerance=0.01)[0].value, decide_point(float("nan"), tolerance=0.01)[0].value
    ('regression', 'invalid')
    """
    if not (math.isfinite(delta) and math.isfinite(tolerance) and tolerance >= 0):
        return Verdict.INVALID, Status.ERROR
    if delta < -tolerance:
        return Verdict.REGRESSION, Status.FAIL
    if delta > 0:
        return Verdict.IMPROVED, Status.PASS
    return Verdict.EQUIVALENT if delta == 0 else Verdict.PASS, Status.PASS


def _is_sound(change: Interval, tolerance: float, p_adjusted: float | None, alpha: float) -> bool:
    p_value = math.nan if p_adjusted is None else p_adjusted
    numbers = (change.delta, change.low, change.high, change.se, change.p_value, tolerance, p_value)
    return (
        all(math.isfinite(number) for number in numbers)
        and change.low <= change.high
        and tolerance >= 0
        and 0 <= p_value <= 1
        and 0 < alpha < 0.5
    )


def compute_detectable_effect(change: Interval, *, alpha: float, family_size: int) -> float:
    """Worsening beyond the tolerance that these rows would call a regression 4 times in 5.

    Parameters
    ----------
    change : gives the standard error
    alpha : one-sided error of the family
    family_size : number of comparisons in the family; the first step of Holm's procedure tests at alpha / family_size

    Notes
    -----
    (z(1 - alpha / family_size) + z(0.8)) standard errors: 2.486 of them for a single comparison at 0.05.
    """
    return _quantile_sum(alpha / family_size) * change.se


def compute_rows_needed(change: Change, *, tolerance: float, alpha: float, span: float = 1.0) -> int | None:
    """Rows at which a change of 0 would be shown to lie within the tolerance 4 times in 5.

    Parameters
    ----------
    change : gives the variance per row; for accuracy that is the share of rows that only one side gets right
    tolerance : accepted worsening; None is returned at 0, which no number of rows can show
    alpha : one-sided error of the interval
    span : range of the metric, infinite where it has none

    Notes
    -----
    Also at least as many rows as a change without any visible variance needs: z**2 (1 - m) / m units, where m is the
    tolerance as a share of the span.
    The same variance per row is taken to hold in the larger sample.
    """
    if not 0 < tolerance < math.inf or not math.isfinite(change.variance_per_row):
        return None
    by_power = _quantile_sum(alpha) ** 2 * change.variance_per_row / tolerance**2
    z = NormalDist().inv_cdf(1 - alpha)
    share = tolerance / span if math.isfinite(span) else 1.0
    unseen = z * z * max(1 - share, 0.0) / share / change.units_fraction
    return max(math.ceil(by_power), math.floor(unseen) + 1)


def _quantile_sum(alpha: float) -> float:
    return NormalDist().inv_cdf(1 - alpha) + NormalDist().inv_cdf(POWER)
