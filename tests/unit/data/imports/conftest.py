"""The verdict that an imported file gives on a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from tests.unit.data.imports.importing import imported, schema_of, worst


@pytest.fixture
def verdict(check: Callable[..., Mapping[str, Any]]) -> Callable[..., str]:
    """`pass`, `fail` or `error` of a table, as a mapping of columns or as CSV, after an imported file."""

    def run(content: str | Mapping[str, Sequence[Any]], data: object, kind: str = "") -> str:
        outcomes = check(content, schema_of(imported(data, kind)))
        return worst(outcomes.values())

    return run
