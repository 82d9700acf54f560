"""What a schema declares, as SQL over a column: members of a set, ends of a bound.

A declared value that a column can never be compared with is a `ValueError`: the check then is an `error`, not a pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mlgate.config.schema import Bound
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.number_literals import compared_value, number_end, number_member
from mlgate.data.plan import Field, as_kind


def among(field: Field, values: Iterable[Any]) -> str:
    """Condition that a value is one of the declared ones; null or false where there is none.

    A day is among the values of a datetime column as all moments of that day.

    Raises
    ------
    ValueError
        A declared value is none of the column's type.
    """
    sides = members(field, values)
    tests = [sql.one_of(value, list(literals.values())) for value, literals in sides]
    return f"({' OR '.join(tests)})" if tests else "false"


def members(field: Field, values: Iterable[Any]) -> list[tuple[str, dict[int, str]]]:
    """Declared values as literals by their place, beside the SQL of the value that they are compared with.

    Those that no value of the column can be equal to are left out.
    """
    sides: dict[str, dict[int, str]] = {}
    for place, value in enumerate(values):
        compared_with, literal = _member(field, value)
        if literal is not None:
            sides.setdefault(compared_with, {})[place] = literal
    return list(sides.items())


def _member(field: Field, value: Any) -> tuple[str, str | None]:
    match field.kind:
        case "integer" | "number":
            return compared_value(field), number_member(field, value)
        case "boolean":
            if not isinstance(value, bool):
                raise ValueError(f"{value!r} is neither true nor false")
            return field.value, "true" if value else "false"
        case "date" | "datetime" | "time" if isinstance(value, str):
            literal, is_day = sql.moment_literal(value, field.kind)
            return sql.whole_day(field.value) if is_day and field.kind == "datetime" else field.value, literal
        case "string" if field.is_text and field.judges_type and not isinstance(value, str):
            raise ValueError(
                f"{words.exact(value)} would be compared with the text of the values, in which 1.0 is not 1: "
                "declare the column's type"
            )
        case "string" | "duration" | "binary" if field.is_text or field.kind == "string":
            return field.value, sql.text_literal(value if isinstance(value, str) else words.exact(value))
    raise ValueError(f"{value!r} cannot be compared with a column that is {field.kind}")


def label(field: Field, text: str) -> Any:
    """The label of a distribution, which a schema always holds as text, as a value of the column's type."""
    match field.kind:
        case "integer":
            return int(text)
        case "number":
            return int(text) if text.lstrip("+-").isdecimal() else float(text)
        case "boolean":
            return {"true": True, "false": False}.get(text.lower(), text)
    return text


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
    """`value sign end`. An end that is a date is compared with whole days of a datetime column.

    Parameters
    ----------
    value : `compared_value` of the column, or an aggregate of it
    """
    if not isinstance(end, str):
        return f"{value} {sign} {number_end(field, sign, end)}"
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
