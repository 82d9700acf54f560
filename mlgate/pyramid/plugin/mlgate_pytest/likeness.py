"""Values as plain data, and where two of them are not alike. Arrays are known by what they can do, not by type."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

RELATIVE = 1e-6
ABSOLUTE = 1e-12
SHOWN = 10
"""So many differences are told; the rest is counted."""
DEPTH = 64
MOST_BITS = 13_288
"""Python writes no longer number as text: at most 4,300 digits, here 4,000."""


class NotPlainError(ValueError):
    """A value, or a part of it, that cannot be compared."""


def as_data(value: Any, where: str = "", depth: int = DEPTH) -> Any:
    """`value` as dicts, lists, numbers, texts, booleans and None.

    Arrays, tensors, series and frames become lists or dicts of lists; keys become text.

    Raises
    ------
    NotPlainError
        A part is of another kind, too deep, or two keys have one text; with its place.
    """
    if depth == 0:
        raise NotPlainError(f"{where or 'the value'} is nested too deeply, or holds itself")
    if value is None or isinstance(value, (bool, str)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise NotPlainError(f"{where or 'the value'} is a whole number of more than 4,000 digits")
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, int) else float(value)
    if isinstance(value, Mapping):
        return _mapping(value, where, depth)
    if isinstance(value, (list, tuple)):
        if only_floats(value):
            return list(value)
        return [as_data(item, f"{where}[{number}]", depth - 1) for number, item in enumerate(value)]
    listed = _array(value)
    if listed is None:
        told = f"{where or 'the value'} is of type {type(value).__name__}"
        raise NotPlainError(f"{told}: give numbers, texts, lists, dicts or arrays")
    return as_data(listed, where, depth - 1)


def only_floats(values: Sequence[Any]) -> bool:
    """Whether all are floats, as in a row of an array: there may be millions, so they are looked at together."""
    return set(map(type, values)) == {float}


def _mapping(value: Mapping[Any, Any], where: str, depth: int) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key, item in value.items():
        name = str(key)
        if name in data:
            raise NotPlainError(f"{where or 'the value'} has two keys that are written {name!r}")
        data[name] = as_data(item, f"{where}.{name}" if where else name, depth - 1)
    return data


def _array(value: Any) -> Any:
    """Lists of what an array, tensor, series or frame holds; None of what is neither."""
    for name in ("detach", "cpu"):  # of torch: a tensor that is part of a graph, or on a GPU
        if callable(getattr(value, name, None)):
            value = getattr(value, name)()
    if hasattr(value, "columns") and callable(getattr(value, "to_dict", None)):
        return _frame(value)
    for name in ("tolist", "to_list", "to_pylist"):
        if callable(getattr(value, name, None)):
            return getattr(value, name)()
    if callable(getattr(value, "numpy", None)):  # of TensorFlow
        return _array(value.numpy())
    return None


def _frame(value: Any) -> Any:
    """Columns of a frame, of pandas or of polars, as lists."""
    try:
        return value.to_dict(orient="list")
    except TypeError:
        return value.to_dict(as_series=False)


def not_finite(data: Any, where: str = "") -> Iterator[str]:
    """Places of NaN and infinities in plain data."""
    if isinstance(data, float) and not math.isfinite(data):
        yield f"{where or 'the value'} is {data}"
    elif isinstance(data, dict):
        for key, item in data.items():
            yield from not_finite(item, f"{where}.{key}" if where else key)
    elif isinstance(data, list) and not (only_floats(data) and all(map(math.isfinite, data))):
        for number, item in enumerate(data):
            yield from not_finite(item, f"{where}[{number}]")


@dataclass(frozen=True)
class Tolerance:
    """How far a number may be from the expected one: the larger of `absolute` and `relative` times the expected one.

    Where neither is given it is a millionth, and whole numbers are compared exactly.
    """

    relative: float | None = None
    absolute: float | None = None

    def allowed(self, expected: float, found: float) -> float:
        """The accepted distance of two numbers."""
        relative, absolute = self.relative, self.absolute
        if relative is None and absolute is None:
            if isinstance(expected, int) and isinstance(found, int):
                return 0.0
            relative, absolute = RELATIVE, ABSOLUTE
        try:
            return max(absolute or 0.0, (relative or 0.0) * math.fabs(expected))
        except OverflowError:  # a whole number that no float holds
            return absolute or 0.0


def require_tolerances(*given: float | None) -> None:
    """Fail the test that gave a tolerance which is none."""
    __tracebackhide__ = True
    for value in given:
        if value is not None and not (isinstance(value, (int, float)) and 0 <= value < math.inf):
            pytest.fail(f"a tolerance is a number of at least 0, got {value!r}")


def differences(expected: Any, found: Any, tolerance: Tolerance, where: str = "") -> Iterator[str]:
    """Where plain data differ, with both values. NaN is like nothing, true is not 1."""
    if isinstance(expected, dict) and isinstance(found, dict):
        yield from _of_mappings(expected, found, tolerance, where)
    elif isinstance(expected, list) and isinstance(found, list):
        if _same_floats(expected, found):
            return
        if len(expected) != len(found):
            yield f"{where or 'the value'} has {len(found):,} items, expected {len(expected):,}"
        for number, (one, two) in enumerate(zip(expected, found)):  # noqa: B905  # Python 3.9
            yield from differences(one, two, tolerance, f"{where}[{number}]")
    elif _is_number(expected) and _is_number(found):
        allowed = tolerance.allowed(expected, found)
        off = _distance(expected, found)
        if not off <= allowed:  # NaN is not within anything
            apart = f"off by {off:.3g}" + (f", allowed {allowed:.3g}" if allowed else "")
            yield f"{where or 'the value'}: expected {_short(expected)}, found {_short(found)} ({apart})"
    elif type(expected) is not type(found) or expected != found:
        yield f"{where or 'the value'}: expected {_short(expected)}, found {_short(found)}"


def _same_floats(expected: list[Any], found: list[Any]) -> bool:
    """Whether both are the same plain floats; NaN is not the same as itself."""
    alike = len(expected) == len(found) and only_floats(expected) and only_floats(found)
    return alike and all(map(float.__eq__, expected, found))


def _of_mappings(expected: dict[str, Any], found: dict[str, Any], tolerance: Tolerance, where: str) -> Iterator[str]:
    for key, one in expected.items():
        place = f"{where}.{key}" if where else key
        if key not in found:
            yield f"{place} is absent, expected {_short(one)}"
        else:
            yield from differences(one, found[key], tolerance, place)
    for key, one in found.items():
        if key not in expected:
            yield f"{f'{where}.{key}' if where else key} is not expected, found {_short(one)}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _distance(expected: float, found: float) -> float:
    if expected == found:
        return 0.0
    try:
        return float(math.fabs(found - expected))
    except OverflowError:  # whole numbers that no float holds
        return math.inf


def _short(value: Any, limit: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}..."


def told(found: Iterator[str]) -> tuple[list[str], int]:
    """The first differences, and the number of all."""
    first: list[str] = []
    count = 0
    for line in found:
        count += 1
        if len(first) < SHOWN:
            first.append(line)
    return first, count
