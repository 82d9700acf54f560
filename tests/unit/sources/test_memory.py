"""The memory limit as a person writes it."""

from __future__ import annotations

import duckdb
import pytest

from mlgate.errors import UsageError
from mlgate.sources.memory import memory_limit


@pytest.mark.parametrize("text", ["1GiB", "64MiB", "512 MB", "1.5gb", "0.1TB", "200000KiB", " 2GiB "])
def test_a_size_is_one_that_the_engine_takes(text: str) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"SET memory_limit = '{memory_limit(text)}'")


@pytest.mark.parametrize("text", ["much", "1", "80%", "-1GiB", "1GiB; DROP", "1e3MB", "63MiB", "0GiB", "nanGB"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        memory_limit(text)
    assert caught.value.hint


def test_the_given_one_goes_before_the_environment_and_that_before_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLGATE_MEMORY_LIMIT", raising=False)
    assert memory_limit() == "1GiB"
    monkeypatch.setenv("MLGATE_MEMORY_LIMIT", "2GiB")
    assert memory_limit() == "2GiB"
    assert memory_limit("3GiB") == "3GiB"
