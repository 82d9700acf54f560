"""Files that are no such file, and files that are made to do harm: refused with a clear message, or listed."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.config.schema_file import parse_schema
from mlgate.data.imports import KINDS, import_schema
from mlgate.errors import MlgateError, UsageError
from tests.unit.data.imports.importing import file_text, imported, left, suite

SUITE = suite(("column_values_to_be_unique", {"column": "x"}))


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "nothing that can be imported"),
        ("[]", "nothing that can be imported"),
        ("3", "nothing that can be imported"),
        ("{}", "nothing that can be imported"),
        ('{"columns": {}}', "nothing that can be imported"),
        ('{"expectations": [], "fields": []}', "could be a Great Expectations suite or a Frictionless Table Schema"),
        ('{"expectations": [', "not valid JSON"),
        ('{"expectations": [], "expectations": []}', "the key 'expectations' stands twice"),
        ('{"a": ' * 90 + "1" + "}" * 90, "more than 64 levels"),
        ('{"a": ' * 5000 + "1" + "}" * 5000, "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ('{"a": ' + "9" * 5000 + "}", "not valid JSON"),
        ("schema_type: !!python/object/apply:os.system [x]\ncolumns: {}", "is not allowed"),
        ("schema_type: !include other.yaml\ncolumns: {}", "is not allowed"),
        ("columns: {x: 1, x: 2}", "stands twice"),
    ],
)
def test_what_is_no_such_file_is_wrong_usage(text: str, fact: str) -> None:
    with pytest.raises(UsageError) as caught:
        import_schema(text, "f")
    assert fact in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == 2


def test_what_was_expected_is_said() -> None:
    with pytest.raises(UsageError) as caught:
        import_schema("{}", "f.json")
    assert all(word in caught.value.hint for word in ("`expectations`", "`schema_type: dataframe`", "`fields`"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_is_forced_must_be_that_of_the_file(kind: str) -> None:
    with pytest.raises(UsageError, match="this is not"):
        import_schema('{"a": 1}', "f.json", kind=kind)


def test_a_forced_kind_decides_between_two() -> None:
    both = {**SUITE, "fields": [{"name": "y"}]}
    assert "Great Expectations" in imported(both, "gx").title
    assert "Frictionless" in imported(both, "frictionless").title


@pytest.mark.parametrize(
    "value",
    [
        "9" * 310,
        10**400,
        -(10**40),
        1e308,
        float("inf"),
        float("nan"),
        "\ud800",
        "\0",
        "a\nb",
        "\x1b[31m",
        [],
        {},
        None,
        True,
    ],
)
def test_odd_values_are_taken_or_left_but_never_written_so_that_the_schema_breaks(value: Any) -> None:
    for kwargs in ({"value_set": [value, "a"]}, {"value_set": value}):
        expectation = ("column_values_to_be_in_set", {"column": "x", **kwargs})
        found = imported({**suite(("column_to_exist", {"column": "y"}), expectation), "meta": {"odd": value}})
        assert found.text.isprintable() or "\x1b" not in found.text
        assert all(line.isprintable() for line in found.told())


@pytest.mark.parametrize(
    "name", ["a: b", "#x", "'", '"', "a\nb", "null", "1", "x" * 2000, "-", "é", "\u2028", "{", "*a", "!b", "&c", "? d"]
)
def test_any_column_name_can_be_written(name: str) -> None:
    found = imported(suite(("column_values_to_be_unique", {"column": name})))
    assert list(parse_schema(found.text, "s.yaml").columns) == [name]


def test_a_name_that_no_file_has_is_left() -> None:
    found = imported(suite(*(("column_values_to_be_unique", {"column": name}) for name in ("x", "\0", "\ud800"))))
    assert list(parse_schema(found.text, "s.yaml").columns) == ["x"]
    assert len(left(found)) == 4  # the column, and what is asked of it


def test_comments_stay_comments() -> None:
    evil = "x\nversion: 2\r\nb: 1\u2028c: 2\x85d: 3"
    found = imported({**SUITE, "name": evil, "notes": [evil], "meta": {evil: evil}, evil: evil})
    assert list(parse_schema(found.text, "s.yaml").columns) == ["x"]
    assert all(line.startswith("#") for line in found.text.splitlines()[: found.text.splitlines().index("version: 1")])


def test_a_suite_without_end_is_refused() -> None:
    between = ("column_values_to_be_between", {"column": "x", "min_value": 0})
    with pytest.raises(UsageError, match="3,001 checks of the column 'x', at most 3,000"):
        imported(suite(*[between] * 3_001))
    with pytest.raises(UsageError, match="20,001 elements, at most 20,000"):
        imported({"expectations": [3] * 20_001})


def test_a_set_without_end_is_left() -> None:
    members = ("column_values_to_be_in_set", {"column": "x", "value_set": [*range(5_001)]})
    (told,) = left(imported(suite(("column_to_exist", {"column": "x"}), members)))
    assert "has 5,001 members, at most 5,000 are taken; nearest: foreign_keys into a file" in told


def test_a_schema_that_would_be_too_large_is_refused() -> None:
    members = [f"{'x' * 1000}{n}" for n in range(300)]
    sets = [("column_values_to_be_in_set", {"column": f"c{n}", "value_set": members}) for n in range(7)]
    with pytest.raises(UsageError, match="its schema cannot be written"):
        imported(suite(*sets))


DOCUMENTS = [json.loads(file_text(name)) for name in ("gx_1.json", "gx_0.json", "table_schema.json")]
DOCUMENTS += [
    yaml.safe_load(file_text(name)) for name in ("pandera_list.yaml", "pandera_flat.yaml", "datapackage.yaml")
]
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["x", "int64", "[", "(?=a)"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all values of a document."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path] * bool(path) + [deeper for key, item in items for deeper in places(item, (*path, key))]


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_wrong_types_anywhere_never_break_the_import(data: st.DataObject) -> None:
    document = copy.deepcopy(data.draw(st.sampled_from(DOCUMENTS)))
    for _ in range(data.draw(st.integers(1, 3))):
        found = places(document)
        path = data.draw(st.sampled_from(found)) if found else ()
        inner = document
        for key in path[:-1]:
            inner = inner[key]
        if path:
            inner[path[-1]] = data.draw(ODD)
    try:
        result = import_schema(json.dumps(document), "f.json")
    except MlgateError as problem:
        assert problem.hint
    else:
        parse_schema(result.text, "s.yaml")
        assert all(line.isprintable() for line in result.told())
