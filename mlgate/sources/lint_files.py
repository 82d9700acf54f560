"""Which files a lint run reads: Python files and notebooks among the paths that a person or a hook names.

Written with `os` alone: a commit hook imports this module.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

CONFIG_NAME = "mlgate.yaml"
PYTHON, WINDOWED, NOTEBOOK = ".py", ".pyw", ".ipynb"
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "env", "build", "dist", "site-packages", "__pypackages__"})


class Named(NamedTuple):
    """A file to judge.

    Parameters
    ----------
    path : absolute, as it was named: symbolic links are not followed
    problem : why it cannot be judged; empty otherwise
    skip : why it is not judged although it was named; empty otherwise
    """

    path: str
    problem: str = ""
    skip: str = ""


def list_files(paths: Sequence[str], start: str, *, is_ignored: Callable[[str], bool]) -> list[Named]:
    """Python files and notebooks that `paths` name, each once, in the order of their paths.

    Folders are searched, but not hidden ones, nor environments, builds and caches inside them. A file that is named
    itself is judged wherever it lies, unless `is_ignored` says so of its absolute path.
    """
    found: dict[str, Named] = {}
    real: set[str] = set()
    for path in paths:
        whole = os.path.abspath(os.path.join(start, path))
        for named in _below(whole, is_ignored) if os.path.isdir(whole) else [_named(whole, is_ignored)]:
            target = os.path.realpath(named.path)
            if target not in real:
                real.add(target)
                found[named.path] = named
    return [found[path] for path in sorted(found)]


def _named(path: str, is_ignored: Callable[[str], bool]) -> Named:
    if not os.path.lexists(path):
        return Named(path, problem="there is no such file or folder")
    if is_ignored(path):
        return Named(path, skip="ignored by `lint.ignore` of mlgate.yaml")
    if path.endswith((PYTHON, WINDOWED, NOTEBOOK)) or not os.path.isfile(path) or _has_python_shebang(path):
        return _judged(path)
    return Named(path, skip="no Python file and no notebook")


def _judged(path: str) -> Named:
    """A file, unless it is none: a link that leads nowhere or in a circle, a pipe."""
    if os.path.isfile(path):
        return Named(path)
    return Named(path, problem="a symbolic link that leads to no file" if os.path.islink(path) else "no regular file")


def _below(top: str, is_ignored: Callable[[str], bool]) -> Iterator[Named]:
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _SKIPPED
            and not name.endswith(".egg-info")
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        )
        for name in sorted(names):
            if name.endswith((PYTHON, WINDOWED, NOTEBOOK)) and not name.startswith("."):
                path = os.path.join(folder, name)
                if not is_ignored(path):
                    yield _judged(path)


def printable(path: str) -> str:
    """A path as text that can be written, also where the name of a file holds bytes that are no UTF-8."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


def _has_python_shebang(path: str) -> bool:
    if path.endswith(".pyi"):
        return False
    try:
        with open(path, "rb") as stream:
            first = stream.readline(200)
    except OSError:
        return True  # reading it will say what is wrong
    return first.startswith(b"#!") and b"python" in first


def git_top(folder: str) -> str | None:
    """Nearest folder upwards that holds `.git`; None outside a repository."""
    return next((place for place in upwards(folder) if os.path.lexists(os.path.join(place, ".git"))), None)


def config_above(folder: str) -> str | None:
    """The nearest `mlgate.yaml` from a folder up to the top of its repository (of the disk, outside of one)."""
    for place in upwards(folder):
        path = os.path.join(place, CONFIG_NAME)
        if os.path.isfile(path):
            return path
        if os.path.lexists(os.path.join(place, ".git")):
            return None
    return None


def upwards(folder: str) -> Iterator[str]:
    """A folder and all that it lies in, the nearest first."""
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above
