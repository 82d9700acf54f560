"""Lengths of time that are told as they are written."""

from __future__ import annotations

from mlgate.config import fields as f
from mlgate.config.document import Node
from mlgate.late import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A length of time in seconds, and as the schema writes it."""

    seconds: float
    written: str

    @property
    def microseconds(self) -> int:
        return round(self.seconds * 1_000_000)


class SpanKind:
    """`90s`, `2m`, `1h` or `1d`; `0s` too where `zero` is set."""

    def __init__(self, *, zero: bool = False) -> None:
        self.zero = zero

    def parse(self, node: Node, reading: f.Reading) -> Span:
        if self.zero and node.text in ("0", "0s", "0m", "0h", "0d"):
            return Span(seconds=0.0, written=node.text)
        return Span(seconds=f.Duration().parse(node, reading), written=node.text)

    def json_schema(self) -> f.JsonSchema:
        kinds = [f.Duration().json_schema(), {"enum": [0, "0s", "0m", "0h", "0d"]}]
        return {"anyOf": kinds} if self.zero else kinds[0]
