"""Calibration errors: how far the scores of a bin are from the frequency in it, as functions of sums over rows.

Bins of the score are equally wide, with fixed edges; a score on an edge belongs to the lower bin, as in
scikit-learn's `calibration_curve`. One column of scores, or two of which one is that of the positive class: the score
of the positive class, and whether the label is positive. Else: the largest score of a row, and whether its class (the
first, if several are as large) is the label.
"""

from __future__ import annotations

import numpy as np

from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.kernels.kernel import Kernel, SumsKernel
from mlgate.metrics.kernels.means import Factory, ratio
from mlgate.metrics.kernels.probabilities import labels_of, probabilities_of
from mlgate.metrics.kernels.values import positive_flags
from mlgate.metrics.sample import Flags, Floats, Index, Sample

_FEWEST_ROWS = 1.5
"""Between 1, of which no variance is known, and 2; with weights the number of rows in a bin is no integer."""


def judged_scores(sample: Sample) -> tuple[Floats, Flags]:
    """The score of each row whose calibration is judged, in 0..1, and whether what it scores is so.

    Raises
    ------
    UndefinedMetricError
        The rows have no scores, or some lie outside 0..1.
    """
    scores = probabilities_of(sample)
    if scores.ndim == 1:
        return scores, positive_flags(sample)
    if scores.shape[1] == 2 and sample.positive is not None:
        return scores[:, sample.positive], positive_flags(sample)
    largest = scores.argmax(axis=1)
    return np.take_along_axis(scores, largest[:, None], axis=1)[:, 0], np.asarray(largest == labels_of(sample))


def bins_of(scores: Floats, n_bins: int) -> Index:
    """Bin of each score in 0..1, from 0; bin b holds scores above b / n_bins and up to (b + 1) / n_bins, 0 is in bin 0.

    Examples
    --------
    >>> bins_of(np.array([0.0, 0.5, 0.51, 1.0]), 2).tolist()
    [0, 0, 1, 1]
    """
    edges = np.linspace(0.0, 1.0, n_bins + 1)
    return np.searchsorted(edges[1:-1], scores)


def _by_bin(parts: tuple[Floats, ...], bins: Index, n_bins: int, last: float) -> Floats:
    """Per part one column for each bin, which holds the part of the bin's rows and else 0; and a constant last column.

    Parameters
    ----------
    parts : each of shape (n_rows,)

    Returns
    -------
    array of shape (n_rows, n_parts * n_bins + 1)
        Made once, without copies: with many bins it is by far the largest array around.
    """
    columns = np.zeros((len(parts) * n_bins + 1, bins.size))
    rows = np.arange(bins.size)
    for place, part in enumerate(parts):
        columns[place * n_bins + bins, rows] = part
    columns[-1] = last
    return columns.T


def ece_kernel(spec: MetricSpec) -> Kernel:
    """Expected calibration error: mean over rows of |mean score - frequency| of the row's bin; `spec.value` bins.

    Notes
    -----
    Sums: of score - outcome by bin, and of 1: shape (n_bins + 1,). That is all that it depends on.
    Biased upwards on few rows, by about 0.36 * sqrt(n_bins / n_rows) for a perfectly calibrated model.
    Source: Naeini, Cooper and Hauskrecht, AAAI 2015; several classes as in Guo et al., ICML 2017.
    """
    n_bins = int(spec.value or 1)

    def columns(sample: Sample) -> Floats:
        scores, outcomes = judged_scores(sample)
        return _by_bin((scores - outcomes,), bins_of(scores, n_bins), n_bins, 1.0)

    def value(sums: Floats) -> Floats:
        return ratio(np.abs(sums[..., :-1]).sum(axis=-1), sums[..., -1], otherwise=np.nan)

    return SumsKernel(columns=columns, value=value)


def debiased_calibration_error_kernel(spec: MetricSpec) -> Kernel:
    """Root of the mean squared calibration error of the bins, less what chance adds to it; `spec.value` bins.

    The value is the root of the sum over bins of

        share * ((score - frequency)**2 - frequency * (1 - frequency) / (n - 1)),

    with the means of the bin, or 0 where that sum is negative; a bin of fewer than two rows adds nothing.

    Notes
    -----
    Sums by bin: of 1, of score - outcome, of outcome; and the effective number of rows, (sum of weights)**2 over sum
    of squared weights, in every row: shape (3 * n_bins + 1,). A bin's n is its share of that number, so that a factor
    common to all weights changes nothing; without weights it is the number of its rows.
    Source: Kumar, Liang and Ma, *Verified uncertainty calibration*, NeurIPS 2019.
    """
    n_bins = int(spec.value or 1)

    def columns(sample: Sample) -> Floats:
        scores, outcomes = judged_scores(sample)
        parts = (np.ones(scores.size), scores - outcomes, outcomes.astype(np.float64))
        return _by_bin(parts, bins_of(scores, n_bins), n_bins, effective_rows(sample))

    return SumsKernel(columns=columns, value=_debiased_value)


def _debiased_value(sums: Floats) -> Floats:
    """The debiased error from the sums that its kernel describes."""
    weights, gaps, outcomes = np.split(sums[..., :-1], 3, axis=-1)
    total = weights.sum(axis=-1, keepdims=True)
    shares = ratio(weights, total, otherwise=np.nan)
    n_rows = shares * ratio(sums[..., -1:], total, otherwise=np.nan)
    frequencies = ratio(outcomes, weights, otherwise=0.0)
    enough = n_rows > _FEWEST_ROWS
    chance = frequencies * (1 - frequencies) / np.where(enough, n_rows - 1, 1.0)
    errors = np.where(enough, ratio(gaps, weights, otherwise=0.0) ** 2 - chance, 0.0)
    squared = (shares * errors).sum(axis=-1)
    return np.sqrt(np.where(squared < 0, 0.0, squared))


def effective_rows(sample: Sample) -> float:
    """Kish's effective number of rows, (sum of weights)**2 / sum of squared weights; 0 where nothing weighs."""
    if sample.weights is None:
        return float(sample.n_rows)
    largest = float(sample.weights.max(initial=0.0))
    if not largest > 0:
        return 0.0
    weights = sample.weights / largest  # squares stay in range
    return float(weights.sum() ** 2 / np.square(weights).sum())


KERNELS: dict[str, Factory] = {
    "ece": ece_kernel,
    "debiased_calibration_error": debiased_calibration_error_kernel,
}
"""By the metric's name without parameter."""
