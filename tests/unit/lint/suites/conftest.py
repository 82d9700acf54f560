"""What the rules of tests say of a text."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

import pytest

from mlgate.lint.module import parse_module
from mlgate.lint.suites import Declared, judge_tests

Told = Callable[..., list[tuple[int, str, str]]]
"""Line, rule and status of each finding, in the order of lines."""


@pytest.fixture
def told() -> Told:
    def judge(
        text: str,
        *,
        rule: str = "",
        path: str = "tests/test_model.py",
        declared: Declared | None = None,
        conftests: Sequence[str] = (),
    ) -> list[tuple[int, str, str]]:
        module = parse_module(textwrap.dedent(text), path)
        above = [parse_module(textwrap.dedent(item), "tests/conftest.py") for item in conftests]
        found = judge_tests(module, declared or Declared(), above)
        return sorted((item.line, item.rule, item.status.value) for item in found if not rule or item.rule == rule)

    return judge
