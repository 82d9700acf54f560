"""Which paths a declared path or glob names."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import takewhile


def path_matches(path: str, pattern: str) -> bool:
    """Whether a POSIX path is named by a path or glob; `*` stays inside a folder, `**` does not.

    Examples
    --------
    >>> path_matches("configs/a/b.yaml", "configs/*.yaml"), path_matches("configs/a/b.yaml", "configs/**/*.yaml")
    (False, True)
    """
    return path == pattern or _match(path.split("/"), pattern.split("/"))


def may_match_below(folder: str, pattern: str) -> bool:
    """Whether a path or glob could name something below a POSIX folder.

    Examples
    --------
    >>> may_match_below("data", "data/*/x.csv"), may_match_below("data/a/b", "data/*/x.csv")
    (True, False)
    """
    return _reach(folder.split("/"), pattern.split("/"))


def is_glob(path: str) -> bool:
    """Whether a declared path holds a mark of a glob."""
    return any(mark in path for mark in "*?[")


def fixed_start(pattern: str) -> str:
    """The folder in which everything lies that a glob can name; `.` for the project itself.

    Examples
    --------
    >>> fixed_start("data/2026/*/x.csv"), fixed_start("*.csv")
    ('data/2026', '.')
    """
    return "/".join(takewhile(lambda part: not is_glob(part), pattern.split("/"))) or "."


def _match(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    if not wanted:
        return not parts
    if wanted[0] == "**":
        return any(_match(parts[skip:], wanted[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], wanted[0]) and _match(parts[1:], wanted[1:])


def _reach(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    if not wanted:
        return False
    if not parts or wanted[0] == "**":
        return True
    return fnmatchcase(parts[0], wanted[0]) and _reach(parts[1:], wanted[1:])
