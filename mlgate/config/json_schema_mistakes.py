"""What is refused in a JSON Schema.

A schema comes from a pull request, so nothing in it may reach a host or run away: a reference leads inside the
document, and no pattern repeats what itself repeats (Python's patterns would take exponential time on some texts).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from mlgate.late import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_ANCHORS = ("$anchor", "$dynamicAnchor", "$id", "id")
_ESCAPED = compiled(r"\\.", re.DOTALL)
_SET = compiled(r"\[\^?\]?[^\]]*\]")
_VARIABLE = compiled(r"[*+?]|\{\d*,\d*\}|\{\d+\}")
FEW = 10
"""A part that is repeated at most so often may vary in itself."""


class Mistake:
    """The fact and the next step; a plain class, since a hook starts with it."""

    __slots__ = ("fact", "hint")

    def __init__(self, fact: str, hint: str) -> None:
        self.fact = fact
        self.hint = hint


def mistake_in(schema: Mapping[str, Any]) -> Mistake | None:
    """What is wrong with a JSON Schema, or what of it is refused; None where it can be used."""
    import jsonschema
    from jsonschema.validators import validator_for

    if not isinstance(schema.get("$schema", ""), str):
        return Mistake("not a JSON Schema: $schema is no text", "correct the schema")
    try:
        validator_for(schema, default=jsonschema.Draft202012Validator).check_schema(schema)
    except jsonschema.SchemaError as problem:
        return Mistake(f"not a JSON Schema: {problem.message[:300]}", "correct the schema")
    except RecursionError:
        return Mistake("the JSON Schema is nested too deeply", "correct the schema")
    anchors = {f"#{str(value).lstrip('#')}" for key, value in _entries(schema) if key in _ANCHORS}
    for key, value in _entries(schema):
        if key in _REFERENCES and isinstance(value, str) and not _is_inside(schema, value, anchors):
            hint = "correct it, or copy what it refers to into $defs: a check uses no network"
            return Mistake(f"the JSON Schema refers to {value}, which is not in it", hint)
        patterns = [value] if key == "pattern" else value if key == "patternProperties" else ()
        for pattern in patterns if isinstance(patterns, Mapping | list) else ():
            mistake = _mistake_of(pattern) if isinstance(pattern, str) else None
            if mistake:
                return mistake
    return None


def _mistake_of(pattern: str) -> Mistake | None:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as problem:
        return Mistake(f"the pattern {pattern!r} of the JSON Schema is none: {problem}", "correct the pattern")
    if repeats_a_repeat(pattern):
        hint = "write it without a repeat inside a repeat: some texts would take for ever"
        return Mistake(f"the pattern {pattern!r} of the JSON Schema repeats what varies in length", hint)
    return None


def _entries(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield key, item
            yield from _entries(item)
    elif isinstance(value, list):
        for item in value:
            yield from _entries(item)


def _is_inside(schema: Mapping[str, Any], reference: str, anchors: set[str]) -> bool:
    """Whether a reference stays in its document: the whole, an anchor, or a pointer that leads somewhere."""
    if not reference.startswith("#/"):
        return reference == "#" or (reference.startswith("#") and reference in anchors)
    value: Any = schema
    for part in unquote(reference[2:]).split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return False
    return True


def repeats_a_repeat(pattern: str) -> bool:
    """Whether a group of a pattern that may match in several ways is itself repeated more than ten times.

    Examples
    --------
    >>> [repeats_a_repeat(pattern) for pattern in ("^(a+)+$", "(a|aa)*", "^[a-z]+@[a-z]+$", "^([0-9]{3}-)*[0-9]+$")]
    [True, True, False, False]
    """
    plain = _SET.sub("_", _ESCAPED.sub("_", pattern))
    varies = [False]  # of each open group
    place = 0
    while place < len(plain):
        sign, place = plain[place], place + 1
        if sign == "(":
            varies.append(False)
            place += plain.startswith("?", place)
            continue
        inner = varies.pop() if sign == ")" and len(varies) > 1 else False
        repeated = _VARIABLE.match(plain, place) if sign not in "|(" else None
        often = repeated is not None and _often(repeated[0])
        if inner and often:
            return True
        varies[-1] |= inner or sign == "|" or (repeated is not None and _is_variable(repeated[0]))
        place = repeated.end() if repeated else place
    return False


def _often(repeat: str) -> bool:
    most = repeat.strip("{}").rpartition(",")[2]
    return repeat in ("*", "+") or (repeat != "?" and (not most or int(most) > FEW))


def _is_variable(repeat: str) -> bool:
    least, comma, most = repeat.strip("{}").partition(",")
    return repeat in ("*", "+", "?") or (bool(comma) and least != most)
