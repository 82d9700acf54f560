"""What DVC's files say of the data, read without DVC: outs and dependencies, stages and what they were run with."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources.dvc_params import changed_parameters
from mlgate.sources.dvcfiles import (
    absolute,
    declared_runs,
    declared_stages,
    group_of,
    load_yaml,
    locked_stages,
    malformed,
    relative,
)
from mlgate.sources.dvchash import hash_listing

_CONFLICT = ("<<<<<<< ", ">>>>>>> ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """An out or a dependency.

    Parameters
    ----------
    file : the file that says so, POSIX, relative to the root, as is `path`
    place : absolute path on disk
    md5 : hash, of a folder with a final `.dir`; empty where `file` holds another kind of hash
    legacy_text : hashed by DVC 2, which reads CRLF as LF in texts
    cached : kept by DVC; otherwise by Git
    pushed : goes to the remote
    remote : the remote that it goes to, where it is not the default one
    """

    file: str
    path: str
    place: Path
    md5: str
    size: int | None = None
    files: int | None = None
    legacy_text: bool = False
    cached: bool = True
    pushed: bool = True
    remote: str | None = None

    @property
    def is_dir(self) -> bool:
        return self.md5.endswith(".dir")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage of `dvc.yaml`, or of an `X.dvc` with a command; `changed` says what differs from its last run, in words.

    `locked` tells whether it was run at all; `checked` is False where it is frozen, or always runs anew.
    """

    name: str
    file: str
    locked: bool
    checked: bool
    dependencies: tuple[Tracked, ...] = ()
    changed: tuple[str, ...] = ()


def pointer_outs(root: Path, file: Path, raw: Mapping[str, Any] | None = None) -> list[Tracked]:
    """Outs of an `X.dvc`; `raw` is its content, where that is not the one on disk.

    Raises
    ------
    SourceError
        It is not what DVC writes.
    """
    name = relative(file, root)
    content = load_pointer(file, name) if raw is None else raw
    outs = content.get("outs")
    if not isinstance(outs, list) or not outs:
        raise malformed(name, "it has no 'outs'")
    folder = file.parent / str(content.get("wdir") or ".")
    imported = any(isinstance(entry, dict) and "repo" in entry for entry in content.get("deps") or [])
    return [_tracked(root, name, folder, entry, imported=imported) for entry in outs]


def pointer_dependencies(root: Path, file: Path) -> list[Tracked]:
    """Local dependencies of an `X.dvc` that is not frozen; what it imports from elsewhere is not asked."""
    name = relative(file, root)
    content = load_pointer(file, name)
    folder = file.parent / str(content.get("wdir") or ".")
    entries = [] if content.get("frozen") else content.get("deps") or []
    return [
        _tracked(root, name, folder, entry)
        for entry in entries
        if isinstance(entry, dict) and "repo" not in entry and "://" not in str(entry.get("path")) and "md5" in entry
    ]


def lock_outs(root: Path, lock: Path) -> list[Tracked]:
    """Outs of every stage of a `dvc.lock`, with what `dvc.yaml` says of their cache and remote."""
    name = relative(lock, root)
    require_no_conflict(lock, name)
    declared = declared_stages(lock.with_name("dvc.yaml"), "dvc.yaml")
    found = []
    for stage, entry in locked_stages(lock, name).items():
        said = declared.get(group_of(stage), {})
        folder = lock.parent / str(said.get("wdir") or ".")
        settings = _settings(said)
        found += [_tracked(root, name, folder, out, said=settings) for out in entry.get("outs", [])]
    return found


def stages(root: Path, pipeline: Path) -> Iterator[Stage]:
    """Every stage that a `dvc.yaml` declares, beside its entry in `dvc.lock`.

    Raises
    ------
    SourceError
        One of the two is not what DVC reads.
    """
    name = relative(pipeline, root)
    require_no_conflict(pipeline, name)
    lock = pipeline.with_name("dvc.lock")
    if lock.is_file():
        require_no_conflict(lock, relative(lock, root))
    locked = locked_stages(lock, relative(lock, root)) if lock.is_file() else {}
    for group, said in declared_stages(pipeline, name).items():
        runs = {stage: entry for stage, entry in locked.items() if group_of(stage) == group}
        checked = not (said.get("frozen") or said.get("always_changed"))
        for run in declared_runs(group, said):
            if run not in runs and (run != group or not runs):
                yield Stage(name=run, file=name, locked=False, checked=checked)
        for stage, entry in runs.items():
            yield _stage(root, pipeline, stage, said, entry, checked=checked)


def _stage(  # what is declared and what was run, and where
    root: Path, pipeline: Path, stage: str, said: Mapping[str, Any], entry: Mapping[str, Any], *, checked: bool
) -> Stage:
    folder = pipeline.parent / str(said.get("wdir") or ".")
    lock = relative(pipeline.with_name("dvc.lock"), root)
    entries = entry.get("deps") or []
    if not isinstance(entries, list):
        raise malformed(lock, f"stage {stage!r} has no list of deps")
    local = [item for item in entries if isinstance(item, dict) and "://" not in str(item.get("path"))]
    return Stage(
        name=stage,
        file=relative(pipeline, root),
        locked=True,
        checked=checked,
        dependencies=tuple(_tracked(root, lock, folder, item) for item in local),
        changed=tuple(_changed_settings(folder, said, entry)),
    )


def _changed_settings(folder: Path, said: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[str]:
    """Command, list of dependencies and parameters that are not those of the last run; templates are not resolved."""
    command, run = said.get("cmd"), entry.get("cmd")
    if command is not None and "${" not in str(command) and command != run:
        yield "cmd"
    declared = [_path_of(item) for item in said.get("deps") or []]
    if not any("${" in str(item) for item in declared):
        known = {_normal(item.get("path")) for item in entry.get("deps") or [] if isinstance(item, dict)}
        yield from (f"dependency {item}" for item in declared if _normal(item) not in known)
    written = [_path_of(item) for key in ("outs", "metrics", "plots") for item in said.get(key) or []]
    made = {_normal(item.get("path")) for item in entry.get("outs") or [] if isinstance(item, dict)}
    yield from (f"output {item}" for item in written if "${" not in str(item) and _normal(item) not in made)
    yield from changed_parameters(folder, said, entry)


def _path_of(item: Any) -> Any:
    """Path of an out or a dependency, which may be a mapping from it to its settings."""
    return next(iter(item), "") if isinstance(item, dict) else item


def _normal(path: Any) -> str:
    return posixpath.normpath(str(path))


def load_pointer(file: Path, name: str) -> Mapping[str, Any]:
    require_no_conflict(file, name)
    return load_yaml(file, name)


def require_no_conflict(file: Path, name: str) -> None:
    """Refuse a file in which a merge left its marks.

    Raises
    ------
    SourceError
        It has such marks.
    """
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return  # reading it will say what is wrong
    if any(line.startswith(_CONFLICT) for line in lines):
        raise SourceError(
            f"{name} holds the marks of a merge conflict",
            hint="choose a side, or take both data sets: `dvc add` or `dvc repro` writes it anew",
        )


def _settings(said: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What `dvc.yaml` says of single outs, by path."""
    entries = [item for key in ("outs", "metrics", "plots") for item in said.get(key) or []]
    return {
        _normal(path): settings
        for item in entries
        if isinstance(item, dict)
        for path, settings in item.items()
        if isinstance(settings, dict)
    }


def _tracked(  # where it stands, and what two files say of it
    root: Path,
    name: str,
    folder: Path,
    entry: Any,
    *,
    said: Mapping[str, Mapping[str, Any]] | None = None,
    imported: bool = False,
) -> Tracked:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str) or not entry["path"]:
        raise malformed(name, f"an entry has no path: {entry!r}")
    settings = {**entry, **(said or {}).get(_normal(entry["path"]), {})}
    kind, md5 = entry.get("hash"), entry.get("md5")
    if md5 is None and kind == "md5" and isinstance(entry.get("files"), list):
        md5 = _md5_of_files(entry["files"])
    if kind not in (None, "md5") or (
        md5 is None and (isinstance(entry.get("files"), list) or any(key in entry for key in ("etag", "checksum")))
    ):
        md5 = ""
    if not isinstance(md5, str) or (md5 and not _is_md5(md5.removesuffix(".dir"))):
        raise malformed(name, f"the md5 of {entry['path']!r} is {'missing' if md5 is None else repr(md5)}")
    place = absolute(folder / entry["path"])
    return Tracked(
        file=name,
        path=relative(place, root),
        place=place,
        md5=md5,
        size=_count(name, entry, "size"),
        files=_count(name, entry, "nfiles"),
        legacy_text=kind is None,
        cached=settings.get("cache") is not False,
        pushed=settings.get("cache") is not False and settings.get("push") is not False and not imported,
        remote=settings["remote"] if isinstance(settings.get("remote"), str) else None,
    )


def _md5_of_files(files: list[Any]) -> str | None:
    """Hash of a folder whose files are listed one by one, as for a remote that keeps versions; None without hashes."""
    listing = []
    for file in files:
        md5, path = (file.get("md5"), file.get("relpath")) if isinstance(file, dict) else (None, None)
        if not isinstance(md5, str) or not _is_md5(md5) or not isinstance(path, str):
            return None
        listing.append({"md5": md5, "relpath": path})
    return hash_listing(listing)


def _count(name: str, entry: Mapping[str, Any], key: str) -> int | None:
    value = entry.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise malformed(name, f"the {key} of {entry['path']!r} is {value!r}")
    return value


def _is_md5(text: str) -> bool:
    return len(text) == 32 and all(character in "0123456789abcdef" for character in text)
