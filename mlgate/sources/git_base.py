"""The commit that this work started from: the merge base, also in a clone that holds a part of the history alone."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mlgate.errors import SourceError
from mlgate.sources import git
from mlgate.sources.redaction import redact

FETCH_TIMEOUT_S = 120.0
"""For one of at most `len(STEPS)` attempts."""

STEPS = ("--deepen=50", "--deepen=500", "--unshallow")
"""A branch is seldom longer than the first; the last brings the whole history."""

_MAX_BOUNDARIES = 200
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./#+-]{0,255}")
_SILENT = {"GIT_ASKPASS": "", "SSH_ASKPASS": "", "GCM_INTERACTIVE": "never"}


@dataclass(frozen=True, slots=True)
class Base:
    """The commit to compare with, and in words why it is this one."""

    commit: str
    phrase: str


def resolve_base(root: Path, *, environ: Mapping[str, str] | None = None) -> Base:
    """The merge base of HEAD with the branch that this work will be merged into.

    Where HEAD is a part of that branch already (a run on main), its first parent is taken: HEAD would be compared
    with itself, and the state before its merge is what such a run asks about.

    A shallow clone is deepened from its remote, in at most three attempts, each with a limit of time; Git never asks
    for a password. Elsewhere nothing is fetched, except the base branch that GitHub names and that is not here.

    Parameters
    ----------
    environ : gives `GITHUB_BASE_REF`; default the process's

    Raises
    ------
    SourceError
        There is no commit, no such branch, no common history, or no first parent; or it could not be fetched.
    """
    base_ref = (os.environ if environ is None else environ).get("GITHUB_BASE_REF", "")
    if git.head(root) is None:
        raise SourceError("there is no commit here to find the merge base of", hint="commit first, or name a revision")
    found = _find(root, base_ref)
    if found is not None:
        return found
    reason = ""
    for reason in _fetches(root, base_ref):
        found = _find(root, base_ref)
        if found is not None:
            return found
        if reason:
            break
    raise _not_found(root, base_ref, reason)


def _find(root: Path, base_ref: str) -> Base | None:
    """What can be told from the history that is here."""
    head, branch = git.head(root), git.current_branch(root)
    for name in git.merge_targets(root, base_ref):
        base = head if name == branch else git.merge_base(root, name)
        if base is None:
            continue
        if base != head:
            return Base(base, f"merge base with {name}")
        parent = git.answer(root, ["rev-parse", "--verify", "--quiet", "HEAD^1"])
        return None if parent is None else Base(parent, f"first parent of HEAD, which is part of {name} already")
    return None


def _fetches(root: Path, base_ref: str) -> Iterator[str]:
    """Bring more of the history, step by step; each item says why that step failed, empty where it did not."""
    remote = _remote(root)
    if remote is None:
        return
    if not _is_shallow(root):
        if base_ref:
            yield _fetch(root, [remote, *_branch_spec(remote, base_ref)])
        return
    target = base_ref or _default_branch(root, remote)
    for step in STEPS:
        # The boundary commits came from the remote, so that asking for them deepens whatever is checked out; a server
        # that gives no commit by its id is asked for its branches.
        specs = [*_boundaries(root), *_branch_spec(remote, target)]
        reason = _fetch(root, [step, remote, *specs])
        if reason:
            reason = _fetch(root, [step, remote])
        yield reason
        if not _is_shallow(root):
            return


def _remote(root: Path) -> str | None:
    names = (git.answer(root, ["remote"]) or "").splitlines()
    return "origin" if "origin" in names else next(iter(names), None)


def _is_shallow(root: Path) -> bool:
    return git.answer(root, ["rev-parse", "--is-shallow-repository"]) == "true"


def _boundaries(root: Path) -> list[str]:
    """Commits whose parents are not here; none where there are too many to name."""
    place = git.answer(root, ["rev-parse", "--git-path", "shallow"])
    try:
        names = (root / (place or "")).read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return []
    return names if len(names) <= _MAX_BOUNDARIES else []


def _branch_spec(remote: str, branch: str) -> list[str]:
    if not _BRANCH.fullmatch(branch) or ".." in branch:
        return []
    return [f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"]


def _default_branch(root: Path, remote: str) -> str:
    _, output = _run_network(root, ["ls-remote", "--symref", remote, "HEAD"])
    match = re.search(r"^ref: refs/heads/(\S+)\s+HEAD$", output, re.MULTILINE)
    return match[1] if match else ""


def _fetch(root: Path, arguments: Sequence[str]) -> str:
    """Why it failed; empty where it did not."""
    code, output = _run_network(root, ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *arguments])
    return "" if code == 0 else " ".join(redact(output).split())[-300:] or f"git exited with {code}"


def _run_network(root: Path, arguments: Sequence[str]) -> tuple[int, str]:
    """Exit code and output of a Git command that may reach a remote; it is ended with its children in time.

    It has no terminal and no helper that could ask for a password.
    """
    environment = git.environment() | _SILENT
    if "GIT_SSH_COMMAND" not in environment and git.answer(root, ["config", "core.sshCommand"]) is None:
        environment["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes"
    process = subprocess.Popen(
        ["git", "-c", "credential.interactive=false", "-c", "core.askPass=", *arguments],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=FETCH_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        _end_group(process.pid)
        process.communicate()
        return -signal.SIGKILL, f"no answer within {FETCH_TIMEOUT_S:g} s"
    finally:
        _end_group(process.pid)
    return process.returncode, output


def _end_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # nothing of the group is left after an ordinary end
        os.killpg(group, signal.SIGKILL)


def _not_found(root: Path, base_ref: str, reason: str) -> SourceError:
    names = git.merge_targets(root, base_ref)
    here = [name for name in names if git.answer(root, ["rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"])]
    subject = f"the merge base with {here[0] if here else names[0]}"
    if _is_shallow(root):
        why = f": {reason}" if reason else "" if _remote(root) else ", and it has no remote to bring the rest from"
        return SourceError(
            f"{subject} is not in this shallow clone{why}",
            hint="bring the whole history: `fetch-depth: 0` in the checkout step, or `git fetch --unshallow`",
        )
    if not here:
        return SourceError(
            f"there is no branch here to find the merge base with (looked for {', '.join(names)})"
            + (f": {reason}" if reason else ""),
            hint="fetch the branch that this work will be merged into, or name a revision: git:REV, dvc:REV",
        )
    if git.merge_base(root, here[0]) == git.head(root):
        return SourceError(
            f"HEAD is the first commit of {here[0]}: there is nothing before it to compare with",
            hint="commit on a branch of its own, or set `baseline: none` until there is a second commit",
        )
    return SourceError(
        f"HEAD and {here[0]} have no commit in common", hint="name a revision to compare with: git:REV or dvc:REV"
    )
