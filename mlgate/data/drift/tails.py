"""Tail probabilities, in double precision and without a further library."""

from __future__ import annotations

import math
from collections.abc import Sequence

_TINY = 1e-300
_STEPS = 10_000


def normal_tail(z: float) -> float:
    """Probability that a standard normal number is larger."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def chi2_tail(value: float, df: float) -> float:
    """Probability that a chi-squared number of `df` degrees of freedom is larger.

    Parameters
    ----------
    value : the statistic; the probability is 1 where it is not above 0
    df : above 0

    Notes
    -----
    The regularised incomplete gamma function: a series on the left, Lentz's continued fraction on the right.
    Source: Press et al., *Numerical Recipes* (3rd ed., 2007), section 6.2. At least 8 digits up to df = 1e5.

    Examples
    --------
    >>> round(chi2_tail(3.841458820694124, 1), 12)
    0.05
    """
    if not value > 0:
        return 1.0
    a, x = df / 2.0, value / 2.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1.0:
        return max(0.0, 1.0 - front * _series(a, x))
    return min(1.0, front * _fraction(a, x))


def _series(a: float, x: float) -> float:
    term = total = 1.0 / a
    for step in range(1, _STEPS + int(a)):
        term *= x / (a + step)
        total += term
        if term < total * 1e-16:
            break
    return total


def _fraction(a: float, x: float) -> float:
    b = x + 1.0 - a
    c, d = 1.0 / _TINY, 1.0 / b
    found = d
    for step in range(1, _STEPS + int(a)):
        numerator = -step * (step - a)
        b += 2.0
        d = numerator * d + b
        c = b + numerator / c
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c = c if abs(c) > _TINY else _TINY
        found *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
    return found


def chi2_quantile(tail: float, df: float) -> float:
    """The value that a chi-squared number exceeds with the probability `tail`, in (0, 1); to 9 digits."""
    low, high = 0.0, df + 10.0
    while chi2_tail(high, df) > tail:
        low, high = high, high * 2.0
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (middle, high) if chi2_tail(middle, df) > tail else (low, middle)
        if high - low <= 1e-10 * high:
            break
    return (low + high) / 2.0


def kolmogorov_tail(t: float) -> float:
    """Probability that the largest distance of a Brownian bridge from 0 is more than `t`.

    The p-value of the two-sample Kolmogorov-Smirnov distance D is that of D sqrt(n m / (n + m)), as both sizes grow. It
    is too large, never too small by much, for few rows, for tied values, and where D is looked for at some places only.
    """
    if t < 0.2:
        return 1.0
    terms = ((-1) ** (k - 1) * math.exp(-2.0 * (k * t) ** 2) for k in range(1, 101))
    return min(1.0, max(0.0, 2.0 * math.fsum(terms)))


def table_p_value(x: int, y: int, n: int, m: int) -> float:
    """Exact two-sided p-value that x of n and y of m rows are of one kind, given how many are in both together.

    Twice the smaller tail of the hypergeometric distribution, at most 1: never too small.

    Parameters
    ----------
    x, y : rows of the kind, at most n and m

    Examples
    --------
    >>> round(table_p_value(0, 5, 10, 10), 6), table_p_value(5, 5, 10, 10)
    (0.032508, 1.0)
    """
    if (x, n) == (y, m) or not n or not m:
        return 1.0
    if x * m > y * n:
        x, y, n, m = y, x, m, n
    # The smaller tail is that of x and fewer of the first kind of rows, which is where it is rarer.
    return min(1.0, 2.0 * _lower_tail(x, y, n, m))


def _lower_tail(x: int, y: int, n: int, m: int) -> float:
    """Probability of x or fewer among n, with x + y among n + m."""
    log_first = _log_choose(n, x) + _log_choose(m, y) - _log_choose(n + m, x + y)
    term = total = 1.0
    while x > 0 and y < m:
        term *= x * (m - y) / ((n - x + 1.0) * (y + 1.0))
        x, y = x - 1, y + 1
        total += term
        if term < total * 1e-16:
            break
    return math.exp(log_first) * total


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def adjust_holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjusted p-values, in the order given (*Scandinavian Journal of Statistics* 6, 1979).

    Examples
    --------
    >>> adjust_holm([0.25, 0.0625, 0.5])
    [0.5, 0.1875, 0.5]
    """
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for step, index in enumerate(sorted(range(len(p_values)), key=lambda index: (p_values[index], index))):
        largest = max(largest, min(1.0, (len(p_values) - step) * p_values[index]))
        adjusted[index] = largest
    return adjusted
