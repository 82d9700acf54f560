"""The kernel of each metric, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mlgate.config.evaluation import MetricPolicy
from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.kernels import (
    bertscore,
    calibration,
    labelsets,
    latency,
    means,
    numbers,
    probabilities,
    queries,
    ranks,
    tables,
    texts,
)
from mlgate.metrics.kernels.kernel import Kernel, PointKernel, SumsKernel, UndefinedMetricError
from mlgate.metrics.kernels.rows_view import view_of
from mlgate.metrics.sample import Floats, Sample

Build = Callable[[MetricSpec], Kernel]

KERNELS: Mapping[str, Build] = {
    **labelsets.KERNELS,
    **tables.KERNELS,
    **probabilities.KERNELS,
    **ranks.KERNELS,
    **calibration.KERNELS,
    **numbers.KERNELS,
    **latency.KERNELS,
    **queries.KERNELS,
    **texts.KERNELS,
    **bertscore.KERNELS,
}
"""By the metric's name without its parameter."""

UserFunction = Callable[[Any], Any]


def kernel_of(policy: MetricPolicy, *, label_sets: bool, function: UserFunction | None = None) -> Kernel:
    """How a declared metric is computed.

    Parameters
    ----------
    label_sets : whether labels are sets
    function : of a metric of the user's: columns by role (see `view_of`) to a number; of `bertscore` what embeds texts
    """
    spec = policy.spec
    if policy.column is not None:
        return means.mean_of(f"column:{policy.column}")
    if policy.function is not None:
        if function is None:
            raise ValueError(f"the function of {policy.name} was not loaded")
        loaded = function
        return PointKernel(value=lambda sample: _number(loaded, sample), interval=True)
    name = spec.name.partition("@")[0]
    if name == "bertscore" and function is not None:
        return bertscore.bertscore_kernel(function)
    if label_sets and name in labelsets.LABELSET_KERNELS:
        return labelsets.LABELSET_KERNELS[name](spec)
    if label_sets and name in tables.KERNELS:
        return SumsKernel(
            columns=partial(_refuse, f"{name} has no form for label sets; name its average"), value=_nothing
        )
    return KERNELS[name](spec)


def _refuse(reason: str, _sample: Sample) -> Floats:
    raise UndefinedMetricError(reason)


def _nothing(sums: Floats) -> Floats:
    return sums[..., 0] * float("nan")


def _number(function: UserFunction, sample: Sample) -> float:
    return float(function(view_of(sample)))
