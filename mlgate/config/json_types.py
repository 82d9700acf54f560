"""The types that JSON tells apart, as bits of a number: JSON lines keep them beside the text of their values."""

from __future__ import annotations

STRING, NUMBER, BOOLEAN, NESTED = 1, 2, 4, 8
WORDS = {STRING: "text", NUMBER: "number", BOOLEAN: "boolean", NESTED: "nested value"}


def json_types_of(kind: str) -> int:
    """The JSON types in which a value of a schema's type is written; all of them for `any`.

    Examples
    --------
    >>> json_types_of("integer") == NUMBER, json_types_of("date") == STRING, json_types_of("any") == 15
    (True, True, True)
    """
    if kind in ("integer", "number"):
        return NUMBER
    if kind == "boolean":
        return BOOLEAN
    return STRING | NUMBER | BOOLEAN | NESTED if kind in ("any", "other") else STRING


def in_words(types: int) -> str:
    """JSON types as a message names them.

    Examples
    --------
    >>> in_words(STRING | NUMBER | NESTED)
    'text, number, nested value'
    """
    return ", ".join(word for bit, word in WORDS.items() if types & bit)
