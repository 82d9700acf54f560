"""What a reader of a foreign file hands over: checks of ours as plain data, and notes of what has no counterpart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlgate.data import words
from mlgate.data.yaml_text import comment


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check as a schema declares it.

    Parameters
    ----------
    check : neutral name
    argument : lists, mappings and scalars
    name : only where the rule needs another name than its own
    """

    check: str
    argument: Any
    mostly: float = 1.0
    where: str = ""
    warn: bool = False
    name: str = ""
    description: str = ""

    @property
    def modifiers(self) -> dict[str, Any]:
        """What the long form says beside the check itself."""
        given = {
            "mostly": self.mostly if self.mostly != 1 else None,
            "where": self.where or None,
            "severity": "warn" if self.warn else None,
            "name": self.name or None,
            "description": self.description or None,
        }
        return {key: value for key, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Origin:
    """A place in the foreign file: `what` as that file calls it, and the column or columns that it is about."""

    what: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that did not become a check, or that is judged otherwise here."""

    origin: Origin
    text: str
    nearest: str = ""

    def told(self) -> str:
        """One line of printable characters, whatever the foreign file held."""
        where = f" of {words.short(self.origin.column)}" if self.origin.column else ""
        nearest = f"; nearest: {self.nearest}" if self.nearest else ""
        return comment(f"{words.short(self.origin.what)}{where}: {self.text}{nearest}")


class NotMappedError(Exception):
    """One element of a foreign file has no counterpart; the others go on."""

    def __init__(self, reason: str, nearest: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.nearest = nearest


@dataclass(slots=True)
class DeclaredColumn:
    """A column of the schema."""

    type: str = "any"
    comments: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one element of the foreign file became.

    Parameters
    ----------
    column : None for the table
    chosen : instead of a column, the selector of several
    columns : of a check of the table, those that must be declared
    differs : what the checks judge otherwise, told only if they are taken
    """

    origin: Origin
    checks: Sequence[Check]
    column: str | None = None
    chosen: Mapping[str, Any] | None = None
    columns: Sequence[str] = ()
    differs: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """All that is written into the schema; `chosen` are entries of the long form with their selectors."""

    read: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, DeclaredColumn] = field(default_factory=dict)
    checks: Mapping[str, Sequence[Check]] = field(default_factory=dict)
    table: Sequence[Check] = ()
    chosen: Sequence[Mapping[str, Any]] = ()
    extra_columns: str = ""
