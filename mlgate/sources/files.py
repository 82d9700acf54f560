"""Files of the project: finding, reading and writing them, never outside the repository."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from mlgate.errors import ConfigError, SourceError, UsageError

CONFIG_NAME = "mlgate.yaml"


def repository_top(folder: Path) -> Path | None:
    """Nearest folder upwards that holds `.git` (a folder, or the file of a worktree); None outside a repository."""
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return None


def find_config(start: Path) -> Path:
    """The nearest `mlgate.yaml` from `start` up to the top of the Git repository (of the disk, outside of one).

    Raises
    ------
    UsageError
        There is none.
    """
    start = start.resolve()
    top = repository_top(start)
    for folder in (start, *start.parents):
        if (folder / CONFIG_NAME).is_file():
            return folder / CONFIG_NAME
        if folder == top:
            break
    where = f"between {start} and the repository's top {top}" if top else f"in {start} or above it"
    raise UsageError(f"no {CONFIG_NAME} {where}", hint="write one with `mlgate init`, or name it with --config FILE")


def inside(root: Path, path: str) -> Path:
    """Absolute path of a project file, with symbolic links followed.

    Raises
    ------
    SourceError
        The path leads outside the repository (or the project folder, where there is no repository).
    """
    boundary = (repository_top(root) or root).resolve()
    try:
        whole = (root / PurePosixPath(path)).resolve()
    except (OSError, RuntimeError) as problem:
        raise SourceError(f"{path} cannot be followed: {problem}", hint="is it a symbolic link to itself?") from None
    if not whole.is_relative_to(boundary):
        raise SourceError(
            f"{path} leads outside the repository", hint="copy the file into the repository or track it with DVC"
        )
    return whole


def read_config_text(root: Path, path: str) -> str:
    """Text of one of our YAML files.

    Raises
    ------
    ConfigError
        The file is absent, unreadable or not UTF-8.
    """
    try:
        return inside(root, path).read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise ConfigError(
            f"cannot be read: {problem.strerror}", hint="correct the path, or create the file", path=path
        ) from None
    except UnicodeDecodeError as problem:
        raise ConfigError(f"is not UTF-8 text: {problem.reason}", hint="save the file as UTF-8", path=path) from None
    except SourceError as problem:
        raise ConfigError(problem.message, hint=problem.hint, path=path) from None


def read_bytes(root: Path, path: str, *, limit: int) -> bytes:
    """Bytes of a project file of at most `limit` bytes.

    Raises
    ------
    SourceError
        The file is absent, unreadable or larger.
    """
    whole = inside(root, path)
    try:
        if whole.stat().st_size > limit:
            raise SourceError(f"{path} is larger than {limit:,} bytes", hint="this is no configuration file")
        return whole.read_bytes()
    except OSError as problem:
        raise SourceError(f"{path} cannot be read: {problem.strerror}", hint="does the file exist?") from None


def expand(root: Path, pattern: str) -> list[str]:
    """POSIX paths below `root` that a path or glob names, sorted; a plain path stands for itself."""
    if not any(mark in pattern for mark in "*?["):
        return [pattern] if _exists(root / pattern) else []
    return sorted(path.relative_to(root).as_posix() for path in root.glob(pattern) if path.is_file())


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long, say
        return False


def write_text(path: Path, text: str) -> None:
    """Write a file as a whole or not at all.

    Raises
    ------
    SourceError
        The folder cannot be made or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            stream.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except OSError as problem:
        raise SourceError(
            f"{path} cannot be written: {problem.strerror}", hint="is the folder writable, is the disk full?"
        ) from None


def write_new(path: Path, text: str) -> bool:
    """Write a file that is not there yet; False where it is."""
    if path.exists() or path.is_symlink():
        return False
    write_text(path, text)
    return True


def relative_to(root: Path, paths: Iterable[Path]) -> list[str]:
    """POSIX paths as a person at `root` would write them."""
    return [Path(os.path.relpath(path, root)).as_posix() for path in paths]


def text_of(path: Path) -> str:
    """The text of a file that may not be there; empty where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
