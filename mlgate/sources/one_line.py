"""Text of others on one line of ours."""

from __future__ import annotations


def printable(text: str) -> str:
    """At most 300 characters of a text, on one line and without control characters."""
    return "".join(character if character.isprintable() else " " for character in text)[:300]
