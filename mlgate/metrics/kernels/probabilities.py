"""Metrics of predicted probabilities that are means over rows, and top-k accuracy.

Scores have shape (n_rows,), of the positive class, or (n_rows, n_classes) in the order of the classes.
"""

from __future__ import annotations

import numpy as np

from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.kernels.kernel import Kernel, UndefinedMetricError
from mlgate.metrics.kernels.means import Factory, always, mean_of_rows, refuse_rows, share_of_rows
from mlgate.metrics.kernels.values import positive_flags
from mlgate.metrics.sample import Codes, Flags, Floats, Sample

CLIP = float(np.finfo(np.float64).eps)
"""Least probability that `log_loss` takes, 2**-52, as in scikit-learn since 1.5."""

_SUM_TOLERANCE = 1e-6


def labels_of(sample: Sample) -> Codes:
    """Class code of the label of each row."""
    if sample.labels is None:
        raise UndefinedMetricError("the rows have no label")
    return sample.labels


def scores_of(sample: Sample) -> Floats:
    """Scores of each row.

    Raises
    ------
    UndefinedMetricError
        The rows have none, or not one for every class.
    """
    if sample.scores is None:
        raise UndefinedMetricError("the rows have no score")
    if sample.scores.ndim == 2 and sample.scores.shape[1] != len(sample.classes):
        n_classes, n_scores = len(sample.classes), sample.scores.shape[1]
        raise UndefinedMetricError(f"a row has {n_scores} scores for {n_classes} classes")
    return sample.scores


def probabilities_of(sample: Sample) -> Floats:
    """Scores of each row, where all are probabilities.

    Raises
    ------
    UndefinedMetricError
        The rows have none, or some lie outside 0..1.
    """
    scores = scores_of(sample)
    lowest, highest = (scores, scores) if scores.ndim == 1 else (scores.min(axis=1), scores.max(axis=1))
    refuse_rows(~((lowest >= 0) & (highest <= 1)), "have a score outside 0..1: no probability")
    return scores


def class_probabilities(sample: Sample) -> Floats:
    """Probability of every class, shape (n_rows, 2), in the order negative, positive, or (n_rows, n_classes).

    Raises
    ------
    UndefinedMetricError
        As `probabilities_of`; or the probabilities of some rows do not add up to 1 within 1e-6. They are not scaled
        for the user: what was forgotten, a class or a softmax, is not known.
    """
    scores = probabilities_of(sample)
    if scores.ndim == 1:
        return np.stack([1 - scores, scores]).T
    refuse_rows(~(np.abs(scores.sum(axis=1) - 1) <= _SUM_TOLERANCE), "have probabilities that do not add up to 1")
    return scores


def outcome_codes(sample: Sample) -> Codes:
    """Column of `class_probabilities` that is the label of each row."""
    if scores_of(sample).ndim == 1:
        return positive_flags(sample).astype(np.int32)
    return labels_of(sample)


def log_losses(sample: Sample) -> Floats:
    """-log of the probability of the label of each row, in nats, the probability clipped to 2**-52..1 - 2**-52."""
    probabilities = np.take_along_axis(class_probabilities(sample), outcome_codes(sample)[:, None], axis=1)[:, 0]
    return np.asarray(-np.log(np.clip(probabilities, CLIP, 1 - CLIP)))


def squared_errors(sample: Sample) -> Floats:
    """Squared difference of probability and outcome of each row, summed over classes if there are more than two.

    Notes
    -----
    Of two classes it is that of one of them, so that one column of scores and two of them give the same value.
    """
    probabilities = class_probabilities(sample)
    outcomes = np.zeros(probabilities.shape)
    np.put_along_axis(outcomes, outcome_codes(sample)[:, None], 1.0, axis=1)
    errors = np.square(probabilities - outcomes).sum(axis=1)
    return np.asarray(errors / 2 if probabilities.shape[1] == 2 else errors)


def among_largest(sample: Sample, k: int) -> Flags:
    """Whether fewer than k other classes score as high as the label of each row.

    Raises
    ------
    UndefinedMetricError
        There is no score of every class, or there are at most k classes, so that every row would be right.

    Notes
    -----
    Ties count against the model: a constant score is never right. scikit-learn lets the later class win.
    """
    scores = scores_of(sample)
    if scores.ndim == 1:
        raise UndefinedMetricError("the rows have one score and not one of every class")
    if k >= scores.shape[1]:
        raise UndefinedMetricError(f"among the {k} largest scores of {scores.shape[1]} classes is every label")
    of_label = np.take_along_axis(scores, labels_of(sample)[:, None], axis=1)
    return np.asarray(np.count_nonzero(scores >= of_label, axis=1) <= k)


def top_k_accuracy_kernel(spec: MetricSpec) -> Kernel:
    """Share of the rows whose label is among the k largest scores; `spec.value` is k."""
    k = int(spec.value or 1)
    return share_of_rows(lambda sample: among_largest(sample, k))


KERNELS: dict[str, Factory] = {
    "log_loss": always(mean_of_rows(log_losses)),
    "brier": always(mean_of_rows(squared_errors)),
    "top_k_accuracy": top_k_accuracy_kernel,
}
"""By the metric's name without parameter."""
