"""What Git knows of the data that DVC tracks, and which pointers a push changes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from mlgate.errors import SourceError
from mlgate.sources.git_process import GitProcess

_TIMEOUT_S = 60.0
_POINTERS = ("*.dvc", "dvc.lock", "*/dvc.lock")


def committed(root: Path, paths: Sequence[str]) -> list[str]:
    """Files that Git's index holds at or below the paths, POSIX, relative to `root`.

    Raises
    ------
    SourceError
        Git cannot tell.
    """
    if not paths:
        return []
    literal = [f":(literal){path}" for path in paths]
    done = GitProcess(root).run(["ls-files", "-z", "--cached", "--", *literal], timeout_s=_TIMEOUT_S)
    if done.code:
        raise SourceError(f"Git cannot tell which data it holds: {done.reason}", hint="run `git status` and see")
    return _names(done.out)


def ignored(root: Path, paths: Sequence[str]) -> set[str]:
    """Those of the paths that Git ignores."""
    if not paths:
        return set()
    content = "\0".join(paths).encode("utf-8", "surrogateescape") + b"\0"
    command = ["check-ignore", "-z", "--no-index", "--stdin"]
    done = GitProcess(root).run(command, timeout_s=_TIMEOUT_S, content=content)
    return set(_names(done.out)) if done.code in (0, 1) else set()


def changed_pointers(root: Path, base: str, tip: str) -> list[str]:
    """Pointer files that differ between two revisions and are there in the second, POSIX, relative to `root`.

    Raises
    ------
    SourceError
        A revision is not known here.
    """
    command = ["diff", "--relative", "--name-only", "--diff-filter=d", "-z", base, tip, "--", *_POINTERS]
    if base.startswith("-") or tip.startswith("-"):
        raise SourceError(f"{base}..{tip} is no range of revisions")
    done = GitProcess(root).run(command, timeout_s=_TIMEOUT_S)
    if done.code:
        raise SourceError(f"cannot tell which pointers are pushed: {done.reason}", hint="fetch both revisions")
    return _names(done.out)


def text_of(root: Path, revision: str, path: str) -> str:
    """A text file as a revision holds it.

    Raises
    ------
    SourceError
        It does not.
    """
    done = GitProcess(root).run(["show", f"{revision}:./{path}"], timeout_s=_TIMEOUT_S)
    if done.code:
        raise SourceError(f"{path} cannot be read in {revision[:12]}: {done.reason}")
    return done.out.decode("utf-8", "replace")


def pushed_range() -> tuple[str, str] | None:
    """The range that pre-commit says is being pushed; None at any other stage."""
    base, tip = os.environ.get("PRE_COMMIT_FROM_REF"), os.environ.get("PRE_COMMIT_TO_REF")
    return (base, tip) if base and tip and is_push() else None


def is_push() -> bool:
    """Whether pre-commit runs this at the stage pre-push."""
    return bool(os.environ.get("PRE_COMMIT_REMOTE_NAME") or os.environ.get("PRE_COMMIT_REMOTE_BRANCH"))


def _names(raw: bytes) -> list[str]:
    return [name for name in raw.decode("utf-8", "surrogateescape").split("\0") if name]


def below(path: str, folders: Iterable[str]) -> str | None:
    """Which of the paths is the file, or a folder around it."""
    return next((folder for folder in folders if path == folder or path.startswith(f"{folder}/")), None)
