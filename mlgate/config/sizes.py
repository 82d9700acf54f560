"""Sizes of memory as our files write them."""

from __future__ import annotations

import re

from mlgate.config import fields as f
from mlgate.config.document import Node

LEAST_MEMORY = 64 * 2**20
"""Bytes; with less the engine cannot read a file."""
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([kKmMgGtT])([iI]?)[bB]")


class MemorySize:
    """Text such as `512MiB` or `2GB`: a number and a unit, at least 64 MiB."""

    def parse(self, node: Node, reading: f.Reading) -> str:
        size = _SIZE.fullmatch(node.text)
        if not size:
            raise node.error(f"expected a size, found {node.text or node.kind}", hint="write e.g. 512MiB or 2GiB")
        unit = (1024 if size[3] else 1000) ** ("kmgt".index(size[2].lower()) + 1)
        if float(size[1]) * unit < LEAST_MEMORY:
            raise node.error(f"{node.text} is less than 64 MiB", hint="write 64MiB or more")
        return node.text

    def json_schema(self) -> f.JsonSchema:
        return {"type": "string", "pattern": f"^{_SIZE.pattern}$"}
