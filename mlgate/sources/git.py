"""Facts from Git. Everything works without Git and outside a repository: then a fact is None."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlgate.errors import SourceError

TIMEOUT_S = 60.0
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_REPOSITORY_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE")


@dataclass(frozen=True, slots=True, kw_only=True)
class GitState:
    """What is checked out.

    Parameters
    ----------
    commit : full id of HEAD
    dirty : whether a tracked file differs from HEAD
    branch : name of the branch; for a detached HEAD on GitHub the pull request's branch
    base : full id of the merge base with the branch that this work will be merged into
    top : absolute folder of the repository's work tree
    """

    commit: str | None = None
    dirty: bool | None = None
    branch: str | None = None
    base: str | None = None
    top: Path | None = None


def describe(root: Path, *, environ: Mapping[str, str] | None = None) -> GitState:
    """State of the repository around `root`; every field is None where there is no Git or no repository.

    `environ` (default: the process's) gives `GITHUB_BASE_REF`, `GITHUB_HEAD_REF` and `GITHUB_REF_NAME`.
    """
    variables = os.environ if environ is None else environ
    top = answer(root, ["rev-parse", "--show-toplevel"])
    if top is None:
        return GitState()
    commit = head(root)
    status = _run(root, ["status", "--porcelain", "--untracked-files=no"])
    branch = current_branch(root)
    return GitState(
        commit=commit,
        dirty=None if status is None or status.returncode else bool(status.stdout.strip()),
        branch=branch or variables.get("GITHUB_HEAD_REF") or variables.get("GITHUB_REF_NAME") or None,
        base=None if commit is None else _merge_base(root, branch, variables.get("GITHUB_BASE_REF", "")),
        top=Path(top),
    )


def head(root: Path) -> str | None:
    """Full id of HEAD; None where there is no commit, no repository or no Git."""
    return answer(root, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])


def current_branch(root: Path) -> str | None:
    """The branch that is checked out; None for a detached HEAD."""
    return answer(root, ["symbolic-ref", "--quiet", "--short", "HEAD"])


def commits_between(root: Path, a: str, b: str) -> int | None:
    """Number of commits that are reachable from `b` and not from `a`; None where that is not known.

    Any text may be given: what is no revision here is not known.
    """
    if a.startswith("-") or b.startswith("-"):
        return None
    count = answer(root, ["rev-list", "--count", f"{a}..{b}", "--"])
    return int(count) if count is not None and count.isdigit() else None


def resolve_commit(root: Path, revision: str) -> tuple[str, str]:
    """Full id and committer date (ISO 8601 with offset) of a revision.

    Raises
    ------
    SourceError
        There is no such revision here, no repository, or no Git.
    """
    found = None if revision.startswith("-") else answer(root, ["log", "-1", "--format=%H %cI", revision, "--"])
    if not found:
        raise SourceError(
            f"revision {revision!r} is not known here",
            hint="fetch it first; on GitHub set `fetch-depth: 0` in the checkout step",
        )
    commit, _, date = found.partition(" ")
    return commit, date


def show_file(root: Path, rev: str, path: str, destination: Path) -> Path:
    """Write the file `path` (POSIX, relative to `root`) as it was in `rev` to `destination`, as a checkout would.

    Raises
    ------
    SourceError
        The revision or the file is not known, or the file is a Git LFS pointer whose content is not here.
    """
    commit, _ = resolve_commit(root, rev)
    name = require_file(root, rev, path)
    result = _run(root, ["cat-file", "--filters", name])
    if result is None or result.returncode:
        raise SourceError(
            f"Git cannot give {path} of revision {rev} ({commit[:9]})",
            hint=f"see why with `git cat-file --filters {commit[:9]}:./{path}`",
        )
    if result.stdout.startswith(_LFS_POINTER):
        raise SourceError(
            f"{path} of revision {rev} is a Git LFS pointer, its content is not here",
            hint="install git-lfs and run `git lfs install`",
        )
    write_atomically(destination, result.stdout)
    return destination


def require_file(root: Path, rev: str, path: str) -> str:
    """Git's name `COMMIT:PATH` of the file `path` (POSIX, relative to `root`) in `rev`, which is not read.

    Raises
    ------
    SourceError
        The revision is not known, or it has no such file.
    """
    commit, _ = resolve_commit(root, rev)
    prefix = answer(root, ["rev-parse", "--show-prefix"]) or ""
    name = f"{commit}:{prefix}{path}"
    if answer(root, ["cat-file", "-t", name]) != "blob":
        raise SourceError(
            f"{path} is not in revision {rev} ({commit[:9]})",
            hint=f"name a file that Git tracks there, for example `git:{rev}:PATH`; data of DVC is `dvc:{rev}:PATH`",
        )
    return name


def list_files(root: Path, patterns: Sequence[str]) -> list[str]:
    """Files below `root` that match a Git pathspec, tracked or new but not ignored; POSIX, relative to `root`."""
    result = _run(root, ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns])
    if result is None or result.returncode:
        return []
    names = result.stdout.decode("utf-8", "surrogateescape").split("\0")
    return sorted({name for name in names if name})


def list_files_of(root: Path, rev: str) -> list[str]:
    """Files below `root` that a revision holds; POSIX, relative to `root`.

    Raises
    ------
    SourceError
        The revision is not known.
    """
    commit, _ = resolve_commit(root, rev)
    result = _run(root, ["ls-tree", "-r", "-z", "--name-only", commit])
    if result is None or result.returncode:
        return []
    names = result.stdout.decode("utf-8", "surrogateescape").split("\0")
    return sorted(name for name in names if name)


def write_atomically(destination: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old or the new content, never half of it."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=destination.parent, prefix=f".{destination.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(destination)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def merge_targets(root: Path, base_ref: str) -> list[str]:
    """Names of the branch that this work will be merged into, likeliest first; some may not exist here.

    `base_ref` is the base branch that GitHub names, or empty: then the default branch of the remote, or main.
    """
    if base_ref:
        return [f"origin/{base_ref}", base_ref]
    default = answer(root, ["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"])
    names = [default or "", "origin/main", "origin/master", "main", "master"]
    return list(dict.fromkeys(name for name in names if name))


def merge_base(root: Path, name: str) -> str | None:
    """Merge base of HEAD with a revision; None where one of them or their common history is not here."""
    return None if name.startswith("-") else answer(root, ["merge-base", "HEAD", name])


def _merge_base(root: Path, branch: str | None, base_ref: str) -> str | None:
    """Merge base of HEAD with the first branch to merge into that exists here."""
    names = (name for name in merge_targets(root, base_ref) if name != branch)
    return next((base for name in names if (base := merge_base(root, name)) is not None), None)


def answer(root: Path, arguments: Sequence[str]) -> str | None:
    """What one Git command prints, stripped; None where it fails or prints nothing."""
    result = _run(root, arguments)
    if result is None or result.returncode:
        return None
    return result.stdout.decode("utf-8", "surrogateescape").strip() or None


def environment() -> dict[str, str]:
    """The environment of a Git command: nothing ties it to a hook's repository, and it asks nobody."""
    # A commit hook inherits variables that tie Git to the hook's repository and index.
    inherited = {name: value for name, value in os.environ.items() if name not in _REPOSITORY_VARIABLES}
    return inherited | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def _run(root: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes] | None:
    """One Git command in `root`; None where Git or the folder is absent, or it takes too long."""
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=root,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):  # ValueError: an argument that no process can be given
        return None
