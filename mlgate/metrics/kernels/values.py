"""The value of a metric over all rows of a sample, whatever form it has."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from mlgate.metrics.kernels.kernel import (
    Kernel,
    PointKernel,
    QuantileKernel,
    RankKernel,
    SumsKernel,
    TableKernel,
    UndefinedMetricError,
)
from mlgate.metrics.sample import Codes, Flags, Floats, Sample, whole_numbers

PART_ROWS = 1 << 20


def compute_value(kernel: Kernel, sample: Sample) -> float:
    """A metric of all rows of a sample, weighted where it has weights; NaN where undefined.

    Raises
    ------
    UndefinedMetricError
        The rows do not define it, or lack what it is computed from.
    """
    match kernel:
        case TableKernel():
            table = np.bincount(table_cells(sample), weights=sample.weights, minlength=len(sample.classes) ** 2)
            shape = (len(sample.classes), len(sample.classes))
            return float(kernel.value(table.astype(np.float64).reshape(shape), sample.positive))
        case SumsKernel():
            parts = [
                weighted_sums(kernel.columns(part), None if kernel.per_query else part.weights)
                for part in parts_of(kernel, sample)
            ]
            return float(kernel.value(np.sum(parts, axis=0)))
        case RankKernel():
            weights = np.ones(sample.n_rows) if sample.weights is None else sample.weights
            return float(kernel.prepare(sample).value(weights[None, :])[0])
        case QuantileKernel() if sample.weights is not None:
            raise UndefinedMetricError("a quantile takes no weights")
        case QuantileKernel():
            return float(np.quantile(kernel.values(sample), kernel.share)) if sample.n_rows else math.nan
        case PointKernel():
            return float(kernel.value(sample))


def parts_of(kernel: SumsKernel, sample: Sample) -> Iterator[Sample]:
    """The sample, in parts of a million rows where there are many and a row's columns depend on nothing but the row."""
    if kernel.per_query or not kernel.rowwise or sample.n_rows <= 2 * PART_ROWS:
        yield sample
        return
    for start in range(0, sample.n_rows, PART_ROWS):
        yield sample.rows(start, start + PART_ROWS)


def table_cells(sample: Sample) -> Codes:
    """Cell of the confusion table of each row: label * n_classes + prediction, shape (n_rows,)."""
    if sample.labels is None or sample.predictions is None:
        raise UndefinedMetricError("the rows have no label or no prediction")
    n_classes = len(sample.classes)
    cells = whole_numbers(sample.labels, largest=n_classes**2)
    cells *= n_classes
    cells += sample.predictions
    return cells


def weighted_sums(columns: Floats, weights: Floats | None) -> Floats:
    """Column sums, shape (n_sums,): a plain loop over columns, so that the bits depend on the rows alone."""
    return np.array([float(np.sum(column if weights is None else column * weights)) for column in columns.T])


def positive_flags(sample: Sample) -> Flags:
    """Whether the label of each row is the positive class."""
    if sample.labels is None or sample.positive is None:
        raise UndefinedMetricError("the rows have no label or no positive class is named")
    return np.asarray(sample.labels == sample.positive)


def positive_scores(sample: Sample) -> Floats:
    """Score of the positive class of each row."""
    if sample.scores is None:
        raise UndefinedMetricError("the rows have no score")
    return sample.scores if sample.scores.ndim == 1 else sample.scores[:, sample.positive or 0]
