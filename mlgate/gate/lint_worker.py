"""Judges files one after the other: reads each, loads the project modules that it imports, asks the rules."""

from __future__ import annotations

import gc
import os
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from mlgate.errors import SourceError
from mlgate.gate.lint_personal import find_personal
from mlgate.lint.judging import Asked, Judged, Problem, judge_file
from mlgate.lint.module import Module, parse_module
from mlgate.sources.project_modules import ProjectModules
from mlgate.sources.source_text import decode_source, read_raw

KEPT_CHARACTERS = 2_000_000
"""Text of the project modules whose trees are kept, since many files import the same: some 200 MB in each process."""


class Import(NamedTuple):
    """A module that was asked for: its name, who imports it, and the file that was read, if the project has one."""

    name: str
    importer: str
    path: str | None = None
    digest: str = ""


class Worked(NamedTuple):
    """A file that was judged, the digest of its bytes, and the modules on which that hangs."""

    judged: Judged
    digest: str = ""
    imports: tuple[Import, ...] = ()


class Worker:
    """Judges the files of one project.

    Parameters
    ----------
    root : absolute folder to which the paths of modules and findings are relative
    digests : whether to take them: what is neither kept nor mended needs none
    """

    def __init__(self, root: str, asked: Asked, *, digests: bool) -> None:
        self.root = root
        self.asked = asked
        self.digests = digests
        self.places = ProjectModules(root)
        self._parsed: OrderedDict[str, tuple[Module | None, str]] = OrderedDict()
        self._characters = 0
        self._imports: dict[tuple[str, str], Import] = {}

    def judge(self, path: str) -> Worked:
        """Judge a file, by its path relative to the root; one that cannot be read is a problem of its own."""
        self._imports = {}
        try:
            raw = read_raw(self.absolute(path))
            source = decode_source(raw, notebook=path.endswith(".ipynb"))
        except SourceError as problem:
            return Worked(Judged(path=path, problems=(Problem(message=problem.message, hint=problem.hint),)))
        judged = judge_file(source.text, path, self.load, self.asked, find_personal)
        return Worked(judged, self.digest(raw), tuple(self._imports.values()))

    def load(self, name: str, importer: str) -> Module | None:
        """The project module that a file imports under a name; one that is not Python counts as unknown."""
        known = self._imports.get((name, importer))
        if known is not None:
            return self._module(known.path)[0] if known.path else None
        found = self.places.resolve(name, self.absolute(importer))
        path = self.relative(found) if found else None
        module, digest = self._module(path) if path else (None, "")
        self._imports[name, importer] = Import(name, importer, path, digest)
        return module

    def _module(self, path: str) -> tuple[Module | None, str]:
        if path in self._parsed:
            self._parsed.move_to_end(path)
            return self._parsed[path]
        try:
            raw = read_raw(self.absolute(path))
            digest = self.digest(raw)
        except SourceError:
            return None, ""
        try:
            module = parse_module(decode_source(raw, notebook=False).text, path)
        except (SourceError, SyntaxError):
            module = None
        self._parsed[path] = module, digest
        self._characters += len(module.text) if module else 0
        while self._characters > KEPT_CHARACTERS and len(self._parsed) > 1:
            oldest = self._parsed.popitem(last=False)[1][0]
            self._characters -= len(oldest.text) if oldest else 0
        return module, digest

    def digest(self, raw: bytes) -> str:
        return digest_of(raw) if self.digests else ""

    def absolute(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.root, path))

    def relative(self, path: str) -> str:
        return os.path.relpath(path, self.root).replace(os.sep, "/")


def digest_of(raw: bytes) -> str:
    """A digest of bytes that no one can meet on purpose."""
    from hashlib import blake2b

    return blake2b(raw, digest_size=16).hexdigest()


@contextmanager
def calm() -> Iterator[None]:
    """Judge without the warnings that the parser has for judged files, and with rarer collections of garbage.

    Trees hold no cycles, so looking for them among hundred thousands of nodes is a third of the time.
    """
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        gc.set_threshold(*before)


_worker: Worker | None = None
"""The worker of a process of the pool, which lives for one run: its chunks share what was parsed."""


def judge_chunk(chunk: tuple[str, Asked, bool, tuple[str, ...]]) -> list[Worked]:
    """Judge some files of a project in a process of the pool: root, what is asked, whether to take digests, paths."""
    global _worker  # noqa: PLW0603  # a pool gives a process no other place to keep what its chunks share
    root, asked, digests, paths = chunk
    if _worker is None:
        _worker = Worker(root, asked, digests=digests)
    with calm():
        return [_worker.judge(path) for path in paths]
