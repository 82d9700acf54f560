"""How likely it is that so many texts pass a check by chance alone."""

from __future__ import annotations

import math


def chance_of(hits: int, tried: int, share: float) -> float:
    """Probability that at least `hits` of `tried` texts pass, if each does with the probability `share`.

    Parameters
    ----------
    hits : int, 0 to `tried`
    share : float in [0, 1]

    Returns
    -------
    float
        In [0, 1]; NaN never.

    Notes
    -----
    The upper tail of the binomial distribution, summed exactly; terms behind the largest ones end the sum.

    Examples
    --------
    >>> round(chance_of(2, 2, 0.1), 6), round(chance_of(6, 30, 0.1), 3), chance_of(0, 5, 0.1)
    (0.01, 0.073, 1.0)
    """
    if hits <= 0 or share >= 1:
        return 1.0
    if hits > tried or share <= 0:
        return 0.0
    if hits <= tried * share:
        return 1.0  # as many as expected: the tail is about a half, and nothing is judged by how much
    return _tail(hits, tried, share)


def _tail(hits: int, tried: int, share: float) -> float:
    odds = math.log(share) - math.log1p(-share)
    term = (
        math.lgamma(tried + 1)
        - math.lgamma(hits + 1)
        - math.lgamma(tried - hits + 1)
        + hits * math.log(share)
        + (tried - hits) * math.log1p(-share)
    )
    total = 0.0
    for count in range(hits, tried + 1):
        part = math.exp(term)
        total += part
        if part < total * 1e-12:
            break
        if count < tried:
            term += math.log(tried - count) - math.log(count + 1) + odds
    return min(1.0, total)
