"""DVC through its command line: pull exactly what is needed, read data of another revision. Stages: `dvc_stages`.

What DVC brought is hashed again here: a pull from object storage accepts bytes that are not what the pointer says.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mlgate.errors import SourceError
from mlgate.sources import git, pointers
from mlgate.sources.dvc_command import last_lines, run_dvc
from mlgate.sources.dvc_revisions import require_file
from mlgate.sources.dvchash import hash_file
from mlgate.sources.pointers import Pointer

STATUS_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PullResult:
    """What a pull brought: the paths as asked for, seconds, and DVC's own output."""

    pulled: tuple[str, ...]
    duration_s: float
    output: str


def needed(root: Path, paths: Sequence[str]) -> list[str]:
    """The paths (POSIX, relative to `root`) that DVC tracks and that are not what their pointers say."""
    found = ((path, pointers.find_pointer(root, path)) for path in paths)
    return [path for path, pointer in found if pointer is not None and pointers.verify(root, pointer) is not None]


def pull(root: Path, targets: Sequence[str], *, timeout_s: float) -> PullResult:
    """Bring exactly these tracked files or folders (POSIX, relative to `root`) from the cache or the remote.

    Nothing is started where all of them are in sync. Afterwards each is hashed again.

    Raises
    ------
    SourceError
        A target is not tracked, DVC is absent or fails, or the bytes are not what the pointer says.
    """
    started = time.monotonic()
    tracked = {target: _pointer_of(root, target) for target in dict.fromkeys(targets)}
    before = {target: pointers.verify(root, pointer) for target, pointer in tracked.items()}
    wanted = [target for target, mismatch in before.items() if mismatch is not None]
    if not wanted:
        return PullResult(pulled=(), duration_s=time.monotonic() - started, output="")
    present = [target for target in wanted if (root / target).exists()]
    code, output = run_dvc(root, ["pull", "--", *wanted], timeout_s=timeout_s)
    if code != 0:
        changed = [target for target in present if pointers.verify(root, tracked[target]) is not None]
        raise SourceError(f"`dvc pull {' '.join(wanted)}` failed: {last_lines(output)}", hint=_pull_hint(changed))
    for target in wanted:
        mismatch = pointers.verify(root, tracked[target])
        if mismatch is not None:
            raise SourceError(
                f"after `dvc pull`, {mismatch}: the remote or cache holds other bytes than the pointer says",
                hint="restore the object with `dvc push` from a copy that is right",
            )
    return PullResult(pulled=tuple(wanted), duration_s=time.monotonic() - started, output=output)


def get(root: Path, rev: str, path: str, destination: Path, *, timeout_s: float) -> Path:
    """Write the tracked file `path` (POSIX, relative to `root`) as it was in `rev` to `destination`.

    Raises
    ------
    SourceError
        The revision or file is not known, the remote does not have it, or its bytes are not what the pointer says.
    """
    commit, _ = git.resolve_commit(root, rev)
    expected = require_file(root, rev, path)
    top = pointers.dvc_root(root) or root
    where = [str(top), PurePosixPath(os.path.relpath(root / path, top)).as_posix(), "--rev", commit]
    code, output = run_dvc(root, ["get", *where, "--force", "--out", str(destination)], timeout_s=timeout_s)
    if code != 0:
        raise SourceError(f"`dvc get {path}` of revision {rev} failed: {last_lines(output)}", hint=_pull_hint([]))
    observed = {hash_file(destination), hash_file(destination, legacy_text=True)} if destination.is_file() else set()
    if expected not in observed:
        raise SourceError(
            f"{path} of revision {rev} is {min(observed, default='no file')}, its pointer says {expected}: "
            "the remote or cache holds other bytes than the pointer says",
            hint="restore the object with `dvc push` from a copy that is right",
        )
    return destination


def _pointer_of(root: Path, target: str) -> Pointer:
    pointer = pointers.find_pointer(root, target)
    if pointer is None:
        raise SourceError(
            f"{target} is not tracked by DVC: neither {target}.dvc nor a dvc.lock names it",
            hint=f"`dvc add {target}` tracks it; a file that Git tracks needs no pull",
        )
    return pointer


def _pull_hint(changed: Sequence[str]) -> str:
    if changed:
        return (
            f"{', '.join(changed)} differs from its pointer here: `dvc add` records the change, "
            "`dvc checkout --force` drops it; if the remote lacks the data, whoever changed it runs `dvc push`"
        )
    return "check that the remote can be reached; if an object is missing, whoever changed the data runs `dvc push`"
