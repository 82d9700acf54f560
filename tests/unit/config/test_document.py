"""The YAML 1.2 core reader: values as written, places right, nothing constructed."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.core_scalars import resolve
from mlgate.config.document import MAX_DEPTH, load_document
from mlgate.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("1e-3", 0.001),
        ("1.0e-3", 0.001),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("12:30:45", "12:30:45"),
        ("2024-01-02", "2024-01-02"),
        ("1_000", "1_000"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        (".5", 0.5),
        ("-3", -3),
        ("-.inf", -math.inf),
        ("1.2.3", "1.2.3"),
        ("9" * 5000, math.inf),
    ],
)
def test_plain_scalars_follow_the_core_schema_of_yaml_12(text: str, value: object) -> None:
    found = resolve(text)
    assert found == value
    assert type(found) is type(value)


def test_nan_is_a_number_here_and_refused_where_a_bound_is_read() -> None:
    found = resolve(".nan")
    assert isinstance(found, float)
    assert math.isnan(found)


def test_quoted_scalars_stay_text() -> None:
    document = load_document("a: '1'\nb: \"true\"\nc: !!str 1e-3\nd: |\n  x\n", "f.yaml")
    assert document.plain_data() == {"a": "1", "b": "true", "c": "1e-3", "d": "x\n"}


def test_places_are_one_based() -> None:
    document = load_document("a: 1\nb:\n  - x\n  - yy: 2\n", "f.yaml")
    assert isinstance(document.value, dict)
    items = document.value["b"].value
    assert isinstance(items, list)
    assert (items[1].line, items[1].column) == (4, 5)
    assert document.key_places["b"] == ("f.yaml", 2, 1)


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("a: 1\na: 2\n", "stands twice (first in line 1)", 2),
        ("a: [1\n", "not valid YAML", 2),
        ("a: 1\n\tb: 2\n", "not valid YAML", 2),
        ("a: !!python/object/apply:os.system [id]\n", "is not allowed", 1),
        ("a: !include x.yaml\n", "is not allowed", 1),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "merge keys", 3),
        ("? [a, b]\n: 1\n", "a key must be a single value", 1),
        ("a: 1\n---\nb: 2\n", "not valid YAML", 2),
        ("a: *nowhere\n", "not valid YAML", 1),
    ],
)
def test_mistakes_name_their_place(text: str, words: str, line: int) -> None:
    with pytest.raises(ConfigError, match=r"f\.yaml") as caught:
        load_document(text, "f.yaml")
    assert words in caught.value.reason
    assert caught.value.line == line
    assert caught.value.exit_code == 2


def test_tags_are_opaque_text_and_merges_followed_where_the_document_is_somebody_elses() -> None:
    text = "a: !include x.yaml\nb: &b {c: 1, d: 2}\ne:\n  d: 3\n  <<: *b\nf: !!python/name:os.system x\n"
    document = load_document(text, "f.yaml", foreign_tags=True)
    assert document.plain_data() == {"a": "x.yaml", "b": {"c": 1, "d": 2}, "e": {"d": 3, "c": 1}, "f": "x"}
    assert isinstance(document.value, dict)
    assert document.value["f"].tag.endswith("python/name:os.system")
    assert document.value["e"].key_places["c"] == ("f.yaml", 2, 8)


@pytest.mark.parametrize("text", ["a:\n  <<: 5\n", "b: &b [1]\na:\n  <<: *b\n", "a: &a {}\nb:\n  <<: *a\n  <<: *a\n"])
def test_a_merge_of_no_mapping_and_a_second_merge_key_are_mistakes(text: str) -> None:
    with pytest.raises(ConfigError, match=r"<<"):
        load_document(text, "f.yaml", foreign_tags=True)


def test_aliases_cannot_multiply_without_bound() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for level in range(1, 9):
        previous, name = chr(96 + level), chr(97 + level)
        bomb += f"{name}: &{name} [{', '.join([f'*{previous}'] * 9)}]\n"
    with pytest.raises(ConfigError, match="grows beyond"):
        load_document(bomb, "f.yaml")


def test_depth_is_bounded_also_where_an_alias_holds_itself() -> None:
    with pytest.raises(ConfigError, match="grows beyond"):
        load_document("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), "f.yaml")
    with pytest.raises(ConfigError, match="grows beyond"):
        load_document("a: &a [*a]\n", "f.yaml")


def test_a_byte_order_mark_is_not_part_of_the_first_key() -> None:
    assert load_document("\ufeffa: 1\n", "f.yaml").plain_data() == {"a": 1}


def test_an_empty_file_is_nothing() -> None:
    assert load_document("# only a comment\n", "f.yaml").value is None


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(_json)
def test_json_is_read_as_json(value: object) -> None:
    text = json.dumps(value)
    if "\\ud8" in text or "\\udc" in text or "\\ud9" in text or "\\udb" in text or "\\uda" in text:
        return  # surrogate pairs: YAML escapes have no such thing
    assert load_document(text, "f.json").plain_data() == value


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_config_error(text: str) -> None:
    try:
        load_document(text, "f.yaml")
    except ConfigError as mistake:
        assert mistake.reason
