"""Pairs of a trained and a served value that differ, and what patterns in them are made of."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

Pair = tuple[Any, Any]
"""A trained and a served value; None where nothing is stored."""
Found = tuple[int, str]
"""Of how many pairs a pattern is true, and what it is in words."""
Look = Callable[[Sequence[Pair]], Found | None]

LEAST_SHARE = 0.9
"""Of the differences that a pattern has to explain before it is named: more than this."""
NEAR = 1e-4
"""Relative precision of a constant: served values may be rounded on their way."""
LEAST_PAIRS = 3
"""Differences below which nothing is said: two have something in common by chance."""


def finite(pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    return [(t, s) for t, s in pairs if is_number(t) and is_number(s)]


def moments(pairs: Sequence[Pair]) -> list[tuple[Any, Any]]:
    return [(t, s) for t, s in pairs if isinstance(t, dt.date) and type(t) is type(s)]


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def number_in(value: Any) -> float | int | None:
    """The number that a text is; whole ones exactly, None where it is none."""
    if not isinstance(value, str):
        return None
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return None


def is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def same(one: Any, other: Any) -> bool:
    return bool(one == other) or (is_missing(one) and is_missing(other))


def near(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= NEAR * abs(wanted) if wanted else found == 0


def on(value: float, digit: float) -> bool:
    """Whether a number is a multiple of a decimal digit: a whole one exactly, as far as floating point can say."""
    if isinstance(value, int):
        return digit < 1 or value % round(digit) == 0
    steps = value / digit
    return abs(steps - round(steps)) <= 1e-6 * max(1.0, abs(steps) * 1e-6)


def varies_little(numbers: Sequence[tuple[float, float]]) -> bool:
    """Whether one value was trained on throughout, so that any rule would do."""
    return len({trained for trained, _ in numbers}) < LEAST_PAIRS


def median(values: Sequence[float]) -> float | None:
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def most_common(values: Sequence[Any]) -> tuple[Any, int]:
    """The most frequent value and how often it stands there; of several the first in order of their text."""
    counted = Counter(values)
    return min(counted.items(), key=lambda item: (-item[1], repr(item[0]))) if counted else (None, 0)


def plain(value: float) -> float:
    """A constant without the noise of its last digits."""
    return float(f"{value:.5g}")
