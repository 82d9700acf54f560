"""JSON by its own rules, with the place of every value, and its mistakes in words that a person acts on."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from json.decoder import scanstring  # type: ignore[attr-defined]  # the standard library's own, without a stub

from mlgate.config.core_scalars import resolve
from mlgate.config.document import MAX_DEPTH, MAX_NODES, Node
from mlgate.errors import ConfigError, SourceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_PLACED = 150_000
"""Characters up to which places are kept: above it is data rather than a config."""

QUOTES = "'\u2018\u2019\u201c\u201d\u201e"
"""Quotes of other languages, of Python and of text processors."""
FOREIGN = "\xa0\u3000\u200b\ufeff\uff1a\uff0c"
"""Spaces, colon and comma that only look like those of JSON."""

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"[-+A-Za-z0-9_.$]+")
_NOT_FINITE = {"NaN", "Infinity", "-Infinity", "nan", "inf", "-inf", "+Infinity"}
_PYTHON = {"None": "null", "True": "true", "False": "false", "undefined": "null"}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def parse_json(text: str, path: str) -> Node:
    """JSON as a document with places.

    Raises
    ------
    ConfigError
        Comments, trailing commas, single quotes, NaN, a key that stands twice, a byte order mark, a second value, a
        nesting that is too deep, and any other mistake: each with its place and the next step.
    """
    if text.startswith("\ufeff"):
        hint = "save the file as UTF-8 without BOM: json.load of Python refuses it"
        raise ConfigError("starts with a byte order mark, which is not JSON", hint=hint, path=path, line=1)
    if len(text) > MAX_PLACED and _is_plainly_right(text):
        if text.count(",") > MAX_NODES:
            hint = "is it data? leave it out with `exclude` in .pre-commit-config.yaml"
            raise SourceError(f"{path} holds more than {MAX_NODES:,} values", hint=hint)
        return _without_places(json.loads(text), path, 0)
    return _Reader(text, path).whole()


def _is_plainly_right(text: str) -> bool:
    """Whether the standard library reads it, with distinct keys and finite numbers: then places are not needed."""

    def refuse(constant: str) -> float:
        raise ValueError(constant)

    def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            raise ValueError("twice")
        return values

    try:
        json.loads(text, parse_constant=refuse, object_pairs_hook=distinct)
    except (ValueError, RecursionError):
        return False
    return True


def _without_places(value: Any, path: str, depth: int) -> Node:
    if depth > MAX_DEPTH:
        hint = "this is no configuration file"
        raise ConfigError(f"nested deeper than {MAX_DEPTH} levels", hint=hint, path=path)
    if isinstance(value, dict):
        return Node({key: _without_places(item, path, depth + 1) for key, item in value.items()}, path, 1, 1)
    if isinstance(value, list):
        return Node([_without_places(item, path, depth + 1) for item in value], path, 1, 1)
    return Node(value, path, 1, 1, text=str(value))


class _Reader:
    """A cursor over the text. Numbers are read as YAML's core schema reads them, which is the same."""

    def __init__(self, text: str, path: str) -> None:
        self.text, self.path, self.at = text, path, 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def whole(self) -> Node:
        self._skip()
        if self.at == len(self.text):
            raise self._mistake("the file is empty", "write {} for a config without values")
        node = self._value(0)
        self._skip()
        if self.at < len(self.text):
            if self.text[self.at] in '{["':
                raise self._mistake("a second value follows the first", "keep one, or name the file .jsonl")
            raise self._unexpected("text follows the end of the value")
        return node

    def _value(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._mistake(f"nested deeper than {MAX_DEPTH} levels", "this is no configuration file")
        line, column = self._place()
        sign = self.text[self.at : self.at + 1]
        if sign == "{":
            return self._mapping(depth, line, column)
        if sign == "[":
            return self._list(depth, line, column)
        if sign == '"':
            written = self._string()
            return Node(written, self.path, line, column, text=written)
        number = _NUMBER.match(self.text, self.at)
        word = _WORD.match(self.text, self.at)
        written = word[0] if word else ""
        if number and number[0] == written:
            self.at = number.end()
            return Node(resolve(written), self.path, line, column, text=written)
        if written in _WORDS:
            self.at += len(written)
            return Node(_WORDS[written], self.path, line, column, text=written)
        raise self._unexpected("a value is expected")

    def _mapping(self, depth: int, line: int, column: int) -> Node:
        values: dict[str, Node] = {}
        places: dict[str, tuple[str, int, int]] = {}
        self.at += 1
        self._skip()
        while not self._took("}"):
            if values:
                self._comma("}")
            here = self._place()
            if self.text[self.at : self.at + 1] != '"':
                raise self._unexpected("a key in double quotes is expected")
            key = self._string()
            if key in values:
                hint = "keep one of them: a reader would silently take the last"
                message = f"the key {key!r} stands twice (first in line {places[key][1]})"
                raise ConfigError(message, hint=hint, path=self.path, line=here[0], column=here[1])
            self._skip()
            if not self._took(":"):
                raise self._unexpected(f"a colon is expected after the key {key!r}")
            self._skip()
            places[key] = (self.path, *here)
            values[key] = self._value(depth + 1)
            self._skip()
        return Node(values, self.path, line, column, key_places=places)

    def _list(self, depth: int, line: int, column: int) -> Node:
        items: list[Node] = []
        self.at += 1
        self._skip()
        while not self._took("]"):
            if items:
                self._comma("]")
            items.append(self._value(depth + 1))
            self._skip()
        return Node(items, self.path, line, column)

    def _comma(self, end: str) -> None:
        comma = self._place()
        if not self._took(","):
            raise self._unexpected(f"a comma or {end} is expected")
        self._skip()
        if self.text[self.at : self.at + 1] == end:
            message = f"a comma stands before {end}"
            hint = "delete the comma: JSON allows none after the last value"
            raise ConfigError(message, hint=hint, path=self.path, line=comma[0], column=comma[1])

    def _string(self) -> str:
        try:
            written, self.at = scanstring(self.text, self.at + 1, True)
        except json.JSONDecodeError as problem:
            hints = {"Unterminated": 'close it with "', "Invalid control": "write \\n or \\t for it"}
            hint = next(
                (hint for start, hint in hints.items() if problem.msg.startswith(start)), "write \\\\ for one \\"
            )
            line, column = self._place(problem.pos)
            raise ConfigError(
                f"not valid JSON: {problem.msg}", hint=hint, path=self.path, line=line, column=column
            ) from None
        return str(written)

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _took(self, sign: str) -> bool:
        if self.text.startswith(sign, self.at):
            self.at += 1
            return True
        return False

    def _place(self, at: int | None = None) -> tuple[int, int]:
        at = self.at if at is None else at
        line = bisect_right(self.starts, at)
        return line, at - self.starts[line - 1] + 1

    def _mistake(self, fact: str, hint: str) -> ConfigError:
        line, column = self._place()
        return ConfigError(fact, hint=hint, path=self.path, line=line, column=column)

    def _unexpected(self, expected: str) -> ConfigError:  # noqa: PLR0911  # one habit of another language each
        """What stands here instead, named where it is a habit from another language."""
        rest = self.text[self.at :]
        word = _WORD.match(rest)
        written = word[0] if word else ""
        if not rest:
            return self._mistake(f"not valid JSON: the file ends where {expected}", "is a bracket not closed?")
        if rest.startswith(("//", "/*", "#")):
            return self._mistake("JSON has no comments", "delete the comment, or write the config as YAML or TOML")
        if rest[0] in QUOTES:
            return self._mistake(f"JSON has no {rest[0]} quotes", 'write "..." with straight double quotes')
        if written in _NOT_FINITE:
            return self._mistake(f"{written} is not JSON", "write a finite number, or null")
        if written in _PYTHON:
            return self._mistake(f"{written} is not JSON", f"write {_PYTHON[written]}")
        if rest[0] in FOREIGN:
            return self._mistake(f"the character U+{ord(rest[0]):04X} is not JSON", "type this line anew")
        if "value" in expected and re.fullmatch(r"[-+]?[0-9._]+([eE].*)?", written):
            hint = "write 10, 0.5 or 1e-3: no leading zero, no +, digits on both sides of the point"
            return self._mistake(f"{written} is no number of JSON", hint)
        if "key" in expected and written:
            return self._mistake(f"the key {written} has no quotes", f'write "{written}"')
        found = f"found {written or rest[0]!r}"
        hint = 'write text in double quotes: "..."' if written and "value" in expected else "correct the syntax here"
        if "comma" in expected:
            hint = "is the comma after the value before it missing?"
        return self._mistake(f"not valid JSON: {expected}, {found}", hint)
