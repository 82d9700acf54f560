"""What a check of a config found, and the parsed config that it looks at.

Plain classes without `dataclasses` and `enum`: the hook starts with this module on every commit.
"""

from __future__ import annotations

from mlgate.config.document import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

FAIL = "fail"
WARN = "warn"
ERROR = "error"

Place = tuple[str | int, ...]
"""The way to a value from the top of the document: keys and positions in lists."""

MAX_FINDINGS = 50
"""Of one check in one file; the rest is counted."""


class Found:
    """One finding.

    Parameters
    ----------
    status : `fail`, `warn` or `error`
    message : the fact
    hint : the next step
    line : 1-based; 0 where it is not known
    part : what tells it apart from other findings of the same check in the file; not the line, which moves
    evidence : JSON values
    """

    __slots__ = ("evidence", "hint", "line", "message", "part", "status")

    def __init__(
        self,
        status: str,
        message: str,
        hint: str,
        line: int = 0,
        *,
        part: str = "",
        evidence: Mapping[str, Any] | None = None,
    ) -> None:
        self.status = status
        self.message = message
        self.hint = hint
        self.line = line
        self.part = part
        self.evidence = evidence or {}

    def __repr__(self) -> str:
        return f"Found({self.status}, {self.line}, {self.message!r})"


class Entry:
    """A value of a config: its place, its key (empty in a list), and the mapping or list that it is in."""

    __slots__ = ("key", "node", "parent", "place")

    def __init__(self, place: Place, key: str, node: Node, parent: Node | None) -> None:
        self.place = place
        self.key = key
        self.node = node
        self.parent = parent

    @property
    def name(self) -> str:
        """The place as a person writes it: `optimizer.betas.0`."""
        return dotted(self.place)

    @property
    def key_line(self) -> int:
        """Line of the key, or of the value in a list; 0 where it is not known."""
        if self.parent is not None and self.key in self.parent.key_places:
            return self.parent.key_places[self.key][1]
        return self.node.line


class Config:
    """A parsed config.

    Parameters
    ----------
    path : POSIX, relative to the project's root
    kind : `yaml`, `json`, `toml` or `ini`
    text : the file's text
    document : its values with their places
    """

    __slots__ = ("_entries", "_lines", "document", "kind", "path", "text")

    def __init__(self, path: str, kind: str, text: str, document: Node) -> None:
        self.path = path
        self.kind = kind
        self.text = text
        self.document = document
        self._entries: list[Entry] | None = None
        self._lines: list[str] | None = None

    @property
    def entries(self) -> list[Entry]:
        """Every value below the top, in the order of the file."""
        if self._entries is None:
            self._entries = []
            _collect(self.document, (), self._entries)
        return self._entries

    def raw_line(self, line: int) -> str:
        """The text of a line; empty where there is none."""
        if self._lines is None:
            self._lines = self.text.splitlines()
        return self._lines[line - 1] if 0 < line <= len(self._lines) else ""


def _collect(node: Node, place: Place, entries: list[Entry]) -> None:
    value = node.value
    if isinstance(value, dict):
        for key, child in value.items():
            here = (*place, key)
            entries.append(Entry(here, key, child, node))
            _collect(child, here, entries)
    elif isinstance(value, list):
        for number, child in enumerate(value):
            here = (*place, number)
            entries.append(Entry(here, "", child, node))
            _collect(child, here, entries)


def dotted(place: Place) -> str:
    """A place as a person writes it.

    Examples
    --------
    >>> dotted(("optimizer", "betas", 0))
    'optimizer.betas.0'
    """
    return ".".join(str(part) for part in place)


def short(text: str, limit: int = 60) -> str:
    """The start of a text, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def nearest_name(name: str, known: Mapping[str, object] | list[str] | tuple[str, ...] | set[str]) -> str:
    """The known name that is most like `name`; empty where none is like it."""
    import difflib

    lowered = {other.lower().replace("-", "_"): other for other in known}
    close = difflib.get_close_matches(name.lower().replace("-", "_"), list(lowered), n=1, cutoff=0.6)
    return lowered[close[0]] if close else ""
