"""One spelling per value, so that the same label is equal whichever file format it came from."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

Texts = NDArray[np.object_]
"""One-dimensional object array of canonical text; None is missing."""

Ids = NDArray[Any]
"""Canonical ids: int64 where every id is an integer (its text is the canonical one), else `Texts`."""

_INTEGER = re.compile(r"(-?(?:0|[1-9][0-9]*))(?:\.0+)?")
_WORDS = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "-0": "0"}
_SHORT = 64
_NOT_A_NUMBER = ("nan", "NaN", "NAN", "-nan")


def canonical_text(value: Any) -> str | None:
    """One spelling per label, prediction or slice value; None where the value is missing.

    The whole rule, for every column that is not an id or a score:

    - A boolean, and the text `true`, `True` or `TRUE`, is `true`; likewise `false`.
    - An integer, an integer-valued float or decimal, and the text of an integer with or without a fraction of zeros
      (`1`, `1.0`, `1.00`) are the integer's digits. Text is never read as a float for it, so all digits count.
    - Another float is its shortest decimal, another decimal its digits without trailing zeros.
    - Other text is itself: `007`, `+1`, `5e2`, and `0.5` beside `0.50`. Two such spellings are one value only where a
      typed column (Parquet) says that they are numbers.
    - NaN is missing, also as text (`nan`, `NaN`), since a tool that writes text cannot say it otherwise.

    Ids follow `exact_text`.

    Examples
    --------
    >>> [canonical_text(value) for value in (True, "True", 1, 1.0, "1.0", "01", 0.5, "0.50", float("nan"), None)]
    ['true', 'true', '1', '1', '1', '01', '0.5', '0.50', None, None]
    """
    if not isinstance(value, str):
        return exact_text(value)
    integer = _INTEGER.fullmatch(value)
    if integer:
        value = integer[1]
    return None if value in _NOT_A_NUMBER else _WORDS.get(value, str(value))


def exact_text(value: Any) -> str | None:
    """The text of an id: text as written, a typed value as in `canonical_text`; None where the value is missing.

    So `7`, `007`, `7.0` and `7e0` in a text file are four ids, and the integer 7 of a typed column is the first.

    Examples
    --------
    >>> [exact_text(value) for value in (7, 7.0, "7", "007", "7.0", True, "True", None)]
    ['7', '7', '7', '007', '7.0', 'true', 'True', None]
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
    if not value.is_finite():
        return repr(float(value))
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if value.is_zero() else text


def canonical_ids(values: NDArray[Any]) -> Ids:
    """Ids as int64 where all are integers, else as `exact_text`.

    Raises
    ------
    InexactIdError
        A float that stands for more than one integer: float64 tells integers apart below 2**53, float32 below 2**24.
    """
    array = as_array(values)
    mask = None
    if type(array) is not np.ndarray and isinstance(array, np.ma.MaskedArray):
        mask, array = np.ma.getmaskarray(array), np.ma.asarray(array)
    masked = mask is not None and bool(mask.any())
    if array.dtype.kind == "f":
        everything = np.asarray(array if mask is None else np.ma.getdata(array), dtype=np.float64)
        plain = everything if mask is None else everything[~mask]
        _refuse_inexact(plain, bits=int(np.finfo(array.dtype).nmant) + 1)
        if plain.size and not masked and (plain == np.trunc(plain)).all():  # NaN is not
            return plain.astype(np.int64)
    if array.dtype.kind in "iu" and not masked and array.dtype != np.uint64:
        return np.asarray(array, dtype=np.int64)
    items = plain_items(array)
    if array.dtype.kind == "O" and float in set(map(type, items)):
        _refuse_inexact(np.array([item for item in items if type(item) is float]), bits=53)
    return exact_texts(items)


def exact_texts(items: list[Any]) -> Texts:
    """`exact_text` of every value, shape (n_rows,)."""
    texts = np.empty(len(items), dtype=object)
    texts[:] = items if set(map(type, items)) <= {str, type(None)} else list(map(exact_text, items))
    return texts


def as_array(values: Any) -> NDArray[Any]:
    """Anything like an array as one; a list keeps its values as they are, whatever their types."""
    if not isinstance(values, list | tuple):
        return np.asanyarray(values)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def plain_items(values: NDArray[Any]) -> list[Any]:
    """Values as Python objects; a masked value is None, a time has microseconds."""
    array = np.asanyarray(values)
    if array.dtype.kind in "mM":  # at nanoseconds, tolist() would give bare integers
        array = array.astype(f"{array.dtype.kind}8[us]")
    items: list[Any] = array.tolist()
    return items


class InexactIdError(ValueError):
    """Ids that are floats too large to tell one integer from the next."""

    def __init__(self, n_rows: int, limit: str) -> None:
        super().__init__(n_rows, limit)
        self.n_rows = n_rows
        self.limit = limit


def _refuse_inexact(floats: NDArray[np.float64], *, bits: int) -> None:
    inexact = int(np.count_nonzero(np.abs(floats) >= 2.0**bits))
    if inexact:
        raise InexactIdError(inexact, f"2**{bits}")


def is_missing(texts: Texts) -> NDArray[np.bool_]:
    """Which values of a canonical column are missing, shape (n_rows,)."""
    return np.asarray(texts == np.full(1, None, dtype=object), dtype=bool)


def id_texts(ids: Ids) -> list[str]:
    """Canonical text of ids that are known to be present."""
    items: list[Any] = ids.tolist()
    return items if ids.dtype == object else list(map(str, items))


def text_order(ids: NDArray[np.int64]) -> NDArray[np.intp]:
    """The order of integers by their text, as `sorted(map(str, ids))` has it, without making the texts.

    Examples
    --------
    >>> ids = np.array([2, 10, -3, 1, -20])
    >>> ids[text_order(ids)].tolist()
    [-20, -3, 1, 10, 2]
    """
    digits = np.abs(ids).view(np.uint64)  # of the smallest integer too: its magnitude fits
    lengths = np.ones(ids.size, dtype=np.int8)
    for power in range(1, 19):
        lengths += digits >= np.uint64(10**power)
    padded = digits * (np.uint64(10) ** (19 - lengths).astype(np.uint64))
    return np.lexsort((lengths, padded, ids >= 0))


def code_point_order(texts: Texts) -> NDArray[np.intp]:
    """The order of present texts by their code points, as `sorted` has it."""
    items: list[str] = texts.tolist()
    whole = "".join(items)
    if whole.isascii() and "\0" not in whole and max(map(len, items), default=0) <= _SHORT:
        return np.argsort(np.array(items, dtype=bytes), kind="stable")  # three times as fast
    return np.array(sorted(range(len(items)), key=items.__getitem__), dtype=np.intp)
