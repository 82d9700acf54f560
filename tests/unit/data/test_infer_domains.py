"""Which sets of values are closed, and how often that is wrong."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mlgate.data.infer_domains import are_all_codes, are_all_texts
from tests.unit.data.infer_cases import csv_of, findings, proposed, rules

Save = Callable[..., Path]


def in_set(save: Save, values: Sequence[Any], name: str = "x") -> Any:
    """The set that is enforced for a column of these values, if any."""
    path = save(csv_of(**{name: list(values), "pad": [f"note {row}" for row in range(len(values))]}))
    _, schema = proposed(path)
    assert findings(path, schema) == []
    return rules(schema.columns[name]).get("in_set")


@pytest.mark.parametrize(
    ("values", "members"),
    [
        (["a", "b"] * 15, ("a", "b")),
        (["NO", "on"] * 15, ("NO", "on")),
        (["a"] * 20 + ["b"] * 10, ("a", "b")),
        (["a"] * 24 + ["b"] * 10, None),  # falling on like that, the next one would be rare
        (["a"] * 900 + ["b"] * 15, ("a", "b")),
        (["a", "b", "c"] * 3 + ["d"] * 21, None),  # three values only three times
        (["a", "b"] * 14, None),  # 28 rows
        (["v1"] * 100, ("v1",)),
        (["v1"] * 99, None),  # one value alone needs 100 rows
        ([f"c{row % 20}" for row in range(100)], tuple(sorted(f"c{row}" for row in range(20)))),
        ([f"c{row % 20}" for row in range(80)], None),
        ([f"c{row % 21}" for row in range(105)], tuple(sorted(f"c{row}" for row in range(21)))),
        ([f"c{row % 101}" for row in range(1010)], None),
        ([f"c{row}" for row in range(40)], None),
        (["x" * 101, "b"] * 20, None),
    ],
)
def test_sets_of_texts(save: Save, values: list[str], members: Any) -> None:
    assert in_set(save, values) == members


@pytest.mark.parametrize(
    ("values", "members"),
    [
        ([0, 1] * 15, (0, 1)),
        (["0.0", "1.0"] * 15, (0, 1)),
        ([0] * 36 + [1] * 4, None),  # a count of rare events would look the same
        ([1, 2, 3] * 10, (1, 2, 3)),
        ([0, 1, 2] * 10, (0, 1, 2)),
        ([2, 3, 4] * 10, None),
        ([1, 2, 4] * 10, None),
        ([1, 2] * 5, None),  # the next one would have been seen 5 times only
        ([0] * 200 + [1] * 60 + [2] * 12, None),  # falls like a count
        ([row % 12 + 1 for row in range(120)], tuple(range(1, 13))),
        ([row % 13 + 1 for row in range(130)], None),
        ([1.5, 2.5] * 20, None),
    ],
)
def test_sets_of_numbers(save: Save, values: list[Any], members: Any) -> None:
    assert in_set(save, values) == members


@pytest.mark.parametrize("name", ["year", "wave", "n_visits", "household_size", "patientID"])
def test_numbers_that_grow_are_no_codes(save: Save, name: str) -> None:
    assert in_set(save, [1, 2, 3] * 20, name) is None


def test_few_values_are_suggested_where_they_do_not_convince(save: Save) -> None:
    text, _ = proposed(save(csv_of(x=["F", "M", "M"] * 4, y=[f"{row % 6}a{'b' * 20}" for row in range(12)])))
    assert "x: {type: string, not_null: true}  # suggested in_set: [F, M]" in text
    assert "# 6 different values" in text


def test_yes_and_no(save: Save) -> None:
    text, _ = proposed(save(csv_of(x=["yes", "No"] * 20, y=["a", "b"] * 20)))
    assert "# yes or no as text; type: boolean reads true, false, 1 and 0\n" in text
    assert 'x: {type: string, not_null: true, in_set: ["No", "yes"]}' in text


def test_many_columns_take_a_few_queries(save: Save) -> None:
    columns = {f"c{place}": ["a", "b", str(place)] * 20 for place in range(35)}
    path = save(csv_of(**columns))
    _, schema = proposed(path)
    assert all(
        rules(column)["in_set"] == tuple(sorted(["a", "b", name[1:]])) for name, column in schema.columns.items()
    )


@pytest.mark.parametrize(
    "weights",
    [
        [80, 10, 5, 3, 1, 1],
        [10, 5, 2, 1],
        [1] * 8,
        [1] * 30,
        [50, 20, 5, 2, 1, 0.5, 0.2, 0.1],
        [0.6**k for k in range(25)],
        [1 / (k + 1) for k in range(60)],
        [2**k / math.factorial(k) for k in range(15)],
    ],
)
@pytest.mark.parametrize("rows", [30, 200, 1000])
def test_a_second_sample_rarely_holds_a_new_value(weights: list[float], rows: int) -> None:
    """Of 200 pairs of samples the first closes its set wrongly in few, whatever the values' shares are."""
    draw = random.Random(5)
    texts = codes = 0
    for _ in range(200):
        first, second = (Counter(draw.choices(range(len(weights)), weights, k=rows)) for _ in range(2))
        new = not second.keys() <= first.keys()
        texts += new and are_all_texts({str(code): count for code, count in first.items()})
        codes += new and are_all_codes(first, "code")
    assert texts <= 8
    assert codes <= 3


def test_a_value_with_a_zero_character_is_in_no_set(save: Save) -> None:
    path = save({"x": ["a\0b", "c"] * 20})
    _, schema = proposed(path)
    assert "in_set" not in rules(schema.columns["x"])
    assert findings(path, schema) == []
