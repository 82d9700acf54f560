"""The change of a calibration error: larger than the true one by the noise of the bins, on either side.

Resampling cannot see that noise, it adds its own: a percentile interval misses the truth. The noise is that of a bin
whose true error is known, and a smooth line through the scores knows it well, see `reliability`. Where the line
describes a side badly, the most that noise can do is allowed for instead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.kernels.calibration import bins_of, judged_scores
from mlgate.metrics.kernels.kernel import SumsKernel
from mlgate.metrics.moving import moving_units
from mlgate.metrics.paired import Paired
from mlgate.metrics.reliability import ReliabilityLine, fit_line
from mlgate.metrics.resampling.draws import Draws
from mlgate.metrics.resampling.sums import Value, bag_sums, left_out, sums_changes
from mlgate.metrics.resampling.units import Units
from mlgate.metrics.sample import Floats, Index, Sample

_ECE, _DEBIASED = "ece", "debiased_calibration_error"

UNITS_PER_BIN = 20
"""Rows (or groups, or blocks of time) per bin, on average, under which the noise of a bin is not known well enough."""

_WIDER = 1.15
"""Factor of the spread: a line that differs from the truth by no more than chance still misleads a little."""

_FITS = NormalDist().inv_cdf(0.95)
"""A line with a misfit beyond the 95 % quantile of chance does not describe the scores."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CalibrationChanges:
    """Replicates of candidate - baseline.

    Parameters
    ----------
    changes : shape (n_draws,)
    moving : units that the change comes from
    down, up : by how much the true change lies below and above the measured one, chance apart; of either sign
    """

    changes: Floats
    moving: float
    down: float
    up: float


def is_calibration_error(spec: MetricSpec) -> bool:
    return _kind(spec) in (_ECE, _DEBIASED)


def _kind(spec: MetricSpec) -> str:
    """The name without its parameter."""
    return spec.name.partition("@")[0]


def calibration_changes(
    spec: MetricSpec, kernel: SumsKernel, paired: Paired, units: Units, draws: Draws
) -> CalibrationChanges:
    """The change between two calibration errors, by what a bootstrap shows of the error of that very estimate."""
    before, after = (bag_sums(kernel, sample, units) for sample in (paired.baseline, paired.candidate))
    delta = float(kernel.value(after.sum(axis=0)) - kernel.value(before.sum(axis=0)))
    moving = moving_units(left_out(before, after, kernel.value))
    n_bins = int(spec.value or 1)
    sides = [Bins(sample, n_bins) for sample in (paired.baseline, paired.candidate)]
    fitted = [_corrected(spec, kernel, side, units) for side in sides]
    first, second = fitted
    if first is None or second is None:
        drawn = sums_changes(before, after, (kernel.value, kernel.value), units, draws)
        down, up = _allowance(spec, sides[0], sides[1])
        return CalibrationChanges(changes=drawn - np.nanmean(drawn) + delta, moving=moving, down=down, up=up)
    errors = sums_changes(first.sums, second.sums, (first.error, second.error), units, draws)
    shift = first.bias - second.bias
    return CalibrationChanges(changes=delta - errors * _WIDER, moving=moving, down=-shift, up=shift)


class Bins:
    """One side's rows by bin of their score.

    Attributes
    ----------
    weights : of each row
    shares : of the weight, by bin
    line : through the scores; None where there is none
    """

    def __init__(self, sample: Sample, n_bins: int) -> None:
        self.sample = sample
        self.n_bins = n_bins
        self.scores, self.outcomes = judged_scores(sample)
        self.bins: Index = bins_of(self.scores, n_bins)
        self.weights = np.ones(sample.n_rows) if sample.weights is None else sample.weights
        self.total = float(self.weights.sum())
        self.line: ReliabilityLine | None = fit_line(self.scores, self.outcomes, self.weights)
        self.shares = self.mean(np.ones(sample.n_rows))

    def mean(self, values: Floats) -> Floats:
        """Sums of a value of each row by bin, per unit of weight: shape (n_bins,)."""
        return np.bincount(self.bins, weights=self.weights * values, minlength=self.n_bins) / self.total

    def noise(self) -> tuple[float, float]:
        """What noise adds to the error of a perfectly calibrated model: to the mean error, and to the root of squares.

        Returns
        -------
        tuple
            Sum over bins of sqrt(2 / pi) times the standard error of the bin's residual times the share of its rows;
            and the root of the mean square.

        Notes
        -----
        |m + noise| is largest above |m| on average where m is 0: the mean of a folded normal variable.
        """
        residual = self.scores - self.outcomes
        mean = self.mean(residual) / np.where(self.shares > 0, self.shares, 1.0)
        spread = self.mean(self.weights * np.square(residual - mean[self.bins])) / self.total
        squared = float(np.sum(spread / np.where(self.shares > 0, self.shares, 1.0)))
        return math.sqrt(2 / math.pi) * float(np.sqrt(spread).sum()), math.sqrt(squared)


def _allowance(spec: MetricSpec, baseline: Bins, candidate: Bins) -> tuple[float, float]:
    """By how much the true change may lie below and above the measured one, whatever the models: (down, up).

    An ECE is at most its noise too large: the candidate's own puts the true change below, the baseline's above. The
    debiased error can be off in either direction, by the noise of both sides at the most.
    """
    before, after = baseline.noise(), candidate.noise()
    if _kind(spec) == _ECE:
        return after[0], before[0]
    both = before[1] + after[1]
    return both, both


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Corrected:
    """One side, and how far its estimate errs in a replicate.

    Parameters
    ----------
    bias : what the noise of the bins adds to the measured error, on average
    sums : over each bag, shape (n_bags, n_sums)
    error : of those sums, the estimate of a replicate less the error that is true in it
    """

    bias: float
    sums: Floats
    error: Value


def _corrected(spec: MetricSpec, kernel: SumsKernel, side: Bins, units: Units) -> _Corrected | None:
    """None where no line describes the side, or rows are too few to tell."""
    line = side.line
    if line is None or units.n_bags // units.block < UNITS_PER_BIN * side.n_bins:
        return None
    true = side.mean(side.scores - line.frequencies)
    columns = _columns(side, line)
    sums = units.sums(columns, None if side.sample.weights is None else side.weights)
    noise = _noise_by_bin(sums[:, : side.n_bins], sums[:, -1], units)
    of_line = side.mean(side.weights * line.frequencies * (1 - line.frequencies)) / side.total
    noise = np.sqrt(np.maximum(noise, of_line))
    observed = sums.sum(axis=0) / sums[:, -1].sum()
    if not _describes(observed[: side.n_bins] - true, noise):
        return None
    if _kind(spec) == _ECE:
        slopes = [side.mean(slope) for slope in line.slopes()]
        error = _ece_error(true, noise, observed, slopes, line.inverse)
        return _Corrected(bias=float(_folded(true, noise).sum()), sums=sums, error=error)
    pulled = line.cautious()
    expected = (side.mean(side.scores - pulled), side.mean(pulled))
    return _Corrected(
        bias=0.0, sums=bag_sums(kernel, side.sample, units), error=_debiased_error(kernel, side, expected)
    )


def _columns(side: Bins, line: ReliabilityLine) -> Floats:
    """The residual of a row in the column of its bin, its two gradients, and 1: shape (n_rows, n_bins + 3)."""
    columns = np.zeros((side.n_bins + 3, side.scores.size))
    columns[side.bins, np.arange(side.scores.size)] = side.scores - side.outcomes
    columns[-3:-1] = line.gradients(side.outcomes)
    columns[-1] = 1.0
    return columns.T


def _noise_by_bin(residuals: Floats, weights: Floats, units: Units) -> Floats:
    """Variance of each bin's residual per unit of weight, from the spread of the bags: shape (n_bins,)."""
    off = residuals - weights[:, None] * (residuals.sum(axis=0) / weights.sum())
    ends = np.cumsum(units.strata)[:-1]
    parts = [part.var(axis=0) * part.shape[0] for part in np.split(off, ends)]
    return np.asarray(np.sum(parts, axis=0) / weights.sum() ** 2)


def _describes(misfit: Floats, noise: Floats) -> bool:
    """Whether chance explains what the line leaves, by a chi-squared test (Wilson and Hilferty's approximation)."""
    used = noise > 0
    freedom = max(int(used.sum()) - 2, 1)
    squares = float(np.square(misfit[used] / noise[used]).sum())
    term = 2 / (9 * freedom)
    return bool(((squares / freedom) ** (1 / 3) - (1 - term)) / math.sqrt(term) <= _FITS)


def _ece_error(true: Floats, noise: Floats, observed: Floats, slopes: list[Floats], inverse: Floats) -> Value:
    """The measured error less the bias that the replicate's own line gives it, less the true error."""
    n_bins = true.size

    def error(sums: Floats) -> Floats:
        moved = sums[..., :-1] / sums[..., -1:] - observed[:-1]
        gradient = moved[..., n_bins:]
        line = [gradient[..., :1] * inverse[row, 0] + gradient[..., 1:] * inverse[row, 1] for row in (0, 1)]
        by_line = true - line[0] * slopes[0] - line[1] * slopes[1]
        shown = np.abs(true + moved[..., :n_bins]) - _folded(by_line, noise)
        return np.asarray(shown.sum(axis=-1) - np.abs(true).sum())

    return error


def _debiased_error(kernel: SumsKernel, side: Bins, expected: tuple[Floats, Floats]) -> Value:
    """The measured error of residuals and outcomes that lie around `expected`, less the error of those."""
    gaps, outcomes = (
        mean - found
        for mean, found in zip(
            expected,
            (side.mean(side.scores - side.outcomes), side.mean(side.outcomes.astype(np.float64))),
            strict=True,
        )
    )
    true = math.sqrt(float((np.square(expected[0]) / np.where(side.shares > 0, side.shares, 1.0)).sum()))

    def error(sums: Floats) -> Floats:
        weights, residuals, right = np.split(sums[..., :-1], 3, axis=-1)
        total = weights.sum(axis=-1, keepdims=True)
        right = np.clip(right + outcomes * total, 0.0, weights)
        moved = np.concatenate([weights, residuals + gaps * total, right, sums[..., -1:]], axis=-1)
        return np.asarray(kernel.value(moved) - true)

    return error


def _folded(mean: Floats, noise: Floats) -> Floats:
    """E|mean + noise| - |mean|, of normal noise of that standard deviation."""
    places, values = _folded_curve()
    ratio = np.abs(mean) / np.where(noise > 0, noise, 1.0)
    return np.asarray(noise * np.interp(ratio, places, values))


@lru_cache(maxsize=1)
def _folded_curve() -> tuple[Floats, Floats]:
    places = np.linspace(0.0, 6.0, 601)
    values = [
        math.sqrt(2 / math.pi) * math.exp(-place * place / 2) - place * math.erfc(place / math.sqrt(2))
        for place in places
    ]
    return places, np.array(values)
