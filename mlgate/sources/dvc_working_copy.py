"""Hashes of the working copy, each computed once: a file that has not changed since is not read again.

What was hashed is kept in `.git/mlgate`, by path, inode, size and the times of the last change, of
the content and of the file: a tool may set the first of them back. DVC keeps the same in a folder that
every user of the machine may write to, so its answers are not taken.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources.dvchash import hash_file, hash_listing, load_listing, walk_folder
from mlgate.sources.dvcignore import rules_for
from mlgate.sources.files import repository_top
from mlgate.sources.lint_cache import read_cache, write_cache

_RACY_NS = 2_000_000_000
"""A file that changed within this time before it was hashed could change again without a new time."""


class TooMuchToHashError(Exception):
    """More bytes would have to be read than were allowed."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is on disk: the hash as DVC would write it, bytes and files, and the hash of each file of a folder."""

    md5: str
    size: int
    files: dict[str, str] = field(default_factory=dict)


class WorkingCopy:
    """Files and folders below a DVC repository.

    Parameters
    ----------
    top : folder of the DVC repository
    most_bytes : bytes that may be read in all; what was hashed before costs nothing
    """

    def __init__(self, top: Path, *, most_bytes: int) -> None:
        self.top, self.left = top, most_bytes
        self._kept_in = _kept_file(top)
        self._before = read_cache(self._kept_in) if self._kept_in else {}
        self._now: dict[str, Any] = {}

    def look(self, place: Path, *, legacy_text: bool) -> Found | None:
        """What is at a place; None where nothing is.

        Raises
        ------
        SourceError
            It cannot be read.
        TooMuchToHashError
            Nobody has hashed it yet, and it is too large.
        """
        try:
            if place.is_dir():
                return self._folder(place, legacy_text=legacy_text)
            if not place.exists():
                return None
            return Found(self._hash(place, legacy_text=legacy_text), place.stat().st_size)
        except OSError as problem:
            raise SourceError(f"cannot read {problem.filename}: {problem.strerror or problem}") from None

    def _folder(self, folder: Path, *, legacy_text: bool) -> Found:
        base = self.top if self.top in folder.parents else folder
        size, files = 0, {}
        for file in walk_folder(folder, base, rules_for(base, folder)):
            files[file.relative_to(folder).as_posix()] = self._hash(file, legacy_text=legacy_text)
            size += file.stat().st_size
        return Found(hash_listing([{"md5": md5, "relpath": name} for name, md5 in files.items()]), size, files)

    def listing(self, md5: str) -> dict[str, str] | None:
        """The files that a folder's hash stands for, where DVC's local cache knows it."""
        return load_listing(self.top, md5)

    def _hash(self, file: Path, *, legacy_text: bool) -> str:
        facts = file.stat()
        key = f"{'text ' if legacy_text else ''}{os.path.abspath(file)}"  # noqa: PTH100  # links are data here
        mark = [facts.st_ino, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size]
        known = self._before.get(key)
        if isinstance(known, list) and len(known) == 5 and known[:4] == mark:
            self._now[key] = known
            return str(known[4])
        if facts.st_size > self.left:
            raise TooMuchToHashError(file.name)
        self.left -= facts.st_size
        md5 = hash_file(file, legacy_text=legacy_text)
        if time.time_ns() - facts.st_mtime_ns > _RACY_NS:
            self._now[key] = [*mark, md5]
        return md5

    def keep(self) -> None:
        """Keep what was hashed for the next time."""
        if self._kept_in and any(self._before.get(key) != value for key, value in self._now.items()):
            write_cache(self._kept_in, self._now)


def _kept_file(top: Path) -> str | None:
    repository = repository_top(top)
    if repository is None or not (repository / ".git").is_dir():
        return None
    folder = top.relative_to(repository).as_posix().replace("/", "_")
    return str(repository / ".git" / "mlgate" / "dvc" / f"hashes-{folder}.json")
