"""DVC's file format, read without DVC: which pointer tracks a path, and whether the data is what it says.

The format: https://dvc.org/doc/user-guide/project-structure. The hashes are in `dvchash`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources.dvcfiles import (
    absolute,
    load_yaml,
    locked_stages,
    malformed,
    pointer_files,
    relative,
    stage_folders,
)
from mlgate.sources.dvchash import hash_file, hash_folder, hash_listing, load_listing, walk_folder
from mlgate.sources.dvcignore import rules_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """One tracked file or folder.

    Parameters
    ----------
    file : the pointer file, `X.dvc` or `dvc.lock`; POSIX, relative to the project, as are `out` and `path`
    out : what is tracked
    path : what was asked for: `out` itself or something inside it
    md5 : hash of `out`, for a folder with a final `.dir`; empty where the pointer holds another kind of hash
    is_dir : whether `out` is a folder
    size : bytes of `out`, where the pointer says so
    legacy_text : a pointer of DVC 2, whose text files are hashed with CRLF read as LF
    stage : the stage that makes `out`, by its name in the `dvc.lock`; None for an `X.dvc`
    """

    file: str
    out: str
    path: str
    md5: str
    is_dir: bool
    size: int | None = None
    legacy_text: bool = False
    stage: str | None = None


def dvc_root(root: Path) -> Path | None:
    """The DVC repository around a folder: the nearest one that holds `.dvc/`; None where there is none."""
    start = absolute(root)
    return next((folder for folder in (start, *start.parents) if (folder / ".dvc").is_dir()), None)


def find_pointer(root: Path, path: str) -> Pointer | None:
    """The pointer that tracks `path` (POSIX, relative to `root`), or a folder around it; None where DVC does not.

    Looks beside the path and its folders first, then at every other pointer file of the repository
    (a `dvc.yaml` with `wdir` or `../` may stand anywhere).

    Raises
    ------
    SourceError
        A pointer file that may be the right one cannot be read.
    """
    asked = absolute(root / path)
    top = dvc_root(root) or absolute(root)
    folders = [folder for folder in asked.parents if folder == top or top in folder.parents]
    near = [Path(f"{place}.dvc") for place in (asked, *folders[:-1])]
    near += [folder / "dvc.lock" for folder in folders]
    for file in (*near, *pointer_files(top)):
        if not file.is_file():
            continue
        for pointer in read_pointers(root, file):
            out = absolute(root / pointer.out)
            if out == asked or out in asked.parents:
                return replace(pointer, path=relative(asked, root))
    return None


def read_all(root: Path) -> list[Pointer]:
    """Everything that DVC tracks in the repository around `root`, each out once.

    Raises
    ------
    SourceError
        A pointer file cannot be read: what it tracks is not known.
    """
    top = dvc_root(root) or absolute(root)
    found = (pointer for file in pointer_files(top) for pointer in read_pointers(root, file))
    return list({pointer.out: pointer for pointer in found}.values())


def read_pointers(root: Path, file: Path) -> list[Pointer]:
    """Everything that one `X.dvc` or `dvc.lock` tracks.

    Raises
    ------
    SourceError
        The file cannot be read, or is not what DVC writes.
    """
    name = relative(file, root)
    if file.name != "dvc.lock":
        return [_parse_out(root, name, folder, out) for folder, out in _dvc_outs(file, name)]
    outs = _lock_outs(file, name)
    return [replace(_parse_out(root, name, folder, out), stage=stage) for stage, folder, out in outs]


def verify(root: Path, pointer: Pointer) -> str | None:
    """None where the data is what the pointer says; otherwise one sentence with both hashes.

    A path inside a tracked folder is compared with its entry in the folder's listing where the local cache
    has it; otherwise the whole folder is.

    Raises
    ------
    SourceError
        The pointer holds a hash that cannot be computed here, or the data cannot be read.
    """
    if not pointer.md5:
        raise SourceError(
            f"cannot tell whether {pointer.out} is in sync: {pointer.file} holds no md5",
            hint="`dvc commit` writes one; other kinds of hash are not read here",
        )
    try:
        return _mismatch(root, pointer)
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise SourceError(f"cannot read {problem.filename or pointer.path}: {reason}") from problem


def _mismatch(root: Path, pointer: Pointer) -> str | None:
    if pointer.path != pointer.out:
        if not pointer.is_dir:
            return f"{pointer.path} cannot exist: {pointer.file} tracks {pointer.out} as a file"
        top = dvc_root(root)
        listing = None if top is None else load_listing(top, pointer.md5)
        if listing is not None:
            return _verify_inside(root, pointer, listing)
    if not (root / pointer.path).exists():
        return f"{pointer.path} is absent, {pointer.file} says {pointer.md5}"
    observed = compute_hash(root, pointer)
    if observed == pointer.md5:
        return None
    return f"{pointer.out} is {observed}, {pointer.file} says {pointer.md5}"


def compute_hash(root: Path, pointer: Pointer) -> str:
    """DVC's hash of what is on disk at `pointer.out` now; a folder's ends in `.dir`."""
    place = absolute(root / pointer.out)
    if place.is_dir():
        return hash_folder(place, dvc_root(root), legacy_text=pointer.legacy_text)
    return hash_file(place, legacy_text=pointer.legacy_text)


def _verify_inside(root: Path, pointer: Pointer, listing: Mapping[str, str]) -> str | None:
    inner = os.path.relpath(root / pointer.path, root / pointer.out).replace(os.sep, "/")
    place = absolute(root / pointer.path)
    if place.is_dir() or any(name.startswith(f"{inner}/") for name in listing):
        return _verify_subfolder(root, pointer, {k: v for k, v in listing.items() if k.startswith(f"{inner}/")})
    if inner not in listing:
        return f"{pointer.path} is not one of the files that {pointer.file} tracks in {pointer.out}"
    if not place.is_file():
        return f"{pointer.path} is absent, {pointer.file} says {listing[inner]}"
    observed = hash_file(place, legacy_text=pointer.legacy_text)
    if observed == listing[inner]:
        return None
    return f"{pointer.path} is {observed}, {pointer.file} says {listing[inner]}"


def _verify_subfolder(root: Path, pointer: Pointer, expected: Mapping[str, str]) -> str | None:
    """A folder inside a tracked folder: the same files with the same hashes."""
    out = absolute(root / pointer.out)
    base = dvc_root(root) or out
    files = walk_folder(absolute(root / pointer.path), base, rules_for(base, out))
    observed = {file.relative_to(out).as_posix(): hash_file(file, legacy_text=pointer.legacy_text) for file in files}
    differing = sorted(name for name in observed.keys() | expected.keys() if observed.get(name) != expected.get(name))
    if not differing:
        return None
    name = differing[0]
    return (
        f"{len(differing)} files of {pointer.path} differ from {pointer.file}, first "
        f"{name}: {observed.get(name, 'absent')}, expected {expected.get(name, 'absent')}"
    )


def _dvc_outs(file: Path, name: str) -> Iterator[tuple[Path, Any]]:
    raw = load_yaml(file, name)
    folder = file.parent / str(raw.get("wdir") or ".")
    outs = raw.get("outs")
    if not isinstance(outs, list) or not outs:
        raise malformed(name, "it has no 'outs'")
    yield from ((folder, out) for out in outs)


def _lock_outs(file: Path, name: str) -> Iterator[tuple[str, Path, Any]]:
    stages = locked_stages(file, name)
    folders = stage_folders(file.with_name("dvc.yaml"), stages)
    yield from ((stage, folders[stage], out) for stage, entry in stages.items() for out in entry.get("outs", []))


def _parse_out(root: Path, name: str, folder: Path, out: Any) -> Pointer:
    if not isinstance(out, dict) or not isinstance(out.get("path"), str) or not out["path"]:
        raise malformed(name, f"an out has no path: {out!r}")
    path = relative(folder / out["path"], root)
    kind, md5, files = out.get("hash"), out.get("md5"), out.get("files")
    if kind not in (None, "md5"):
        md5 = ""
    elif md5 is None and isinstance(files, list):
        md5 = _listed_hash(files)
    if md5 is None or md5 == "":
        return Pointer(file=name, out=path, path=path, md5="", is_dir=isinstance(files, list))
    size = out.get("size")
    if not isinstance(md5, str) or not _is_md5(md5.removesuffix(".dir")):
        raise malformed(name, f"the md5 of {out['path']!r} is {md5!r}")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
        raise malformed(name, f"the size of {out['path']!r} is {size!r}")
    is_dir = md5.endswith(".dir")
    return Pointer(file=name, out=path, path=path, md5=md5, is_dir=is_dir, size=size, legacy_text=kind is None)


def _listed_hash(files: list[Any]) -> str:
    """Hash of a folder whose files are listed in the pointer itself (a version-aware remote)."""
    try:
        return hash_listing([{"md5": str(entry["md5"]), "relpath": str(entry["relpath"])} for entry in files])
    except (KeyError, TypeError):
        return ""


def _is_md5(text: str) -> bool:
    return len(text) == 32 and all(character in "0123456789abcdef" for character in text)
