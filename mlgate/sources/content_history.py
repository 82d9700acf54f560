"""Since when the history of HEAD holds the content that a path has now: by Git's blobs, or by the pointers of DVC."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mlgate.errors import SourceError
from mlgate.sources import pointers
from mlgate.sources.git_process import GitProcess

TIMEOUT_S = 120.0
MAX_FILES = 2_000
"""Files of a dataset: Git looks for the content of each."""
_POINTERS = (":(top,glob)**/*.dvc", ":(top,glob)**/dvc.lock")
_COMMIT = "\x1ecommit "
"""Starts the line of a commit: no line of a diff does."""
_HASH = re.compile(r"\b[0-9a-f]{32}\b")
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSeen:
    """The commit in which content first appeared.

    Parameters
    ----------
    since : date of the commit; None where no commit has it
    commit : its id; empty where there is none
    complete : whether the commit is not one at which a shallow history ends
    by : `git` or the pointer file of DVC
    """

    since: dt.datetime | None
    commit: str = ""
    complete: bool = True
    by: str = "git"


def first_seen(root: Path, paths: Sequence[str]) -> FirstSeen:
    """When the newest content of some files came into the history of HEAD.

    Parameters
    ----------
    root : a folder of the repository
    paths : files, or the folder of DVC that holds them; POSIX, relative to `root`

    Raises
    ------
    SourceError
        There is no repository or no commit, neither Git nor DVC tracks a file, or Git does not answer in time.
    """
    git = GitProcess(root)
    if git.answer(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], timeout_s=TIMEOUT_S) is None:
        raise SourceError(
            "there is no Git history here, so that it cannot be told how old the content is",
            hint="run mlgate in the repository",
        )
    if len(paths) > MAX_FILES:
        raise SourceError(
            f"{len(paths):,} files: the history is searched for {MAX_FILES:,} at most",
            hint="keep them as one folder in DVC, which has one hash",
        )
    ends = _shallow_ends(git)
    pointed = {path: pointers.find_pointer(root, path) for path in paths}
    plain = [path for path, pointer in pointed.items() if pointer is None]
    found = [*_of_pointers(git, [p for p in pointed.values() if p], ends), *_of_blobs(git, plain, ends)]
    new = next((one for one in found if one.since is None), None)
    newest = new or max(found, key=lambda one: (one.since or _NEVER, one.complete))
    return newest if newest.complete else replace(newest, complete=_is_first(git, newest.commit))


def _is_first(git: GitProcess, commit: str) -> bool:
    """Whether nothing was ever before a commit: Git also lists those where a history of that very depth ends."""
    done = git.run(["cat-file", "commit", commit], timeout_s=TIMEOUT_S)
    return not done.code and b"\nparent " not in done.out.partition(b"\n\n")[0]


def _shallow_ends(git: GitProcess) -> frozenset[str]:
    """Commits at which the history ends because no more of it was fetched."""
    name = git.answer(["rev-parse", "--git-path", "shallow"], timeout_s=TIMEOUT_S)
    place = git.root / name if name else None
    if place is None or not place.is_file():
        return frozenset()
    return frozenset(place.read_text(encoding="ascii", errors="replace").split())


def _of_pointers(git: GitProcess, found: Sequence[pointers.Pointer], ends: frozenset[str]) -> list[FirstSeen]:
    """By the commit that first wrote a hash into any pointer file."""
    wanted = {pointer.md5.removesuffix(".dir"): pointer.file for pointer in found}
    if not wanted:
        return []
    nameless = next((pointer.file for pointer in found if not pointer.md5), None)
    if nameless is not None:
        raise SourceError(
            f"{nameless} holds no md5: it cannot be told how old the content is", hint="`dvc commit` writes one"
        )
    files = sorted(set(wanted.values()))
    _tracked(git, files)
    changed = _changed(git, files)
    lines = _log(git, ["-p", "-U0", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv", "--", *_POINTERS])
    came = _came(lines, lambda line: _HASH.findall(line) if line.startswith("+") else [])
    return [_oldest(came.get(md5, []), ends, by=file, changed=changed) for md5, file in wanted.items()]


def _of_blobs(git: GitProcess, paths: Sequence[str], ends: frozenset[str]) -> list[FirstSeen]:
    """By the commit that first had each file's bytes, under whatever name."""
    if not paths:
        return []
    absent = next((path for path in paths if not (git.root / path).is_file()), None)
    if absent is not None:
        raise SourceError(f"{absent} does not exist", hint="restore it, or correct the path")
    blobs = sorted(set(_tracked(git, paths).values()))
    if _changed(git, paths):
        return [FirstSeen(since=None)]
    lines = _log(git, ["--raw", "--no-abbrev", "--no-renames", *(f"--find-object={blob}" for blob in blobs)])
    came = _came(lines, lambda line: [line.split()[3]] if line.startswith(":") else [])
    return [_oldest(came.get(blob, []), ends, by="git", changed=False) for blob in blobs]


def _came(lines: Iterable[str], named: Callable[[str], list[str]]) -> dict[str, list[tuple[dt.datetime, str]]]:
    """When each content that the lines of a log name came, as (date, commit)."""
    found: dict[str, list[tuple[dt.datetime, str]]] = {}
    commit, date = "", _NEVER
    for line in lines:
        if line.startswith(_COMMIT):
            commit, _, text = line.removeprefix(_COMMIT).partition(" ")
            date = dt.datetime.fromisoformat(text)
        for content in named(line):
            found.setdefault(content, []).append((date, commit))
    return found


def _changed(git: GitProcess, paths: Sequence[str]) -> bool:
    """Whether one of the files differs from HEAD."""
    done = git.run(["status", "--porcelain", "--untracked-files=no", "--", *_literal(paths)], timeout_s=TIMEOUT_S)
    return bool(done.code or done.out.strip())


def _tracked(git: GitProcess, paths: Sequence[str]) -> dict[str, str]:
    """The blob of each file in the index.

    Raises
    ------
    SourceError
        Git does not track one.
    """
    done = git.run(["ls-files", "--stage", "-z", "--", *_literal(paths)], timeout_s=TIMEOUT_S)
    found = {}
    for entry in done.out.decode("utf-8", "surrogateescape").split("\0"):
        if entry:
            facts, _, name = entry.partition("\t")
            found[name] = facts.split()[1]
    missing = [path for path in paths if path not in found]
    if missing:
        raise SourceError(
            f"{missing[0]} is tracked neither by Git nor by DVC: it cannot be told how old its content is",
            hint="`git add` or `dvc add` it, and commit",
        )
    return {path: found[path] for path in paths}


def _literal(paths: Iterable[str]) -> list[str]:
    return [f":(literal){path}" for path in paths]


def _log(git: GitProcess, arguments: Sequence[str]) -> list[str]:
    """The log of HEAD; of a merge against each of its parents, since it may bring what none of them has."""
    done = git.run(["log", "-m", f"--format={_COMMIT}%H %cI", "HEAD", *arguments], timeout_s=TIMEOUT_S)
    if done.code:
        raise SourceError(f"Git cannot search its history: {done.reason}", hint="check the repository with `git fsck`")
    return done.out.decode("utf-8", "replace").split("\n")


def _oldest(seen: Sequence[tuple[dt.datetime, str]], ends: frozenset[str], *, by: str, changed: bool) -> FirstSeen:
    if seen:
        since, commit = min(seen)
        return FirstSeen(since=since, commit=commit, complete=commit not in ends, by=by)
    if not changed:
        raise SourceError(
            "the content is committed, and no commit of this history brought it",
            hint="check the repository with `git fsck`",
        )
    return FirstSeen(since=None, by=by)
