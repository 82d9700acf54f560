"""Areas under curves: functions of the order of the scores, under many weightings of the rows.

What depends on the scores alone, the order of the rows and who ties with whom, is found once. A value then takes a
gather and a cumulative sum per weighting, O(n_rows). Longer than other modules by a little: both areas share the sums.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mlgate.metrics.kernels.kernel import RankedRows, RankKernel, UndefinedMetricError
from mlgate.metrics.kernels.means import Factory, always, ratio
from mlgate.metrics.kernels.probabilities import labels_of, scores_of
from mlgate.metrics.kernels.running import RunningSums
from mlgate.metrics.kernels.values import positive_flags, positive_scores
from mlgate.metrics.sample import Codes, Flags, Floats, Index, Order, Sample

_BLOCK = 1 << 17
"""Weights (1 MiB) that are worked on at a time, so that what is made of them stays in the processor's cache."""

_LONG = 1 << 21
"""Rows above which memory counts more than the time of one value."""

_LEAST = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RocAucRows:
    """Rows sorted for the area under the ROC curve.

    Parameters
    ----------
    positives, negatives : rows of the class, ascending by score
    lower, upto : for each positive the number of negatives that score lower, and at most as high
    running : sums over the negatives
    places : where these are for `lower`, `upto` (None where no positive ties with a negative) and all negatives
    """

    positives: Index
    negatives: Index
    lower: Index
    upto: Index
    running: RunningSums
    places: tuple[Index, Index | None, Index]

    def value(self, weights: Floats) -> Floats:
        """Share of the (weighted) positive-negative pairs in which the positive scores higher, ties count half.

        Weights of shape (n_draws, n_rows), in the order of the rows, to shape (n_draws,); NaN where a class has none.
        """
        return _by_blocks(self._value, weights)

    def _value(self, weights: Floats) -> Floats:
        of_positives, below = np.take(weights, self.positives, axis=1), self.running.sums(weights)
        lower, upto, everything = self.places
        beaten = np.take(below, lower, axis=1)
        if upto is not None:
            # Halves of sums of counts are exact.
            beaten += np.take(below, upto, axis=1)
            beaten /= 2
        wins = (beaten * of_positives).sum(axis=1)
        n_positive, n_negative = of_positives.sum(axis=1), below[:, everything]
        return ratio(wins, n_positive * n_negative, otherwise=np.nan)

    def influence(self, weights: Floats) -> Floats:
        """Derivative of the value with respect to each row's weight, times the total weight: DeLong's placements.

        Of weights of shape (n_rows,), for a positive: total / positives * (placement - value), likewise for a negative;
        all NaN where the value is.
        """
        of_positives = weights[self.positives]
        below, above = _sums_before(weights[self.negatives]), _sums_before(of_positives)
        n_positive, n_negative = float(above[-1]), float(below[-1])
        found = np.full(weights.size, np.nan)
        if not (n_positive > 0 and n_negative > 0):
            return found
        beaten = (below[self.lower] + below[self.upto]) / 2
        # For each negative the number of positives that score lower, and at most as high.
        places = np.arange(self.negatives.size)
        fewer = np.searchsorted(self.upto, places, side="right")
        more = np.searchsorted(self.lower, places, side="right")
        beating = n_positive - (above[fewer] + above[more]) / 2
        value = float((beaten * of_positives).sum()) / (n_positive * n_negative)
        total = n_positive + n_negative
        found[self.positives] = (beaten / n_negative - value) * (total / n_positive)
        found[self.negatives] = (beating / n_positive - value) * (total / n_negative)
        return found


@dataclass(frozen=True, kw_only=True, eq=False)
class AveragePrecisionRows:
    """Rows sorted for the average precision.

    Parameters
    ----------
    order : all rows, descending by score
    positives : rows of the positive class, descending by score
    last : for each positive the place in `order` of the last row that scores the same
    last_positive : for each positive the place in `positives` of the last that ties with it; None where none ties
    """

    order: Index
    positives: Index
    last: Index
    last_positive: Index | None

    @cached_property
    def _running(self) -> tuple[RunningSums, Index]:
        """Sums over all rows, for many draws, and where they are for the rows up to `last`."""
        running = RunningSums.along(self.order)
        return running, running.at(self.last + 1)

    def _rows(self, weights: Floats) -> Floats:
        """Weight of the rows that score at least as high as each positive, shape (n_draws, n_positives)."""
        if weights.shape[0] == 1 and weights.shape[1] > _LONG:  # once over many rows: no layout is made for it
            return np.cumsum(weights[0, self.order])[self.last][None, :]
        running, places = self._running
        return np.take(running.sums(weights), places, axis=1)

    def value(self, weights: Floats) -> Floats:
        """Mean over the positives of the precision among the rows that score at least as high.

        That is the sum over thresholds of precision times the step in recall, tied rows together.
        Weights of shape (n_draws, n_rows), in the order of the rows, to shape (n_draws,); NaN where no positive weighs.
        """
        return _by_blocks(self._value, weights)

    def _value(self, weights: Floats) -> Floats:
        of_positives = np.take(weights, self.positives, axis=1)
        right = np.cumsum(of_positives, axis=1)
        n_positive = of_positives.sum(axis=1)
        if self.last_positive is not None:
            right = np.take(right, self.last_positive, axis=1)
        rows = self._rows(weights)
        # Where no row weighs anything yet the positive weighs nothing either: 0 / tiny * 0.
        right /= np.maximum(rows, _LEAST, out=rows)
        right *= of_positives
        return ratio(right.sum(axis=1), n_positive, otherwise=np.nan)

    def influence(self, weights: Floats) -> Floats:
        """Derivative of the value with respect to each row's weight, times the total weight.

        Of weights of shape (n_rows,); all NaN where the value is.

        Notes
        -----
        value = sum of w_i R_i / T_i over positives i, over P; R and T are the weights of the positives and of all rows
        that score at least as high as i, P that of all positives. A row k is in T_i, and if positive in R_i, where i
        scores at most as high. So P times the derivative is

            - sum of w_i R_i / T_i**2  over positives i up to k's score
            + sum of w_i / T_i         over the same, where k is positive
            + R_k / T_k - value        where k is positive
        """
        found = np.full(weights.size, np.nan)
        of_positives = weights[self.positives]
        n_positive = float(of_positives.sum())
        if not n_positive > 0:
            return found
        rows = np.cumsum(weights[self.order])[self.last]
        weighed = rows > 0
        rows = np.where(weighed, rows, 1.0)
        right = np.cumsum(of_positives)
        if self.last_positive is not None:
            right = right[self.last_positive]
        precision = np.where(weighed, right / rows, 1.0)  # of a first row that weighs nothing: what it would be
        per_row = of_positives / rows
        value = float((of_positives * precision).sum()) / n_positive
        # First positive that scores at most as high as the row, by place in the order.
        start = np.searchsorted(self.last, np.arange(self.order.size))
        found[self.order] = -_sums_from(per_row * precision)[start]
        own = np.searchsorted(self.last, self.last)
        found[self.positives] += _sums_from(per_row)[own] + precision - value
        return found * (float(weights.sum()) / n_positive)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeanRows:
    """The unweighted mean of several areas, at least one, over the same rows."""

    parts: tuple[RankedRows, ...]

    def value(self, weights: Floats) -> Floats:
        """Mean of the values of the parts, shape (n_draws,); NaN where one of them is."""
        return np.asarray(np.mean([part.value(weights) for part in self.parts], axis=0))

    def influence(self, weights: Floats) -> Floats:
        """Mean of the influences of the parts, shape (n_rows,)."""
        return np.asarray(np.mean([part.influence(weights) for part in self.parts], axis=0))


def prepare_roc_auc(positive: Flags, scores: Floats, order: Order | None = None) -> RankedRows:
    """Sort rows for the area under the ROC curve.

    Parameters
    ----------
    positive, scores : shape (n_rows,); scores are finite, and only their order matters
    order : rows in ascending order of score, tied rows in ascending order, if it is known
    """
    # Stable: the order in which tied rows are added up, and with it the last bit, depends on the rows alone.
    if order is None:
        by_class = np.flatnonzero(positive), np.flatnonzero(~positive)
        positives, negatives = (rows[np.argsort(scores[rows], kind="stable")] for rows in by_class)
    else:
        flags = positive[order]
        positives, negatives = order[flags], order[~flags]
    below = scores[negatives]
    lower = np.searchsorted(below, scores[positives])
    upto = np.searchsorted(below, scores[positives], side="right")
    running, tied = RunningSums.along(negatives), not np.array_equal(lower, upto)
    return RocAucRows(
        positives=positives,
        negatives=negatives,
        lower=lower,
        upto=upto,
        running=running,
        places=(running.at(lower), running.at(upto) if tied else None, running.at(np.array(negatives.size))),
    )


def prepare_average_precision(positive: Flags, scores: Floats, order: Order | None = None) -> RankedRows:
    """Sort rows for the average precision.

    Parameters
    ----------
    positive, scores : shape (n_rows,); scores are finite, and only their order matters
    order : rows in ascending order of score, tied rows in ascending order, if it is known
    """
    order = (np.argsort(scores, kind="stable") if order is None else order)[::-1]
    ascending = -scores[order]
    places = np.flatnonzero(positive[order])
    last = np.searchsorted(ascending, ascending[places], side="right") - 1
    last_positive = np.searchsorted(places, last, side="right") - 1
    alone = np.array_equal(last_positive, np.arange(places.size))
    return AveragePrecisionRows(
        order=order,
        positives=order[places],
        last=last,
        last_positive=None if alone else last_positive,
    )


def prepare_roc_auc_ovr(labels: Codes, scores: Floats) -> RankedRows:
    """Sort rows for the mean over the classes of the area of a class against the rest.

    Parameters
    ----------
    labels : class codes, shape (n_rows,)
    scores : shape (n_rows, n_classes)

    Raises
    ------
    UndefinedMetricError
        There are no rows.

    Notes
    -----
    The mean is over the classes that occur among these labels, in the order of their codes; where that is one class,
    or where weights leave one of them no row, it is NaN. scikit-learn refuses labels in which a class is missing.
    """
    occurring = np.unique(labels)
    if not occurring.size:
        raise UndefinedMetricError("there are no rows")
    return MeanRows(parts=tuple(prepare_roc_auc(labels == code, scores[:, code]) for code in occurring))


def rank_classes(sample: Sample) -> RankedRows:
    """Rows of a sample sorted for `roc_auc_ovr`; refused where they have no score of every class."""
    labels, scores = labels_of(sample), scores_of(sample)
    if scores.ndim == 1:
        raise UndefinedMetricError("the rows have one score and not one of every class")
    return prepare_roc_auc_ovr(labels, scores)


def _by_blocks(value: Callable[[Floats], Floats], weights: Floats) -> Floats:
    """`value` of few draws at a time, for all draws; NaN where there are no rows."""
    n_draws, n_rows = weights.shape
    weights = np.ascontiguousarray(weights)  # once here, or each gather does it
    found = np.full(n_draws, np.nan)
    step = max(1, _BLOCK // max(1, n_rows))
    for start in range(0, n_draws if n_rows else 0, step):
        found[start : start + step] = value(weights[start : start + step])
    return found


def _sums_before(values: Floats) -> Floats:
    """Sums of the values before each place, and of all: shape (n + 1,)."""
    return np.concatenate([[0.0], np.cumsum(values)])


def _sums_from(values: Floats) -> Floats:
    """Sums of the values from each place on, and of none: shape (n + 1,)."""
    return _sums_before(values[::-1])[::-1]


def _of_positive(prepare: Callable[[Flags, Floats, Order | None], RankedRows], sample: Sample) -> RankedRows:
    return prepare(positive_flags(sample), positive_scores(sample), sample.order)


KERNELS: dict[str, Factory] = {
    "roc_auc": always(RankKernel(prepare=lambda sample: _of_positive(prepare_roc_auc, sample))),
    "average_precision": always(RankKernel(prepare=lambda sample: _of_positive(prepare_average_precision, sample))),
    "roc_auc_ovr": always(RankKernel(prepare=rank_classes)),
}
"""By the metric's name without parameter."""
