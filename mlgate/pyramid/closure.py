"""Which files of a project a file can reach by its imports, and how.

Paths are POSIX and relative to the project's root. A module name stands for every file that could be meant by it,
wherever the search for modules may begin: too many files cost time, too few would be wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from mlgate.pyramid.imports import Asked

_PACKAGE = "__init__.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The Python files of a project and what they import.

    Parameters
    ----------
    files : every Python file
    imports : the files of the project that each file imports, packages on the way included
    dynamic : files that import something that their text does not name: what they reach is not known
    variables : environment variables that a file may name; files without any are left out
    existence, sizes : files that ask whether files exist, or how large they are
    clocks : files that look at the date
    processes : files that may start processes
    listings : files that list folders
    pickles : files that load objects that were saved
    documents : files in which a text names documentation
    """

    files: frozenset[str] = frozenset()
    imports: Mapping[str, frozenset[str]] = field(default_factory=dict)
    dynamic: frozenset[str] = frozenset()
    variables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    existence: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()
    clocks: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    listings: frozenset[str] = frozenset()
    pickles: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()


def build_graph(asked: Mapping[str, Asked]) -> Graph:
    """The graph of Python files, from what the source of each asks for."""
    modules = _Modules(frozenset(asked), anywhere=any(item.search_path for item in asked.values()))
    return Graph(
        files=modules.files,
        imports={path: modules.imported(path, item.names) for path, item in asked.items()},
        dynamic=frozenset(path for path, item in asked.items() if item.computed),
        variables={path: item.variables for path, item in asked.items() if item.variables},
        existence=frozenset(path for path, item in asked.items() if item.existence),
        sizes=frozenset(path for path, item in asked.items() if item.sizes),
        clocks=frozenset(path for path, item in asked.items() if item.clock),
        processes=frozenset(path for path, item in asked.items() if item.processes),
        listings=frozenset(path for path, item in asked.items() if item.listings),
        pickles=frozenset(path for path, item in asked.items() if item.pickles),
        documents=frozenset(path for path, item in asked.items() if item.documents),
    )


def closure(graph: Graph, path: str) -> frozenset[str]:
    """All Python files that a file can reach: itself, what it imports, and every `conftest.py` above it.

    Where one of them imports by names that are computed, that is every file of the project.
    """
    reached = static_closure(graph, path)
    return graph.files | reached if reached & graph.dynamic else reached


def static_closure(graph: Graph, path: str) -> frozenset[str]:
    """As `closure`, by the names alone that stand in the sources."""
    reached = set(_starts(graph, path))
    left = list(reached)
    while left:
        for target in graph.imports.get(left.pop(), ()):
            if target not in reached:
                reached.add(target)
                left.append(target)
    return frozenset(reached)


def why(graph: Graph, path: str, changed: Collection[str]) -> tuple[str, ...]:
    """The shortest way from a file to one that changed: `(path, imported, ..., changed)`; empty where there is none.

    A changed file that only a computed import can reach follows the file that computes.
    """
    before: dict[str, str | None] = dict.fromkeys(_starts(graph, path), path)
    before[path] = None
    left = deque(before)
    computing: str | None = None
    while left:
        here = left.popleft()
        if here in changed:
            return _way(before, here)
        if computing is None and here in graph.dynamic:
            computing = here
        for target in sorted(graph.imports.get(here, ())):
            if target not in before:
                before[target] = here
                left.append(target)
    other = min((name for name in changed if name in graph.files), default=None)
    return () if computing is None or other is None else (*_way(before, computing), other)


def conftests(graph: Graph, path: str) -> tuple[str, ...]:
    """The `conftest.py` files that pytest loads for a file, the nearest first."""
    return tuple(name for folder in _above(path) if (name := f"{folder}conftest.py") in graph.files)


def _starts(graph: Graph, path: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((path, *conftests(graph, path))))


def _way(before: Mapping[str, str | None], end: str) -> tuple[str, ...]:
    way = [end]
    while (previous := before[way[-1]]) is not None:
        way.append(previous)
    return tuple(reversed(way))


def _above(path: str) -> Iterator[str]:
    """The folders that a file lies in, the nearest first, with a final slash; "" is the root."""
    folder = path.rpartition("/")[0]
    while folder:
        yield f"{folder}/"
        folder = folder.rpartition("/")[0]
    yield ""


class _Modules:
    """The files that a module name may mean."""

    def __init__(self, files: frozenset[str], *, anywhere: bool) -> None:
        self.files = files
        self.anywhere = anywhere
        self._packages = frozenset(path[: -len(_PACKAGE)] for path in files if path.endswith(f"/{_PACKAGE}"))
        self._by_name: dict[str, list[tuple[str, str]]] = {}
        self._in_folder: dict[str, list[str]] = {}
        self._known: dict[tuple[str, str], frozenset[str]] = {}
        for path in files:
            self._add(path)

    def imported(self, path: str, names: Collection[str]) -> frozenset[str]:
        """The files that a file imports under these names, and the packages that it lies in itself."""
        folder = path[: path.rfind("/") + 1]
        found = set(self._own_packages(folder))
        for name in names:
            found |= self._meant(name, folder)
        found.discard(path)
        return frozenset(found)

    def _add(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        self._in_folder.setdefault(f"{folder}/" if folder else "", []).append(path)
        parts = folder.split("/") if folder else []
        if name != _PACKAGE:
            parts = [*parts, name.removesuffix(".py")]
        for first in range(len(parts)):
            start = "".join(f"{part}/" for part in parts[:first])
            self._by_name.setdefault(".".join(parts[first:]), []).append((start, path))

    def _own_packages(self, folder: str) -> Iterator[str]:
        while folder in self._packages:
            yield f"{folder}{_PACKAGE}"
            folder = folder[: folder.rfind("/", 0, -1) + 1]

    def _meant(self, name: str, folder: str) -> frozenset[str]:
        key = name, folder
        if key not in self._known:
            relative = name.startswith(".")
            self._known[key] = frozenset(self._relative(name, folder) if relative else self._absolute(name, folder))
        return self._known[key]

    def _absolute(self, name: str, folder: str) -> Iterator[str]:
        """Every prefix of the name, from every folder in which a search may begin."""
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            everything = parts[count - 1] == "*"
            for start, path in self._by_name.get(".".join(parts[: count - everything]), ()):
                if self.anywhere or start == folder or start not in self._packages:
                    yield path
                    if everything and path.endswith(f"/{_PACKAGE}"):
                        yield from self._in_folder[path[: -len(_PACKAGE)]]

    def _relative(self, name: str, folder: str) -> Iterator[str]:
        rest = name.lstrip(".")
        for _ in range(len(name) - len(rest) - 1):
            folder = folder[: folder.rfind("/", 0, -1) + 1]
        yield from self.files & {f"{folder}{_PACKAGE}"}
        for part in rest.split("."):
            if part == "*":
                yield from self._in_folder.get(folder, ())
                return
            yield from self.files & {f"{folder}{part}.py", f"{folder}{part}/{_PACKAGE}"}
            folder = f"{folder}{part}/"
