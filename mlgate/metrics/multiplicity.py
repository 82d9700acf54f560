"""Many comparisons at once: one error rate for the whole family."""

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
    for p_value in p_values:
        if not 0 <= p_value <= 1:
            raise ValueError(f"a p-value lies in [0, 1], got {p_value}")
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for step, index in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        largest = max(largest, min(1.0, (len(p_values) - step) * p_values[index]))
        adjusted[index] = largest
    return adjusted
