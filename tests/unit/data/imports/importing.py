"""Other tools' files as schemas: builders for the tests of the import."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from mlgate.config.document import load_document
from mlgate.config.schema import Schema
from mlgate.config.schema_file import parse_schema
from mlgate.data import check_table
from mlgate.data.imports import Imported, import_schema
from mlgate.outcome import Outcome
from mlgate.sources.tables import open_table

FILES = Path(__file__).parent / "files"


def file_text(name: str) -> str:
    return (FILES / name).read_text(encoding="utf-8")


def imported(data: object, kind: str = "", **options: Any) -> Imported:
    """The import of a file's data; what it writes is a schema."""
    found = import_schema(json.dumps(data), "file.json", kind=kind, **options)
    parse_schema(found.text, "s.yaml")
    return found


def plain(found: Imported) -> Any:
    """The written schema as plain data."""
    return load_document(found.text, "s.yaml").plain_data()


def schema_of(found: Imported) -> Schema:
    return parse_schema(found.text, "s.yaml")


def suite(*expectations: tuple[str, Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """A suite of version 1; names without `expect_` in front."""
    entries = [{"type": f"expect_{name}", "kwargs": dict(kwargs)} for name, kwargs in expectations]
    return {"name": "s", "expectations": entries, **more}


def one_column(name: str = "x", **kwargs: Any) -> Any:
    """Plain data of a column `x` after one expectation `column_...` of it."""
    found = imported(suite((f"column_{name}", {"column": "x", **kwargs})))
    return plain(found)["columns"]["x"]


def left(found: Imported) -> list[str]:
    return [note.told() for note in found.left]


def differs(found: Imported) -> list[str]:
    return [note.told() for note in found.differs]


def as_yaml(data: object) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def worst(outcomes: Iterable[Outcome]) -> str:
    """`fail`, `error` or `pass`, as far as something blocks."""
    statuses = {outcome.status.value for outcome in outcomes}
    return next((status for status in ("fail", "error") if status in statuses), "pass")


def verdicts_by_column(columns: Mapping[str, Sequence[Any]], data: object, folder: Path) -> dict[str, str]:
    """The verdict on each column of one table, stored as Parquet, or as CSV where all of its values are texts."""
    schema = schema_of(imported(data))
    is_text = all(isinstance(value, str) for values in columns.values() for value in values)
    path = folder / ("t.csv" if is_text else "t.parquet")
    if is_text:
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, lineterminator="\n").writerows([columns, *zip(*columns.values(), strict=True)])
    else:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table(dict(columns)), path)
    with open_table([path], shown=path.name, read=schema.read) as table:
        found = check_table(table, schema, dataset="t")
    return {name: worst(outcome for outcome in found if outcome.id.startswith(f"data/t/{name}/")) for name in columns}


def by_length(cases: Sequence[tuple[Any, ...]], data_at: int) -> list[dict[str, tuple[Any, ...]]]:
    """Cases in groups whose data fit side by side into one table, each under the name of a column of its own."""
    groups: dict[int, dict[str, tuple[Any, ...]]] = {}
    for place, case in enumerate(cases):
        groups.setdefault(len(case[data_at]), {})[f"c{place}"] = case
    return list(groups.values())
