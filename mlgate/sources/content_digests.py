"""Digests of files, taken again only where a file may have changed since the last time."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from mlgate.sources.lint_cache import read_cache, write_kept

ABSENT = "absent"
MOST_KEPT = 100_000
_SETTLED_NS, _COARSE_NS = 1_000_000_000, 3_000_000_000
"""A file that changed so shortly before it was read could change again under the same time; the second, where the
times of the file system seem to be whole seconds."""
_BLOCK = 1 << 20


class ContentDigests:
    """Digests of files by their path relative to `root`, or absolute.

    What was read in an earlier run is known by size, both times and number of the file: one that was copied or brought
    from elsewhere is read again.

    Parameters
    ----------
    root : absolute folder
    kept : file that keeps digests from run to run; None keeps nothing
    now_ns : gives the time in nanoseconds
    """

    def __init__(self, root: Path, kept: Path | None = None, *, now_ns: Callable[[], int] = time.time_ns) -> None:
        self.root = root
        self._kept = kept
        self._now_ns = now_ns
        self._before = read_cache(str(kept)) if kept is not None else {}
        self._known: dict[str, str] = {}
        self._after: dict[str, list[object]] = {}

    def of(self, path: str) -> str:
        """Digest of the content; `absent` where nothing is there, a text with its kind for what is no regular file.

        A file that may be executed is another than one that may not. Symbolic links are followed; where one leads to a
        folder, the text says to which. A file that cannot be read has a digest that no other has, so nothing is proven.
        """
        if path not in self._known:
            self._known[path] = self._digest(path)
        return self._known[path]

    def known(self) -> dict[str, str]:
        """The digests that were taken so far."""
        return dict(self._known)

    def forget(self) -> None:
        """Look at the files anew: something may have changed since."""
        self._known.clear()

    def save(self) -> None:
        """Keep the digests for the next run."""
        if self._kept is None or not self._after:
            return
        kept = {**self._before, **self._after}
        for name in list(kept)[: max(0, len(kept) - MOST_KEPT)]:
            del kept[name]
        if kept != self._before:
            write_kept(str(self._kept), kept)
        self._before = kept

    def _digest(self, path: str) -> str:
        whole = os.path.join(self.root, path)
        try:
            found = os.stat(whole)
            if stat.S_ISDIR(found.st_mode):
                return f"folder {os.readlink(whole)}" if os.path.islink(whole) else "folder"
            if not stat.S_ISREG(found.st_mode):
                return "special"
            runs = "+x" if found.st_mode & stat.S_IXUSR else ""
            identity = [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
            known = self._before.get(path)
            if isinstance(known, list) and known[:-1] == identity and isinstance(known[-1], str):
                return known[-1] + runs
            began = self._now_ns()
            digest = digest_of_file(whole)
        except FileNotFoundError:
            return ABSENT
        except NotADirectoryError:
            return ABSENT
        except OSError as problem:
            return f"unreadable {problem.errno} {self._now_ns()}"
        if began - max(found.st_mtime_ns, found.st_ctime_ns) > _settled_after(found):
            self._after[path] = [*identity, digest]
        return digest + runs


def digest_of_file(path: str) -> str:
    """Digest of a file's bytes, read in blocks."""
    seen = blake2b(digest_size=16)
    with open(path, "rb", buffering=0) as stream:
        while block := stream.read(_BLOCK):
            seen.update(block)
    return seen.hexdigest()


def _settled_after(found: os.stat_result) -> int:
    whole_seconds = found.st_mtime_ns % 1_000_000_000 == 0 and found.st_ctime_ns % 1_000_000_000 == 0
    return _COARSE_NS if whole_seconds else _SETTLED_NS
