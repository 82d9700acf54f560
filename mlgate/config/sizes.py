"""Sizes of memory as our files write them."""

from __future__ import annotations

from mlgate.config import fields as f
from mlgate.config.document import Node
from mlgate.late import compiled

LEAST_MEMORY = 64 * 2**20
"""Bytes; with less the engine cannot read a file."""
_SIZE = compiled(r"([0-9]+(?:\.[0-9]+)?) ?([kKmMgGtT])([iI]?)[bB]")


def size_in_bytes(text: str) -> float | None:
    """Bytes of a text such as `512MiB` or `2 GB`; None where it is no size.

    Examples
    --------
    >>> size_in_bytes("64MiB"), size_in_bytes("2 kb"), size_in_bytes("much")
    (67108864.0, 2000.0, None)
    """
    size = _SIZE.fullmatch(text)
    if not size:
        return None
    return float(size[1]) * float((1024 if size[3] else 1000) ** ("kmgt".index(size[2].lower()) + 1))


class MemorySize:
    """Text such as `512MiB` or `2GB`: a number and a unit, at least 64 MiB."""

    def parse(self, node: Node, reading: f.Reading) -> str:
        size = size_in_bytes(node.text)
        if size is None:
            raise node.error(f"expected a size, found {node.text or node.kind}", hint="write e.g. 512MiB or 2GiB")
        if size < LEAST_MEMORY:
            raise node.error(f"{node.text} is less than 64 MiB", hint="write 64MiB or more")
        return node.text

    def json_schema(self) -> f.JsonSchema:
        return {"type": "string", "pattern": f"^{_SIZE.pattern}$"}
