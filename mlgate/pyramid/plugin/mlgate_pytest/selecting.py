"""Runs a part of the tests: what a file names, or all but that.

The file is JSON, `{"only": [...] or null, "not": [...]}`; an entry is a node id, the beginning of one up to a `::`,
or a file. What is left out is not said to be deselected: nobody decided that it need not run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlgate_pytest.values import is_grouped, without_group

NAME = "mlgate-selection"


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("mlgate_select")
    try:
        chosen = json.loads(Path(path).read_text(encoding="utf-8"))
        selection = Selection(chosen.get("only"), chosen.get("not") or (), config.rootpath)
        selection.grouped = is_grouped(config)
    except (OSError, ValueError, TypeError, AttributeError) as problem:
        raise pytest.UsageError(f"--mlgate-select: {path} cannot be used: {problem}") from problem
    config.pluginmanager.register(selection, NAME)


class Selection:
    """Which tests of those that are found are run. `left_out` counts the others."""

    def __init__(self, only: Any, without: Any, root: Path) -> None:
        self._only = None if only is None else _entries(only)
        self._without = _entries(without)
        self._root = root
        self._files = None if self._only is None else {entry.partition("::")[0] for entry in self._only}
        self.left_out = 0
        self.grouped = False

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """A file of which nothing is run is not even imported."""
        if collection_path.suffix != ".py" or collection_path.name in ("__init__.py", "conftest.py"):
            return None
        try:
            path = collection_path.relative_to(self._root).as_posix()
        except ValueError:
            return None
        if path in self._without or (self._files is not None and path not in self._files):
            return True
        return None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        kept = [item for item in items if self.takes(without_group(item.nodeid) if self.grouped else item.nodeid)]
        self.left_out += len(items) - len(kept)
        items[:] = kept

    def takes(self, node: str) -> bool:
        names = _names(node)
        if self._only is not None and self._only.isdisjoint(names):
            return False
        return self._without.isdisjoint(names)


def _entries(values: Any) -> frozenset[str]:
    if isinstance(values, str) or not all(isinstance(value, str) for value in values):
        raise TypeError("expected lists of texts")
    return frozenset(values)


def _names(node: str) -> list[str]:
    """A node id, and the beginnings of it by which it can be named: its file, its class, its function."""
    parts = node.partition("[")[0].split("::")
    return [node, *("::".join(parts[:count]) for count in range(1, len(parts) + 1))]
