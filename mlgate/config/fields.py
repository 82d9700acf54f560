"""One declaration per key: it parses the value, finds the mistake's place, and gives the published JSON Schema.

A `Kind` reads a `Node` into a frozen value. A `Struct` is a mapping with known keys. Mistakes are collected, so that a
person sees all of them at once.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from mlgate.config.document import Node
from mlgate.errors import ConfigError
from mlgate.outcome import Location

JsonSchema = dict[str, Any]

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(s|m|h|d)")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(slots=True)
class Reading:
    """One file being read: where it stands in the repository, and the mistakes so far.

    `folder` is the POSIX path of the file's folder below the repository's top, "" at the top.
    """

    folder: str = ""
    mistakes: list[ConfigError] = field(default_factory=list)

    def finish(self) -> None:
        """Raise the first mistake, with the others in its message."""
        if not self.mistakes:
            return
        first, *others = sorted(self.mistakes, key=lambda item: (item.path, item.line or 0, item.column or 0))
        more = "".join(f"\n{other.args[0]}" + (f" ({other.hint})" if other.hint else "") for other in others)
        raise ConfigError(first.reason + more, hint=first.hint, path=first.path, line=first.line, column=first.column)


class Kind(Protocol):
    """How one value is read, and how an editor checks it."""

    def parse(self, node: Node, reading: Reading) -> Any: ...

    def json_schema(self) -> JsonSchema: ...


@dataclass(frozen=True, slots=True)
class Text:
    """Text; `choices` closes the set, `empty` allows the empty text."""

    choices: tuple[str, ...] = ()
    empty: bool = False

    def parse(self, node: Node, reading: Reading) -> str:
        value = node.value
        if not isinstance(value, str):
            quote = f'write "{node.text}" in quotes' if node.text else "write text here"
            raise node.error(f"expected text, found {node.kind}", hint=quote)
        if not value and not self.empty:
            raise node.error("expected text, found an empty one", hint="write the text, or leave the key out")
        if self.choices and value not in self.choices:
            raise node.error(f"{value!r} is not one of {', '.join(self.choices)}", hint=nearest(value, self.choices))
        return value

    def json_schema(self) -> JsonSchema:
        return {"enum": list(self.choices)} if self.choices else {"type": "string", "minLength": int(not self.empty)}


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number between `low` and `high`, inclusive; `integer` and `above` (exclusive bound) narrow it."""

    low: float | None = None
    high: float | None = None
    above: float | None = None
    integer: bool = False

    def parse(self, node: Node, reading: Reading) -> float | int:
        value = node.value
        word = "a whole number" if self.integer else "a number"
        if isinstance(value, bool) or not isinstance(value, int if self.integer else (int, float)):
            raise node.error(
                f"expected {word}, found {node.text!r}" if node.text else f"expected {word}, found {node.kind}"
            )
        if not math.isfinite(value):
            raise node.error(f"expected a finite number, found {node.text}")
        if (
            (self.low is not None and value < self.low)
            or (self.high is not None and value > self.high)
            or (self.above is not None and value <= self.above)
        ):
            raise node.error(f"{node.text} is outside {self.range_text()}")
        return value

    def range_text(self) -> str:
        lower = f"above {self.above:g}" if self.above is not None else "" if self.low is None else f"{self.low:g}"
        return (
            f"{lower} to {self.high:g}"
            if self.high is not None
            else f"{lower} or more"
            if self.above is None
            else lower
        )

    def json_schema(self) -> JsonSchema:
        bounds = {"minimum": self.low, "maximum": self.high, "exclusiveMinimum": self.above}
        kind = {"type": "integer" if self.integer else "number"}
        return kind | {key: bound for key, bound in bounds.items() if bound is not None}


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`; `only` accepts just one of them."""

    only: bool | None = None

    def parse(self, node: Node, reading: Reading) -> bool:
        if not isinstance(node.value, bool):
            raise node.error(
                f"expected true or false, found {node.text or node.kind!r}", hint="YAML 1.2 knows only true and false"
            )
        if self.only is not None and node.value is not self.only:
            raise node.error(f"expected {str(self.only).lower()}", hint="leave the key out instead")
        return node.value

    def json_schema(self) -> JsonSchema:
        return {"type": "boolean"} if self.only is None else {"const": self.only}


@dataclass(frozen=True, slots=True)
class Anything:
    """Any single value: text, number, true/false."""

    def parse(self, node: Node, reading: Reading) -> str | int | float | bool:
        if node.value is None or isinstance(node.value, (list, dict)):
            raise node.error(f"expected a single value, found {node.kind}")
        if isinstance(node.value, float) and not math.isfinite(node.value):
            raise node.error(f"expected a finite value, found {node.text}")
        return node.value

    def json_schema(self) -> JsonSchema:
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True, slots=True)
class Duration:
    """Seconds, written `90s`, `2m`, `1h` or `1d`."""

    def parse(self, node: Node, reading: Reading) -> float:
        match = _DURATION.fullmatch(node.text)
        if not match or not float(match[1]) > 0:
            raise node.error(f"{node.text or node.kind!r} is not a duration", hint="write 90s, 2m, 1h or 1d")
        return float(match[1]) * _SECONDS[match[2]]

    def json_schema(self) -> JsonSchema:
        return {"type": "string", "pattern": f"^{_DURATION.pattern}$"}


@dataclass(frozen=True, slots=True)
class Day:
    """A date, written `2026-12-31`."""

    def parse(self, node: Node, reading: Reading) -> dt.date:
        try:
            return dt.date.fromisoformat(node.text)
        except ValueError:
            raise node.error(f"{node.text or node.kind!r} is not a date", hint="write YYYY-MM-DD") from None

    def json_schema(self) -> JsonSchema:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class FilePath:
    """A POSIX path from the folder of the file it stands in, given back relative to the project's root.

    It stays inside the repository; no URL, no expansion of variables.
    """

    def parse(self, node: Node, reading: Reading) -> str:
        path = Text().parse(node, reading)
        if "://" in path:
            raise node.error(
                f"{path!r} is a URL", hint="version the file with DVC and write its path in the repository"
            )
        if "\\" in path or "\0" in path:
            raise node.error(f"{path!r} is not a POSIX path", hint="separate folders with /")
        if path.startswith(("/", "~")) or re.match(r"[A-Za-z]:", path):
            raise node.error(f"{path!r} is not relative", hint="write the path from this file's folder")
        whole = posixpath.normpath(posixpath.join(posixpath.dirname(node.path), path))
        if posixpath.normpath(posixpath.join(reading.folder, whole)).split("/")[0] == "..":
            raise node.error(f"{path!r} leaves the repository", hint="write a path inside the repository")
        return whole

    def json_schema(self) -> JsonSchema:
        return {"type": "string", "minLength": 1, "pattern": r"^[^/~\\]"}


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
        items = []
        for child in node.value:
            try:
                items.append(self.item.parse(child, reading))
            except ConfigError as mistake:
                reading.mistakes.append(mistake)
                continue
            if self.distinct and items[-1] in items[:-1] and type(items[-1]) is type(items[items.index(items[-1])]):
                raise child.error(f"{child.text or 'the item'} stands twice in the list")
        if len(node.value) < self.least:
            raise node.error(f"expected at least {self.least} items, found {len(node.value)}")
        return tuple(items)

    def json_schema(self) -> JsonSchema:
        many: JsonSchema = {"type": "array", "items": self.item.json_schema(), "minItems": self.least}
        return {"anyOf": [self.item.json_schema(), many]} if self.single else many


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


def nearest(name: str, known: Sequence[str] | Mapping[str, object]) -> str:
    """Hint that names the nearest known word, or all of them."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(names)}"


def place(node: Node, key: str | None = None) -> Location:
    """Location of a node, or of one of its keys."""
    line = node.key_places[key][0] if key is not None and key in node.key_places else node.line
    return Location(node.path, line)
