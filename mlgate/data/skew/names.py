"""Names of columns as a message shows them: short, and on one line whatever characters they hold."""

from __future__ import annotations

from collections.abc import Iterable

from mlgate.data import words


def shown(name: str) -> str:
    """The name with characters that cannot be printed escaped, cut if it is long.

    Examples
    --------
    >>> shown("city"), shown("new\\nline")
    ('city', 'new\\\\nline')
    """
    return words.short("".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name))


def listed(names: Iterable[str]) -> str:
    """The names separated by commas, the first ones only."""
    return words.listed(map(shown, names))
