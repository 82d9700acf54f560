"""Values as YAML 1.2 core, quoted only where they must be, or where an older reader would see another type."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"}
_SAFE = re.compile(r"[A-Za-z0-9_À-ɏ](?:[A-Za-z0-9_./+À-ɏ -]*[A-Za-z0-9_./+À-ɏ-])?")
_NUMBER_LIKE = re.compile(r"[-+0-9._a-fxoA-FXO]*|[0-9].*[0-9].*-.*")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def scalar(value: object) -> str:
    """A single value as it stands in a flow mapping.

    Examples
    --------
    >>> scalar("NO"), scalar("F"), scalar("1e3"), scalar("007"), scalar("2026-01-31"), scalar("mild pain"), scalar(2)
    ('"NO"', 'F', '"1e3"', '"007"', '"2026-01-31"', 'mild pain', '2')
    >>> scalar(None), scalar(True), scalar(0.5)
    ('null', 'true', '0.5')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    return value if _is_plain(value) else quoted(value)


def flow(value: object) -> str:
    """A value of lists, mappings and scalars on one line.

    Examples
    --------
    >>> flow({"type": "integer", "between": [0, None], "in_set": ["NO", "é"]})
    '{type: integer, between: [0, null], in_set: ["NO", é]}'
    """
    match value:
        case Mapping():
            return "{" + ", ".join(f"{key_text(key)}: {flow(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def key_text(key: str) -> str:
    """A key. It is always text, so that `null` and `true` need no quotes.

    Examples
    --------
    >>> key_text("null"), key_text("NO"), key_text("age")
    ('null', '"NO"', 'age')
    """
    return key if key in ("null", "true", "false") else scalar(key)


def quoted(text: str) -> str:
    """Double-quoted, everything that is not printable escaped."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def single_quoted(text: str) -> str:
    """In single quotes where that can hold the text, else in double ones."""
    return "'" + text.replace("'", "''") + "'" if text.isprintable() else quoted(text)


def _is_plain(text: str) -> bool:
    if not _SAFE.fullmatch(text) or text.lower() in _WORDS:
        return False
    starts_as_number = text[0].isdigit()
    return not (starts_as_number and _NUMBER_LIKE.fullmatch(text))
