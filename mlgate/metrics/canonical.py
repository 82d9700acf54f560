"""One spelling per value, so that the same label is equal whichever file format it came from."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

Texts = NDArray[np.object_]
"""One-dimensional object array of canonical text; None is missing."""

Ids = NDArray[Any]
"""Canonical ids: int64 where every id is an integer (its text is the canonical one), else `Texts`."""


def canonical_text(value: Any) -> str | None:
    """One spelling per value, whichever file format it came from; None where the value is missing.

    A boolean is `true` or `false`, an integer and an integer-valued float the integer, another float its shortest
    decimal, text itself.

    Examples
    --------
    >>> [canonical_text(value) for value in (True, 1, 1.0, 0.5, "1.0", float("nan"), None)]
    ['true', '1', '1', '0.5', '1.0', None, None]
    """
    match value:
        case str():
            return str(value)
        case bool() | np.bool_():
            return "true" if value else "false"
        case int() | np.integer():
            return str(int(value))
        case float() | np.floating():
            return _float_text(float(value))
        case Decimal():
            return None if value.is_nan() else _decimal_text(value)
    # pandas' own missing values; its NaT also passes for a date.
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _float_text(value: float) -> str | None:
    if math.isnan(value):
        return None
    return str(int(value)) if value.is_integer() else repr(value)


def _decimal_text(value: Decimal) -> str:
    if value.is_finite() and value == value.to_integral_value():
        return str(int(value))
    return format(value.normalize(), "f") if value.is_finite() else repr(float(value))


def canonical_column(values: NDArray[Any]) -> Texts:
    """`canonical_text` of every value of a column; a masked value is missing.

    Parameters
    ----------
    values : array of shape (n_rows,)

    Returns
    -------
    object array of shape (n_rows,)
    """
    array = np.asanyarray(values)
    if array.dtype.kind in "mM":  # at nanoseconds, tolist() would give bare integers
        array = array.astype(f"{array.dtype.kind}8[us]")
    items = array.tolist()
    kinds = set(map(type, items))
    texts = np.empty(len(items), dtype=object)
    if kinds == {str}:
        texts[:] = items
        return texts
    try:
        # Values that are equal but of two types, such as 1 and True, must not share an entry.
        distinct = set(items) if len(kinds - {type(None)}) == 1 else None
    except TypeError:  # lists and the like cannot be looked up
        distinct = None
    if distinct is None or len(distinct) > len(items) // 2:
        texts[:] = [canonical_text(item) for item in items]
    else:
        spelling = {item: canonical_text(item) for item in distinct}
        texts[:] = [spelling[item] for item in items]
    return texts


def canonical_ids(values: NDArray[Any]) -> Ids:
    """Ids as int64 where all are integers, else as canonical text.

    Integer-valued floats are integers up to 2**53, the last one that a float64 tells from its neighbour.
    """
    array = np.asanyarray(values)
    masked = isinstance(array, np.ma.MaskedArray) and bool(np.ma.getmaskarray(array).any())
    if array.dtype.kind == "f" and array.size and not masked:
        plain = np.asarray(array, dtype=np.float64)
        if (np.abs(plain) <= 2.0**53).all() and (plain == np.trunc(plain)).all():  # NaN is neither
            return plain.astype(np.int64)
    if array.dtype.kind in "iu" and not masked and array.dtype != np.uint64:
        return np.asarray(array, dtype=np.int64)
    return canonical_column(array)


def is_missing(texts: Texts) -> NDArray[np.bool_]:
    """Which values of a canonical column are missing, shape (n_rows,)."""
    return np.asarray(texts == np.full(1, None, dtype=object), dtype=bool)


def id_texts(ids: Ids) -> list[str]:
    """Canonical text of ids that are known to be present."""
    items: list[Any] = ids.tolist()
    return items if ids.dtype == object else list(map(str, items))
