"""Which paths a declared path or glob names."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase


def path_matches(path: str, pattern: str) -> bool:
    """Whether a POSIX path is named by a path or glob; `*` stays inside a folder, `**` does not.

    Examples
    --------
    >>> path_matches("configs/a/b.yaml", "configs/*.yaml"), path_matches("configs/a/b.yaml", "configs/**/*.yaml")
    (False, True)
    """
    return path == pattern or _match(path.split("/"), pattern.split("/"))


def _match(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    if not wanted:
        return not parts
    if wanted[0] == "**":
        return any(_match(parts[skip:], wanted[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], wanted[0]) and _match(parts[1:], wanted[1:])
