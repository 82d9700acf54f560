"""Which data under DVC differ from a commit, as the pointer files say; no data are read."""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mlgate.errors import MlgateError, SourceError
from mlgate.sources.dvcfiles import stage_folders
from mlgate.sources.git_changes import FileChange

LOCK = "dvc.lock"


@dataclass(frozen=True, slots=True)
class DataChange:
    """A file or folder under DVC with another content. `path` and `pointer` are POSIX, relative to the project."""

    path: str
    how: str
    pointer: str


def is_pointer(path: str) -> bool:
    """Whether a path is that of a file in which DVC keeps hashes.

    Examples
    --------
    >>> [is_pointer(path) for path in ("data/a.csv.dvc", "dvc.lock", ".dvc/config", "data.dvc/x")]
    [True, True, False, False]
    """
    name = path.rpartition("/")[2]
    return name == LOCK or (name.endswith(".dvc") and name != ".dvc")


def data_changes(root: Path, commit: str, changes: Iterable[FileChange]) -> tuple[list[DataChange], list[str]]:
    """The data behind those pointer files that differ from a commit.

    Returns
    -------
    list of DataChange, list of str
        What differs, and the pointer files that cannot be read on one side: of them nothing is known.
    """
    found: list[DataChange] = []
    unread: list[str] = []
    for change in changes:
        if not is_pointer(change.path):
            continue
        try:
            before, now = _before(root, commit, change), _now(root, change)
        except (MlgateError, OSError, UnicodeDecodeError, AttributeError, KeyError, TypeError):
            unread.append(change.path)
            continue
        found += [DataChange(path, how, change.path) for path, how in _differing(before, now)]
    return found, unread


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path in sorted({*before, *now}):
        if path not in before:
            yield path, "is new"
        elif path not in now:
            yield path, "was removed"
        elif before[path] != now[path]:
            yield path, "changed"


def _before(root: Path, commit: str, change: FileChange) -> dict[str, str]:
    from mlgate.sources.git_text import text_in

    text = None if change.how == "is new" else text_in(root, commit, change.path)
    return {} if text is None else _hashes(root, change.path, text)


def _now(root: Path, change: FileChange) -> dict[str, str]:
    if change.how == "was removed":
        return {}
    return _hashes(root, change.path, (root / change.path).read_text(encoding="utf-8"))


def _hashes(root: Path, file: str, text: str) -> dict[str, str]:
    """The outs of a pointer file, with all that is recorded of each; those of a stage stand relative to its folder."""
    from mlgate.config.document import load_document

    raw = load_document(text, file).plain_data()
    if not isinstance(raw, dict):
        raise SourceError(f"{file} is not what DVC writes", hint="write it again with DVC")
    pipeline = (root / file).with_name("dvc.yaml")
    stages = raw.get("stages") if file.endswith(LOCK) else {"": raw}
    if not isinstance(stages, dict):
        raise SourceError(f"{file} has no stages", hint="write it again with `dvc repro`")
    folders = stage_folders(pipeline, stages) if file.endswith(LOCK) else {}
    found = {}
    for stage, held in stages.items():
        inside = os.path.relpath(folders[stage], pipeline.parent) if stage in folders else str(held.get("wdir") or ".")
        for out in held.get("outs") or ():
            place = posixpath.normpath(f"{PurePosixPath(file).parent}/{inside}/{out['path']}")
            found[place] = json.dumps({key: value for key, value in out.items() if key != "path"}, sort_keys=True)
    return found
