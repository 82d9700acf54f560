"""What the tests of a file touched, gathered from the traces of all processes that ran them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FORMAT = 1
COLLECTING = "collect:"
LIBRARY = "lib:"
HARMLESS = frozenset(
    {
        *("numpy", "pandas", "scipy", "sklearn", "yaml", "_yaml", "markupsafe", "pydantic_core", "coverage", "wrapt"),
        *("msgpack", "regex", "orjson", "ujson", "simplejson", "charset_normalizer", "psutil", "PIL", "matplotlib"),
        *(
            "kiwisolver",
            "contourpy",
            "statsmodels",
            "patsy",
            "numba",
            "llvmlite",
            "greenlet",
            "frozenlist",
            "multidict",
        ),
        *("yarl", "aiohttp", "propcache", "rpds", "zstandard", "hypothesis", "tornado", "cytoolz", "sqlalchemy"),
        *("lazy_object_proxy", "rapidfuzz", "Levenshtein", "bottleneck", "numexpr", "_brotli", "setproctitle"),
    }
)
"""Libraries in machine code that open files through Python, or none: their reading is heard."""
REMOTE = frozenset(
    {
        *("grpc", "psycopg", "psycopg2", "psycopg_c", "pycurl", "MySQLdb", "zmq", "pyodbc", "oracledb", "cx_Oracle"),
        "snowflake",
    }
)
"""Libraries in machine code that reach networks without Python."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What the results of a test file hang on, beside what it imports.

    Parameters
    ----------
    files : absolute paths that were read, or looked for and not found
    code : absolute paths of sources that were loaded
    folders : absolute paths of folders that were listed
    breadth : `traced`; `data` where a library in machine code may have read any file of data; `all` where a process
        was started, which may have read anything
    tests : node ids that were run
    marked : those of them that a mark skipped
    never : why the results can never be reused; empty where they can
    """

    files: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    breadth: str = "traced"
    tests: frozenset[str] = frozenset()
    marked: frozenset[str] = frozenset()
    never: str = ""


Remembers = Callable[[str, str], bool]
"""Whether a test file reaches, by its imports, a file of code: then that may hand it what it remembers."""
Unexplained = Callable[[str, Iterable[str]], list[str]]
"""Of the sources that were loaded for a test file, those that its imports do not explain."""
Unknown = Callable[[str, str], bool]
"""Whether nobody can say which other test files import a source that was loaded for one."""
_Bucket = Mapping[str, Mapping[str, Sequence[str]]]
"""By kind, what was touched, each with those who asked for it."""


class Traces:
    """What all processes of a tier touched.

    Parameters
    ----------
    raw : traces, see `is_trace`
    reaches, unexplained, unknown : about the imports of test files
    """

    def __init__(
        self, raw: Sequence[Mapping[str, Any]], reaches: Remembers, unexplained: Unexplained, unknown: Unknown
    ) -> None:
        self._raw = raw
        self._reaches, self._unknown = reaches, unknown
        self._left_behind = [_left_behind(trace, unexplained) for trace in raw]

    def of(self, path: str) -> Touched | None:
        """What the tests of a file touched; None where no trace tells of it.

        Code may remember what it asked for. So what was touched before, in the same process, for another file counts as
        well where this file reaches code that was at work then, or a library was that may remember; and so does what
        was touched outside of tests. A source is loaded once: where it is not known who imports it, it counts for all
        that come later.
        """
        mine = [trace for trace in self._raw if path in trace["tests"]]
        if not mine:
            return None
        found: dict[str, dict[str, None]] = {}
        for bucket in self._buckets(path):
            for kind, names in bucket.items():
                found.setdefault(kind, {}).update(dict.fromkeys(names))
        libraries = {name for trace in mine for name in trace["libraries"]} - HARMLESS
        processes = bool(found.get("processes")) or any(trace["spawns"] for trace in mine)
        return Touched(
            files=tuple(found.get("data", ())),
            code=tuple(found.get("code", ())),
            folders=tuple(found.get("folders", ())),
            breadth="all" if processes else "data" if libraries else "traced",
            tests=frozenset(node for trace in mine for node in trace["tests"][path]),
            marked=frozenset(node for trace in mine for node in trace["marked"]),
            never=_never(found, libraries),
        )

    def _buckets(self, path: str) -> Iterator[_Bucket]:
        """What counts for a file: its own, what counts for all, and what others left behind in the same process."""
        for trace, left_behind in zip(self._raw, self._left_behind, strict=True):
            shared = trace["shared"]
            yield shared if trace["tests"] else {**shared, "processes": {}}  # a leader of workers starts them
            if path not in trace["tests"]:
                continue
            last = trace["spans"][path][1]
            for name in (path, f"{COLLECTING}{path}"):
                yield trace["files"].get(name, {})
            for other, first, bucket in left_behind:
                if other != path and first < last:
                    handed = {kind: self._remembered(path, other, found) for kind, found in bucket.items()}
                    unknown = {name: () for name in bucket["code"] if self._unknown(other, name)}
                    yield {**handed, "code": {**handed["code"], **unknown}}

    def _remembered(self, path: str, other: str, found: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
        """Of what was touched for another file, what may be remembered for this one.

        In a thread nobody of the project is seen to ask: then it may be anybody who remembers.
        """
        return {
            name: askers
            for name, askers in found.items()
            if any(self._may_hand(path, other, asker) for asker in askers)
            or all(asker.startswith(LIBRARY) for asker in askers)
        }

    def _may_hand(self, path: str, other: str, asker: str) -> bool:
        if asker.startswith(LIBRARY):
            return asker.removeprefix(LIBRARY) not in HARMLESS
        return asker != other and self._reaches(path, asker)


def _left_behind(trace: Mapping[str, Any], unexplained: Unexplained) -> list[tuple[str, int, _Bucket]]:
    """What may count for other files: whose it is, when it first was there, and what; what says nothing is left out."""
    found: list[tuple[str, int, _Bucket]] = []
    for name, bucket in trace["files"].items():
        path = name.removeprefix(COLLECTING)
        kept = {**bucket, "code": {name: bucket["code"][name] for name in unexplained(path, bucket["code"])}}
        first = trace["spans"].get(path, (0,))[0] if name == path else 0
        if any(kept.values()):
            found.append((path, first, kept))
    return found


def _never(found: Mapping[str, Mapping[str, None]], libraries: set[str]) -> str:
    if found.get("network"):
        return f"its tests reach the network: {next(iter(found['network']))}"
    if found.get("foreign"):
        name = next(iter(found["foreign"]))
        server = not name.startswith(("file ", "folder ", "the gate"))
        return f"its tests ask a server that they did not start: {name}" if server else f"its tests hang on {name}"
    remote = sorted(libraries & REMOTE)
    return f"its tests load {remote[0]}, which may reach the network" if remote else ""


def is_trace(raw: object) -> bool:
    """Whether a trace has the shape that this version reads."""
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        return False
    shapes = {"tests": dict, "marked": list, "spans": dict, "files": dict, "shared": dict, "libraries": list}
    return all(isinstance(raw.get(name), shape) for name, shape in shapes.items()) and "spawns" in raw
