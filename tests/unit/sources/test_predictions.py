"""Predictions files: what is read without the engine is what the engine reads; shards are one file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mlgate.errors import SourceError
from mlgate.sources.arrays import FileColumns
from mlgate.sources.predictions import MAX_PLAIN_BYTES, read_plain_text, read_predictions
from mlgate.sources.tables import read_columns


def same(left: FileColumns, right: FileColumns) -> None:
    assert left.header == right.header
    assert list(left) == list(right)
    for name, values in left.items():
        other = right[name]
        assert values.dtype == other.dtype, name
        if values.dtype == object:
            assert list(map(type, values.tolist())) == list(map(type, other.tolist()))
            assert values.tolist() == other.tolist()
        else:
            np.testing.assert_array_equal(values, other)


def write(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


WHOLE = [
    "id,label\n1,0\n2,1\n",
    "id,label\r\n1,yes\r\n2,no\r\n",
    "id,label\n1,0\n2,1",
    "\ufeffid,label\n1,\n2,1\n",
    'id,city\n1,"Bonn, Beuel"\n2,"a ""b"""\n3,"two\nlines"\n4,""\n5,Köln\n',
    "id,label\n007,1.10\n-0,+1\n1_000,1e3\n",
    "id,label\n9223372036854775807,-9223372036854775808\n9007199254740993,\n",
    "id,label\n9007199254740992,\n,3\n",
    "id,label\n99999999999999999999,1\n2,1\n",
    "id,label\n a,b \n c , d\n",
    "id,empty\n1,\n2,\n",
    "id,label\n1,NaN\n2,nan\n3,NA\n4,null\n",
    "a,b,c\n-1,true,0.5\n0,false,\n",
]


@pytest.mark.parametrize("text", WHOLE)
def test_plain_file_reads_as_the_engine_reads_it(text: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    found = read_plain_text(path, ["id", "label", "city", "empty", "a", "b", "c", "absent"])
    assert found is not None
    same(found, read_columns(path))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("id;label\n1;0\n", "file.csv"),
        ("id,label\n1,a|b\n", "file.csv"),
        ("id,label\n\n1,0\n", "file.csv"),
        ("id,label\n1,0\n\n", "file.csv"),
        ("id,label\n1\n", "file.csv"),
        ("id,label\n1,0,2\n", "file.csv"),
        ('id,label\n1,a"b\n', "file.csv"),
        ('id,label\n1, "b"\n', "file.csv"),
        ('id,label\n1,"b" \n', "file.csv"),
        ('id,label\n1,"b\n', "file.csv"),
        ("id,label\n1,0\r2,1\n", "file.csv"),
        ("id,label\n1,0\r\n2,1\n", "file.csv"),
        ('id,label\r\n1,"0"\r\n', "file.csv"),
        ("id,id\n1,0\n", "file.csv"),
        ("id\n1\n", "file.csv"),
        ("id,label\n1,\0\n", "file.csv"),
        ("id,label\n1,\ud800\n", "file.csv"),
        ("id,label", "file.csv"),
        ("id,label\n", "file.csv"),
        ("", "file.csv"),
        ('{"id": 1}\n', "file.jsonl"),
        ("id,label\n1,0\n", "file.csv.gz"),
    ],
)
def test_anything_else_is_left_to_the_engine(text: str, name: str, tmp_path: Path) -> None:
    assert read_plain_text(write(tmp_path, text, name), ["id", "label"]) is None


def test_large_file_is_left_to_the_engine(tmp_path: Path) -> None:
    path = write(tmp_path, "id,label\n" + "1,0\n" * (MAX_PLAIN_BYTES // 4))
    assert read_plain_text(path, ["id", "label"]) is None


FIELDS = st.one_of(
    st.sampled_from(["", "0", "1", "-1", "01", "1.0", "NaN", "true", "a b", "é", "x\ny", 'say "no"', "a,b", " ", "\t"]),
    st.integers(-(2**65), 2**65).map(str),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=4),
)


@given(
    rows=st.integers(2, 3).flatmap(lambda width: st.lists(st.lists(FIELDS, min_size=width, max_size=width), max_size=6))
)
@example(rows=[["\u2028", "\x0b"], ["\x1c", "\x85"]])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_whatever_is_read_without_the_engine_is_the_same(rows: list[list[str]], tmp_path: Path) -> None:
    text = io.StringIO(newline="")
    names = ["id", "label", "score"][: len(rows[0]) if rows else 2]
    csv.writer(text, lineterminator="\n").writerows([names, *rows])
    path = write(tmp_path, text.getvalue())
    found = read_plain_text(path, names)
    if found is not None:
        same(found, read_columns(path, names))


def test_shards_are_one_file_in_the_order_given(tmp_path: Path) -> None:
    first = write(tmp_path, "id,label\n1,0\n", "a.csv")
    second = write(tmp_path, "id,label\nx,1\n", "b.csv")
    found = read_predictions([first, second], ["label", "id", "absent"], shown="*.csv")
    assert found["id"].tolist() == ["1", "x"]
    assert found["label"].tolist() == [0, 1]
    assert found.header == ("id", "label")


def test_shards_that_differ_or_are_broken_are_refused(tmp_path: Path) -> None:
    first = write(tmp_path, "id,label\n1,0\n", "a.csv")
    for text, words in (
        ("id,other\n1,0\n", "columns"),
        ("id,label\n1\n", "cannot be parsed"),
        ("", "empty"),
    ):
        second = write(tmp_path, text, "b.csv")
        with pytest.raises(SourceError, match=words):
            read_predictions([first, second], ["id", "label"], shown="*.csv")
    twice = [write(tmp_path, "id,id\n1,0\n", name) for name in ("a.csv", "b.csv")]
    with pytest.raises(SourceError, match="stands twice"):
        read_predictions(twice, ["id"], shown="*.csv")


def test_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        read_predictions([tmp_path / "none.csv"], ["id"], shown="none.csv")
