"""The project as it is now, in digests: what all proofs of a run are held against."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

import mlgate
from mlgate.gate.project_graph import project_graph
from mlgate.pyramid.closure import Graph, closure, static_closure
from mlgate.pyramid.proofs import digest_of
from mlgate.sources import git
from mlgate.sources.content_digests import ABSENT, ContentDigests
from mlgate.sources.files import repository_top
from mlgate.sources.project_tree import changed_since, leads_outside, list_ignored, list_project, names_in, total_size
from mlgate.sources.test_environment import TestEnvironment, describe_environment

MOST_IGNORED, MOST_NAMES, MOST_OUTSIDE = 5_000, 50_000, 10_000
MOST_BYTES = 2 << 30
DOCUMENTATION = (".md", ".rst")
SETTINGS = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_SLACK_NS = 20_000_000
"""The clock of a file system may be so far behind."""


class ProjectState:
    """Digests of the files of a project; each is taken once, until `forget`.

    Parameters
    ----------
    root : absolute folder of the project
    folder : where digests and sources are kept from run to run
    left_out : folder of this run's own report, which is no part of the project
    """

    def __init__(self, root: Path, folder: Path, left_out: Path | None = None) -> None:
        self.root = root
        self.folder = folder
        self.digests = ContentDigests(root, folder / "digests.json")
        self._left_out = "" if left_out is None else self.shown(os.path.abspath(left_out)) + "/"  # noqa: PTH100  # links stay
        self._closures: dict[str, frozenset[str]] = {}
        self._environments: dict[tuple[str, ...], TestEnvironment] = {}
        self._outside: dict[tuple[str, ...], str] = {}
        self._gate = ""

    def forget(self) -> None:
        """Look at everything anew."""
        self.digests.forget()
        self._closures.clear()
        self._environments.clear()
        self._outside.clear()
        self._gate = ""
        for name in (
            "listed",
            "ignored",
            "beyond",
            "graph",
            "names",
            "data",
            "everything",
            "existing",
            "sizes",
            "head",
        ):
            self.__dict__.pop(name, None)

    @cached_property
    def listed(self) -> tuple[str, ...]:
        """Paths of the files of the project."""
        return tuple(path for path in list_project(self.root) if not self._is_left_out(path))

    @cached_property
    def ignored(self) -> tuple[str, ...] | None:
        """Paths of the files that Git ignores; None where they are too many to look at."""
        found = list_ignored(self.root, MOST_IGNORED)
        if found is None or total_size(self.root, found) > MOST_BYTES:
            return None
        return tuple(path for path in found if not self._is_left_out(path))

    @cached_property
    def beyond(self) -> tuple[str, ...] | None:
        """Absolute paths of the repository's files outside of the project's folder; None where they are too many."""
        top = repository_top(self.root)
        if top is None or top == self.root:
            return ()
        ignored = list_ignored(top, MOST_IGNORED)
        if ignored is None or total_size(top, ignored) > MOST_BYTES or leads_outside(top, ignored):
            return None
        inside = f"{self.root.relative_to(top).as_posix()}/"
        return tuple(f"{top}/{path}" for path in (*list_project(top), *ignored) if not path.startswith(inside))

    @cached_property
    def graph(self) -> Graph:
        return project_graph(self.root, listed=self.listed, digests=self.digests, folder=self.folder)

    @cached_property
    def names(self) -> str:
        """The names of all files that are neither Python nor documentation: a new one may be found by a test."""
        return digest_of([path for path in self.listed if _is_data(path)])

    @cached_property
    def data(self) -> str:
        """The content of all those files, and of those that Git ignores; empty where that is too much."""
        return self._content(_is_data)

    @cached_property
    def everything(self) -> str:
        """The content of all files; empty where that is too much."""
        return self._content(lambda _path: True)

    @cached_property
    def existing(self) -> str:
        """The names of all files of the project, also those that Git ignores; empty where these are too many."""
        ignored = list_ignored(self.root, MOST_NAMES)
        if ignored is None:
            return ""
        return digest_of([path for path in (*self.listed, *ignored) if not self._is_left_out(path)])

    @cached_property
    def sizes(self) -> str:
        """The sizes of all files of data, also those that Git ignores; empty where these are too many."""
        ignored = list_ignored(self.root, MOST_NAMES)
        if ignored is None:
            return ""
        paths = [path for path in (*filter(_is_data, self.listed), *ignored) if not self._is_left_out(path)]
        return digest_of([(path, total_size(self.root, (path,))) for path in paths])

    @cached_property
    def head(self) -> list[str | None]:
        """The commit and the branch, which a process may ask for."""
        return [git.head(self.root), git.current_branch(self.root)]

    def closure(self, path: str) -> frozenset[str]:
        if path not in self._closures:
            self._closures[path] = closure(self.graph, path)
        return self._closures[path]

    def imports(self, path: str) -> frozenset[str]:
        """What a file reaches by names that stand in the sources."""
        return static_closure(self.graph, path)

    def content(self, paths: Iterable[str]) -> str:
        """Digest of the names and the content of files."""
        return digest_of([(path, self.digests.of(path)) for path in sorted(set(paths))])

    def folders(self, paths: Sequence[str]) -> str:
        """Digest of what is in folders, by their absolute paths."""
        return digest_of([(self.shown(path), names_in(path)) for path in sorted(set(paths))])

    def settings(self, tests: Sequence[str]) -> str:
        """The files that may hold pytest's settings: beside the tests, and above them up to the repository's top.

        Above the project `conftest.py` is one of them; inside, it is code like any other.
        """
        folders = {""}
        for test in tests:
            folders.update("" if part == PurePosixPath() else f"{part}/" for part in PurePosixPath(test).parents)
            folders.add(f"{test}/")
        paths = []
        for parent in () if (self.root / ".git").exists() else self.root.parents:
            folders.add(f"{parent}/")
            paths.append(f"{parent}/conftest.py")
            if (parent / ".git").exists():
                break
        paths += [f"{folder}{name}" for folder in folders for name in SETTINGS]
        return self.content(path for path in paths if self.digests.of(path) != ABSENT)

    def environment(self, launcher: tuple[str, ...]) -> TestEnvironment:
        """What the environment of a pytest is made of."""
        if launcher not in self._environments:
            self._environments[launcher] = describe_environment(self.root, launcher, {})
        return self._environments[launcher]

    def outside(self, folders: Iterable[str]) -> str:
        """Digest of what lies outside, by its absolute folders; empty where that is too much to look at."""
        key = tuple(folders)
        if key not in self._outside:
            self._outside[key] = self._outside_of(key)
        return self._outside[key]

    def _outside_of(self, folders: Iterable[str]) -> str:
        found = []
        for folder in folders:
            paths = list_project(Path(folder))
            if len(paths) > MOST_OUTSIDE or total_size(Path(folder), paths) > MOST_BYTES:
                return ""
            found += [(path, self.digests.of(os.path.join(folder, path))) for path in paths]  # noqa: PTH118  # of thousands
        return digest_of(found)

    def gate(self) -> str:
        """What judges: the version of mlgate, and its source."""
        self._gate = self._gate or self._gate_now()
        return self._gate

    def _gate_now(self) -> str:
        top = Path(mlgate.__file__).parent
        paths = sorted(str(path) for path in top.rglob("*.py"))
        return digest_of([mlgate.__version__, [self.digests.of(path) for path in paths]])

    def shown(self, path: str) -> str:
        """A path as it is called in the project; absolute where it lies outside."""
        top = f"{self.root}{os.sep}"
        return path[len(top) :].replace(os.sep, "/") if path.startswith(top) else path

    def touched_since(self, paths: Iterable[str], moment_ns: int, before: Snapshot) -> str:
        """The first of the files that changed since a moment and was there before; empty where none did.

        A file of whose content it is known that it is as before did not change, whatever its times say.
        """
        for path in changed_since(self.root, sorted(set(paths)), moment_ns - _SLACK_NS):
            if before.held(path) and before.digests.get(path) != self.digests.of(path):
                return path
        return ""

    def known_files(self) -> tuple[str, ...]:
        """Paths of all files of the repository, as far as they are looked at."""
        return (*self.listed, *(self.ignored or ()), *(self.beyond or ()))

    def snapshot(self) -> Snapshot:
        """What is known of the files now; to be held against what they are later."""
        ignored = self.ignored
        return Snapshot(None if ignored is None else frozenset((*self.listed, *ignored)), self.digests.known())

    def _content(self, wanted: Callable[[str], bool]) -> str:
        if self.ignored is None or self.beyond is None or leads_outside(self.root, self.known_files()):
            return ""
        return self.content((*filter(wanted, (*self.listed, *self.beyond)), *self.ignored))

    def _is_left_out(self, path: str) -> bool:
        return bool(self._left_out) and f"{path}/".startswith(self._left_out)


class Snapshot:
    """Which files were there, None where that is not known, and the digests of those that were looked at."""

    def __init__(self, files: frozenset[str] | None, digests: dict[str, str]) -> None:
        self.files, self.digests = files, digests

    def held(self, path: str) -> bool:
        """Whether a file was there, or may have been."""
        return self.files is None or path in self.files or path.startswith("/")


def _is_data(path: str) -> bool:
    return not path.endswith((".py", *DOCUMENTATION))
