"""`mlgate data import`: another tool's schema file as a schema of ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.errors import ConfigError, SourceError
from mlgate.sources.files import read_bytes

if TYPE_CHECKING:
    from mlgate.data.imports import Imported

MAX_BYTES = 8_000_000


def import_data_schema(file: str, *, start: Path, kind: str = "", resource: str = "") -> Imported:
    """The schema that a file of Great Expectations, Pandera or Frictionless stands for.

    Parameters
    ----------
    file : path as the person wrote it, from `start`
    kind : `gx`, `pandera` or `frictionless`; empty looks at what the file holds
    resource : which resource of a Frictionless package

    Raises
    ------
    UsageError
        The file is absent, too large, not UTF-8, or no such file.
    SourceError
        Nothing of it has a counterpart.
    """
    from mlgate.data.imports import import_schema

    path = (start / file).absolute()
    try:
        raw = read_bytes(path.parent, path.name, limit=MAX_BYTES)
    except SourceError as problem:
        raise ConfigError(problem.message, hint=problem.hint if path.exists() else "correct the path") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ConfigError(f"is not UTF-8 text: {problem.reason}", hint="save the file as UTF-8", path=file) from None
    return import_schema(text, file, kind=kind, resource=resource)
