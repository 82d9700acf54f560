"""Judges files one after the other: reads each, loads the project modules that it imports, asks the rules."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from mlgate.errors import SourceError
from mlgate.gate.lint_modules import Modules, digest_of
from mlgate.gate.lint_personal import find_personal
from mlgate.lint.judging import Asked, Judged, Known, Problem, judge_file
from mlgate.lint.module import Module
from mlgate.sources.source_text import decode_source, read_raw


class Worked(NamedTuple):
    """A file that was judged, the digest of its bytes, and what it imports: names, and the project's module of each.

    `hangs_on_settings` says that files were looked for which are no modules: nothing is kept then.
    """

    judged: Judged
    digest: str = ""
    imports: tuple[tuple[str, str | None], ...] = ()
    hangs_on_settings: bool = False


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
        self.modules = Modules(root, digests=digests)

    def judge(self, path: str) -> Worked:
        """Judge a file, by its path relative to the root; one that cannot be read is a problem of its own."""
        imports: dict[str, str | None] = {}
        asked_for: list[str] = []

        def load(name: str, importer: str, *, seeds_only: bool = False) -> Module | None:
            found = self.modules.resolve(name, importer)
            if importer == path:
                imports[name] = found
            return self.modules.module(found, seeds_only=seeds_only) if found else None

        def settings(name: str, importer: str) -> str | None:
            asked_for.append(name)
            return self.modules.settings(name, importer)

        try:
            raw = read_raw(self.modules.absolute(path))
            source = decode_source(raw, notebook=path.endswith(".ipynb"))
        except SourceError as problem:
            return Worked(Judged(path=path, problems=(Problem(message=problem.message, hint=problem.hint),)))

        def reaches_draws() -> bool:
            imports.update(self.modules.asked(path))  # the answer hangs on all of them, loaded or not
            return self.modules.reaches_draws(path)

        judged = judge_file(source.lines, path, Known(load, find_personal, settings, reaches_draws), self.asked)
        digest = digest_of(raw) if self.digests else ""
        return Worked(judged, digest, tuple(imports.items()), hangs_on_settings=bool(asked_for))


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
