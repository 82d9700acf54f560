"""Model files on disk, and what lies beside them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from mlgate.errors import SourceError

_CARDS = ("mlmodel", "model_card.md", "readme.md", "model_card.yaml", "model_card.json", "modelcard.md")
_SIDECARS = (".json", ".yaml", ".yml", ".md", ".toml", ".dvc")
_START = 1024


def opener(file: Path) -> Callable[[], BinaryIO]:
    """Opens a file anew at each call.

    Raises
    ------
    SourceError
        It is absent, or no plain file: a pipe could be read without end.
    """
    try:
        kind = file.stat().st_mode
    except OSError as problem:
        raise SourceError(f"cannot be read: {problem.strerror}", hint="does the file exist?") from None
    if not stat.S_ISREG(kind):
        raise SourceError("is no plain file", hint="name a file")

    def open_file() -> BinaryIO:
        try:
            return file.open("rb")
        except OSError as problem:
            raise SourceError(f"cannot be read: {problem.strerror}", hint="may you read the file?") from None

    return open_file


def first_bytes(open_file: Callable[[], BinaryIO]) -> bytes:
    with open_file() as stream:
        return stream.read(_START)


def described_by(file: Path) -> list[str]:
    """Names of files in the same folder that say where a model comes from."""
    try:
        names = [entry.name for entry in file.parent.iterdir()]
    except OSError:
        return []
    sidecars = {f"{base}{ending}".lower() for base in (file.name, file.stem) for ending in _SIDECARS}
    return [name for name in names if name != file.name and (name.lower() in _CARDS or name.lower() in sidecars)]


def files_below(folder: Path) -> Iterator[Path]:
    """Plain files in a folder and below it, in order; links to folders are not followed."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(place) / name for name in sorted(names))


def holds_module(root: Path, module: str) -> bool:
    """Whether a dotted module is a file of the repository, at its top or in `src`."""
    parts = module.split(".")
    if not all(part.isidentifier() for part in parts):
        return False
    bases = (root.joinpath(*parts), root.joinpath("src", *parts))
    return any(base.with_name(f"{base.name}.py").is_file() or (base / "__init__.py").is_file() for base in bases)
