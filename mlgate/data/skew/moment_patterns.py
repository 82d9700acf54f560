"""What most differences of dates and times have in common: a time zone, days, a time that is gone."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from mlgate.data import words
from mlgate.data.skew.pairs import LEAST_SHARE, Found, Look, Pair, moments, most_common


def _zone(pairs: Sequence[Pair]) -> Found | None:
    """Apart by the same number of whole hours (or half and quarter ones), or by two that are an hour apart."""
    both = [(t, s) for t, s in moments(pairs) if isinstance(t, dt.datetime) and isinstance(s, dt.datetime)]
    hours = Counter((served - trained).total_seconds() / 3600 for trained, served in both)
    whole = {shift: count for shift, count in hours.items() if shift and abs(shift) <= 14 and (shift * 4).is_integer()}
    if not whole:
        return None
    most = max(whole, key=lambda shift: (whole[shift], -abs(shift)))
    if whole[most] > LEAST_SHARE * len(pairs):
        return whole[most], f"served {_hours(most)} (another time zone)"
    other = max((most - 1, most + 1), key=lambda shift: whole.get(shift, 0))
    first, second = sorted((most, other), key=abs)
    count = whole[most] + whole.get(other, 0)
    return count, f"served {_hours(first)} or {_hours(second)} (another time zone, in summer and in winter)"


def _hours(shift: float) -> str:
    unit = "hour" if abs(shift) == 1 else "hours"
    return f"{words.number(abs(shift))} {unit} {'later' if shift > 0 else 'earlier'}"


def _days(pairs: Sequence[Pair]) -> Found | None:
    shift, count = most_common([(served - trained).total_seconds() / 86400 for trained, served in moments(pairs)])
    if shift is None or not shift or not shift.is_integer():
        return None
    return count, f"served {words.counted(int(abs(shift)), 'day')} {'later' if shift > 0 else 'earlier'}"


def _time_dropped(pairs: Sequence[Pair]) -> Found:
    count = sum(
        isinstance(t, dt.datetime) and isinstance(s, dt.datetime) and s == dt.datetime.combine(t.date(), dt.time())
        for t, s in moments(pairs)
    )
    return count, "served without the time of day"


def _seconds_dropped(pairs: Sequence[Pair]) -> Found:
    count = sum(0 <= (t - s).total_seconds() < 1 for t, s in moments(pairs))
    return count, "served without fractions of a second"


def _day_for_month(pairs: Sequence[Pair]) -> Found:
    count = sum((t.year, t.month, t.day) == (s.year, s.day, s.month) and s.day != s.month for t, s in moments(pairs))
    return count, "day and month are exchanged"


MOMENTS: tuple[Look, ...] = (_time_dropped, _seconds_dropped, _zone, _day_for_month, _days)
