"""Whether a value surely satisfies a JSON Schema of the common keywords, without the library that knows all of them.

For the hook: importing `jsonschema` takes longer than all else that it does. Nothing is found here. "No" means that the
library must look, which also tells what is wrong; "yes" is only said where the library would say it, too.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DRAFTS = (
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2020-12/schema#",
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/draft-07/schema",
)
_TEXTS = {"title", "description", "$comment"}
_BOUNDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_COUNTS = {"minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"}
_TYPES = {"null", "boolean", "integer", "number", "string", "array", "object"}
MAX_DEPTH = 64


def surely_satisfies(value: Any, schema: Any) -> bool:
    """Whether the schema has only keywords that are known here, is right, and the value satisfies it.

    Examples
    --------
    >>> schema = {"type": "object", "properties": {"lr": {"type": "number", "minimum": 0}}, "required": ["lr"]}
    >>> [surely_satisfies(value, schema) for value in ({"lr": 0.1}, {"lr": -1}, {"lr": True})]
    [True, False, False]
    >>> surely_satisfies({"lr": 0.1}, {"patternProperties": {"^l": {}}})
    False
    """
    if not isinstance(schema, dict) or schema.get("$schema", _DRAFTS[0]) not in _DRAFTS:
        return False
    whole = {key: item for key, item in schema.items() if key != "$schema"}
    return _is_known(whole, 0) and _satisfies(value, whole)


def _is_known(schema: Any, depth: int) -> bool:
    """Whether every keyword is known, with a value of the right kind, all the way down."""
    if isinstance(schema, bool):
        return True
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return False
    return all(_is_right(key, item, depth) for key, item in schema.items())


def _is_right(key: str, item: Any, depth: int) -> bool:
    if key in ("type", "required", "enum"):
        return _is_right_list(key, item)
    if key in _BOUNDS:
        return _is_number(item)
    if key in _COUNTS:
        return isinstance(item, int) and not isinstance(item, bool) and item >= 0
    if key == "properties":
        return isinstance(item, dict) and all(_is_known(one, depth + 1) for one in item.values())
    if key in ("additionalProperties", "items"):
        return _is_known(item, depth + 1)
    return key == "default" or (key in _TEXTS and isinstance(item, str))


def _is_right_list(key: str, item: Any) -> bool:
    listed = [item] if key == "type" and isinstance(item, str) else item
    if not isinstance(listed, list) or not _are_distinct(listed):
        return False
    if key == "enum":
        return bool(listed) and all(map(_is_scalar, listed))
    texts = all(isinstance(one, str) for one in listed)
    return texts and (key == "required" or (bool(listed) and _TYPES.issuperset(listed)))


def _are_distinct(items: list[Any]) -> bool:
    return not any(_is_same(one, other) for n, one in enumerate(items) for other in items[:n])


def _is_number(value: Any) -> bool:
    """Whether it is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -1e308 < value < 1e308


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | bool) or _is_number(value)


def _is_same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)  # true is not 1


def _satisfies(value: Any, schema: Any) -> bool:
    if not isinstance(schema, dict):
        return schema is True
    if not _has_type(value, schema.get("type")):
        return False
    if "enum" in schema and not any(_is_same(value, one) for one in schema["enum"]):
        return False
    if isinstance(value, str):
        return bool(schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)))
    if isinstance(value, list):
        counted = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
        return counted and all(_satisfies(item, schema.get("items", True)) for item in value)
    if isinstance(value, dict):
        return _satisfies_as_mapping(value, schema)
    return value is None or isinstance(value, bool) or _is_within(value, schema)


def _has_type(value: Any, wanted: str | list[str] | None) -> bool:
    if wanted is None:
        return True
    names = {
        "dict": "object",
        "list": "array",
        "str": "string",
        "bool": "boolean",
        "NoneType": "null",
        "float": "number",
    }
    kind = "integer" if type(value) is int else names.get(type(value).__name__, "")
    asked = wanted if isinstance(wanted, list) else [wanted]
    return kind in asked or (kind == "integer" and "number" in asked)


def _satisfies_as_mapping(value: dict[str, Any], schema: dict[str, Any]) -> bool:
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    return (
        schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", len(value))
        and all(name in value for name in schema.get("required", ()))
        and all(_satisfies(item, properties.get(key, others)) for key, item in value.items())
    )


def _is_within(value: Any, schema: dict[str, Any]) -> bool:
    return (
        _is_number(value)
        and schema.get("minimum", value) <= value <= schema.get("maximum", value)
        and ("exclusiveMinimum" not in schema or schema["exclusiveMinimum"] < value)
        and ("exclusiveMaximum" not in schema or value < schema["exclusiveMaximum"])
    )
