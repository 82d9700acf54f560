"""Stages as `dvc.yaml` and `dvc.lock` say, read without DVC: what each used, and what a frozen one hides.

`dvc status` and `dvc repro` take a frozen stage as up to date whatever became of its inputs; here they are compared.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from mlgate.config.document import load_document
from mlgate.errors import ConfigError, SourceError
from mlgate.sources import pointers
from mlgate.sources.dvcfiles import (
    absolute,
    declared_stages,
    group_of,
    locked_stages,
    pipeline_files,
    pointer_files,
    relative,
    stage_folders,
)
from mlgate.sources.dvchash import load_listing
from mlgate.sources.pointers import Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a pipeline. Paths are POSIX, relative to the project.

    Parameters
    ----------
    name : as in the `dvc.lock`, e.g. `train@a`
    lock, folder : the `dvc.lock` and the working folder, absolute
    inputs : md5 of each input when the stage last ran, by path; empty where another kind of hash was recorded
    outs : what the stage made
    declared : the inputs that `dvc.yaml` names now; None where templates hide them
    frozen : whether DVC leaves the stage alone
    """

    name: str
    lock: Path
    folder: Path
    inputs: Mapping[str, str]
    outs: tuple[str, ...]
    declared: frozenset[str] | None
    frozen: bool


def address(stage: str) -> str:
    """A stage of the project's own `dvc.yaml` by its bare name, another as `FOLDER/dvc.yaml:NAME`."""
    return stage.removeprefix("./").removeprefix("dvc.yaml:")


def address_of(pointer: Pointer) -> str | None:
    """Address of the stage that makes a tracked file; None where no stage does."""
    if pointer.stage is None:
        return None
    return address(f"{PurePosixPath(pointer.file).with_name('dvc.yaml').as_posix()}:{pointer.stage}")


def is_member(stage: str, named: str) -> bool:
    """Whether `named` is the stage, or the `foreach` or `matrix` that it belongs to."""
    return address(named) in (address(stage), group_of(address(stage)))


def read_stages(root: Path) -> dict[str, Stage]:
    """Every stage of the repository by its address as seen from the project `root`.

    Raises
    ------
    SourceError
        A `dvc.yaml` or `dvc.lock` cannot be read.
    """
    top = pointers.dvc_root(root) or absolute(root)
    locks = [file for file in pointer_files(top) if file.name == "dvc.lock"]
    pipelines = {*pipeline_files(top), *(lock.with_name("dvc.yaml") for lock in locks), absolute(root) / "dvc.yaml"}
    return {name: stage for file in sorted(pipelines) for name, stage in _stages_of(root, file)}


def frozen_changes(root: Path, stage: str) -> dict[str, tuple[str, ...]]:
    """What changed since it ran for every frozen stage among `stage` and all that it depends on, by address.

    Raises
    ------
    SourceError
        A file of DVC, or an input, cannot be read.
    """
    stages = read_stages(root)
    changes = {name: tuple(_changes(root, stages[name])) for name in _upstream(stages, stage) if stages[name].frozen}
    return {name: facts for name, facts in changes.items() if facts}


def is_frozen(root: Path, stage: str) -> bool:
    """Whether DVC leaves a stage alone, whatever became of its inputs."""
    return any(entry.frozen for name, entry in read_stages(root).items() if is_member(name, stage))


def is_unchanged(root: Path, path: str, md5: str) -> bool:
    """Whether DVC tracks an input with the hash that a stage used, be it on disk or not."""
    pointer = pointers.find_pointer(root, path)
    if pointer is None:
        return False
    if pointer.path == pointer.out:
        return pointer.md5 == md5
    top = pointers.dvc_root(root)
    listing = load_listing(top, pointer.md5) if top and pointer.is_dir else None
    return bool(md5) and (listing or {}).get(os.path.relpath(path, pointer.out).replace(os.sep, "/")) == md5


def _stages_of(root: Path, pipeline: Path) -> Iterator[tuple[str, Stage]]:
    name, lock = relative(pipeline, root), pipeline.with_name("dvc.lock")
    declared = declared_stages(pipeline, name)
    locked = locked_stages(lock, relative(lock, root)) if lock.is_file() else {}
    folders = stage_folders(pipeline, [*declared, *locked])
    for stage, folder in folders.items():
        entry, used = declared.get(group_of(stage), {}), locked.get(stage, {})
        inputs = {
            relative(folder / str(dep.get("path")), root): str(dep.get("md5") or "")
            for dep in used.get("deps") or []
            if isinstance(dep, dict)
        }
        outs = [out for out in used.get("outs") or [] if isinstance(out, dict)]
        yield (
            address(f"{name}:{stage}"),
            Stage(
                name=stage,
                lock=lock,
                folder=folder,
                inputs=inputs,
                outs=tuple(relative(folder / str(out.get("path")), root) for out in outs),
                declared=_declared_inputs(root, folder, entry),
                frozen=bool(entry.get("frozen")),
            ),
        )


def _declared_inputs(root: Path, folder: Path, entry: Mapping[str, Any]) -> frozenset[str] | None:
    deps = entry.get("deps") or []
    names = [str(next(iter(dep), "")) if isinstance(dep, dict) else str(dep) for dep in deps]
    if any("${" in name for name in names):
        return None
    return frozenset(relative(folder / name, root) for name in names)


def _upstream(stages: Mapping[str, Stage], stage: str) -> set[str]:
    """Addresses of the stage and of every stage whose output it uses, directly or not."""
    waiting = [name for name in stages if is_member(name, stage)]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        used = {*stages[name].inputs, *(stages[name].declared or ())}
        waiting += [other for other, entry in stages.items() if any(_touch(a, b) for a in entry.outs for b in used)]
    return found


def _touch(one: str, other: str) -> bool:
    """Whether two paths are the same, or one lies inside the other."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _changes(root: Path, stage: Stage) -> Iterator[str]:
    if stage.declared is not None and stage.declared != stage.inputs.keys():
        yield "frozen, and its deps in dvc.yaml are not those of dvc.lock"
    for path, md5 in stage.inputs.items():
        if _input_changed(root, path, md5):
            yield f"frozen, and its input {path} is not what it used"
    for file, values in _params(root, stage).items():
        now = _read_params(root, stage.folder / file)
        for key, value in values.items():
            if not _same(_look_up(now, key), value):
                yield f"frozen, and its parameter {key} of {relative(stage.folder / file, root)} is not what it used"


def _input_changed(root: Path, path: str, md5: str) -> bool:
    pointer = pointers.find_pointer(root, path)
    if pointer is not None and pointer.path == pointer.out and pointer.md5 != md5:
        return True
    if not (root / path).exists():
        return not is_unchanged(root, path, md5)
    subject = Pointer(file="dvc.lock", out=path, path=path, md5=md5, is_dir=md5.endswith(".dir"))
    try:
        return pointers.compute_hash(root, subject) != md5
    except OSError as problem:
        raise SourceError(
            f"cannot read {path}: {problem.strerror}", hint="check the file and its permissions"
        ) from None


def _params(root: Path, stage: Stage) -> Mapping[str, Mapping[str, Any]]:
    """Values of the stage's parameters when it last ran, by file and dotted key."""
    recorded = _read_params(root, stage.lock) if stage.lock.is_file() else {}
    entry = recorded.get("stages", {}).get(stage.name, {})
    return {file: values for file, values in (entry.get("params") or {}).items() if isinstance(values, dict)}


def _read_params(root: Path, file: Path) -> dict[str, Any]:
    """A file of parameters, read by the same rules as `dvc.lock`: YAML 1.2, of which JSON is a part, or TOML."""
    name = relative(file, root)
    try:
        text = file.read_text(encoding="utf-8")
        data = tomllib.loads(text) if file.suffix == ".toml" else load_document(text, name).plain_data()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ConfigError) as problem:
        raise SourceError(
            f"cannot compare the parameters of a frozen stage: {name}: {problem}", hint="`dvc unfreeze` the stage"
        ) from None
    return data if isinstance(data, dict) else {}


def _look_up(values: Any, key: str) -> Any:
    """The value of a dotted key; None where there is none."""
    for part in key.split("."):
        if isinstance(values, list) and part.isdecimal() and int(part) < len(values):
            values = values[int(part)]
        else:
            values = values.get(part) if isinstance(values, dict) else None
    return values


def _same(one: Any, other: Any) -> bool:
    """Equal, and not merely as `1 == True` is."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
