"""Quantiles of the latency of a row."""

from __future__ import annotations

from mlgate.metrics.kernels.kernel import QuantileKernel
from mlgate.metrics.kernels.means import Factory, always, column_of, refuse_rows
from mlgate.metrics.sample import Floats, Sample


def latencies(sample: Sample) -> Floats:
    """Milliseconds that each row took.

    Raises
    ------
    UndefinedMetricError
        The rows have no latency, or some are below 0.
    """
    found = column_of(sample, "latency")
    refuse_rows(found < 0, "have a latency below 0")
    return found


KERNELS: dict[str, Factory] = {
    f"latency_p{percent}_ms": always(QuantileKernel(values=latencies, share=percent / 100)) for percent in (50, 95, 99)
}
"""By the metric's name without parameter."""
