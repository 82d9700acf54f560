"""The second query: which rows fail, at most ten per check, as far as privacy allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlgate.data import words
from mlgate.data.measure import reason
from mlgate.data.plan import MAX_ROWS, Field, Plan, scanned
from mlgate.data.table import Table

PRIVACY = ("none", "masked", "full")


def failing_rows(table: Table, plan: Plan, key: Sequence[str], privacy: str) -> dict[str, Any]:
    """Evidence of single rows: `{"rows": [{"row", "value", "key"}]}`, empty where none may or can be shown.

    Parameters
    ----------
    plan : its `failing` condition or `repeated` values say which rows
    key : columns that name a row to a person; those that the table lacks are left out
    privacy : `none` shows no row, `masked` the first character and the length of each value, `full` the values
    """
    if privacy == "none" or not (plan.failing or plan.repeated):
        return {}
    import duckdb

    keys = [name for name in key if name in table.columns]
    try:
        found = table.connection.execute(_query(table, plan, keys)).fetchall()
    except duckdb.Error as problem:
        return {"rows_not_shown": reason(problem)}
    show = words.plain if privacy == "full" else words.masked
    return {
        "rows": [
            {
                "row": row,
                "value": show(value),
                "key": {name: show(part) for name, part in zip(keys, parts, strict=True)},
            }
            for row, value, *parts in found
        ]
    }


def _query(table: Table, plan: Plan, keys: Sequence[str]) -> str:
    source = scanned(table, plan.fields, {f"k{place}": _readable(table, name) for place, name in enumerate(keys)})
    raw = {field.raw: field for field in plan.fields}
    shown = _plain(raw[plan.shown]) if plan.shown in raw else plan.shown
    keys_shown = "".join(f", k{place}" for place in range(len(keys)))
    condition = plan.failing or _repeats(source, plan.repeated)
    return (
        f'SELECT "row", {shown}{keys_shown} FROM ({source}) AS source WHERE {condition} '  # noqa: S608  # made by aggregates
        f'ORDER BY "row" LIMIT {MAX_ROWS}'
    )


def _repeats(source: str, values: Sequence[str]) -> str:
    combined = values[0] if len(values) == 1 else f"row({', '.join(values)})"
    present = " AND ".join(f"{value} IS NOT NULL" for value in values)
    groups = ", ".join(values)
    inner = f"SELECT {combined} FROM ({source}) AS again WHERE {present} GROUP BY {groups} HAVING count(*) > 1"  # noqa: S608  # made by aggregates
    return f"{present} AND {combined} IN ({inner})"


_FETCHED = ("VARCHAR", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DATE")


def _plain(field: Field) -> str:
    return field.raw if field.engine_type in _FETCHED else f"CAST({field.raw} AS VARCHAR)"


def _readable(table: Table, name: str) -> str:
    column = table.sql(name)
    return column if table.engine_types[name] in _FETCHED else f"CAST({column} AS VARCHAR)"
