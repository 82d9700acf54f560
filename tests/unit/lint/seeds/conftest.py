"""What the analysis tells of a text, in as few words as a test can be written with."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping

import pytest

from mlgate.lint.finding import CONTROLLED
from mlgate.lint.module import Module, parse_module
from mlgate.lint.seeds import judge

Told = Callable[..., list[str]]


def told_of(
    text: str, modules: Mapping[str, str] | None = None, settings: Mapping[str, str] | None = None, path: str = "run.py"
) -> list[str]:
    """`rule:line:verdict` of everything that is not controlled, in order of lines."""
    others = {
        name: parse_module(textwrap.dedent(body), f"{name.lstrip('.')}{'/__init__' * (name == 'pkg')}.py")
        for name, body in (modules or {}).items()
    }

    def load(name: str, _importer: str) -> Module | None:
        return others.get(name)

    module = parse_module(textwrap.dedent(text), path)
    found = judge(module, load, lambda name, _importer: (settings or {}).get(name))
    kept = sorted((item.line, item.rule, item.verdict) for item in found if item.verdict != CONTROLLED)
    return [f"{rule}:{line}:{verdict}" for line, rule, verdict in kept]


@pytest.fixture(scope="session")
def told() -> Told:
    return told_of
