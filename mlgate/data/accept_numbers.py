"""How far a bound has to give way: just so far, to a number that a person can read."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from mlgate.data import words

DIGITS = 2
"""Digits that are kept of what lies beyond the end of a bound: a bound gives way by at most a tenth too much."""
_EXACT = 2**53
"""Below it every whole number is a float."""


def outward(value: Any, past: Any, *, up: bool) -> float | int:
    """The nearest number beyond `value` that has two digits of its distance to `past`, the end that it lies beyond.

    Whole numbers stay whole.

    Examples
    --------
    >>> outward(131, 120, up=True), outward(61.23456, 60, up=True), outward(-0.00123, 0, up=False)
    (131, 61.3, -0.0013)
    >>> outward(1763912345, 1760000000, up=True), outward(812, 1000, up=False)
    (1764000000, 810)
    """
    found, end = _exact(value), _exact(past)
    beyond = abs(found - end)
    if not beyond:
        return _number(found, value)
    with decimal.localcontext(prec=800):  # the largest and the smallest number are 617 digits apart
        exponent = beyond.adjusted() - DIGITS + 1
        unit = Decimal(1).scaleb(max(exponent, 0) if isinstance(value, int) else exponent)
        rounded = (found / unit).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) * unit
    return _number(rounded, value)


def as_declared(value: Any) -> Any:
    """A value of the engine as a schema writes it: moments as ISO 8601 text, whole numbers without a fraction."""
    match value:
        case bool() | str() | int():
            return value
        case Decimal() | float() if math.isfinite(value):
            return _number(_exact(value), value)
        case dt.date() | dt.time():
            return words.comparable(value)
    raise ValueError(f"{words.short(str(value))} cannot be written in a schema")


def end_of_moment(value: dt.date | dt.time | str, written: str) -> str:
    """An observed moment as an end of a bound; the whole day where the end that it replaces is a date."""
    text = value if isinstance(value, str) else value.isoformat()
    day = len("2026-01-31")
    return text[:day] if len(written) <= day < len(text) and text[day] in "T " else text


def _exact(value: Any) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _number(number: Decimal, found: Any) -> float | int:
    """As a schema writes it; where rounding has left the numbers that there are, what was found."""
    if isinstance(found, int):
        return int(number)
    if number == number.to_integral_value() and abs(number) < _EXACT:
        return int(number)
    return float(number) if math.isfinite(float(number)) else float(found)
