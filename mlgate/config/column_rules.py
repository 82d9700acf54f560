"""Checks of single columns as a schema declares them: the short form, and the long one with its modifiers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from mlgate.config import fields as f
from mlgate.config.bounds import BoundKind, Pattern, parse_quantile, parse_share
from mlgate.config.document import Node
from mlgate.config.expressions import ExpressionKind
from mlgate.config.schema import TYPES, Bound, Rule
from mlgate.outcome import Status

_NUMERIC = ("integer", "number", "any")
_TEMPORAL = {
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "time": dt.time.fromisoformat,
}


COLUMN_RULES: dict[str, f.Key] = {
    "not_null": f.Key(f.Boolean(only=True), "no value is missing"),
    "null_fraction": f.Key(BoundKind(), "share of missing values"),
    "unique": f.Key(f.Boolean(only=True), "no value stands twice"),
    "between": f.Key(BoundKind(), "every value is in the interval"),
    "finite": f.Key(f.Boolean(only=True), "no number is infinite or NaN"),
    "in_set": f.Key(f.ListOf(f.Anything(), least=1), "every value is one of these"),
    "not_in_set": f.Key(f.ListOf(f.Anything(), least=1), "no value is one of these"),
    "regex": f.Key(Pattern(), "the pattern is found in every value"),
    "fullmatch": f.Key(Pattern(), "the pattern matches every value from end to end"),
    "length": f.Key(BoundKind(), "number of characters of every value"),
    "mean": f.Key(BoundKind(), "mean of the column"),
    "std": f.Key(BoundKind(), "sample standard deviation of the column"),
    "median": f.Key(BoundKind(), "median of the column"),
    "sum": f.Key(BoundKind(), "sum of the column"),
    "quantile": f.Key(f.MapOf(parse_quantile, BoundKind().json_schema, least=1), "bounds by quantile level"),
    "label_distribution": f.Key(f.MapOf(parse_share, BoundKind().json_schema, least=1), "share of each label"),
}
_NUMBERS_ONLY = ("mean", "std", "median", "sum", "quantile", "null_fraction", "length")
MODIFIERS = {
    "mostly": f.Key(f.Number(above=0, high=1), "share of the judged values that must hold"),
    "severity": f.Key(f.Text(choices=("fail", "warn")), "warn: a person should look, nothing is blocked"),
    "name": f.Key(f.Text(), "last part of the outcome's id"),
    "where": f.Key(ExpressionKind(), "condition of the rows that are judged"),
    "description": f.Key(f.Text(), "a sentence that is shown where the check fails"),
}
_LONG = f.Struct("a check", COLUMN_RULES | MODIFIERS)


class Checks:
    """The long form: a list of checks with modifiers."""

    def parse(self, node: Node, reading: f.Reading) -> tuple[Rule, ...]:
        if not isinstance(node.value, list):
            raise node.error(
                f"expected a list of checks, found {node.kind}", hint="write [{between: [0, 1], mostly: 0.99}]"
            )
        return tuple(self._rule(child, reading) for child in node.value)

    @staticmethod
    def _rule(node: Node, reading: f.Reading) -> Rule:
        values = parse_whole(_LONG, node, reading)
        check = only_check(values, COLUMN_RULES, node)
        return make_rule(check, values[check], node, modifiers=values)

    def json_schema(self) -> f.JsonSchema:
        return {"type": "array", "items": _LONG.json_schema()}


def parse_whole(struct: f.Struct, node: Node, reading: f.Reading) -> dict[str, Any]:
    """The values of a mapping without mistakes.

    Raises
    ------
    ConfigError
        The last mistake of several; the others are among those of `reading`.
    """
    before = len(reading.mistakes)
    values = struct.parse(node, reading)
    if len(reading.mistakes) > before:
        raise reading.mistakes.pop()
    return values


def only_check(values: dict[str, Any], checks: dict[str, Any], node: Node) -> str:
    """The one check of an entry of the long form."""
    named = [key for key in values if key in checks]
    if len(named) != 1:
        raise node.error(
            f"an entry of checks holds exactly one check, found {len(named)}", hint="write one entry per check"
        )
    return named[0]


def make_rule(
    check: str,
    value: Any,
    node: Node,
    *,
    name: str = "",
    columns: tuple[str, ...] = (),
    modifiers: dict[str, Any] | None = None,
) -> Rule:
    """A rule of parsed values; `modifiers` may hold other keys too."""
    given = modifiers or {}
    kept = {key: given[key] for key in ("mostly", "where", "description") if key in given}
    return Rule(
        check=check,
        argument=tuple(value.values()) if isinstance(value, dict) else value,
        name=given.get("name") or name or check,
        severity=Status(given.get("severity", "fail")),
        columns=columns,
        location=f.place(node, check),
        **kept,
    )


_WRITABLE = tuple(name for name in TYPES if name not in ("binary", "duration"))
_ONLY_FOR: dict[str, tuple[tuple[str, ...], str]] = {
    **dict.fromkeys(("finite", "mean", "std", "median", "sum", "quantile"), (_NUMERIC, "a number")),
    **dict.fromkeys(("regex", "fullmatch", "length"), (("string", "any"), "text")),
    **dict.fromkeys(("in_set", "not_in_set"), (_WRITABLE, "values that can be written")),
    "between": ((*_NUMERIC, *_TEMPORAL), "numbers, dates or times"),
}
"""Checks that make sense for some types only: the types, and what the check needs."""


def check_fits(rule: Rule, type_: str, node: Node) -> None:
    """Refuse an argument that no value of the column's type could meet.

    Raises
    ------
    ConfigError
        The check makes no sense for the type, or an end or member is none of the type.
    """
    types, needed = _ONLY_FOR.get(rule.check, (TYPES, ""))
    if type_ not in types:
        hint = "declare type: string" if needed == "text" else ""
        raise node.key_error(rule.check, f"{rule.check} needs {needed}, the column is {type_}", hint=hint)
    if rule.check in ("in_set", "not_in_set"):
        for value in rule.argument:
            if not _value_fits(value, type_):
                raise node.key_error(
                    rule.check, f"{value!r} is no {type_}", hint="quote text, and write numbers without quotes"
                )
    bounds = [rule.argument] if isinstance(rule.argument, Bound) else []
    if rule.check == "quantile":
        bounds = [bound for _, bound in rule.argument]
    for bound in bounds:
        for end in (bound.min, bound.max, bound.strict_min, bound.strict_max):
            wanted = "number" if rule.check in _NUMBERS_ONLY else type_
            if end is not None and not _value_fits(end, wanted):
                raise node.key_error(rule.check, f"the end {end!r} is no {wanted}")


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
