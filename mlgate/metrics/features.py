"""Columns in which slices are searched: as slices are, with numbers of many values in four ranges."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from mlgate.metrics.coding import MISSING, Column, code_slices, name_missing, recode
from mlgate.metrics.numbers import to_numbers
from mlgate.metrics.sample import Floats

MAX_PLAIN_NUMBERS = 20
"""Distinct numbers of a column above which ranges are made of them."""

_QUARTILES = (0.25, 0.5, 0.75)


def code_feature(values: Any, *, ranges: bool) -> Column:
    """A column as slices, none missing.

    Parameters
    ----------
    ranges : whether numbers (also as text) of more than 20 distinct values become ranges between their quartiles
    """
    numbers = _numbers(values) if ranges else None
    if numbers is not None:
        finite = numbers[np.isfinite(numbers)]
        if np.unique(finite[: MAX_PLAIN_NUMBERS * 50]).size > MAX_PLAIN_NUMBERS or (
            np.unique(finite).size > MAX_PLAIN_NUMBERS
        ):
            return code_ranges(numbers)
    return name_missing(code_slices(values))


def _numbers(values: Any) -> Floats | None:
    try:
        return to_numbers(values)
    except (TypeError, ValueError, OverflowError):
        return None


def code_ranges(numbers: Floats) -> Column:
    """Numbers in up to four ranges that end at their quartiles; what is not finite is `(missing)`.

    Examples
    --------
    >>> code_ranges(np.arange(1.0, 41.0)).values
    ('10 < x <= 20', '20 < x <= 30', 'x <= 10', 'x > 30')
    """
    finite = np.isfinite(numbers)
    ends = np.unique(np.quantile(numbers[finite], _QUARTILES, method="inverted_cdf"))
    ends = ends[ends < numbers[finite].max()]
    shown = [_show(end) for end in ends.tolist()]
    names = [f"x <= {shown[0]}"] if shown else ["x"]
    names += [f"{low} < x <= {high}" for low, high in itertools.pairwise(shown)]
    names += [f"x > {shown[-1]}"] if shown else []
    place = np.where(finite, np.searchsorted(ends, numbers, side="left"), len(names))
    names.append(MISSING)
    order = sorted(range(len(names)), key=names.__getitem__)
    occurs = set(np.unique(place).tolist())
    values = tuple(names[number] for number in order if number in occurs)
    found = Column(codes=place.astype(np.int8), values=tuple(names))
    return Column(codes=recode(found, values).astype(np.int8), values=values)


def _show(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
