"""Pandera on polars: ranges, sets, patterns, nulls and keys. A check of values needs a frame that is read whole."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import pandera.polars as pa  # type: ignore[import-not-found]  # lives in an environment of its own
import polars as pl

from benchmarks.peers.visits import COLUMNS, Check, Maker, expressed, tell

TYPES = {
    "BIGINT": pl.Int64,
    "INTEGER": pl.Int32,
    "DOUBLE": pl.Float64,
    "VARCHAR": pl.String,
    "TIMESTAMP": pl.Datetime("us"),
    "BOOLEAN": pl.Boolean,
}


def _between(check: Check) -> Any:
    low, high = check.argument
    if isinstance(low, str):
        low, high = dt.datetime.fromisoformat(low), dt.datetime.fromisoformat(high)
    return pa.Check.in_range(low, high, name=check.name)


def _order(check: Check) -> Any:
    first, second = check.columns
    return pa.Check(lambda data: data.lazyframe.select(pl.col(first) <= pl.col(second)), name=check.name)


MAKERS: dict[str, Maker] = {
    "not_null": lambda _: "not_nullable",
    "between": _between,
    "in_set": lambda check: pa.Check.isin(check.argument, name=check.name),
    "regex": lambda check: pa.Check.str_contains(check.argument, name=check.name),
    "unique": lambda _: "field_uniqueness",
    "unique_together": lambda _: "multiple_fields_uniqueness",
    "ordered": _order,
}


def main(path: str) -> None:
    made = expressed(MAKERS)
    columns = {name: _column(name, [(check, found) for check, found in made if check.columns == (name,)])
               for name in COLUMNS}  # fmt: skip
    (key,) = (check for check, _ in made if check.kind == "unique_together")
    across = [found for check, found in made if check.kind == "ordered"]
    schema = pa.DataFrameSchema(columns, checks=across, unique=list(key.columns))
    names = {_settled(check, found): check.name for check, found in made}
    broken: set[str] = set()
    try:
        schema.validate(pl.read_parquet(path), lazy=True)
    except pa.errors.SchemaErrors as problem:
        broken = {names[error.column_name, str(getattr(error.check, "name", error.check))]
                  for error in problem.schema_errors}  # fmt: skip
    tell({check.name: check.name not in broken for check, _ in made})


def _column(name: str, checks: list[tuple[Check, Any]]) -> Any:
    kinds = {check.kind for check, _ in checks}
    return pa.Column(
        TYPES[COLUMNS[name]],
        [found for _, found in checks if isinstance(found, pa.Check)],
        nullable="not_null" not in kinds,
        unique="unique" in kinds,
    )


def _settled(check: Check, found: Any) -> tuple[str | None, str]:
    """Column and name under which an error speaks of a check."""
    return check.column if len(check.columns) == 1 else None, found if isinstance(found, str) else check.name


if __name__ == "__main__":
    main(sys.argv[1])
