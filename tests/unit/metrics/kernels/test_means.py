"""Means over rows: of the user's columns, and ratios that cannot turn what is not finite into a good value."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.config.metric_specs import METRICS
from mlgate.metrics.kernels import calibration, labelsets, latency, numbers, probabilities, ranks, tables
from mlgate.metrics.kernels.kernel import UndefinedMetricError
from mlgate.metrics.kernels.means import mean_of, ratio, ratio_of_sums
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample

ELSEWHERE = {"query", "text", "nll", "scalar"}
"""What metrics need that are not of these modules, or have no rows."""


def test_every_metric_of_rows_has_one_kernel() -> None:
    modules = (tables, labelsets, probabilities, ranks, calibration, numbers, latency)
    found = sorted(name for module in modules for name in module.KERNELS)
    assert found == sorted(name for name, spec in METRICS.items() if not ELSEWHERE & set(spec.needs))


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0.1, 9)), min_size=1, max_size=30), st.booleans())
@settings(max_examples=40)
def test_mean_of_a_column(rows: list[tuple[float, float]], weighted: bool) -> None:
    values, weights = np.array(rows).T
    sample = Sample(n_rows=len(rows), columns={"column:cost": values}, weights=weights if weighted else None)
    expected = np.average(values, weights=weights if weighted else None)
    assert compute_value(mean_of("column:cost"), sample) == pytest.approx(expected, rel=1e-12, abs=1e-9)
    assert mean_of("column:cost").mean
    assert not mean_of("column:cost").shares


def test_a_column_that_is_missing_or_not_finite_is_refused() -> None:
    sample = Sample(n_rows=3, columns={"column:cost": np.array([1.0, math.nan, math.inf])})
    with pytest.raises(UndefinedMetricError, match="2 of 3 rows have a 'cost' that is not a finite number"):
        compute_value(mean_of("column:cost"), sample)
    with pytest.raises(UndefinedMetricError, match="the rows have no column 'price'"):
        compute_value(mean_of("column:price"), sample)


def test_no_rows_and_no_weight_have_no_mean() -> None:
    nothing = Sample(n_rows=0, columns={"column:cost": np.zeros(0)})
    assert math.isnan(compute_value(mean_of("column:cost"), nothing))
    weightless = Sample(n_rows=2, columns={"column:cost": np.ones(2)}, weights=np.zeros(2))
    assert math.isnan(compute_value(mean_of("column:cost"), weightless))


def test_a_ratio_to_what_is_not_finite_is_undefined() -> None:
    numerators, denominators = np.array([1.0, 1.0, 1.0, 6.0]), np.array([0.0, math.inf, math.nan, 2.0])
    found = ratio(numerators, denominators, otherwise=7.0)
    assert found == pytest.approx(np.array([7.0, math.nan, math.nan, 3.0]), nan_ok=True)
    assert math.isnan(ratio_of_sums(np.zeros(2)))
