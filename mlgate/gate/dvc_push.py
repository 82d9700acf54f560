"""Before a push: what the pushed pointers name is in the remote."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from mlgate.errors import SourceError
from mlgate.gate.record import could_not_check
from mlgate.lint.dvc_checks import dvc_in_remote, dvc_pointer
from mlgate.outcome import Location, Outcome
from mlgate.sources import dvc_git, dvc_remotes
from mlgate.sources.dvc_remotes import Remote
from mlgate.sources.dvc_tracked import Tracked
from mlgate.sources.dvcfiles import pointer_files, relative
from mlgate.sources.pointers import dvc_root


def check_remote(root: Path, top: Path, files: Sequence[Path]) -> list[Outcome]:
    """Every pushed out of the pointers that a push changes, or of the named ones, or of all."""
    try:
        names, tip = _pointers(root, top, files)
        default, known = dvc_remotes.remotes(top)
    except SourceError as problem:
        return [_not_asked(problem, "dvc", ".dvc/config")]
    outcomes: list[Outcome] = []
    groups: dict[str, list[Tracked]] = {}
    for name in names:
        try:
            outs = dvc_remotes.pushed_outs(root, name, tip)
        except SourceError as problem:
            outcomes.append(dvc_pointer(name, problem.message, problem.hint))
            continue
        for out in outs:
            if out.pushed and out.md5:
                groups.setdefault(out.remote or default, []).append(out)
    for remote, outs in groups.items():
        outcomes += _ask(top, known.get(remote), remote, outs)
    return outcomes


def _pointers(root: Path, top: Path, files: Sequence[Path]) -> tuple[list[str], str | None]:
    """Pointer files to ask for, POSIX, relative to `root`, and the revision in which they are read."""
    pushed = dvc_git.pushed_range()
    if pushed is not None:
        changed = dvc_git.changed_pointers(root, *pushed)
        return [name for name in changed if dvc_root((root / name).parent) == top], pushed[1]
    named = {os.path.abspath(root / file) for file in files}  # noqa: PTH100  # links are not followed
    chosen = [file for file in pointer_files(top) if dvc_root(file.parent) == top and (not named or str(file) in named)]
    return [relative(file, root) for file in chosen], None


def _ask(top: Path, remote: Remote | None, name: str, outs: Sequence[Tracked]) -> Iterator[Outcome]:
    if remote is None:
        what = f"the remote {name!r} is not in .dvc/config" if name else "no remote is set"
        problem = SourceError(f"cannot tell whether others can get it: {what}", hint="dvc remote add -d NAME URL")
        yield from (_not_asked(problem, out.path, out.file) for out in outs)
        return
    try:
        missing = set() if remote.folder is not None else dvc_remotes.ask_with_dvc(top, remote, outs)
    except SourceError as problem:
        yield from (_not_asked(problem, out.path, out.file) for out in outs)
        return
    for out in outs:
        try:
            if remote.folder is not None:
                absent = dvc_remotes.absent_objects(remote, out, top)
            else:
                inner = relative(out.place, top)
                absent = sorted(path for path in missing if dvc_git.below(path, [inner]))
            yield dvc_in_remote(out.file, out.path, remote.name, absent)
        except SourceError as problem:
            yield _not_asked(problem, out.path, out.file)


def _not_asked(problem: SourceError, path: str, file: str) -> Outcome:
    identifier = dvc_in_remote(file, path, "", ()).id
    return could_not_check(
        problem, id=identifier, check="dvc_in_remote", tier="static", subject=path, location=Location(file)
    )
