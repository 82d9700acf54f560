"""Rules of tests: whether what looks like a test can fail for the right reason."""

from __future__ import annotations

from mlgate.lint.suites.catalogue import RULES, judge_tests
from mlgate.lint.suites.files import is_test_file
from mlgate.lint.suites.suite import Declared

__all__ = ["RULES", "Declared", "is_test_file", "judge_tests"]
