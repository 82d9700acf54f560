"""Dataframely on polars: rules of rows and keys, in one lazy query."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import dataframely as dy  # type: ignore[import-not-found]  # lives in an environment of its own
import polars as pl

from benchmarks.peers.visits import COLUMNS, Check, Maker, expressed, tell

TYPES = {
    "BIGINT": dy.Int64,
    "INTEGER": dy.Int32,
    "DOUBLE": dy.Float64,
    "VARCHAR": dy.String,
    "TIMESTAMP": dy.Datetime,
    "BOOLEAN": dy.Bool,
}


def _between(check: Check) -> dict[str, Any]:
    low, high = check.argument
    if isinstance(low, str):
        low, high = dt.datetime.fromisoformat(low), dt.datetime.fromisoformat(high)
    return {"min": low, "max": high}


def _order(check: Check) -> Any:
    first, second = check.columns
    return dy.rule()(lambda _: pl.col(first) <= pl.col(second))


MAKERS: dict[str, Maker] = {
    "not_null": lambda _: {"nullable": False},
    "between": _between,
    "in_set": lambda check: {"check": {"in_set": lambda column: column.is_in(check.argument)}},
    "regex": lambda check: {"regex": check.argument},
    "unique": lambda _: {"unique": True},
    "unique_together": lambda _: {"primary_key": True},
    "ordered": _order,
}


def main(path: str) -> None:
    made = expressed(MAKERS)
    columns = {name: TYPES[COLUMNS[name]](**_settings([found for check, found in made if check.columns == (name,)],
               in_key=any(check.kind == "unique_together" and name in check.columns for check, _ in made)))
               for name in COLUMNS}  # fmt: skip
    rules = {check.name: found for check, found in made if check.kind == "ordered"}
    schema: Any = type("Visits", (dy.Schema,), columns | rules)
    counts = schema.filter(pl.scan_parquet(path)).failure.counts()
    broken = {name for rule in counts for name in _names(rule)}
    if strange := broken - {check.name for check, _ in made}:
        raise RuntimeError(f"dataframely says more than was asked: {sorted(strange)}")
    tell({check.name: check.name not in broken for check, _ in made})


def _settings(found: list[dict[str, Any]], *, in_key: bool) -> dict[str, Any]:
    settings: dict[str, Any] = {"nullable": True, "primary_key": in_key}
    for more in found:
        settings |= more
    return settings


def _names(rule: str) -> list[str]:
    """The checks of which a rule of the schema speaks."""
    column, _, kind = rule.partition("|")
    kinds = {"nullability": "not_null", "min": "between", "max": "between", "check__in_set": "in_set"}
    return [f"{column}/{kinds.get(kind, kind)}"] if kind else ["unique" if rule == "primary_key" else rule]


if __name__ == "__main__":
    main(sys.argv[1])
