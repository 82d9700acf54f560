"""A table and the tables that its schema names, checked in one connection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlgate.config.other_tables import OtherTable, tables_named
from mlgate.config.schema import Read, Schema
from mlgate.config.schema_file import parse_schema
from mlgate.data import check_table
from mlgate.outcome import Outcome, to_json
from mlgate.sources.tables import OtherFiles, open_table

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
Content = str | Mapping[str, Any]


def saved(folder: Path, name: str, content: Content) -> Path:
    """Text as a CSV file, a mapping of columns as a Parquet file."""
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        path = folder / (name if "." in name else f"{name}.csv")
        path.write_text(content, encoding="utf-8", newline="")
        return path
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / f"{name}.parquet"
    pq.write_table(pa.table(dict(content)), path)
    return path


def schema_of(columns: str, table: str) -> Schema:
    """A schema of lines of YAML: the columns in flow style, and the keys of `table`."""
    lines = "".join(f"  {line}\n" for line in table.splitlines())
    return parse_schema(f"version: 1\ncolumns: {columns}\ntable:\n  extra_columns: ignore\n{lines}", "s.yaml")


def checked(folder: Path, content: Content, schema: Schema, others: Mapping[str, Content], **options: Any) -> Any:
    """Outcomes by the id after `data/t/`; `others` are the named datasets."""
    path = saved(folder, "t", content)
    files = {
        OtherTable(dataset=name): OtherFiles(
            paths=[saved(folder / "others", name, text)],
            shown=name,
            read=Read(null=schema.read.null),
            columns=tables_named(schema.rules).get(OtherTable(dataset=name)),
        )
        for name, text in others.items()
    }
    given = {"dataset": "t", "privacy": "full", "now": NOW, **options}
    with open_table([path], shown=path.name, read=schema.read, others=files) as table:
        found: list[Outcome] = check_table(table, schema, others=table.others, **given)
    for outcome in found:
        to_json([outcome.observed, outcome.expected, outcome.evidence])
        assert outcome.hint or not outcome.status.blocks
    return {outcome.id.removeprefix("data/t/"): outcome for outcome in found}
