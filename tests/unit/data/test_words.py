"""Words and values for a reader, and the examples in the docstrings."""

from __future__ import annotations

import datetime as dt
import decimal
import doctest
import itertools
from typing import Any

import pytest

from mlgate.config import yaml_text
from mlgate.config.schema import Bound
from mlgate.data import catalogue, outcomes, plan, typed_values, words


@pytest.mark.parametrize("module", [outcomes, plan, typed_values, words, yaml_text])
def test_examples(module: Any) -> None:
    names = {"Bound": Bound, **vars(module)}
    found = doctest.testmod(module, extraglobs=names)
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (2**70, 2**70),
        (0.5, 0.5),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (decimal.Decimal("1.50"), 1.5),
        (dt.date(2020, 1, 2), "2020-01-02"),
        (dt.datetime(2020, 1, 2, 3, tzinfo=dt.UTC), "2020-01-02T03:00:00+00:00"),
        (dt.time(1, 2), "01:02:00"),
        (b"abc", "3 bytes"),
        ([1, 2], "[1, 2]"),
        ("x" * 200, "x" * 99 + "…"),
    ],
    ids=itertools.count(),
)
def test_plain_is_json(value: Any, plain: Any) -> None:
    assert words.plain(value) == plain


@pytest.mark.parametrize(
    ("value", "masked"),
    [(dt.date(1980, 1, 2), "1*** (10 characters)"), (True, "t*** (4 characters)"), ("", "(0 characters)")],
    ids=itertools.count(),
)
def test_masked(value: Any, masked: str) -> None:
    assert words.masked(value) == masked


@pytest.mark.parametrize(
    ("bound", "text"),
    [
        (Bound(min=5, max=5), "exactly 5"),
        (Bound(max=2.5), "at most 2.5"),
        (Bound(strict_min="2020-01-01", strict_max="2021-01-01"), "more than 2020-01-01 and less than 2021-01-01"),
        (Bound(), "any number"),
    ],
    ids=itertools.count(),
)
def test_bound_in_words(bound: Bound, text: str) -> None:
    assert words.bound(bound) == text


def test_numbers_in_words() -> None:
    assert [words.number(value) for value in (True, 1e20, 1234.5678)] == ["true", "1e+20", "1234.57"]
    assert [words.exact(value) for value in (False, None, 1.5)] == ["false", "null", "1.5"]


def test_every_check_is_documented_under_its_own_name() -> None:
    names = [name for name, _, _ in catalogue.CATALOGUE]
    assert len(names) == len(set(names))
    for name, tier, function in catalogue.CATALOGUE:
        assert tier == "data"
        assert function.__doc__
        assert function.__doc__.startswith(f"`{'unique' if name == 'composite_unique' else name}`")
