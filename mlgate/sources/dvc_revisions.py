"""What DVC tracks in another revision, without bringing it here."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from mlgate.errors import SourceError
from mlgate.sources import git, pointers
from mlgate.sources.dvc_command import json_of, last_lines, run_dvc

LIST_TIMEOUT_S = 300.0


def require_file(root: Path, rev: str, path: str) -> str:
    """The md5 that revision `rev` records for the file `path` (POSIX, relative to `root`); its data is not downloaded.

    Raises
    ------
    SourceError
        There is no DVC here, the revision is not known, or DVC tracks no such file in it.
    """
    commit, _ = git.resolve_commit(root, rev)
    top = pointers.dvc_root(root)
    if top is None:
        raise SourceError(f"dvc:{rev}: there is no DVC repository here", hint="use `git:REV:PATH`, or run `dvc init`")
    subject = f"{path} of revision {rev} ({commit[:9]})"
    inner = PurePosixPath(os.path.relpath(root / path, top)).as_posix()
    listing = ["ls", str(top), inner, "--rev", commit, "--json", "--show-hash"]
    code, output = run_dvc(root, listing, timeout_s=LIST_TIMEOUT_S)
    entries = json_of(output) if code == 0 else None
    if not isinstance(entries, list):
        raise SourceError(
            f"DVC does not track {subject}: {last_lines(output)}",
            hint=f"name a file that DVC tracks there, for example `dvc:{rev}:PATH`",
        )
    files = [entry for entry in entries if entry.get("path") == PurePosixPath(path).name and not entry.get("isdir")]
    if len(entries) != 1 or not files:
        raise SourceError(f"{subject} is a folder", hint="name one predictions file in it")
    if not files[0].get("md5"):
        raise SourceError(
            f"{subject} is not tracked by DVC with an md5", hint="a file that Git tracks is `git:REV:PATH`"
        )
    return str(files[0]["md5"])


def list_files(root: Path, rev: str, folder: str) -> list[str]:
    """Files that DVC tracks below a folder (POSIX, relative to `root`) in a revision; none where there is no folder.

    Raises
    ------
    SourceError
        There is no DVC here, or the revision is not known.
    """
    commit, _ = git.resolve_commit(root, rev)
    top = pointers.dvc_root(root)
    if top is None:
        raise SourceError(f"dvc:{rev}: there is no DVC repository here", hint="use `git:REV:PATH`, or run `dvc init`")
    inner = PurePosixPath(os.path.relpath(root / folder, top)).as_posix()
    listing = ["ls", str(top), inner, "--rev", commit, "--json", "--recursive", "--dvc-only"]
    code, output = run_dvc(root, listing, timeout_s=LIST_TIMEOUT_S)
    entries = json_of(output) if code == 0 else None
    if not isinstance(entries, list):
        return []
    return sorted(PurePosixPath(folder, entry["path"]).as_posix() for entry in entries if not entry.get("isdir"))
