"""The forms that a metric can have. The form decides how its uncertainty is found, and how fast.

Every form is pure and deterministic: the same rows in the same order give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from mlgate.metrics.sample import Floats, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class TableKernel:
    """A function of the confusion table, such as F1.

    Parameters
    ----------
    value : takes (tables, positive). `tables` has shape (..., n_classes, n_classes), the (weighted) number of rows by
        label and prediction, at least 0 and not all 0; `positive` is the code of the positive class or None. Gives
        shape (...), NaN where the metric is undefined for a table. Invariant to a common factor of a table.
    """

    value: Callable[[Floats, int | None], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class SumsKernel:
    """A smooth function of (weighted) sums over rows, such as RMSE or corpus BLEU.

    Parameters
    ----------
    columns : the per-row statistics of a sample, shape (n_rows, n_sums), unweighted; raises `UndefinedMetricError`
        where a row cannot be judged (a label of 0 for `mape`)
    value : sums of shape (..., n_sums) to shape (...), NaN where undefined; invariant to a common factor of the sums,
        so one of the columns is 1 where rows have to be counted
    per_query : whether the rows of `columns` are queries (in order of their code) and not rows of the sample
    shares : whether every row is right or wrong: two columns, 0 or 1 and 1, and value = first / second
    rowwise : whether the columns of a row depend on that row alone, so that many rows may be looked at in parts
    mean : whether the value is the first sum over the second, which is 1 per row: a plain mean of a per-row value
    """

    columns: Callable[[Sample], Floats]
    value: Callable[[Floats], Floats]
    per_query: bool = False
    shares: bool = False
    mean: bool = False
    rowwise: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RankKernel:
    """A function of the order of binary scores, such as the area under a curve.

    Parameters
    ----------
    prepare : once per sample, to an object with

        - `value(weights: Floats) -> Floats`: weights of shape (n_draws, n_rows), in the order of the rows, to shape
          (n_draws,), NaN where undefined; ties are treated as in the point value
        - `influence(weights: Floats) -> Floats`: weights of shape (n_rows,) to the derivative of the value with
          respect to each row's weight, times the total weight, shape (n_rows,); its weighted mean is 0
    """

    prepare: Callable[[Sample], RankedRows]


class RankedRows(Protocol):
    """Rows sorted once, for many weightings; see `RankKernel`."""

    def value(self, weights: Floats) -> Floats: ...

    def influence(self, weights: Floats) -> Floats: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantileKernel:
    """A quantile of a per-row value, such as the 95 % quantile of latency.

    Parameters
    ----------
    values : the per-row values of a sample, shape (n_rows,)
    share : which quantile, in (0, 1)
    """

    values: Callable[[Sample], Floats]
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PointKernel:
    """Any other function of the rows; `interval` says whether resampling rows gives it an honest interval.

    Parameters
    ----------
    value : of a sample (its weights included); NaN where undefined
    interval : False for an extreme such as the largest error, which a bootstrap cannot judge
    """

    value: Callable[[Sample], float]
    interval: bool


Kernel = TableKernel | SumsKernel | RankKernel | QuantileKernel | PointKernel


class UndefinedMetricError(ValueError):
    """A metric that these rows do not define; the message is one sentence that says why."""
