"""Holm's adjustment against statsmodels, and its properties."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from mlgate.metrics.multiplicity import adjust_holm

P_VALUES = st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.05, 1.0])), min_size=1, max_size=25)


@given(P_VALUES)
@settings(max_examples=20)  # theirs takes 25 ms a call
def test_equals_statsmodels(p_values: list[float]) -> None:
    assert adjust_holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1].tolist(), abs=1e-15)


@given(P_VALUES)
def test_adjusted_values_keep_the_order_and_never_shrink(p_values: list[float]) -> None:
    adjusted = adjust_holm(p_values)
    assert all(p_value <= new <= 1 for p_value, new in zip(p_values, adjusted, strict=True))
    by_size = [new for _, new in sorted(zip(p_values, adjusted, strict=True))]
    assert by_size == sorted(by_size)


@given(P_VALUES, st.randoms(use_true_random=False))
def test_order_of_the_comparisons_does_not_matter(p_values: list[float], random: object) -> None:
    shuffled = list(range(len(p_values)))
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types its Random as object
    adjusted = adjust_holm(p_values)
    assert adjust_holm([p_values[place] for place in shuffled]) == [adjusted[place] for place in shuffled]


def test_family_of_one_and_of_none() -> None:
    assert adjust_holm([0.03]) == [0.03]
    assert adjust_holm([]) == []


@pytest.mark.parametrize("p_value", [math.nan, -0.01, 1.01, math.inf])
def test_what_is_no_p_value_is_refused(p_value: float) -> None:
    with pytest.raises(ValueError, match="lies in"):
        adjust_holm([0.1, p_value])
