"""Columns as float64, exact to the last bit, whether they are numbers or text."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.canonical import as_array
from mlgate.metrics.coding import Dictionary, lookup
from mlgate.metrics.sample import Floats

_NOT_FINITE = re.compile("[+-]?(nan|inf|infinity)", re.IGNORECASE)
_KINDS = "biufOU"


def to_numbers(values: Any) -> Floats:
    """A column as float64, NaN where it is missing or says so.

    Parameters
    ----------
    values : array of shape (n_rows,), masked or not; or a `Dictionary` of texts

    Raises
    ------
    TypeError, ValueError, OverflowError
        A value is no number; see `parse_numbers` for text.
    """
    if isinstance(values, Dictionary):
        numbers = parse_numbers(np.array(values.texts, dtype=object))
        return lookup(np.append(numbers, math.nan), np.asarray(values.codes))
    array = as_array(values)
    if type(array) is not np.ndarray and isinstance(array, np.ma.MaskedArray):  # numpy.ma is slow to load
        array = np.asarray(array.tolist(), dtype=object) if np.ma.is_masked(array) else np.ma.getdata(array)
    array = np.asarray(array)
    if array.dtype.kind not in _KINDS:
        raise TypeError(array.dtype)
    return parse_numbers(array) if array.dtype.kind in "OU" else np.asarray(array, dtype=np.float64)


def parse_numbers(array: NDArray[Any]) -> Floats:
    """Text (or numbers as objects) as float64, exact to the last bit, and NaN where it is missing or says so.

    Raises
    ------
    TypeError, ValueError, OverflowError
        A value is no number. Spaces, `1_000` and digits of other scripts are none, though Python reads them.
    """
    objects = array.astype(object)
    items = [None if type(item).__name__ == "NAType" else item for item in objects.tolist()]
    objects[:] = items
    if _has_other_than_digits(items):
        objects[[isinstance(item, str) and bool(_NOT_FINITE.fullmatch(item)) for item in items]] = math.nan
        if _has_other_than_digits(objects.tolist()):
            raise ValueError("not a number")
    numbers: Floats = objects.astype(np.float64)
    return numbers


def _has_other_than_digits(items: list[Any]) -> bool:
    """Whether a text holds a character that no finite number is written with."""
    text = "".join(item for item in items if isinstance(item, str))
    return bool(text.encode("utf-8", "surrogatepass").translate(None, b"0123456789.eE+-"))
