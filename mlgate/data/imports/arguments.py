"""Typed access to the arguments of one element of a foreign file, which may hold anything."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from mlgate.data import words
from mlgate.data.imports.declarations import NotMappedError

Scalar = str | int | float | bool
MAX_MEMBERS = 5_000


class Arguments:
    """Arguments by name. What was never asked for is told by `unread`, so that nothing is dropped without a word."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._read: set[str] = set()

    def get(self, name: str) -> Any:
        """The value, None where it is not there.

        Raises
        ------
        NotMappedError
            It is a parameter that the other tool fills in at run time.
        """
        self._read.add(name)
        value = self._values.get(name)
        if isinstance(value, Mapping) and any(str(key).startswith("$PARAMETER") for key in value):
            told = words.short(str(value.get("$PARAMETER", "")))
            raise NotMappedError(f"`{name}` is the run-time parameter {told!r}", "write its value")
        return value

    def ignore(self, *names: str) -> None:
        """Arguments that say how the other tool runs or reports, and not what must hold."""
        self._read.update(names)

    def unread(self) -> list[str]:
        """Names of the arguments that nobody asked for and that say something."""
        return [name for name, value in self._values.items() if name not in self._read and value not in (None, {}, [])]

    def text(self, name: str) -> str:
        value = self.get(name)
        if not isinstance(value, str) or not value:
            raise NotMappedError(f"`{name}` is no text")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise NotMappedError(f"`{name}` is neither true nor false")
        return value

    def number(self, name: str) -> int | float | None:
        value = self.get(name)
        return None if value is None else finite(value, f"`{name}`")

    def items(self, name: str) -> list[Any]:
        value = self.get(name)
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise NotMappedError(f"`{name}` is no list")
        if len(value) > MAX_MEMBERS:
            raise _too_many(f"`{name}`", len(value))
        return list(value)

    def texts(self, name: str) -> list[str]:
        values = self.items(name)
        if not values or not all(isinstance(value, str) and value for value in values):
            raise NotMappedError(f"`{name}` is no list of texts")
        return values

    def end(self, name: str) -> int | float | str | None:
        """End of a bound: a number, or ISO 8601 text of a moment."""
        value = self.get(name)
        return None if value is None else moment(value, name) if isinstance(value, str) else finite(value, f"`{name}`")


def finite(value: Any, what: str) -> int | float:
    """A finite number, a whole one as an integer."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotMappedError(f"{what} is no number")
    if isinstance(value, int):
        return value
    if not math.isfinite(value):
        raise NotMappedError(f"{what} is no finite number")
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def moment(text: str, name: str) -> str:
    """ISO 8601 text of a date, a datetime or a time, as it stands."""
    for read in (dt.date.fromisoformat, dt.datetime.fromisoformat, dt.time.fromisoformat):
        with suppress(ValueError):
            read(text)
            return text
    raise NotMappedError(
        f"`{name}` is the text {words.short(text)!r}: only numbers, dates and times are ordered here", "in_set or regex"
    )


def members(values: Sequence[Any], what: str) -> list[Scalar]:
    """Members of a set, each once; null is none, since missing values are not judged.

    Raises
    ------
    NotMappedError
        One is no single value, or none is left.
    """
    if len(values) > MAX_MEMBERS:
        raise _too_many(what, len(values))
    found: dict[tuple[bool, Scalar], Scalar] = {}
    for value in values:
        if value is None:
            continue
        member = finite(value, f"a member of {what}") if isinstance(value, float) else value
        if not isinstance(member, str | int | float):
            raise NotMappedError(f"a member of {what} is neither text, number, true nor false")
        found.setdefault((isinstance(member, bool), member), member)
    if not found:
        raise NotMappedError(f"{what} has no members")
    return list(found.values())


def _too_many(what: str, count: int) -> NotMappedError:
    return NotMappedError(
        f"{what} has {count:,} members, at most {MAX_MEMBERS:,} are taken", "foreign_keys into a file"
    )


def bound(low: Any, high: Any, *, strict_low: bool = False, strict_high: bool = False) -> Any:
    """A bound as a schema writes it.

    Examples
    --------
    >>> bound(0, 1), bound(0, None), bound(None, 5, strict_high=True)
    ([0, 1], {'min': 0}, {'strict_max': 5})

    Raises
    ------
    NotMappedError
        It is open at both ends.
    """
    if low is None and high is None:
        raise NotMappedError("it has no bound")
    if low is not None and high is not None and not (strict_low or strict_high):
        return [low, high]
    ends = {"strict_min" if strict_low else "min": low, "strict_max" if strict_high else "max": high}
    return {name: end for name, end in ends.items() if end is not None}
