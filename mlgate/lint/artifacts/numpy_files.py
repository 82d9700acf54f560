"""`.npy`: numbers, or a pickle behind a header that says so. Source: https://numpy.org/neps/nep-0001-npy-format.html."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, BinaryIO

from mlgate.lint.artifacts.facts import Facts
from mlgate.lint.artifacts.pickles import scan_pickles
from mlgate.lint.artifacts.reader import BrokenStreamError, Reader

MAGIC = b"\x93NUMPY"
_MOST_HEADER = 1 << 20
_FORM = re.compile(r"[<>=|]?([?biufcmMSUVO])([0-9]*)(\[.*\])?")


def scan_npy(open_stream: Callable[[], BinaryIO], facts: Facts, *, limit: int | None = None) -> None:
    """Where the header declares objects, the pickle behind it is followed; of numbers only the length is looked at."""
    facts.format("npy")
    with open_stream() as stream:
        reader = Reader(stream, limit=limit)
        try:
            header = _header(reader)
            forms = list(_forms(header.get("descr")))
        except (BrokenStreamError, ValueError, SyntaxError, RecursionError, MemoryError) as problem:
            facts.problem(f"the header of the array cannot be read: {problem}")
            return
        start = reader.position
        if not any(form == "O" for form, _ in forms):
            _look_at_length(reader, header, forms, facts)
            return
    facts.format("object array")

    def behind() -> BinaryIO:
        again = open_stream()
        again.read(start)
        return again

    scan_pickles(behind, facts, limit=limit)


def _header(reader: Reader) -> dict[str, Any]:
    import ast

    if reader.take(6) != MAGIC:
        raise BrokenStreamError("it does not begin as one")
    version = reader.take(2)[0]
    if version not in (1, 2, 3):
        raise BrokenStreamError(f"its version is {version}")
    size = int.from_bytes(reader.take(2 if version == 1 else 4), "little")
    if size > _MOST_HEADER:
        raise BrokenStreamError("it is longer than any header")
    header = ast.literal_eval(reader.take(size).decode("latin-1" if version < 3 else "utf-8").strip())
    if not isinstance(header, dict) or set(header) != {"descr", "fortran_order", "shape"}:
        raise BrokenStreamError("it does not hold what numpy writes")
    return header


def _forms(described: Any) -> list[tuple[str, int]]:
    """Kind and bytes of every field."""
    if isinstance(described, str):
        form = _FORM.fullmatch(described)
        if form is None:
            raise BrokenStreamError(f"the type {described!r} is not known")
        return [(form[1], int(form[2] or 1) * (4 if form[1] == "U" else 1))]
    if isinstance(described, list):
        return [form for field in described if isinstance(field, tuple) for form in _forms(field[1])]
    if isinstance(described, tuple) and described:
        return _forms(described[0])
    raise BrokenStreamError("the type is not known")


def _look_at_length(reader: Reader, header: dict[str, Any], forms: list[tuple[str, int]], facts: Facts) -> None:
    shape = header["shape"]
    if not isinstance(shape, tuple) or not all(isinstance(side, int) and side >= 0 for side in shape):
        facts.problem("the shape of the array is not one")
        return
    if not isinstance(header["descr"], str):
        return
    expected = forms[0][1]
    for side in shape:
        expected *= side
    try:
        reader.skip(expected)
    except BrokenStreamError as problem:
        facts.problem(f"the array is cut off: {problem}")
