"""Dates and times: columns of them, the time of a check, and how both are told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from mlgate.data.plan import Field, as_kind


def utc(moment: dt.datetime | None, check: str) -> dt.datetime:
    """A moment in UTC; without a zone it is UTC already.

    Raises
    ------
    ValueError
        There is none.
    """
    if moment is None:
        raise ValueError(f"{check} is counted from a time, and none was given")
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def needs_moments(field: Field, check: str) -> Field:
    """The column as dates or times with a date.

    Raises
    ------
    ValueError
        It holds others.
    """
    if field.kind in ("date", "datetime"):
        return field
    if field.judges_type and field.kind == "string":
        return as_kind(field, "datetime")
    raise ValueError(f"{check} needs dates or times, the column is {field.kind}")


def told(value: Any) -> str:
    """A moment as ISO 8601 text, UTC as `Z`."""
    text = value.isoformat(timespec="seconds") if isinstance(value, dt.datetime) else str(value)
    return text.replace("+00:00", "Z")


def spoken(seconds: float) -> str:
    """A length of time in the unit that a person would choose.

    Examples
    --------
    >>> spoken(90), spoken(5400), spoken(86400), spoken(2.5 * 86400), spoken(0.004)
    ('90 seconds', '90 minutes', '24 hours', '2.5 days', '0.004 seconds')
    """
    for unit, size, least in (("day", 86_400, 2), ("hour", 3_600, 2), ("minute", 60, 2), ("second", 1, 0)):
        count = seconds / size
        if count >= least:
            shown = f"{count:,.0f}" if abs(count - round(count)) < 1e-9 or count >= 1000 else f"{count:.3g}"
            return f"{shown} {unit}" if count == 1 else f"{shown} {unit}s"
    return f"{seconds:g} seconds"
