"""All SQL that the checks are made of, in one place: another engine replaces these functions.

Column names never reach the engine (a table's columns are `c0`, `c1`, ...); values from a schema do, as literals made
here.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence

# --- literals -------------------------------------------------------------------------------------------------------


def text_literal(text: str) -> str:
    """A text literal.

    Raises
    ------
    ValueError
        The text holds a zero character or a lone surrogate, which no table can hold either.
    """
    if "\0" in text:
        raise ValueError(f"{text!r} holds a zero character")
    text.encode()  # UnicodeEncodeError is a ValueError
    return "'" + text.replace("'", "''") + "'"


def number_literal(value: float, *, single: bool = False) -> str:
    """A number, exact; `single` rounds it as a column of single precision has rounded its values."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is no number")
    if single:
        return f"CAST('{float(value)!r}' AS FLOAT)"
    if isinstance(value, int) and abs(value) < 10**37:
        return str(value)
    if math.isnan(value):
        raise ValueError("NaN is no bound and no member of a set")
    return f"CAST('{float(value)!r}' AS DOUBLE)"


def moment_literal(text: str, kind: str) -> tuple[str, bool]:
    """Literal of ISO 8601 text for a date, datetime or time column, and whether it is a whole day.

    A time zone is converted to UTC, as the values of the column are.

    Raises
    ------
    ValueError
        The text is no such moment.
    """
    if kind == "time":
        return f"TIME '{dt.time.fromisoformat(text).isoformat()}'", False
    try:
        return f"DATE '{dt.date.fromisoformat(text).isoformat()}'", True
    except ValueError:
        moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return f"TIMESTAMP '{moment.isoformat(sep=' ')}'", False


# --- values of a type -----------------------------------------------------------------------------------------------

INTEGER = "[+-]?[0-9]{1,38}"
_COMMA_NUMBER = "(?i)[+-]?(([0-9]+(,[0-9]*)?|,[0-9]+)(e[+-]?[0-9]+)?|inf|infinity)|nan"
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
_ZONE = "(Z|[+-][0-9]{2}:?[0-9]{2})"
_DURATION = r"-?P([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"


def from_text(column: str, kind: str, *, decimal: str = ".") -> str:
    """The typed value of a text; null where it is not of the type. Spaces around anything but text do not count.

    Integers have at most 38 digits. Booleans are `true`, `false`, `1` and `0`. Dates and times are ISO 8601; a date is
    a datetime too; a time zone is converted to UTC. Durations are ISO 8601.

    The engine's own casts take more than that (`1_000`, `2020/1/5`, `1.5` as the integer 2). A value that a cast writes
    back as it stood is taken at once, since that is cheap; the others are matched with a pattern first.
    """
    if kind == "number" and decimal == ",":
        point = f"replace(trim({column}), ',', '.')"
        return f"CASE WHEN {full_match(f'trim({column})', _COMMA_NUMBER)} THEN TRY_CAST({point} AS DOUBLE) END"
    make = _FROM_TEXT.get(kind)
    return make(column, f"trim({column})") if make else column


def _integer(column: str, text: str) -> str:
    narrow = f"TRY_CAST({column} AS BIGINT)"
    wide = f"TRY_CAST({text} AS HUGEINT)"
    same = f"CAST({narrow} AS VARCHAR) = {column}"
    return f"CASE WHEN {same} THEN CAST({narrow} AS HUGEINT) WHEN {full_match(text, INTEGER)} THEN {wide} END"


def _number(column: str, text: str) -> str:
    value = f"coalesce(TRY_CAST({column} AS DOUBLE), TRY_CAST({text} AS DOUBLE))"
    return f"CASE WHEN NOT contains({column}, '_') THEN {value} END"


def _boolean(column: str, text: str) -> str:
    word = f"lower({text})"
    other = f"CASE WHEN {word} IN ('true', '1') THEN true WHEN {word} IN ('false', '0') THEN false END"
    plain = "WHEN 'true' THEN true WHEN 'false' THEN false WHEN '1' THEN true WHEN '0' THEN false"
    return f"CASE {column} {plain} ELSE {other} END"


def _day(column: str, text: str) -> str:
    same = f"CAST(TRY_CAST({column} AS DATE) AS VARCHAR) = {column} AND length({column}) = 10"
    return f"CASE WHEN {same} OR {full_match(text, _DATE)} THEN TRY_CAST({text} AS DATE) END"


def _datetime(column: str, text: str) -> str:
    written = f"CAST(TRY_CAST({column} AS TIMESTAMP) AS VARCHAR)"
    same = f"({written} = {column} OR {written} = replace({column}, 'T', ' '))"
    zoned = f"make_timestamp(epoch_us(TRY_CAST({text} AS TIMESTAMPTZ)))"
    return (
        f"CASE WHEN {same} AND length({column}) BETWEEN 19 AND 26 THEN TRY_CAST({column} AS TIMESTAMP) "
        f"WHEN {full_match(text, f'{_DATE}([T ]{_CLOCK})?')} THEN TRY_CAST({text} AS TIMESTAMP) "
        f"WHEN {full_match(text, f'{_DATE}[T ]{_CLOCK}{_ZONE}')} THEN {zoned} END"
    )


def _time(_: str, text: str) -> str:
    return f"CASE WHEN {full_match(text, _CLOCK)} THEN TRY_CAST({text} AS TIME) END"


def _duration(_: str, text: str) -> str:
    return f"CASE WHEN {full_match(text, _DURATION)} AND {matches(text, '[0-9][A-Z]$')} THEN {text} END"


_FROM_TEXT: dict[str, Callable[[str, str], str]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _day,
    "datetime": _datetime,
    "time": _time,
    "duration": _duration,
}

_SIGNED = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_WHOLE = (*_SIGNED, *(f"U{name}" for name in _SIGNED))
_FLOATS = ("FLOAT", "DOUBLE")
_KINDS = {
    "BOOLEAN": "boolean",
    "UUID": "string",
    "VARCHAR": "string",
    "DATE": "date",
    "INTERVAL": "duration",
    "BLOB": "binary",
}


def stored_kind(engine_type: str) -> str:
    """Our word for an engine's type; `other` for a nested one.

    Examples
    --------
    >>> stored_kind("DECIMAL(10,2)"), stored_kind("TIMESTAMP_NS"), stored_kind("INTEGER[]")
    ('number', 'datetime', 'other')
    """
    if engine_type.endswith("]"):
        return "other"
    if engine_type in _WHOLE:
        return "integer"
    if engine_type in _FLOATS or engine_type.startswith("DECIMAL("):
        return "number"
    for start, kind in (("ENUM(", "string"), ("TIMESTAMP", "datetime"), ("TIME", "time")):
        if engine_type.startswith(start):
            return kind
    return _KINDS.get(engine_type, "other")


def from_stored(column: str, kind: str, engine_type: str) -> str:
    """The value of a typed column as `kind`; null where it is not of that type.

    A number that is whole is an integer, 0 and 1 are booleans, midnight is a date: other tools store them so when
    values are missing.
    """
    stored = stored_kind(engine_type)
    if kind in ("any", "other") or (kind, stored) == ("number", "integer"):
        return column
    if kind == stored and kind not in ("number", "string", "datetime", "time"):
        return column
    if kind == stored == "number" and engine_type in _FLOATS:
        return column
    if (kind, stored) == ("boolean", "integer"):
        stored = "number"
    template = _CONVERSIONS.get((kind, stored), "NULL")
    moment = _ZONED.get(engine_type, "CAST({column} AS TIMESTAMP)")
    return template.replace("{moment}", moment).replace("{column}", column)


_MOMENT, _MOMENT_NS = "make_timestamp(epoch_us({column}))", "make_timestamp(epoch_ns({column}) // 1000)"
_ZONED = {"TIMESTAMP WITH TIME ZONE": _MOMENT, "TIMESTAMPTZ_NS": _MOMENT_NS}
_CONVERSIONS = {
    ("number", "number"): "CAST({column} AS DOUBLE)",
    ("integer", "number"): "CASE WHEN {column} = trunc({column}) THEN TRY_CAST({column} AS HUGEINT) END",
    ("boolean", "number"): "CASE WHEN {column} = 1 THEN true WHEN {column} = 0 THEN false END",
    ("string", "string"): "CAST({column} AS VARCHAR)",
    ("date", "datetime"): "CASE WHEN {moment} = date_trunc('day', {moment}) THEN CAST({moment} AS DATE) END",
    ("datetime", "datetime"): "{moment}",
    ("datetime", "date"): "CAST({column} AS TIMESTAMP)",
    ("time", "time"): "CAST({column} AS TIME)",
}
"""SQL by (declared type, stored type); a pair that is not here has no value of the declared type."""


def is_single(engine_type: str) -> bool:
    return engine_type == "FLOAT"


def is_float(engine_type: str) -> bool:
    return engine_type in _FLOATS


FIRST_ROWS = 100_000
"""In a table of at most so many rows one scan answers everything."""

# --- conditions -----------------------------------------------------------------------------------------------------


def full_match(value: str, pattern: str) -> str:
    return f"regexp_full_match({value}, {text_literal(pattern)})"


def matches(value: str, pattern: str) -> str:
    return f"regexp_matches({value}, {text_literal(pattern)})"


def text_length(value: str) -> str:
    """Number of characters (code points)."""
    return f"length({value})"


def is_nan(value: str) -> str:
    return f"isnan({value})"


def is_infinite(value: str) -> str:
    return f"isinf({value})"


def is_finite(value: str) -> str:
    """Condition that a number is neither infinite nor NaN."""
    return f"isfinite({value})"


def is_whole(value: str) -> str:
    """Condition that a finite number has no fraction."""
    return f"{value} = trunc({value})"


def whole_day(value: str) -> str:
    return f"CAST({value} AS DATE)"


def microseconds(value: str) -> str:
    """A date or a datetime as microseconds since 1970."""
    return f"epoch_us(CAST({value} AS TIMESTAMP))"


def as_text(value: str) -> str:
    return f"CAST({value} AS VARCHAR)"


def only_where(condition: str, value: str) -> str:
    """The value where a condition holds, else null."""
    return f"CASE WHEN {condition} THEN {value} END"


def without(column: str, texts: Sequence[str]) -> str:
    """A column of text in which each of the texts is null."""
    return f"CASE WHEN {column} IN ({', '.join(map(text_literal, texts))}) THEN NULL ELSE {column} END"


def in_double(value: str) -> str:
    return f"CAST({value} AS DOUBLE)"


def in_first_rows(value: str) -> str:
    """The value in the first rows, null in the others: what is dear for many rows is asked of few, in the same scan."""
    return only_where(f'"row" <= {FIRST_ROWS}', value)


def among(values: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Whether several values that are not null are one of the rows of literals: one look-up, however many there are."""
    listed = ", ".join(f"({', '.join(row)})" for row in rows)
    names = ", ".join(f"v{place}" for place in range(len(values)))
    return f"(row({', '.join(values)}) IN (SELECT row({names}) FROM (VALUES {listed}) AS known({names})))"  # noqa: S608  # literals of ours


def all_of(conditions: Sequence[str]) -> str:
    return " AND ".join(conditions) or "true"


# --- aggregates -----------------------------------------------------------------------------------------------------

ROWS = "count(*)"


def count(value: str) -> str:
    """Values that are not null."""
    return f"count({value})"


def count_where(condition: str) -> str:
    """Rows for which a condition holds.

    Never `FILTER`: for each aggregate that has one the engine sets aside a copy of every column that the query asks
    for, so memory and time grow with the square of the number of columns. Counting ones, or values that are not null,
    takes twice as long.
    """
    return f"coalesce(count_if({condition}), 0)"


def hashed(*values: str) -> str:
    """A number of 64 bits; the same for the same values, and seldom the same for different ones."""
    return f"hash({', '.join(values)})"


def count_distinct(*values: str, where: str = "") -> str:
    """Distinct values, exact; of combinations where several are given."""
    what = values[0] if len(values) == 1 else f"row({', '.join(values)})"
    return f"count(DISTINCT {_only(what, where)})"


def about_distinct(value: str) -> str:
    """An estimate of the number of distinct values, in little memory: it chooses how to count, and is never judged."""
    return f"approx_count_distinct({value})"


def count_distinct_integers(value: str, low: int, high: int) -> str:
    """Distinct integers, exact, where all are from `low` to `high`: one bit for each, and no table of all values."""
    ends = f"CAST({low} AS BIGINT), CAST({high} AS BIGINT)"
    return f"bit_count(bitstring_agg(CAST({value} AS BIGINT), {ends}))"


def distinct_values(value: str, where: str = "") -> str:
    """A list of the distinct values, in no order; it may hold one null. For few of them: they are kept in memory."""
    return f"list(DISTINCT {_only(value, where)})"


def value_counts(value: str) -> str:
    """How often each value that is not null occurs, as a mapping. For few distinct ones: they are kept in memory."""
    return f"histogram({value})"


def digest(*values: str) -> str:
    """A number of 64 bits that is the same for the same values of the same types, null among them."""
    return f"hash({', '.join(values)})"


def smallest(value: str, where: str = "") -> str:
    return f"min({_only(value, where)})"


def largest(value: str, where: str = "") -> str:
    return f"max({_only(value, where)})"


def _only(value: str, where: str) -> str:
    """The value where a condition holds, else null, which no aggregate counts."""
    return only_where(where, value) if where else value


def rows_where(condition: str, parts: Sequence[str], count: int) -> str:
    """A list of structs of `parts` for the first rows for which a condition holds, of which `parts` are the values.

    The first part is the number of the row.
    """
    struct = ", ".join(f"'p{place}': {part}" for place, part in enumerate(parts))
    return f"arg_min({only_where(condition, f'{{{struct}}}')}, {only_where(condition, parts[0])}, {count})"


def mean(value: str) -> str:
    return f"avg(CAST({value} AS DOUBLE))"


def total(value: str) -> str:
    return f"sum({value})"


def sample_std(value: str) -> str:
    return f"stddev_samp(CAST({value} AS DOUBLE))"


def standardized(value: str, mean: float, std: float) -> str:
    """The distance of a number from the mean, in standard deviations."""
    return f"(({in_double(value)} - {number_literal(float(mean))}) / {number_literal(float(std))})"


def magnitude(value: str) -> str:
    return f"abs({value})"


def quantiles(value: str, levels: Sequence[float]) -> str:
    """A list: linear interpolation between the two nearest ranks, as numpy does by default."""
    listed = ", ".join(f"CAST('{level!r}' AS DOUBLE)" for level in levels)
    return f"quantile_cont(CAST({value} AS DOUBLE), [{listed}])"
