"""What a project says that it installs, as far as a look at its files tells."""

from __future__ import annotations

import re
from pathlib import Path

_FILES = ("pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "Pipfile", "environment.yml", "environment.yaml")
_PATTERNS = ("requirements*.txt", "requirements*.in", "requirements/*.txt", "requirements/*.in")
MAX_BYTES = 1_000_000


def requires(root: Path, package: str) -> bool:
    """Whether a file of requirements at the root of a project names a package."""
    name = re.compile(rf"(?<![\w.-]){re.escape(package).replace('-', '[-_.]')}(?![\w-])", re.IGNORECASE)
    paths = [root / file for file in _FILES] + [path for pattern in _PATTERNS for path in sorted(root.glob(pattern))]
    for path in paths:
        try:
            with path.open(encoding="utf-8", errors="replace") as stream:
                text = stream.read(MAX_BYTES)
        except OSError:
            continue
        if any(name.search(line.partition("#")[0]) for line in text.splitlines()):
            return True
    return False
