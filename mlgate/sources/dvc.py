"""DVC through its command line: pull exactly what is needed, run one stage, read data of another revision.

What DVC brought is hashed again here: a pull from object storage accepts bytes that are not what the pointer says.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources import git, pointers
from mlgate.sources.dvc_command import json_of, last_lines, run_dvc
from mlgate.sources.dvchash import hash_file
from mlgate.sources.pointers import Pointer

STATUS_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PullResult:
    """What a pull brought: the paths as asked for, seconds, and DVC's own output."""

    pulled: tuple[str, ...]
    duration_s: float
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStatus:
    """What changed since a stage ran.

    Parameters
    ----------
    stage : as the user named it
    changed : what changed for the stage itself, e.g. `changed deps: model.pkl modified`
    stale : the same for every stage and tracked file that it depends on; empty when they are up to date
    missing : inputs of the stage that are not on disk, POSIX, relative to the project
    """

    stage: str
    changed: tuple[str, ...]
    stale: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """What `reproduce` did; `pulled` are inputs of the stage that were not on disk."""

    stage: str
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
    code, output = run_dvc(root, ["pull", "--", *wanted], timeout_s=timeout_s)
    if code != 0:
        changed = [target for target in wanted if (root / target).exists()]
        raise SourceError(f"`dvc pull {' '.join(wanted)}` failed: {last_lines(output)}", hint=_pull_hint(changed))
    for target in wanted:
        mismatch = pointers.verify(root, tracked[target])
        if mismatch is not None:
            raise SourceError(
                f"after `dvc pull`, {mismatch}: the remote or cache holds other bytes than the pointer says",
                hint="restore the object with `dvc push` from a copy that is right",
            )
    return PullResult(pulled=tuple(wanted), duration_s=time.monotonic() - started, output=output)


def stage_status(root: Path, stage: str) -> StageStatus:
    """What changed for a stage of `dvc.yaml` and for everything that it depends on.

    Data that is merely not on disk counts as unchanged where its pointer still says what the stage used.

    Raises
    ------
    SourceError
        There is no such stage, or DVC is absent or fails.
    """
    code, output = run_dvc(root, ["status", "--json", "--with-deps", "--", stage], timeout_s=STATUS_TIMEOUT_S)
    raw = json_of(output) if code == 0 else None
    if not isinstance(raw, dict):
        raise SourceError(f"`dvc status {stage}` failed: {last_lines(output)}", hint="name a stage of dvc.yaml")
    own, stale = [], {}
    missing: list[str] = []
    recorded = _recorded_inputs(root)
    for name, changes in raw.items():
        facts = _changes(root, changes, recorded.get(_address(name), {}))
        if _address(name) == _address(stage):
            own = facts
            missing = _missing_inputs(changes)
        elif facts:
            stale[name] = tuple(facts)
    return StageStatus(stage=stage, changed=tuple(own), stale=stale, missing=tuple(missing))


def reproduce(root: Path, stage: str, *, timeout_s: float) -> StageResult:
    """Run exactly one stage; its inputs that are not on disk are pulled first.

    DVC runs nothing, or takes the output from its cache, where nothing changed that the stage depends on.

    Raises
    ------
    SourceError
        `stale-candidate`: something before the stage is out of date, so its output would not belong to this commit.
        Also: the stage fails, takes longer than `timeout_s`, or an input cannot be pulled.
    """
    started = time.monotonic()
    status = _fresh_status(root, stage)
    pulled: tuple[str, ...] = ()
    if status.missing:
        pulled = pull(root, status.missing, timeout_s=timeout_s).pulled
    remaining = max(1.0, timeout_s - (time.monotonic() - started))
    code, output = run_dvc(root, ["repro", "--single-item", "--", stage], timeout_s=remaining)
    if code != 0:
        raise SourceError(f"stage {stage} failed: {last_lines(output, 5)}", hint=f"run `dvc repro {stage}` and see")
    return StageResult(stage=stage, pulled=pulled, duration_s=time.monotonic() - started, output=output)


def get(root: Path, rev: str, path: str, destination: Path, *, timeout_s: float) -> Path:
    """Write the tracked file `path` (POSIX, relative to `root`) as it was in `rev` to `destination`.

    Raises
    ------
    SourceError
        The revision or file is not known, the remote does not have it, or its bytes are not what the pointer says.
    """
    commit, _ = git.resolve_commit(root, rev)
    top = pointers.dvc_root(root)
    if top is None:
        raise SourceError(f"dvc:{rev}: there is no DVC repository here", hint="use `git:REV:PATH`, or run `dvc init`")
    inner = PurePosixPath(os.path.relpath(root / path, top)).as_posix()
    where = [str(top), inner, "--rev", commit]
    expected = _recorded_md5(root, where, f"{path} of revision {rev}")
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


def _fresh_status(root: Path, stage: str) -> StageStatus:
    status = stage_status(root, stage)
    if status.stale:
        facts = "; ".join(f"{name} ({', '.join(changes)})" for name, changes in sorted(status.stale.items()))
        names = " ".join(name for name in sorted(status.stale) if not name.endswith(".dvc")) or stage
        raise SourceError(
            f"stale-candidate: stage {stage} depends on what is out of date: {facts}",
            hint=f"run `dvc repro {names}`, then commit dvc.lock and `dvc push`",
        )
    return status


def _changes(root: Path, changes: Sequence[Any], recorded: Mapping[str, str]) -> list[str]:
    """The facts of one entry of `dvc status --json` that are more than data not being on disk."""
    facts = []
    for change in changes:
        if not isinstance(change, dict):
            facts.append(str(change))
            continue
        for kind, entries in change.items():
            if not isinstance(entries, dict):
                facts.append(f"{kind}: {entries}")
                continue
            for path, state in entries.items():
                absent = state == "not in cache" or (kind == "changed outs" and state == "deleted")
                if absent or (state == "deleted" and _still_the_same(root, path, recorded)):
                    continue
                facts.append(f"{kind}: {path} {state if isinstance(state, str) else json.dumps(state)}")
    return facts


def _still_the_same(root: Path, path: str, recorded: Mapping[str, str]) -> bool:
    """Whether an input that is not on disk is tracked with the hash that the stage used."""
    pointer = pointers.find_pointer(root, path)
    return pointer is not None and pointer.path == pointer.out and recorded.get(path) == pointer.md5


def _missing_inputs(changes: Sequence[Any]) -> list[str]:
    entries = [change.get("changed deps") for change in changes if isinstance(change, dict)]
    return [path for entry in entries if isinstance(entry, dict) for path, state in entry.items() if state == "deleted"]


def _recorded_inputs(root: Path) -> dict[str, dict[str, str]]:
    """Per stage, the hash of each input when it last ran: `{"train": {"data/train.csv": "d41d..."}}`."""
    top = pointers.dvc_root(root) or root
    locks = {root / "dvc.lock", *(top / name for name in git.list_files(top, ["dvc.lock", "*/dvc.lock"]))}
    recorded: dict[str, dict[str, str]] = {}
    for lock in sorted(file for file in locks if file.is_file()):
        pipeline = PurePosixPath(os.path.relpath(lock.with_name("dvc.yaml"), root)).as_posix()
        for stage, inputs in pointers.read_inputs(root, lock).items():
            recorded[_address(f"{pipeline}:{stage}")] = inputs
    return recorded


def _recorded_md5(root: Path, where: Sequence[str], subject: str) -> str:
    """The hash that the revision records for one file."""
    code, output = run_dvc(root, ["ls", *where, "--json", "--show-hash"], timeout_s=STATUS_TIMEOUT_S)
    entries = json_of(output) if code == 0 else None
    if not isinstance(entries, list):
        raise SourceError(f"cannot find {subject}: {last_lines(output)}", hint="name a file that DVC tracks there")
    name = PurePosixPath(where[1]).name
    files = [entry for entry in entries if entry.get("path") == name and not entry.get("isdir")]
    if len(entries) != 1 or not files:
        raise SourceError(f"{subject} is a folder", hint="name one predictions file in it")
    if not files[0].get("md5"):
        raise SourceError(
            f"{subject} is not tracked by DVC with an md5", hint="a file that Git tracks is `git:REV:PATH`"
        )
    return str(files[0]["md5"])


def _address(stage: str) -> str:
    """A stage of the project's own `dvc.yaml` by its bare name, another as `FOLDER/dvc.yaml:NAME`."""
    return stage.removeprefix("./").removeprefix("dvc.yaml:")


def _pull_hint(changed: Sequence[str]) -> str:
    if changed:
        return (
            f"{', '.join(changed)} differs from its pointer here: `dvc add` records the change, "
            "`dvc checkout --force` drops it; if the remote lacks the data, whoever changed it runs `dvc push`"
        )
    return "check that the remote can be reached; if an object is missing, whoever changed the data runs `dvc push`"
