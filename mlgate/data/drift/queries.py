"""The SQL that drift asks, in one place: another engine replaces these functions, as it does `aggregates`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlgate.data import aggregates as sql
from mlgate.data.plan import Field

CLASSES = {
    "digits": "regexp_matches(v, '[0-9]')",
    "upper case": "lower(v) <> v",
    "lower case": "upper(v) <> v",
    "spaces": "contains(v, ' ')",
    "punctuation": r"regexp_matches(v, '[\p{P}\p{S}]')",
    "other than ASCII": "strlen(v) <> length(v)",
    "control or replacement characters": r"regexp_matches(v, '[\x00-\x08\x0E-\x1F\x{7F}-\x{9F}\x{FFFD}]')",
}
"""Conditions that a text `v` holds characters of a class, by what it is then said to hold."""
MAX_LENGTH = 10_000
"""Longer texts count as so long."""
_SECONDS = ("date", "datetime", "time")


def number_of(field: Field) -> str:
    """The value as a double, null where it has none: moments are seconds since 1970, or since midnight."""
    return f"epoch({field.value})" if field.kind in _SECONDS else sql.in_double(field.value)


def finite(field: Field) -> str:
    """The value as a double where it is finite, else null."""
    number = number_of(field)
    return sql.only_where(sql.is_finite(number), number)


def states(field: Field) -> dict[str, str]:
    """Rows without a value to compare, by the names of `sketch.STATES`."""
    asked = {
        "missing": f"{sql.ROWS} - {sql.count(field.raw)}",
        "mistyped": f"{sql.count(field.raw)} - {sql.count(field.value)}",
    }
    if field.kind == "number" or field.kind in _SECONDS:
        number = number_of(field)
        asked |= {
            "nan": sql.count_where(sql.is_nan(number)),
            "+inf": sql.count_where(f"{sql.is_infinite(number)} AND {number} > 0"),
            "-inf": sql.count_where(f"{sql.is_infinite(number)} AND {number} < 0"),
        }
    return asked


def facts(field: Field) -> dict[str, str]:
    """What decides how a column is compared."""
    asked = {"distinct": sql.about_distinct(field.value)}
    if field.kind == "integer":
        asked |= {"low": sql.smallest(field.value), "high": sql.largest(field.value)}
    if field.kind == "string":
        asked["spaced"] = sql.count_where(f"contains({sql.as_text(field.value)}, ' ')")
    return asked


def cell_counts(number: str, edges: Sequence[float]) -> str:
    """Rows by cell: a mapping from the edge at a cell's upper end, infinity for the last one; null without a row."""
    listed = ", ".join(map(repr, edges))
    return f"histogram({number}, CAST('[{listed}]' AS DOUBLE[]))"  # many literals take long to parse


def number_counts(source: str, number: str) -> str:
    """Query of the distinct values, increasing, and the rows of each."""
    return f"SELECT {number} AS v, {sql.ROWS} AS n FROM ({source}) AS source WHERE {number} IS NOT NULL GROUP BY v ORDER BY v"  # noqa: S608, E501  # made by aggregates


def sampled_numbers(source: str, numbers: Sequence[str], by: Sequence[str], one_in: int) -> str:
    """Query of numbers in a share of the rows that is chosen by what they hold: the same ones in any order of rows."""
    named = ", ".join(f"{number} AS v{place}" for place, number in enumerate(numbers))
    return f"SELECT {named} FROM ({source}) AS source WHERE {sql.hashed(*by)} % {one_in} = 0"  # noqa: S608  # made by aggregates


def value_groups(source: str, value: str) -> str:
    """Query of the distinct texts `v` and the rows `n` of each."""
    return f"SELECT {value} AS v, {sql.ROWS} AS n FROM ({source}) AS source WHERE {value} IS NOT NULL GROUP BY v"  # noqa: S608  # made by aggregates


def each_value(source: str, value: str) -> str:
    """As `value_groups`, of every row by itself: for texts of which nearly all differ."""
    return f"SELECT {value} AS v, 1 AS n FROM ({source}) AS source WHERE {value} IS NOT NULL"  # noqa: S608  # made by aggregates


def writing(groups: str) -> str:
    """Query of (length of a text, rows, rows of each of `CLASSES`), increasing.

    Parameters
    ----------
    groups : of `value_groups` or `each_value`
    """
    held = ", ".join(f"sum(CASE WHEN {condition} THEN n ELSE 0 END)" for condition in CLASSES.values())
    size = f"least({sql.text_length('v')}, {MAX_LENGTH})"
    return f"SELECT {size} AS size, sum(n), {held} FROM ({groups}) AS texts GROUP BY size ORDER BY size"  # noqa: S608  # names of ours


def value_counts(groups: str, buckets: int, named: Sequence[str], most: int) -> str:
    """Query of (what, text, rows): rows by `bucket`, of the most frequent values (`top`) and of those named.

    Parameters
    ----------
    groups : of `value_groups`
    most : values that are the most frequent ones
    """
    digit = "(instr('0123456789abcdef', substr(md5(v), {place}, 1)) - 1)"
    bucket = f"(({digit.format(place=1)} * 16 + {digit.format(place=2)}) % {buckets})"
    asked = [
        f"SELECT 'bucket' AS what, {sql.as_text(bucket)} AS v, sum(n) AS n FROM grouped GROUP BY {bucket}",  # noqa: S608  # names of ours
        f"SELECT 'top', v, n FROM (SELECT v, n FROM grouped ORDER BY n DESC, v LIMIT {most}) AS first_ones",  # noqa: S608  # names of ours
    ]
    if named:
        known = ", ".join(map(sql.text_literal, named))
        asked.append(f"SELECT 'named', v, n FROM grouped WHERE v IN ({known})")  # noqa: S608  # literals of ours
    return f"WITH grouped AS MATERIALIZED ({groups}) {' UNION ALL '.join(asked)}"


def group_counts(parts: Mapping[str, str], source: str, conditions: Sequence[str], places: int) -> str:
    """Query of the rows `n` of each group, those with a value (`present`), and those of each condition (`e0`, ...).

    Parameters
    ----------
    parts : expressions over the source by their names in the conditions; `g` is the group's hash, null without one
    places : number of places that groups are dealt to by their hash; 0 keeps each
    """
    named = ", ".join(f"{expression} AS {name}" for name, expression in parts.items())
    group = f"g % {places}" if places else "g"
    counted = "".join(f", {sql.count_where(condition)} AS e{place}" for place, condition in enumerate(conditions))
    present = sql.count_where("value IS NOT NULL AND (x IS NULL OR isfinite(x))")
    rows = f"SELECT {named} FROM ({source}) AS source"  # noqa: S608  # made by aggregates
    return f"SELECT {group} AS k, {sql.ROWS} AS n, {present} AS present{counted} FROM ({rows}) AS rows WHERE g IS NOT NULL GROUP BY k ORDER BY k"  # noqa: S608, E501  # names of ours


def drawn_rows(parts: Sequence[str], source: str, group: str, seed: int, most: int) -> str:
    """Query of values `p0`, ... and the hash `g` of the group, of rows that are drawn by their number.

    Parameters
    ----------
    group : one row of each is drawn, none of those without; empty draws any rows, and each is a group by itself
    most : rows
    """
    named = "".join(f", {part} AS p{place}" for place, part in enumerate(parts))
    order = sql.hashed('"row"', str(seed))
    by = sql.hashed(group) if group else order
    rows = f"SELECT {by} AS g, {order} AS o{named} FROM ({source}) AS source"  # noqa: S608  # made by aggregates
    if group:
        rows += f" WHERE {group} IS NOT NULL"
        rows = f"SELECT * FROM ({rows}) AS each_row QUALIFY row_number() OVER (PARTITION BY g ORDER BY o) = 1"  # noqa: S608  # names of ours
    return f"SELECT * FROM ({rows}) AS drawn ORDER BY o LIMIT {most}"  # noqa: S608  # names of ours
