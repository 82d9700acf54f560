"""The parts of an import: patterns, names of types, arguments, and the text of a schema."""

from __future__ import annotations

import doctest
import importlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.document import load_document
from mlgate.data.imports import patterns
from mlgate.data.imports.declarations import Check, DeclaredColumn, Note, Origin, Settled
from mlgate.data.imports.schema_text import WIDTH, body, flow, remark, schema_text
from mlgate.data.imports.type_names import type_named

MODULES = ("patterns", "type_names", "arguments", "schema_text")


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_hold(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"mlgate.data.imports.{name}"))
    assert found.attempted
    assert not found.failed


PATTERNS = ["a", "a|b", "^a", "(?i)a", "(?m)^a", "(?i)a|b", "a$", "", "[a|b]", "\\|", "(?s)a.b"]


@given(st.sampled_from(PATTERNS), st.text("abAB\n|", max_size=4))
def test_an_anchored_pattern_is_one_that_matches_at_the_start(pattern: str, text: str) -> None:
    assert bool(re.search(patterns.anchored(pattern), text)) == bool(re.match(pattern, text))


@given(st.text("a%_.!\n[", max_size=5), st.text("a.b\n[%", max_size=5))
def test_like_is_that_of_sql(like: str, text: str) -> None:
    def holds(like: str, text: str) -> bool:
        if not like:
            return not text
        if like[0] == "%":
            return any(holds(like[1:], text[start:]) for start in range(len(text) + 1))
        return bool(text) and like[0] in ("_", text[0]) and holds(like[1:], text[1:])

    assert bool(re.fullmatch(patterns.like(like), text)) == holds(like, text)


@given(st.text(max_size=8))
def test_an_escaped_text_matches_itself_only(text: str) -> None:
    assert re.fullmatch(patterns.escaped(text), text)
    assert not re.fullmatch(patterns.escaped(text), f"{text}x")


@pytest.mark.parametrize(
    ("pattern", "count"), [("a", 0), (r"\d", 1), (r"\\d", 0), (r"\\\d", 1), ("a$", 1), (r"a\$", 0), (r"^\w+$", 2)]
)
def test_where_python_and_re2_differ_is_said(pattern: str, count: int) -> None:
    assert len(patterns.remarks(pattern)) == count


@pytest.mark.parametrize(
    ("names", "type_"),
    [
        (("int", "int64", "Int32", "uint8", "BIGINT", "LongType()", "IntegerType", "INT64"), "integer"),
        (
            ("float", "float32", "Float64", "DOUBLE PRECISION", "NUMERIC(10, 2)", "DecimalType(10,2)", "Decimal"),
            "number",
        ),
        (("bool", "boolean", "BooleanType", "BooleanDtype"), "boolean"),
        (("str", "string[python]", "StringDtype", "VARCHAR(20)", "TEXT", "character varying(5)", "Utf8"), "string"),
        (("date", "DATE", "DateType", "date32[day]"), "date"),
        (("datetime64[ns]", "datetime64[ns, UTC]", "TIMESTAMP_NTZ", "TimestampType()", "DatetimeTZDtype"), "datetime"),
        (("time", "TIME"), "time"),
        (("timedelta64[ns]", "INTERVAL"), "duration"),
        (("bytes", "BLOB", "VARBINARY(8)"), "binary"),
        (("object", "category", "complex128", "", "list[int]", "JSON", "array"), None),
    ],
)
def test_names_of_types(names: tuple[str, ...], type_: str | None) -> None:
    assert {name: type_named(name) for name in names} == dict.fromkeys(names, type_)


PLAIN = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    PLAIN | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("ab'\"\\:#0.", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert load_document(f"x: {flow(value)}\n", "f").plain_data() == {"x": value}


@given(st.lists(st.text("abc ,'\"é", min_size=1, max_size=30), min_size=1, max_size=40, unique=True))
def test_a_long_list_is_wrapped_and_read_back(members: list[str]) -> None:
    checks = {"x": [Check(check="in_set", argument=members), Check(check="not_in_set", argument=members, mostly=0.5)]}
    text = body(Settled(columns={"x": DeclaredColumn()}, checks=checks))
    assert load_document(text, "f").plain_data() == {
        "version": 1,
        "columns": {"x": {"in_set": members, "checks": [{"not_in_set": members, "mostly": 0.5}]}},
    }
    assert max(len(line) for line in text.splitlines()) <= WIDTH + 40


@given(st.text(max_size=600))
def test_a_remark_is_one_line_whatever_it_holds(text: str) -> None:
    line = remark(text)
    assert line.startswith("#")
    assert line.isprintable()
    assert len(line) <= 410


def test_notes_stand_at_the_end() -> None:
    note = Note(Origin("check", "x"), "no", "yes")
    text = schema_text(["head"], Settled(columns={"x": DeclaredColumn()}), [note], [note])
    assert text == (
        "# head\nversion: 1\ncolumns:\n  x: {}\n#\n# Judged otherwise than before:\n# - check of x: no; nearest: yes\n"
        "#\n# Not imported:\n# - check of x: no; nearest: yes\n"
    )
