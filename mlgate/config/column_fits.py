"""Whether the argument of a check fits its column: what no value could ever meet is a mistake before data is read."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from typing import Any

from mlgate.config.column_arguments import DomainMass, MostCommon
from mlgate.config.document import Node
from mlgate.config.schema import TYPES, Bound, Column, Rule
from mlgate.errors import ConfigError

_NUMERIC = ("integer", "number", "any")
_TEMPORAL = {
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "time": dt.time.fromisoformat,
}
_WRITABLE = tuple(name for name in TYPES if name not in ("binary", "duration"))
_OF_NUMBERS = ("finite", "mean", "std", "median", "sum", "quantile", "skew", "kurtosis", "iqr", "z_score")
_OF_TEXT = ("regex", "not_regex", "fullmatch", "length", "datetime_format", "json", "json_schema")
_OF_ORDER = ("between", "min", "max")
_SETS = ("in_set", "not_in_set", "distinct_in_set", "distinct_contain", "distinct_equal", "most_common", "domain_mass")
_ONLY_FOR: dict[str, tuple[tuple[str, ...], str]] = {
    **dict.fromkeys(_OF_NUMBERS, (_NUMERIC, "a number")),
    **dict.fromkeys(_OF_TEXT, (("string", "any"), "text")),
    **dict.fromkeys(_SETS, (_WRITABLE, "values that can be written")),
    **dict.fromkeys(_OF_ORDER, ((*_NUMERIC, *_TEMPORAL), "numbers, dates or times")),
    **dict.fromkeys(("increasing", "decreasing"), ((*_NUMERIC, *_TEMPORAL, "string"), "values that have an order")),
}
"""Checks that make sense for some types only: the types, and what the check needs."""

_OF_THE_WHOLE = (
    *("null_fraction", "unique_fraction", "unique_count", "most_common", "domain_mass", "min", "max", "mean", "std"),
    *("median", "sum", "quantile", "iqr", "skew", "kurtosis", "entropy", "label_distribution"),
)
"""Checks that judge no single values, so that no share of them can hold."""

_SHARES = ("null_fraction", "unique_fraction")
_WHOLE = ("length", "unique_count", "row_count", "column_count")
_NEVER_NEGATIVE = (*_SHARES, *_WHOLE, "std", "entropy", "iqr")


def check_fits(rule: Rule, type_: str, node: Node) -> None:
    """Refuse an argument that no value of the column's type could meet.

    Parameters
    ----------
    node : the mapping that declares the column or the table

    Raises
    ------
    ConfigError
        The check makes no sense for the type, an end or member is none of the type, or `mostly` changes nothing.
    """
    if rule.mostly != 1 and rule.check in _OF_THE_WHOLE:
        raise _mistake(rule, node, f"mostly changes nothing in {rule.check}", hint="remove it")
    types, needed = _ONLY_FOR.get(rule.check, (TYPES, ""))
    if type_ not in types:
        hint = "declare type: string" if needed == "text" else ""
        raise _mistake(rule, node, f"{rule.check} needs {needed}, the column is {type_}", hint=hint)
    for value in _members(rule):
        if not _value_fits(value, type_):
            raise _mistake(rule, node, f"{value!r} is no {type_}", hint="quote text, and write numbers without quotes")
    for bound in _bounds(rule):
        _bound_fits(rule, bound, type_ if rule.check in _OF_ORDER else "number", node)
    for label, _ in rule.argument if rule.check == "label_distribution" else ():
        if not _label_fits(label, type_):
            raise _mistake(rule, node, f"the label {label!r} is no {type_}")


def require_type(column: Column) -> None:
    """Refuse members that are no text for a column of a text file whose type is not declared.

    There the text of a value counts: `1.0` would not be the member 1, and `not_in_set: [1]` would let it pass, other
    than in a file that stores numbers.

    Raises
    ------
    ConfigError
        The column is of type `any`, and a member of a set is a number or a boolean.
    """
    if column.type != "any":
        return
    for rule in column.rules:
        for value in _members(rule):
            if not isinstance(value, str):
                raise ConfigError(
                    f"{rule.check} of {column.name!r} names {value!r}, and the values of a text file have no type of "
                    "their own",
                    hint="declare the type, e.g. `type: integer`, or write the members as text in quotes",
                    path=rule.location.path,
                    line=rule.location.line,
                )


def _bound_fits(rule: Rule, bound: Bound, wanted: str, node: Node) -> None:
    for end in _ends(bound):
        if not _value_fits(end, wanted):
            raise _mistake(rule, node, f"the end {end!r} is no {wanted}")
    if rule.check in _NEVER_NEGATIVE:
        _possible(rule, bound, node)


def _mistake(rule: Rule, node: Node, fact: str, *, hint: str = "") -> ConfigError:
    """At the check's own key: in the long form that is not a key of the column."""
    path, line, column = node.key_places.get(rule.check, ("", 0, 0))
    if (path, line) == (rule.location.path, rule.location.line):
        return ConfigError(fact, hint=hint, path=path, line=line, column=column)
    return ConfigError(fact, hint=hint, path=rule.location.path, line=rule.location.line)


def _members(rule: Rule) -> tuple[Any, ...]:
    if rule.check not in _SETS:
        return ()
    argument = rule.argument
    return argument.values if isinstance(argument, MostCommon | DomainMass) else tuple(argument)


def _bounds(rule: Rule) -> list[Bound]:
    if rule.check == "quantile":
        return [bound for _, bound in rule.argument]
    return [rule.argument] if isinstance(rule.argument, Bound) else []


def _ends(bound: Bound) -> Iterator[Any]:
    ends = (bound.min, bound.max, bound.strict_min, bound.strict_max)
    return (end for end in ends if end is not None)


def _possible(rule: Rule, bound: Bound, node: Node) -> None:
    """Refuse ends that a count, a share or a spread cannot have."""
    below = [end for end in (bound.max, bound.strict_max) if isinstance(end, int | float) and end < 0]
    if below or bound.strict_max == 0:
        raise _mistake(rule, node, f"{rule.check} is never below 0: nothing could meet the bound")
    for end in _ends(bound):
        if rule.check in _SHARES and not 0 <= end <= 1:
            raise _mistake(rule, node, f"{end} is not a share", hint="write shares between 0 and 1, never percent")
        if rule.check in _WHOLE and end != int(end):
            raise _mistake(rule, node, f"{end} is not a whole number")
    if rule.check in _SHARES and bound.strict_min == 1:
        raise _mistake(rule, node, f"{rule.check} is never above 1: nothing could meet the bound")


def _value_fits(value: Any, type_: str) -> bool:
    match type_:
        case "any":
            return True
        case "integer" | "number":
            return not isinstance(value, (bool, str))
        case "boolean":
            return isinstance(value, bool)
        case "date" | "datetime" | "time":
            return isinstance(value, str) and _parses(value, type_)
    return isinstance(value, str)


def _parses(value: str, type_: str) -> bool:
    try:
        _TEMPORAL[type_](value)
    except ValueError:
        return False
    return True


def _label_fits(label: str, type_: str) -> bool:
    """A label is always text in a schema, since it is a key."""
    match type_:
        case "integer":
            return _is_number(label, int)
        case "number":
            return _is_number(label, float)
        case "boolean":
            return label.lower() in ("true", "false")
        case "date" | "datetime" | "time":
            return _parses(label, type_)
    return True


def _is_number(label: str, kind: Callable[[str], float]) -> bool:
    try:
        return not math.isnan(kind(label))
    except ValueError:
        return False
