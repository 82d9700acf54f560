"""What earlier runs made of the tests, kept from one run to the next where findings of lint are kept, too.

The file is `tests/flaky.json` in that folder (`.git/mlgate` in a repository), which CI can cache; a project in a folder
of its repository has a file of its own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mlgate.sources.lint_cache import kept_folder, read_cache, write_kept
from mlgate.sources.lint_files import git_top


def read_test_history(root: Path) -> dict[str, Any]:
    """The history of a project's tests; empty where there is none that can be trusted."""
    return read_cache(_path(root))


def write_test_history(root: Path, history: Mapping[str, Any]) -> None:
    """Keep the history; where that fails, the next run knows less."""
    write_kept(_path(root), dict(history))


def _path(root: Path) -> str:
    place = os.path.realpath(root)
    top = git_top(place)
    inside = Path(place).relative_to(top).as_posix() if top and Path(place).is_relative_to(top) else "."
    part = "" if inside == "." else f"-{blake2b(inside.encode(), digest_size=8).hexdigest()}"
    return str(Path(kept_folder(place, "tests")) / f"flaky{part}.json")
