"""The data checks by the names that a schema and a report use, each with the function that documents it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlgate.config.schema import Rule
from mlgate.data import (
    distinct_checks,
    foreign_keys,
    freshness,
    hygiene,
    hygiene_formats,
    null_checks,
    number_checks,
    order_checks,
    other_tables,
    quantile_checks,
    reading_checks,
    row_checks,
    series_checks,
    set_checks,
    shape_checks,
    statistics,
    table_checks,
    text_checks,
    time_checks,
    value_checks,
)
from mlgate.data.plan import Field, Plan, Verdict
from mlgate.data.scope import Scope

COLUMN_CHECKS: dict[str, Callable[[Field, Rule], Plan]] = {
    "type": value_checks.of_type,
    "not_null": null_checks.not_null,
    "null": null_checks.null,
    "null_fraction": null_checks.null_fraction,
    "unique": distinct_checks.unique,
    "unique_fraction": distinct_checks.unique_fraction,
    "unique_count": distinct_checks.unique_count,
    "between": value_checks.between,
    "finite": number_checks.finite,
    "in_set": value_checks.in_set,
    "not_in_set": value_checks.not_in_set,
    "domain_mass": set_checks.domain_mass,
    "distinct_in_set": set_checks.distinct_in_set,
    "distinct_contain": set_checks.distinct_contain,
    "distinct_equal": set_checks.distinct_equal,
    "most_common": set_checks.most_common,
    "regex": text_checks.regex,
    "not_regex": text_checks.not_regex,
    "fullmatch": text_checks.fullmatch,
    "length": text_checks.length,
    "datetime_format": text_checks.datetime_format,
    "json": text_checks.json_text,
    "json_schema": text_checks.json_schema,
    "increasing": order_checks.increasing,
    "decreasing": order_checks.decreasing,
    "min": statistics.smallest,
    "max": statistics.largest,
    "mean": statistics.mean,
    "std": statistics.std,
    "median": quantile_checks.median,
    "sum": statistics.total,
    "quantile": quantile_checks.quantile,
    "iqr": quantile_checks.iqr,
    "skew": shape_checks.skew,
    "kurtosis": shape_checks.kurtosis,
    "entropy": shape_checks.entropy,
    "z_score": shape_checks.z_score,
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
    "series_gaps": series_checks.series_gaps,
    "series_order": series_checks.series_order,
    "series_duplicates": series_checks.series_duplicates,
    "series_freshness": time_checks.series_freshness,
    "series_frozen": time_checks.series_frozen,
    "not_in_future": time_checks.not_in_future,
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
    ("mixed_formats", "data", hygiene_formats.mixed_formats),
    ("not_finite", "data", hygiene_formats.not_finite),
    ("header_names", "data", hygiene_formats.header_names),
    ("repeated_header", "data", hygiene_formats.repeated_header),
    ("duplicate_rows", "data", hygiene.duplicate_rows),
)
"""(name, tier, documented function) of every data check. A check of several columns reports without `composite_`."""
