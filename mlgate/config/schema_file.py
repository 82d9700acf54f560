"""Reads a data schema: one declaration per key, which also gives the published JSON Schema."""

from __future__ import annotations

import datetime as dt
from typing import Any

from mlgate.config import fields as f
from mlgate.config.bounds import BoundKind, Pattern, parse_quantile, parse_share
from mlgate.config.document import Node, load_document
from mlgate.config.schema import TYPES, Bound, Column, Read, Rule, Schema
from mlgate.outcome import Status

_NUMERIC = ("integer", "number", "any")
_TEMPORAL = {
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "time": dt.time.fromisoformat,
}


_COLUMN_RULES: dict[str, f.Key] = {
    "not_null": f.Key(f.Boolean(only=True), "no value is missing"),
    "null_fraction": f.Key(BoundKind(), "share of missing values"),
    "unique": f.Key(f.Boolean(only=True), "no value stands twice"),
    "between": f.Key(BoundKind(), "every value is in the interval"),
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
_MODIFIERS = {
    "mostly": f.Key(f.Number(above=0, high=1), "share of the judged values that must hold"),
    "severity": f.Key(f.Text(choices=("fail", "warn")), "warn: a person should look, nothing is blocked"),
    "name": f.Key(f.Text(), "last part of the outcome's id"),
}
_LONG = f.Struct("a check", _COLUMN_RULES | _MODIFIERS, planned=("where",))


class _Checks:
    """The long form: a list of rules with modifiers."""

    def parse(self, node: Node, reading: f.Reading) -> tuple[Rule, ...]:
        if not isinstance(node.value, list):
            raise node.error(
                f"expected a list of checks, found {node.kind}", hint="write [{between: [0, 1], mostly: 0.99}]"
            )
        return tuple(self._rule(child, reading) for child in node.value)

    @staticmethod
    def _rule(node: Node, reading: f.Reading) -> Rule:
        before = len(reading.mistakes)
        values = _LONG.parse(node, reading)
        if len(reading.mistakes) > before:
            raise reading.mistakes.pop()
        named = [key for key in values if key in _COLUMN_RULES]
        if len(named) != 1:
            raise node.error(
                f"an entry of checks holds exactly one check, found {len(named)}", hint="write one entry per check"
            )
        modifiers = {key: values[key] for key in ("mostly",) if key in values}
        severity = Status(values.get("severity", "fail"))
        return _rule(named[0], values[named[0]], node, name=values.get("name"), severity=severity, **modifiers)

    def json_schema(self) -> f.JsonSchema:
        return {"type": "array", "items": _LONG.json_schema()}


def _rule(check: str, value: Any, node: Node, *, name: str | None = None, **modifiers: Any) -> Rule:
    argument = tuple(value.values()) if isinstance(value, dict) else value
    return Rule(check=check, argument=argument, name=name or check, location=f.place(node, check), **modifiers)


_COLUMN = f.Struct(
    "a column",
    {"type": f.Key(f.Text(choices=TYPES), "type of the values")}
    | _COLUMN_RULES
    | {
        "checks": f.Key(_Checks(), "long form: checks with mostly, severity and name"),
        "label": f.Key(f.Boolean(), "whether this is what the model predicts"),
        "environments": f.Key(f.ListOf(f.Text(), least=1), "environments in which the column is expected"),
        "pii": f.Key(f.Text(choices=("allowed",)), "personal data are meant to be here"),
        "reason": f.Key(f.Text(), "why personal data are allowed"),
    },
)


RESERVED = ("type", "column_exists")
"""Names of the checks that every column has."""


def _column(name: str, node: Node, reading: f.Reading) -> Column:
    values = {} if node.value is None else _COLUMN.parse(node, reading)
    type_ = values.get("type", "any")
    rules = [_rule(key, value, node) for key, value in values.items() if key in _COLUMN_RULES]
    rules.extend(values.get("checks", ()))
    names = [*RESERVED, *(rule.name for rule in rules)]
    for rule in rules:
        if names.count(rule.name) > 1:
            raise node.error(
                f"two checks of column {name!r} are called {rule.name!r}", hint="give one of them a `name`"
            )
        _fits(rule, type_, node)
    return Column(
        name=name,
        type=type_,
        rules=tuple(rules),
        label=values.get("label", False),
        environments=values.get("environments", ()),
        location=f.place(node),
    )


_WRITABLE = tuple(name for name in TYPES if name not in ("binary", "duration"))
_ONLY_FOR: dict[str, tuple[tuple[str, ...], str]] = {
    **dict.fromkeys(("mean", "std", "median", "sum", "quantile"), (_NUMERIC, "a number")),
    **dict.fromkeys(("regex", "fullmatch", "length"), (("string", "any"), "text")),
    **dict.fromkeys(("in_set", "not_in_set"), (_WRITABLE, "values that can be written")),
    "between": ((*_NUMERIC, *_TEMPORAL), "numbers, dates or times"),
}
"""Checks that make sense for some types only: the types, and what the check needs."""


def _fits(rule: Rule, type_: str, node: Node) -> None:
    """Refuse an argument that no value of the column's type could meet."""
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


_READ = f.Struct(
    "read",
    {
        "delimiter": f.Key(f.Text(), "character between fields; found in the file unless written"),
        "encoding": f.Key(f.Text(choices=("utf-8", "utf-16", "latin-1")), "encoding of a text file"),
        "decimal": f.Key(f.Text(choices=(".", ",")), "decimal mark"),
        "null": f.Key(f.ListOf(f.Text(empty=True), least=1, single=True), "texts that mean: missing"),
    },
)
_TABLE = f.Struct(
    "table",
    {
        "row_count": f.Key(BoundKind(), "number of rows"),
        "extra_columns": f.Key(f.Text(choices=("fail", "warn", "ignore")), "what a column that is not declared means"),
        "unique": f.Key(f.ListOf(f.ListOf(f.Text(), least=1)), "composite keys"),
    },
    planned=("expressions", "foreign_keys", "freshness"),
)
_SCHEMA = f.Struct(
    "the schema",
    {
        "version": f.Key(f.Number(low=1, high=1, integer=True), "version of this format: 1", required=True),
        "read": f.Key(_READ, "how text files are read"),
        "columns": f.Key(f.MapOf(_column, _COLUMN.json_schema, least=1), "columns by name", required=True),
        "table": f.Key(_TABLE, "what the whole table must hold"),
    },
)


def parse_schema(text: str, path: str) -> Schema:
    """A schema file as a frozen object.

    Parameters
    ----------
    text : the file's text
    path : shown in errors and locations, relative to the project's root

    Raises
    ------
    ConfigError
        All mistakes of the file, each with line and column.
    """
    document = load_document(text, path)
    reading = f.Reading()
    if document.value is None:
        raise document.error("the file is empty", hint="write one with `mlgate data infer FILE -o SCHEMA`")
    values = _SCHEMA.parse(document, reading)
    reading.finish()
    columns = values["columns"]
    rules = _table_rules(values.get("table", {}), document, columns)
    return Schema(
        path=path,
        read=Read(**values.get("read", {})),
        columns=columns,
        rules=rules,
        extra_columns=values.get("table", {}).get("extra_columns", "fail"),
    )


def _table_rules(table: dict[str, Any], document: Node, columns: dict[str, Column]) -> tuple[Rule, ...]:
    if not table or not isinstance(document.value, dict):
        return ()
    node = document.value["table"]
    rules = []
    if "row_count" in table:
        rules.append(_rule("row_count", table["row_count"], node))
    for key in table.get("unique", ()):
        for name in key:
            if name not in columns:
                raise node.key_error("unique", f"the column {name!r} is not declared", hint=f.nearest(name, columns))
        rules.append(_rule("unique", key, node, name="unique:" + "+".join(key)))
    for rule in rules:
        if rule.check == "row_count":
            _fits(rule, "integer", node)
    return tuple(rules)


def schema_json_schema() -> f.JsonSchema:
    """The published JSON Schema of a data schema."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "mlgate data schema"}
    return head | _SCHEMA.json_schema()
