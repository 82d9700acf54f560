"""Protocol buffers, read by their wire format: https://protobuf.dev/programming-guides/encoding/."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mlgate.lint.artifacts.reader import BrokenStreamError, Reader

Spec = dict[int, Any]
"""By field number: a message's spec, or the name under which its text is told."""
_MAX_DEPTH = 64
_MAX_TEXT = 4096


def fields(reader: Reader, end: int | None) -> Iterator[tuple[int, int]]:
    """Number and length of every field that has a length; what of it is not read is skipped.

    Raises
    ------
    BrokenStreamError
        The bytes are no message.
    """
    while (reader.position < end) if end is not None else not reader.ended():
        key = _varint(reader)
        number, wire = key >> 3, key & 7
        if number == 0:
            raise BrokenStreamError("a field has no number")
        if wire == 0:
            _varint(reader)
        elif wire in (1, 5):
            reader.skip(8 if wire == 1 else 4)
        elif wire == 2:
            length = _varint(reader)
            after = reader.position + length
            if end is not None and after > end:
                raise BrokenStreamError("a field is longer than what it is in")
            yield number, length
            if reader.position > after:
                raise BrokenStreamError("a field is longer than it says")
            reader.skip(after - reader.position)
        else:
            raise BrokenStreamError(f"byte {reader.position:,} is no field")


def walk(reader: Reader, end: int | None, spec: Spec, tell: Callable[[str, str], None], depth: int = 0) -> None:
    """Tell the texts that the spec names, wherever they are nested.

    Raises
    ------
    BrokenStreamError
        The bytes are no message, or are nested without end.
    """
    if depth > _MAX_DEPTH:
        raise BrokenStreamError("messages are nested without end")
    for number, length in fields(reader, end):
        wanted = spec.get(number)
        if isinstance(wanted, str):
            tell(wanted, reader.take(min(length, _MAX_TEXT)).decode("utf-8", "replace"))
        elif wanted is not None:
            tell("message", str(number))
            walk(reader, reader.position + length, wanted, tell, depth + 1)


def _varint(reader: Reader) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = reader.byte()
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
    raise BrokenStreamError("a number does not end")
