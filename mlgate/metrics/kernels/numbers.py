"""Metrics of a predicted number: regression, quantiles, intervals and forecasts.

`truth` is the label, `estimate` the prediction; an error is label - prediction.
"""

from __future__ import annotations

import math

import numpy as np

from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.kernels.kernel import Kernel, PointKernel, QuantileKernel, SumsKernel, UndefinedMetricError
from mlgate.metrics.kernels.means import (
    Factory,
    always,
    as_columns,
    column_of,
    mean_of_rows,
    ratio,
    ratio_of_sums,
    refuse_rows,
    share_of_rows,
    with_ones,
)
from mlgate.metrics.sample import Flags, Floats, Sample

_NO_SPREAD = 1e-12
"""Share of the squares about a fixed centre below which the squares about the mean are rounding."""


def truth_of(sample: Sample) -> Floats:
    """Label of each row as a number."""
    if sample.truth is None:
        raise UndefinedMetricError("the rows have no label that is a number")
    return sample.truth


def estimate_of(sample: Sample) -> Floats:
    """Prediction of each row as a number."""
    if sample.estimate is None:
        raise UndefinedMetricError("the rows have no prediction that is a number")
    return sample.estimate


def errors_of(sample: Sample) -> Floats:
    """Label - prediction."""
    with np.errstate(over="ignore"):
        return truth_of(sample) - estimate_of(sample)


def absolute_errors(sample: Sample) -> Floats:
    """|label - prediction|."""
    return np.abs(errors_of(sample))


def squared_errors(sample: Sample) -> Floats:
    """(label - prediction)**2."""
    with np.errstate(over="ignore"):
        return np.square(errors_of(sample))


def absolute_percentage_errors(sample: Sample) -> Floats:
    """|label - prediction| / |label|, as a share.

    Raises
    ------
    UndefinedMetricError
        Labels are 0; scikit-learn divides by 2**-52 there, which drowns all other rows.
    """
    truth = truth_of(sample)
    refuse_rows(truth == 0, "have the label 0, by which a percentage error would divide")
    with np.errstate(over="ignore"):
        return absolute_errors(sample) / np.abs(truth)


def symmetric_percentage_errors(sample: Sample) -> Floats:
    """2 |label - prediction| / (|label| + |prediction|), in 0..2; 0 where both are 0."""
    truth, estimate = truth_of(sample), estimate_of(sample)
    with np.errstate(over="ignore"):
        return ratio(2 * np.abs(truth - estimate), np.abs(truth) + np.abs(estimate), otherwise=0.0)


def scaled_errors(sample: Sample) -> Floats:
    """|label - prediction| over the in-sample error of the naive forecast of the row's series.

    Raises
    ------
    UndefinedMetricError
        A scale is not above 0: a constant series has none.
    """
    scale = column_of(sample, "scale")
    refuse_rows(~(scale > 0), "have a scale that is not above 0")
    with np.errstate(over="ignore"):
        return absolute_errors(sample) / scale


def pinball_losses(sample: Sample, quantile: float) -> Floats:
    """Loss of a predicted quantile: quantile * error where the label is above it, else (1 - quantile) * -error."""
    errors = errors_of(sample)
    return np.where(errors >= 0, quantile * errors, (quantile - 1) * errors)


def covered(sample: Sample) -> Flags:
    """Whether the label lies in the predicted interval, ends included; an interval with low > high holds nothing."""
    truth = truth_of(sample)
    low, high = (column_of(sample, end, infinite=True) for end in ("low", "high"))
    return np.asarray((low <= truth) & (truth <= high))


def pinball_kernel(spec: MetricSpec) -> Kernel:
    """Mean pinball loss; `spec.value` is the quantile."""
    quantile = 0.5 if spec.value is None else spec.value
    return mean_of_rows(lambda sample: pinball_losses(sample, quantile))


def root_mean_square(sums: Floats) -> Floats:
    """Root of the first sum over the second."""
    return np.sqrt(ratio_of_sums(sums))


def variation_columns(sample: Sample) -> Floats:
    """Squared error, deviation of the label, its square, and 1, shape (n_rows, 4).

    Deviations are from the lower median label: one of the labels, so that those of constant labels are exactly 0, and
    close enough to the mean of any part of the rows that differences of sums keep their digits.
    """
    truth = truth_of(sample)
    middle = (truth.size - 1) // 2
    with np.errstate(over="ignore"):
        deviations = truth - np.partition(truth, middle)[middle] if truth.size else truth
        return as_columns(squared_errors(sample), deviations, np.square(deviations), np.ones(truth.size))


def determination(sums: Floats) -> Floats:
    """R²: 1 - squared error over squared deviation from the mean label; NaN where the labels are constant.

    Notes
    -----
    scikit-learn says 0 or 1 where the labels are constant; there is nothing to explain then, and nothing to gate on.
    """
    squared_error, deviation, squared_deviation, rows = np.moveaxis(sums, -1, 0)
    with np.errstate(over="ignore", invalid="ignore"):
        spread = squared_deviation - deviation * ratio(deviation, rows, otherwise=np.nan)
        varied = spread > _NO_SPREAD * squared_deviation
        return 1 - ratio(squared_error, np.where(varied, spread, 0.0), otherwise=np.nan)


def wape_columns(sample: Sample) -> Floats:
    """|label - prediction| and |label|, shape (n_rows, 2)."""
    return as_columns(absolute_errors(sample), np.abs(truth_of(sample)))


def largest_error(sample: Sample) -> float:
    """Largest |label - prediction| of the rows that weigh more than 0; NaN where there is none."""
    errors = absolute_errors(sample)
    if sample.weights is not None:
        errors = errors[sample.weights > 0]
    return float(errors.max()) if errors.size else math.nan


KERNELS: dict[str, Factory] = {
    "mae": always(mean_of_rows(absolute_errors)),
    "mse": always(mean_of_rows(squared_errors)),
    "rmse": always(SumsKernel(columns=lambda sample: with_ones(squared_errors(sample)), value=root_mean_square)),
    "median_absolute_error": always(QuantileKernel(values=absolute_errors, share=0.5)),
    "r2": always(SumsKernel(columns=variation_columns, value=determination, rowwise=False)),
    "mape": always(mean_of_rows(absolute_percentage_errors)),
    "smape": always(mean_of_rows(symmetric_percentage_errors)),
    "max_error": always(PointKernel(value=largest_error, interval=False)),
    "pinball": pinball_kernel,
    "interval_coverage": always(share_of_rows(covered)),
    "wape": always(SumsKernel(columns=wape_columns, value=ratio_of_sums)),
    "mase": always(mean_of_rows(scaled_errors)),
}
"""By the metric's name without parameter."""
