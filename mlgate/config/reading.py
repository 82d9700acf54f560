"""One file being read: its place in the repository, the mistakes so far, and what reads a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from mlgate.config.document import Node
from mlgate.errors import ConfigError
from mlgate.outcome import Location

JsonSchema = dict[str, Any]


@dataclass(slots=True)
class Reading:
    """One file being read: where it stands in the repository, and the mistakes so far.

    `folder` is the POSIX path of the file's folder below the repository's top, "" at the top.
    """

    folder: str = ""
    mistakes: list[ConfigError] = field(default_factory=list)

    def finish(self) -> None:
        """Raise the first mistake, with the others in its message."""
        if not self.mistakes:
            return
        first, *others = sorted(self.mistakes, key=lambda item: (item.path, item.line or 0, item.column or 0))
        if not others:
            raise first
        told = [mistake.args[0] + (f" ({mistake.hint})" if mistake.hint else "") for mistake in others]
        reason = "\n".join([first.reason + (f" ({first.hint})" if first.hint else ""), *told])
        hint = f"correct the {len(told) + 1} mistakes"
        raise ConfigError(reason, hint=hint, path=first.path, line=first.line, column=first.column)


class Kind(Protocol):
    """How one value is read, and how an editor checks it."""

    def parse(self, node: Node, reading: Reading) -> Any: ...

    def json_schema(self) -> JsonSchema: ...


def nearest(name: str, known: Sequence[str] | Mapping[str, object]) -> str:
    """Hint that names the nearest known word, or all of them."""
    names = list(known)
    import difflib

    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(names)}"


def place(node: Node, key: str | None = None) -> Location:
    """Location of a node, or of one of its keys."""
    path, line, _ = node.key_places.get(key or "", (node.path, node.line, node.column))
    return Location(path, line)
