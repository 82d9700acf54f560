"""A further query per failing check: which rows fail, at most ten, as far as privacy allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.measure import reason
from mlgate.data.outcomes import with_evidence
from mlgate.data.plan import MAX_ROWS, Field, Plan, Verdict, scanned
from mlgate.data.table import Table
from mlgate.outcome import Status

PRIVACY = ("none", "masked", "full")
MAX_SHOWN = 100
"""Checks of a table that show rows. Each costs a query, and nobody reads on behind a hundred."""


def with_rows(
    table: Table, verdicts: Sequence[tuple[Plan, Verdict]], key: Sequence[str], privacy: str
) -> list[Verdict]:
    """The verdicts, with failing rows as evidence where one is `fail` or `warn`.

    At most 100 show rows, those that fail before those that warn; the others keep their counts and say so.
    """
    order = {Status.FAIL: 0, Status.WARN: 1}
    showing = [place for place, (plan, verdict) in enumerate(verdicts) if verdict.status in order and _has_rows(plan)]
    showing.sort(key=lambda place: order[verdicts[place][1].status])
    chosen, left_out = set(showing[:MAX_SHOWN]), set(showing[MAX_SHOWN:])
    left = {"rows_not_shown": f"rows are shown of {MAX_SHOWN} checks, and {len(showing):,} have failing ones"}

    def evidence(place: int, plan: Plan) -> Mapping[str, Any]:
        if place in chosen:
            return failing_rows(table, plan, key, privacy)
        return left if place in left_out and privacy != "none" else {}

    return [with_evidence(verdict, evidence(place, plan)) for place, (plan, verdict) in enumerate(verdicts)]


def _has_rows(plan: Plan) -> bool:
    return bool(plan.failing or plan.repeated)


def failing_rows(table: Table, plan: Plan, key: Sequence[str], privacy: str) -> dict[str, Any]:
    """Evidence of single rows: `{"rows": [{"row", "value", "key"}]}`, empty where none may or can be shown.

    Parameters
    ----------
    plan : its `failing` condition or `repeated` values say which rows
    key : columns that name a row to a person; those that the table lacks are left out
    privacy : `none` shows no row, `masked` the first character and the length of each value, `full` the values
    """
    if privacy == "none" or not _has_rows(plan):
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
                "value": _value(plan, values[: len(values) - len(keys)], show),
                "key": {name: show(part) for name, part in zip(keys, values[len(values) - len(keys) :], strict=True)},
            }
            for row, *values in found
        ]
    }


def _value(plan: Plan, values: Sequence[Any], show: Callable[[Any], Any]) -> Any:
    """The value of a row, or those of several columns as one text."""
    if not plan.beside:
        return show(values[0])
    told = zip(plan.fields, values, strict=True)
    return ", ".join(f"{words.short(field.name)}: {words.exact(show(value))}" for field, value in told)


def _query(table: Table, plan: Plan, keys: Sequence[str]) -> str:
    source = scanned(table, plan.fields, {f"k{place}": _readable(table, name) for place, name in enumerate(keys)})
    raw = {field.raw: field for field in plan.fields}
    shown = _plain(raw[plan.shown]) if plan.shown in raw else plan.shown
    if plan.beside:
        shown = ", ".join(map(_plain, plan.fields))
    keys_shown = "".join(f", k{place}" for place in range(len(keys)))
    scopes = dict.fromkeys(field.scope for field in plan.fields if field.scope)
    condition = sql.all_of([f"({_condition(plan, source)})", *scopes])
    return (
        f'SELECT "row", {shown}{keys_shown} FROM ({source}) AS source WHERE {condition} '  # noqa: S608  # made by aggregates
        f'ORDER BY "row" LIMIT {MAX_ROWS}'
    )


def _condition(plan: Plan, source: str) -> str:
    """Condition of the rows to show.

    A bare comparison would be tried on Parquet's smallest and largest values first, which leave NaN out: one inside a
    function is not. Row numbers have no NaN, and some versions of the engine know them in bare comparisons only.
    """
    if plan.failing is None:
        return _repeats(source, plan.repeated)
    return plan.failing if plan.failing.startswith('"row" ') else f"coalesce({plan.failing}, false)"


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
