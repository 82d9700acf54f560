"""What a process touched, by the file whose tests were running; heard from Python's audit events."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from mlgate_pytest.kept import Kept, libraries

_ACCESS, _NEW = os.O_WRONLY | os.O_RDWR, os.O_TRUNC | os.O_EXCL
_BETWEEN = ("/pathlib.py", "/pathlib/__init__.py", "/pathlib/_local.py", "/tokenize.py", "/glob.py", "<frozen glob>")
"""Who opens and lists for somebody else."""
_LOADERS = ("<frozen importlib", "linecache.py", "_pytest/assertion/rewrite.py", "importlib/_bootstrap_external.py")
"""Who reads a source to run or to show it: what was imported is known from the imports."""
_LISTERS = ("<frozen importlib", "importlib/metadata", "_pytest/", "importlib/_bootstrap_external.py", "pkg_resources")
"""Who lists folders to find modules and tests: what is there is known from the names of the project's files."""
_INSIDE = ("/shutil.py", "/os.py", "<frozen os>")
_SPAWNING = ("popen_spawn_posix", "popen_forkserver", "popen_loky")
"""Ends of the names of modules that start processes in ways that Python does not tell."""


class Bucket:
    """What was touched for one file, or for all: by name, with the files of the code that asked for it."""

    __slots__ = ("code", "data", "folders", "foreign", "network", "processes")

    def __init__(self) -> None:
        self.data: dict[str, set[str]] = {}
        self.code: dict[str, set[str]] = {}
        self.folders: dict[str, set[str]] = {}
        self.network: dict[str, set[str]] = {}
        self.foreign: dict[str, set[str]] = {}
        self.processes: dict[str, set[str]] = {}


class Touched:
    """All buckets of a process; `""` is that of what counts for every file."""

    def __init__(self) -> None:
        self.buckets: dict[str, Bucket] = {"": Bucket()}
        self.current = self.buckets[""]
        self.made: dict[str, None] = {}
        self.written: dict[str, None] = {}
        self.links: dict[str, str] = {}
        self.libraries: dict[str, None] = {}
        self.modules: dict[str, None] = {}
        self.serves = False
        self.began_in = os.getcwd()
        paths = sysconfig.get_paths()
        self.installed = tuple(f"{paths[name]}/" for name in ("stdlib", "platstdlib", "purelib", "platlib"))

    def of(self, name: str) -> Bucket:
        """From now on things happen for this file; the bucket of before is what `go_back` takes."""
        before = self.current
        bucket = self.buckets.get(name)
        if bucket is None:
            bucket = self.buckets[name] = Bucket()
        self.current = bucket
        return before

    def go_back(self, before: Bucket) -> None:
        self.current = before

    def opened(self, args: tuple[Any, ...]) -> None:
        """A file is about to be opened, whether or not it is there."""
        path, mode, flags = args
        if not isinstance(path, (str, bytes, os.PathLike)):
            return  # a number of what is open already
        relative = mode is None and not os.path.isabs(path)
        if relative and _called_by(_INSIDE):
            return  # relative to a folder that is open already
        name = self._meant(_whole(path))
        if flags & _ACCESS and (flags & _NEW or not os.path.lexists(name)):
            if name not in self.current.data:
                self.written[name] = None
            return
        if name in self.written or flags & _ACCESS == os.O_WRONLY:
            return
        if relative and not os.path.lexists(name):
            _note(self.current.foreign, f"file {os.fsdecode(path)}, relative to a folder that nobody knows")
        elif name.endswith((".py", ".pyc")) and _called_by(_LOADERS):
            if not name.startswith(self.installed):
                _note(self.current.code, name)
        else:
            _note(self.current.data, name)

    def _meant(self, name: str) -> str:
        """Where a path leads through the symbolic links that the process made."""
        folder = name if self.links else ""
        while len(folder) > 1:
            if folder in self.links:
                return self.links[folder] + name[len(folder) :]
            folder = os.path.dirname(folder)
        return name

    def listed(self, args: tuple[Any, ...]) -> None:
        path = args[0] if args and args[0] is not None else "."
        if isinstance(path, int) and not _called_by(_INSIDE[:1]):  # of `os.fwalk`
            try:
                path = os.readlink(f"/proc/self/fd/{path}")
            except OSError:
                _note(self.current.foreign, f"folder {path}")  # nobody knows which
        if isinstance(path, (str, bytes, os.PathLike)):
            name = self._meant(_whole(path))
            if not _called_by(_LISTERS):
                _note(self.current.folders, name)

    def made_folder(self, args: tuple[Any, ...]) -> None:
        if isinstance(args[0], (str, bytes, os.PathLike)) and not os.path.lexists(args[0]):
            self.made[_whole(args[0])] = None  # not one that was there and is only to be there

    def renamed(self, args: tuple[Any, ...]) -> None:
        """A file has a second name, or another one: what is read by that is what was there before."""
        if all(isinstance(path, (str, bytes, os.PathLike)) for path in args[:2]):
            before, after = map(_whole, args[:2])
            if before not in self.written and os.path.isfile(before):
                _note(self.current.data, before)
            self.written[after] = None

    def linked(self, args: tuple[Any, ...]) -> None:
        if all(isinstance(path, (str, bytes, os.PathLike)) for path in args[:2]):
            link = _whole(args[1])
            target = os.path.join(os.path.dirname(link), os.fsdecode(args[0]))
            self.links[link] = self._meant(os.path.normpath(target))

    def started(self, args: tuple[Any, ...]) -> None:
        _note(self.current.processes, str(args[0])[:200] if args else "fork")

    def connected(self, args: tuple[Any, ...]) -> None:
        host = args[1][0] if isinstance(args[1], tuple) and args[1] else args[1]
        name = os.fsdecode(host) if isinstance(host, (str, bytes)) else repr(host)
        local = name.startswith(("127.", "::1", "::ffff:127.")) or name in ("localhost", "", "0.0.0.0", "::")  # noqa: S104  # compared
        if not local and not isinstance(args[1], (str, bytes)):
            _note(self.current.network, name)
        elif not self.serves and not any(bucket.processes for bucket in self.buckets.values()):
            _note(self.current.foreign, name)  # a server of somebody else: what it answers nobody can know

    def told(self, args: tuple[Any, ...]) -> None:
        """The gate told a test of a baseline or a candidate, which lie outside of the project's files."""
        kind, name = args
        if kind != "datasets":
            _note(self.current.foreign, f"the gate, for the {kind.rstrip('s')} of {name}")

    def bound(self, _: tuple[Any, ...]) -> None:
        self.serves = True

    def base(self, args: tuple[Any, ...]) -> None:
        """A data base of SQLite, by its path or as `file:PATH?mode=ro`."""
        if isinstance(args[0], (str, bytes, os.PathLike)):
            name = os.fsdecode(args[0])
            name = unquote(urlsplit(name).path) if name.startswith("file:") else name
            if name not in (":memory:", ""):
                _note(self.current.data, self._meant(_whole(name)))

    def loaded(self, args: tuple[Any, ...]) -> None:
        if args and args[0]:
            self.libraries["ctypes"] = None

    def unpickled(self, args: tuple[Any, ...]) -> None:
        self.modules[str(args[0])] = None
        module = sys.modules.get(str(args[0]))
        path = getattr(module, "__file__", None)
        if isinstance(path, str):
            self.current.code.setdefault(path, set())

    def to_json(self, root: str) -> dict[str, Any]:
        """Everything, without what belongs to the interpreter, the machine, or what the process made itself."""
        keep = Kept(self.made, root, self.began_in)
        files = {name: _bucket(bucket, keep) for name, bucket in self.buckets.items() if name}
        return {
            "files": files,
            "shared": _bucket(self.buckets[""], keep),
            "libraries": sorted({*self.libraries, *libraries()}),
            "spawns": any(name.endswith(_SPAWNING) for name in list(sys.modules)),
        }


def listener(touched: Touched) -> Callable[[str, tuple[Any, ...]], None]:
    """The audit hook: it is called for every event there is, so it does next to nothing for most."""
    heard: dict[str, Callable[[tuple[Any, ...]], None]] = {
        "open": touched.opened,
        "os.listdir": touched.listed,
        "os.scandir": touched.listed,
        "os.mkdir": touched.made_folder,
        "os.rename": touched.renamed,
        "os.link": touched.renamed,
        "os.symlink": touched.linked,
        "socket.connect": touched.connected,
        "socket.sendto": touched.connected,
        "socket.bind": touched.bound,
        "sqlite3.connect": touched.base,
        "ctypes.dlopen": touched.loaded,
        "pickle.find_class": touched.unpickled,
        "mlgate.told": touched.told,
    }
    starts = "subprocess.Popen os.system os.exec os.posix_spawn os.spawn os.fork os.forkpty pty.spawn"
    heard.update(dict.fromkeys(starts.split(), touched.started))
    find = heard.get

    def hear(event: str, args: tuple[Any, ...]) -> None:
        handle = find(event)
        if handle is not None:
            handle(args)

    return hear


def _note(found: dict[str, set[str]], name: str) -> None:
    """Note a thing, with the files of all code that was at work when it was asked for: who may remember the answer."""
    askers = found.setdefault(name, set())
    frame: Any = sys._getframe(3)  # noqa: SLF001  # there is no other way to ask
    while frame is not None:
        askers.add(frame.f_code.co_filename)
        frame = frame.f_back


def _bucket(bucket: Bucket, keep: Kept) -> dict[str, dict[str, list[str]]]:
    """What was touched, each with those who asked: files of the project, and `lib:NAME` of installed libraries."""
    code = {_source(path): askers for path, askers in bucket.code.items()}
    kept = {
        "data": {path: askers for path, askers in bucket.data.items() if keep(path)},
        "code": {path: askers for path, askers in code.items() if keep(path)},
        "folders": {
            path: askers for path, askers in bucket.folders.items() if keep(path + "/") and not _of_pytest(path)
        },
        "network": bucket.network,
        "foreign": {path: askers for path, askers in bucket.foreign.items() if path[:1] != "/" or keep(path)},
        "processes": bucket.processes,
    }
    return {
        kind: {name: sorted(filter(None, map(keep.asker, askers))) for name, askers in found.items()}
        for kind, found in kept.items()
    }


def _of_pytest(folder: str) -> bool:
    """Whether pytest keeps the temporary folders of all its runs there."""
    return os.path.basename(folder).startswith("pytest-of-")


def _source(path: str) -> str:
    """The source of a compiled file."""
    folder, name = os.path.split(path)
    if not name.endswith(".pyc") or os.path.basename(folder) != "__pycache__":
        return path
    return os.path.join(os.path.dirname(folder), name.partition(".")[0] + ".py")


def _whole(path: Any) -> str:
    name = os.fsdecode(path)
    return name if name.startswith("/") else os.path.abspath(name)


def _called_by(places: tuple[str, ...]) -> bool:
    """Whether the Python code that caused the event, three frames up, lies in one of these places."""
    frame: Any = sys._getframe(3)  # noqa: SLF001  # there is no other way to ask
    while frame is not None and frame.f_code.co_filename.endswith(_BETWEEN):
        frame = frame.f_back
    name = "" if frame is None else frame.f_code.co_filename
    return any(place in name for place in places)
