"""Many comparisons at once: one error rate for the whole family, or one for what is listed."""

from __future__ import annotations

from collections.abc import Sequence


def adjust_holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjusted p-values, in the order given.

    To reject every hypothesis whose adjusted value is at most alpha keeps the probability of one or more false
    rejections at alpha or below, however the comparisons depend on each other.

    Parameters
    ----------
    p_values : each in [0, 1]

    Returns
    -------
    list of float
        Each at least its own p-value and at most 1.

    Raises
    ------
    ValueError
        A value is NaN or outside [0, 1].

    Notes
    -----
    Source: Holm, *Scandinavian Journal of Statistics* 6 (1979), 65-70.

    Examples
    --------
    >>> adjust_holm([0.25, 0.0625, 0.5])
    [0.5, 0.1875, 0.5]
    """
    _require_p_values(p_values)
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for step, index in enumerate(_ascending(p_values)):
        largest = max(largest, min(1.0, (len(p_values) - step) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def adjust_benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's step-up adjusted p-values, in the order given.

    To list every hypothesis whose adjusted value is at most q keeps the expected share of false entries in the list
    at q or below, where the comparisons are independent or depend on each other positively, as overlapping slices do.
    It is for lists that a person looks at; what blocks is judged by `adjust_holm`.

    Parameters
    ----------
    p_values : each in [0, 1]

    Returns
    -------
    list of float
        Each at least its own p-value and at most 1.

    Raises
    ------
    ValueError
        A value is NaN or outside [0, 1].

    Notes
    -----
    The k-th smallest of m values is multiplied by m / k, where k is its rank, and no value may exceed that of a larger
    p-value. Source: Benjamini and Hochberg, *Journal of the Royal Statistical Society B* 57 (1995), 289-300.

    Examples
    --------
    >>> adjust_benjamini_hochberg([0.25, 0.0625, 0.5, 0.125])
    [0.3333333333333333, 0.25, 0.5, 0.25]
    """
    _require_p_values(p_values)
    adjusted = [0.0] * len(p_values)
    smallest = 1.0
    ranked = enumerate(_ascending(p_values), start=1)
    for rank, index in reversed(list(ranked)):
        smallest = min(smallest, len(p_values) * p_values[index] / rank)
        adjusted[index] = max(smallest, p_values[index])  # never below its own, not even by a rounding
    return adjusted


def _ascending(p_values: Sequence[float]) -> list[int]:
    return sorted(range(len(p_values)), key=lambda place: p_values[place])


def _require_p_values(p_values: Sequence[float]) -> None:
    for p_value in p_values:
        if not 0 <= p_value <= 1:
            raise ValueError(f"a p-value lies in [0, 1], got {p_value}")
