"""Keeps what was found in files from one run to the next, where no commit can reach it: in `.git`, or with the user.

A file that is damaged, was written by another version, or cannot be read counts as none. What is kept is JSON with a
digest of itself; nothing is unpickled.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from typing import Any

from mlgate.sources.lint_files import git_top

_JUDGING = (
    ("lint", ""),
    ("gate", "lint"),
    (os.path.join("data", "pii"), ""),
    ("sources", "source_text"),
    ("sources", "project_modules"),
)
"""Folders of our source on which findings hang, and how the names of such modules begin."""
KEPT_FILES = 6
"""Newest files that are kept of a repository: one for each set of rules and settings that is in use."""


def cache_file(root: str, key: str) -> str:
    """Where the findings of a project are kept, by a key of all that they hang on besides the files."""
    name = _digest(f"{os.path.realpath(root)} {key}".encode())
    return os.path.join(kept_folder(root, "lint"), f"{name}.json")


def read_cache(path: str) -> dict[str, Any]:
    """What was kept, by path; nothing where there is nothing that can be trusted."""
    try:
        with open(path, "rb") as stream:
            digest, _, body = stream.read().partition(b"\n")
        if digest.decode("ascii") != _digest(body):
            return {}
        kept = json.loads(body)
    except (OSError, ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}


def write_cache(path: str, kept: dict[str, Any]) -> None:
    """Keep findings for the next run; the oldest of a folder give way."""
    write_kept(path, kept)
    with suppress(OSError):
        _remove_old(os.path.dirname(path))


def write_kept(path: str, kept: dict[str, Any]) -> None:
    """Keep a file for the next run, as a whole or not at all; where that fails, the next run takes longer."""
    body = json.dumps(kept, allow_nan=False, separators=(",", ":")).encode()
    folder = os.path.dirname(path)
    with suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".kept-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(_digest(body).encode() + b"\n" + body)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise


def _remove_old(folder: str) -> None:
    found = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".json")]
    for path in sorted(found, key=os.path.getmtime)[:-KEPT_FILES]:
        os.unlink(path)


def kept_folder(root: str, part: str) -> str:
    """`mlgate/PART` in the folder of Git, where that is one; else in the user's folder for caches."""
    top = git_top(os.path.realpath(root))
    git = os.path.join(top, ".git") if top else ""
    if git and os.path.isdir(git) and os.path.isfile(os.path.join(git, "HEAD")):
        return os.path.join(git, "mlgate", part)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(home, "mlgate", part, _digest(os.path.realpath(top or root).encode()))


@cache
def rules_version() -> str:
    """A digest of the source of all that judges, and of the Python that parses: any change of them starts anew."""
    import sys

    import mlgate

    seen = blake2b(f"{mlgate.__version__} {sys.version}".encode(), digest_size=16)
    top = os.path.dirname(os.path.abspath(mlgate.__file__))
    for part, start in _JUDGING:
        for folder, folders, names in os.walk(os.path.join(top, part)):
            folders.sort()
            for name in sorted(names):
                if name.startswith(start) and name.endswith(".py"):
                    with open(os.path.join(folder, name), "rb") as stream:
                        seen.update(name.encode() + stream.read())
    return seen.hexdigest()


def _digest(raw: bytes) -> str:
    return blake2b(raw, digest_size=16).hexdigest()
