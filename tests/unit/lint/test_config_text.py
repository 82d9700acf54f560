"""Configs of all kinds as documents with places, and mistakes in words that a person acts on."""

from __future__ import annotations

import configparser
import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.errors import ConfigError, SourceError
from mlgate.lint.config_bytes import decode_config
from mlgate.lint.config_text import parse_config


@pytest.mark.parametrize(
    ("text", "line", "fact", "hint"),
    [
        ("a: 1\n\tb: 2\n", 2, "a tab indents the line", "spaces"),
        ("a:\n\tb: 2\n", 2, "a tab indents the line", "spaces"),
        ("a: @x\n", 1, "cannot start with @", "quote"),
        ("a: %x\n", 1, "cannot start with %", "quote"),
        ("a: `x`\n", 1, "cannot start with `", "quote"),
        ("a: {{ x }}\n", 1, "a key must be a single value", "{{ ... }} is text in quotes"),
        ("a: 1\nb:2\nc: 3\n", 2, "no space stands after the colon", "key: value"),
        ("a: 1\nb = 2\nc: 3\n", 2, "key = value", "key: value"),
        ("a: b: c\n", 1, "a second colon", "quote"),
        ('a: "x\nb: 2\n', 1, "a quote is opened and never closed", "close it"),
        ("a: 'it's'\n", 1, "an apostrophe ends the text", "''"),
        ("a: 1\nb: *x\n", 2, "no anchor above the line is called x", "none"),
        ("x: &base {a: 1}\ny:\n  <<: *basse\n", 3, "called basse", "did you mean *base?"),
        ("y: *base\nx: &base {a: 1}\n", 1, "called base", "above"),
        ("a: 1\n---\nb: 2\n", 2, "a second document", "split"),
        ("a: [1, 2\nb: 3\n", 1, "the bracket [ is not closed", "]"),
        ("a: 1\n  b: 2\n", 2, "indented by 2 spaces", "align"),
        ("a:\n    b: 1\n  c: 2\n", 3, "indented by 2 spaces, those above by 0, 4", "align"),
        ("a: 1\n- b\n", 2, "a list item stands where a key is expected", "indent"),
        ("a: 1\nb\uff1a2\nc: 1\n", 2, "of full width", "write :"),
        ('a: "x",\nb: 2\n', 1, "a comma ends the line", "delete"),
        ("a: 1\x00\n", 1, "a NUL character", "delete"),
        ("a: *.py\n", 1, "an alias", "quote"),
        ("a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", 2, "a merge conflict of Git", "keep one side"),
        ('a: "C:\\Users\\x"\n', 1, "not valid YAML", ""),
    ],
)
def test_mistakes_of_yaml(text: str, line: int, fact: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "c.yaml")
    assert (caught.value.line, fact in caught.value.reason, hint in caught.value.hint) == (line, True, True), str(
        caught.value
    )


@pytest.mark.parametrize(
    ("text", "line", "column", "fact"),
    [
        ('{"a": NaN}', 1, 7, "NaN is not JSON"),
        ('{"a": -Infinity}', 1, 7, "-Infinity is not JSON"),
        ('{"a": 1,}', 1, 8, "a comma stands before }"),
        ("[1,\n]", 1, 3, "a comma stands before ]"),
        ('{"a": 1 "b": 2}', 1, 9, "a comma or } is expected"),
        ("{'a': 1}", 1, 2, "JSON has no ' quotes"),
        ("{a: 1}", 1, 2, "the key a has no quotes"),
        ('{"a": 01}', 1, 7, "01 is no number of JSON"),
        ('{"a": .5}', 1, 7, ".5 is no number of JSON"),
        ('{"a": True}', 1, 7, "True is not JSON"),
        ('{"a": None}', 1, 7, "None is not JSON"),
        ('{"a": 1} {}', 1, 10, "a second value"),
        ("// x\n{}", 1, 1, "JSON has no comments"),
        ('{"a": 1 /* x */}', 1, 9, "JSON has no comments"),
        ('{"a": "x\ty"}', 1, 9, "control character"),
        ('{"a": "x', 1, 7, "Unterminated string"),
        ('{"a": "\\x"}', 1, 8, "escape"),
        ('{"a": 1', 1, 8, "the file ends where"),
        ('{"a": 1,\n "a": 2}', 2, 2, "the key 'a' stands twice (first in line 1)"),
        ('{"a": abc}', 1, 7, "found 'abc'"),
        ('{"a": 1\u00a0}', 1, 8, "U+00A0"),
        ("", 1, 1, "the file is empty"),
        ("[" * 70 + "]" * 70, 1, 66, "nested deeper than 64 levels"),
        ("\ufeff{}", 1, None, "byte order mark"),
    ],
)  # fmt: skip
def test_mistakes_of_json(text: str, line: int, column: int | None, fact: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "c.json")
    assert fact in caught.value.reason
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "line", "fact", "hint"),
    [
        ("a = True\n", 1, "True is no value of TOML", "write true"),
        ("a = 1\nb = None\n", 2, "which has no null", "leave the key out"),
        ("a: 1\n", 1, "is YAML, not TOML", "key = value"),
        ("a = adam\n", 1, "adam has no quotes", '"adam"'),
        ("a = 01\n", 1, "leading zero", "without it"),
        ("a = 1\na = 2\n", 2, "stands twice", "keep one"),
        ("[t]\n[t]\n", 2, "stands twice", "keep one"),
        ("\ufeffa = 1\n", 1, "byte order mark", "BOM"),
        ('a = "x\n', 1, "not valid TOML", "syntax"),
    ],
)
def test_mistakes_of_toml(text: str, line: int, fact: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "c.toml")
    assert (caught.value.line, fact in caught.value.reason, hint in caught.value.hint) == (line, True, True), str(
        caught.value
    )


@pytest.mark.parametrize(
    ("text", "line", "fact"),
    [
        ("x = 1\n", 1, "before the first section"),
        ("[a]\n[a]\n", 2, "stands twice"),
        ("[a]\nx = 1\nX = 2\n", 3, "stands twice"),
        ("[a]\nfoo\n", 2, "is no option"),
        ("[a\nx = 1\n", 1, "is not closed"),
    ],
)
def test_mistakes_of_ini(text: str, line: int, fact: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "c.ini")
    assert caught.value.line == line
    assert fact in caught.value.reason
    with pytest.raises(configparser.Error):
        configparser.ConfigParser().read_string(text)


def test_places_of_every_kind() -> None:
    texts = {
        "c.yaml": "a:\n  b: 1\nc: [1,\n  2]\n",
        "c.json": '{"a":\n {"b": 1},\n"c": [1,\n 2]}',
        "c.toml": "a = {}\nc = [1, 2]\n[a2]\n\n[a3]\nb = 1\n[[d]]\nx = 1\n[[d]]\nx = 2\n",
        "c.ini": "[a]\n# note\nb = 1\n",
    }
    lines = {path: {e.name: e.key_line for e in parse_config(text, path).entries} for path, text in texts.items()}
    assert lines["c.yaml"] == {"a": 1, "a.b": 2, "c": 3, "c.0": 3, "c.1": 4}
    assert lines["c.json"] == {"a": 1, "a.b": 2, "c": 3, "c.0": 3, "c.1": 4}
    assert lines["c.toml"] | {"a": 1, "a2": 3, "a3": 5, "a3.b": 6, "d.0.x": 8, "d.1.x": 10} == lines["c.toml"]
    assert lines["c.ini"] == {"a": 1, "a.b": 3}


@settings(max_examples=40)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**20), 10**20)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=12,
    ),
    st.booleans(),
)
def test_json_means_what_the_standard_library_reads(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=1)
    assert parse_config(text, "c.json").document.plain_data() == json.loads(text)


@given(st.text(alphabet='{}[]:,"0aeE+-. \ntrufls\\', max_size=20))
def test_json_is_refused_where_the_standard_library_refuses_it(text: str) -> None:
    def distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("twice")
        return dict(pairs)

    try:
        expected = json.loads(text, object_pairs_hook=distinct)
    except ValueError:
        with pytest.raises(ConfigError):
            parse_config(text, "c.json")
    else:
        assert parse_config(text, "c.json").document.plain_data() == expected


_NAMES = st.text("abcxyz", min_size=1, max_size=5)


@settings(max_examples=40)
@given(st.dictionaries(_NAMES, st.dictionaries(_NAMES, st.text("abc =:1", max_size=10), max_size=3), max_size=3))
def test_ini_means_what_configparser_reads(value: dict[str, dict[str, str]]) -> None:
    text = "".join(
        f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in options.items()) for name, options in value.items()
    )
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    assert parse_config(text, "c.ini").document.plain_data() == {name: dict(parser[name]) for name in parser.sections()}


@settings(max_examples=40)
@given(
    st.dictionaries(
        _NAMES, st.integers() | st.text("ab", max_size=4) | st.dictionaries(_NAMES, st.booleans(), max_size=2)
    )
)
def test_toml_means_what_the_standard_library_reads(value: dict[str, object]) -> None:
    lines = [f"{key} = {json.dumps(item)}" for key, item in value.items() if not isinstance(item, dict)]
    for key, item in value.items():
        if isinstance(item, dict):
            lines += [f"[{key}]", *(f"{name} = {json.dumps(flag)}" for name, flag in item.items())]
    text = "\n".join(lines)
    config = parse_config(text, "c.toml")
    assert config.document.plain_data() == tomllib.loads(text)
    assert all(entry.key in text.split("\n")[entry.key_line - 1] for entry in config.entries)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("a: é\n".encode("utf-16"), "UTF-16 text, not UTF-8"),
        ("a: bcd\nefg: h\n".encode("utf-16-le"), "looks like UTF-16LE"),
        ("a: bcd\nefg: h\n".encode("utf-16-be"), "looks like UTF-16BE"),
        ("a: 1\n".encode("utf-32"), "UTF-32 text"),
        (b"a: 1\nb: \xe9\n", "byte 0xE9 (byte 9 of the file, line 2)"),
        (b"\x1f\x8babc", "gzip data, not text"),
    ],
)
def test_other_encodings_are_named(data: bytes, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        decode_config(data, "c.yaml")
    assert words in caught.value.message
    assert caught.value.hint


def test_utf_8_is_text_with_its_byte_order_mark() -> None:
    assert decode_config("\ufeffa: é\n".encode(), "c.yaml") == "\ufeffa: é\n"


def test_a_large_json_file_is_read_without_places() -> None:
    text = json.dumps({"rows": [{"name": "x" * 90, "n": n} for n in range(6000)]})
    assert parse_config(text, "c.json").document.plain_data() == json.loads(text)
    with pytest.raises(ConfigError, match="stands twice"):
        parse_config(text[:-1] + ', "rows": 1}', "c.json")


def test_what_is_too_deep_or_too_much_is_refused_before_it_takes_memory() -> None:
    with pytest.raises(ConfigError, match="nested deeper"):
        parse_config(".".join(["a"] * 1500) + " = 1\n", "c.toml")
    with pytest.raises(ConfigError, match="nested deeper"):
        parse_config('{"a": ' * 100 + "1" + "}" * 100 + " " * 500_000, "c.json")
    with pytest.raises(SourceError, match="holds more than 200,000 values"):
        parse_config("[" + "1," * 300_000 + "1]", "c.json")


def test_json_without_its_ending_is_json() -> None:
    assert parse_config('{"a": 1}', "settings").kind == "json"
    assert parse_config("{a: 1}", "c.yaml").kind == "yaml"
