"""Cuallee on DuckDB: all rules in one query. Its statistics compare with one number, so they are left out."""

from __future__ import annotations

import sys
from typing import Any

import duckdb
from cuallee import Check as Rules  # type: ignore[import-not-found]  # lives in an environment of its own
from cuallee import CheckLevel

from benchmarks.peers.visits import Check, Maker, expressed, tell


def _between(check: Check) -> Any:
    """Nulls break its own `is_between`, so a predicate says what they are."""
    low, high = (f"'{end}'" if isinstance(end, str) else end for end in check.argument)
    return [("satisfies", f"coalesce({check.column} BETWEEN {low} AND {high}, true)", 1.0)]


def _shares(check: Check) -> Any:
    low, high = check.argument["true"]
    return [("satisfies", check.column, low), ("satisfies", f"NOT {check.column}", 1 - high)]


MAKERS: dict[str, Maker] = {
    "not_null": lambda _: [("is_complete",)],
    "null_fraction": lambda check: [("is_complete", 1 - check.argument["max"])],
    "between": _between,
    "in_set": lambda check: [("is_contained_in", tuple(check.argument))],
    "regex": lambda check: [("has_pattern", check.argument)],
    "unique": lambda _: [("is_unique",)],
    "label_distribution": _shares,
    "ordered": lambda check: [("satisfies", " <= ".join(check.columns), 1.0)],
}


def main(path: str) -> None:
    connection = duckdb.connect()
    connection.execute("CREATE VIEW visits AS SELECT * FROM read_parquet($1)".replace("$1", "'" + path + "'"))
    rules = Rules(CheckLevel.ERROR, "visits", table_name="visits")
    asked: list[str] = []
    for check, made in expressed(MAKERS):
        for method, *arguments in made:
            getattr(rules, method)(check.column, *arguments)
            asked.append(check.name)
    found = dict.fromkeys(asked, True)
    table = rules.validate(connection)
    for name, status in zip(asked, table.status, strict=True):
        found[name] &= status == "PASS"
    tell(found)


if __name__ == "__main__":
    main(sys.argv[1])
