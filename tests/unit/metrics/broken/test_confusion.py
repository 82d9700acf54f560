"""Cells of the confusion table that moved."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from mlgate.metrics.broken.confusion import confusion_change
from mlgate.metrics.sample import Sample
from tests.unit.metrics.broken.samples import class_pair, number_pair, pair


def test_the_largest_move_comes_first_and_ties_in_text_order() -> None:
    labels = ["yes"] * 6 + ["no"] * 4
    before = ["yes"] * 6 + ["no"] * 4
    after = ["yes"] * 3 + ["no"] * 3 + ["no"] * 3 + ["yes"]
    found = confusion_change(class_pair(labels, before, after))
    assert found is not None
    assert found["moved"] == 4
    assert [tuple(cell.values()) for cell in found["cells"]] == [
        ("yes", "no", 0, 3, 3),
        ("yes", "yes", 6, 3, -3),
        ("no", "no", 4, 3, -1),
        ("no", "yes", 0, 1, 1),
    ]


def test_nothing_moved() -> None:
    assert confusion_change(class_pair(["a", "b"], ["a", "a"], ["a", "a"])) == {"moved": 0, "cells": []}


def test_numbers_have_no_table() -> None:
    assert confusion_change(number_pair([1.0], [1.0], [2.0])) is None


@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=60))
def test_equals_the_difference_of_two_tables(rows: list[tuple[int, int, int]]) -> None:
    columns = [[str(row[place]) for row in rows] for place in range(3)]
    found = confusion_change(class_pair(*columns), most=100)
    assert found is not None
    classes = ["0", "1", "2", "3"]
    tables = [confusion_matrix(columns[0], predicted, labels=classes) for predicted in columns[1:]]
    delta = np.zeros_like(tables[0])
    for cell in found["cells"]:
        delta[classes.index(cell["label"]), classes.index(cell["prediction"])] = cell["delta"]
        assert cell["after"] - cell["before"] == cell["delta"] != 0
    assert (delta == tables[1] - tables[0]).all()


def test_many_classes_take_no_table_of_all_cells() -> None:
    n_classes = 60_000
    classes = tuple(f"{code:05}" for code in range(n_classes))
    codes = np.arange(n_classes, dtype=np.int32)
    before = Sample(n_rows=n_classes, labels=codes, predictions=codes, classes=classes)
    after = Sample(n_rows=n_classes, labels=codes, predictions=codes[::-1].copy(), classes=classes)
    found = confusion_change(pair(before, after))
    assert found is not None
    assert found["moved"] == 2 * n_classes
    last = found["cells"][0]
    assert (last["label"], last["prediction"], last["delta"]) == ("00000", "00000", -1)
