"""Metrics that are a mean over rows: of a value, or of whether the row is right."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.kernels.kernel import Kernel, SumsKernel, UndefinedMetricError
from mlgate.metrics.sample import Flags, Floats, Sample

Factory = Callable[[MetricSpec], Kernel]
"""From a metric, whose `value` is its parameter, to its kernel."""


def always(kernel: Kernel) -> Factory:
    """The factory of a metric without a parameter."""
    return lambda _spec: kernel


def mean_of_rows(values: Callable[[Sample], Floats]) -> SumsKernel:
    """The (weighted) mean of a value of each row.

    Parameters
    ----------
    values : of a sample, shape (n_rows,)
    """
    return SumsKernel(columns=lambda sample: with_ones(values(sample)), value=ratio_of_sums, mean=True)


def share_of_rows(right: Callable[[Sample], Flags]) -> SumsKernel:
    """The (weighted) share of the rows that are right.

    Parameters
    ----------
    right : of a sample, shape (n_rows,)
    """
    return SumsKernel(
        columns=lambda sample: with_ones(right(sample).astype(np.float64)),
        value=ratio_of_sums,
        shares=True,
        mean=True,
    )


def mean_of(column_role: str) -> SumsKernel:
    """The (weighted) mean of a column of the user's.

    Parameters
    ----------
    column_role : key of `Sample.columns`, e.g. `column:cost`
    """
    return mean_of_rows(lambda sample: column_of(sample, column_role))


def with_ones(values: Floats) -> Floats:
    """Columns (value, 1), shape (n_rows, 2)."""
    return as_columns(values, np.ones(values.size))


def as_columns(*columns: Floats) -> Floats:
    """Columns side by side, shape (n_rows, n_columns), each of them contiguous, since sums run along the rows."""
    return np.stack(columns).T


def ratio_of_sums(sums: Floats) -> Floats:
    """First sum over second; NaN where the second is 0.

    Parameters
    ----------
    sums : shape (..., 2 or more)
    """
    return ratio(sums[..., 0], sums[..., 1], otherwise=np.nan)


def ratio(numerator: Floats, denominator: Floats, *, otherwise: float) -> Floats:
    """Elementwise ratio; `otherwise` where the denominator is 0, NaN where it is not finite: x / inf is no 0 here."""
    empty = np.asarray(denominator == 0)
    usable = np.where(empty, 1.0, np.where(np.isfinite(denominator), denominator, np.nan))
    with np.errstate(over="ignore"):
        return np.where(empty, otherwise, numerator / usable)


def column_of(sample: Sample, role: str, *, infinite: bool = False) -> Floats:
    """Column of a sample by its role, shape (n_rows,).

    Parameters
    ----------
    infinite : whether values may be infinite

    Raises
    ------
    UndefinedMetricError
        The rows have no such column, or some of its values are NaN, or infinite and may not be.
    """
    values = sample.columns.get(role)
    name = role.removeprefix("column:")
    if values is None:
        raise UndefinedMetricError(f"the rows have no column {name!r}")
    refuse_rows(np.isnan(values) if infinite else ~np.isfinite(values), f"have a {name!r} that is not a finite number")
    return values


def refuse_rows(bad: Flags, what: str) -> None:
    """Refuse rows that a metric cannot judge.

    Parameters
    ----------
    bad : shape (n_rows,)
    what : predicate of the message, with a plural verb

    Raises
    ------
    UndefinedMetricError
        One of the rows is bad; the message says how many are.
    """
    n_bad = int(np.count_nonzero(bad))
    if n_bad:
        raise UndefinedMetricError(f"{n_bad} of {bad.size} rows {what}")
