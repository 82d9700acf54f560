"""Tests that no tier runs."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import normpath

from mlgate.lint.finding import Finding
from mlgate.lint.suites.suite import Suite

RULE = "test-outside-tiers"
FIX = "add the file or its folder to `tests` of a tier in mlgate.yaml, or move it into a folder that a tier has"


def test_outside_tiers(suite: Suite) -> Iterator[Finding]:
    """A test file that stands in none of the paths that the tiers of mlgate.yaml name.

    The gate never runs it, while everybody believes that it does.

    Judged only where mlgate.yaml declares tiers with tests, and only files that hold a test.
    """
    declared = [path for paths in suite.declared.tiers.values() for path in paths]
    if not declared or not suite.tests or any(_contains(path, suite.module.path) for path in declared):
        return
    named = ", ".join(sorted({path.partition("::")[0] for path in declared})[:5])
    message = f"no tier runs this file ({len(suite.tests)} tests): tiers have {named}"
    yield suite.finding(RULE, suite.module.tree, message, FIX)


test_outside_tiers.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def _contains(declared: str, path: str) -> bool:
    """Whether a path of a tier is the file or a folder above it; `file.py::TestX` names a part of a file."""
    folder = normpath(declared.partition("::")[0])
    return folder in (".", path) or path.startswith(f"{folder}/")
