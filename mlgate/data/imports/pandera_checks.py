"""Pandera's built-in checks, each as a check of ours.

`str_matches` looks at the start of a text, `str_contains` anywhere; `in_range` includes its ends unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlgate.data.imports import patterns
from mlgate.data.imports.arguments import Arguments, bound, members
from mlgate.data.imports.declarations import Check, NotMappedError

Found = tuple[Any, ...]
"""The check, then what it judges otherwise."""

NULL_FAILS = frozenset(("between", "in_set", "regex", "length"))
"""Checks that a missing value fails where it is not left out: it is in no interval and no set, and matches nothing."""


def _value(args: Arguments, name: str) -> Any:
    """The only argument, which a file may name or not."""
    given = args.get(name)
    other = args.get("value")
    return other if given is None else given


def _end(args: Arguments, name: str) -> Any:
    return Arguments({name: _value(args, name)}).end(name)


def _at_least(*, strict: bool) -> Callable[[Arguments], Found]:
    return lambda args: (Check(check="between", argument=bound(_end(args, "min_value"), None, strict_low=strict)),)


def _at_most(*, strict: bool) -> Callable[[Arguments], Found]:
    return lambda args: (Check(check="between", argument=bound(None, _end(args, "max_value"), strict_high=strict)),)


def _in_range(args: Arguments) -> Found:
    ends = _both(args.end("min_value"), args.end("max_value"))
    low, high = args.flag("include_min", default=True), args.flag("include_max", default=True)
    return (Check(check="between", argument=bound(*ends, strict_low=not low, strict_high=not high)),)


def _both(low: Any, high: Any) -> tuple[Any, Any]:
    if low is None or high is None:
        raise NotMappedError("it needs both ends")
    return low, high


def _set(check: str, name: str) -> Callable[[Arguments], Found]:
    def read(args: Arguments) -> Found:
        given = _value(args, name)
        if isinstance(given, str):
            given = list(given)  # to Pandera a text is the set of its characters
        if not isinstance(given, list):
            raise NotMappedError("it names no list of values")
        return (Check(check=check, argument=members(given, "its set")),)

    return read


def _single(check: str) -> Callable[[Arguments], Found]:
    def read(args: Arguments) -> Found:
        given = args.get("value")
        return (Check(check=check, argument=members([given], "it")),)

    return read


def _pattern(make: Callable[[str], str], name: str, *, literal: bool = False) -> Callable[[Arguments], Found]:
    def read(args: Arguments) -> Found:
        given = _value(args, name)
        if not isinstance(given, str) or not given:
            raise NotMappedError(f"`{name}` is no text")
        found = make(given)
        return (Check(check="regex", argument=found), *(() if literal else patterns.remarks(found)))

    return read


def _starts(text: str) -> str:
    return f"^{patterns.escaped(text)}"


def _ends(text: str) -> str:
    return f"{patterns.escaped(text)}$"


def _length(args: Arguments) -> Found:
    exact = args.number("exact_value")
    low, high = args.number("min_value"), args.number("max_value")
    if exact is not None:
        return (Check(check="length", argument=[exact, exact]),)
    return (Check(check="length", argument=bound(low, high)),)


PANDERA_CHECKS: dict[str, Callable[[Arguments], Found]] = {
    "equal_to": _single("in_set"),
    "eq": _single("in_set"),
    "not_equal_to": _single("not_in_set"),
    "ne": _single("not_in_set"),
    "greater_than": _at_least(strict=True),
    "gt": _at_least(strict=True),
    "greater_than_or_equal_to": _at_least(strict=False),
    "ge": _at_least(strict=False),
    "less_than": _at_most(strict=True),
    "lt": _at_most(strict=True),
    "less_than_or_equal_to": _at_most(strict=False),
    "le": _at_most(strict=False),
    "in_range": _in_range,
    "between": _in_range,
    "isin": _set("in_set", "allowed_values"),
    "notin": _set("not_in_set", "forbidden_values"),
    "unique_values_eq": _set("distinct_equal", "values"),
    "str_matches": _pattern(patterns.anchored, "pattern"),
    "str_contains": _pattern(str, "pattern"),
    "str_startswith": _pattern(_starts, "string", literal=True),
    "str_endswith": _pattern(_ends, "string", literal=True),
    "str_length": _length,
}
"""What a built-in check of Pandera is here, also by its short name."""
