"""The moment of a row: what it is compared as, and where it cannot be."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log10

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.leakage.columns import Compared, Unlike, kinds_of
from mlgate.data.leakage.matching import ask_row, ask_rows
from mlgate.data.leakage.split import MAX_SHOWN, Split, could_not
from mlgate.data.plan import Verdict

_ZONED = r"[Tt ][0-9:.]+\s*([Zz]|[+-][0-9]{2}:?[0-9]{2})\s*$"
_DAY = 86_400
_LENGTH_OF_DAY = 10
_UNITS = (3.0, 6.0, 9.0)
_NEAR_UNIT, _EPOCH_LIKE = 0.3, 4.0
"""Numbers of a time whose largest is less than four times the smallest, and a factor of two, as a logarithm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """How the moments of two rows are compared: as moments, or as numbers such as years; `gap_s` is in seconds.

    `by_day` says that some splits have days and others times of day: then days are compared.
    """

    column: str
    is_number: bool
    gap_s: float = 0.0
    by_day: bool = False

    def overlaps(self, earlier: str, later: str) -> str:
        """Condition that a moment of an earlier split does not lie before one of a later split, by the gap."""
        if not self.gap_s:
            return f"{earlier} >= {later}"
        gap_s = self.gap_s + (_DAY if self.by_day else 0)  # from the end of a day on
        return f"{earlier} > {later} - to_microseconds({round(gap_s * 1_000_000)})"

    def told(self, value: object) -> str:
        """A moment as a person reads it: a day where it is midnight, a year without a separator of thousands."""
        if isinstance(value, float):
            return f"{value:.0f}" if value.is_integer() else f"{value:.10g}"
        text = str(words.plain(value))
        return text.removesuffix("T00:00:00")

    @property
    def gap(self) -> str:
        """The gap as it would be declared."""
        for seconds, unit in ((_DAY, "d"), (3600, "h"), (60, "m"), (1, "s")):
            if self.gap_s >= seconds and self.gap_s % seconds == 0:
                return f"{self.gap_s / seconds:g}{unit}"
        return f"{self.gap_s:g}s"


def time_column(splits: Sequence[Split], name: str) -> Compared | Unlike:
    """The column of moments as SQL: timestamps in UTC, or numbers where all splits store numbers."""
    kinds = [kinds_of(split.table, [name])[name] for split in splits]
    places = [(split, split.table.sql(name), split.table.engine_types[name]) for split in splits]
    numeric = {kind for kind in kinds if kind} <= {"integer", "number"} and any(kinds)
    values = []
    for kind, (split, column, engine_type) in zip(kinds, places, strict=True):
        if engine_type == "VARCHAR":
            wanted = "number" if numeric else "datetime"
            values.append(sql.from_text(column, wanted, decimal=split.table.read.decimal))
        elif numeric:
            is_float = sql.is_float(engine_type)
            values.append(sql.only_where(f"NOT {sql.is_nan(column)}", column) if is_float else sql.in_double(column))
        elif kind in ("date", "datetime"):
            values.append(sql.from_stored(column, "datetime", engine_type))
        else:
            return Unlike(name=name, reason=f"{kind} in {words.short(split.name)}")
    kind = "number" if numeric else "datetime"
    return Compared(name=name, kind=kind, values=tuple(values), keys=tuple(values))


def time_axis(splits: Sequence[Split], column: Compared | Unlike, gap_s: float) -> TimeAxis | Verdict:
    """How the splits' moments are compared, or the error that they cannot be.

    Every text must be an ISO 8601 date or time. Moments with a time zone are compared in UTC; with and without one they
    cannot be compared. Where a split has days only and another one times of day, days are compared. Numbers that are
    about 1,000 times those of another split, or a million or billion times, cannot be compared: their units differ.
    """
    if isinstance(column, Unlike):
        hint = "name a column of dates, times or numbers"
        return could_not(f"{words.short(column.name)} is no moment: {column.reason}", hint)
    name = words.short(column.name)
    if column.kind == "number" and gap_s:
        return could_not(f"a gap is a duration, and {name} holds numbers", "leave `gap` out, or name dates")
    zones: dict[str, list[int]] = {}
    days: list[bool] = []
    for place, split in enumerate(splits):
        stored, read, zoned, only_days = _counts(split, column, place)
        if not read and not stored:
            return could_not(f"{name} is never there in {words.short(split.name)}", "correct the column")
        if read < stored:
            return _unread(split, column, place, stored - read)
        zones[split.name] = [zoned, stored - zoned]
        days.append(only_days and not zoned)
    if column.kind == "datetime" and any(with_zone for with_zone, _ in zones.values()):
        naive = {split: without for split, (_, without) in zones.items() if without}
        if naive:
            where, count = next(iter(naive.items()))
            fact = f"{words.counted(count, 'value')} of {name} in {words.short(where)} {words.verb(count)} without a "
            fact += "time zone, others have one: which came first cannot be told"
            return could_not(fact, "write all of them with a time zone, or all in UTC without one")
    if column.kind == "number":
        return _other_units(splits, column) or TimeAxis(column=column.name, is_number=True)
    return TimeAxis(column=column.name, is_number=False, gap_s=gap_s, by_day=any(days) and not all(days))


def in_days(column: Compared) -> Compared:
    """The column with the day of each moment."""
    return replace(column, values=tuple(_day(value) for value in column.values))


def _day(value: str) -> str:
    return f"CAST({sql.whole_day(value)} AS TIMESTAMP)"


def _other_units(splits: Sequence[Split], column: Compared) -> Verdict | None:
    """The error that the numbers of two splits seem to count other units, such as seconds and milliseconds."""
    middles: dict[str, float] = {}
    for place, split in enumerate(splits):
        asked = sql.quantiles(column.values[place], [0.05, 0.5, 0.95])
        (found,) = ask_row(split, f"SELECT {asked} FROM {split.table.relation}")  # noqa: S608  # made by aggregates
        low, middle, high = found
        if low > 0 and high < _EPOCH_LIKE * low:
            middles[split.name] = middle
    for (one, here), (other, there) in itertools.combinations(middles.items(), 2):
        times = log10(there / here)
        if any(abs(abs(times) - unit) < _NEAR_UNIT for unit in _UNITS):
            larger, smaller = (other, one) if times > 0 else (one, other)
            fact = f"{words.short(column.name)} is some {10 ** abs(round(times / 3) * 3):,} times as large in "
            fact += f"{words.short(larger)} as in {words.short(smaller)}: they seem to count other units of time"
            return could_not(fact, "write all of them in one unit, e.g. seconds since 1970, or as ISO 8601 times")
    return None


def _counts(split: Split, column: Compared, place: int) -> tuple[int, int, int, bool]:
    """Values that are stored, that are moments, and that have a time zone; and whether all moments are days."""
    table, raw = split.table, split.table.sql(column.name)
    engine_type = table.engine_types[column.name]
    if engine_type == "VARCHAR":
        zoned = sql.count_where(sql.matches(raw, _ZONED)) if column.kind == "datetime" else "0"
        stored = sql.count(raw)
    else:
        stored = sql.count(raw)
        zoned = stored if engine_type in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS") else "0"
        if sql.is_float(engine_type):
            stored = sql.count(column.values[place])
    value = column.values[place]
    times = "0"
    if column.kind == "datetime" and engine_type != "DATE":
        times = sql.count_where(f"{value} <> {_day(value)}")
    short = sql.count_where(f"length(trim({raw})) <= {_LENGTH_OF_DAY}") if engine_type == "VARCHAR" else "0"
    ends = f"{sql.smallest(value)} < {sql.largest(value)}"
    query = f"SELECT {stored}, {sql.count(value)}, {zoned}, {times}, {short}, {ends} FROM {table.relation}"  # noqa: S608  # names of ours
    found = ask_row(split, query)
    written_so = engine_type == "DATE" or found[4] == found[0] or bool(found[5])
    return int(found[0]), int(found[1]), int(found[2]), column.kind == "datetime" and not found[3] and written_so


def _unread(split: Split, column: Compared, place: int, count: int) -> Verdict:
    """The error that values are no moments, with their rows."""
    table = split.table
    wrong = f"{table.sql(column.name)} IS NOT NULL AND {column.values[place]} IS NULL"
    first = f"SELECT {table.row_number} AS r FROM {table.relation} WHERE {wrong} ORDER BY r LIMIT {MAX_SHOWN}"  # noqa: S608  # names of ours
    rows = ", ".join(f"{int(row):,}" for (row,) in ask_rows(split, first))
    what = "number" if column.kind == "number" else "ISO 8601 date or time"
    message = f"{words.counted(count, 'value')} of {words.short(column.name)} in {words.short(split.name)} "
    message += f"{words.verb(count)} no {what}: rows {rows}"
    return could_not(message, "write every moment in one format, e.g. 2026-01-31 or 2026-01-31T08:00:00Z")
