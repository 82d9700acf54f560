"""The place of a value in a config: `optimizer.lr`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlgate.config.document import Node
from mlgate.config.reading import JsonSchema, Reading
from mlgate.config.scalars import Text

_PLACE = re.compile(r"[^.\s*]+(\.[^.\s*]+)*")
_MARKED = re.compile(r"([^.\s*]+|\*\*?)(\.([^.\s*]+|\*\*?))*")


@dataclass(frozen=True, slots=True)
class Place:
    """Names with points between them; with `marks`, `*` stands for one of them and `**` for any number."""

    marks: bool = False

    def parse(self, node: Node, reading: Reading) -> str:
        place = Text().parse(node, reading)
        if not (_MARKED if self.marks else _PLACE).fullmatch(place):
            hint = "write data.train" + (", or *.path, or **.path" if self.marks else "")
            raise node.error(f"{place!r} is no place of a value", hint=hint)
        return place

    def json_schema(self) -> JsonSchema:
        return {"type": "string", "pattern": f"^{(_MARKED if self.marks else _PLACE).pattern}$"}
