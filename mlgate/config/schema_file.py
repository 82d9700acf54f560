"""Reads a data schema: one declaration per key, which also gives the published JSON Schema."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mlgate.config import fields as f
from mlgate.config.column_rules import COLUMN_RULES, Checks, check_fits, make_rule
from mlgate.config.document import Node, load_document
from mlgate.config.expressions import check_condition
from mlgate.config.personal_data import PII_KEYS, TOGETHER, allowed_in
from mlgate.config.schema import TYPES, Column, Read, Schema
from mlgate.config.table_rules import TABLE, TABLE_RULES, table_rules

_COLUMN = f.Struct(
    "a column",
    {"type": f.Key(f.Text(choices=TYPES), "type of the values")}
    | COLUMN_RULES
    | {
        "checks": f.Key(Checks(), "long form: checks with mostly, where, severity and name"),
        "label": f.Key(f.Boolean(), "whether this is what the model predicts"),
        "environments": f.Key(f.ListOf(f.Text(), least=1), "environments in which the column is expected"),
    }
    | PII_KEYS,
)


RESERVED = ("type", "column_exists")
"""Names of the checks that every column has."""


def _column(name: str, node: Node, reading: f.Reading) -> Column:
    values = {} if node.value is None else _COLUMN.parse(node, reading)
    type_ = values.get("type", "any")
    rules = [make_rule(key, value, node) for key, value in values.items() if key in COLUMN_RULES]
    rules.extend(values.get("checks", ()))
    names = Counter([*RESERVED, *(rule.name for rule in rules)])
    for rule in rules:
        if names[rule.name] > 1:
            raise node.error(
                f"two checks of column {name!r} are called {rule.name!r}", hint="give one of them a `name`"
            )
        check_fits(rule, type_, node)
    return Column(
        name=name,
        type=type_,
        rules=tuple(rules),
        label=values.get("label", False),
        environments=values.get("environments", ()),
        personal=allowed_in(values, node),
        location=f.place(node),
    )


class _Columns:
    """Columns by name; nothing, as where every line below the key is a comment, is none."""

    _BY_NAME = f.MapOf(_column, lambda: _COLUMN.json_schema() | TOGETHER)

    def parse(self, node: Node, reading: f.Reading) -> dict[str, Column]:
        return {} if node.value is None else self._BY_NAME.parse(node, reading)

    def json_schema(self) -> f.JsonSchema:
        return self._BY_NAME.json_schema() | {"type": ["object", "null"]}


class _Delimiter(f.Text):
    """One character that can stand between fields."""

    def parse(self, node: Node, reading: f.Reading) -> str:
        text = super().parse(node, reading)
        if len(text) != 1 or text in '"\r\n\0':
            raise node.error(f"{text!r} cannot be a delimiter", hint='write one character, such as "," or "\\t"')
        return text


_READ = f.Struct(
    "read",
    {
        "delimiter": f.Key(_Delimiter(), "character between fields; found in the file unless written"),
        "encoding": f.Key(f.Text(choices=("utf-8", "utf-16", "latin-1")), "encoding of a text file"),
        "decimal": f.Key(f.Text(choices=(".", ",")), "decimal mark"),
        "null": f.Key(f.ListOf(f.Text(empty=True), least=1, single=True), "texts that mean: missing"),
    },
)
_SCHEMA = f.Struct(
    "the schema",
    {
        "version": f.Key(f.Number(low=1, high=1, integer=True), "version of this format: 1", required=True),
        "read": f.Key(_READ, "how text files are read"),
        "columns": f.Key(_Columns(), "columns by name; needed unless `table` holds a check"),
        "table": f.Key(TABLE, "what the whole table must hold"),
    },
)


_HAS_COLUMNS = {"properties": {"columns": {"type": "object", "minProperties": 1}}, "required": ["columns"]}
_HAS_A_CHECK_OF_THE_TABLE = {
    "properties": {
        "table": {
            "anyOf": [
                *({"required": [name]} for name in TABLE_RULES),
                {"properties": {"checks": {"minItems": 1}}, "required": ["checks"]},
            ],
            "properties": {"extra_columns": {"const": "ignore"}},
        }
    },
    "required": ["table"],
}


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
    columns: dict[str, Column] = values.get("columns", {})
    kinds = {column.name: column.type for column in columns.values()}
    for rule in (rule for column in columns.values() for rule in column.rules):
        if rule.where:
            check_condition(rule.where.tree, kinds, what=f"`where` of {rule.name}", place=rule.location)
    table: dict[str, Any] = values.get("table", {})
    of_table = document.value.get("table") if isinstance(document.value, dict) else None
    rules, selections = table_rules(table, of_table or document, columns)
    if not (columns or rules or selections):
        fact = "the schema checks nothing: it declares neither a column nor a check of the table"
        raise document.error(fact, hint="declare `columns`, or a check such as `table: {row_count: {min: 1}}`")
    extra_columns = table.get("extra_columns", "fail" if columns else "ignore")
    if not columns and extra_columns != "ignore":
        fact = f"extra_columns: {extra_columns}, and no column is declared: every column of a file would be extra"
        raise (of_table or document).key_error("extra_columns", fact, hint="declare `columns`, or write `ignore`")
    return Schema(
        path=path,
        read=Read(**values.get("read", {})),
        columns=columns,
        rules=rules,
        selections=selections,
        extra_columns=extra_columns,
    )


def schema_json_schema() -> f.JsonSchema:
    """The published JSON Schema of a data schema."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "mlgate data schema"}
    return head | _SCHEMA.json_schema() | {"anyOf": [_HAS_COLUMNS, _HAS_A_CHECK_OF_THE_TABLE]}
