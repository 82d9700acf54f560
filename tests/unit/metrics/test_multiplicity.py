"""Holm's and Benjamini-Hochberg's adjustments against statsmodels, and their properties."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from mlgate.metrics.multiplicity import adjust_benjamini_hochberg, adjust_holm

Adjust = Callable[[list[float]], list[float]]

P_VALUES = st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.05, 1.0])), min_size=1, max_size=25)
BOTH = pytest.mark.parametrize("adjust", [adjust_holm, adjust_benjamini_hochberg])


@pytest.mark.parametrize(("adjust", "method"), [(adjust_holm, "holm"), (adjust_benjamini_hochberg, "fdr_bh")])
@given(P_VALUES)
@settings(max_examples=20)  # theirs takes 25 ms a call
def test_equals_statsmodels(adjust: Adjust, method: str, p_values: list[float]) -> None:
    assert adjust(p_values) == pytest.approx(multipletests(p_values, method=method)[1].tolist(), abs=1e-15)


@BOTH
@given(P_VALUES)
def test_adjusted_values_keep_the_order_and_never_shrink(adjust: Adjust, p_values: list[float]) -> None:
    adjusted = adjust(p_values)
    assert all(p_value <= new <= 1 for p_value, new in zip(p_values, adjusted, strict=True))
    by_size = [new for _, new in sorted(zip(p_values, adjusted, strict=True))]
    assert by_size == sorted(by_size)


@BOTH
@given(P_VALUES, st.randoms(use_true_random=False))
def test_order_of_the_comparisons_does_not_matter(adjust: Adjust, p_values: list[float], random: object) -> None:
    shuffled = list(range(len(p_values)))
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types its Random as object
    adjusted = adjust(p_values)
    assert adjust([p_values[place] for place in shuffled]) == [adjusted[place] for place in shuffled]


@given(P_VALUES)
def test_what_blocks_is_listed_as_well(p_values: list[float]) -> None:
    for listed, blocking in zip(adjust_benjamini_hochberg(p_values), adjust_holm(p_values), strict=True):
        assert listed <= blocking + 1e-15


def test_ranks_are_ranks_and_not_places_in_an_order() -> None:
    """Where nothing changed, one list in ten is not empty; with `argsort` in place of ranks it would be two in three."""
    rng = np.random.default_rng(20)
    lists = rng.random((2000, 20))
    share = sum(min(adjust_benjamini_hochberg(p_values.tolist())) <= 0.10 for p_values in lists) / 2000
    assert abs(share - 0.10) <= 3 * math.sqrt(0.1 * 0.9 / 2000)
    wrong = sum(bool((p_values * 20 / (np.argsort(p_values) + 1) <= 0.10).any()) for p_values in lists) / 2000
    assert wrong > 0.5


@BOTH
def test_family_of_one_and_of_none(adjust: Adjust) -> None:
    assert adjust([0.03]) == [0.03]
    assert adjust([]) == []


@BOTH
@pytest.mark.parametrize("p_value", [math.nan, -0.01, 1.01, math.inf])
def test_what_is_no_p_value_is_refused(adjust: Adjust, p_value: float) -> None:
    with pytest.raises(ValueError, match="lies in"):
        adjust([0.1, p_value])
