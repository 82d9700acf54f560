"""What a schema declares, as SQL over a column: members of a set, ends of a bound.

A declared value that a column can never be compared with is a `ValueError`: the check then is an `error`, not a pass.
"""

from __future__ import annotations

from typing import Any

from mlgate.config.schema import Bound
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.plan import Field, as_kind


def member(field: Field, value: Any) -> str:
    """A declared value as a literal of the column's type.

    Raises
    ------
    ValueError
        The value is none of the type.
    """
    match field.kind:
        case "integer" | "number":
            return sql.number_literal(value, single=sql.is_single(field.engine_type))
        case "boolean":
            if not isinstance(value, bool):
                raise ValueError(f"{value!r} is neither true nor false")
            return "true" if value else "false"
        case "date" | "datetime" | "time" if isinstance(value, str):
            return sql.moment_literal(value, field.kind)[0]
        case "string" | "duration" | "binary" if field.is_text or field.kind == "string":
            return sql.text_literal(value if isinstance(value, str) else words.exact(value))
    raise ValueError(f"{value!r} cannot be compared with a column that is {field.kind}")


def label(field: Field, text: str) -> str:
    """The label of a distribution, which a schema always holds as text, as a literal of the column's type."""
    match field.kind:
        case "integer":
            return member(field, int(text))
        case "number":
            return member(field, float(text))
        case "boolean":
            return member(field, {"true": True, "false": False}.get(text.lower(), text))
    return member(field, text)


def needs_text(field: Field, check: str) -> Field:
    """The column, if its values are text."""
    if field.kind != "string":
        raise ValueError(f"{check} needs text, the column is {field.kind}")
    return field


def needs_numbers(field: Field, check: str) -> Field:
    """The column as numbers."""
    if field.kind in ("integer", "number"):
        return field
    if field.judges_type:
        return as_kind(field, "number")
    raise ValueError(f"{check} needs numbers, the column is {field.kind}")


def ordered(field: Field, end: Any) -> Field:
    """The column as numbers or moments, as the end of a bound needs it."""
    kinds = ("date", "datetime", "time") if isinstance(end, str) else ("integer", "number")
    if field.kind in kinds:
        return field
    if field.judges_type:
        return as_kind(field, "datetime" if isinstance(end, str) else "number")
    raise ValueError(f"the bound {end!r} cannot be compared with a column that is {field.kind}")


def compared(field: Field, value: str, sign: str, end: Any) -> str:
    """`value sign end`. An end that is a date is compared with whole days of a datetime column."""
    if not isinstance(end, str):
        return f"{value} {sign} {sql.number_literal(end, single=sql.is_single(field.engine_type))}"
    literal, is_day = sql.moment_literal(end, field.kind)
    return f"{sql.whole_day(value) if is_day and field.kind == 'datetime' else value} {sign} {literal}"


def length_bound(size: str, bound: Bound) -> str:
    """Condition that a number of characters lies in the interval."""
    ends = ((">=", bound.min), ("<=", bound.max), (">", bound.strict_min), ("<", bound.strict_max))
    parts = []
    for sign, end in ends:
        if isinstance(end, str):
            raise ValueError(f"the end {end!r} is no number")
        if end is not None:
            parts.append(f"{size} {sign} {sql.number_literal(end)}")
    return sql.all_of(parts)
