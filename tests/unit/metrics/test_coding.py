"""Columns as codes of their distinct values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from mlgate.metrics.canonical import canonical_text
from mlgate.metrics.coding import code_labels, code_slices, dense, differs, factorize, recode, union_values
from mlgate.metrics.features import code_feature, code_ranges
from mlgate.sources.arrays import DictionaryColumn


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (np.array([127, -128, 0, 127], dtype=np.int8), ["127", "-128", "0", "127"]),
        (np.array([2**64 - 1, 2**64 - 2], dtype=np.uint64), [str(2**64 - 1), str(2**64 - 2)]),
        (np.array([2**63 - 1, -(2**63)]), [str(2**63 - 1), str(-(2**63))]),
        (np.array([200, 0, 200], dtype=np.uint8), ["200", "0", "200"]),
        (np.array([5, 5, 5], dtype=np.int16), ["5", "5", "5"]),
        (np.array([-0.0, 0.0, 1.0]), ["0", "0", "1"]),
        (np.array([np.nan, 0.5, np.nan]), [None, "0.5", None]),
        (np.array([np.inf, -np.inf]), ["inf", "-inf"]),
        (np.array(["b", "a"]), ["b", "a"]),
        (np.ma.masked_array([True, True], mask=[True, False]), [None, "true"]),
        (np.array([None, None], dtype=object), [None, None]),
        (np.array([dt.date(2026, 1, 2), None], dtype=object), ["2026-01-02", None]),
        (np.array([Decimal("1.0"), 1, "1", 1.0, True], dtype=object), ["1", "1", "1", "1", "true"]),
        (np.array([], dtype=np.int64), []),
        (np.array([], dtype=object), []),
        (pd.Series(["a", None, "b"]), ["a", None, "b"]),
        (pd.Series(pd.Categorical(["x", None, "x"])), ["x", None, "x"]),
        (pd.array([1, None], dtype="Int64"), ["1", None]),
        (pd.array([True, None], dtype="boolean"), ["true", None]),
        (DictionaryColumn(np.array([1, -1, 0, 1], dtype=np.int8), ["1.0", "no row has it", "x"]), ["no row has it", None, "1", "no row has it"]),
        (DictionaryColumn(np.array([0, 1], dtype=np.int32), ["1.0", "1"]), ["1", "1"]),
    ],
)  # fmt: skip
def test_values_come_back_as_canonical_text(values: Any, texts: list[str | None]) -> None:
    column = code_labels(values)
    assert column.texts().tolist() == texts
    assert list(column.values) == sorted({text for text in texts if text is not None})
    assert column.n_missing == texts.count(None)


@pytest.mark.parametrize(
    ("n_values", "kind"), [(127, np.int8), (128, np.int16), (2**15 - 1, np.int16), (2**15, np.int32)]
)
def test_codes_are_as_narrow_as_they_can_be(n_values: int, kind: type) -> None:
    for values in (np.arange(n_values), np.array([f"v{n}" for n in range(n_values)], dtype=object)):
        column = code_labels(values)
        assert column.codes.dtype == kind
        assert len(column.values) == n_values
        assert column.texts().tolist() == [canonical_text(value) for value in values.tolist()]


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-9, 9), max_size=50))
def test_integers_far_apart_and_close(values: list[int]) -> None:
    array = np.array(values, dtype=np.int64)
    assert code_labels(array).texts().tolist() == list(map(str, values))
    assert code_slices(array).texts().tolist() == list(map(str, values))


@given(st.lists(st.floats(width=32), max_size=50))
def test_floats_of_either_width(values: list[float]) -> None:
    for kind in (np.float32, np.float64):
        array = np.array(values, dtype=kind)
        assert code_labels(array).texts().tolist() == [canonical_text(value) for value in array.tolist()]


def test_no_item_is_without_a_row() -> None:
    codes, items = factorize(np.array([7, 3, 7]))
    assert (codes.tolist(), items) == ([1, 0, 1], [3, 7])


TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=12)


@given(TEXTS, TEXTS)
def test_recoding_keeps_the_texts(one: list[str], other: list[str]) -> None:
    left, right = code_labels(one), code_labels(other)
    values = union_values((left, right))
    assert [values[code] for code in recode(left, values).tolist()] == one
    size = min(len(one), len(other))
    index = np.arange(size)
    found = differs(left.take(index), right.take(index))
    assert found.tolist() == [before != after for before, after in zip(one, other, strict=False)]
    codes, kept = dense(left.take(index).codes, len(left.values))
    assert [left.values[kept[code]] for code in codes.tolist()] == one[:size]
    assert kept.size == len(set(one[:size]))


@given(st.lists(st.floats(-1e9, 1e9), min_size=21, max_size=60, unique=True), st.integers(0, 9))
def test_every_number_lies_in_the_range_that_names_it(values: list[float], n_missing: int) -> None:
    numbers = np.array([*values, *[np.nan] * n_missing])
    column = code_ranges(numbers)
    assert list(column.values) == sorted(column.values)
    for number, text in zip(numbers.tolist(), column.texts().tolist(), strict=True):
        if text == "(missing)":
            assert np.isnan(number)
            continue
        low, _, high = text.rpartition("x <= ")
        assert not high or "x >" in text or number <= float(high)
        assert not low or number > float(low.removesuffix(" < "))
        assert "x >" not in text or number > float(text.removeprefix("x > "))
    assert np.count_nonzero(column.codes == list(column.values).index("(missing)") if n_missing else 0) == n_missing


@pytest.mark.parametrize(
    ("values", "n_values"),
    [(np.arange(21), 4), (np.arange(20), 20), ([f"{n}x" for n in range(30)], 30), (np.arange(40) % 2 == 0, 2)],
)
def test_ranges_are_for_numbers_of_many_values(values: Any, n_values: int) -> None:
    assert len(code_feature(values, ranges=True).values) == n_values
    assert len(code_feature(values, ranges=False).values) == len(set(np.asarray(values).tolist()))
