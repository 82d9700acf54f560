"""What most differences of numbers have in common: a factor, an offset, rounding, a transformation."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from mlgate.data import words
from mlgate.data.skew.pairs import LEAST_SHARE, NEAR, Found, Look, Pair, finite, median, near, on, plain, varies_little


def _sign(pairs: Sequence[Pair]) -> Found:
    return sum(near(served, -trained) for trained, served in finite(pairs)), "served with the other sign"


def _rounded(pairs: Sequence[Pair]) -> Found | None:
    """Rounded, or cut off, to so many places; the most places of which that is true."""
    numbers = finite(pairs)
    best: Found | None = None
    for places in range(6, -4, -1):
        digit = 10.0**-places
        kept = sum(abs(served - trained) <= digit / 2 * (1 + 1e-9) and on(served, digit) for trained, served in numbers)
        cut = sum(
            abs(served - trained) < digit and abs(served) <= abs(trained) and on(served, digit)
            for trained, served in numbers
        )
        where = f"to {words.counted(places, 'decimal')}" if places > 0 else f"to {words.number(round(10.0**-places))}s"
        where = "to whole numbers" if places == 0 else where
        for count, how in ((kept, "rounded"), (cut, "cut off")):
            if count > LEAST_SHARE * len(pairs) and (best is None or count > best[0]):
                best = (count, f"served {how} {where}")
    return best


def _imprecise(pairs: Sequence[Pair]) -> Found:
    count = sum(near(served, trained) for trained, served in finite(pairs))
    return count, "served with a relative difference of less than 0.0001, as a number of lower precision is"


def _factor(pairs: Sequence[Pair]) -> Found | None:
    numbers = [(trained, served) for trained, served in finite(pairs) if trained]
    factor = median([served / trained for trained, served in numbers])
    if not factor or not math.isfinite(factor) or varies_little(numbers):
        return None
    count = sum(near(served, factor * trained) for trained, served in numbers)
    times = f"{words.number(plain(factor))} times" if abs(factor) >= 1 else f"1/{words.number(plain(1 / factor))} of"
    return count, f"served as {times} the trained value"


def _offset(pairs: Sequence[Pair]) -> Found | None:
    numbers = finite(pairs)
    offset = median([served - trained for trained, served in numbers])
    if not offset or not math.isfinite(offset) or varies_little(numbers):
        return None
    count = sum(abs(served - trained - offset) <= NEAR * abs(offset) for trained, served in numbers)
    return count, f"served {words.number(plain(abs(offset)))} {'higher' if offset > 0 else 'lower'}"


def _straight(pairs: Sequence[Pair]) -> Found | None:
    """Another unit with another zero, or a scaled feature: slope and intercept of the two outermost values."""
    numbers = sorted(set(finite(pairs)))
    if len(numbers) < 4:
        return None
    (left, low), (right, high) = numbers[len(numbers) // 20], numbers[-1 - len(numbers) // 20]
    slope = (high - low) / (right - left) if right > left else 0.0
    if not slope or not math.isfinite(slope):
        return None
    start = low - slope * left
    slack = NEAR * (abs(high - low) + abs(start))
    count = sum(abs(served - slope * trained - start) <= slack for trained, served in finite(pairs))
    sign = "+" if start >= 0 else "-"
    return count, f"served as {words.number(plain(slope))} times trained {sign} {words.number(plain(abs(start)))}"


def _transformed(pairs: Sequence[Pair]) -> Found | None:
    """A logarithm, a root or the like that one side takes and the other does not."""
    best: Found | None = None
    for name, change in _CHANGES.items():
        for here, there, place in ((0, 1, "serving"), (1, 0, "training")):
            count = sum(_is(change, pair[here], pair[there]) for pair in finite(pairs))
            if best is None or count > best[0]:
                best = (
                    count,
                    f"{name} is taken in {place} and not in {'training' if place == 'serving' else 'serving'}",
                )
    return best


_CHANGES: dict[str, Callable[[float], float]] = {
    "log(x)": math.log,
    "log(1 + x)": math.log1p,
    "log10(x)": math.log10,
    "the square root": math.sqrt,
    "the square": lambda x: x * x,
    "1/x": lambda x: 1 / x,
}


def _is(change: Callable[[float], float], value: float, found: float) -> bool:
    try:
        return near(found, change(value))
    except (ValueError, ZeroDivisionError, OverflowError):
        return False


NUMBERS: tuple[Look, ...] = (_sign, _rounded, _offset, _imprecise, _factor, _straight, _transformed)
