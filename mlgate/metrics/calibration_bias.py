"""How far a calibration error can lie above the true one, by the noise of its bins alone."""

from __future__ import annotations

import math

import numpy as np

from mlgate.metrics.kernels.calibration import bins_of, judged_scores
from mlgate.metrics.sample import Floats, Sample

BIASED = ("ece", "debiased_calibration_error")
"""Metrics by name, without their parameter."""


def noise_of_bins(sample: Sample, n_bins: int) -> tuple[float, float]:
    """What the noise of the bins adds to the error of a perfectly calibrated model, which is the most it adds to any.

    Returns
    -------
    tuple
        To the mean absolute error, sum over bins of sqrt(2 / pi) times the standard error of the bin's residual times
        the share of its rows; and to the root of the mean square.

    Notes
    -----
    |m + noise| is largest above |m| on average where m is 0: the mean of a folded normal variable.
    """
    scores, right = judged_scores(sample)
    weights = np.ones(sample.n_rows) if sample.weights is None else sample.weights
    bins = bins_of(scores, n_bins)
    residual = scores - right

    def by_bin(values: Floats) -> Floats:
        return np.bincount(bins, weights=values, minlength=n_bins).astype(np.float64)

    weight = by_bin(weights)
    total = float(weight.sum())
    if not total > 0:
        return 0.0, 0.0
    mean = by_bin(weights * residual) / np.where(weight > 0, weight, 1.0)
    spread = by_bin(np.square(weights * (residual - mean[bins])))
    absolute = math.sqrt(2 / math.pi) * float(np.sqrt(spread).sum()) / total
    squared = float(np.sum(spread / np.where(weight > 0, weight, 1.0))) / total
    return absolute, math.sqrt(squared)


def bias_allowance(name: str, n_bins: int, baseline: Sample, candidate: Sample) -> tuple[float, float]:
    """By how much the true change may lie below and above the measured one, besides chance: (down, up), at least 0.

    Parameters
    ----------
    name : of `BIASED`

    Notes
    -----
    An ECE is at most its noise too large: the candidate's own puts the true change below, the baseline's above. The
    debiased error can be off in either direction, by the noise of both sides at the most.
    """
    before, after = noise_of_bins(baseline, n_bins), noise_of_bins(candidate, n_bins)
    if name == "ece":
        return after[0], before[0]
    both = before[1] + after[1]
    return both, both
