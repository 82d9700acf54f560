"""What the opcodes of a pickle leave on its stack, as far as it matters for what is imported and called."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TRACKED_LENGTH = 200
TRACKED_ITEMS = 64


class Opaque:
    """A value of no consequence: its content is not kept."""

    __slots__ = ()


OPAQUE = Opaque()
HIDDEN_TEXT = Opaque()
"""A text that is too long for a name, or is not written out."""


class Table(Opaque):
    """A dict whose entries with short keys are kept, where they matter (`PickleMachine.keeps_tables`)."""

    __slots__ = ("entries", "odd")

    def __init__(self) -> None:
        self.entries: dict[str, Any] = {}
        self.odd = False

    def put(self, key: Any, value: Any) -> None:
        if isinstance(key, str) and len(self.entries) < TRACKED_ITEMS:
            self.entries[key] = value
        else:
            self.odd = True


@dataclass(frozen=True, slots=True)
class Global:
    """Something imported by name."""

    module: str
    name: str

    @property
    def full(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class Made:
    """What calling something imported gave; `state` is what BUILD handed over last, of a dict all of it."""

    origin: Global | None
    arguments: Any
    state: Any = None
    table: Table = field(default_factory=Table)


def tracked_tuple(items: list[Any]) -> Any:
    """A tuple, or nothing where none of its items matters."""
    if len(items) > TRACKED_ITEMS or all(item is OPAQUE or item is HIDDEN_TEXT for item in items):
        return OPAQUE
    return tuple(items)


def tracked_text(raw: bytes) -> Any:
    """A text that could be a name, or that there is one."""
    if len(raw) > TRACKED_LENGTH:
        return HIDDEN_TEXT
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return HIDDEN_TEXT
