"""The table of visits that all peers check, and the one list of its checks. Needs nothing that a peer does not have.

A peer says for each check that it can express whether it holds. What a peer leaves out, mlgate leaves out beside it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

REFERENCE = "2026-01-01T00:00:00"
"""The time from which the age of the newest visit is counted."""
STEP = 4_294_967_291
"""A prime: its multiples, modulo the number of rows, are all ids in an order that looks random."""

COLUMNS = {
    "id": "BIGINT",
    "patient_id": "BIGINT",
    "age": "INTEGER",
    "weight": "DOUBLE",
    "pressure": "DOUBLE",
    "score": "DOUBLE",
    "ward": "VARCHAR",
    "email": "VARCHAR",
    "code": "VARCHAR",
    "admitted_at": "TIMESTAMP",
    "left_at": "TIMESTAMP",
    "readmitted": "BOOLEAN",
}
WARDS = ("A1", "A2", "B1", "B2", "C1", "C2", "D1", "D2")
MISSING = {"weight": 0.05, "pressure": 0.02}
EMAIL = r"^[^@ ]+@[^@ ]+\.[a-z]+$"


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Parameters
    ----------
    name : as mlgate's outcome is called behind the dataset
    kind : by which a peer finds its own way to express it
    columns : one, or several of a check of the table
    argument : of the check, as a schema writes it
    """

    name: str
    kind: str
    columns: tuple[str, ...]
    argument: Any

    @property
    def column(self) -> str:
        return self.columns[0]


def _of(column: str, kind: str, argument: Any) -> Check:
    return Check(f"{column}/{kind}", kind, (column,), argument)


def _statistics(column: str, middle: Any, std: Any, low: Any, high: Any) -> list[Check]:
    """Bounds of the mean and the median, of the standard deviation, and of the quantiles 0.01 and 0.99."""
    bounds = {"mean": middle, "std": std, "median": middle, "quantile": {0.01: low, 0.99: high}}
    return [_of(column, kind, bound) for kind, bound in bounds.items()]


CHECKS = (
    *(_of(column, "not_null", True) for column in COLUMNS if column not in MISSING),
    *(_of(column, "null_fraction", {"max": 1.2 * share}) for column, share in MISSING.items()),
    _of("id", "between", [0, 1_000_000_000]),
    _of("age", "between", [0, 120]),
    _of("weight", "between", [1, 400]),
    _of("pressure", "between", [20, 260]),
    _of("score", "between", [0, 1]),
    _of("admitted_at", "between", ["2020-01-01T00:00:00", "2026-01-01T00:00:00"]),
    *_statistics("age", middle=[40, 60], std=[20, 40], low=[0, 5], high=[90, 100]),
    *_statistics("weight", middle=[60, 90], std=[5, 30], low=[30, 60], high=[90, 120]),
    *_statistics("pressure", middle=[100, 140], std=[5, 30], low=[60, 100], high=[140, 180]),
    *_statistics("score", middle=[0.4, 0.6], std=[0.2, 0.4], low=[0, 0.05], high=[0.9, 1]),
    _of("ward", "in_set", list(WARDS)),
    _of("ward", "entropy", [1, 3]),
    _of("email", "regex", EMAIL),
    _of("id", "unique", True),
    _of("readmitted", "label_distribution", {"true": [0.05, 0.30]}),
    Check("unique", "unique_together", ("patient_id", "admitted_at"), None),
    Check("compare_columns", "ordered", ("admitted_at", "left_at"), "<="),
    Check("freshness", "freshness", ("admitted_at",), "45d"),
)
"""Null fractions, ranges, statistics of four columns, a set, a pattern, keys, shares, order and age."""

Maker = Callable[[Check], Any]


def expressed(makers: Mapping[str, Maker]) -> list[tuple[Check, Any]]:
    """The checks that a peer can express, each as it does; None from a maker says that it cannot express this one."""
    made = [(check, makers[check.kind](check)) for check in CHECKS if check.kind in makers]
    return [(check, found) for check, found in made if found is not None]


def tell(found: Mapping[str, bool]) -> None:
    """Print whether each check holds, by its name."""
    json.dump({name: bool(holds) for name, holds in found.items()}, sys.stdout)


# --- the table ------------------------------------------------------------------------------------------------------


def rows_sql(rows: int, *, faults: bool) -> str:
    """DuckDB's SQL of a table of so many rows, which is the same in each run; `faults` breaks some rows.

    Every patient has five visits. Broken are five ages, three addresses, one ward, and four rows that end before they
    begin; one code and too many pressures are missing, two ids and two visits stand twice.
    """
    values = _values()
    number, visit = f"(i * {STEP}) % {rows}", f"(i * {STEP}) % {rows}"
    if faults:
        number, visit = _twice(number, rows, (20, 21)), _twice(visit, rows, (40, 41))
        values |= {name: changed.format(value=values[name], third=rows // 3) for name, changed in _FAULTS.items()}
    listed = ", ".join(f"CAST({value} AS {COLUMNS[column]}) AS {column}" for column, value in values.items())
    drawn = f"SELECT i, {number} AS number, {visit} AS visit FROM range({rows}) AS drawn(i)"  # noqa: S608  # made here
    return f"SELECT {listed} FROM ({drawn}) AS drawn"  # noqa: S608  # made here


def _twice(value: str, rows: int, places: Sequence[int]) -> str:
    listed = ", ".join(map(str, places))
    return f"CASE WHEN i IN ({listed}) THEN ((i + 10) * {STEP}) % {rows} ELSE {value} END"


def _share(salt: int, of: str = "i") -> str:
    """A number from 0 to below 1 that looks random."""
    return f"((hash({of} + {salt}000000007) % 1000003) / 1000003.0)"


def _normal(mean: float, std: float, salt: int) -> str:
    return f"({mean} + {std} * sqrt(-2 * ln(1 - {_share(salt)})) * cos(6.283185307179586 * {_share(salt + 1)}))"


def _or_missing(column: str, value: str, salt: int) -> str:
    return f"CASE WHEN {_share(salt)} >= {MISSING[column]} THEN {value} END"


def _values() -> dict[str, str]:
    """SQL of each column over `i`, the place of the row, `number`, and `visit`, of which each patient has five."""
    days = f"(350 * {_share(11, 'visit // 5')} + 20 * (visit % 5) + 15 * {_share(12, 'visit')})"
    begin = f"TIMESTAMP '2024-10-01' + to_seconds(CAST(floor(86400 * {days}) AS BIGINT))"
    wards = ", ".join(f"'{ward}'" for ward in WARDS)
    return {
        "id": "number",
        "patient_id": "visit // 5",
        "age": f"floor(100 * {_share(1)})",
        "weight": _or_missing("weight", f"round(greatest({_normal(75, 12, 2)}, 2), 1)", 4),
        "pressure": _or_missing("pressure", f"round(greatest({_normal(120, 15, 5)}, 30), 1)", 7),
        "score": f"round({_share(8)}, 6)",
        "ward": f"[{wards}][1 + CAST(floor({len(WARDS)} * pow({_share(9)}, 1.5)) AS INTEGER)]",
        "email": "'person' || (visit // 5) || '@mail' || (hash(visit // 5) % 100) || '.example.org'",
        "code": "CAST(CAST(md5(CAST(i AS VARCHAR)) AS UUID) AS VARCHAR)",
        "admitted_at": begin,
        "left_at": f"{begin} + to_seconds(CAST(floor(864000 * {_share(10)}) AS BIGINT))",
        "readmitted": f"{_share(13)} < 0.15",
    }


_FAULTS = {
    "age": "CASE WHEN i >= {third} AND i < {third} + 5 THEN 131 ELSE {value} END",
    "pressure": "CASE WHEN i % 50 <> 3 THEN {value} END",
    "email": "CASE WHEN i IN (0, 2, {third}) THEN 'nobody' ELSE {value} END",
    "ward": "CASE WHEN i = {third} THEN 'Z9' ELSE {value} END",
    "left_at": "CASE WHEN i >= 60 AND i < 64 THEN TIMESTAMP '2024-01-01' ELSE {value} END",
    "code": "CASE WHEN i <> {third} + 7 THEN {value} END",
}
