"""Constraints of a Frictionless field as checks of ours, for what its type is read as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mlgate.data import words
from mlgate.data.imports import patterns
from mlgate.data.imports.arguments import Arguments, Scalar, bound, finite, members
from mlgate.data.imports.declarations import Check, Entry, NotMappedError, Origin
from mlgate.data.imports.draft import Draft


@dataclass(slots=True)
class FieldReading:
    """How a field is read here: our type, checks that its type stands for, what differs and what is left.

    Bounds are judged where its values are `ordered`; lengths, and sets of texts, where they are `of_text`; none of
    them where they are not `readable`.
    """

    type: str
    checks: list[Check] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    ordered: bool = True
    of_text: bool = True
    readable: bool = True


def read_constraints(values: Mapping[str, Any], reading: FieldReading, draft: Draft, *, in_key: bool) -> None:
    """Add a field's constraints to a draft; where `required` is not written, missing values are allowed."""
    name = str(values["name"])
    given = values.get("constraints") or {}
    if not isinstance(given, Mapping):
        draft.leave(Origin("constraints", name), "they are no mapping")
        given = {}
    if given.get("required") is not True and not in_key:
        nulls = Check(check="null_fraction", argument={"max": 1})
        draft.add(Entry(origin=Origin("required", name), checks=(nulls,), column=name))
    found: dict[str, Entry] = {}
    for key, value in given.items():
        origin = Origin(str(key), name)
        if value is None or (key in ("required", "unique") and value is False):
            continue
        try:
            check, *differs = _constraint(str(key), value, reading)
        except NotMappedError as problem:
            draft.leave(origin, problem.reason, problem.nearest)
            continue
        entry = Entry(origin=origin, checks=(check,), column=name, differs=differs)
        found[str(key)] = _merged(found.pop(_OTHER_END.get(str(key), ""), None), entry)
    for entry in found.values():
        draft.add(entry)


_OTHER_END = {"minimum": "maximum", "maximum": "minimum", "minLength": "maxLength", "maxLength": "minLength"}


def _merged(one: Entry | None, other: Entry) -> Entry:
    """Both ends of a bound as one check."""
    if one is None:
        return other
    ends = {**one.checks[0].argument, **other.checks[0].argument}
    check = replace(other.checks[0], argument=bound(ends["min"], ends["max"]))
    return replace(
        other, origin=Origin(f"{one.origin.what}, {other.origin.what}", other.origin.column), checks=(check,)
    )


def _constraint(key: str, value: Any, reading: FieldReading) -> tuple[Any, ...]:
    if key not in _CONSTRAINTS:
        raise NotMappedError("no constraint of this name is known")
    if not reading.readable and key not in ("required", "unique"):
        raise NotMappedError("its values are not read")
    return _CONSTRAINTS[key](value, reading)


def _true(check: str) -> Callable[[Any, FieldReading], tuple[Any, ...]]:
    def read(value: Any, _: FieldReading) -> tuple[Any, ...]:
        if value is not True:
            raise NotMappedError("it is neither true nor false")
        return (Check(check=check, argument=True),)

    return read


def _end(side: str) -> Callable[[Any, FieldReading], tuple[Any, ...]]:
    def read(value: Any, reading: FieldReading) -> tuple[Any, ...]:
        if not reading.ordered:
            raise NotMappedError("its values are not read as something that has an order")
        end = Arguments({side: _typed(value, reading.type)}).end(side)
        strict = side.startswith("exclusive")
        low, high = (end, None) if side.lower().endswith("minimum") else (None, end)
        return (Check(check="between", argument=bound(low, high, strict_low=strict, strict_high=strict)),)

    return read


def _enum(value: Any, reading: FieldReading) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise NotMappedError("it is no list")
    found = members([_typed(item, reading.type) for item in value], "it")
    if reading.type == "string" or (reading.type == "any" and reading.of_text):
        found = [item if isinstance(item, str) else words.exact(item) for item in found]
    return (Check(check="in_set", argument=found),)


def _typed(value: Any, type_: str) -> Any:
    """A descriptor may write the values of any field as text."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    try:
        match type_:
            case "integer":
                return int(text)
            case "number":
                return finite(float(text), "it")
            case "boolean":
                return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), value)
    except ValueError:
        raise NotMappedError(f"{words.short(value)!r} is no {type_}") from None
    return value


def _pattern(value: Any, _: FieldReading) -> tuple[Any, ...]:
    if not isinstance(value, str) or not value:
        raise NotMappedError("it is no text")
    differs = [*patterns.remarks(value)]
    if "|" in value:
        differs.append("all of a text must match; frictionless-py holds only the ends of alternatives to that")
    return (Check(check="fullmatch", argument=value), *differs)


def _length(side: str) -> Callable[[Any, FieldReading], tuple[Any, ...]]:
    def read(value: Any, reading: FieldReading) -> tuple[Any, ...]:
        if reading.type not in ("string", "any") or not reading.of_text:
            raise NotMappedError("its values are no text")
        size: Scalar = finite(value, "it")
        return (Check(check="length", argument={side: size}),)

    return read


def _json_schema(value: Any, _: FieldReading) -> tuple[Any, ...]:
    if not isinstance(value, dict):
        raise NotMappedError("it is no mapping")
    return (Check(check="json_schema", argument=value),)


_CONSTRAINTS: dict[str, Callable[[Any, FieldReading], tuple[Any, ...]]] = {
    "required": _true("not_null"),
    "unique": _true("unique"),
    "minimum": _end("minimum"),
    "maximum": _end("maximum"),
    "exclusiveMinimum": _end("exclusiveMinimum"),
    "exclusiveMaximum": _end("exclusiveMaximum"),
    "enum": _enum,
    "pattern": _pattern,
    "minLength": _length("min"),
    "maxLength": _length("max"),
    "jsonSchema": _json_schema,
}
