"""Rows that fail: those of all checks in one pass, and the same as with a query each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.data import aggregates, check_table, failing_rows, sorted_keys
from mlgate.outcome import Outcome
from mlgate.sources.tables import open_table
from tests.unit.data.test_wide_tables import Watched

ROWS = st.lists(st.tuples(st.integers(-3, 3) | st.none(), st.sampled_from(["x", "yy", "", None])), min_size=1)


@pytest.fixture
def outcomes(
    save: Callable[..., Path], column: Any, rule: Any, schema: Any
) -> Callable[..., tuple[list[Outcome], list[str]]]:
    """Outcomes of checks that all fail for some values, and the queries that took."""
    declared = schema(
        column("a", "integer", rule("between", [0, 1]), rule("not_null", True), rule("in_set", (0, 2)), rule("unique", True)),
        column("b", "string", rule("length", [1, 1]), rule("regex", "x"), rule("not_null", True)),
    )  # fmt: skip

    def run(content: Mapping[str, Any], **options: Any) -> tuple[list[Outcome], list[str]]:
        with open_table([save(content)], shown="t") as table:
            watch = Watched(table)
            return check_table(watch, declared, dataset="t", **options), watch.connection.queries

    return run


def each_alone(patch: pytest.MonkeyPatch) -> None:
    """Let every plan have a query of its own."""
    patch.setattr(
        failing_rows, "_together", lambda table, plans, keys: [failing_rows._alone(table, plan, keys) for plan in plans]
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, key=st.sampled_from([(), ("b",)]), privacy=st.sampled_from(["full", "masked", "none"]))
def test_rows_of_all_checks_in_one_pass_are_those_of_each(
    outcomes: Any, rows: list[tuple[Any, ...]], key: tuple[str, ...], privacy: str
) -> None:
    content = {"a": [row[0] for row in rows], "b": [row[1] for row in rows]}
    together = outcomes(content, key=key, privacy=privacy)[0]
    with pytest.MonkeyPatch.context() as patch:
        each_alone(patch)
        assert outcomes(content, key=key, privacy=privacy)[0] == together


def test_the_table_is_passed_once_for_them(outcomes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    content = {"a": [5, None, 7, 5] * 20, "b": ["yy", None, "yy", "z"] * 20}
    found, together = outcomes(content, key=("b",))
    shown = [[row["row"] for row in one.evidence.get("rows", [])] for one in found if one.status == "fail"]
    assert sorted(map(len, shown)) == [10] * len(shown)
    assert all(rows == sorted(rows) for rows in shown)
    each_alone(monkeypatch)
    alone = outcomes(content, key=("b",))[1]
    assert len(together) == len(alone) - 5  # of seven that fail, six have a condition; `unique` asks by itself


def test_one_condition_that_the_engine_refuses_leaves_the_others_alone(
    outcomes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = aggregates.rows_where

    def one_is_broken(condition: str, parts: list[str], count: int) -> str:
        return "no_such_function(1)" if "IN (" in condition else made(condition, parts, count)

    monkeypatch.setattr(aggregates, "rows_where", one_is_broken)
    found, _ = outcomes({"a": [5, None], "b": ["yy", None]})
    assert all(one.evidence["rows"] for one in found if one.status == "fail")


@pytest.mark.parametrize("most", [0, 1, 1_000])
def test_rows_that_repeat_in_a_long_table_are_found_by_their_hashes(
    save: Callable[..., Path], column: Any, rule: Any, schema: Any, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    declared = schema(
        column("a", "integer", rule("unique", True)),
        column("b", "string"),
        rules=(rule("unique", True, columns=("a", "b")),),
    )
    content = {"a": [1, 2, None, 3, 2, None, 4, 2, 3], "b": ["x", "y", "z", "x", "y", "z", None, "w", "x"]}

    def shown() -> list[Any]:
        with open_table([save(content, "t.parquet")], shown="t") as table:
            watch = Watched(table)
            found = check_table(watch, declared, dataset="t", privacy="full")
        hashed.append(any(" IN (SELECT" in query and "hash(" in query for query in watch.connection.queries))
        return [one.evidence["rows"] for one in found if one.check == "unique"]

    hashed: list[bool] = []
    short = shown()
    assert [[row["row"] for row in rows] for rows in short] == [[2, 4, 5, 9], [2, 4, 5, 8, 9]]
    monkeypatch.setattr(aggregates, "FIRST_ROWS", 3)
    monkeypatch.setattr(sorted_keys, "MAX_VERIFIED", most)
    assert shown() == short
    assert hashed == [False, most > 1]
