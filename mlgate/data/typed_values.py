"""Values of a type: from the text of a file, or from what a column stores. What is not of the type becomes null."""

from __future__ import annotations

from collections.abc import Callable

from mlgate.config.json_types import json_types_of
from mlgate.data.dialect import full_match, matches, spelled

_INTEGER = "[+-]?[0-9]{1,38}"
_COMMA_NUMBER = "(?i)[+-]?(([0-9]+(,[0-9]*)?|,[0-9]+)(e[+-]?[0-9]+)?|inf|infinity)|nan"
_DATE = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
_TIME = f"([01][0-9]|2[0-3])({_CLOCK[len('[0-9]{2}') :]})"
_ZONE = "(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])"
_SHORT = 200
"""A shorter number without an exponent is far from the largest one in double precision."""
_DURATION = r"-?P([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"


def from_text(column: str, kind: str, *, decimal: str = ".") -> str:
    """The typed value of a text; null where it is not of the type. Spaces around anything but text do not count.

    Integers have at most 38 digits. A number that double precision cannot hold (1e400) is none: infinite is what says
    so. Booleans are `true`, `false`, `1` and `0`. Dates and times are ISO 8601, of the years 1 to 9999; a date is a
    datetime too; a time zone, at most 23:59 from UTC as in Python and pandas, is converted to UTC. A time ends before
    24:00, which in a datetime is the end of its day. Durations are ISO 8601.

    The engine's own casts take more than that (`1_000`, `2020/1/5`, `1.5` as the integer 2). A value that a cast writes
    back as it stood is taken at once, since that is cheap; the others are matched with a pattern first.
    """
    if kind == "number" and decimal == ",":
        value = f"TRY_CAST(replace(trim({column}), ',', '.') AS DOUBLE)"
        wrong = f"NOT {full_match(f'trim({column})', _COMMA_NUMBER)}"
        return f"CASE WHEN {wrong} THEN NULL WHEN {_too_large(column, value)} THEN NULL ELSE {value} END"
    make = _FROM_TEXT.get(kind)
    return make(column, f"trim({column})") if make else column


def _integer(column: str, text: str) -> str:
    narrow = f"TRY_CAST({column} AS BIGINT)"
    wide = f"TRY_CAST({text} AS HUGEINT)"
    same = f"CAST({narrow} AS VARCHAR) = {column}"
    return f"CASE WHEN {same} THEN CAST({narrow} AS HUGEINT) WHEN {full_match(text, _INTEGER)} THEN {wide} END"


def _number(column: str, text: str) -> str:
    value = f"coalesce(TRY_CAST({column} AS DOUBLE), TRY_CAST({text} AS DOUBLE))"
    return f"CASE WHEN contains({column}, '_') THEN NULL WHEN {_too_large(column, value)} THEN NULL ELSE {value} END"


def _too_large(column: str, value: str) -> str:
    """Whether a number is infinite although its text is not. It looks at the text first, since that is cheap."""
    may_be = f"{spelled('bytes of text', column)} >= {_SHORT} OR contains({column}, 'e') OR contains({column}, 'E')"
    return f"({may_be}) AND {spelled('is infinite', value)} AND NOT contains(lower({column}), 'inf')"


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
    zoned = spelled("moment of microseconds", spelled("microseconds", f"TRY_CAST({text} AS TIMESTAMPTZ)"))
    return (
        f"CASE WHEN {same} AND length({column}) BETWEEN 19 AND 26 THEN TRY_CAST({column} AS TIMESTAMP) "
        f"WHEN {full_match(text, f'{_DATE}([T ]{_CLOCK})?')} THEN TRY_CAST({text} AS TIMESTAMP) "
        f"WHEN {full_match(text, f'{_DATE}[T ]{_CLOCK}{_ZONE}')} THEN {zoned} END"
    )


def _time(_: str, text: str) -> str:
    return f"CASE WHEN {full_match(text, _TIME)} THEN TRY_CAST({text} AS TIME) END"


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


def from_json(column: str, kind: str, written: str) -> str:
    """The typed value of a value of JSON lines: read from its text, if its JSON type is one for the declared type.

    Numbers under `integer` are whole, also `1.0`, as in Parquet. Dates and times are texts; nested values are of no
    type but `any`.

    Parameters
    ----------
    column : the text of the value
    written : its JSON type, a number of `mlgate.config.json_types`
    """
    value = from_text(column, kind)
    if kind == "integer":
        number = f"TRY_CAST({column} AS DOUBLE)"
        value = f"coalesce({value}, CASE WHEN {number} = trunc({number}) THEN TRY_CAST({number} AS HUGEINT) END)"
    allowed = json_types_of(kind)
    listed = ", ".join(str(1 << place) for place in range(allowed.bit_length()) if allowed >> place & 1)
    return value if kind in ("any", "other") else f"CASE WHEN {written} IN ({listed}) THEN {value} END"


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
    moment = _MOMENTS.get(engine_type, "CAST({column} AS TIMESTAMP)")
    return template.replace("{moment}", moment).replace("{column}", column)


_NANOSECONDS = spelled("nanoseconds", "{column}")
_OF_NANOSECONDS = spelled(
    "moment of microseconds", f"{_NANOSECONDS} // 1000 - CASE WHEN {_NANOSECONDS} % 1000 < 0 THEN 1 ELSE 0 END"
)
"""The microsecond that a moment lies in, before 1970 too; a cast would round it to the next one."""
_MOMENTS = {
    "TIMESTAMP WITH TIME ZONE": spelled("moment of microseconds", spelled("microseconds", "{column}")),
    "TIMESTAMPTZ_NS": _OF_NANOSECONDS,
    "TIMESTAMP_NS": _OF_NANOSECONDS,
}
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
