"""How the engine spells literals, and the functions that engines spell differently: one table, for another to replace.

What stands in no table here (`count`, `CASE`, `coalesce`, `min`, windows, ...) is SQL that the engines share.
"""

from __future__ import annotations

import datetime as dt
import math

FUNCTIONS = {
    "full match": "regexp_full_match({}, {})",
    "match": "regexp_matches({}, {})",
    "replaced match": "regexp_replace({}, {}, {})",
    "replaced matches": "regexp_replace({}, {}, {}, 'g')",
    "is infinite": "isinf({})",
    "is finite": "isfinite({})",
    "microseconds": "epoch_us({})",
    "nanoseconds": "epoch_ns({})",
    "moment of microseconds": "make_timestamp({})",
    "moment as text": "strftime({}, {})",
    "text as moment": "try_strptime({}, {})",
    "is json": "json_valid({})",
    "hash": "hash({})",
    "bytes of text": "strlen({})",
    "number of bytes": "octet_length({})",
    "row of each": "unnest([{}])",
    "row of each part": "unnest(CAST(string_split({}, {}) AS {}[]))",
    "bits": "bit_count(bitstring_agg({}, {}, {}))",
    "counts by value": "histogram({})",
    "values of smallest": "arg_min({}, {}, {})",
    "quantiles": "quantile_cont({}, [{}])",
}
"""DuckDB's spelling of each: `{}` stands for an argument. No other module of the checks writes one of these names."""


def spelled(function: str, *arguments: str) -> str:
    """A call of a function of the table.

    Examples
    --------
    >>> spelled("match", "v", "'^a'")
    "regexp_matches(v, '^a')"
    """
    return FUNCTIONS[function].format(*arguments)


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


def full_match(value: str, pattern: str) -> str:
    return spelled("full match", value, text_literal(pattern))


def matches(value: str, pattern: str) -> str:
    return spelled("match", value, text_literal(pattern))
