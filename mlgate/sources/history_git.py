"""A history on a Git ref of its own: commits of one file, `history.jsonl`, that share nothing with the branches.

The work tree, the index, HEAD and the branches are never touched, no hook runs, and nothing is ever pushed by force: a
push that comes second is refused by the remote, what the other has written is fetched, and the lines of both are kept.
Beside the ref, `refs/mlgate-remotes/REMOTE/...` remembers what the remote had when it was last asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mlgate.errors import SourceError
from mlgate.sources.git_process import GitProcess
from mlgate.sources.history_lines import Appended, Loaded, merge_lines, parse_lines

FILE = "history.jsonl"
ATTEMPTS = 12
"""Writers that may come first before this one gives up; of those that push at once, one always succeeds."""

PATIENCE = 4
"""Attempts that are refused although the remote has not moved; the first may have met a lock."""

MAX_BYTES = 64 * 2**20
NETWORK_S = 60.0
LOCAL_S = 30.0


@dataclass(frozen=True, slots=True)
class _Place:
    """A ref of a repository, and of its remote where it has one."""

    git: GitProcess
    ref: str
    remote: str | None

    @property
    def tracking(self) -> str:
        return f"refs/mlgate-remotes/{self.remote}/{self.ref.removeprefix('refs/')}"

    @property
    def where(self) -> str:
        return f"{self.ref} of this clone" if self.remote is None else f"{self.ref} of {self.remote}"


def append(
    ref: str, lines: Iterable[str], *, root: Path, now: datetime, pause: Callable[[float], None] = time.sleep
) -> Appended:
    """Add lines to the ref, here and on the remote.

    Parameters
    ----------
    ref : full name
    lines : entries, each on one line without its end
    root : a folder of the repository
    now : aware time, written into the commit
    pause : waits for that many seconds before the next attempt

    Raises
    ------
    SourceError
        There is no repository, the remote does not answer or refuses, or others came first in every attempt. The entry
        is then in the ref of this clone, and the next call pushes it.
    """
    place, added = _open(root, ref), list(lines)
    refusal = ""
    seen: list[str | None] = []
    for attempt in range(ATTEMPTS):
        if attempt:
            pause(min(2.0, 0.05 * 2**attempt))
        theirs = _fetch(place)
        if len(seen) >= PATIENCE and set(seen[-PATIENCE:]) == {theirs}:
            break  # nobody came first: the remote does not want it
        seen.append(theirs)
        refusal = _write(place, theirs, added, now) or _push(place, theirs)
        if not refusal:
            alone = "" if place.remote else "the repository has no remote, so no other clone sees it"
            return Appended(where=place.where, note=alone)
    raise SourceError(
        f"{place.where} could not be written in {len(seen)} attempts: {refusal}",
        hint=f"the entry is kept in {ref} of this clone and goes with the next; may this account push to {ref}?",
    )


def load(ref: str, *, root: Path) -> Loaded:
    """Entries of the ref, of this clone and of the remote together.

    Where the remote does not answer, what it had when it was last asked is read, and `stale` says why.

    Raises
    ------
    SourceError
        There is no repository, or the remote does not answer and was never asked before.
    """
    place, stale = _open(root, ref), ""
    try:
        theirs = _fetch(place)
    except SourceError as problem:
        theirs = _tip(place, place.tracking)
        if theirs is None and _tip(place, ref) is None:
            raise
        stale = problem.message
    note = "" if place.remote else "the repository has no remote: only runs of this clone are known"
    lines = [*_read(place, theirs), *_read(place, _tip(place, ref))]
    return parse_lines(lines, where=place.where, note=note, stale=stale)


def _open(root: Path, ref: str) -> _Place:
    git = GitProcess(root)
    found = git.run(["rev-parse", "--git-dir"], timeout_s=LOCAL_S)
    if found.code:
        raise SourceError(
            f"the history is kept in Git, which does not open the repository: {found.reason}",
            hint="run mlgate in the repository, or declare `history: {store: mlflow}`",
        )
    names = (git.answer(["remote"], timeout_s=LOCAL_S) or "").split()
    remote = "origin" if "origin" in names else names[0] if len(names) == 1 else None
    return _Place(git, ref, remote)


def _remote_tip(place: _Place) -> str | None:
    """Commit of the remote's ref; None where it has no such ref or there is no remote."""
    if place.remote is None:
        return None
    done = place.git.run(["ls-remote", "--quiet", place.remote, place.ref], timeout_s=NETWORK_S)
    if done.code:
        raise SourceError(
            f"{place.where} cannot be reached: {done.reason}",
            hint="is the remote there, and may this account read it? in CI, keep the credentials of the checkout",
        )
    for line in done.out.decode("utf-8", "replace").splitlines():
        commit, _, name = line.partition("\t")
        if name == place.ref:  # a pattern also matches the end of a longer name
            return commit
    return None


def _fetch(place: _Place) -> str | None:
    """Bring what the remote has; its commit, or None where it has nothing."""
    tip = _remote_tip(place)
    if tip is None or tip == _tip(place, place.tracking):
        return tip
    options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-gc", "--refmap="]
    done = place.git.run(["fetch", *options, place.remote or "", f"+{place.ref}:{place.tracking}"], timeout_s=NETWORK_S)
    found = _tip(place, place.tracking)
    if done.code and found != tip:  # another process of this clone may have brought it
        raise SourceError(f"{place.where} cannot be fetched: {done.reason}", hint="try again; is the disk full?")
    return found


def _tip(place: _Place, ref: str) -> str | None:
    return place.git.answer(["rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"], timeout_s=LOCAL_S)


def _read(place: _Place, commit: str | None) -> list[str]:
    """Lines of the file in a commit; bytes that are not UTF-8 are kept as they are. A partial clone fetches it now."""
    if commit is None:
        return []
    name = f"{commit}:{FILE}"
    size = place.git.answer(["cat-file", "-s", name], timeout_s=NETWORK_S)
    if size is None or int(size) > MAX_BYTES:
        fact = f"holds no {FILE}" if size is None else f"holds a {FILE} of {int(size):,} bytes"
        raise SourceError(
            f"{place.ref} ({commit[:9]}) {fact}", hint="name a ref of its own under `history` in mlgate.yaml"
        )
    done = place.git.run(["cat-file", "blob", name], timeout_s=NETWORK_S)
    if done.code:
        raise SourceError(f"{place.ref} cannot be read: {done.reason}", hint="check the repository with `git fsck`")
    return done.out.decode("utf-8", "surrogateescape").split("\n")


def _write(place: _Place, theirs: str | None, added: list[str], now: datetime) -> str:
    """Let the ref hold the lines of both sides and the new ones; why it cannot, empty where it does.

    It cannot where another process of this clone moves or locks it meanwhile.
    """
    ours = _tip(place, place.ref)
    before = merge_lines(_read(place, theirs))
    merged = merge_lines(before, _read(place, ours), added)
    parent = ours if theirs is None else theirs
    if theirs is not None and merged == before:
        target = theirs
    elif theirs is None and ours is not None and merged == merge_lines(_read(place, ours)):
        target = ours
    else:
        target = _commit(place, merged, parent, now)
    expected = ours or "0" * len(target)
    done = place.git.run(["update-ref", "-m", "mlgate history", place.ref, target, expected], timeout_s=LOCAL_S)
    return done.reason if done.code else ""


def _commit(place: _Place, lines: list[str], parent: str | None, now: datetime) -> str:
    content = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    blob = _made(place, ["hash-object", "-w", "-t", "blob", "--stdin"], content)
    tree = _made(place, ["mktree"], f"100644 blob {blob}\t{FILE}\n".encode())
    before = [] if parent is None else ["-p", parent]
    stamp = f"{int(now.astimezone(UTC).timestamp())} +0000"
    person = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "mlgate"), ("EMAIL", "mlgate@localhost"), ("DATE", stamp))
    }
    return _made(place, ["commit-tree", tree, *before], f"History of {len(lines)} entries\n".encode(), person)


def _made(place: _Place, arguments: list[str], content: bytes, environ: dict[str, str] | None = None) -> str:
    done = place.git.run(arguments, timeout_s=LOCAL_S, content=content, environ=environ)
    if done.code:
        raise SourceError(f"Git could not write the history: {done.reason}", hint="is the disk full or read-only?")
    return done.out.decode("ascii", "replace").strip()


def _push(place: _Place, theirs: str | None) -> str:
    """Push the ref unless the remote has it; why it was refused, empty where it was not."""
    ours = _tip(place, place.ref)
    if place.remote is None or ours is None or ours == theirs:
        return ""
    options = ["--quiet", "--no-verify", "--no-follow-tags", "--no-signed", "--recurse-submodules=no"]
    done = place.git.run(["push", *options, place.remote, f"{ours}:{place.ref}"], timeout_s=NETWORK_S)
    return done.reason if done.code else ""
