"""What the parts of a condition are, so that a number is never compared with text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mlgate.config import expression_tree as t

_WORDS = {
    "integer": "a number",
    "number": "a number",
    "boolean": "true or false",
    "string": "text",
    "date": "a date",
    "datetime": "a date and time",
    "time": "a time",
    "duration": "a duration",
    "binary": "bytes",
    "other": "a nested value",
}
_GROUPS = {"integer": "number", "datetime": "date"}
"""Types that can be compared with one another have one group."""

_NUMBERS = ("integer", "number", "any")
_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "boolean": ("true", "false").index,
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "time": dt.time.fromisoformat,
}
_NO_ORDER = ("duration", "binary", "other")


def check_types(condition: t.Tree, kinds: Mapping[str, str]) -> None:
    """Refuse a condition that compares or computes what cannot be.

    Parameters
    ----------
    kinds : by column, a type of a schema or `other`; `any` is not judged

    Raises
    ------
    ValueError
        Both sides are named.
    """
    match condition:
        case t.Compare(left=left, right=right):
            _comparable(left, right, kinds)
        case t.Member(value=value, members=members):
            for member in members:
                _comparable(value, member, kinds)
        case t.IsNull(value=value):
            kind_of(value, kinds)
        case t.Not() | t.And() | t.Or():
            for part in t.children(condition):
                check_types(part, kinds)
        case _:
            kind = kind_of(condition, kinds)
            if kind not in ("boolean", "any"):
                raise ValueError(f"{_named(condition, kind)}, where a condition must stand: compare it with something")


def kind_of(value: t.Value, kinds: Mapping[str, str]) -> str:
    """The type of a value; `any` where it cannot be known.

    Raises
    ------
    ValueError
        It computes with what is no number, or takes the text of what is none.
    """
    match value:
        case t.Literal(value=bool()):
            return "boolean"
        case t.Literal(value=constant):
            return "string" if isinstance(constant, str) else "integer" if isinstance(constant, int) else "number"
        case t.ColumnName(name=name):
            return kinds[name]
        case t.Negative(operand=operand):
            return _number(operand, kinds)
        case t.Arithmetic(first=first, rest=rest):
            found = [_number(operand, kinds) for operand in (first, *(operand for _, operand in rest))]
            divided = any(sign == "/" for sign, _ in rest)
            return "number" if divided else _widest(found)
        case t.Call(function="coalesce", arguments=arguments):
            return _common(arguments, kinds)
        case t.Call(function="abs" | "round", arguments=arguments):
            return _number(arguments[0], kinds)
        case t.Call(function=function, arguments=arguments):
            kind = kind_of(arguments[0], kinds)
            if kind not in ("string", "any"):
                raise ValueError(f"{function} needs text, and {_named(arguments[0], kind)}")
            return "integer" if function == "length" else "string"


def is_text_of(value: t.Value, kind: str) -> bool:
    """Whether a value is a text that stands for a value of another type, as dates are written."""
    if not isinstance(value, t.Literal) or not isinstance(value.value, str) or kind not in _FROM_TEXT:
        return False
    try:
        _FROM_TEXT[kind](value.value)
    except ValueError:
        return False
    return kind != "time" or dt.time.fromisoformat(value.value).tzinfo is None


def _comparable(left: t.Value, right: t.Value, kinds: Mapping[str, str]) -> None:
    one, other = kind_of(left, kinds), kind_of(right, kinds)
    if not _meet(left, one, right, other):
        raise ValueError(f"{_named(left, one)} and {_named(right, other)}: they cannot be compared")


def _meet(left: t.Value, one: str, right: t.Value, other: str) -> bool:
    if "any" in (one, other) or is_text_of(left, other) or is_text_of(right, one):
        return one not in _NO_ORDER and other not in _NO_ORDER
    return _GROUPS.get(one, one) == _GROUPS.get(other, other) and one not in _NO_ORDER


def _common(arguments: Sequence[t.Value], kinds: Mapping[str, str]) -> str:
    """The type of values that stand for one another; text that is written for a date is one."""
    found = [kind_of(argument, kinds) for argument in arguments]
    columns = [place for place, argument in enumerate(arguments) if not isinstance(argument, t.Literal)]
    lead = columns[0] if columns else 0
    for place, argument in enumerate(arguments):
        if not _meet(arguments[lead], found[lead], argument, found[place]):
            raise ValueError(
                f"{_named(arguments[lead], found[lead])} and {_named(argument, found[place])}: "
                "they cannot stand for one another in coalesce"
            )
    typed = [kind for argument, kind in zip(arguments, found, strict=True) if not is_text_of(argument, found[lead])]
    return _widest(typed)


def _widest(found: Sequence[str]) -> str:
    for wide in ("any", "number", "datetime"):
        if wide in found:
            return wide
    return found[0]


def _number(value: t.Value, kinds: Mapping[str, str]) -> str:
    kind = kind_of(value, kinds)
    if kind not in _NUMBERS:
        raise ValueError(f"{_named(value, kind)}: only numbers are computed with")
    return kind


def _named(value: t.Value, kind: str) -> str:
    return f"{t.written(value)[:60]} is {_WORDS.get(kind, kind)}"
