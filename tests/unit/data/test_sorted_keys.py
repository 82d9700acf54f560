"""Repeats counted by sorting hashes: the same as Python counts, in parts, and where hashes collide."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import duckdb
import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.data import sorted_keys
from mlgate.data.asking import ask_alone
from mlgate.data.own_queries import Repeats, repeats, repeats_of_long
from mlgate.data.sorted_keys import count_repeats

KEYS = st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1) | st.none()


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as found:
        yield found


@pytest.fixture
def parts_of_five(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorted_keys, "PART", 5)


def fill(connection: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]) -> str:
    connection.execute("CREATE OR REPLACE TABLE t AS SELECT unnest(?::BIGINT[]) AS a, unnest(?::VARCHAR[]) AS b",
                       [[row[0] for row in rows], [row[1] for row in rows]])  # fmt: skip
    return "SELECT * FROM t"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(KEYS, st.sampled_from(["", "x", "ä", None])), max_size=30))
def test_repeats_are_those_that_python_counts(
    connection: duckdb.DuckDBPyConnection, parts_of_five: None, rows: list[tuple[Any, ...]]
) -> None:
    source = fill(connection, rows)
    for query, values in (
        (repeats("a"), [a for a, _ in rows if a is not None]),
        (repeats_of_long("b"), [b for _, b in rows if b is not None]),
        (repeats_of_long("a", "b"), [row for row in rows if None not in row]),
    ):
        expected = len(values) - len(set(values))
        assert count_repeats(connection, source, query) == expected
        assert ask_alone(connection, source, query) == {"repeats": expected, "unordered": 0}


@pytest.mark.parametrize("limit", [0, 1_000])
def test_values_of_equal_hash_are_compared(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(sorted_keys, "MAX_VERIFIED", limit)
    source = fill(connection, [(1, "a"), (11, "b"), (21, "c"), (11, "d")])
    query = repeats_of_long("a")
    poor = Repeats(query.replace("hash(a)", "a % 10"), query.where, ["a"])
    poor.key = "a % 10"
    assert count_repeats(connection, source, poor) == (1 if limit else None)
    assert ask_alone(connection, source, poor) == {"repeats": 1, "unordered": 0}


def test_engine_counts_where_numpy_is_not_installed(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = fill(connection, [(1, "a"), (1, "b"), (2, "c")])
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert count_repeats(connection, source, repeats("a")) is None
    assert ask_alone(connection, source, repeats("a")) == {"repeats": 1, "unordered": 0}
