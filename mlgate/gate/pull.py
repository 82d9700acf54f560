"""Brings the DVC-tracked files that a tier reads, and says which of them cannot be trusted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path, PurePosixPath

from mlgate.errors import SourceError
from mlgate.gate.paths import fixed_start, is_glob, may_match_below, path_matches
from mlgate.gate.record import Record
from mlgate.sources import dvc, files, pointers
from mlgate.sources.pointers import Pointer

TIMEOUT_S = 3600.0


@dataclass(frozen=True, slots=True)
class Pulled:
    """Which of the declared paths and globs cannot be trusted, with the reason, and the digest of the others.

    A digest is `md5:` of the one file or folder under DVC, or `sha256:` over the sorted lines `path md5` of several.
    What DVC does not track, or tracks only in part, has none.
    """

    problems: Mapping[str, SourceError] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    def problem_of(self, path: str) -> SourceError | None:
        """What keeps a declared path, or any file that a declared glob names, from being trusted."""
        return self.problems.get(path)


def pull(root: Path, paths: tuple[str, ...], record: Record) -> Pulled:
    """Pull exactly what the paths and globs name, DVC tracks and is not in sync, and hash it again.

    A glob is taken by what the pointers of the repository say, not by what happens to be on disk.
    """
    problems: dict[str, SourceError] = {}
    named: dict[str, list[Pointer]] = {}
    everything = cache(lambda: pointers.read_all(root))
    for path in paths:
        try:
            named[path] = named_pointers(root, path, everything)
        except SourceError as problem:
            problems[path] = problem
    wrong = _bring(root, {pointer.path: pointer for found in named.values() for pointer in found}, record)
    for path, found in named.items():
        first = next((wrong[pointer.path] for pointer in found if pointer.path in wrong), None)
        if first is not None:
            problems[path] = first
    digests = {path: _digest(root, path, found) for path, found in named.items() if path not in problems}
    return Pulled(problems, {path: digest for path, digest in digests.items() if digest})


def named_pointers(root: Path, path: str, everything: Callable[[], Iterable[Pointer]]) -> list[Pointer]:
    """What DVC tracks of a path or glob, each with the narrowest `path` that holds all that is asked for.

    Parameters
    ----------
    path : a file, a folder (tracked as a whole, in part, or file by file), or a glob
    everything : gives every pointer of the repository; called only where it is needed

    Raises
    ------
    SourceError
        A pointer file that may be the right one cannot be read.
    """
    pattern = PurePosixPath(path).as_posix()
    if not is_glob(path):
        pointer = pointers.find_pointer(root, path)
        if pointer is not None:
            return [pointer]
        pattern = PurePosixPath(path, "**").as_posix()
    start = fixed_start(pattern)
    found = []
    for pointer in everything():
        folder = pointer.is_dir or not pointer.md5  # of another kind of hash it is not known what it is of
        if path_matches(pointer.out, pattern):
            found.append(pointer)
        elif folder and may_match_below(pointer.out, pattern):
            inside = PurePosixPath(start).is_relative_to(pointer.out)
            found.append(replace(pointer, path=start if inside else pointer.out))
    return found


def _bring(root: Path, tracked: Mapping[str, Pointer], record: Record) -> dict[str, SourceError]:
    """The paths that are not what their pointers say, also after a pull, with the reason."""
    wrong: dict[str, SourceError] = {}
    stale: list[str] = []
    for path, pointer in tracked.items():
        try:
            if pointers.verify(root, pointer) is not None:
                stale.append(path)
        except SourceError as problem:
            wrong[path] = problem
    if not stale:
        return wrong
    record.progress(f"dvc pull {' '.join(stale)}")
    if record.reuse is not None:
        record.reuse.state.forget()
    while stale:
        try:
            dvc.pull(root, stale, timeout_s=TIMEOUT_S)
        except dvc.TargetsError as problem:
            wrong |= dict.fromkeys(problem.targets, problem)
            stale = [path for path in stale if path not in problem.targets]
            continue
        except SourceError as problem:
            wrong |= {path: problem for path in stale if not _in_sync(root, tracked[path])}
        break
    return wrong


def _in_sync(root: Path, pointer: Pointer) -> bool:
    try:
        return pointers.verify(root, pointer) is None
    except SourceError:
        return False


def _digest(root: Path, path: str, found: list[Pointer]) -> str | None:
    """Digest of what a path or glob names; None where DVC does not track all of it."""
    if not found or not all(pointer.md5 for pointer in found):
        return None
    outs = [PurePosixPath(pointer.out) for pointer in found]
    names = map(PurePosixPath, files.expand(root, path))
    if not all(any(name.is_relative_to(out) for out in outs) for name in names):
        return None
    if len(found) == 1:
        return f"md5:{found[0].md5}"
    lines = "\n".join(sorted(f"{pointer.out} {pointer.md5}" for pointer in found))
    return f"sha256:{hashlib.sha256(lines.encode('utf-8', 'surrogateescape')).hexdigest()}"
