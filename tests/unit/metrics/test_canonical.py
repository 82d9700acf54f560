"""One spelling per value."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.metrics.canonical import canonical_column, canonical_ids, canonical_text, id_texts, is_missing


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (np.False_, "false"),
        (1, "1"),
        (np.int8(-3), "-3"),
        (1.0, "1"),
        (-0.0, "0"),
        (np.float64(0.25), "0.25"),
        (float("inf"), "inf"),
        (1e22, "10000000000000000000000"),
        (Decimal("2.0"), "2"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.50"), "0.5"),
        (Decimal("Infinity"), "inf"),
        ("", ""),
        ("True", "True"),
        (np.str_("a"), "a"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        ((1, 2), "(1, 2)"),
    ],
)
def test_value_has_one_spelling(value: Any, text: str) -> None:
    assert canonical_text(value) == text


@pytest.mark.parametrize("value", [None, float("nan"), np.float32("nan"), Decimal("NaN"), pd.NA, pd.NaT])
def test_missing_value_has_none(value: Any) -> None:
    assert canonical_text(value) is None


@given(st.lists(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers()))))
def test_column_is_its_values_one_by_one(values: list[Any]) -> None:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    assert canonical_column(column).tolist() == [canonical_text(value) for value in values]


@given(st.lists(st.integers(-3, 3), min_size=1))
def test_column_does_not_depend_on_the_type_that_a_file_gave_it(values: list[int]) -> None:
    spellings = [canonical_column(np.array(values, dtype=kind)).tolist() for kind in (np.int64, np.int8, float, object)]
    assert spellings == [[str(value) for value in values]] * 4


def test_equal_values_of_two_types_stay_apart() -> None:
    column = np.array([True, 1, 1.0, "1"] * 10, dtype=object)
    assert canonical_column(column).tolist() == ["true", "1", "1", "1"] * 10


def test_masked_values_are_missing() -> None:
    column = np.ma.masked_array([1, 2, 3], mask=[False, True, False])
    assert canonical_column(column).tolist() == ["1", None, "3"]
    assert is_missing(canonical_column(column)).tolist() == [False, True, False]


def test_times_are_iso_text_and_not_nanoseconds() -> None:
    column = np.array(["2026-01-02", "NaT"], dtype="datetime64[ns]")
    assert canonical_column(column).tolist() == ["2026-01-02T00:00:00", None]


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.uint8, np.float64, np.float32])
def test_integer_ids_are_integers_whatever_the_file(kind: type) -> None:
    ids = canonical_ids(np.array([3, 1, 2], dtype=kind))
    assert ids.dtype == np.int64
    assert id_texts(ids) == ["3", "1", "2"]


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (np.array([1.5, 2.0]), ["1.5", "2"]),
        (np.array([1.0, np.nan]), ["1", None]),
        (np.array([2.0**60]), [str(2**60)]),
        (np.array([2**63], dtype=np.uint64), [str(2**63)]),
        (np.array(["a", "1"], dtype=object), ["a", "1"]),
        (np.array(["a", "1"]), ["a", "1"]),
        (np.ma.masked_array([1, 2], mask=[True, False]), [None, "2"]),
    ],
)
def test_other_ids_are_text(column: Any, texts: list[str | None]) -> None:
    assert canonical_ids(column).tolist() == texts
