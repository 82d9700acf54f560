"""JSON Schemas that a data schema names by path, loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mlgate.config.column_arguments import JsonSchema
from mlgate.config.json_schema_mistakes import mistake_in
from mlgate.config.schema import Rule, Schema
from mlgate.errors import ConfigError


def load_json_schemas(schema: Schema, load: Callable[[str], Mapping[str, Any]]) -> Schema:
    """The same schema with the JSON Schemas that it names by path.

    Parameters
    ----------
    load : content of a file by its path, relative to the project's root

    Raises
    ------
    ConfigError
        A file is refused; what `load` raises.
    """

    def loaded(rule: Rule) -> Rule:
        if not isinstance(rule.argument, JsonSchema) or rule.argument.schema is not None:
            return rule
        path = rule.argument.path
        content = load(path)
        mistake = mistake_in(content)
        if mistake:
            raise ConfigError(mistake.fact, hint=mistake.hint, path=path)
        return replace(rule, argument=JsonSchema(path=path, schema=content))

    columns = {name: replace(column, rules=tuple(map(loaded, column.rules))) for name, column in schema.columns.items()}
    selections = tuple(replace(selection, rule=loaded(selection.rule)) for selection in schema.selections)
    return replace(schema, columns=columns, selections=selections)
