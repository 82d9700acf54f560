"""Declared numbers as literals of what a column stores, so that they are compared exactly.

Whole numbers and decimals are compared as such, never as doubles: 9007199254740993 is more than 9007199254740992.0, and
10000000000000000.01 is more than 10000000000000000. A declared number has the digits that double precision keeps.
Numbers of a text file that are no integers are doubles.
"""

from __future__ import annotations

import decimal
import math
import struct
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from mlgate.data import aggregates as sql
from mlgate.data.plan import Field
from mlgate.late import compiled

_WHOLE = 2**127
"""Integers of the engine lie below it."""
_DOUBLE = 2**53
"""Below it every whole number is a double."""
_SINGLE = 2**23
"""From here on numbers of single precision have no fraction."""
_DECIMAL = compiled(r"DECIMAL\((\d+),(\d+)\)")
_AT_LEAST = (">=", "<")
"""Signs that a whole number keeps of an end as it keeps them of the next whole number above it."""


def decimal_of(field: Field) -> tuple[int, int] | None:
    """Digits and digits behind the point of a column of decimals that is compared as numbers."""
    found = _DECIMAL.fullmatch(field.engine_type)
    return (int(found[1]), int(found[2])) if found and field.kind == "number" else None


def is_whole(field: Field) -> bool:
    """Whether a column of numbers is one of whole numbers only."""
    stored = "" if field.is_text else sql.stored_kind(field.engine_type)
    return field.kind == "integer" or (field.kind == "number" and stored == "integer")


def compared_value(field: Field) -> str:
    """SQL of the value as it is compared with declared numbers: a decimal as it is stored, else the typed value."""
    return field.raw if decimal_of(field) else field.value


def number_member(field: Field, value: float) -> str | None:
    """Literal of a member of a set; None where no value of the column can be equal to it.

    In a column of single precision a member with a fraction is rounded as its values are: 0.1 is a member then, too.

    Raises
    ------
    ValueError
        It is no number, or NaN.
    """
    sql.number_literal(value)
    if is_whole(field):
        return str(int(value)) if abs(value) < _WHOLE and value == int(value) else None
    if digits := decimal_of(field):
        scaled = _scaled(value, digits, ROUND_FLOOR) if math.isfinite(value) else None
        return _decimal(scaled, digits) if scaled is not None and scaled == _exact(value) else None
    if not sql.is_single(field.engine_type):
        return sql.number_literal(value)
    near = _single(float(value))
    return sql.number_literal(near, single=True) if near == value or abs(value) < _SINGLE else None


def number_end(field: Field, sign: str, end: float) -> str:
    """Literal of the end of a bound, `value sign end`, moved to the next number inside that the column can hold.

    Where a column has single precision an end stands for the number of that precision that is written so, shortly:
    0.3 does, and 0.3000000000001 is compared as it stands.

    Raises
    ------
    ValueError
        It is no number, or NaN.
    """
    sql.number_literal(end)
    up = sign in _AT_LEAST
    if is_whole(field):
        return whole_end(sign, end)
    if digits := decimal_of(field):
        scaled = _scaled(end, digits, ROUND_CEILING if up else ROUND_FLOOR) if math.isfinite(end) else None
        return sql.number_literal(math.copysign(math.inf, end)) if scaled is None else _decimal(scaled, digits)
    if sql.is_single(field.engine_type) and stands_for_single(float(end)):
        return sql.number_literal(end, single=True)
    if isinstance(end, int) and abs(end) < _DOUBLE and not sql.is_single(field.engine_type):
        return str(end)
    return sql.number_literal(separating(end, below=up))


def whole_end(sign: str, end: float) -> str:
    """Literal of the end of a bound of whole numbers."""
    if not abs(end) < _WHOLE:
        return sql.number_literal(math.copysign(math.inf, end))
    return str(math.ceil(end) if sign in _AT_LEAST else math.floor(end))


def separating(end: float, *, below: bool) -> float:
    """The smallest double that is not below a number, or the largest that is not above it."""
    near = float(end)
    if below:
        return near if near >= end else math.nextafter(near, math.inf)
    return near if near <= end else math.nextafter(near, -math.inf)


def stands_for_single(number: float) -> bool:
    """Whether a number is how one of single precision is written with the fewest digits.

    Examples
    --------
    >>> [stands_for_single(number) for number in (0.3, 16777216.0, 16777215.5, 0.30000000001)]
    [True, True, False, False]
    """
    near = _single(number)
    if near == number:
        return True
    written = (float(f"{near:.{digits}g}") for digits in range(6, 10))
    return number == next((text for text in written if _single(text) == near), near)


def _single(number: float) -> float:
    """The nearest number of single precision."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", number))[0])
    except OverflowError:
        return math.copysign(math.inf, number)


def _exact(value: float) -> Decimal:
    """A declared number as it is written."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _scaled(value: float, digits: tuple[int, int], rounding: str) -> Decimal | None:
    """The number with so many digits behind the point; None where it has too many before it."""
    width, scale = digits
    with decimal.localcontext(prec=800):  # the largest and the smallest number are 617 digits apart
        scaled = _exact(value).quantize(Decimal(1).scaleb(-scale), rounding=rounding)
        return scaled if abs(scaled.scaleb(scale)) < 10**width else None


def _decimal(number: Decimal, digits: tuple[int, int]) -> str:
    return f"CAST('{number:f}' AS DECIMAL({digits[0]},{digits[1]}))"
