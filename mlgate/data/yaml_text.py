"""What a YAML text that is written from scratch needs beside its values."""

from __future__ import annotations

from mlgate.config.yaml_text import quoted, scalar

__all__ = ["MAX_KEY", "comment", "quoted", "scalar"]

MAX_KEY = 1000
"""A key on one line with its value has at most 1,024 characters."""


def comment(text: str) -> str:
    """Text that is safe behind a `#`: one line of printable characters."""
    return "".join(character if character.isprintable() else "?" for character in text)
