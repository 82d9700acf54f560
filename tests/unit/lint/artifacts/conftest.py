"""What the tests of model files share: a file is bytes and a name, and nothing is ever loaded."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from mlgate.lint.artifacts.checks import Trust, judge_artifact
from mlgate.lint.artifacts.formats import scan_artifact
from mlgate.outcome import Outcome


def outcomes_of(data: bytes, name: str, trust: Trust | None = None) -> dict[str, Outcome]:
    facts = scan_artifact(lambda: io.BytesIO(data), name)
    if facts is None:
        return {}
    return {item.check: item for item in judge_artifact(facts, name, trust or Trust(), ["MLmodel"])}


@pytest.fixture
def judged() -> Callable[..., dict[str, Outcome]]:
    return outcomes_of
