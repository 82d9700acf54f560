"""Latency quantiles: numpy's, of the rows' latencies, which are checked."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.config.metric_specs import METRICS
from mlgate.metrics.kernels.kernel import QuantileKernel, UndefinedMetricError
from mlgate.metrics.kernels.latency import KERNELS
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample


@pytest.mark.parametrize(
    ("name", "share"), [("latency_p50_ms", 0.5), ("latency_p95_ms", 0.95), ("latency_p99_ms", 0.99)]
)
@given(values=st.lists(st.floats(0, 1e6), min_size=1, max_size=50))
@settings(max_examples=30)
def test_quantile_of_the_latencies(name: str, share: float, values: list[float]) -> None:
    kernel = KERNELS[name](METRICS[name])
    assert isinstance(kernel, QuantileKernel)
    assert kernel.share == share
    sample = Sample(n_rows=len(values), columns={"latency": np.array(values)})
    assert compute_value(kernel, sample) == np.quantile(values, share)


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_a_latency_that_is_none_is_refused(bad: float) -> None:
    kernel = KERNELS["latency_p95_ms"](METRICS["latency_p95_ms"])
    with pytest.raises(UndefinedMetricError, match="1 of 2 rows have a"):
        compute_value(kernel, Sample(n_rows=2, columns={"latency": np.array([1.0, bad])}))
    with pytest.raises(UndefinedMetricError, match="no column 'latency'"):
        compute_value(kernel, Sample(n_rows=2))
