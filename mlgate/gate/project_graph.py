"""The graph of a project's imports; what the source of a file asks for is kept by the digest of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from mlgate.pyramid.closure import Graph, build_graph
from mlgate.pyramid.imports import VERSION, Asked, asked_by
from mlgate.sources.content_digests import ContentDigests
from mlgate.sources.lint_cache import kept_folder, read_cache, write_kept
from mlgate.sources.parallel import cores, in_processes
from mlgate.sources.project_tree import list_project
from mlgate.sources.python_sources import read_source

CHUNK = 100
"""Files that a process searches at once."""
POOL_FROM = 600
"""From so many files on, processes of our own pay for their start."""
MOST_KEPT = 50_000


def reuse_folder(root: Path) -> Path:
    """Where a project's digests, sources and proofs are kept unless a person names another folder."""
    return Path(kept_folder(str(root), "reuse"))


def project_graph(
    root: Path,
    *,
    listed: Sequence[str] | None = None,
    digests: ContentDigests | None = None,
    folder: Path | None = None,
) -> Graph:
    """The graph of the Python files of a project, as they are on disk.

    Parameters
    ----------
    root : absolute folder of the project
    listed : paths of all its files, where they are known
    digests : of its files, where they are at hand
    folder : where answers are kept from run to run
    """
    folder = folder or reuse_folder(root)
    own = digests is None
    digests = digests or ContentDigests(root, folder / "digests.json")
    python = [path for path in (list_project(root) if listed is None else listed) if path.endswith(".py")]
    asked = _asked(root, {path: digests.of(path) for path in python}, folder / f"imports-{VERSION}.json")
    if own:
        digests.save()
    return build_graph(asked)


def _asked(root: Path, digests: Mapping[str, str], kept_file: Path) -> dict[str, Asked]:
    """What each file asks for: known from an earlier run, or searched now."""
    kept = read_cache(str(kept_file))
    new = {path: digest for path, digest in digests.items() if digest not in kept}
    found = dict(zip(new, _search(root, list(new)), strict=True))
    if new:
        kept |= {new[path]: _to_json(asked) for path, asked in found.items()}
        for name in list(kept)[: max(0, len(kept) - MOST_KEPT)]:
            del kept[name]
        write_kept(str(kept_file), kept)
    return {
        path: found[path] if path in found else _from_json(kept[digest]) for path, digest in sorted(digests.items())
    }


def _search(root: Path, paths: list[str]) -> list[Asked]:
    if len(paths) < POOL_FROM or cores() == 1:
        return [asked_by(read_source(root, path)) for path in paths]
    chunks = [(root, paths[first : first + CHUNK]) for first in range(0, len(paths), CHUNK)]
    found: list[Asked] = []
    for chunk, done in in_processes(search_chunk, chunks, workers=cores()):
        found += search_chunk(chunk) if done is None else done
    return found


def search_chunk(chunk: tuple[Path, list[str]]) -> list[Asked]:
    """What some files ask for; called in a process of its own."""
    root, paths = chunk
    return [asked_by(read_source(root, path)) for path in paths]


def _to_json(asked: Asked) -> list[Any]:
    return [getattr(asked, field.name) for field in fields(Asked)]


def _from_json(raw: list[Any]) -> Asked:
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in raw]
    return Asked(**dict(zip((field.name for field in fields(Asked)), values, strict=True)))
