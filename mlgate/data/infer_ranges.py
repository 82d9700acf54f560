"""From what was seen of numbers and dates to an interval that a new sample of the same source stays inside."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

LEAST_ROWS = 20
"""From so many values on, numbers that are never negative are taken to have no negative values."""
REACH = 30.0
"""A long tail is drawn out to at most so many times its length: far enough below the 1,000 of a wrong unit."""
ODDS = 99.0
YEARS_AHEAD, YEARS_BACK = 10, 1


def number_range(low: float, high: float, median: float, rows: int, *, whole: bool) -> tuple[float, float] | None:
    """The interval for a new sample, from the extremes and the median of `rows` finite values.

    Either end moves out by the width of what was seen. Where one tail is longer than the other it is drawn out further:
    by the factor that the largest value of a second sample as large exceeds in one case of a hundred if the tail falls
    as a power does, at most 30. What was never negative in 20 values stays so. The ends are rounded outwards to two
    digits of the width. Values times 1,000 always lie outside.

    Returns
    -------
    (low, high), or None where all values are 0 or an end is no finite number

    Notes
    -----
    With a tail of index a, the largest of n values lies about n^(1/a) medians out, and the largest of a second sample
    exceeds c times the first with probability 1 / (1 + c^a). So c = r^(ln 99 / ln n), r being how many times longer the
    tail is than the other half. For a tail that falls faster this is too much, which costs nothing but sharpness.

    Examples
    --------
    >>> number_range(18, 93, 50, 1000, whole=True), number_range(0.1, 0.9, 0.5, 10, whole=False)
    ((0, 170), (-0.7, 1.7))
    """
    width = high - low or abs(high)
    if not (0 < width < math.inf):
        return None
    above, below = high - median, median - low
    bottom, top = low - max(width, _drawn_out(below, above, rows)), high + max(width, _drawn_out(above, below, rows))
    if rows >= LEAST_ROWS and low >= 0:
        bottom = max(bottom, 0)
    if rows >= LEAST_ROWS and high <= 0:
        top = min(top, 0)
    return _rounded(bottom, top, whole=whole)


def _drawn_out(tail: float, other: float, rows: int) -> float:
    """How far beyond its end a tail may go on."""
    if not tail > 0:
        return 0.0
    ratio = max(1.0, tail / other) if other > 0 else REACH
    return float(tail * (min(REACH, ratio ** min(1.0, math.log(ODDS) / math.log(max(rows, 2)))) - 1))


def _rounded(low: float, high: float, *, whole: bool) -> tuple[float, float] | None:
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        return None
    digits = 1 - math.floor(math.log10(high - low))
    if whole:
        digits = min(digits, 0)
    step = 10.0**-digits if digits > 0 else 10**-digits
    ends = math.floor(low / step), math.ceil(high / step)
    if digits <= 0:
        return ends[0] * int(step), ends[1] * int(step)
    return round(ends[0] * step, digits), round(ends[1] * step, digits)


def date_range(low: Any, high: Any) -> tuple[str, str] | None:
    """Whole years around the dates that were seen: one before, and ten or as many as they span after.

    New data are later than old ones, so this catches years such as 1900, 1970 and 9999 and no more.

    Examples
    --------
    >>> date_range("2019-03-01", "2024-11-30")
    ('2018-01-01', '2034-12-31')
    """
    try:
        first, last = dt.datetime.fromisoformat(str(low)).year, dt.datetime.fromisoformat(str(high)).year
    except ValueError:
        return None
    until = last + max(YEARS_AHEAD, last - first)
    return f"{max(1, first - YEARS_BACK):04}-01-01", f"{min(9999, until):04}-12-31"


EPOCHS = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
FIRST_SECOND, LAST_SECOND = 946_684_800, 2_524_607_999
"""The years 2000 to 2049, in seconds since 1970."""


def epoch_unit(low: float, high: float) -> str | None:
    """The unit in which both ends are moments of the years 2000 to 2049 since 1970; None where there is none.

    Examples
    --------
    >>> epoch_unit(1_577_836_800, 1_600_000_000), epoch_unit(1_577_836_800_000, 1_600_000_000_000), epoch_unit(1, 2)
    ('seconds', 'milliseconds', None)
    """
    return next((unit for unit in EPOCHS if epoch_bounds(unit)[0] <= low and high <= epoch_bounds(unit)[1]), None)


def epoch_bounds(unit: str) -> tuple[int, int]:
    return FIRST_SECOND * EPOCHS[unit], (LAST_SECOND + 1) * EPOCHS[unit] - 1
