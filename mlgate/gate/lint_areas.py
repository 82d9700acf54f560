"""Which project a file to judge belongs to, and what that project says of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.gate.lint_outcomes import Wanted, covers
from mlgate.lint.families import TESTS
from mlgate.lint.judging import Asked
from mlgate.sources.lint_files import Named, config_above

if TYPE_CHECKING:
    from mlgate.config.lint_section import Lint
    from mlgate.config.project import Project
    from mlgate.gate.projects import Projects


@dataclass(frozen=True, slots=True)
class Area:
    """The files of one project; `root` is the folder to which their paths are relative."""

    root: str
    project: Project | None = None

    @property
    def lint(self) -> Lint | None:
        return self.project.lint if self.project else None

    def shown(self, path: str) -> str:
        """The path of a file in the report."""
        return os.path.relpath(path, self.root).replace(os.sep, "/")

    def ignores(self, path: str) -> bool:
        """Whether `lint.ignore` leaves out a file, by its absolute path."""
        entries = self.lint.ignore if self.lint else ()
        return any(not entry.rules and covers(entry, self.shown(path)) for entry in entries)

    def asked(self, families: tuple[str, ...]) -> Asked:
        """What the rules are told of the project."""
        if TESTS not in families:
            return Asked(families)
        from mlgate.lint.suites import Declared
        from mlgate.sources.requirements import requires

        tiers = self.project.tiers.values() if self.project else ()
        declared = Declared(
            tiers={tier.name: tier.tests for tier in tiers if tier.tests},
            hosts=self.lint.hosts if self.lint else (),
            reseeded=requires(Path(self.root), "pytest-randomly"),
        )
        return Asked(families, declared)

    def wanted(self, families: tuple[str, ...], rules: tuple[str, ...]) -> Wanted:
        """Which findings are told."""
        entries = self.lint.ignore if self.lint else ()
        return Wanted(families, rules, tuple(entry for entry in entries if entry.rules))


@dataclass(slots=True)
class Areas:
    """The projects of the files of a run, each read once; a file in none belongs to the folder where the run starts."""

    start: str
    projects: Projects | None = None
    _by_folder: dict[str, Area] = field(default_factory=dict)
    _by_root: dict[str, Area] = field(default_factory=dict)

    def of(self, folder: str) -> Area:
        """The project of a folder.

        Raises
        ------
        ConfigError
            Its mlgate.yaml has mistakes.
        """
        if folder not in self._by_folder:
            config = config_above(folder)
            root = os.path.dirname(config) if config else self.start
            if root not in self._by_root:
                self._by_root[root] = Area(root, self._project(root) if config else None)
            self._by_folder[folder] = self._by_root[root]
        return self._by_folder[folder]

    def ignores(self, path: str) -> bool:
        return self.of(os.path.dirname(path)).ignores(path)

    def grouped(self, files: Iterable[Named]) -> list[tuple[Area, list[Named]]]:
        """Files by their project, in the order of the first of each."""
        groups: dict[str, list[Named]] = {}
        for file in files:
            groups.setdefault(self.of(os.path.dirname(file.path)).root, []).append(file)
        return [(self.of(os.path.dirname(group[0].path)), group) for group in groups.values()]

    def _project(self, root: str) -> Project | None:
        if self.projects is None:
            from mlgate.gate.projects import Projects

            self.projects = Projects()
        return self.projects.of(Path(root))
