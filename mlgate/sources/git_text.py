"""Our own text files as they stand in a commit, and the commit whose files a change is held against."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from mlgate.errors import ConfigError, SourceError
from mlgate.sources import git
from mlgate.sources.git_base import Base, resolve_base
from mlgate.sources.git_process import GitProcess

MAX_BYTES = 5_000_000
TIMEOUT_S = 30.0


def find_merge_base(root: Path, *, fetch: bool, environ: Mapping[str, str] | None = None) -> Base | None:
    """The merge base of HEAD with the branch that it will be merged into; None where HEAD is a part of it already.

    Parameters
    ----------
    fetch : whether a shallow clone may be deepened from its remote
    environ : gives `GITHUB_BASE_REF`; default the process's

    Raises
    ------
    SourceError
        There is no repository, no commit or no such branch, or the common history is not here.
    """
    variables = os.environ if environ is None else environ
    branch, head = git.current_branch(root), git.head(root)
    if head is None:
        raise SourceError("there is no commit here to find the merge base of", hint="commit first")
    for name in git.merge_targets(root, variables.get("GITHUB_BASE_REF", "")):
        base = head if name == branch else git.merge_base(root, name)
        if base is not None:
            return None if base == head else Base(base, f"merge base with {name}")
    if not fetch:
        raise SourceError(
            "the merge base is not in this clone",
            hint="bring the whole history: `fetch-depth: 0` in the checkout step, or `git fetch --unshallow`",
        )
    found = resolve_base(root, environ=variables)
    return found if found.phrase.startswith("merge base") else None


def text_in(root: Path, commit: str, path: str) -> str | None:
    """Text of a file (POSIX, relative to `root`) in a commit; None where it has no such file.

    Raises
    ------
    ConfigError
        It is no plain file there, larger than `MAX_BYTES`, or not UTF-8.
    SourceError
        Git cannot read the commit.
    """
    process = GitProcess(root)
    prefix = git.answer(root, ["rev-parse", "--show-prefix"]) or ""
    listed = process.run(["ls-tree", "-l", "-z", "--full-tree", commit, "--", f"{prefix}{path}"], timeout_s=TIMEOUT_S)
    if listed.code:
        raise SourceError(
            f"Git cannot read commit {commit[:12]}: {listed.reason}", hint="fetch the whole history of the repository"
        )
    entry = listed.out.partition(b"\t")[0].split()
    if not entry:
        return None
    mode, _, blob, size = (part.decode("ascii", "replace") for part in entry)
    if mode not in ("100644", "100755"):
        raise ConfigError(f"is no plain file in commit {commit[:12]}", hint="replace it by a file", path=path)
    if int(size) > MAX_BYTES:
        raise ConfigError(f"is larger than {MAX_BYTES:,} bytes", hint="this is no configuration file", path=path)
    content = process.run(["cat-file", "blob", blob], timeout_s=TIMEOUT_S)
    if content.code:
        raise SourceError(
            f"Git cannot read {path} of commit {commit[:12]}: {content.reason}", hint="fetch the whole history"
        )
    try:
        return content.out.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        reason = f"is not UTF-8 text in commit {commit[:12]}: {problem.reason}"
        raise ConfigError(reason, hint="save the file as UTF-8", path=path) from None
