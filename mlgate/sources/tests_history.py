"""What earlier runs made of the tests, kept from one run to the next where findings of lint are kept, too.

The file is `tests/flaky.json` in that folder (`.git/mlgate` in a repository), which CI can cache.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlgate.sources.lint_cache import kept_folder, read_cache, write_cache


def read_test_history(root: Path) -> dict[str, Any]:
    """The history of a project's tests; empty where there is none that can be trusted."""
    return read_cache(_path(root))


def write_test_history(root: Path, history: Mapping[str, Any]) -> None:
    """Keep the history; where that fails, the next run knows less."""
    write_cache(_path(root), dict(history))


def _path(root: Path) -> str:
    return str(Path(kept_folder(str(root), "tests")) / "flaky.json")
