"""What differs between a commit and the files as they are: committed, staged, not staged, and not tracked."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlgate.errors import SourceError
from mlgate.sources.git_process import GitProcess

TIMEOUT_S = 60.0
_STATUSES = {"A": "is new", "D": "was removed"}


@dataclass(frozen=True, slots=True, order=True)
class FileChange:
    """A file that differs. `path` is POSIX, relative to the project, with leading `../` outside of it.

    `how` ends a sentence that begins with the path: `changed`, `is new` or `was removed`.
    """

    path: str
    how: str = "changed"


def changes_since(root: Path, commit: str, *, left_out: Path | None = None) -> tuple[FileChange, ...]:
    """Every file of the repository around `root` that differs from its state in a commit, sorted.

    A file that was renamed is one that was removed and one that is new. Files that Git ignores are not looked at, nor
    is the file that the standard output goes to, which a shell makes before the program starts.

    Parameters
    ----------
    left_out : a file that this program writes, so that it is no change where Git does not track it

    Raises
    ------
    SourceError
        There is no repository, or Git does not answer.
    """
    process = GitProcess(root)
    top = process.answer(["rev-parse", "--show-toplevel"], timeout_s=TIMEOUT_S)
    if top is None:
        raise SourceError("there is no Git repository here", hint="run it in a clone of the repository")
    # From the top, so that neither settings nor the folder that we are in leave something out.
    process = GitProcess(Path(top))
    diff = ["diff", "--name-status", "--no-ext-diff", "--no-textconv", "--no-renames", "--ignore-submodules=none", "-z"]
    changed = process.run([*diff, commit, "--"], timeout_s=TIMEOUT_S)
    others = process.run(["ls-files", "-z", "--others", "--exclude-standard"], timeout_s=TIMEOUT_S)
    for done in (changed, others):
        if done.code:
            raise SourceError(
                f"Git cannot tell what differs from commit {commit[:12]}: {done.reason}",
                hint="fetch the whole history: `fetch-depth: 0` in the checkout step, or `git fetch --unshallow`",
            )
    found = dict(_differing(changed.out))
    own = None if left_out is None else left_out.resolve()
    new = [name for name in _names(others.out) if Path(top, name).resolve() != own and not _is_stdout(Path(top, name))]
    found |= dict.fromkeys(new, "is new")
    inside = os.path.relpath(os.path.realpath(root), os.path.realpath(top))
    return tuple(sorted(FileChange(_relative(name, inside), how) for name, how in found.items()))


def _differing(out: bytes) -> Iterator[tuple[str, str]]:
    names = _names(out)
    for status, name in zip(names[::2], names[1::2], strict=True):
        yield name, _STATUSES.get(status[:1], "changed")


def _names(out: bytes) -> list[str]:
    return [os.fsdecode(name) for name in out.split(b"\0") if name]


def _relative(name: str, inside: str) -> str:
    return name if inside == "." else os.path.relpath(name, inside).replace(os.sep, "/")


def _is_stdout(path: Path) -> bool:
    try:
        out = os.fstat(sys.__stdout__.fileno()) if sys.__stdout__ is not None else None
        return out is not None and stat.S_ISREG(out.st_mode) and os.path.samestat(out, path.stat())
    except (OSError, ValueError):
        return False
