"""The text of a config file as a document with places: YAML, JSON and TOML, each by its own rules."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from mlgate.config.document import Node, load_document
from mlgate.errors import ConfigError


def parse_config(text: str, path: str) -> Node:
    """A config file as a document with places; the kind follows from the file's ending.

    Raises
    ------
    ConfigError
        The file is not valid YAML, JSON or TOML.
    """
    try:
        if path.endswith(".toml"):
            return _without_places(tomllib.loads(text), path)
        if path.endswith(".json"):
            return _parse_json(text, path)
    except tomllib.TOMLDecodeError as problem:
        match = re.search(r"at line (\d+), column (\d+)", str(problem))
        line, column = (int(match[1]), int(match[2])) if match else (None, None)
        raise ConfigError(f"not valid TOML: {problem}", path=path, line=line, column=column) from None
    except RecursionError:
        raise ConfigError("nested too deeply", hint="this is no configuration file", path=path) from None
    except ValueError as problem:
        raise ConfigError(f"not readable: {problem}", hint="is a number too long?", path=path) from None
    return load_document(text, path, foreign_tags=True)


def _parse_json(text: str, path: str) -> Node:
    """JSON by its own rules; places are those of the same text read as YAML, where that is possible."""

    def refuse(constant: str) -> float:
        raise ConfigError(f"{constant} is not JSON", hint="write a finite number, or null", path=path)

    def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        twice = next((key for key in keys if keys.count(key) > 1), None) if len(set(keys)) < len(keys) else None
        if twice is not None:
            raise ConfigError(f"the key {twice!r} stands twice", hint="keep one of them", path=path)
        return dict(pairs)

    try:
        value = json.loads(text.removeprefix("\ufeff"), parse_constant=refuse, object_pairs_hook=distinct)
    except json.JSONDecodeError as problem:
        place = {"line": problem.lineno, "column": problem.colno}
        raise ConfigError(
            f"not valid JSON: {problem.msg}", hint="correct the syntax here", path=path, **place
        ) from None
    try:
        document = load_document(text, path, foreign_tags=True)
    except ConfigError:
        return _without_places(value, path)
    return document if document.plain_data() == value else _without_places(value, path)


def _without_places(value: Any, path: str) -> Node:
    if isinstance(value, dict):
        return Node({str(key): _without_places(item, path) for key, item in value.items()}, path, 1, 1)
    if isinstance(value, list):
        return Node([_without_places(item, path) for item in value], path, 1, 1)
    if value is None or isinstance(value, (str, int, float)):
        return Node(value, path, 1, 1)
    return Node(str(value), path, 1, 1)  # a date or time of TOML: JSON Schema sees its text
