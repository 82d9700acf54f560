"""Rows that fail: of a large table those of all checks in one pass, and the same as with a query each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.data import aggregates, check_table, failing_rows
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


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, key=st.sampled_from([(), ("b",)]), privacy=st.sampled_from(["full", "masked", "none"]))
def test_rows_of_all_checks_in_one_pass_are_those_of_each(
    outcomes: Any, rows: list[tuple[Any, ...]], key: tuple[str, ...], privacy: str
) -> None:
    content = {"a": [row[0] for row in rows], "b": [row[1] for row in rows]}
    with pytest.MonkeyPatch.context() as patch:
        found = []
        for few in (10**9, 0):
            patch.setattr(failing_rows, "FEW_ROWS", few)
            found.append(outcomes(content, key=key, privacy=privacy)[0])
    assert found[0] == found[1]


def test_large_table_is_passed_once_for_them(outcomes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    content = {"a": [5, None, 7, 5] * 20, "b": ["yy", None, "yy", "z"] * 20}
    asked = {}
    for few in (10**9, 0):
        monkeypatch.setattr(failing_rows, "FEW_ROWS", few)
        found, queries = outcomes(content, key=("b",))
        asked[few] = len(queries)
        shown = [[row["row"] for row in one.evidence.get("rows", [])] for one in found if one.status == "fail"]
        assert sorted(map(len, shown)) == [10] * len(shown)
        assert all(rows == sorted(rows) for rows in shown)
    assert asked[0] == asked[10**9] - 5  # of seven that fail, six have a condition; `unique` asks by itself


def test_one_condition_that_the_engine_refuses_leaves_the_others_alone(
    outcomes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failing_rows, "FEW_ROWS", 0)
    monkeypatch.setattr(aggregates, "rows_where", lambda *_: "no_such_function(1)")
    found, _ = outcomes({"a": [5, None], "b": ["yy", None]})
    assert all(one.evidence["rows"] for one in found if one.status == "fail")
