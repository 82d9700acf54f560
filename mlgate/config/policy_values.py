"""Values of settings: which of two bounds is wider, and how a value is told in a line."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any

from mlgate.config.schema import Bound

MAX_SHOWN = 200


class Effect(StrEnum):
    """What a change of a setting does, the one to look at first first."""

    LOOSER = "looser"
    EITHER = "either"
    TIGHTER = "tighter"


def number_of(value: Any) -> float | None:
    """A limit as a number: also a day, and a span of time."""
    if isinstance(value, dt.date):
        return float(value.toordinal())
    seconds = getattr(value, "seconds", value)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return float(seconds)


def bound_effect(before: Bound, after: Bound) -> Effect:
    """Whether an interval became wider; one that moved, or whose ends cannot be compared, may be either.

    Examples
    --------
    >>> bound_effect(Bound(min=0, max=120), Bound(min=0)).value
    'looser'
    >>> bound_effect(Bound(min=0), Bound(min=1, max=9)).value
    'tighter'
    """
    low = _end(before.min, before.strict_min, after.min, after.strict_min, sign=1.0)
    high = _end(before.max, before.strict_max, after.max, after.strict_max, sign=-1.0)
    effects = {low, high} - {None}
    return effects.pop() or Effect.EITHER if len(effects) == 1 else Effect.EITHER


def _end(old: Any, old_strict: Any, new: Any, new_strict: Any, *, sign: float) -> Effect | None:
    """What a lower end (of sign 1) or an upper one (of sign -1) does; None where it is the same."""
    before, after = (old, old_strict), (new, new_strict)
    if before == after:
        return None
    if after == (None, None) or before == (None, None):
        return Effect.LOOSER if after == (None, None) else Effect.TIGHTER
    one, two = (strict if plain is None else plain for plain, strict in (before, after))
    if one == two:
        return Effect.TIGHTER if new is None else Effect.LOOSER
    if isinstance(one, str) and isinstance(two, str):
        higher = two > one
    elif isinstance(one, str) or isinstance(two, str) or math.isnan(one) or math.isnan(two):
        return Effect.EITHER
    else:
        higher = two > one
    return Effect.TIGHTER if higher is (sign > 0) else Effect.LOOSER


def shown(value: Any, *, named: bool = False) -> str:
    """A value on one line of at most `MAX_SHOWN` characters; nothing for None. A `named` object is said to be there.

    Examples
    --------
    >>> shown(Bound(min=0, strict_max=1)), shown(("a", "b")), shown(True), shown(None), shown(0.02)
    ('{min: 0, strict_max: 1}', '[a, b]', 'true', '', '0.02')
    """
    text = "" if value is None else _written(value, 0, named=named)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."


def _written(value: Any, depth: int, *, named: bool = False) -> str:  # noqa: PLR0911  # one line per kind of value
    plain = isinstance(value, Bound) and value.strict_min is None and value.strict_max is None
    if is_dataclass(value) and not isinstance(value, type) and not plain:
        return _object(value, depth, named=named)
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case StrEnum():
            return value.value
        case float():
            return f"{value:.12g}"
        case Mapping():
            inner = ", ".join(f"{key}: {_written(item, depth + 1)}" for key, item in list(value.items())[:20])
            return f"{{{inner}}}"
        case tuple() | list():
            return f"[{', '.join(_written(item, depth + 1) for item in value[:50])}]"
        case Bound():
            return f"[{_written(value.min, depth)}, {_written(value.max, depth)}]"
    return str(value)


def _object(value: Any, depth: int, *, named: bool) -> str:
    """What is written of an object: without its place, its name and what nobody wrote."""
    for said in ("written", "text"):  # a span of time, an expression
        if isinstance(getattr(value, said, None), str):
            return str(getattr(value, said))
    if type(value).__name__ in ("Accepted", "Quarantined"):
        return f"until {value.until}: {value.reason}"
    if type(value).__name__ == "Rule":
        return _written(value.argument, depth)
    hidden = ("location", "name", "description")
    told = [
        f"{field.name}: {_written(found, depth + 1)}"
        for field in fields(value)
        if field.name not in hidden and (found := getattr(value, field.name)) not in (None, (), "", {})
    ]
    if named and (depth > 0 or len(told) > 4):
        told = told[:4]
    return f"{{{', '.join(told)}}}" if told else "{}"
