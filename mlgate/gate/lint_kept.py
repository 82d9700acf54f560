"""Which files need no second look: their bytes, and those of all that they import, are the ones that were judged."""

from __future__ import annotations

import os
from typing import Any

from mlgate.errors import SourceError
from mlgate.gate.lint_worker import Import, Worked, Worker
from mlgate.lint.judging import Asked
from mlgate.lint.stored import from_plain, to_plain
from mlgate.sources.lint_cache import cache_file, read_cache, rules_version, write_cache
from mlgate.sources.source_text import read_raw


class Kept:
    """The findings of earlier runs of one project.

    Parameters
    ----------
    worker : finds and reads files, as it does to judge them
    """

    def __init__(self, worker: Worker, asked: Asked) -> None:
        self.worker = worker
        self.path = cache_file(worker.root, f"{rules_version()} {asked!r}")
        self.before = read_cache(self.path)
        self.now: dict[str, Any] = {}
        self._digests: dict[str, str] = {}

    def of(self, path: str) -> Worked | None:
        """What was found in a file, if nothing has changed that it hangs on."""
        raw = self.before.get(path)
        try:
            digest, imports, plain = raw if isinstance(raw, list) else ("", [], None)
            if not digest or digest != self._digest(path) or not all(self._holds(item) for item in imports):
                return None
            judged = from_plain(plain)
        except (ValueError, TypeError):
            return None
        if judged.path != path:
            return None
        self.now[path] = raw
        return Worked(judged, digest)

    def add(self, worked: Worked) -> None:
        """Keep what was found; what could not be judged is looked at again."""
        if worked.digest and not any(problem.passing for problem in worked.judged.problems):
            imports = [[item.name, item.importer, item.path, item.digest] for item in worked.imports]
            self.now[worked.judged.path] = [worked.digest, imports, to_plain(worked.judged)]

    def write(self) -> None:
        """Keep this run's findings, and those of other files that are still there."""
        if any(self.before.get(path) is not raw for path, raw in self.now.items()):
            others = {path: raw for path, raw in self.before.items() if os.path.exists(self.worker.absolute(path))}
            write_cache(self.path, {**others, **self.now})

    def _holds(self, item: Any) -> bool:
        """Whether a file would still import the same module under this name."""
        known = Import(*item)
        found = self.worker.places.resolve(known.name, self.worker.absolute(known.importer))
        path = self.worker.relative(found) if found else None
        return path == known.path and (path is None or self._digest(path) == known.digest)

    def _digest(self, path: str) -> str:
        if path not in self._digests:
            try:
                self._digests[path] = self.worker.digest(read_raw(self.worker.absolute(path)))
            except SourceError:
                self._digests[path] = ""
        return self._digests[path]
