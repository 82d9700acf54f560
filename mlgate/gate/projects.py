"""Where a file that a person named belongs: the project around it, and its path in there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.errors import ConfigError, UsageError
from mlgate.sources import files as sources

if TYPE_CHECKING:
    from mlgate.config.project import Accepted, Project


class Projects:
    """The projects that files belong to, each read once.

    `subjects` are the files under check: the mistakes of an mlgate.yaml among them are findings, not wrong usage.
    """

    def __init__(self, subjects: Iterable[Path] = ()) -> None:
        self.subjects = frozenset(subjects)
        self.known: dict[Path, Project | None] = {}

    def of(self, folder: Path) -> Project | None:
        """The nearest project upwards; None where there is none, or where it has mistakes and is itself a subject.

        Raises
        ------
        ConfigError
            It has mistakes and is not a subject.
        """
        try:
            config = sources.find_config(folder)
        except UsageError:
            return None
        if config not in self.known:
            from mlgate.gate.load import load_project

            try:
                self.known[config] = load_project(config, folder)
            except ConfigError:
                if config not in self.subjects:
                    raise
                self.known[config] = None
        return self.known[config]

    def accepted(self) -> tuple[Accepted, ...]:
        return tuple(entry for project in self.known.values() if project for entry in project.accepted)

    def mode(self) -> str:
        """`advisory` where every project says so: what a run would not block, a commit is not blocked for."""
        modes = {project.mode for project in self.known.values() if project}
        return "advisory" if modes == {"advisory"} else "enforce"


def resolved_path(start: Path, path: Path | str) -> Path:
    """Absolute path with the links of the folder followed and the file's own name kept: DVC may link the file."""
    absolute = absolute_path(start, path)
    try:
        return absolute.parent.resolve() / absolute.name
    except (OSError, RuntimeError):
        return absolute


def absolute_path(start: Path, path: Path | str) -> Path:
    """Absolute path by name: symbolic links are not followed."""
    return Path(os.path.abspath(start / path))  # noqa: PTH100  # Path.resolve would follow the links


def named_path(start: Path, path: Path | str) -> tuple[Path, str]:
    """Root and relative path of a file that a person named: below `start`, or anywhere else on this machine."""
    absolute = absolute_path(start, path)
    return (start, shown_path(start, absolute)) if absolute.is_relative_to(start) else (absolute.parent, absolute.name)


def shown_path(root: Path, path: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()
