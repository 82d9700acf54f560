"""DVC through its command line: pull exactly what is needed, read data of another revision. Stages: `dvc_stages`.

What DVC brought is hashed again here: a pull from object storage accepts bytes that are not what the pointer says.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mlgate.errors import SourceError
from mlgate.sources import dvc_remotes, git, pointers
from mlgate.sources.dvc_command import last_lines, run_dvc
from mlgate.sources.dvc_revisions import require_file
from mlgate.sources.dvchash import hash_file, load_listing
from mlgate.sources.pointers import Pointer

STATUS_TIMEOUT_S = 300.0
_SHOWN = 5
_NOT_BROUGHT = "failed to transfer"  # DVC names the hash alone, and brings nothing of what it was asked for besides


class TargetsError(SourceError):
    """Some `targets` cannot be had as their pointers say; the others may be, without them."""

    def __init__(self, message: str, *, hint: str, targets: Sequence[str]) -> None:
        super().__init__(message, hint=hint)
        self.targets = tuple(targets)


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
        A target is not tracked, or DVC is absent or fails.
    TargetsError
        The remote lacks a part of some targets, and DVC brought nothing; or a target has other bytes than it should.
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
        if _NOT_BROUGHT in output:
            _require_in_remote(root, {target: tracked[target] for target in wanted})
        changed = [target for target in present if pointers.verify(root, tracked[target]) is not None]
        raise SourceError(f"`dvc pull {' '.join(wanted)}` failed: {last_lines(output)}", hint=_pull_hint(changed))
    for target in wanted:
        mismatch = pointers.verify(root, tracked[target])
        if mismatch is not None:
            wrong = _wrong_objects(root, tracked[target])
            inside = f" ({_some(list(wrong))})" if target not in wrong else ""
            raise TargetsError(
                f"after `dvc pull`, {mismatch}: the remote or cache holds other bytes than the pointer says{inside}",
                hint=_replace_hint(wrong, here=list(wrong)),
                targets=[target],
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
            hint=_replace_hint({path: expected}),
        )
    return destination


def _require_in_remote(root: Path, wanted: Mapping[str, Pointer]) -> None:
    """Name what a remote elsewhere lacks; nothing is told where it cannot be asked."""
    top = pointers.dvc_root(root) or root
    inner = {target: PurePosixPath(os.path.relpath(root / target, top)) for target in wanted}
    missing, _ = dvc_remotes.not_in_remote(top, [str(path) for path in inner.values()])
    gone = sorted(PurePosixPath(path) for path in missing or ())
    lacking = [target for target in wanted if any(path.is_relative_to(inner[target]) for path in gone)]
    if not lacking:
        return
    names = [PurePosixPath(os.path.relpath(top / path, root)).as_posix() for path in gone]
    outs = {wanted[target].out: wanted[target] for target in lacking}
    listings = {out: pointer.md5 for out, pointer in outs.items() if pointer.is_dir and out not in names}
    first = f"first deletes {_object_names(listings)} there (DVC takes a folder for complete that has it), then "
    raise TargetsError(
        f"the remote does not have {_some(names)}",
        hint=f"whoever has the data {first if listings else ''}runs `dvc push {' '.join(outs)}`",
        targets=lacking,
    )


def _wrong_objects(root: Path, pointer: Pointer) -> dict[str, str]:
    """The md5 that is expected of each file with other bytes, by path; of a folder without a listing, its own."""
    top = pointers.dvc_root(root)
    listing = load_listing(top, pointer.md5) if pointer.is_dir and top is not None else None
    if listing is None:
        return {pointer.out: pointer.md5}
    files = {f"{pointer.out}/{name}": md5 for name, md5 in listing.items()}
    wrong = {
        path: md5
        for path, md5 in files.items()
        if PurePosixPath(path).is_relative_to(pointer.path)
        and (root / path).is_file()
        and hash_file(root / path, legacy_text=pointer.legacy_text) != md5
    }
    return wrong or {pointer.out: pointer.md5}


def _replace_hint(wrong: Mapping[str, str], *, here: Sequence[str] = ()) -> str:
    """What to do about objects of other bytes, by path; `here` are the files and folders that were made of them."""
    files = f"{_some(here)} here, and " if here else ""
    return (
        f"delete {files}{_object_names(wrong)} in the cache here and in the remote, then `dvc push` from a copy that "
        "is right: DVC keeps what is already there"
    )


def _object_names(objects: Mapping[str, str]) -> str:
    """Where DVC keeps objects, below `files/md5` of a remote or of the cache."""
    return _some([f"{md5[:2]}/{md5[2:]}" for md5 in objects.values()])


def _some(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:_SHOWN])} and {more} more"


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
    return (
        "check that the remote can be reached with the credentials that are set here; "
        "if an object is missing, whoever changed the data runs `dvc push`"
    )
