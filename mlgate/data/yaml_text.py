"""Scalars of YAML 1.2 core, quoted only where they must be, or where an older reader would see another type."""

from __future__ import annotations

import json
import re

_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"}
_SAFE = re.compile(r"[A-Za-z0-9_À-ɏ](?:[A-Za-z0-9_./+À-ɏ -]*[A-Za-z0-9_./+À-ɏ-])?")
_NUMBER_LIKE = re.compile(r"[-+0-9._a-fxoA-FXO]*|[0-9].*[0-9].*-.*")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
MAX_KEY = 1000
"""A key on one line with its value has at most 1,024 characters."""


def scalar(value: object) -> str:
    """A value as it stands in a flow mapping.

    Examples
    --------
    >>> scalar("NO"), scalar("F"), scalar("1e3"), scalar("007"), scalar("2026-01-31"), scalar("mild pain"), scalar(2)
    ('"NO"', 'F', '"1e3"', '"007"', '"2026-01-31"', 'mild pain', '2')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    return value if _is_plain(value) else quoted(value)


def quoted(text: str) -> str:
    """Double-quoted, everything that is not printable escaped."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _is_plain(text: str) -> bool:
    if not _SAFE.fullmatch(text) or text.lower() in _WORDS:
        return False
    starts_as_number = text[0].isdigit()
    return not (starts_as_number and _NUMBER_LIKE.fullmatch(text))


def comment(text: str) -> str:
    """Text that is safe behind a `#`: one line of printable characters."""
    return "".join(character if character.isprintable() else "?" for character in text)
