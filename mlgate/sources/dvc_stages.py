"""DVC's stages through its command line: run exactly one, and refuse what does not belong to this commit."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources import pipelines, pointers
from mlgate.sources.dvc import STATUS_TIMEOUT_S, pull
from mlgate.sources.dvc_command import json_of, last_lines, run_dvc
from mlgate.sources.pipelines import address


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


def stage_status(root: Path, stage: str) -> StageStatus:
    """What changed for a stage of `dvc.yaml` and for everything that it depends on, also where it is frozen.

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
    own: list[str] = []
    stale: dict[str, tuple[str, ...]] = {}
    missing: list[str] = []
    stages = pipelines.read_stages(root)
    for name, changes in raw.items():
        recorded = stages[address(name)].inputs if address(name) in stages else {}
        facts = _changes(root, changes, recorded)
        if address(name) == address(stage):
            own = facts
            missing = _missing_inputs(changes)
        elif facts:
            stale[name] = tuple(facts)
    for name, frozen in pipelines.frozen_changes(root, stage).items():
        if name == address(stage):
            own += frozen
        else:
            stale[name] = (*stale.get(name, ()), *frozen)
    return StageStatus(stage=stage, changed=tuple(own), stale=stale, missing=tuple(missing))


def reproduce(root: Path, stage: str, *, timeout_s: float) -> StageResult:
    """Run exactly one stage; its inputs that are not on disk are pulled first.

    DVC runs nothing, or takes the output from its cache, where nothing changed that the stage depends on.

    Raises
    ------
    SourceError
        `stale-candidate`: something before the stage is out of date, so its output would not belong to this commit.
        Also: the stage is frozen, fails, takes longer than `timeout_s`, or an input cannot be pulled.
    """
    started = time.monotonic()
    if pipelines.is_frozen(root, stage):
        raise SourceError(
            f"stale-candidate: stage {stage} is frozen in dvc.yaml, so DVC does not run it",
            hint=f"`dvc unfreeze {stage}`, or leave out `stage` and give the predictions",
        )
    status = _fresh_status(root, stage)
    pulled: tuple[str, ...] = ()
    if status.missing:
        pulled = pull(root, status.missing, timeout_s=timeout_s).pulled
    remaining = max(1.0, timeout_s - (time.monotonic() - started))
    code, output = run_dvc(root, ["repro", "--single-item", "--", stage], timeout_s=remaining)
    if code != 0:
        raise SourceError(f"stage {stage} failed: {last_lines(output, 5)}", hint=f"run `dvc repro {stage}` and see")
    if pipelines.frozen_changes(root, stage):  # an input that the stage had not used before
        _fresh_status(root, stage)
    return StageResult(stage=stage, pulled=pulled, duration_s=time.monotonic() - started, output=output)


def require_output(root: Path, stage: str, path: str) -> None:
    """Refuse a file (POSIX, relative to `root`) that the stage does not make, or that is not what it made.

    Raises
    ------
    SourceError
        `dvc.lock` does not name it as an output of the stage, or its hash is another one.
    """
    pointer = pointers.find_pointer(root, path)
    maker = pipelines.address_of(pointer) if pointer is not None else None
    if pointer is None or maker is None or not pipelines.is_member(maker, stage):
        found = f"{pointer.file} tracks it" if pointer is not None and maker is None else "no stage makes it"
        raise SourceError(
            f"stage {stage} does not make {path}: {f'stage {maker} does' if maker else found}",
            hint=f"name the stage whose `outs` hold {path}, or add it there",
        )
    mismatch = pointers.verify(root, pointer)
    if mismatch is not None:
        raise SourceError(
            f"stage {stage} did not leave {path} as dvc.lock says: {mismatch}", hint=f"run `dvc repro {stage}`"
        )


def require_fresh(root: Path, path: str) -> None:
    """Refuse a file (POSIX, relative to `root`) that a stage made and whose stage is out of date since.

    Raises
    ------
    SourceError
        `stale-candidate`: the stage, or something before it, changed; or DVC is absent or fails.
    """
    pointer = pointers.find_pointer(root, path)
    stage = pipelines.address_of(pointer) if pointer is not None else None
    if stage is None:
        return
    status = stage_status(root, stage)
    changed = {**({stage: status.changed} if status.changed else {}), **status.stale}
    if changed:
        raise SourceError(
            f"stale-candidate: {path} is made by stage {stage}, which is out of date: {_listed(changed)}",
            hint=f"run `dvc repro {stage}`, then commit dvc.lock and `dvc push`; or declare `stage: {stage}`",
        )


def _fresh_status(root: Path, stage: str) -> StageStatus:
    status = stage_status(root, stage)
    if status.stale:
        names = " ".join(name for name in sorted(status.stale) if not name.endswith(".dvc")) or stage
        raise SourceError(
            f"stale-candidate: stage {stage} depends on what is out of date: {_listed(status.stale)}",
            hint=f"run `dvc repro {names}`, then commit dvc.lock and `dvc push`",
        )
    return status


def _listed(changed: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{name} ({', '.join(facts)})" for name, facts in sorted(changed.items()))


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
                if absent or (state == "deleted" and pipelines.is_unchanged(root, path, recorded.get(path, ""))):
                    continue
                facts.append(f"{kind}: {path} {state if isinstance(state, str) else json.dumps(state)}")
    return facts


def _missing_inputs(changes: Sequence[Any]) -> list[str]:
    entries = [change.get("changed deps") for change in changes if isinstance(change, dict)]
    return [path for entry in entries if isinstance(entry, dict) for path, state in entry.items() if state == "deleted"]
