"""Conditions over the columns of a row: a closed grammar, parsed to a tree and never run as code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlgate.config.document import Node
from mlgate.config.reading import JsonSchema, Reading


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition of a row.

    Parameters
    ----------
    text : as written
    tree : its parsed form
    columns : names that it speaks of, each once
    """

    text: str
    tree: Any
    columns: tuple[str, ...]


class ExpressionKind:
    """A condition as text."""

    def parse(self, node: Node, reading: Reading) -> Expression:
        raise node.error("not parsed yet")

    def json_schema(self) -> JsonSchema:
        return {"type": "string", "minLength": 1}
