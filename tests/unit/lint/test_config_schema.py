"""JSON Schemas: findings in words, at the line of the key; and schemas proposed from configs."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.errors import ConfigError
from mlgate.lint.config_infer import infer_schema
from mlgate.lint.config_schema import config_schema, require_json_schema
from mlgate.lint.config_schema_name import named_schema
from mlgate.lint.config_schema_plain import surely_satisfies
from mlgate.lint.config_text import parse_config

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["seed"],
    "additionalProperties": False,
    "properties": {
        "seed": {"type": "integer"},
        "learning_rate": {"type": "number", "exclusiveMinimum": 0},
        "optimizer": {"enum": ["adam", "sgd"]},
        "fp16": {"type": "boolean"},
        "data": {"type": "string", "format": "path"},
        "extra": {"type": "string", "x-mlgate": {"path": "exists"}},
        "size": {"anyOf": [{"type": "integer", "minimum": 1}, {"const": "auto"}]},
        "model": {
            "oneOf": [
                {
                    "type": "object",
                    "properties": {"kind": {"const": "cnn"}, "depth": {"type": "integer"}},
                    "required": ["kind", "depth"],
                },
                {"type": "object", "properties": {"kind": {"const": "mlp"}}, "required": ["kind", "width"]},
            ]
        },
        "tags": {"type": "array", "uniqueItems": True, "minItems": 1, "items": {"type": "string"}},
    },
}


def told(text: str, schema: dict[str, Any] = SCHEMA, path: str = "c.yaml") -> list[tuple[int, str, str, str]]:
    found = config_schema(parse_config(text, path), schema, "s.json", {"data/x.csv"}.__contains__)
    return [(item.line, item.part, item.message, item.hint) for item in found]


@pytest.mark.parametrize(
    ("text", "line", "part", "message", "hint"),
    [
        ("a: 1\nseed: 1\n", 1, "a:additionalProperties", "unknown key a", "known: seed, learning_rate"),
        (
            "seed: 1\nlearnig_rate: 0.1\n", 2, "learnig_rate:additionalProperties",
            "unknown key learnig_rate; did you mean learning_rate?", "write learning_rate",
        ),
        ("fp16: true\n", 1, ":required", "the key 'seed' is missing", "add seed"),
        ("seed: '7'\n", 1, "seed:type", "seed: expected a whole number, found text '7'", "write it without quotes"),
        ("seed: 1\nfp16: no\n", 2, "fp16:type", "fp16: expected true or false, found text 'no'", "write false"),
        ("seed: 1\noptimizer: adm\n", 2, "optimizer:enum", "'adm' is not one of 'adam', 'sgd'", "did you mean adam?"),
        ("seed: 1\nlearning_rate: 0\n", 2, "learning_rate:exclusiveMinimum", "0 is not above 0", "see s.json"),
        ("seed: 1\nlearning_rate: .inf\n", 2, "learning_rate:finite", "satisfies no schema", "finite"),
        ("seed: 1\ndata: data/y.csv\n", 2, "data:format", "data/y.csv is not there", "correct the path"),
        ("seed: 1\nextra: gone\n", 2, "extra:x-mlgate", "gone is not there", "correct the path"),
        ("seed: 1\nsize: 0\n", 2, "size:minimum", "size: 0 is below the minimum of 1", "see s.json"),
        ("seed: 1\nsize: big\n", 2, "size:anyOf", "expected a whole number or 'auto', found 'big'", "see s.json"),
        ("seed: 1\nmodel:\n  kind: cnn\n  depth: deep\n", 4, "model/depth:type", "found text 'deep'", "see s.json"),
        ("seed: 1\nmodel:\n  kind: mlp\n", 2, "model:required", "the key 'width' is missing", "add width"),
        ("seed: 1\ntags: [a, a]\n", 2, "tags:uniqueItems", "stands twice", "keep one"),
        ("seed: 1\ntags: []\n", 2, "tags:minItems", "fewer than 1 items", "see s.json"),
    ],
)  # fmt: skip
def test_a_finding_has_the_place_the_fact_and_the_next_step(
    text: str, line: int, part: str, message: str, hint: str
) -> None:
    ((found_line, found_part, found_message, found_hint),) = told(text)
    assert (found_line, found_part) == (line, part)
    assert message in found_message
    assert hint in found_hint


def test_a_misspelt_key_is_named_beside_the_one_that_is_missing() -> None:
    schema = {"type": "object", "required": ["seed"], "properties": {"seed": {}}}
    assert "did you mean it by sead?" in told("sead: 7\n", schema)[0][3]


def test_what_is_right_is_not_told() -> None:
    assert told("seed: 1\nmodel: {kind: cnn, depth: 3}\nsize: auto\ndata: data/x.csv\n") == []
    assert told('{"$schema": "s.json", "seed": 1}', path="c.json") == []


@pytest.mark.parametrize(
    ("text", "path", "named"),
    [
        ("# yaml-language-server: $schema=../s.json\na: 1\n", "c.yaml", ("../s.json", 1)),
        ("a: 1\n#yaml-language-server:  $schema = https://x.org/s.json\n", "c.yaml", ("https://x.org/s.json", 2)),
        ("schema: 1\n", "c.yaml", ("", 0)),
        ('{"$schema": "s.json"}', "c.json", ("s.json", 1)),
        ('{"$schema": "https://json-schema.org/draft/2020-12/schema"}', "c.json", ("", 0)),
        ("#:schema s.json\na = 1\n", "c.toml", ("s.json", 1)),
        ("[a]\nschema = 1\n", "c.ini", ("", 0)),
    ],
)
def test_a_config_names_its_schema(text: str, path: str, named: tuple[str, int]) -> None:
    assert named_schema(parse_config(text, path)) == named


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nothing"},
        {"$ref": "https://example.org/x.json"},
        {"$ref": "#/$defs/absent"},
        {"properties": {"a": {"pattern": "^(a+)+$"}}},
    ],
)
def test_a_schema_that_reaches_out_or_could_run_away_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        require_json_schema(schema, "s.json")


def test_a_schema_that_refers_to_itself_without_end_is_refused() -> None:
    with pytest.raises(ConfigError, match="without end"):
        told("a: 1\n", {"$ref": "#"})


class TestInferred:
    """A proposed schema holds for what it came from, and refuses what is likely a mistake."""

    def test_types_required_keys_and_well_known_names(self) -> None:
        schema = infer_schema([{"seed": 1, "lr": 1, "m": {"d": "x"}, "e": None}, {"seed": 2, "lr": 0.1, "m": {}}], "t")
        properties = schema["properties"]
        assert schema["required"] == ["seed", "lr", "m"]
        assert properties["lr"] == {"type": "number", "exclusiveMinimum": 0}
        assert properties["seed"] == {"type": "integer", "minimum": 0}
        assert "required" not in properties["m"]
        assert properties["e"] == {"type": "null"}
        assert not schema["additionalProperties"]

    def test_texts_that_repeat_are_the_only_ones_from_four_configs_on(self) -> None:
        configs = [{"o": name} for name in ("adam", "sgd", "adam", "sgd")]
        assert infer_schema(configs, "t")["properties"]["o"]["enum"] == ["adam", "sgd"]
        assert "enum" not in infer_schema(configs[:3], "t")["properties"]["o"]

    def test_numbers_are_bounded_from_three_configs_on(self) -> None:
        schema = infer_schema([{"k": n} for n in (3, 5, 20)], "t")["properties"]["k"]
        assert schema == {"type": "integer", "minimum": 0, "maximum": 1000}
        assert infer_schema([{"k": 3}], "t")["properties"]["k"] == {"type": "integer"}

    @settings(max_examples=40)
    @given(
        st.lists(
            st.dictionaries(
                st.sampled_from(["lr", "seed", "batch_size", "dropout", "a", "b"]),
                st.recursive(
                    st.none()
                    | st.booleans()
                    | st.integers()
                    | st.floats(allow_nan=False, allow_infinity=False)
                    | st.text(max_size=3),
                    lambda inner: (
                        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
                    ),
                    max_leaves=6,
                ),
                max_size=4,
            ),
            min_size=1,
            max_size=5,
        )
    )
    def test_configs_satisfy_the_schema_that_is_proposed_from_them(self, configs: list[dict[str, Any]]) -> None:
        schema = infer_schema(configs, "t")
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for config in configs:
            assert not list(validator.iter_errors(config))
        assert json.dumps(schema) == json.dumps(infer_schema(configs, "t"))
        assert not validator.is_valid({**configs[0], "another key": 1})


_SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0, -2.0, "", "a", "ab"])
_PLAIN_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
)
_KINDS = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    count = st.integers(-1, 3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": _KINDS | st.lists(_KINDS, max_size=3) | st.just("any"),
            "enum": st.lists(_SCALARS, max_size=4),
            "minimum": st.integers(-2, 2) | st.just(True),
            "exclusiveMaximum": st.integers(-2, 2),
            "minLength": count,
            "maxItems": count,
            "maxProperties": count,
            "required": st.lists(st.sampled_from("abc"), max_size=3),
            "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
            "additionalProperties": inner,
            "items": inner,
            "title": st.just("t") | st.just(5),
            "$schema": st.just("http://json-schema.org/draft-04/schema#"),
            "pattern": st.just("a"),
            "format": st.just("path"),
        },
    )


@settings(max_examples=150)
@given(_PLAIN_VALUES, st.recursive(st.booleans() | st.just({}), _schemas, max_leaves=5))
def test_the_short_way_says_yes_only_where_the_library_does(value: Any, schema: Any) -> None:
    if surely_satisfies(value, schema):
        jsonschema.Draft202012Validator.check_schema(schema)
        assert jsonschema.Draft202012Validator(schema).is_valid(value)


@given(
    st.dictionaries(
        st.sampled_from(["lr", "seed", "a"]),
        _SCALARS.filter(lambda item: not isinstance(item, float) or item == 0.5),
        max_size=3,
    )
)
def test_the_short_way_suffices_for_a_proposed_schema(value: dict[str, Any]) -> None:
    assert surely_satisfies(value, infer_schema([value], "t"))
    assert not surely_satisfies({**value, "other": 1}, infer_schema([value], "t"))
