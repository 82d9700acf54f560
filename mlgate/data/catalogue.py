"""The data checks by the names that a schema and a report use, each with the function that documents it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlgate.config.schema import Rule
from mlgate.data import (
    foreign_keys,
    freshness,
    hygiene,
    null_checks,
    number_checks,
    other_tables,
    reading_checks,
    row_checks,
    statistics,
    table_checks,
    value_checks,
)
from mlgate.data.plan import Field, Plan, Verdict
from mlgate.data.scope import Scope

COLUMN_CHECKS: dict[str, Callable[[Field, Rule], Plan]] = {
    "type": value_checks.of_type,
    "not_null": null_checks.not_null,
    "null_fraction": null_checks.null_fraction,
    "unique": value_checks.unique,
    "between": value_checks.between,
    "finite": number_checks.finite,
    "in_set": value_checks.in_set,
    "not_in_set": value_checks.not_in_set,
    "regex": value_checks.regex,
    "fullmatch": value_checks.fullmatch,
    "length": value_checks.length,
    "mean": statistics.mean,
    "std": statistics.std,
    "median": statistics.median,
    "sum": statistics.total,
    "quantile": statistics.quantile,
    "label_distribution": statistics.label_distribution,
}
"""Checks that a column's rules name."""

TABLE_CHECKS: dict[str, Callable[[Scope, Rule], Plan | Verdict]] = {
    "row_count": table_checks.rows_where,
    "row_count_equals_table": other_tables.row_count_equals_table,
    "column_count": table_checks.column_count,
    "columns_match": table_checks.columns_match,
    "unique": table_checks.composite_unique,
    "expressions": row_checks.expressions,
    "compare_columns": row_checks.compare_columns,
    "pair_in_set": row_checks.pair_in_set,
    "row_sum": row_checks.row_sum,
    "unique_within_row": row_checks.unique_within_row,
    "foreign_keys": foreign_keys.foreign_keys,
    "table_equals": other_tables.table_equals,
    "freshness": freshness.freshness,
}
"""Checks that a table's rules name. The number of all rows is always asked, whether declared or not."""

CATALOGUE: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("column_exists", "data", table_checks.column_exists),
    *((name, "data", function) for name, function in COLUMN_CHECKS.items()),
    ("row_count", "data", table_checks.row_count),
    *(
        (name if name not in COLUMN_CHECKS else f"composite_{name}", "data", make)
        for name, make in TABLE_CHECKS.items()
        if name != "row_count"
    ),
    ("extra_columns", "data", table_checks.extra_columns),
    ("unparseable_rows", "data", reading_checks.unparseable_rows),
    ("duplicate_header", "data", reading_checks.duplicate_header),
    ("mixed_types", "data", hygiene.mixed_types),
    ("sentinels", "data", hygiene.sentinels),
    ("duplicate_rows", "data", hygiene.duplicate_rows),
)
"""(name, tier, documented function) of every data check. A check of several columns reports without `composite_`."""
