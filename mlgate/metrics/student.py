"""Student's t distribution on the standard library, so that small samples cost no import."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

_NORMAL = NormalDist()
_LARGE = 1e6


def student_cdf(x: float, df: float) -> float:
    """P(T <= x) for Student's t with `df` > 0 degrees of freedom.

    Notes
    -----
    By the regularised incomplete beta function; from a million degrees of freedom on, the normal distribution.

    Examples
    --------
    >>> round(student_cdf(2.0, 10), 6)
    0.963306
    """
    if not df > 0:
        raise ValueError(f"degrees of freedom must be above 0, got {df}")
    if df >= _LARGE:
        return _NORMAL.cdf(x)
    if math.isinf(x):
        return 0.0 if x < 0 else 1.0
    square = x * x
    if square < df:  # the part around 0, without the difference of two near numbers
        return 0.5 + math.copysign(0.5 * incomplete_beta(0.5, df / 2, square / (df + square)), x)
    tail = 0.5 * incomplete_beta(df / 2, 0.5, df / (df + square))
    return tail if x < 0 else 1 - tail


@lru_cache(maxsize=256)
def student_quantile(p: float, df: float) -> float:
    """The x with P(T <= x) = p, for p in (0, 1).

    Examples
    --------
    >>> round(student_quantile(0.95, 29), 4)
    1.6991
    """
    if not 0 < p < 1:
        raise ValueError(f"a probability must lie in (0, 1), got {p}")
    if df >= _LARGE:
        return _NORMAL.inv_cdf(p)
    if p == 0.5:
        return 0.0
    if p > 0.5:
        return -student_quantile(1 - p, df)
    high = 0.0
    low = -1.0
    while student_cdf(low, df) > p:
        high, low = low, low * 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if student_cdf(middle, df) > p:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Regularised incomplete beta function I_x(a, b), for a, b > 0 and x in [0, 1].

    Notes
    -----
    Lentz's continued fraction (Press et al., *Numerical Recipes*, 6.4).
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    fraction = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + term * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + term / c
            c = c if abs(c) > tiny else tiny
            fraction *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return front * fraction
