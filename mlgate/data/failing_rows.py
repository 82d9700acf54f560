"""A further query where checks fail: which rows fail, at most ten of each check, as far as privacy allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.measure import IN_FIRST_ROWS, Broken, reason
from mlgate.data.outcomes import with_evidence
from mlgate.data.own_queries import in_rows
from mlgate.data.plan import MAX_ROWS, Field, Plan, Verdict, scanned
from mlgate.data.sorted_keys import hashes_that_repeat
from mlgate.data.table import Table
from mlgate.data.typed_pass import kept_source
from mlgate.outcome import Status

PRIVACY = ("none", "masked", "full")
MAX_SHOWN = 100
"""Checks of a table that show rows. Each costs time, and nobody reads on behind a hundred."""


def with_rows(
    table: Table, verdicts: Sequence[tuple[Plan, Verdict]], key: Sequence[str], privacy: str
) -> list[Verdict]:
    """The verdicts, with failing rows as evidence where one is `fail` or `warn`.

    At most 100 show rows, those that fail before those that warn; the others keep their counts and say so.

    Parameters
    ----------
    verdicts : each with its plan, whose `failing` condition or `repeated` values say which rows
    key : columns that name a row to a person; those that the table lacks are left out
    privacy : `none` shows no row, `masked` the first character and the length of each value, `full` the values
    """
    order = {Status.FAIL: 0, Status.WARN: 1}
    showing = [place for place, (plan, verdict) in enumerate(verdicts) if verdict.status in order and _has_rows(plan)]
    showing.sort(key=lambda place: order[verdicts[place][1].status])
    chosen, left_out = set(showing[:MAX_SHOWN]), set(showing[MAX_SHOWN:])
    left = {"rows_not_shown": f"rows are shown of {MAX_SHOWN} checks, and {len(showing):,} have failing ones"}

    found = _found(table, [verdicts[place][0] for place in sorted(chosen)], key) if privacy != "none" else []
    rows = dict(zip(sorted(chosen), found, strict=False))

    def evidence(place: int, plan: Plan) -> Mapping[str, Any]:
        if place in rows:
            return _evidence(plan, rows[place], _keys(table, key), privacy)
        return left if place in left_out and privacy != "none" else {}

    return [with_evidence(verdict, evidence(place, plan)) for place, (plan, verdict) in enumerate(verdicts)]


def _has_rows(plan: Plan) -> bool:
    return bool(plan.failing or plan.repeated)


def _keys(table: Table, key: Sequence[str]) -> list[str]:
    return [name for name in key if name in table.columns]


Found = list[tuple[Any, ...]] | Broken
"""Rows as (number, value or values, keys), or why there are none."""


def _found(table: Table, plans: Sequence[Plan], key: Sequence[str]) -> list[Found]:
    """The rows of each plan: those of all conditions in one pass, those of repeated values with a query each."""
    keys = _keys(table, key)
    plans = [_by_number(table, plan) for plan in plans]
    places = [place for place, plan in enumerate(plans) if plan.failing is not None]
    found = dict(zip(places, _together(table, [plans[place] for place in places], keys), strict=True))
    return [found[place] if place in found else _alone(table, plan, keys) for place, plan in enumerate(plans)]


def _by_number(table: Table, plan: Plan) -> Plan:
    """The plan of repeated values with the numbers of its rows as its condition.

    Only for a large text file of which a typed pass has kept the columns: it would be read twice more to find the rows.
    """
    import duckdb

    if table.quick is None or plan.failing is not None:
        return plan
    connection, source = kept_source(table, plan.fields, plan.repeated)
    if connection is table.connection:
        return plan
    condition = _condition(plan, source)
    query = f'SELECT "row" FROM ({source}) AS source WHERE {condition} ORDER BY "row" LIMIT {MAX_ROWS}'  # noqa: S608  # made by aggregates
    try:
        rows = connection.execute(query).fetchall()
    except duckdb.Error:
        return plan
    return replace(plan, failing=in_rows([row for (row,) in rows]), repeated=())


def _alone(table: Table, plan: Plan, keys: Sequence[str]) -> Found:
    import duckdb

    source = _source(table, [plan], keys)
    try:
        if plan.failing is None and _is_long(table):
            source = _few_that_repeat(table, plan, source)
        query = (
            f'SELECT "row", {", ".join([*_shown(plan), *_key_names(keys)])} FROM ({source}) AS source '  # noqa: S608  # made by aggregates
            f'WHERE {_condition(plan, source)} ORDER BY "row" LIMIT {MAX_ROWS}'
        )
        return table.connection.execute(query).fetchall()
    except duckdb.Error as problem:
        return Broken(reason(problem))


def _is_long(table: Table) -> bool:
    return table.quick is None and (table.known_rows is None or table.known_rows > sql.FIRST_ROWS)


def _few_that_repeat(table: Table, plan: Plan, source: str) -> str:
    """The rows whose hash repeats, where these are few: to group all rows would cost three times as much."""
    present, key = _present(plan.repeated), sql.hashed(*plan.repeated)
    scopes = dict.fromkeys(field.scope for field in plan.fields if field.scope)
    hashes = hashes_that_repeat(table.connection, source, sql.all_of([present, *scopes]), key)
    if not hashes:
        return source
    return f"SELECT * FROM ({source}) AS every_row WHERE {present} AND {key} IN ({', '.join(map(str, hashes))})"  # noqa: S608  # made by aggregates


def _together(table: Table, plans: Sequence[Plan], keys: Sequence[str]) -> list[Found]:
    """The rows that the condition of each plan chooses, in one pass.

    Where many rows fail, the first rows of the table hold enough of them, and no more are read. Where the engine
    refuses, the plans are split in halves until the one at fault stands alone.
    """
    import duckdb

    if len(plans) < 2:
        return [_alone(table, plan, keys) for plan in plans]
    try:
        found = _chosen(table, plans, keys, IN_FIRST_ROWS) if _is_long(table) else [[] for _ in plans]
        more = [place for place, rows in enumerate(found) if len(rows) < MAX_ROWS]
        whole = _chosen(table, [plans[place] for place in more], keys, "true") if more else []
    except duckdb.Error:
        middle = len(plans) // 2
        return [*_together(table, plans[:middle], keys), *_together(table, plans[middle:], keys)]
    late = dict(zip(more, whole, strict=True))
    return [late.get(place, rows) for place, rows in enumerate(found)]


def _chosen(table: Table, plans: Sequence[Plan], keys: Sequence[str], where: str) -> list[list[tuple[Any, ...]]]:
    """The first rows that fail of each plan, among those for which a condition holds.

    Rows for which all plans hold are left out at once: the others are few as a rule, and what is shown is computed of
    those only.
    """
    source = _source(table, plans, keys)
    conditions = [_condition(plan, source) for plan in plans]
    parts = [['"row"', *_shown(plan), *_key_names(keys)] for plan in plans]
    asked = [sql.rows_where(*each, MAX_ROWS) for each in zip(conditions, parts, strict=True)]
    failing = " OR ".join(f"({condition})" for condition in conditions)
    rows = f"SELECT * FROM ({source}) AS every_row WHERE {where} AND ({failing})"  # noqa: S608  # made by aggregates
    answers = table.connection.execute(f"SELECT {', '.join(asked)} FROM ({rows}) AS source").fetchall()  # noqa: S608  # made by aggregates
    return [sorted((tuple(row.values()) for row in found or []), key=lambda row: row[0]) for found in answers[0]]


def _evidence(plan: Plan, found: Found, keys: Sequence[str], privacy: str) -> dict[str, Any]:
    if isinstance(found, Broken):
        return {"rows_not_shown": found.reason}
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


def _source(table: Table, plans: Sequence[Plan], keys: Sequence[str]) -> str:
    fields = [field for plan in plans for field in plan.fields]
    return scanned(
        table, fields, {name: _readable(table, key) for name, key in zip(_key_names(keys), keys, strict=True)}
    )


def _key_names(keys: Sequence[str]) -> list[str]:
    return [f"k{place}" for place in range(len(keys))]


def _shown(plan: Plan) -> list[str]:
    """SQL of what is shown of a row."""
    if plan.beside:
        return [_plain(field) for field in plan.fields]
    raw = {field.raw: field for field in plan.fields}
    return [_plain(raw[plan.shown]) if plan.shown in raw else plan.shown]


def _condition(plan: Plan, source: str) -> str:
    """Condition of the rows to show.

    A bare comparison would be tried on Parquet's smallest and largest values first, which leave NaN out: one inside a
    function is not. Row numbers have no NaN, and some versions of the engine know them in bare comparisons only.
    """
    if plan.failing is None:
        condition = _repeats(source, plan.repeated)
    else:
        condition = plan.failing if plan.failing.startswith('"row" ') else f"coalesce({plan.failing}, false)"
    scopes = dict.fromkeys(field.scope for field in plan.fields if field.scope)
    return sql.all_of([f"({condition})", *scopes])


def _repeats(source: str, values: Sequence[str]) -> str:
    combined = values[0] if len(values) == 1 else f"row({', '.join(values)})"
    present, groups = _present(values), ", ".join(values)
    inner = f"SELECT {combined} FROM ({source}) AS again WHERE {present} GROUP BY {groups} HAVING count(*) > 1"  # noqa: S608  # made by aggregates
    return f"{present} AND {combined} IN ({inner})"


def _present(values: Sequence[str]) -> str:
    return " AND ".join(f"{value} IS NOT NULL" for value in values)


_FETCHED = ("VARCHAR", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DATE")


def _plain(field: Field) -> str:
    return field.raw if field.engine_type in _FETCHED else f"CAST({field.raw} AS VARCHAR)"


def _readable(table: Table, name: str) -> str:
    column = table.sql(name)
    return column if table.engine_types[name] in _FETCHED else f"CAST({column} AS VARCHAR)"
