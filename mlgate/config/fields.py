"""One declaration per key: it parses the value, finds the mistake's place, and gives the published JSON Schema.

A `Kind` reads a `Node` into a frozen value. A `Struct` is a mapping with known keys. Mistakes are collected, so that a
person sees all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mlgate.config.document import Node
from mlgate.config.reading import JsonSchema, Kind, Reading, nearest, place
from mlgate.config.scalars import Anything, Boolean, Day, Duration, FilePath, Number, Text
from mlgate.errors import ConfigError
from mlgate.late import dataclass

__all__ = [
    "Anything",
    "Boolean",
    "Day",
    "Duration",
    "FilePath",
    "JsonSchema",
    "Key",
    "Kind",
    "ListOf",
    "MapOf",
    "Number",
    "Reading",
    "Struct",
    "Text",
    "complete",
    "nearest",
    "place",
]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of at least `least` items without repetition; `single` also takes one item for a list of one."""

    item: Kind
    least: int = 0
    single: bool = False
    distinct: bool = True

    def parse(self, node: Node, reading: Reading) -> tuple[Any, ...]:
        if self.single and not isinstance(node.value, list):
            return (self.item.parse(node, reading),)
        if not isinstance(node.value, list):
            raise node.error(f"expected a list, found {node.kind}", hint="write [a, b] or one `- item` per line")
        items: list[Any] = []
        seen: set[tuple[type, Any]] = set()
        for child in node.value:
            try:
                items.append(self.item.parse(child, reading))
            except ConfigError as mistake:
                reading.mistakes.append(mistake)
                continue
            if self.distinct and _repeats(items, seen):
                raise child.error(f"{child.text or 'the item'} stands twice in the list")
        if len(node.value) < self.least:
            raise node.error(f"expected at least {self.least} items, found {len(node.value)}")
        return tuple(items)

    def json_schema(self) -> JsonSchema:
        many: JsonSchema = {"type": "array", "items": self.item.json_schema(), "minItems": self.least}
        return {"anyOf": [self.item.json_schema(), many]} if self.single else many


def _repeats(items: Sequence[Any], seen: set[tuple[type, Any]]) -> bool:
    """Whether the last item, which is added to `seen`, stands before; 1 and true are two. Others cannot be hashed."""
    last = items[-1]
    try:
        repeated = (type(last), last) in seen
        seen.add((type(last), last))
    except TypeError:
        return any(type(item) is type(last) and item == last for item in items[:-1])
    return repeated


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping whose keys are names. `read` takes (name, node, reading); `keys` closes the set of names."""

    read: Callable[[str, Node, Reading], Any]
    value_schema: Callable[[], JsonSchema]
    keys: tuple[str, ...] = ()
    least: int = 0

    def parse(self, node: Node, reading: Reading) -> dict[str, Any]:
        if not isinstance(node.value, dict):
            raise node.error(f"expected a mapping, found {node.kind}", hint="write `name: value` lines")
        result = {}
        for name, child in node.value.items():
            try:
                if self.keys and name not in self.keys:
                    raise node.key_error(name, f"unknown name {name!r}", hint=nearest(name, self.keys))
                if not name:
                    raise node.key_error(name, "a name must not be empty")
                result[name] = self.read(name, child, reading)
            except ConfigError as mistake:
                reading.mistakes.append(mistake)
        if len(node.value) < self.least:
            raise node.error("expected at least one entry, found none")
        return result

    def json_schema(self) -> JsonSchema:
        schema: JsonSchema = {
            "type": "object",
            "additionalProperties": self.value_schema(),
            "minProperties": self.least,
        }
        return schema | ({"propertyNames": {"enum": list(self.keys)}} if self.keys else {})


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a `Struct`: how it is read, what it means, and whether it must be there."""

    kind: Kind
    doc: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Struct:
    """A mapping with known keys.

    `planned` are keys of the contract that this version cannot check yet: refused, since ignoring them would be a pass.
    `parse` returns the values that were given, by key.
    """

    name: str
    keys: Mapping[str, Key]
    planned: tuple[str, ...] = ()

    def parse(self, node: Node, reading: Reading) -> dict[str, Any]:
        if not isinstance(node.value, dict):
            raise node.error(
                f"{self.name}: expected a mapping, found {node.kind}", hint=f"known keys: {', '.join(self.keys)}"
            )
        values = {}
        for key, child in node.value.items():
            try:
                if key in self.planned:
                    raise node.key_error(
                        key,
                        f"{key!r} is not checked by this version of mlgate",
                        hint="remove it: a check that does not run must not look like one that passed",
                    )
                if key not in self.keys:
                    raise node.key_error(key, f"unknown key {key!r} in {self.name}", hint=nearest(key, self.keys))
                values[key] = self.keys[key].kind.parse(child, reading)
            except ConfigError as mistake:
                reading.mistakes.append(mistake)
        for key, declared in self.keys.items():
            if declared.required and key not in node.value:
                reading.mistakes.append(node.error(f"{self.name} needs the key {key!r}", hint=declared.doc))
        return values

    def json_schema(self) -> JsonSchema:
        properties = {key: {"description": item.doc} | item.kind.json_schema() for key, item in self.keys.items()}
        schema: JsonSchema = {"type": "object", "properties": properties, "additionalProperties": False}
        required = [key for key, item in self.keys.items() if item.required]
        return schema | ({"required": required} if required else {})


def complete(struct: Struct, node: Node, reading: Reading) -> dict[str, Any]:
    """Values of a struct, or its mistakes: an object is only built from what is whole."""
    before = len(reading.mistakes)
    values = struct.parse(node, reading)
    if len(reading.mistakes) > before:
        raise reading.mistakes.pop()
    return values
