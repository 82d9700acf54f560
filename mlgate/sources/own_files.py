"""Our own YAML files as their bytes stand, and changed only if nobody else has changed them meanwhile."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mlgate.errors import ConfigError, SourceError
from mlgate.sources.files import inside


def read_exact(root: Path, path: str) -> str:
    """Text of one of our YAML files with its line ends and byte order mark.

    Raises
    ------
    ConfigError
        The file is absent, unreadable or not UTF-8.
    """
    try:
        return inside(root, path).read_bytes().decode()
    except OSError as problem:
        hint = "correct the path, or create the file"
        raise ConfigError(f"cannot be read: {problem.strerror}", hint=hint, path=path) from None
    except UnicodeDecodeError as problem:
        raise ConfigError(f"is not UTF-8 text: {problem.reason}", hint="save the file as UTF-8", path=path) from None
    except SourceError as problem:
        raise ConfigError(problem.message, hint=problem.hint, path=path) from None


def require_exact(root: Path, path: str, text: str) -> None:
    """Refuse to go on where a file does not hold a text any more.

    Raises
    ------
    SourceError
        It does not, or it cannot be read.
    """
    try:
        same = inside(root, path).read_bytes() == text.encode()
    except OSError as problem:
        raise SourceError(f"{path} cannot be read: {problem.strerror}", hint="does the file still exist?") from None
    if not same:
        raise SourceError(f"{path} has changed meanwhile: nothing is written", hint="run the command again")


def replace_exact(root: Path, path: str, before: str, after: str) -> None:
    """Replace the text of a file as a whole or not at all; its permissions, and links to it, stay.

    Raises
    ------
    SourceError
        The file does not hold `before` any more, or it cannot be written.
    """
    try:
        file = inside(root, path)
        require_exact(root, path, before)
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(after.encode())
            Path(temporary).chmod(file.stat().st_mode & 0o7777)
            Path(temporary).replace(file)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as problem:
        hint = "is the folder writable, is the disk full?"
        raise SourceError(f"{path} cannot be written: {problem.strerror}", hint=hint) from None
