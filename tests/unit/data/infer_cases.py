"""Schemas proposed from files, for the tests of inference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlgate.config.schema import Column, Read, Schema
from mlgate.config.schema_file import parse_schema
from mlgate.data import check_table, infer_schema
from mlgate.outcome import Status
from mlgate.sources.tables import open_table


def proposed(path: Path, read: Read | None = None, *, ranges: bool = False) -> tuple[str, Schema]:
    """The text that is proposed for a file, and the schema that it means."""
    with open_table([path], shown=path.name, read=read) as table:
        text = infer_schema(table, path=path.name, ranges=ranges)
    return text, parse_schema(text, "s.yaml")


def findings(path: Path, schema: Schema) -> list[str]:
    """What the schema finds wrong with a file."""
    with open_table([path], shown=path.name, read=schema.read) as table:
        outcomes = check_table(table, schema, dataset="t")
    fine = (Status.PASS, Status.SKIP) if schema.extra_columns == "ignore" else (Status.PASS,)
    return [f"{outcome.id}: {outcome.message}" for outcome in outcomes if outcome.status not in fine]


def rules(column: Column) -> dict[str, Any]:
    return {"type": column.type} | {rule.check: rule.argument for rule in column.rules}


def csv_of(**columns: list[Any]) -> str:
    """CSV text of columns; each has a comma beside it in no value."""
    rows = zip(*columns.values(), strict=True)
    return "".join(f"{','.join(map(str, row))}\n" for row in [tuple(columns), *rows])
