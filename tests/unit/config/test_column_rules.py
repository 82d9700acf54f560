"""Checks of columns as a schema declares them: what becomes of an argument, and what never fits."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mlgate.config.column_arguments import DomainMass, JsonSchema, MostCommon, Order, Patterns, ZScore
from mlgate.config.column_rules import COLUMN_RULES
from mlgate.config.document import load_document
from mlgate.config.json_schema import load_json_schemas
from mlgate.config.json_schema_mistakes import repeats_a_repeat
from mlgate.config.schema import Bound, Schema
from mlgate.config.schema_file import parse_schema, schema_json_schema
from mlgate.data.catalogue import COLUMN_CHECKS
from mlgate.errors import ConfigError

PERSON = {"type": "object", "required": ["age"], "properties": {"age": {"$ref": "#/$defs/age"}}, "$defs": {"age": {}}}


def text_of(column: str) -> str:
    return f"version: 1\ncolumns:\n  a:\n    {{{column}}}\n"


def argument(column: str) -> Any:
    (rule,) = parse_schema(text_of(column), "s.yaml").columns["a"].rules
    return rule.argument


GOOD: list[tuple[str, Any]] = [
    ("null: true", True),
    ("type: integer, unique_fraction: [0.5, null]", Bound(min=0.5)),
    ("unique_count: {max: 20}", Bound(max=20)),
    ("type: string, distinct_in_set: [a, b]", ("a", "b")),
    ("type: integer, distinct_contain: [1]", (1,)),
    ("distinct_equal: [1, x, true]", (1, "x", True)),
    ("type: string, most_common: [a]", MostCommon(("a",))),
    ("type: string, most_common: {values: [a, b], ties_okay: true}", MostCommon(("a", "b"), ties_okay=True)),
    ("type: string, domain_mass: {values: [a], min: 0.95}", DomainMass(("a",), 0.95)),
    ("type: string, regex: x+", "x+"),
    ("type: string, regex: [a, b]", Patterns(("a", "b"))),
    ("type: string, regex: {any: [a, b]}", Patterns(("a", "b"))),
    ("type: string, fullmatch: {all: [a, b]}", Patterns(("a", "b"), every=True)),
    ("type: string, not_regex: [a]", Patterns(("a",))),
    ("type: string, length: 5", Bound(min=5, max=5)),
    ("type: string, length: [1, null]", Bound(min=1)),
    ("type: string, datetime_format: '%d.%m.%Y %H:%M'", "%d.%m.%Y %H:%M"),
    ("type: string, datetime_format: '%%z %Y%z'", "%%z %Y%z"),
    ("type: string, json: true", True),
    ("type: string, json_schema: {type: object}", JsonSchema(schema={"type": "object"})),
    ("type: string, json_schema: schemas/p.json", JsonSchema(path="schemas/p.json")),
    ("type: date, increasing: true", Order()),
    ("type: string, decreasing: {strictly: true}", Order(strictly=True)),
    ("type: date, min: [2020-01-01, null]", Bound(min="2020-01-01")),
    ("type: number, max: {strict_max: 1}", Bound(strict_max=1)),
    ("type: number, skew: [-1, 1]", Bound(min=-1, max=1)),
    ("type: number, kurtosis: {max: 3}", Bound(max=3)),
    ("type: string, entropy: {min: 0.5}", Bound(min=0.5)),
    ("type: integer, iqr: [0, 9]", Bound(min=0, max=9)),
    ("type: number, z_score: 3", ZScore(3)),
    ("type: number, z_score: {threshold: 2.5, double_sided: false}", ZScore(2.5, double_sided=False)),
]


@pytest.mark.parametrize(("column", "expected"), GOOD, ids=itertools.count())
def test_an_argument_becomes_a_frozen_object(column: str, expected: Any) -> None:
    assert argument(column) == expected


@pytest.mark.parametrize(("column", "expected"), GOOD, ids=itertools.count())
def test_the_published_schema_takes_what_we_take(column: str, expected: Any) -> None:
    data = load_document(text_of(column), "s.yaml").plain_data()
    jsonschema.Draft202012Validator(schema_json_schema()).validate(data)


BAD: list[tuple[str, str]] = [
    ('type: string, in_set: ["a\\0"]', "holds a zero character"),
    ('type: string, between: ["a\\0", b]', "holds a zero character"),
    ('type: string, regex: "a\\0"', "holds a zero character"),
    (f"type: string, regex: '{'(a?){1000}' * 50}'", "the pattern is too large"),
    ("type: string, regex: '((a{100}){100}){2}'", "the pattern is too large"),
    (f"type: string, regex: '{'a' * 2_001}'", "the pattern is too large"),
    ("null: false", "expected true"),
    ("null_fraction: {max: 5}", "5 is not a share"),
    ("unique_fraction: [0, 1.5]", "1.5 is not a share"),
    ("unique_fraction: {strict_min: 1}", "never above 1"),
    ("unique_count: [-3, -1]", "never below 0"),
    ("unique_count: {max: 2.5}", "2.5 is not a whole number"),
    ("unique_count: {strict_max: 0}", "never below 0"),
    ("type: string, unique_count: [a, b]", "the end 'a' is no number"),
    ("type: integer, distinct_in_set: [a]", "'a' is no integer"),
    ("type: string, distinct_contain: [1]", "1 is no string"),
    ("type: boolean, distinct_equal: ['true']", "'true' is no boolean"),
    ("type: binary, distinct_equal: [a]", "distinct_equal needs values that can be written, the column is binary"),
    ("distinct_contain: []", "at least 1 items"),
    ("type: date, most_common: [x]", "'x' is no date"),
    ("most_common: {ties_okay: true}", "needs the key 'values'"),
    ("most_common: {values: [a], tie: true}", "unknown key 'tie'"),
    ("type: integer, domain_mass: {values: [a], min: 0.9}", "'a' is no integer"),
    ("domain_mass: {values: [a], min: 95}", "95 is outside above 0 to 1"),
    ("domain_mass: [a]", "expected a mapping"),
    ("type: integer, not_regex: a", "not_regex needs text, the column is integer"),
    ("not_regex: {all: [a]}", "expected text, found a mapping"),
    ("regex: {all: [a], any: [b]}", "patterns are met in one way"),
    ("regex: []", "at least 1 items"),
    ("regex: [a, '(']", "not a regular expression"),
    ("fullmatch: {none: [a]}", "unknown key 'none'"),
    ("length: -1", "-1 is outside 0"),
    ("length: 2.5", "expected a whole number"),
    ("length: [null, -1]", "never below 0"),
    ("length: [0.5, 2]", "0.5 is not a whole number"),
    ("type: number, length: 5", "length needs text"),
    ("datetime_format: '%c'", "'%c' is no directive that is checked"),
    ("datetime_format: '%U %Y'", "'%U' is no directive"),
    ("datetime_format: '%Y%'", "'%' is no directive"),
    ("datetime_format: today", "holds no directive"),
    ("datetime_format: '100%%'", "holds no directive"),
    ("datetime_format: '%z %H'", "%z must end the format"),
    ("datetime_format: '%a %H'", "the day of the week is judged by the date"),
    ("datetime_format: '%I:%M'", "%I and %p go together"),
    ("datetime_format: '%H:%M %p'", "%I and %p go together"),
    ("datetime_format: '%H %I %p'", "%H and %I say the same"),
    ("datetime_format: '%Y-%m %j'", "%j and %m say the same"),
    ("type: date, datetime_format: '%Y'", "datetime_format needs text"),
    ("type: integer, json: true", "json needs text"),
    ("json_schema: {type: objekt}", "not a JSON Schema: 'objekt' is not valid"),
    ("json_schema: {$ref: 'https://example.com/s.json'}", "refers to https://example.com/s.json, which is not in it"),
    ("json_schema: {$ref: '#/$defs/nobody'}", "refers to #/$defs/nobody, which is not in it"),
    ("json_schema: {$ref: '#nobody'}", "refers to #nobody, which is not in it"),
    ("json_schema: {properties: {x: {pattern: '(a+)+$'}}}", "repeats what varies in length"),
    ("json_schema: {patternProperties: {'^(a|b)*$': {}}}", "repeats what varies in length"),
    ("json_schema: {pattern: '('}", "'(' is not a 'regex'|the pattern '(' of the JSON Schema is none"),
    ("json_schema: ../../etc/passwd", "leaves the repository"),
    ("json_schema: https://example.com/s.json", "is a URL"),
    ("json_schema: [a]", "expected text"),
    ("type: boolean, increasing: true", "increasing needs values that have an order, the column is boolean"),
    ("increasing: {strict: true}", "unknown key 'strict'"),
    ("increasing: false", "expected true"),
    ("type: string, min: [0, 1]", "min needs numbers, dates or times, the column is string"),
    ("type: date, max: [0, 1]", "the end 0 is no date"),
    ("type: integer, min: [2020-01-01, null]", "the end '2020-01-01' is no integer"),
    ("type: string, skew: [0, 1]", "skew needs a number"),
    ("type: date, kurtosis: [0, 1]", "kurtosis needs a number"),
    ("type: integer, iqr: [-2, -1]", "iqr is never below 0"),
    ("type: integer, std: {max: -1}", "never below 0"),
    ("entropy: [1, 0]", "is min larger than max"),
    ("type: string, z_score: 3", "z_score needs a number"),
    ("type: number, z_score: 0", "0 is outside above 0"),
    ("type: number, z_score: {double_sided: true}", "needs the key 'threshold'"),
    ("type: integer, label_distribution: {x: [0, 1]}", "the label 'x' is no integer"),
    ("type: boolean, label_distribution: {1: [0, 1]}", "the label '1' is no boolean"),
    ("type: number, label_distribution: {nan: [0, 1]}", "the label 'nan' is no number"),
    ("type: integer, checks: [{max: [a, b]}]", "the end 'a' is no integer"),
    ("type: integer, checks: [{mean: [0, 1], mostly: 0.5}]", "mostly changes nothing in mean"),
    ("checks: [{unique_count: [0, 1], mostly: 0.9}]", "mostly changes nothing in unique_count"),
]


@pytest.mark.parametrize(("column", "words"), BAD, ids=itertools.count())
def test_a_mistake_names_the_fact_and_the_line(column: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_schema(text_of(column), "s.yaml")
    assert any(part in str(caught.value) for part in words.split("|"))
    assert (caught.value.path, caught.value.line) == ("s.yaml", 4)


def test_a_mistake_of_the_long_form_stands_where_the_check_does() -> None:
    text = "version: 1\ncolumns:\n  a:\n    type: integer\n    checks:\n      - {min: [0, 1]}\n      - {regex: x}\n"
    with pytest.raises(ConfigError) as caught:
        parse_schema(text, "s.yaml")
    assert caught.value.line == 7


def test_every_rule_has_a_check_and_every_check_a_rule() -> None:
    assert set(COLUMN_RULES) | {"type"} == set(COLUMN_CHECKS)


class TestJsonSchemas:
    TEXT = (
        "version: 1\ncolumns:\n  a: {type: string, json_schema: schemas/p.json}\n  b: {type: string, json: true}\n"
        "table:\n  checks: [{columns: [b], json_schema: schemas/p.json}]\n"
    )

    def test_files_are_loaded(self) -> None:
        schema = parse_schema(self.TEXT, "s.yaml")
        asked: list[str] = []

        def load(path: str) -> dict[str, Any]:
            asked.append(path)
            return PERSON

        loaded = load_json_schemas(schema, load)
        expected = JsonSchema(path="schemas/p.json", schema=PERSON)
        assert loaded.columns["a"].rules[0].argument == loaded.selections[0].rule.argument == expected
        assert loaded.columns["b"] == schema.columns["b"]
        assert set(asked) == {"schemas/p.json"}

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ({"type": 5}, "not a JSON Schema"),
            ({"$schema": 5}, r"\$schema is no text"),
            ({"$ref": "file:///etc/passwd"}, "refers to file:///etc/passwd"),
            ({"items": {"pattern": "(x*)*"}}, "repeats what varies"),
        ],
    )
    def test_what_a_file_may_not_hold(self, content: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigError, match=words) as caught:
            load_json_schemas(parse_schema(self.TEXT, "s.yaml"), lambda _: content)
        assert caught.value.path == "schemas/p.json"

    def test_one_that_is_nested_too_deeply(self) -> None:
        deep: dict[str, Any] = {}
        for _ in range(5_000):
            deep = {"not": deep}
        with pytest.raises(ConfigError, match="nested too deeply"):
            load_json_schemas(parse_schema(self.TEXT, "s.yaml"), lambda _: deep)

    def test_the_digest_tells_schemas_apart(self) -> None:
        one, other = JsonSchema(schema={"type": "object"}), JsonSchema(schema={"type": "array"})
        assert one.digest != other.digest
        assert one.digest == JsonSchema(path="x.json", schema={"type": "object"}).digest
        assert one.digest.isalnum()

    @pytest.mark.parametrize("anchor", ["here", "#here"])
    def test_an_anchor_is_inside(self, anchor: str) -> None:
        key = "$id" if anchor.startswith("#") else "$anchor"
        draft = (
            "http://json-schema.org/draft-07/schema#"
            if key == "$id"
            else "https://json-schema.org/draft/2020-12/schema"
        )
        text = json.dumps({"$schema": draft, "$ref": "#here", "definitions": {"x": {key: anchor}}})
        assert argument(f"type: string, json_schema: {text}").schema["$ref"] == "#here"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("(a+)+", True), ("(a*)*", True), ("(?:a|b)+", True), ("((a+)b)*", True), ("(a?){20}", True), ("(a{1,3}){2,}", True),
        ("(a+){3}", False), ("(ab)+", False), ("([0-9]{3}-)*", False), ("[(a+)+]", False), (r"\(a+\)+", False),
        ("(a+)(b+)", False), ("(a+)?", False), ("a+b*", False), ("a{2,}{3,}", False), ("", False), ("(", False), (")+", False),
        ("([a-z]+@)*x", True), ("(a|b)(c|d)", False), ("(a|b)?", False), ("(?P<x>a+)+", True), ("(a{3})*", False),
    ],
)  # fmt: skip
def test_repeats_inside_repeats(pattern: str, expected: bool) -> None:
    assert repeats_a_repeat(pattern) is expected


def test_the_schema_stays_frozen(tmp_path: Path) -> None:
    schema = parse_schema(text_of("type: string, json_schema: p.json"), "s.yaml")
    assert isinstance(load_json_schemas(schema, lambda _: {}), Schema)
    assert schema.columns["a"].rules[0].argument.schema is None
