"""A column of times as codes in their order: numbers, dates, timestamps or ISO text."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.canonical import canonical_text
from mlgate.metrics.coding import factorize, lookup
from mlgate.metrics.numbers import parse_numbers
from mlgate.metrics.sample import Codes

_MONTH = re.compile(r"\d{4}-\d{2}")
_NO_TIME = "holds values that are neither numbers nor ISO times"
_NOT_FINITE = "holds times that are not finite"


def code_times(values: Any) -> Codes:
    """Codes 0, 1, ... in order of time, -1 where missing, shape (n_rows,).

    Times are all numbers (also as text), or all dates and timestamps (also as ISO text: `2026-01`, `2026-01-31`,
    `2026-01-31T10:00:00Z`). With an offset from UTC they are ordered as instants; a date is its midnight.

    Raises
    ------
    ValueError
        A value is no time, or some have an offset from UTC and some have none; the message says which.

    Examples
    --------
    >>> code_times(np.array(["2026-02-01", "2026-01-31", None, "2026-02-01"], dtype=object)).tolist()
    [1, 0, -1, 1]
    """
    if type(values) is np.ndarray and values.dtype.kind in "iufM":
        return _code_typed(values)
    if isinstance(values, np.ndarray) and not np.ma.is_masked(values) and values.dtype.kind in "iufM":
        return _code_typed(np.asarray(np.ma.getdata(values)))
    codes, items = factorize(values)
    missing = [canonical_text(item) is None for item in items]
    keys = _comparable([item for item, gone in zip(items, missing, strict=True) if not gone])
    place = {key: number for number, key in enumerate(sorted(set(keys)))}
    present = iter(keys)
    table = np.array([*(-1 if gone else place[next(present)] for gone in missing), -1], dtype=np.int32)
    return lookup(table, codes)


def _code_typed(array: NDArray[Any]) -> Codes:
    present = np.ones(array.size, dtype=bool)
    if array.dtype.kind in "fM":
        present = ~(np.isnat(array) if array.dtype.kind == "M" else np.isnan(array))
    if array.dtype.kind == "f" and not np.isfinite(array[present]).all():
        raise ValueError(_NOT_FINITE)
    codes = np.full(array.size, -1, dtype=np.int32)
    codes[present] = np.unique(array[present], return_inverse=True)[1].reshape(-1)
    return codes


def _comparable(items: list[Any]) -> list[Any]:
    """Sort keys of distinct times, all of one kind."""
    if not all(isinstance(item, str) for item in items):
        return _numbers(items)
    try:
        return _numbers(items)
    except ValueError as problem:
        if str(problem) == _NOT_FINITE:
            raise
    times = [_instant(item) for item in items]
    if len({time.tzinfo is None for time in times}) > 1:
        raise ValueError("holds times with and without an offset from UTC")
    return times


def _numbers(items: list[Any]) -> list[float]:
    try:
        numbers: list[float] = parse_numbers(np.array([*items, None], dtype=object))[:-1].tolist()
    except (TypeError, ValueError, OverflowError):
        raise ValueError(_NO_TIME) from None
    if not all(map(math.isfinite, numbers)):
        raise ValueError(_NOT_FINITE)
    return numbers


def _instant(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(f"{text}-01" if _MONTH.fullmatch(text) else text)
    except ValueError:
        raise ValueError(_NO_TIME) from None
