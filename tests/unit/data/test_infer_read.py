"""Words for missing values, decimal commas and encodings: how a file should be read, and when that stays open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.config.schema import Read
from mlgate.config.schema_file import parse_schema
from mlgate.gate.standalone import infer_data_schema
from tests.unit.data.infer_cases import csv_of, findings, proposed

Save = Callable[..., Path]


@pytest.mark.parametrize(
    ("values", "word", "kind"),
    [
        (["1", "2", "N/A", "4"], "N/A", "integer"),
        (["1.5", "2", "?", "4"], "?", "number"),
        (["2020-01-01", "2020-01-02", "-", "-"], "-", "date"),
        (["2020-01-01 10:00", "2020-01-02 11:00", "none"], "none", "datetime"),
        (["1", "2", "nan"], "nan", "integer"),
        (["1.5", "2", "NaN"], "NaN", "number"),
        (["10:30", "11:30", "NULL"], "NULL", "time"),
    ],
)
def test_words_for_missing_are_listed_so_that_types_come_out_right(
    save: Save, values: list[str], word: str, kind: str
) -> None:
    path = save(csv_of(x=values, pad=["."] * len(values)))
    text, schema = proposed(path)
    assert schema.columns["x"].type == kind
    assert schema.read.null == ("", word)
    assert f"read as missing: '{word}' ({values.count(word)}x), in x." in text
    assert findings(path, schema) == []


@pytest.mark.parametrize("word", ["NA", "none", "-", "missing"])
def test_a_word_that_a_text_column_holds_too_stays_a_value(save: Save, word: str) -> None:
    """NA may be Namibia there: what it means is for a person to say."""
    path = save(csv_of(x=["1", "2", "3", word] * 10, country=["DE", "FR", word, "PL"] * 10))
    text, schema = proposed(path)
    assert schema.read.null == ("",)
    assert schema.columns["x"].type == "string"
    assert f"# {word} would mean missing here, but country holds it too, as text\n" in text
    assert findings(path, schema) == []


def test_a_clear_word_means_missing_in_text_too(save: Save) -> None:
    path = save(csv_of(x=["a", "b", "N/A", "null"] * 10, y=["c"] * 40))
    text, schema = proposed(path)
    assert schema.read.null == ("", "N/A", "null")
    assert "in_set: [a, b]" in text
    assert findings(path, schema) == []


def test_words_among_text_are_text(save: Save) -> None:
    path = save(csv_of(x=["mild", "none", "severe", "-"] * 10, y=["c"] * 40))
    _, schema = proposed(path)
    assert schema.read.null == ("",)
    assert findings(path, schema) == []


def test_too_many_ways_to_write_a_word_are_left_alone(save: Save) -> None:
    values = [f'"{" " * row}N/A"' for row in range(30)]
    path = save(csv_of(x=values, y=["c"] * 30))
    text, schema = proposed(path)
    assert schema.read.null == ("",)
    assert "sentinels" not in text
    assert findings(path, schema) == []


@pytest.mark.parametrize("name", ["t.parquet", "t.jsonl"])
def test_formats_that_say_null_themselves(save: Save, name: str) -> None:
    if name == "t.parquet":
        path = save({"x": ["a", "b", "N/A", "", None] * 8})
    else:
        path = save("".join(f'{{"x": "{value}"}}\n' for value in ["a", "b", "N/A", "", "c"] * 8), name)
    text, schema = proposed(path)
    assert schema.read.null == ("N/A",)  # the empty text stays a value
    assert "delimiter" not in text
    assert findings(path, schema) == []


def test_decimal_commas(save: Save) -> None:
    path = save("x;y;z\n" + "".join(f"{row},5;{row};{row},{row % 3}7\n" for row in range(40)))
    text, schema = proposed(path)
    assert schema.read == Read(delimiter=";", decimal=",")
    assert [schema.columns[name].type for name in "xyz"] == ["number", "integer", "number"]
    assert "the comma is the decimal mark of its numbers." in text
    assert findings(path, schema) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["1,500", "2,250", "12,000"], ["1", "2", "3"]),  # thousands, perhaps
        (["1,5", "2,25", "12,0"], ["1.5", "2", "3"]),  # points elsewhere
        (["1,5", "2,25", "12,x"], ["1", "2", "3"]),
    ],
)
def test_commas_that_may_mean_something_else(save: Save, first: list[str], second: list[str]) -> None:
    path = save("x;y\n" + "".join(f"{a};{b}\n" for a, b in zip(first, second, strict=True)))
    _, schema = proposed(path)
    assert schema.read.decimal == "."
    assert schema.columns["x"].type == "string"
    assert findings(path, schema) == []


def test_words_and_commas_together(save: Save) -> None:
    path = save("x;y\n" + "1,5;a\n2,25;b\nN/A;c\n" * 3)
    _, schema = proposed(path)
    assert schema.read == Read(delimiter=";", decimal=",", null=("", "N/A"))
    assert schema.columns["x"].type == "number"
    assert findings(path, schema) == []


def test_how_the_file_was_read_is_written(save: Save) -> None:
    path = save("x\ty\n1,5\tNA\n2,5\tb\n")
    text, schema = proposed(path, Read(decimal=",", null=("", "NA", "?")))
    assert schema.read == Read(delimiter="\t", decimal=",", null=("", "NA", "?"))
    assert schema.columns["x"].type == "number"
    assert findings(path, schema) == []
    assert 'null: ["", NA, "?"]' in text


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("größe,y\né,1\né,2\n".encode("latin-1"), "latin-1"),
        ("a,y\né,1\nb,2\n".encode("latin-1"), "latin-1"),
        ("a,y\né,1\nb,2\n".encode("utf-16"), "utf-16"),
        ("a,y\né,1\nb,2\n".encode(), "utf-8"),
        ("a,y\né,1\n".encode() + b"\xe9,2\n", "utf-8"),  # one broken row of a UTF-8 file
        ("é,y\nb,1\n".encode() + b"\xe9,2\n", "utf-8"),
    ],
)
def test_encodings_are_found(tmp_path: Path, content: bytes, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    text = infer_data_schema("t.csv", start=tmp_path)
    schema = parse_schema(text, "s.yaml")
    assert schema.read.encoding == encoding
    assert (f"encoding {encoding}" in text.split("version")[0]) is (encoding != "utf-8")
    assert ("could not be parsed" in text) is (encoding == "utf-8" and b"\xe9,2" in content)
    if "could not be parsed" not in text:
        assert findings(path, schema) == []
