"""Area under the ROC curve, and the paired change of two of them (DeLong)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.intervals import ConstantChange, NormalChange
from mlgate.metrics.moving import combined
from mlgate.metrics.sample import Order, whole_numbers

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

_NO_SPREAD = 1e-12
"""Below any step of a placement (0.5 / n), above the rounding of one."""


def compute_placements(positive: Flags, scores: Floats, order: Order | None = None) -> Floats:
    """For each row, the share of the other class that it is ordered rightly against; ties count half.

    Parameters
    ----------
    positive, scores : shape (n_rows,); scores are finite, and only their order matters
    order : rows in ascending order of score, if it is known

    Returns
    -------
    array of shape (n_rows,)
        In 0..1. The mean over the positives and the mean over the negatives both are the AUC.

    Raises
    ------
    ValueError
        One of the classes has no row.

    Notes
    -----
    Equal to DeLong's placements through midranks, with one sort.

    Examples
    --------
    >>> compute_placements(np.array([True, False, False]), np.array([0.5, 0.1, 0.5])).tolist()
    [0.75, 1.0, 0.5]
    """
    n_positive = int(np.count_nonzero(positive))
    n_negative = int(positive.size) - n_positive
    if not (n_positive and n_negative):
        raise ValueError(f"an AUC needs rows of both classes, got {n_positive} positive and {n_negative} negative")
    order = np.argsort(scores) if order is None else order
    is_positive = positive[order]
    ordered = scores[order]
    first = np.ones(scores.size, dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    del ordered
    # Rows up to each place that are negative, and all rows up to it; of tied rows half of them lie before.
    small = whole_numbers(np.empty(0), largest=2 * scores.size).dtype
    negatives: NDArray[Any] = np.cumsum(~is_positive, dtype=small)
    if first.all():
        twice_negatives, twice_rows = negatives, np.arange(1, 2 * scores.size, 2, dtype=small)
        twice_negatives *= 2
        twice_negatives -= ~is_positive
    else:
        starts = np.flatnonzero(first)
        group = np.cumsum(first, dtype=small) - 1
        last = np.append(starts[1:], scores.size) - 1
        before = np.where(starts > 0, negatives[starts - 1], 0)
        twice_negatives = (before + negatives[last])[group]
        twice_rows = (starts + last + 1)[group]
        del group
    # A positive is ordered rightly against the negatives below, a negative against the positives above it.
    twice_rows -= twice_negatives
    found = np.where(is_positive, twice_negatives, 2 * n_positive - twice_rows).astype(np.float64)
    del twice_rows, twice_negatives
    np.divide(found, 2.0 * n_negative, out=found, where=is_positive)
    np.divide(found, 2.0 * n_positive, out=found, where=~is_positive)
    placements = np.empty(scores.size, dtype=np.float64)
    placements[order] = found
    return placements


def compute_roc_auc(positive: Flags, scores: Floats) -> float:
    """Share of (positive, negative) pairs in which the positive scores higher; ties count half.

    Parameters
    ----------
    positive, scores : shape (n_rows,)

    Raises
    ------
    ValueError
        One of the classes has no row.
    """
    return auc_of(positive, compute_placements(positive, scores))


def auc_of(positive: Flags, placements: Floats) -> float:
    """The AUC that placements have as their mean, the same bits whatever the order of the rows."""
    n_negative = int(positive.size) - int(np.count_nonzero(positive))
    # Wins and half ties are counts of halves, whose sum is exact.
    wins = np.rint(placements[positive] * (2 * n_negative)).sum() / 2
    return float(wins) / (n_negative * int(np.count_nonzero(positive)))


def compute_roc_auc_change(positive: Flags, baseline: Floats, candidate: Floats) -> NormalChange | ConstantChange:
    """Change of the AUC between two models on the same rows, with the covariance of the two.

    Parameters
    ----------
    positive : shape (n_rows,), at least two rows of either class
    baseline, candidate : shape (n_rows,), finite scores; only their order matters

    Returns
    -------
    NormalChange, or ConstantChange where every row's placement changed by as much as that of the rest (identical
    ranking, or two of perfect, constant and reversed scores): there the standard error is 0, and to divide by it
    would prove anything.

    Raises
    ------
    ValueError
        A class has fewer than two rows.

    Notes
    -----
    O(n log n). Too narrow below about 30 rows of either class.
    Source: DeLong, DeLong and Clarke-Pearson, *Biometrics* 44 (1988), 837-845; one sort per model as in Sun and Xu,
    *IEEE Signal Processing Letters* 21 (2014), 1389-1393.
    """
    discordant = int(np.count_nonzero(baseline != candidate))
    return change_of(
        positive, compute_placements(positive, baseline), compute_placements(positive, candidate), discordant
    )


def change_of(positive: Flags, baseline: Floats, candidate: Floats, discordant: int) -> NormalChange | ConstantChange:
    """`compute_roc_auc_change` from the placements of the two models, each of shape (n_rows,)."""
    n_rows, n_positive = int(positive.size), int(np.count_nonzero(positive))
    n_negative = n_rows - n_positive
    n_units = min(n_positive, n_negative)
    if n_units < 2:
        raise ValueError(f"needs two rows of either class, got {n_positive} positive and {n_negative} negative")
    moved = candidate - baseline
    # Sorted, so that a sum has the same bits whatever the order of the rows.
    of_positives, of_negatives = moved[positive], moved[~positive]
    of_positives.sort()
    of_negatives.sort()
    delta = auc_of(positive, candidate) - auc_of(positive, baseline)
    spread = max(float(of_positives[-1] - of_positives[0]), float(of_negatives[-1] - of_negatives[0]))
    if spread < _NO_SPREAD:
        return ConstantChange(delta=delta, n_rows=n_rows, n_units=n_units, discordant=discordant)
    variance = float(of_positives.var(ddof=1)) / n_positive + float(of_negatives.var(ddof=1)) / n_negative
    return NormalChange(
        delta=delta,
        se=math.sqrt(variance),
        n_rows=n_rows,
        n_units=n_units,
        discordant=discordant,
        moving=combined((of_positives, of_negatives)),
    )
