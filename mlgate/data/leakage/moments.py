"""The moment of a row: what it is compared as, and where it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.leakage.columns import Compared, Unlike, kinds_of
from mlgate.data.leakage.matching import ask_row, ask_rows
from mlgate.data.leakage.split import MAX_SHOWN, Split, could_not
from mlgate.data.plan import Verdict

_ZONED = r"[Tt ][0-9:.]+\s*([Zz]|[+-][0-9]{2}:?[0-9]{2})\s*$"
_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """How the moments of two rows are compared: as moments, or as numbers such as years; `gap_s` is in seconds."""

    column: str
    is_number: bool
    gap_s: float = 0.0

    def overlaps(self, earlier: str, later: str) -> str:
        """Condition that a moment of an earlier split does not lie before one of a later split, by the gap."""
        if not self.gap_s:
            return f"{earlier} >= {later}"
        return f"{earlier} > {later} - to_microseconds({round(self.gap_s * 1_000_000)})"

    def told(self, value: object) -> str:
        """A moment as a person reads it: a day where it is midnight, a year without a separator of thousands."""
        if isinstance(value, float):
            return f"{value:.10g}"
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
    cannot be compared.
    """
    if isinstance(column, Unlike):
        hint = "name a column of dates, times or numbers"
        return could_not(f"{words.short(column.name)} is no moment: {column.reason}", hint)
    name = words.short(column.name)
    if column.kind == "number" and gap_s:
        return could_not(f"a gap is a duration, and {name} holds numbers", "leave `gap` out, or name dates")
    zones: dict[str, list[int]] = {}
    for place, split in enumerate(splits):
        stored, read, zoned = _counts(split, column, place)
        if not read and not stored:
            return could_not(f"{name} is never there in {words.short(split.name)}", "correct the column")
        if read < stored:
            return _unread(split, column, place, stored - read)
        zones[split.name] = [zoned, stored - zoned]
    if column.kind == "datetime" and any(with_zone for with_zone, _ in zones.values()):
        naive = {split: without for split, (_, without) in zones.items() if without}
        if naive:
            where, count = next(iter(naive.items()))
            fact = f"{words.counted(count, 'value')} of {name} in {words.short(where)} {words.verb(count)} without a "
            fact += "time zone, others have one: which came first cannot be told"
            return could_not(fact, "write all of them with a time zone, or all in UTC without one")
    return TimeAxis(column=column.name, is_number=column.kind == "number", gap_s=gap_s)


def _counts(split: Split, column: Compared, place: int) -> tuple[int, int, int]:
    """Values that are stored, that are moments, and that have a time zone."""
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
    query = f"SELECT {stored}, {sql.count(column.values[place])}, {zoned} FROM {table.relation}"  # noqa: S608  # names of ours
    found = ask_row(split, query)
    return int(found[0]), int(found[1]), int(found[2])


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
