"""Brings the DVC-tracked files that a tier reads, and says which of them cannot be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlgate.errors import SourceError
from mlgate.gate.paths import path_matches
from mlgate.gate.record import Record
from mlgate.sources import dvc, files, pointers

TIMEOUT_S = 3600.0


@dataclass(frozen=True, slots=True)
class Pulled:
    """Paths of the tier that are not what their pointers say, with the reason, and the pointers of those that are."""

    problems: Mapping[str, SourceError] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    def problem_of(self, pattern: str) -> SourceError | None:
        """What keeps a path, or a file that a glob names, from being trusted."""
        return next((problem for path, problem in self.problems.items() if path_matches(path, pattern)), None)


def pull(root: Path, paths: tuple[str, ...], record: Record) -> Pulled:
    """Pull exactly the paths that DVC tracks and that are not in sync, and hash them again."""
    problems: dict[str, SourceError] = {}
    tracked: dict[str, pointers.Pointer] = {}
    stale: list[str] = []
    for path in _plain(root, paths):
        try:
            pointer = pointers.find_pointer(root, path)
            if pointer is None:
                continue
            tracked[path] = pointer
            if pointers.verify(root, pointer) is not None:
                stale.append(path)
        except SourceError as problem:
            problems[path] = problem
    if stale:
        record.progress(f"dvc pull {' '.join(stale)}")
        problems |= _pull_stale(root, stale)
    digests = {path: f"md5:{pointer.md5}" for path, pointer in tracked.items() if path not in problems and pointer.md5}
    return Pulled(problems, digests)


def _pull_stale(root: Path, stale: list[str]) -> dict[str, SourceError]:
    """The paths that are still not what their pointers say after the pull, with the reason."""
    try:
        dvc.pull(root, stale, timeout_s=TIMEOUT_S)
    except SourceError as problem:
        return dict.fromkeys(dvc.needed(root, stale), problem)
    return {}


def _plain(root: Path, paths: tuple[str, ...]) -> list[str]:
    """The paths, with a glob replaced by the tracked files that it names, present or not."""
    plain: list[str] = []
    for path in paths:
        if any(mark in path for mark in "*?["):
            plain += [pointer.removesuffix(".dvc") for pointer in files.expand(root, path + ".dvc")]
            plain += [name for name in files.expand(root, path) if not name.endswith(".dvc")]
        else:
            plain.append(path)
    return list(dict.fromkeys(plain))
