"""What a JSON Schema does not accept, in words that a person acts on."""

from __future__ import annotations

import json

from mlgate.lint.config_found import Place, nearest_name, short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

Told = tuple[Place, str, str, str]
"""The place, the keyword of the schema, the fact, the next step."""

_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}
_BOUNDS = {
    "minimum": "is below the minimum of {}",
    "maximum": "is above the maximum of {}",
    "exclusiveMinimum": "is not above {}",
    "exclusiveMaximum": "is not below {}",
    "multipleOf": "is no multiple of {}",
    "minLength": "is shorter than {} characters",
    "maxLength": "is longer than {} characters",
    "minItems": "has fewer than {} items",
    "maxItems": "has more than {} items",
    "minProperties": "has fewer than {} keys",
    "maxProperties": "has more than {} keys",
    "pattern": "does not match {}",
}


def told_of(error: Any) -> Iterator[Told]:
    """Findings of one error of the validator: one for each unknown key; of `anyOf` and `oneOf` the best alternative."""
    place: Place = tuple(error.absolute_path)
    rule = str(error.validator)
    if rule in ("additionalProperties", "unevaluatedProperties") and isinstance(error.instance, dict):
        yield from _unknown_keys(error, place, rule)
    elif rule in ("anyOf", "oneOf") and error.context:
        yield from _best(error, place, rule)
    else:
        fact, hint = _words(error, rule)
        yield place, rule, fact, hint


def _unknown_keys(error: Any, place: Place, rule: str) -> Iterator[Told]:
    import re

    known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    patterns = error.schema.get("patternProperties", {}) if isinstance(error.schema, dict) else {}
    named = [key for key in error.instance if f"'{key}'" in error.message or repr(key) in error.message]
    unknown = [key for key in error.instance if key not in known and not any(re.search(p, key) for p in patterns)]
    for key in (unknown if rule == "additionalProperties" else named) or list(error.instance)[:1]:
        free = [name for name in known if name not in error.instance]
        near = nearest_name(key, free) or nearest_name(key, known)
        told = f"; did you mean {near}?" if near else ""
        names = ", ".join(list(known)[:15])
        where = f" in {'.'.join(map(str, place))}" if place else ""
        hint = f"write {near}" if near else f"known: {names}" if names else "delete it: no key is allowed here"
        yield (*place, key), rule, f"unknown key {key}{where}{told}", hint


def _best(error: Any, place: Place, rule: str) -> Iterator[Told]:
    """What is wrong with the alternative that fits best; of alternatives of other types, what they are."""
    branches: dict[Any, list[Any]] = {}
    for item in error.context:
        branches.setdefault(item.schema_path[0], []).append(item)
    fitting = {number: found for number, found in branches.items() if not _is_other_kind(found, place)}
    if not fitting:
        wanted = [_wanted(item) for found in branches.values() for item in found[:1]]
        yield place, rule, f"expected {' or '.join(dict.fromkeys(wanted))}, found {_shown(error.instance)}", ""
        return
    best = min(fitting.values(), key=lambda found: (len(found), -max(len(item.absolute_path) for item in found)))
    for item in best:
        yield from told_of(item)


def _is_other_kind(found: list[Any], place: Place) -> bool:
    """Whether an alternative fails at the value itself, by its type or by what it must be equal to."""
    return any(item.validator in ("type", "const", "enum") and tuple(item.absolute_path) == place for item in found)


def _wanted(error: Any) -> str:
    value = error.validator_value
    if error.validator == "type":
        types = value if isinstance(value, list) else [value]
        return " or ".join(_TYPES.get(str(item), str(item)) for item in types)
    if error.validator == "enum" and isinstance(value, list):
        return " or ".join(_shown(item) for item in value[:10])
    return _shown(value)


def _words(error: Any, rule: str) -> tuple[str, str]:
    """The fact and the next step; an empty text where the schema is all there is to say."""
    wanted, instance = error.validator_value, error.instance
    if rule == "required" and isinstance(instance, dict):
        return _absent(error, wanted)
    if rule == "type":
        return f"expected {_wanted(error)}, found {_found(instance)}", _type_hint(wanted, instance)
    if rule == "enum" and isinstance(wanted, list):
        near = nearest_name(str(instance), [str(item) for item in wanted if isinstance(item, str)])
        told = f"did you mean {near}?" if near else ""
        return f"{_shown(instance)} is not one of {', '.join(_shown(item) for item in wanted[:15])}", told
    if rule == "const":
        return f"{_shown(instance)} is not {_shown(wanted)}", f"write {_shown(wanted)}"
    if rule in _BOUNDS:
        return f"{_shown(instance)} {_BOUNDS[rule].format(wanted)}", ""
    if rule == "uniqueItems":
        return "an item stands twice in the list", "keep one of them"
    if rule in ("format", "x-mlgate"):
        return short(error.message, 200), "correct the path, or track what it names with DVC"
    return short(error.message, 200), ""


def _absent(error: Any, wanted: Any) -> tuple[str, str]:
    """A required key that is absent; the validator says which in its message alone."""
    missing = [name for name in wanted if name not in error.instance and error.message.startswith(repr(name))]
    name = missing[0] if missing else "?"
    known: Mapping[str, Any] = error.schema.get("properties", {})
    others = [key for key in error.instance if key not in known]
    near = nearest_name(name, others)
    return f"the key {name!r} is missing", f"did you mean it by {near}?" if near else f"add {name}"


def _type_hint(wanted: Any, instance: Any) -> str:
    types = wanted if isinstance(wanted, list) else [wanted]
    if isinstance(instance, str):
        if {"number", "integer"} & set(types) and instance.strip().lstrip("+-").replace(".", "", 1).isdigit():
            return "write it without quotes"
        if "boolean" in types and instance.lower() in ("true", "false", "yes", "no", "on", "off"):
            return f"write {'true' if instance.lower() in ('true', 'yes', 'on') else 'false'}"
        if "null" in types and instance == "None":
            return "write null"
    if "string" in types and isinstance(instance, int | float):
        return f'write "{instance}" in quotes'
    return ""


def _found(instance: Any) -> str:
    """The kind of a value, and the value."""
    kind = {"dict": "a mapping", "list": "a list", "NoneType": "nothing", "str": "text"}.get(
        type(instance).__name__, ""
    )
    shown = "" if isinstance(instance, dict | list) or instance is None else _shown(instance)
    return f"{kind} {shown}".strip()


def _shown(value: Any) -> str:
    """A value as JSON would write it, short."""
    if isinstance(value, str):
        return repr(short(value))
    try:
        return short(json.dumps(value, ensure_ascii=False, default=str))
    except (TypeError, ValueError, RecursionError):
        return f"({type(value).__name__})"
