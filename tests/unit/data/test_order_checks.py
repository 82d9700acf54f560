"""Checks of the order in which values stand in a file."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.config.column_arguments import Order
from mlgate.config.schema import Bound
from mlgate.data import check_table, order_checks, own_queries
from mlgate.outcome import Outcome, Status
from mlgate.sources.tables import open_table

One = Callable[..., Outcome]
STRICTLY = Order(strictly=True)


def text(*values: object) -> str:
    return "x,pad\n" + "".join(f"{value},.\n" for value in values)


@pytest.mark.parametrize(
    ("type_", "name", "order", "good", "bad"),
    [
        ("integer", "increasing", Order(), ["1", "1", "2", "10"], ["9"]),
        ("integer", "increasing", STRICTLY, ["1", "2", "10"], ["10"]),
        ("integer", "decreasing", Order(), ["10", "2", "2", "-1"], ["0"]),
        ("integer", "decreasing", STRICTLY, ["10", "2", "-1"], ["-1"]),
        ("integer", "increasing", STRICTLY, [2**53, 2**53 + 1, 2**63], [2**63]),
        ("number", "increasing", Order(), ["-inf", "0.1", "1e3", "inf", "inf"], ["1e9"]),
        ("number", "increasing", Order(), ["-0.0", "0", "0"], ["-1e-9"]),
        ("date", "increasing", Order(), ["2019-12-31", "2020-01-01"], ["2019-12-31"]),
        ("datetime", "decreasing", STRICTLY, ["2020-01-01T10:00:01Z", "2020-01-01T12:00:00+02:00"], ["2020-01-01T10:00:00"]),
        ("time", "increasing", Order(), ["08:00", "08:00:01"], ["07:59"]),
        ("string", "increasing", Order(), ["10", "9", "a", "ä", "日"], ["b"]),
    ],
    ids=itertools.count(),
)  # fmt: skip
def test_good_order_passes_and_a_bad_row_fails(
    one: One, type_: str, name: str, order: Order, good: list[object], bad: list[object]
) -> None:
    passed = one(text(*good), type_, name, order)
    assert (passed.status, passed.evidence["failing"], passed.evidence["judged"]) == (Status.PASS, 0, len(good))
    failed = one(text(*good, *bad), type_, name, order)
    assert (failed.status, failed.observed) == (Status.FAIL, 1)
    assert [(row["row"], row["value"]) for row in failed.evidence["rows"]] == [(len(good) + 1, str(bad[0]))]


def test_words(one: One) -> None:
    assert one(text(1, 2), "integer", "increasing", Order()).message == (
        "2 values judged, every one at least the value before it"
    )
    outcome = one(text(2, 1), "integer", "increasing", STRICTLY)
    assert outcome.message == "1 of 2 values is not above the value before it"
    assert outcome.expected == "strictly increasing in the file's order"
    assert one(text(1, 2), "integer", "decreasing", Order()).message == "1 of 2 values is above the value before it"


def test_nulls_are_passed_over(one: One) -> None:
    outcome = one(text(1, "", "", 2, "", 1, ""), "integer", "increasing", Order())
    assert outcome.evidence == {
        "judged": 3, "failing": 1, "null": 4, "rows": [{"row": 6, "value": "1", "key": {}}],
    }  # fmt: skip
    assert one({"x": [1, None, 2]}, "integer", "increasing", STRICTLY).status is Status.PASS


def test_a_row_is_judged_by_the_one_before_it_not_by_the_largest(one: One) -> None:
    outcome = one(text(5, 1, 2, 3), "integer", "increasing", Order())
    assert [row["row"] for row in outcome.evidence["rows"]] == [2]


def test_mostly(one: One) -> None:
    assert one(text(1, 2, 3, 1), "integer", "increasing", Order(), mostly=0.75).status is Status.PASS
    assert one(text(1, 2, 3, 1), "integer", "increasing", Order(), mostly=0.76).status is Status.FAIL


def test_values_of_no_order(one: One) -> None:
    outcome = one(text(1, 2), "any", "increasing", Order())
    assert outcome.status is Status.ERROR
    assert outcome.message == (
        "increasing needs to know whether the texts are numbers or dates: declare the column's type"
    )
    assert one({"x": [True, False]}, "boolean", "increasing", Order()).status is Status.ERROR
    assert one({"x": [2, 1]}, "any", "increasing", Order()).status is Status.FAIL


@pytest.mark.parametrize("name", ["increasing", "decreasing"])
class TestEdges:
    def test_all_null_is_an_error(self, one: One, name: str) -> None:
        outcome = one(text("", ""), "integer", name, Order())
        assert (outcome.status, outcome.message) == (Status.ERROR, "0 values judged: all 2 are null")

    def test_one_row(self, one: One, name: str) -> None:
        assert one({"x": [5]}, "integer", name, STRICTLY).status is Status.PASS

    def test_no_rows(self, check: Any, column: Any, rule: Any, schema: Any, name: str) -> None:
        declared = schema(column("x", "integer", rule(name, Order())), rules=(rule("row_count", Bound(min=0)),))
        outcome = check("x,pad\n", declared)[f"x/{name}"]
        assert (outcome.status, outcome.message) == (Status.PASS, "0 values judged: the table has no rows")

    def test_values_not_of_the_type_are_passed_over(self, one: One, name: str) -> None:
        outcome = one(text(1, "abc", 1), "integer", name, Order())
        assert (outcome.status, outcome.evidence["not_of_type"]) == (Status.PASS, 1)


FIRST = list(range(2, 12))
STARTS = [100_001, 200_001]


def test_order_over_several_files_and_many_row_groups(tmp_path: Path, column: Any, rule: Any, schema: Any) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    paths = []
    for part in range(3):
        paths.append(tmp_path / f"part-{part}.parquet")
        values = range(part * 100_000, (part + 1) * 100_000)
        pq.write_table(pa.table({"x": [*values]}), paths[-1], row_group_size=5_000)
    declared = schema(column("x", "integer", rule("increasing", STRICTLY), rule("decreasing", Order(), name="down")))
    with open_table(paths, shown="part-*.parquet") as table:
        found = {outcome.id: outcome for outcome in check_table(table, declared, dataset="t")}
    assert found["data/t/x/increasing"].status is Status.PASS
    down = found["data/t/x/down"]
    assert (down.status, down.observed) == (Status.FAIL, 299_999)
    assert [row["row"] for row in down.evidence.get("rows", [])] in (FIRST, [])  # none where rows had to be sorted
    with open_table(paths[::-1], shown="part-*.parquet") as table:
        found = {outcome.id: outcome for outcome in check_table(table, declared, dataset="t")}
    outcome = found["data/t/x/increasing"]
    assert (outcome.status, outcome.observed) == (Status.FAIL, 2)
    assert [row["row"] for row in outcome.evidence.get("rows", [])] in (STARTS, [])


def reordered(query: str) -> str:
    return query.replace("FROM source", "FROM (SELECT * FROM source ORDER BY row DESC)")


def begun_again(query: str) -> str:
    return query.replace("OVER ()", "OVER (PARTITION BY row % 2)")


@pytest.mark.parametrize("change", [reordered, begun_again])
def test_rows_that_come_out_of_turn_are_sorted(
    one: One, monkeypatch: pytest.MonkeyPatch, change: Callable[[str], str]
) -> None:
    def changed(value: str, wrong: str, *, sort: bool = False) -> own_queries.Query:
        query = own_queries.out_of_order(value, wrong, sort=sort)
        return query if sort else own_queries.Query(change(query))

    monkeypatch.setattr(order_checks, "out_of_order", changed)
    outcome = one(text(1, 5, 2, 3), "integer", "increasing", Order())
    assert (outcome.status, outcome.observed) == (Status.FAIL, 1)
    assert one(text(1, 2, 3, 4), "integer", "increasing", Order()).status is Status.PASS


def test_rows_that_stay_out_of_turn_are_an_error(one: One, monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(value: str, wrong: str, *, sort: bool = False) -> own_queries.Query:
        return own_queries.Query(begun_again(own_queries.out_of_order(value, wrong)))

    monkeypatch.setattr(order_checks, "out_of_order", changed)
    outcome = one(text(3, 2, 1), "integer", "increasing", Order())
    assert outcome.status is Status.ERROR
    assert outcome.message == "could not be judged: the engine gave the values out of order"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.none() | st.integers(-3, 3) | st.sampled_from([2**60, 2**60 + 1]), min_size=1, max_size=12))
def test_as_python_compares(check: Any, column: Any, rule: Any, schema: Any, values: list[int | None]) -> None:
    orders = {"increasing": "up", "decreasing": "down"}
    rules = [
        rule(name, Order(strictly), name=f"{short}{int(strictly)}")
        for name, short in orders.items()
        for strictly in (False, True)
    ]
    import pyarrow as pa

    found = check({"x": pa.array(values, pa.int64())}, schema(column("x", "integer", *rules)))
    present = [(row, value) for row, value in enumerate(values, start=1) if value is not None]
    bad: dict[str, Callable[[int, int], bool]] = {
        "up0": lambda before, value: value < before,
        "up1": lambda before, value: value <= before,
        "down0": lambda before, value: value > before,
        "down1": lambda before, value: value >= before,
    }
    for name, is_bad in bad.items():
        rows = [row for (_, before), (row, value) in itertools.pairwise(present) if is_bad(before, value)]
        outcome = found[f"x/{name}"]
        if not present:
            assert outcome.status is Status.ERROR
        else:
            assert (outcome.status, outcome.observed) == (Status.FAIL if rows else Status.PASS, len(rows))
            assert [row["row"] for row in outcome.evidence.get("rows", [])] == rows[:10]
