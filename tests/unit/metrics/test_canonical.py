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

from mlgate.metrics.canonical import (
    InexactIdError,
    canonical_ids,
    canonical_text,
    code_point_order,
    exact_text,
    id_texts,
    text_order,
)
from mlgate.metrics.coding import code_labels, code_slices


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
        (Decimal("0.00"), "0"),
        (Decimal("-0.0"), "0"),
        (Decimal(f"0.{'1' * 40}"), f"0.{'1' * 40}"),
        ("True", "true"),
        ("TRUE", "true"),
        ("true", "true"),
        ("False", "false"),
        ("FALSE", "false"),
        ("tRUE", "tRUE"),
        ("1.0", "1"),
        ("-3.000", "-3"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("250.00", "250"),
        ("123456789012345678901.0", "123456789012345678901"),
        # other spellings of a number are text
        ("007", "007"),
        ("007.0", "007.0"),
        ("+1", "+1"),
        ("5e2", "5e2"),
        ("0.50", "0.50"),
        ("1.", "1."),
        (".0", ".0"),
        ("1.0\n", "1.0\n"),
        (" 1", " 1"),
        ("\u0661", "\u0661"),
        (np.str_("a"), "a"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        ((1, 2), "(1, 2)"),
    ],
)
def test_value_has_one_spelling(value: Any, text: str) -> None:
    assert canonical_text(value) == text


@pytest.mark.parametrize("value", [None, float("nan"), np.float32("nan"), Decimal("NaN"), pd.NA, pd.NaT, "nan", "NaN"])
def test_missing_value_has_none(value: Any) -> None:
    assert canonical_text(value) is None


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text(), st.dates())
NUMERALS = st.from_regex(r"[+-]?[0-9]{0,3}(\.[0-9]{0,3})?(e[0-9])?", fullmatch=True)


@given(SCALARS | NUMERALS | st.sampled_from(["True", "False", "nan"]))
def test_canonical_text_is_its_own_canonical_text(value: Any) -> None:
    text = canonical_text(value)
    assert canonical_text(text) == text
    assert canonical_text(exact_text(value)) == text


LONG = st.integers() | st.integers(10**15, 10**25) | st.integers(-(10**60), 10**60)


@given(st.lists(LONG, unique=True), st.sampled_from(["", ".0", ".000"]))
def test_distinct_integers_stay_distinct_at_any_length(values: list[int], fraction: str) -> None:
    digits = [str(value) for value in values]
    assert [canonical_text(value) for value in values] == digits
    assert [canonical_text(text + fraction) for text in digits] == digits
    assert [exact_text(value) for value in values] == digits
    assert [exact_text(text + fraction) for text in digits] == [text + fraction for text in digits]


@given(st.lists(NUMERALS, unique=True))
def test_text_of_an_id_is_never_another(values: list[str]) -> None:
    ids = canonical_ids(np.array(values, dtype=object))
    assert id_texts(ids) == values


@given(NUMERALS, NUMERALS)
def test_only_integers_have_several_spellings(one: str, other: str) -> None:
    if one != other and canonical_text(one) == canonical_text(other):
        assert int(Decimal(one)) == Decimal(one) == Decimal(other)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (["1.1", "1.10"], ["1.1", "1.10"]),
        (["1.0", "1.00", "2"], ["1.0", "1.00", "2"]),  # two versions: merging them would hide one
        (["1.0", "2.0", None], ["1", "2", None]),
        (["True", "False"], ["true", "false"]),
        (["True", "true"], ["True", "true"]),
        (["nan", None], ["nan", None]),
        ([True, False], ["true", "false"]),
        ([1.0, 2.0], ["1", "2"]),
    ],
)
def test_slices_are_never_merged(values: list[Any], texts: list[str | None]) -> None:
    assert code_slices(np.array(values, dtype=object)).texts().tolist() == texts


@given(st.lists(NUMERALS | st.sampled_from(["True", "true", "nan"]) | st.none()))
def test_there_are_as_many_slices_as_texts(values: list[str | None]) -> None:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    assert len(set(code_slices(column).texts().tolist())) == len(set(values))


@given(st.lists(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers()))))
def test_column_is_its_values_one_by_one(values: list[Any]) -> None:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    assert code_labels(column).texts().tolist() == [canonical_text(value) for value in values]


@given(st.lists(st.integers(-3, 3), min_size=1))
def test_column_does_not_depend_on_the_type_that_a_file_gave_it(values: list[int]) -> None:
    spellings = [
        code_labels(np.array(values, dtype=kind)).texts().tolist() for kind in (np.int64, np.int8, float, object)
    ]
    assert spellings == [[str(value) for value in values]] * 4


def test_equal_values_of_two_types_stay_apart() -> None:
    column = np.array([True, 1, 1.0, "1"] * 10, dtype=object)
    assert code_labels(column).texts().tolist() == ["true", "1", "1", "1"] * 10


def test_masked_values_are_missing() -> None:
    column = np.ma.masked_array([1, 2, 3], mask=[False, True, False])
    assert code_labels(column).texts().tolist() == ["1", None, "3"]
    assert code_labels(column).n_missing == 1


def test_times_are_iso_text_and_not_nanoseconds() -> None:
    column = np.array(["2026-01-02", "NaT"], dtype="datetime64[ns]")
    assert code_labels(column).texts().tolist() == ["2026-01-02T00:00:00", None]


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
        (np.array([2.0**53 - 1, 0.5]), [str(2**53 - 1), "0.5"]),
        (np.array(["7", "007", "7.0", "5e2"], dtype=object), ["7", "007", "7.0", "5e2"]),
        (np.array([10**20, 10**20 + 1], dtype=object), [str(10**20), str(10**20 + 1)]),
        (np.array([2**63], dtype=np.uint64), [str(2**63)]),
        (np.array(["a", "1"], dtype=object), ["a", "1"]),
        (np.array(["a", "1"]), ["a", "1"]),
        (np.ma.masked_array([1, 2], mask=[True, False]), [None, "2"]),
    ],
)
def test_other_ids_are_text(column: Any, texts: list[str | None]) -> None:
    assert canonical_ids(column).tolist() == texts


@pytest.mark.parametrize(
    ("column", "n_rows", "limit"),
    [
        (np.array([1.0, 2.0**53]), 1, "2**53"),
        (np.array([-(2.0**60), 2.0**60, np.nan]), 2, "2**53"),
        (np.array([np.inf]), 1, "2**53"),
        (np.array([2**24 - 1, 2**24], dtype=np.float32), 1, "2**24"),
        (np.array([1.0, 2.0**53, "a", None], dtype=object), 1, "2**53"),
    ],
)
def test_floats_that_lost_digits_are_no_ids(column: Any, n_rows: int, limit: str) -> None:
    with pytest.raises(InexactIdError) as refusal:
        canonical_ids(column)
    assert (refusal.value.n_rows, refusal.value.limit) == (n_rows, limit)


def test_largest_exact_floats_are_ids() -> None:
    assert canonical_ids(np.array([2.0**53 - 1, -(2.0**53) + 1])).tolist() == [2**53 - 1, 1 - 2**53]
    assert canonical_ids(np.ma.masked_array([1.0, 2.0**60], mask=[False, True])).tolist() == ["1", None]


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-200, 200), unique=True))
def test_text_order_of_integers_is_that_of_their_texts(values: list[int]) -> None:
    ids = np.array(values, dtype=np.int64)
    assert ids[text_order(ids)].tolist() == [int(text) for text in sorted(map(str, values))]


@pytest.mark.parametrize("alphabet", ["ab", "ab\0", "a\u00e9\U0001f600\ud800\uffff"])
@given(data=st.data())
def test_text_is_ordered_by_code_points(alphabet: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.text(alphabet, max_size=4) | st.just("b" * 65), max_size=20))
    texts = np.empty(len(values), dtype=object)
    texts[:] = values
    assert texts[code_point_order(texts)].tolist() == sorted(values)
