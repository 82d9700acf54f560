"""Metrics of a predicted set of labels (multilabel).

Conventions are scikit-learn's: a score of nothing is 0 (so a row without a label that gets none scores 0 in
`f1_samples` and `jaccard_samples`, though it is right), and `macro` averages over all labels, also those of no row.
`precision`, `recall`, `f1` and `fbeta` need an average: a label set has no positive class.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.kernels.kernel import Kernel, SumsKernel, UndefinedMetricError
from mlgate.metrics.kernels.means import Factory, always, mean_of_rows, ratio, share_of_rows
from mlgate.metrics.kernels.tables import ClassCounts, Score, micro, scores_of, weighted
from mlgate.metrics.sample import Flags, Floats, Sample


def label_sets(sample: Sample) -> tuple[Flags, Flags]:
    """Label set and predicted set of each row, each of shape (n_rows, n_labels).

    Raises
    ------
    UndefinedMetricError
        The rows have no label set, or none is predicted, or the two differ in their labels.
    """
    if sample.label_set is None or sample.predicted_set is None:
        raise UndefinedMetricError("the rows have no label set or no predicted label set")
    if sample.label_set.shape != sample.predicted_set.shape:
        n_labels, n_predicted = sample.label_set.shape[-1], sample.predicted_set.shape[-1]
        raise UndefinedMetricError(f"the label set has {n_labels} labels and the predicted one {n_predicted}")
    return sample.label_set, sample.predicted_set


def equal_sets(sample: Sample) -> Flags:
    """Whether the predicted set of each row is the label set (subset accuracy)."""
    labels, predicted = label_sets(sample)
    return np.asarray((labels == predicted).all(axis=1))


def f1_of_rows(sample: Sample) -> Floats:
    """F1 of the two sets of each row: 2 |both| / (|label set| + |predicted set|); 0 where both are empty."""
    labels, predicted = label_sets(sample)
    return ratio(2 * _sizes(labels & predicted), _sizes(labels) + _sizes(predicted), otherwise=0.0)


def jaccard_of_rows(sample: Sample) -> Floats:
    """Jaccard index of the two sets of each row: |both| / |either|; 0 where both are empty."""
    labels, predicted = label_sets(sample)
    return ratio(_sizes(labels & predicted), _sizes(labels | predicted), otherwise=0.0)


def wrong_share_of_rows(sample: Sample) -> Floats:
    """Share of the labels of each row that are wrongly set or missing."""
    labels, predicted = label_sets(sample)
    return np.asarray((labels != predicted).mean(axis=1))


def _sizes(sets: Flags) -> Floats:
    return np.asarray(np.count_nonzero(sets, axis=1), dtype=np.float64)


def count_columns(sample: Sample) -> Floats:
    """Per label whether the row is a true positive, false positive, false negative; then a 1.

    Returns
    -------
    array of shape (n_rows, 3 * n_labels + 1)
        First the true positives of all labels.
    """
    labels, predicted = label_sets(sample)
    ones = np.ones((1, labels.shape[0]))
    # Laid out by column, since sums run along the rows.
    return np.concatenate([(labels & predicted).T, (~labels & predicted).T, (labels & ~predicted).T, ones]).T


def counts_of_sums(sums: Floats) -> ClassCounts:
    """Counts of each label from sums of `count_columns`, shape (..., n_labels)."""
    right, wrong, missed = np.split(sums[..., :-1], 3, axis=-1)
    return ClassCounts(right=right, labelled=right + missed, predicted=right + wrong)


def macro_over_all(score: Score, counts: ClassCounts, _positive: int | None) -> Floats:
    """Unweighted mean of the scores of all labels."""
    return np.asarray(score(counts).mean(axis=-1))


AVERAGES: dict[str, Callable[[Score, ClassCounts, int | None], Floats]] = {
    "_micro": micro,
    "_macro": macro_over_all,
    "_weighted": weighted,
}
"""By the ending of the metric's name."""


def averaged_kernel(base: str, average: str) -> Factory:
    """Factory of `precision`, `recall`, `f1` or `fbeta` under an average of `AVERAGES`."""

    def make(spec: MetricSpec) -> Kernel:
        score, combine = scores_of(base, spec), AVERAGES[average]

        def value(sums: Floats) -> Floats:
            return np.where(sums[..., -1] > 0, combine(score, counts_of_sums(sums), None), np.nan)

        return SumsKernel(columns=count_columns, value=value)

    return make


LABELSET_KERNELS: dict[str, Factory] = {
    "accuracy": always(share_of_rows(equal_sets)),
    **{
        f"{base}{average}": averaged_kernel(base, average)
        for base in ("precision", "recall", "f1", "fbeta")
        for average in AVERAGES
    },
    "f1_samples": always(mean_of_rows(f1_of_rows)),
    "jaccard_samples": always(mean_of_rows(jaccard_of_rows)),
    "hamming_loss": always(mean_of_rows(wrong_share_of_rows)),
}
"""The form for label sets, by the metric's name without parameter."""

KERNELS: dict[str, Factory] = {
    name: LABELSET_KERNELS[name] for name in ("f1_samples", "jaccard_samples", "hamming_loss")
}
"""Of metrics that only label sets have."""
