"""The outcomes that a schema promises for any table, known before there is one."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.config.schema import Column, Rule, Schema
from mlgate.data.outcomes import outcome_id


def promised_ids(schema: Schema, dataset: str) -> Iterator[str]:
    """Ids of outcomes that every check of a readable table has, in the order of the schema, each once.

    What only the data can tell is not among them: how the file was read, columns that nobody declared, personal data,
    and checks of columns that are chosen by a pattern.
    """
    yield from dict.fromkeys(_ids(schema, dataset))


def _ids(schema: Schema, dataset: str) -> Iterator[str]:
    declared = next((rule for rule in schema.rules if _counts_all(rule)), None)
    yield outcome_id(dataset, declared.name if declared else "row_count")
    for rule in schema.rules:
        if rule is not declared:
            yield outcome_id(dataset, rule.name)
    yield outcome_id(dataset, "extra_columns")
    for column in schema.columns.values():
        yield outcome_id(dataset, column.name, "column_exists")
        if _type_is_a_check(column):
            yield outcome_id(dataset, column.name, "type")
        for rule in column.rules:
            yield outcome_id(dataset, column.name, rule.name)


def _counts_all(rule: Rule) -> bool:
    return rule.check == "row_count" and not rule.where


def _type_is_a_check(column: Column) -> bool:
    """The type of a column is judged by itself unless a rule of the column does it."""
    return column.type != "any" and not any(rule.check == "type" for rule in column.rules)
