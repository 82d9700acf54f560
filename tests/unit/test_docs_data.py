"""The page on data says what the reader of schemas takes: its schema parses, shows every check, and its words are right."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema

from mlgate.config.column_rules import COLUMN_RULES, MODIFIERS
from mlgate.config.document import load_document
from mlgate.config.schema_file import parse_schema, schema_json_schema
from mlgate.config.table_rules import TABLE_RULES

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
(SCHEMA,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_the_schema_parses_and_shows_every_check() -> None:
    schema = parse_schema(SCHEMA, "docs/data.md")
    shown = {rule.check for column in schema.columns.values() for rule in column.rules}
    assert set(COLUMN_RULES) - shown == set()
    assert set(TABLE_RULES) - {rule.check for rule in schema.rules} == set()
    assert {bool(one.names) + 2 * bool(one.pattern) + 4 * bool(one.types) for one in schema.selections} == {1, 2, 4}
    validator = jsonschema.Draft202012Validator(schema_json_schema())
    assert not list(validator.iter_errors(load_document(SCHEMA, "docs/data.md").plain_data()))


def test_every_modifier_is_told() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE.partition("## Modifiers")[2], flags=re.MULTILINE)) == set(MODIFIERS)


def test_every_function_of_a_condition_is_told() -> None:
    from mlgate.config.expression_tree import FUNCTIONS

    told = PAGE.partition("and the functions")[2].partition(". Text")[0]
    assert set(re.findall(r"`(\w+)`", told)) == set(FUNCTIONS)
