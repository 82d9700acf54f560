"""Raw arrays between the opcodes of a joblib file: their length follows from their description."""

from __future__ import annotations

import re
from typing import Any

from mlgate.lint.artifacts.machine import PickleMachine
from mlgate.lint.artifacts.reader import BrokenStreamError
from mlgate.lint.artifacts.values import Global, Made

_KNOWN = frozenset({"subclass", "shape", "order", "dtype", "allow_mmap", "numpy_array_alignment_bytes"})
_FORM = re.compile(r"[<>=|]?([biufcmMSUVO])([0-9]{1,6})")
_DTYPE = frozenset({Global("numpy", "dtype")})
_MOST_BYTES = 1 << 47
_HAS_OBJECTS = 1
_FLEXIBLE = "SUV"


def read_array(machine: PickleMachine, array: Made) -> None:
    """Pass over the bytes of one array; where it holds objects, they are a pickle of their own, which is followed.

    Raises
    ------
    BrokenStreamError
        The length cannot be told for certain: what follows could be read in two ways.
    """
    described = array.table.entries
    if array.table.odd or not described.keys() <= _KNOWN or not {"shape", "dtype"} <= described.keys():
        raise BrokenStreamError("an array of joblib is not described as joblib does")
    if machine.frame_end > machine.reader.position:
        raise BrokenStreamError("an array of joblib lies inside a frame")
    machine.facts.format("joblib")
    item_bytes, has_objects = _dtype_of(described["dtype"])
    if has_objects:
        PickleMachine(machine.reader, machine.facts, depth=machine.depth + 1).run()
        return
    if "numpy_array_alignment_bytes" in described:
        machine.reader.skip(machine.reader.byte())
    machine.reader.skip(_count(described["shape"]) * item_bytes)


def _count(shape: Any) -> int:
    if not isinstance(shape, tuple) or not all(isinstance(side, int) and 0 <= side < _MOST_BYTES for side in shape):
        raise BrokenStreamError("the shape of an array is not known")
    count = 1
    for side in shape:
        count *= side
        if count > _MOST_BYTES:
            raise BrokenStreamError("an array is larger than any machine")
    return count


def _dtype_of(dtype: Any) -> tuple[int, bool]:
    """Bytes of an item, and whether items are objects; the state that BUILD gave goes before what was said first."""
    if not isinstance(dtype, Made) or dtype.origin not in _DTYPE or not isinstance(dtype.arguments, tuple):
        raise BrokenStreamError("the type of an array is not known")
    form = _FORM.fullmatch(dtype.arguments[0]) if dtype.arguments and isinstance(dtype.arguments[0], str) else None
    if form is None:
        raise BrokenStreamError("the type of an array is not known")
    letter, item_bytes = form[1], int(form[2]) * (4 if form[1] == "U" else 1)
    has_objects = letter == "O"
    if dtype.state is not None:
        state = dtype.state
        if (
            not isinstance(state, tuple)
            or len(state) not in (8, 9)
            or not all(isinstance(state[at], int) for at in (5, 7))
        ):
            raise BrokenStreamError("the type of an array is not described as numpy does")
        if letter in _FLEXIBLE:
            item_bytes = state[5]
        if letter != "V" and bool(state[7] & _HAS_OBJECTS) != has_objects:
            raise BrokenStreamError("the type of an array contradicts itself")
        has_objects = bool(state[7] & _HAS_OBJECTS)
    if item_bytes <= 0:
        raise BrokenStreamError("the type of an array has no length")
    return item_bytes, has_objects
