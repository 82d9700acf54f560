"""Whether a data file has another content than in a commit: by Git, or by the pointers of DVC; no data are read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlgate.config.document import load_document
from mlgate.errors import SourceError
from mlgate.sources import pointers
from mlgate.sources.git_process import GitProcess
from mlgate.sources.git_text import text_in

TIMEOUT_S = 60.0
OF_GIT, OF_DVC = "git", "dvc"


def changed_since(root: Path, commit: str, path: str) -> str | None:
    """`git` or `dvc`, whichever tracks the file, where its content differs from that in the commit; else None.

    None, too, where the commit does not have it, or nothing tracks it.

    Parameters
    ----------
    path : POSIX, relative to `root`; a glob only of files that Git tracks

    Raises
    ------
    SourceError
        Git does not answer, or a pointer cannot be read.
    ConfigError
        A pointer of the commit cannot be read.
    """
    pointer = None if any(mark in path for mark in "*?[") else pointers.find_pointer(root, path)
    if pointer is not None:
        before = text_in(root, commit, pointer.file)
        if before is None:
            return None
        now = (root / pointer.file).read_text(encoding="utf-8", errors="replace")
        here = {key: md5 for key, md5 in _outs(now, pointer.file) if _same(root, pointer.file, key[1], pointer.out)}
        old = dict(_outs(before, pointer.file))
        return OF_DVC if any(key in old and old[key] != md5 for key, md5 in here.items()) else None
    changed = GitProcess(root).run(
        [
            "diff",
            "--name-status",
            "--no-ext-diff",
            "--no-textconv",
            "--no-renames",
            "-z",
            commit,
            "--",
            f":(glob){path}",
        ],
        timeout_s=TIMEOUT_S,
    )
    if changed.code:
        raise SourceError(
            f"Git cannot compare {path} with commit {commit[:12]}: {changed.reason}", hint="see `git diff`"
        )
    kinds = changed.out.decode("utf-8", "surrogateescape").split("\0")[:-1:2]
    return OF_GIT if "M" in kinds else None


def _same(root: Path, file: str, out: str, tracked: str) -> bool:
    """Whether an entry of a pointer file, relative to that file, is what the pointer tracks."""
    place = os.path.normpath(root / Path(file).parent / out)
    return place == os.path.normpath(root / tracked)


def _outs(text: str, file: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Stage and path of each tracked file of a pointer file, and its md5."""
    raw = load_document(text, file).plain_data()
    if not isinstance(raw, dict):
        return
    stages = raw.get("stages")
    lists: Mapping[str, Any] = stages if isinstance(stages, dict) else {"": raw}
    for stage, held in lists.items():
        outs = held.get("outs") if isinstance(held, dict) else None
        for out in outs if isinstance(outs, list) else ():
            if isinstance(out, dict) and out.get("path"):
                yield (str(stage), str(out["path"])), str(out.get("md5"))
