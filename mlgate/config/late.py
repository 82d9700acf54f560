"""A kind of value whose module is imported when a file has the key: a hook pays only for what a project declares."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from mlgate.config.document import Node
from mlgate.config.reading import JsonSchema, Kind, Reading


class Late:
    """The kind that `name`, of the module `mlgate.config.MODULE`, is or makes."""

    __slots__ = ("_module", "_name")

    def __init__(self, module: str, name: str) -> None:
        self._module, self._name = module, name

    def _kind(self) -> Kind:
        found = getattr(import_module(f"mlgate.config.{self._module}"), self._name)
        kind: Kind = found() if isinstance(found, type) else found
        return kind

    def parse(self, node: Node, reading: Reading) -> Any:
        return self._kind().parse(node, reading)

    def json_schema(self) -> JsonSchema:
        return self._kind().json_schema()
