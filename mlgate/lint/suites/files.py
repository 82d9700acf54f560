"""Which files hold tests."""

from __future__ import annotations

import re

_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test)\.py$")
_MAYBE_TEST_FILE = re.compile(r"(?:^|/)(?:tests?|test[A-Z0-9][^/]*)\.py$")
_TEST_LIBRARY = re.compile(r"^\s*(?:import|from)\s+(?:unittest|pytest)\b", re.MULTILINE)


def is_test_file(path: str, text: str) -> bool:
    """Whether pytest or unittest would look for tests in a file: by its name, and for `tests.py` by what it imports."""
    return bool(_TEST_FILE.search(path) or (_MAYBE_TEST_FILE.search(path) and _TEST_LIBRARY.search(text)))
