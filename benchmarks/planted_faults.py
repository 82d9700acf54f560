"""Faults to plant in a table: where each applies, said by what the table holds and never by what a schema says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from benchmarks.real_tables import RealTable

CSV, PARQUET = "csv", "parquet"
BOTH = (CSV, PARQUET)
Target = tuple[str, ...]
"""The columns that a fault is planted in; none for a fault of the table."""

LEAST_ROWS_OF_KEY = 15
"""A smaller table does not show that a column is meant to name its rows."""
FAR_APART = 40
"""Numbers are told apart by their size alone where all of one column are so many times those of the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault that a schema should catch.

    Parameters
    ----------
    name : as the printed table says it
    targets : of a table, where the fault applies
    plant : table and target to the table with the fault; None where the written file is damaged instead
    damage : bytes of the written file to those with the fault
    formats : file formats that can hold it
    ranges : whether the schema is the one with ranges
    delimiter : of the written CSV file
    """

    name: str
    targets: Callable[[RealTable], Sequence[Target]]
    plant: Callable[[RealTable, Target], RealTable] = lambda table, _: table
    damage: Callable[[bytes], bytes] | None = None
    formats: tuple[str, ...] = BOTH
    ranges: bool = False
    delimiter: str = ","


def _each(holds: Callable[[RealTable, str], bool]) -> Callable[[RealTable], Sequence[Target]]:
    """Every column for which a condition holds."""
    return lambda table: [(name,) for name in table.columns if holds(table, name)]


def _table(holds: Callable[[RealTable], bool] = lambda _: True) -> Callable[[RealTable], Sequence[Target]]:
    """The table as a whole, if a condition holds."""
    return lambda table: [()] if holds(table) else []


def _set(value: Any, row: int = 0) -> Callable[[RealTable, Target], RealTable]:
    """Put a value into one row of the target column."""

    def plant(table: RealTable, target: Target) -> RealTable:
        values = list(table.columns[target[0]])
        values[row] = value
        return table.with_column(target[0], values)

    return plant


def _map(change: Callable[[Any], Any]) -> Callable[[RealTable, Target], RealTable]:
    """Change every value of the target column."""
    return lambda table, target: table.with_column(
        target[0], [None if value is None else change(value) for value in table.columns[target[0]]]
    )


def _renamed(table: RealTable, target: Target) -> RealTable:
    return replace(
        table, columns={f"{name}_x" if name == target[0] else name: of for name, of in table.columns.items()}
    )


def _dropped(table: RealTable, target: Target) -> RealTable:
    return replace(table, columns={name: of for name, of in table.columns.items() if name != target[0]})


def _nulls(share: float) -> Callable[[RealTable, Target], RealTable]:
    """Take this share of the values away, evenly spaced."""

    def plant(table: RealTable, target: Target) -> RealTable:
        every = table.rows // math.ceil(share * table.rows)
        values = table.columns[target[0]]
        return table.with_column(target[0], [None if row % every == 0 else value for row, value in enumerate(values)])

    return plant


def _duplicated(table: RealTable, _: Target) -> RealTable:
    return table.with_rows([*range(table.rows), *range(math.ceil(0.05 * table.rows))])


def _same_key(table: RealTable, _: Target) -> RealTable:
    for name in table.key:
        table = _set(table.columns[name][0], -1)(table, (name,))
    return table


def _swapped(table: RealTable, target: Target) -> RealTable:
    one, other = target
    columns = {**table.columns, one: table.columns[other], other: table.columns[one]}
    return replace(table, columns=columns)


def _mixed_dates(table: RealTable, target: Target) -> RealTable:
    values = [
        value if value is None else value.strftime("%d/%m/%Y" if row % 10 == 0 else "%Y-%m-%d")
        for row, value in enumerate(table.columns[target[0]])
    ]
    return table.with_column(target[0], values)


def _loses_a_third(table: RealTable, name: str) -> bool:
    """A column with a few missing values already, less than a fifth of 100 rows or more."""
    missing = table.rows - len(table.present(name))
    return table.rows >= 100 and 0 < missing < 0.2 * table.rows


def _has_key(table: RealTable) -> bool:
    return bool(table.key) and table.rows >= LEAST_ROWS_OF_KEY


def _repeats(table: RealTable, name: str) -> bool:
    """A text column of up to 20 values, each in 15 rows or more; one value alone in 100."""
    counts = Counter(table.present(name)) if table.is_text(name) else Counter()
    return 0 < len(counts) <= 20 and min(counts.values()) >= (100 if len(counts) == 1 else 15)


def _is_flag(table: RealTable, name: str) -> bool:
    """A column of zeros and ones, either in 10 rows and one of a hundred, or more."""
    counts = Counter(table.present(name)) if table.is_numeric(name) else Counter()
    return set(counts) == {0, 1} and min(counts.values()) >= max(10, 0.01 * table.rows)


def _is_measured(table: RealTable, name: str) -> bool:
    """A number that is no part of the key; not all of them 0, which times 1,000 is 0."""
    return name not in table.key and table.is_numeric(name) and any(table.present(name))


def _has_fractions(table: RealTable, name: str) -> bool:
    return table.is_numeric(name) and any(isinstance(value, float) for value in table.present(name))


def _other_types(table: RealTable) -> list[Target]:
    """Pairs of which only one is numbers."""
    return [(a, b) for a, b in combinations(table.columns, 2) if table.is_numeric(a) is not table.is_numeric(b)]


def _other_sizes(table: RealTable) -> list[Target]:
    """Pairs of numbers of which all of one are more than 40 times those of the other; no part of the key."""
    measured = [name for name in table.columns if _is_measured(table, name)]
    sizes = {name: sorted(abs(value) for value in table.present(name)) for name in measured}
    ends = {name: (found[0], found[-1]) for name, found in sizes.items()}
    return [
        (a, b)
        for a, b in combinations(measured, 2)
        if ends[a][0] > FAR_APART * ends[b][1] or ends[b][0] > FAR_APART * ends[a][1]
    ]


def _line(change: Callable[[bytes], bytes], row: int = 1) -> Callable[[bytes], bytes]:
    """Change one line of a CSV file."""

    def damage(content: bytes) -> bytes:
        lines = content.split(b"\n")
        lines[row] = change(lines[row])
        return b"\n".join(lines)

    return damage


def _header_again(content: bytes) -> bytes:
    lines = content.split(b"\n")
    middle = len(lines) // 2
    return b"\n".join([*lines[:middle], lines[0], *lines[middle:]])


FAULTS = (
    Fault(name="renamed column", targets=_each(lambda *_: True), plant=_renamed),
    Fault(name="dropped column", targets=_each(lambda *_: True), plant=_dropped),
    Fault(
        name="added column",
        targets=_table(),
        plant=lambda table, _: table.with_column("new", [0] * table.rows),
    ),
    Fault(name="number to text", targets=_each(RealTable.is_numeric), plant=_map(lambda value: f"{value} kg")),
    Fault(name="word in numbers", targets=_each(RealTable.is_numeric), plant=_set("unknown"), formats=(CSV,)),
    Fault(
        name="5 % nulls",
        targets=_each(lambda table, name: table.is_complete(name) and table.rows >= 20),
        plant=_nulls(0.05),
    ),
    Fault(name="one null", targets=_each(RealTable.is_complete), plant=_set(None)),
    Fault(name="a third missing", targets=_each(_loses_a_third), plant=_nulls(1 / 3)),
    Fault(name="duplicated rows", targets=_table(_has_key), plant=_duplicated),
    Fault(name="duplicate key", targets=_table(_has_key), plant=_same_key),
    Fault(name="unit x 1000", targets=_each(_is_measured), plant=_map(lambda value: value * 1000), ranges=True),
    Fault(name="unknown category", targets=_each(_repeats), plant=_set("unheard of")),
    Fault(name="unknown flag", targets=_each(_is_flag), plant=_set(2)),
    Fault(
        name="-999",
        targets=_each(lambda table, name: table.is_numeric(name) and min(table.present(name)) > -99),
        plant=_set(-999),
    ),
    Fault(name="N/A in text", targets=_each(RealTable.is_text), plant=_set("N/A")),
    Fault(name="N/A in numbers", targets=_each(RealTable.is_numeric), plant=_set("N/A"), formats=(CSV,)),
    Fault(name="infinite", targets=_each(_has_fractions), plant=_set(math.inf)),
    Fault(
        name="NaN",
        targets=_each(lambda table, name: _has_fractions(table, name) and table.is_complete(name)),
        plant=_set(math.nan),
    ),
    Fault(
        name="mixed date formats",
        targets=_each(RealTable.is_date),
        plant=_mixed_dates,
    ),
    Fault(name="swapped types", targets=_other_types, plant=_swapped),
    Fault(name="swapped sizes", targets=_other_sizes, plant=_swapped, ranges=True),
    Fault(
        name="half of the rows",
        targets=_table(),
        plant=lambda table, _: table.with_rows(range(table.rows // 2)),
    ),
    Fault(name="no rows", targets=_table(), plant=lambda table, _: table.with_rows([]), formats=(CSV,)),
    Fault(name="file cut off", targets=_table(), damage=lambda content: content[: len(content) // 2]),
    Fault(name="long row", targets=_table(), damage=_line(lambda line: line + b",1"), formats=(CSV,)),
    Fault(
        name="short row",
        targets=_table(lambda table: len(table.columns) > 1),
        damage=_line(lambda line: line.rpartition(b",")[0]),
        formats=(CSV,),
    ),
    Fault(
        name="header again",
        targets=_table(lambda table: any(map(table.is_numeric, table.columns))),
        damage=_header_again,
        formats=(CSV,),
    ),
    Fault(
        name="other delimiter",
        targets=_table(lambda table: len(table.columns) > 1),
        formats=(CSV,),
        delimiter=";",
    ),
)
