"""Plain scalars under the core schema of YAML 1.2: what a text without quotes stands for."""

from __future__ import annotations

from mlgate.late import compiled

Scalar = str | int | float | bool | None

MAX_DIGITS = 300
"""Longer whole numbers are read as floats."""

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_INTEGER = compiled(r"[-+]?[0-9]+")
_OCTAL = compiled(r"0o[0-7]+")
_HEXADECIMAL = compiled(r"0x[0-9a-fA-F]+")
_FLOAT = compiled(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITY = compiled(r"[-+]?\.(inf|Inf|INF)")
_NAN = {".nan", ".NaN", ".NAN"}


def resolve(text: str) -> Scalar:
    """Value of a plain scalar under the core schema of YAML 1.2.

    Examples
    --------
    >>> [resolve(text) for text in ("NO", "1e-3", "010", "2024-01-02", "~")]
    ['NO', 0.001, 10, '2024-01-02', None]
    """
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if len(text) <= MAX_DIGITS and _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text, 0)
    if _HEXADECIMAL.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _INFINITY.fullmatch(text):
        return float("-inf" if text[0] == "-" else "inf")
    return float("nan") if text in _NAN else text
