"""What most differences of a feature have in common: a factor, an offset, letters of the other case, a time zone.

Each pattern is a function of the pairs (trained, served) of a sample of the rows that differ. It says of how many it is
true, and in words what it is: what most of them share is most often how the skew came about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from mlgate.data import words
from mlgate.data.skew.moment_patterns import MOMENTS
from mlgate.data.skew.number_patterns import NUMBERS
from mlgate.data.skew.pairs import (
    LEAST_PAIRS,
    LEAST_SHARE,
    Found,
    Look,
    Pair,
    finite,
    is_missing,
    is_number,
    moments,
    most_common,
    number_in,
    same,
)
from mlgate.data.skew.text_patterns import TEXTS, recoded

FEW = 10


@dataclass(frozen=True, slots=True)
class Pattern:
    """What `count` of the differences that were looked at have in common."""

    told: str
    count: int


def pattern_of(pairs: Sequence[Pair], *, show: bool = True) -> Pattern | None:
    """The pattern that explains more than nine in ten differences, the plainest first; None where none does.

    Parameters
    ----------
    pairs : (trained, served) values of rows that differ; None where nothing is stored
    show : whether the text of single values may appear
    """
    if len(pairs) < LEAST_PAIRS:
        return None
    looks: tuple[Look, ...] = (
        _not_served,
        _nan_for_null,
        _nan_served,
        _text_for_number,
        partial(_not_trained, show=show),
        partial(_constant, show=show),
        *_of_kind(pairs),
        recoded,
    )
    for look in looks:
        found = look(pairs)
        if found and found[0] > LEAST_SHARE * len(pairs):
            return Pattern(told=found[1], count=found[0])
    return None


def _of_kind(pairs: Sequence[Pair]) -> tuple[Look, ...]:
    value = next((trained for trained, served in pairs if trained is not None and served is not None), None)
    match value:
        case bool():
            return (_inverted,)
        case int() | float():
            return NUMBERS
        case dt.date():
            return MOMENTS
        case str():
            return TEXTS
    return ()


def typical_difference(pairs: Sequence[Pair]) -> float | None:
    """The median of how far finite numbers, or moments in seconds, are apart; None where none are."""
    apart = sorted(abs(served - trained) for trained, served in finite(pairs))
    apart = apart or sorted(abs((served - trained).total_seconds()) for trained, served in moments(pairs))
    return apart[(len(apart) - 1) // 2] if apart else None


def _not_served(pairs: Sequence[Pair]) -> Found:
    return sum(served is None for _, served in pairs), "nothing is served"


def _nan_served(pairs: Sequence[Pair]) -> Found:
    return sum(is_missing(served) and not is_missing(trained) for trained, served in pairs), "NaN is served"


def _text_for_number(pairs: Sequence[Pair]) -> Found | None:
    """A number that one side writes as text, also with leading zeros."""
    best: Found | None = None
    for here, there, told in (
        (0, 1, "the number is served as text"),
        (1, 0, "the text of a number is served as a number"),
    ):
        count = sum(is_number(pair[here]) and number_in(pair[there]) == pair[here] for pair in pairs)
        if best is None or count > best[0]:
            best = (count, told)
    return best


def _not_trained(pairs: Sequence[Pair], *, show: bool) -> Found | None:
    """A value stands where training had none: the same one for all, if it is a default."""
    served = [value for trained, value in pairs if is_missing(trained) and value is not None]
    if not served:
        return None
    common, count = most_common(served)
    if count > LEAST_SHARE * len(pairs):
        return count, f"what was missing in training is served as {_shown(common, count, show=show)}"
    return len(served), "what was missing in training has a value in serving"


def _nan_for_null(pairs: Sequence[Pair]) -> Found:
    count = sum(trained != served and is_missing(trained) and is_missing(served) for trained, served in pairs)
    return count, "null on one side is NaN on the other"


def _constant(pairs: Sequence[Pair], *, show: bool) -> Found | None:
    """One value is served whatever was trained on; of numbers it may be a cap."""
    served = [value for _, value in pairs if value is not None]
    if not served:
        return None
    value, count = most_common(served)
    beside = [trained for trained, found in pairs if same(found, value) and trained is not None]
    if len({repr(trained) for trained in beside}) < LEAST_PAIRS:
        return None
    told = _shown(value, count, show=show)
    if all(is_number(trained) for trained in (*beside, value)):
        if all(trained > value for trained in beside):
            return count, f"larger values are served as {told}"
        if all(trained < value for trained in beside):
            return count, f"smaller values are served as {told}"
    return count, f"{told} is served whatever the value was in training"


def _inverted(pairs: Sequence[Pair]) -> Found:
    return sum(
        isinstance(s, bool) and isinstance(t, bool) and s is not t for t, s in pairs
    ), "true and false are exchanged"


def _shown(value: Any, count: int, *, show: bool) -> str:
    """A value that many rows share; that of a few rows, and a text, only where single values may appear."""
    if is_missing(value) or value == "":
        return "NaN" if is_missing(value) else "an empty text"
    if not show and (isinstance(value, str) or count < FEW):
        return "one value"
    return repr(value) if isinstance(value, str) else words.number(words.plain(value))
