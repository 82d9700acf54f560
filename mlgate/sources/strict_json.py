"""JSON of others within limits: what a parser would take without a word is refused here."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

MAX_VALUES = 2_000_000
MAX_DEPTH = 40
MAX_TEXT = 100_000


def strict_json(content: bytes) -> object:
    """The value of a JSON text: no key twice, no number that is not finite, and within the limits of this module.

    Raises
    ------
    ValueError
        It is not that.
    """
    try:
        raw: object = json.loads(content, parse_constant=_not_json, parse_float=_finite, object_pairs_hook=_unique_keys)
    except (OverflowError, RecursionError) as problem:
        raise ValueError(str(problem)) from None
    _require_bounded(raw)
    return raw


def _require_bounded(raw: object) -> None:
    """Limits that a schema does not know, without recursion."""
    waiting: list[tuple[object, int]] = [(raw, 0)]
    seen = 1
    while waiting:
        value, depth = waiting.pop()
        match value:
            case str() if len(value) > MAX_TEXT:
                raise ValueError(f"it holds a text of {len(value)} characters, more than {MAX_TEXT}")
            case int() if abs(value) >= 2**63:
                raise ValueError("it holds a whole number of more than 64 bits")
            case list() | dict():
                seen += len(value) * (2 if isinstance(value, dict) else 1)
                if seen > MAX_VALUES:  # before a list of them is made
                    raise ValueError(f"it holds more than {MAX_VALUES} values")
                if depth >= MAX_DEPTH:
                    raise ValueError(f"it is nested more than {MAX_DEPTH} deep")
                inside = value if isinstance(value, list) else [part for pair in value.items() for part in pair]
                waiting += [(part, depth + 1) for part in inside]


def _unique_keys(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:20]} is not finite")
    return number


def _not_json(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")
