"""Running sums in chunks: equal to plain ones at every place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.metrics.kernels.running import RunningSums


@given(st.integers(0, 80), st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_sums_equal_plain_ones_at_every_place(n_places: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    order = rng.permutation(n_places + 3)[:n_places]
    weights = rng.integers(0, 5, size=(4, n_places + 3)).astype(np.float64)
    running = RunningSums.along(order)
    found = running.sums(weights)[:, running.at(np.arange(n_places + 1))]
    expected = np.concatenate([np.zeros((4, 1)), np.cumsum(weights[:, order], axis=1)], axis=1)
    assert (found == expected).all()


@pytest.mark.parametrize("n_places", [15, 16, 17, 1000])
def test_sums_of_fractions_are_plain_ones_but_for_rounding(n_places: int) -> None:
    rng = np.random.default_rng(n_places)
    order, weights = rng.permutation(n_places), rng.random((2, n_places))
    running = RunningSums.along(order)
    found = running.sums(weights)[:, running.at(np.arange(1, n_places + 1))]
    assert found == pytest.approx(np.cumsum(weights[:, order], axis=1), rel=1e-12)
