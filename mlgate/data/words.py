"""How values, bounds and counts are put into words."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from collections.abc import Iterable
from typing import Any

from mlgate.config.schema import Bound

MAX_TEXT = 100


def number(value: Any) -> str:
    """A number as a person reads it; other values as text.

    Examples
    --------
    >>> number(4980), number(0.1), number(2.0), number("2026-01-31")
    ('4,980', '0.1', '2', '2026-01-31')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, decimal.Decimal):
        near = float(value)
        return number(near) if decimal.Decimal(repr(near)) == value else short(f"{value:f}")
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
    return short(str(value))


def exact(value: Any) -> str:
    """A declared value as it would be written in the schema."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else short(str(value))


def short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def listed(values: Iterable[Any], limit: int = 10) -> str:
    """Values separated by commas, the first ones only.

    Examples
    --------
    >>> listed(["F", "M", "X"], limit=2)
    'F, M and 1 more'
    """
    shown = [exact(value) for value in values]
    if len(shown) <= limit:
        return ", ".join(shown)
    return f"{', '.join(shown[:limit])} and {len(shown) - limit:,} more"


def counted(count: int, noun: str) -> str:
    """Examples
    --------
    >>> counted(1, "value"), counted(1200, "row")
    ('1 value', '1,200 rows')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def verb(count: int) -> str:
    return "is" if count == 1 else "are"


def bound(interval: Bound) -> str:
    """Examples
    --------
    >>> bound(Bound(min=0, max=120)), bound(Bound(strict_min=0)), bound(Bound(strict_min=0, max=1))
    ('between 0 and 120', 'more than 0', 'more than 0 and at most 1')
    """
    if interval.min is not None and interval.max is not None:
        same = interval.min == interval.max
        return f"exactly {exact(interval.min)}" if same else f"between {exact(interval.min)} and {exact(interval.max)}"
    parts = [
        f"{phrase} {exact(end)}"
        for phrase, end in (
            ("at least", interval.min),
            ("more than", interval.strict_min),
            ("at most", interval.max),
            ("less than", interval.strict_max),
        )
        if end is not None
    ]
    return " and ".join(parts) or "any number"


def bound_of(interval: Bound, noun: str) -> str:
    """Examples
    --------
    >>> bound_of(Bound(min=1), "row"), bound_of(Bound(min=0, max=1), "row")
    ('at least 1 row', 'between 0 and 1 rows')
    """
    ends = [end for end in (interval.min, interval.strict_min, interval.max, interval.strict_max) if end is not None]
    return f"{bound(interval)} {noun}" if set(ends) == {1} else f"{bound(interval)} {noun}s"


def comparable(value: Any) -> Any:
    """A number as it is, a moment as ISO 8601 text: both can be compared with the end of a bound."""
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def plain(value: Any) -> Any:
    """An engine's value as JSON data: moments as ISO 8601 text, decimals as floats.

    NaN and infinity become text, since JSON has no such numbers; long text is cut; other values become text.
    """
    match value:
        case float():
            return value if math.isfinite(value) else str(value)
        case None | bool() | int():
            return value
        case str():
            return short(value)
        case decimal.Decimal():
            return float(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case bytes():
            return f"{len(value)} bytes"
    return short(str(value))


def masked(value: Any) -> Any:
    """What may be shown of a single row's value: its first character and how long it is; null stays null.

    Examples
    --------
    >>> masked("jane@example.com"), masked(131), masked("f"), masked(None)
    ('j*** (16 characters)', '1*** (3 characters)', '* (1 character)', None)
    """
    if value is None:
        return None
    text = value if isinstance(value, str) else exact(plain(value))
    if len(text) <= 1:
        return f"{'*' * len(text)} ({counted(len(text), 'character')})".strip()
    return f"{text[0]}*** ({counted(len(text), 'character')})"
