"""A JSON Schema proposed from configs that are right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.lint.config_names import COUNTS, POSITIVE, RATES, SHARES
from mlgate.lint.config_seed import NAMES as SEEDS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
MIN_FOR_ENUM = 4
"""Configs from which on few repeated texts are proposed as the only ones."""
MAX_ENUM = 5
MIN_FOR_BOUNDS = 3
"""Configs from which on the numbers of all of them bound a number."""
MAX_KEYS = 200
"""A mapping with more keys holds data: its keys are left open."""
_ORDER = ("null", "boolean", "integer", "number", "string", "array", "object")


def infer_schema(configs: Sequence[Any], title: str) -> dict[str, Any]:
    """The schema that all configs satisfy, and few others.

    Types as they are; keys that every config has are required, others optional, and no more are allowed. Numbers get a
    bound by their well-known name (`lr` above 0, `dropout` from 0 to 1), or, of three configs or more, the order of
    magnitude that they stay in. Of four configs or more, a few texts that repeat are the only ones.

    Parameters
    ----------
    configs : plain values of configs, each a mapping
    title : of the schema

    Examples
    --------
    >>> infer_schema([{"lr": 0.1, "seed": 1}], "train")["properties"]["lr"]
    {'type': 'number', 'exclusiveMinimum': 0}
    """
    return {"$schema": DRAFT, "title": title, **_of_values(list(configs), "", len(configs))}


def _of_values(values: list[Any], name: str, n_configs: int) -> dict[str, Any]:
    """The schema of the values that stand at one place; `n_configs` configs have something there."""
    kinds = {_kind(value) for value in values}
    if "integer" in kinds and ("number" in kinds or name.lower() in RATES):
        kinds = kinds - {"integer"} | {"number"}
    schema: dict[str, Any] = {}
    listed = [kind for kind in _ORDER if kind in kinds]
    if listed:
        schema["type"] = listed[0] if len(listed) == 1 else listed
    if kinds & {"integer", "number"}:
        schema |= _bounds(values, name, n_configs)
    if "string" in kinds:
        schema |= _choices([value for value in values if isinstance(value, str)], kinds, n_configs)
    if "array" in kinds:
        schema |= _items([value for value in values if isinstance(value, list)], name, n_configs)
    if "object" in kinds:
        schema |= _properties([value for value in values if isinstance(value, Mapping)])
    return schema


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() and abs(value) >= 1e15 else "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def _properties(mappings: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Keys in the order of the first config, then as they come; all of them known, unless they are too many."""
    names = dict.fromkeys(key for mapping in mappings for key in mapping)
    if len(names) > MAX_KEYS:
        return {}
    properties = {}
    for name in names:
        there = [mapping[name] for mapping in mappings if name in mapping]
        properties[name] = _of_values(there, name, len(there))
    required = [name for name in names if all(name in mapping for mapping in mappings)]
    schema: dict[str, Any] = {"properties": properties}
    if required:
        schema["required"] = required
    return schema | {"additionalProperties": False}


def _items(lists: list[list[Any]], name: str, n_configs: int) -> dict[str, Any]:
    """The items of all lists together; a length that all of several lists have is theirs."""
    items = [item for one in lists for item in one]
    schema: dict[str, Any] = {"items": _of_values(items, name, n_configs)} if items else {}
    lengths = {len(one) for one in lists}
    if len(lists) >= MIN_FOR_BOUNDS and len(lengths) == 1 and items:
        (length,) = lengths
        return schema | {"minItems": length, "maxItems": length}
    return schema | ({"minItems": 1} if lists and min(lengths) > 0 else {})


def _bounds(values: list[Any], name: str, n_configs: int) -> dict[str, Any]:
    """What the name says of a number, else what several configs show."""
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    low, high = min(numbers), max(numbers)
    key = name.lower()
    if key in SEEDS and low >= 0:
        return {"minimum": 0}
    if key in COUNTS and low >= 1:
        return {"minimum": 1}
    if key in SHARES and low >= 0 and high <= 1:
        return {"minimum": 0, "maximum": 1}
    if key in POSITIVE and low > 0:
        return {"exclusiveMinimum": 0}
    if n_configs < MIN_FOR_BOUNDS:
        return {}
    bounds: dict[str, Any] = {"minimum": 0} if low >= 0 else {}
    if 0 < high < 1e15 and math.isfinite(high):
        bounds["maximum"] = _power_above(high)
    return bounds


def _power_above(number: float) -> int | float:
    """The power of ten that is at least ten times a positive number.

    Examples
    --------
    >>> [_power_above(number) for number in (0.05, 1, 3, 100)]
    [1, 10, 100, 1000]
    """
    exponent = math.ceil(math.log10(number) - 1e-9) + 1
    while 10.0**exponent < number:
        exponent += 1
    return 10**exponent if exponent >= 0 else float(f"1e{exponent}")


def _choices(texts: list[str], kinds: set[str], n_configs: int) -> dict[str, Any]:
    """The few texts that repeat, as the only ones, where no other kind of value stands beside them."""
    distinct = sorted(set(texts))
    few = len(distinct) <= MAX_ENUM and len(texts) >= 2 * len(distinct)
    if n_configs < MIN_FOR_ENUM or not few or kinds != {"string"} or any(len(text) > 40 for text in distinct):
        return {}
    return {"enum": distinct}


def with_seed(schema: dict[str, Any]) -> bool:
    """Whether a schema asks for a seed at its top."""
    return any(name in schema.get("required", ()) for name in SEEDS)
