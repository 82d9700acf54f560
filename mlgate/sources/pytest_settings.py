"""Which files pytest would take for tests, as its configuration says; pytest is not asked."""

from __future__ import annotations

import configparser
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any

MAX_BYTES = 1_000_000
PATTERNS = ("test_*.py", "*_test.py")
NO_FOLDERS = ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}", "__pycache__")
"""What pytest passes over unless its configuration says otherwise."""
EXAMPLES = ("test*.txt",)
"""Texts whose examples pytest runs unless `--doctest-glob` says otherwise."""
_NOTEBOOKS = frozenset({"--nbmake", "--nbval", "--nbval-lax", "--nb-test-files"})
"""Options of plug-ins by which notebooks are tests."""
_ENTRY_POINTS = "pytest11"
_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What is collected: names of files, and the folders that are passed over. `every` takes every Python file.

    `others` are names of files that are no Python: examples in texts, notebooks. `plugins` are modules that pytest is
    told to load for all tests.
    """

    patterns: tuple[str, ...] = PATTERNS
    others: tuple[str, ...] = EXAMPLES
    no_folders: tuple[str, ...] = NO_FOLDERS
    every: bool = False
    plugins: tuple[str, ...] = ()

    def takes(self, path: str, below: str) -> bool:
        """Whether a file in the folder `below`, or that file itself, is collected; paths are POSIX."""
        if path == below:
            return True
        inside = path.removeprefix(f"{below}/") if below != "." else path
        if below != "." and inside == path:
            return False
        *folders, name = inside.split("/")
        if any(fnmatchcase(folder, pattern) for folder in folders for pattern in self.no_folders):
            return False
        if not path.endswith(".py"):
            return any(fnmatchcase(path if "/" in pattern else name, pattern) for pattern in self.others)
        return self.every or any(
            fnmatchcase(path if "/" in pattern else name, f"*/{pattern}" if "/" in pattern else pattern)
            or ("/" in pattern and fnmatchcase(path, pattern))
            for pattern in self.patterns
        )


def collected(root: Path, tests: Sequence[str]) -> Collected:
    """What pytest collects when it is given these paths of a project, by the configuration that it would find.

    A configuration that cannot be read counts as none: pytest will refuse it.
    """
    for folder in _folders(root, tests):
        for name in _FILES:
            settings = _settings(folder / name)
            if settings is not None:
                return _of(settings)
    return Collected()


def own_plugins(root: Path) -> tuple[str, ...]:
    """Modules of the project that pytest loads wherever it is installed, by pyproject.toml and setup.cfg."""
    found: list[str] = []
    try:
        raw = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        found += map(str, raw["project"]["entry-points"][_ENTRY_POINTS].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string((root / "setup.cfg").read_text(encoding="utf-8"))
        lines = parser.get("options.entry_points", _ENTRY_POINTS, fallback="").splitlines()
        found += [line.partition("=")[2] for line in lines if "=" in line]
    except (OSError, ValueError, configparser.Error):
        pass
    return tuple(name.partition(":")[0].strip() for name in found)


def files_of_tests(listed: Iterable[str], tests: Sequence[str], what: Collected) -> tuple[str, ...]:
    """The files among those of a project that a tier's paths name, sorted, each once."""
    places = [PurePosixPath(place).as_posix() for place in tests]
    return tuple(sorted({path for path in listed for place in places if what.takes(path, place)}))


def _of(settings: Mapping[str, Any]) -> Collected:
    options = _words(settings.get("addopts"))
    patterns, no_folders = (_words(settings.get(key)) for key in ("python_files", "norecursedirs"))
    return Collected(
        patterns=tuple(patterns) or PATTERNS,
        no_folders=(*no_folders, "__pycache__") if no_folders else NO_FOLDERS,
        others=(
            *(tuple(_values(options, "--doctest-glob")) or EXAMPLES),
            *(("*.ipynb",) if _NOTEBOOKS & set(options) else ()),
        ),
        every="--doctest-modules" in options,
        plugins=tuple(_named_plugins(options)),
    )


def _named_plugins(options: Sequence[str]) -> Iterator[str]:
    """The modules of `-p NAME` and `-pNAME`."""
    for option, following in pairwise((*options, "")):
        name = following if option == "-p" else option.removeprefix("-p") if option.startswith("-p") else ""
        if name and not name.startswith("no:"):
            yield name


def _values(options: Sequence[str], name: str) -> Iterator[str]:
    """The values of `NAME VALUE` and `NAME=VALUE`."""
    for option, following in pairwise((*options, "")):
        if option == name or option.startswith(f"{name}="):
            yield following if option == name else option.partition("=")[2]


def _folders(root: Path, tests: Sequence[str]) -> Iterator[Path]:
    """The folder that all paths lie in, and those above it up to the top of the disk, as pytest looks."""
    places = [root / place for place in tests]
    folders = [str(place if place.is_dir() else place.parent) for place in places]
    first = Path(os.path.commonpath(folders)) if folders else root
    yield from (first, *first.parents)


def _settings(file: Path) -> Mapping[str, Any] | None:
    """pytest's part of a configuration file; None where there is none."""
    try:
        if not file.is_file() or file.stat().st_size > MAX_BYTES:
            return None
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.suffix == ".toml":
            return _of_toml(file.name, tomllib.loads(text))
        parser = configparser.RawConfigParser(strict=False)
        parser.read_string(text)
    except (OSError, configparser.Error, tomllib.TOMLDecodeError):
        return None
    section = "tool:pytest" if file.name == "setup.cfg" else "pytest"
    if parser.has_section(section):
        return dict(parser[section])
    return {} if file.name.endswith("pytest.ini") else None


def _of_toml(name: str, raw: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if name != "pyproject.toml":
        found = raw.get("pytest", {})
        return found if isinstance(found, dict) else {}
    tool = raw.get("tool")
    pytest = tool.get("pytest") if isinstance(tool, dict) else None
    if not isinstance(pytest, dict):
        return None
    options = pytest.get("ini_options")
    return options if isinstance(options, dict) else pytest


def _words(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else str(value or "").split()
