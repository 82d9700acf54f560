"""Which files need no second look: their bytes, and those of all that they reach, are the ones that were judged."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from mlgate.gate.lint_worker import Worked, Worker
from mlgate.lint.judging import Asked
from mlgate.lint.stored import from_plain, to_plain
from mlgate.sources.lint_cache import cache_file, read_cache, rules_version, write_cache

Names = list[tuple[str, str | None]]
"""What a file imports: names, and the project's module of each."""


class Kept:
    """The findings of earlier runs of one project, and the modules on which they hang.

    Parameters
    ----------
    worker : finds and reads modules, as it does to judge files
    """

    def __init__(self, worker: Worker, asked: Asked) -> None:
        self.modules = worker.modules
        self.path = cache_file(worker.root, f"{rules_version()} {asked!r}")
        kept = read_cache(self.path)
        self.files: dict[str, Any] = _mapping(kept.get("files"))
        self.known: dict[str, Any] = _mapping(kept.get("modules"))
        self._changed = False
        self._holds: dict[str, bool] = {}
        self._stale: set[str] | None = None

    def of(self, path: str) -> Worked | None:
        """What was found in a file, if nothing has changed that it hangs on."""
        try:
            digest, names, plain = self.files[path]
            if not digest or digest != self.modules.digest(path) or not self._reaches_no_change(path, names):
                return None
            judged = from_plain(plain)
        except (KeyError, ValueError, TypeError):
            return None
        return Worked(judged, digest) if judged.path == path else None

    def add(self, worked: Worked) -> None:
        """Keep what was found; what could not be judged is looked at again."""
        if (
            worked.digest
            and not worked.hangs_on_settings
            and not any(problem.passing for problem in worked.judged.problems)
        ):
            self.files[worked.judged.path] = [worked.digest, list(worked.imports), to_plain(worked.judged)]
            self._changed = True

    def write(self) -> None:
        """Keep this run's findings and those of other files that are still there, and the modules that they reach."""
        if not self._changed:
            return
        files = {path: raw for path, raw in self.files.items() if os.path.exists(self.modules.absolute(path))}
        known: dict[str, Any] = {}
        waiting = [target for _, names, _ in files.values() for _, target in names if target]
        while waiting:
            path = waiting.pop()
            if path not in known:
                names = self._names(path)
                known[path] = [self.modules.digest(path), names]
                waiting += [target for _, target in names if target]
        write_cache(self.path, {"files": files, "modules": known})

    def _names(self, path: str) -> Names:
        """What a module imports: as it was kept, if it is still so."""
        if self._holds.get(path):
            _, names = self.known[path]
            return [(name, target) for name, target in names]
        return self.modules.asked(path)

    def _reaches_no_change(self, path: str, names: Names) -> bool:
        """Whether a file imports what it did, and none of that has changed, nor what that imports in turn."""
        if self._stale is None:
            self._stale = self._all_stale()
        return all(
            self.modules.resolve(name, path) == target
            and (target is None or (target in self.known and target not in self._stale))
            for name, target in names
        )

    def _all_stale(self) -> set[str]:
        """Modules that have changed, or that import others than they did, and all that reach one of them."""
        importers: dict[str, list[str]] = {}
        waiting = []
        for path, (digest, names) in self.known.items():
            holds = digest == self.modules.digest(path) and self._resolve_alike(path, names)
            self._holds[path] = holds
            if not holds:
                waiting.append(path)
            for _, target in names:
                if target:
                    importers.setdefault(target, []).append(path)
        stale: set[str] = set()
        while waiting:
            path = waiting.pop()
            if path not in stale:
                stale.add(path)
                waiting += importers.get(path, ())
        return stale

    def _resolve_alike(self, path: str, names: Iterable[tuple[str, str | None]]) -> bool:
        return all(self.modules.resolve(name, path) == target for name, target in names)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
