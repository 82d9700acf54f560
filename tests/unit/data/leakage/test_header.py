"""What keeps splits from being compared, and columns that are read alike."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.splits_rules import Splits
from mlgate.data.leakage.columns import kind_of_texts
from mlgate.gate.data_splits import SplitFiles, judge_splits
from tests.unit.data.leakage.conftest import Leak, write

TRAIN = {"id": [f"k{n}" for n in range(30)], "x": [n / 7 for n in range(30)], "n": list(range(30))}
TEST = {"id": ["z1", "z2"], "x": [0.5, 0.25], "n": [100, 200]}


def test_columns_that_only_one_split_has_are_named(leak: Leak) -> None:
    found = leak({**TRAIN, "y": [0] * 30}, {**TEST, "w": [1, 2]})["split_columns"]
    assert found.status == "warn"
    assert found.message == (
        "3 columns that both splits have can be compared; not compared, since not in all: only in train: y; only in test: w"
    )
    ignored = leak({**TRAIN, "y": [0] * 30}, {**TEST, "w": [1, 2]}, ignore=("y", "w"))["split_columns"]
    assert (ignored.status, "only in" in ignored.message) == ("pass", False)


def test_renamed_features_are_an_error_of_every_check_that_needs_them(leak: Leak) -> None:
    train = {"pid": range(60), "x": [n / 7 for n in range(60)], "y": [n % 2 for n in range(60)]}
    test = {"pid": range(100, 120), "X": [n / 7 for n in range(20)], "y": [n % 2 for n in range(20)]}
    found = leak(train, test, label="y", entity=("pid",), near={})
    assert (found["split_columns"].status, found["split_columns"].message) == (
        "error",
        "no feature is in both: only in train: x; only in test: X",
    )
    wanted = dict.fromkeys(("shared_rows", "near_duplicates", "conflicting_labels", "target_leakage"), "error")
    assert {name: found[name].status for name in wanted} == wanted


def test_a_table_without_features_is_not_judged_by_them(leak: Leak) -> None:
    train, test = ({"day": list(days), "y": [n / 7 for n in days]} for days in (range(300), range(300, 400)))
    found = leak(train, test, label="y", time="day")
    assert found["split_columns"].status == "pass"
    assert found["target_leakage"].message == found["conflicting_labels"].message == "not judged: there is no feature"


@pytest.mark.parametrize("role", ["ignore", "entity", "near"])
def test_a_name_that_no_split_has_is_an_error_with_the_nearest_one(leak: Leak, role: str) -> None:
    option: Any = {"text": ("patiens",)} if role == "near" else ("patiens",)
    found = leak({**TRAIN, "patient": TRAIN["n"]}, {**TEST, "patient": [1, 2]}, **{role: option})["split_columns"]
    assert found.status == "error"
    assert "patiens is" in found.message
    assert found.hint == "did you mean 'patient'?"


def test_a_column_that_names_the_split_hides_no_copies(leak: Leak) -> None:
    rows = [(n * 0.37) % 1 for n in range(60)]
    train = {"x": rows, "z": rows[::-1], "split": ["train"] * 60, "fold": [1] * 60}
    test = {"x": rows[:30], "z": rows[::-1][:30], "split": ["test"] * 30, "fold": [None] * 30}
    found = leak(train, test, near={})
    assert found["split_columns"].message == (
        "4 columns that both splits have can be compared; split, fold name the split: not compared"
    )
    assert (found["shared_rows"].status, found["shared_rows"].observed) == ("fail", 30)
    assert found["shared_rows"].message.endswith("30 equal in all 2 columns but split, fold, which names the split")
    shaken = {**test, "x": [value + 0.0001 for value in rows[:30]]}
    assert leak(train, shaken, near={})["near_duplicates"].status == "fail"
    other = {**test, "x": [value + 5 for value in rows[:30]]}
    assert leak(train, other)["shared_rows"].message == (
        "0 of 30 rows of test are in train too, compared in all 2 columns; not in split, fold: one value in each split"
    )


def test_a_constant_column_that_is_the_same_everywhere_is_compared(leak: Leak) -> None:
    train = {"x": [n / 7 for n in range(30)], "c": ["a"] * 30}
    found = leak(train, {"x": [0.51, 0.52], "c": ["a", "a"]})
    assert "all 2 columns" in found["shared_rows"].message
    assert "name" not in found["split_columns"].message


def test_splits_without_a_common_column(leak: Leak) -> None:
    found = leak({"a": [1]}, {"b": [1]})
    assert list(found) == ["split_columns"]
    assert (found["split_columns"].status, found["split_columns"].message) == (
        "error",
        "train and test have no column in common",
    )


@pytest.mark.parametrize("role", ["entity", "time", "label"])
def test_a_declared_column_that_is_absent(leak: Leak, role: str) -> None:
    value: Any = ("patient",) if role == "entity" else "patient"
    found = leak({**TRAIN, "patient": TRAIN["n"]}, {**TEST, "patients": [1, 2]}, **{role: value})
    assert found["split_columns"].status == "error"
    assert found["split_columns"].message == f"{role}: patient is not in test"
    assert found["split_columns"].hint == "did you mean 'patients'?"
    assert not any(outcome.status == "fail" for outcome in found.values())


def test_no_rows(leak: Leak) -> None:
    found = leak(TRAIN, "id,x,n\n")
    assert list(found) == ["split_columns"]
    assert found["split_columns"].message == "test has no rows (test.csv)"
    assert found["split_columns"].status == "error"


def test_rows_that_cannot_be_parsed(leak: Leak) -> None:
    found = leak(TRAIN, "id,x,n\nz1,0.5,100\nz2,0.25,200,300\n")["split_columns"]
    assert found.status == "error"
    assert found.message.startswith("1 row of test cannot be parsed, the first in line 3")


def test_one_row_all_null_and_constant_columns(leak: Leak) -> None:
    train = {"a": [None] * 5, "c": [1] * 5, "x": [0.5, 1.5, 2.5, 3.5, 4.5]}
    found = leak(train, {"a": [None], "c": [1], "x": [9.5]}, entity=("a",), label="c", near={})
    states = {name: outcome.status for name, outcome in found.items()}
    assert states["entity_overlap"] == "error"
    assert states["shared_rows"] == "pass"
    assert not [name for name, status in states.items() if status == "fail"]


def test_many_categories(leak: Leak) -> None:
    train = {"city": [f"c{n}" for n in range(20_000)], "x": [n / 3 for n in range(20_000)]}
    found = leak(train, {"city": ["c1", "d"], "x": [1 / 3, 2.5]}, entity=("city",))
    assert found["entity_overlap"].observed == 1
    assert found["shared_rows"].status in ("pass", "fail")


def same(folder: Path, one: str, other: str) -> list[Any]:
    splits = [SplitFiles(name="train", root=folder, path=one), SplitFiles(name="test", root=folder, path=other)]
    return judge_splits(splits, Splits(datasets=("train", "test")), privacy="masked", memory="256MiB")


def test_one_file_under_two_names_is_said_and_not_called_leakage(tmp_path: Path) -> None:
    write(tmp_path, "a", TRAIN)
    (tmp_path / "link.csv").symlink_to("a.csv")
    os.link(tmp_path / "a.csv", tmp_path / "hard.csv")
    for other in ("a.csv", "link.csv", "hard.csv"):
        (outcome,) = same(tmp_path, "a.csv", other)
        assert (outcome.check, outcome.status) == ("same_file", "error")
        told = "a.csv" if other == "a.csv" else f"a.csv, {other}"
        assert outcome.message == f"train and test are the same file: {told}; nothing was compared"


def test_globs_that_overlap_are_said(tmp_path: Path) -> None:
    for name in ("part-1", "part-2", "part-3"):
        write(tmp_path, name, TRAIN)
    (outcome,) = same(tmp_path, "part-[12].csv", "part-[23].csv")
    assert (outcome.check, outcome.status) == ("same_file", "error")
    assert outcome.message == "train and test are the same file: part-2.csv; nothing was compared"


def test_a_file_that_is_absent(tmp_path: Path) -> None:
    write(tmp_path, "a", TRAIN)
    (outcome,) = same(tmp_path, "a.csv", "b.csv")
    assert (outcome.id, outcome.status) == ("data/splits/train-test/readable", "error")


def test_types_that_differ_are_compared(leak: Leak) -> None:
    import pyarrow as pa

    train = {
        "whole": pa.array([1.0, 2.0, None]),
        "single": pa.array([0.1, 0.2, 0.3], pa.float32()),
        "flag": pa.array([True, False, True]),
        "day": pa.array([18_262, 18_263, 18_264], pa.int32()).cast(pa.date32()),
        "word": pa.array(["a", "b", "c"]).dictionary_encode(),
    }
    test = (
        "whole,single,flag,day,word\n1,0.1,true,2020-01-01,a\n,0.3,1,2020-01-03T00:00:00,c\n2,0.2,false,2020-01-03,b\n"
    )
    found = leak(train, test)["shared_rows"]
    assert found.evidence["equal_in_all_columns"] == 2


def test_nan_is_missing(leak: Leak) -> None:
    import pyarrow as pa

    train = {"x": pa.array([float("nan"), 1.5, 2.5]), "s": pa.array(["a", "b", "c"]), "z": pa.array([1.25, 2.0, 3.0])}
    assert leak(train, "x,s,z\n,a,1.25\n")["shared_rows"].evidence["equal_in_all_columns"] == 1


def test_nested_types_that_differ_are_an_error(leak: Leak) -> None:
    import pyarrow as pa

    train = {"l": pa.array([[1], [2]]), "x": pa.array([1, 2])}
    found = leak(train, {"l": pa.array([{"a": 1}]), "x": pa.array([3])})["split_columns"]
    assert found.status == "error"
    assert "l is BIGINT[] in train and STRUCT(a BIGINT) in test" in found.message
    assert leak(train, {"l": pa.array([[1]]), "x": pa.array([1])})["split_columns"].status == "pass"


NUMBER = st.floats(allow_nan=False, allow_infinity=False, width=32) | st.integers(-(10**9), 10**9)


@given(st.lists(NUMBER, min_size=1))
def test_texts_of_numbers_are_numbers(values: list[float]) -> None:
    texts = [repr(value) for value in values]
    assert kind_of_texts(texts) in ("integer", "number")
    assert kind_of_texts([*texts, "N/A"]) in ("integer", "number")
    assert kind_of_texts([*texts, "one"]) == "string"
