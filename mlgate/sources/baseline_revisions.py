"""Predictions or metrics as they were in a revision of Git or DVC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from mlgate.config.references import Reference
from mlgate.errors import SourceError
from mlgate.sources import dvc, dvc_revisions, git, git_base
from mlgate.sources.records import predictions_name, run_name
from mlgate.sources.shards import is_glob, matching

DVC_TIMEOUT_S = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Files of a revision.

    Parameters
    ----------
    kind : `git` or `dvc`
    revision : as written, or the commit where none is
    commit : its full id
    phrase : how it was found, e.g. `git revision main (1f0c2d3e4), out/p.csv`
    paths : POSIX, relative to the project, at least one
    """

    kind: str
    revision: str
    commit: str
    phrase: str
    paths: tuple[str, ...]


def find(reference: Reference, root: Path, patterns: Sequence[str]) -> Source:
    """The files that a reference names in its revision, else those of the paths or globs of the candidate.

    Without a revision it is the merge base, see `git_base.resolve_base`. Whether a plain path is there is not asked.

    Raises
    ------
    SourceError
        The revision is not known, or a glob names nothing in it.
    """
    if reference.target:
        revision = reference.target
        commit, _ = git.resolve_commit(root, revision)
        named = f"revision {revision}"
    else:
        base = git_base.resolve_base(root)
        revision, commit, named = base.commit, base.commit, base.phrase
    wanted = (reference.path,) if reference.path else tuple(patterns)
    paths = [path for pattern in wanted for path in _expanded(reference.kind, root, commit, pattern)]
    return Source(
        kind=reference.kind,
        revision=revision,
        commit=commit,
        phrase=f"{reference.kind} {named} ({commit[:9]}), {', '.join(wanted)}",
        paths=tuple(dict.fromkeys(paths)),
    )


def _expanded(kind: str, root: Path, commit: str, pattern: str) -> list[str]:
    if not is_glob(pattern):
        return [pattern]
    if kind == "git":
        names = git.list_files_of(root, commit)
    else:
        folder = "/".join(takewhile(lambda part: not is_glob(part), pattern.split("/"))) or "."
        names = dvc_revisions.list_files(root, commit, folder)
    found = matching(names, pattern)
    if not found:
        raise SourceError(
            f"no file that {'Git' if kind == 'git' else 'DVC'} tracks in revision {commit[:9]} matches {pattern}",
            hint=f"name files that are tracked there, for example `{kind}:{commit[:9]}:PATH`",
        )
    return found


def require_files(source: Source, root: Path) -> None:
    """Whether every file is in the revision; their content is not brought here.

    Raises
    ------
    SourceError
        One is not.
    """
    require_file = git.require_file if source.kind == "git" else dvc_revisions.require_file
    for path in source.paths:
        require_file(root, source.revision, path)


def fetch(
    source: Source, root: Path, work: Path, *, also_git: bool = False, timeout_s: float = DVC_TIMEOUT_S
) -> tuple[Path, ...]:
    """Write the files below `work`, in the order of `source.paths`.

    `timeout_s` is for each file of DVC. `also_git` takes a file that Git tracks in a revision of DVC: metrics files
    are often kept out of its cache.

    Raises
    ------
    SourceError
        A file is not in the revision, or its content cannot be brought.
    """
    single = len(source.paths) == 1
    targets = []
    for number, path in enumerate(source.paths):
        target = work / (predictions_name(path) if single else run_name(path, number))
        if source.kind == "git" or (also_git and _is_in_git(source, root, path)):
            git.show_file(root, source.revision, path, target)
        else:
            dvc.get(root, source.revision, path, target, timeout_s=timeout_s)
        targets.append(target)
    return tuple(targets)


def _is_in_git(source: Source, root: Path, path: str) -> bool:
    try:
        git.require_file(root, source.revision, path)
    except SourceError:
        return False
    return True
