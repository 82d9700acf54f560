"""Values and text that JSON and xdist can carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TEXT_LIMIT = 2000
LARGEST_INT = 2**63


def plain(value: object, depth: int = 6) -> Any:
    """`value` in plain Python types that JSON and xdist can carry; anything else becomes its repr."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if -LARGEST_INT <= value < LARGEST_INT else text(hex(value), TEXT_LIMIT)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return text(value, TEXT_LIMIT)
    try:
        return _plain_object(value, depth)
    except Exception:  # noqa: BLE001 - a repr that raises must not stop the user's tests
        return f"<{type(value).__name__}>"


def _plain_object(value: Any, depth: int) -> Any:
    if depth and isinstance(value, Mapping):
        return {text(str(key), TEXT_LIMIT): plain(item, depth - 1) for key, item in value.items()}
    if depth and isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item, depth - 1) for item in value]
    if getattr(value, "shape", None) == ():  # a scalar of numpy or of a tensor library
        item = value.item()
        return float(item) if type(item) is type(value) else plain(item, 0)
    return text(repr(value), TEXT_LIMIT)


def text(value: str, limit: int | None = None) -> str:
    """`value` without lone surrogates, so that it can be written as UTF-8, and at most `limit` characters."""
    clean = str(value)
    if not clean.isascii():
        clean = clean.encode("utf-8", "backslashreplace").decode("utf-8")
    return clean if limit is None or len(clean) <= limit else clean[: limit - 3] + "..."


def is_grouped(config: Any) -> bool:
    """Whether xdist deals the tests out by group: it then writes the group behind their node ids."""
    return bool(config.getoption("loadgroup", False)) or config.getoption("dist", None) == "loadgroup"


def without_group(node: str) -> str:
    """A node id that can be run again, which one with its group cannot.

    Examples
    --------
    >>> without_group("t.py::test_a[x]@database"), without_group("t.py::test_a[me@home]")
    ('t.py::test_a[x]', 't.py::test_a[me@home]')
    """
    head, _, group = node.rpartition("@")
    return head if "::" in head and not group.endswith("]") else node
