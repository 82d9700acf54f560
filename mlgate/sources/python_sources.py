"""The text of Python files, for those who look for words in it."""

from __future__ import annotations

from pathlib import Path


def read_source(root: Path, path: str) -> str:
    """The text of a Python file; empty where it cannot be read.

    Bytes that are no UTF-8 are kept apart: names of modules are plain letters in every encoding that Python reads.
    """
    try:
        return (root / path).read_bytes().decode("utf-8-sig", "surrogateescape")
    except OSError:
        return ""
