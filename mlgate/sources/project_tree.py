"""Which files make up a project: those that Git tracks, and those that it would."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from mlgate.errors import SourceError
from mlgate.sources.git_process import GitProcess

TIMEOUT_S = 60.0
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "env", "site-packages", "__pypackages__"})
"""Folders that hold no part of a project: environments and caches. Hidden ones, and those of `pyvenv.cfg`, neither."""

_CACHES = frozenset({"__pycache__", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", ".git", ".coverage"})


def list_project(root: Path) -> tuple[str, ...]:
    """POSIX paths below `root` of the files of the project, sorted: tracked, or neither tracked nor ignored.

    A file that is tracked and was removed is not among them. Outside a repository all files count but those in hidden
    folders, environments and caches. A symbolic link is a file, and is not followed into a folder.
    """
    listed = _by_git(root, "--cached", "--others", "--exclude-standard")
    return tuple(sorted(_existing(root, listed) if listed is not None else _below(root, "")))


def links_of(root: Path) -> dict[str, tuple[str, bool]]:
    """Symbolic links of the project: what each leads to, relative to `root`, and whether that is a folder."""
    found = {}
    for path in list_project(root):
        whole = os.path.join(root, path)
        if os.path.islink(whole):
            target = os.path.relpath(os.path.realpath(whole), os.path.realpath(root)).replace(os.sep, "/")
            found[path] = target, os.path.isdir(whole)
    return found


def list_ignored(root: Path, limit: int) -> tuple[str, ...] | None:
    """POSIX paths of the files below `root` that Git ignores, sorted; None where there are more than `limit`.

    Environments and caches are left out, by the names of their folders. Outside a repository nothing is ignored.
    """
    listed = _by_git(root, "--others", "--ignored", "--exclude-standard", "--directory")
    found: list[str] = []
    for entry in listed or ():
        parts = entry.rstrip("/").split("/")
        if any(map(_is_skipped, parts[:-1])) or (entry.endswith("/") and _is_skipped(parts[-1])):
            continue
        if (root / entry / "pyvenv.cfg").exists():  # also one that a link leads to
            continue
        if entry.endswith("/"):
            found.extend(_at_most(_below(root, entry.rstrip("/")), limit - len(found)))
        else:
            found.append(entry)
        if len(found) > limit:
            return None
    return tuple(sorted(found))


def _by_git(root: Path, *which: str) -> list[str] | None:
    """What Git lists below `root`; None where it knows of no repository."""
    try:
        done = GitProcess(root).run(["ls-files", "-z", *which], timeout_s=TIMEOUT_S)
    except SourceError:
        return None
    return None if done.code else [os.fsdecode(name) for name in done.out.split(b"\0") if name]


def _existing(root: Path, listed: Iterable[str]) -> Iterator[str]:
    """The files among what Git lists; a submodule, or a repository inside, stands for its files."""
    top = f"{root}{os.sep}"
    for path in set(listed):
        whole = top + path
        if os.path.isdir(whole) and not os.path.islink(whole):
            yield from _below(root, path.rstrip("/"))
        elif os.path.lexists(whole):
            yield path


def _below(root: Path, start: str) -> Iterator[str]:
    for folder, folders, names in os.walk(root / start if start else root):
        inside = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if inside == "." else f"{inside}/"
        for name in [*names, *(name for name in folders if os.path.islink(os.path.join(folder, name)))]:
            yield prefix + name
        folders[:] = [
            name
            for name in folders
            if not _is_skipped(name) and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        ]


def _at_most(paths: Iterator[str], limit: int) -> Iterator[str]:
    """The first `limit + 1` of them, so that a caller sees that there are more."""
    for count, path in enumerate(paths):
        if count > limit:
            return
        yield path


def _is_skipped(name: str) -> bool:
    return name.startswith(".") or name in _SKIPPED or name.endswith(".egg-info")


def leads_outside(root: Path, paths: Iterable[str]) -> bool:
    """Whether one of the paths is a link to a folder outside of `root`, of which nobody here knows what is in it."""
    top = f"{os.path.realpath(root)}{os.sep}"
    links = (whole for path in paths if os.path.islink(whole := os.path.join(root, path)))
    return any(os.path.isdir(link) and not os.path.realpath(link).startswith(top) for link in links)


def total_size(root: Path, paths: Iterable[str]) -> int:
    """Bytes of files together; those that are gone count nothing."""
    total = 0
    for path in paths:
        with suppress(OSError):
            total += os.stat(os.path.join(root, path)).st_size
    return total


def changed_since(root: Path, paths: Iterable[str], moment_ns: int) -> list[str]:
    """Those of the files whose content or name changed at or after a moment, by the clock of the file system."""
    found = []
    for path in paths:
        with suppress(OSError):
            if os.stat(os.path.join(root, path)).st_ctime_ns >= moment_ns:
                found.append(path)
    return found


def names_in(folder: str) -> list[str] | None:
    """What is in a folder, sorted, without caches; None where there is no such folder."""
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    return sorted(name for name in names if name not in _CACHES and not name.endswith(".pyc"))
