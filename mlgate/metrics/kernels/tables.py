"""Metrics of a predicted class: functions of the confusion table.

Tables have shape (..., n_classes, n_classes), the (weighted) number of rows by label and prediction; values have shape
(...). Conventions are scikit-learn's: a precision, recall or F of nothing is 0, and `macro` averages over the classes
that occur among the labels or predictions. A class occurs in a table where its rows weigh more than 0. The value of a
table without rows is NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.kernels.kernel import Kernel, TableKernel, UndefinedMetricError
from mlgate.metrics.kernels.means import Factory, always, ratio, share_of_rows
from mlgate.metrics.sample import Flags, Floats, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCounts:
    """Rows of each class, each of shape (..., n_classes), or (...) of one class or of all together.

    Parameters
    ----------
    right : labelled and predicted as the class
    labelled, predicted : labelled, predicted as the class
    """

    right: Floats
    labelled: Floats
    predicted: Floats

    def of(self, code: int) -> ClassCounts:
        """Of one class."""
        return ClassCounts(
            right=self.right[..., code], labelled=self.labelled[..., code], predicted=self.predicted[..., code]
        )

    def together(self) -> ClassCounts:
        """Of all classes together."""
        return ClassCounts(
            right=self.right.sum(axis=-1), labelled=self.labelled.sum(axis=-1), predicted=self.predicted.sum(axis=-1)
        )


Score = Callable[[ClassCounts], Floats]
Average = Callable[[Score, ClassCounts, "int | None"], Floats]


def precision_of(counts: ClassCounts) -> Floats:
    """Share of the rows predicted as a class that are of it; 0 where none is predicted as it."""
    return ratio(counts.right, counts.predicted, otherwise=0.0)


def recall_of(counts: ClassCounts) -> Floats:
    """Share of the rows of a class that are predicted as it; 0 where there is none."""
    return ratio(counts.right, counts.labelled, otherwise=0.0)


def fbeta_of(counts: ClassCounts, beta: float) -> Floats:
    """F-beta: (1 + beta**2) * right / (beta**2 * labelled + predicted); 0 where there is neither.

    Parameters
    ----------
    beta : weight of recall against precision, above 0; 1 gives F1
    """
    weight = beta * beta
    return ratio((1 + weight) * counts.right, weight * counts.labelled + counts.predicted, otherwise=0.0)


def of_positive(score: Score, counts: ClassCounts, positive: int | None) -> Floats:
    """The score of the positive class."""
    return score(counts.of(positive_code(positive)))


def micro(score: Score, counts: ClassCounts, _positive: int | None) -> Floats:
    """The score of all classes together."""
    return score(counts.together())


def macro(score: Score, counts: ClassCounts, _positive: int | None) -> Floats:
    """Mean of the scores of the classes that occur among labels or predictions."""
    return mean_over(score(counts), (counts.labelled + counts.predicted) > 0)


def weighted(score: Score, counts: ClassCounts, _positive: int | None) -> Floats:
    """Mean of the scores of the classes, each weighing as its rows; 0 where there is none."""
    return ratio((score(counts) * counts.labelled).sum(axis=-1), counts.labelled.sum(axis=-1), otherwise=0.0)


AVERAGES: dict[str, Average] = {"": of_positive, "_micro": micro, "_macro": macro, "_weighted": weighted}
"""By the ending of the metric's name."""


def scores_of(base: str, spec: MetricSpec) -> Score:
    """The score of a class that `precision`, `recall`, `f1` or `fbeta` stands for."""
    if base in ("f1", "fbeta"):
        beta = 1.0 if spec.value is None else spec.value
        return lambda counts: fbeta_of(counts, beta)
    return {"precision": precision_of, "recall": recall_of}[base]


def mean_over(values: Floats, among: Flags) -> Floats:
    """Mean along the last axis over the places in `among`; NaN where there is none."""
    return ratio(np.where(among, values, 0.0).sum(axis=-1), among.sum(axis=-1).astype(np.float64), otherwise=np.nan)


def positive_code(positive: int | None) -> int:
    """The code of the positive class.

    Raises
    ------
    UndefinedMetricError
        None is named.
    """
    if positive is None:
        raise UndefinedMetricError("no positive class is named")
    return positive


def class_counts(tables: Floats) -> ClassCounts:
    """Counts of each class, of tables of shape (..., n_classes, n_classes)."""
    right = np.diagonal(tables, axis1=-2, axis2=-1)
    return ClassCounts(right=right, labelled=tables.sum(axis=-1), predicted=tables.sum(axis=-2))


def balanced_accuracy(tables: Floats, _positive: int | None) -> Floats:
    """Mean of the recalls of the classes that occur among the labels."""
    counts = class_counts(tables)
    return mean_over(recall_of(counts), counts.labelled > 0)


def specificity(tables: Floats, positive: int | None) -> Floats:
    """Share of the rows of the negative classes that are not predicted as positive; NaN where there is none."""
    code = positive_code(positive)
    negative = np.delete(tables, code, axis=-2)
    n_negative = negative.sum(axis=(-2, -1))
    return ratio(np.delete(negative, code, axis=-1).sum(axis=(-2, -1)), n_negative, otherwise=np.nan)


def cohen_kappa(tables: Floats, _positive: int | None) -> Floats:
    """1 - observed over expected disagreement; NaN where labels and predictions are one and the same class.

    Notes
    -----
    Both disagreements are sums of parts of at least 0, not differences: they are 0 exactly where they should be.
    """
    tables = _near_one(tables)
    counts = class_counts(tables)
    observed = np.einsum("...ij,ij->...", tables, _elsewhere(tables))
    expected = _products_elsewhere(counts.labelled, counts.predicted)
    return 1 - ratio(observed * counts.labelled.sum(axis=-1), expected, otherwise=np.nan)


def matthews_corrcoef(tables: Floats, _positive: int | None) -> Floats:
    """Correlation of label and prediction for any number of classes; 0 where one of them is constant.

    Notes
    -----
    Source: Gorodkin, *Computational Biology and Chemistry* 28 (2004), 367-374.
    """
    counts = class_counts(_near_one(tables))
    total = counts.labelled.sum(axis=-1)
    shared = counts.right.sum(axis=-1) * total - (counts.labelled * counts.predicted).sum(axis=-1)
    of_labels = _products_elsewhere(counts.labelled, counts.labelled)
    of_predictions = _products_elsewhere(counts.predicted, counts.predicted)
    value = ratio(shared, np.sqrt(of_labels) * np.sqrt(of_predictions), otherwise=0.0)
    return np.where(total > 0, value, np.nan)


def _near_one(tables: Floats) -> Floats:
    """Tables times a power of two such that the rows weigh 0.5..1: exact, and squares of counts stay in range."""
    _, exponents = np.frexp(tables.sum(axis=(-2, -1), keepdims=True))
    return np.asarray(np.ldexp(tables, -exponents))


def _elsewhere(tables: Floats) -> Floats:
    """1 off the diagonal of a table, 0 on it."""
    return 1.0 - np.eye(tables.shape[-1])


def _products_elsewhere(one: Floats, other: Floats) -> Floats:
    """Sum of one[i] * other[j] over i != j, along the last axes."""
    return np.asarray(np.einsum("...i,...j,ij->...", one, other, _elsewhere(one)))


def right_rows(sample: Sample) -> Flags:
    """Whether the predicted class of each row equals its label."""
    if sample.labels is None or sample.predictions is None:
        raise UndefinedMetricError("the rows have no label or no prediction")
    return np.asarray(sample.labels == sample.predictions)


def averaged_kernel(base: str, average: str) -> Factory:
    """Factory of `precision`, `recall`, `f1` or `fbeta` under an average of `AVERAGES`."""

    def make(spec: MetricSpec) -> Kernel:
        score, combine = scores_of(base, spec), AVERAGES[average]

        def value(tables: Floats, positive: int | None) -> Floats:
            counts = class_counts(tables)
            found = combine(score, counts, positive)
            return np.where(counts.labelled.sum(axis=-1) > 0, found, np.nan)

        return TableKernel(value=value)

    return make


KERNELS: dict[str, Factory] = {
    "accuracy": always(share_of_rows(right_rows)),
    "balanced_accuracy": always(TableKernel(value=balanced_accuracy)),
    **{
        f"{base}{average}": averaged_kernel(base, average)
        for base in ("precision", "recall", "f1", "fbeta")
        for average in AVERAGES
    },
    "specificity": always(TableKernel(value=specificity)),
    "cohen_kappa": always(TableKernel(value=cohen_kappa)),
    "matthews_corrcoef": always(TableKernel(value=matthews_corrcoef)),
}
"""By the metric's name without parameter."""
