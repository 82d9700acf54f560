"""The JSON Schema that a config names for itself, and the values that it judges."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from mlgate.lint.config_found import Config

_SERVER = r"#\s*yaml-language-server:\s*\$schema\s*=\s*(\S+)"
_TAPLO = r"#:schema\s+(\S+)"
_HEAD_LINES = 20


def named_schema(config: Config) -> tuple[str, int]:
    """The JSON Schema that a config names for itself, and the line; an empty text for none.

    Examples
    --------
    >>> from mlgate.lint.config_text import parse_config
    >>> named_schema(parse_config("# yaml-language-server: $schema=train.json\\na: 1\\n", "a.yaml"))
    ('train.json', 1)
    """
    if config.kind in ("yaml", "toml"):
        if "schema" not in config.text:
            return "", 0
        pattern = _SERVER if config.kind == "yaml" else _TAPLO
        for number, line in enumerate(config.text.split("\n")[:_HEAD_LINES], 1):
            found = re.search(pattern, line)
            if found:
                return found[1], number
        return "", 0
    top = config.document.value
    node = top.get("$schema") if isinstance(top, dict) and config.kind == "json" else None
    if node is None or not isinstance(node.value, str) or "json-schema.org" in node.value:
        return "", 0  # a config without one, or itself a JSON Schema
    return node.value, node.line


def values_of(config: Config) -> Any:
    """The values, without the key by which JSON names its schema."""
    data = config.document.plain_data()
    if config.kind == "json" and isinstance(data, dict) and named_schema(config)[0]:
        return {key: value for key, value in data.items() if key != "$schema"}
    return data
