"""Kinds of single values: text, numbers, durations, days, paths."""

from __future__ import annotations

import datetime as dt
import math
import posixpath
import re

from mlgate.config.document import Node
from mlgate.config.reading import JsonSchema, Reading, nearest
from mlgate.late import compiled, dataclass

_DURATION = compiled(r"([0-9]+(?:\.[0-9]+)?)\s*(s|m|h|d)")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


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
        if isinstance(node.value, str):
            refuse_half_text(node)
        return node.value

    def json_schema(self) -> JsonSchema:
        return {"type": ["string", "number", "boolean"]}


def refuse_half_text(node: Node) -> None:
    """Refuse a text with a zero character or half of a character (a lone surrogate), which no check can ask for.

    Raises
    ------
    ConfigError
        It holds one.
    """
    if re.search("[\0\ud800-\udfff]", node.text):
        raise node.error(f"{node.text!r} holds a zero character or half of one", hint="no check can ask for it")


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
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", node.text):
                raise ValueError(node.text)
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
        if any("**" in part and part != "**" for part in path.split("/")):
            raise node.error(f"{path!r}: ** stands alone between two slashes", hint="write configs/**/*.yaml")
        if path.startswith(("/", "~")) or re.match(r"[A-Za-z]:", path):
            raise node.error(f"{path!r} is not relative", hint="write the path from this file's folder")
        whole = posixpath.normpath(posixpath.join(posixpath.dirname(node.path), path))
        if posixpath.normpath(posixpath.join(reading.folder, whole)).split("/")[0] == "..":
            raise node.error(f"{path!r} leaves the repository", hint="write a path inside the repository")
        return whole

    def json_schema(self) -> JsonSchema:
        return {"type": "string", "minLength": 1, "pattern": r"^[^/~\\]"}
