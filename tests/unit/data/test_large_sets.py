"""Sets of many members are looked up, and a look-up says what a comparison with each member says."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.config.schema import Read
from mlgate.data import aggregates, check_table
from mlgate.outcome import Outcome, Status
from mlgate.sources.tables import open_table
from tests.unit.data.conftest import make_column, make_rule, make_schema

INTEGERS = st.integers(-3, 3) | st.sampled_from([2**53, 2**53 + 1, -(2**63), 2**63 - 1])
FLOATS = st.sampled_from([0.0, -0.0, 0.5, 1.0, -2.0, 1e300, float(2**53), 0.1, 0.30000000000000004])
MOMENTS = st.sampled_from([dt.datetime(2024, 1, day, hour) for day in (1, 2) for hour in (0, 12)])  # noqa: DTZ001  # columns have no zone
TEXTS = st.sampled_from(["", "a", "A", "it's", "''", "\x1f", "a\x1fb", "ä", "日本", "a, b", " a", "null", "1", "-0"])
Case = tuple[str, Any, st.SearchStrategy[Any], st.SearchStrategy[Any]]
NOT_FINITE = st.sampled_from([math.nan, math.inf, -math.inf])


def cases() -> dict[str, Case]:
    """By name: the declared type, Arrow's type, values of a column, and members."""
    import pyarrow as pa

    days = MOMENTS.map(lambda moment: moment.date())
    return {
        "int64": ("integer", pa.int64(), INTEGERS, INTEGERS | FLOATS),
        "uint8": ("any", pa.uint8(), st.integers(0, 3), INTEGERS),
        "double": ("number", pa.float64(), FLOATS | NOT_FINITE, FLOATS | INTEGERS | st.sampled_from([math.inf])),
        "float": ("number", pa.float32(), FLOATS.filter(lambda it: it < 1e30) | NOT_FINITE, FLOATS | INTEGERS),
        "decimal": (
            "number",
            pa.decimal128(20, 2),
            st.sampled_from([Decimal("0.10"), Decimal("-2.00"), Decimal("9007199254740993.00")]),
            FLOATS | INTEGERS,
        ),
        "string": ("string", pa.string(), TEXTS, TEXTS),
        "boolean": ("boolean", pa.bool_(), st.booleans(), st.booleans()),
        "date": ("date", pa.date32(), days, days.map(str)),
        "datetime": ("datetime", pa.timestamp("us"), MOMENTS, MOMENTS.map(dt.datetime.isoformat) | days.map(str)),
        "time": ("time", pa.time64("us"), MOMENTS.map(dt.datetime.time), MOMENTS.map(lambda it: it.time().isoformat())),
    }  # fmt: skip


CHECKS = ("in_set", "not_in_set", "distinct_in_set", "distinct_contain", "distinct_equal")
Drawn = dict[str, tuple[list[Any], tuple[Any, ...]]]
"""Values and members of each column."""


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    rows = draw(st.integers(1, 5))
    return {
        name: (
            draw(st.lists(st.none() | values, min_size=rows, max_size=rows)),
            tuple(draw(st.lists(members, min_size=1, max_size=5))),
        )
        for name, (_, _, values, members) in cases().items()
    }


def write(path: Path, columns: Drawn) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.suffix == ".parquet":
        pq.write_table(pa.table({name: pa.array(columns[name][0], case[1]) for name, case in cases().items()}), path)
        return path
    rows = zip(*(values for values, _ in columns.values()), strict=True)
    lines = [",".join(columns), *(",".join(map(cell, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def cell(value: Any) -> str:
    if value is None:
        return "NULL"
    return f'"{str(value).lower() if isinstance(value, bool) else value}"'


def outcomes(path: Path, columns: Drawn, many: int) -> list[Outcome]:
    declared = [
        make_column(name, case[0], *(make_rule(check, columns[name][1]) for check in CHECKS))
        for name, case in cases().items()
    ]
    schema = make_schema(*declared, read=Read(delimiter=",", null=("NULL",)))
    with pytest.MonkeyPatch.context() as patch, open_table([path], shown="t", read=schema.read) as table:
        patch.setattr(aggregates, "MANY", many)
        return check_table(table, schema, dataset="t", privacy="full")


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(columns=drawn())
def test_a_look_up_says_what_comparisons_say(tmp_path: Path, suffix: str, columns: Drawn) -> None:
    path = write(tmp_path / f"t.{suffix}", columns)
    compared, looked_up = outcomes(path, columns, 10**9), outcomes(path, columns, 0)
    assert looked_up == compared
    assert not [one.message for one in looked_up if "could not be computed" in one.message]


@pytest.fixture
def large(save: Callable[..., Path]) -> Callable[..., Outcome]:
    def run(content: Any, kind: str, name: str, members: Sequence[Any]) -> Outcome:
        path = save(content)
        with open_table([path], shown=path.name) as table:
            found = check_table(
                table, make_schema(make_column("x", kind, make_rule(name, tuple(members)))), dataset="t"
            )
        return next(one for one in found if one.check == name)

    return run


@pytest.mark.parametrize("content", ["x\n0\n999\n1000\n\n", {"x": [0, 999, 1000, None]}], ids=["csv", "parquet"])
@pytest.mark.parametrize(("kind", "made"), [("integer", int), ("number", lambda number: number / 2), ("string", str)])
def test_a_thousand_members(large: Any, content: Any, kind: str, made: Callable[[int], Any]) -> None:
    if kind == "string" and isinstance(content, dict):
        content = {"x": [None if value is None else str(value) for value in content["x"]]}
    members = [made(number) for number in range(2_000 if kind == "number" else 1_000)]
    found = large(content, kind, "in_set", members)
    assert (found.status, found.evidence["judged"], found.evidence["failing"]) == (Status.FAIL, 3, 1)
    assert [row["row"] for row in found.evidence["rows"]] == [3]
    found = large(content, kind, "not_in_set", members)
    assert (found.evidence["judged"], found.evidence["failing"]) == (3, 2)
    assert large(content, kind, "distinct_contain", members[:2]).status is Status.FAIL
    assert large(content, kind, "distinct_in_set", [*members, made(len(members))]).status is Status.PASS


def test_nan_is_among_no_members_however_many(large: Any) -> None:
    content = {"x": [1.0, math.nan]}
    members = [float(number) for number in range(1000)]
    assert large(content, "number", "in_set", members).evidence["failing"] == 1
    assert large(content, "number", "not_in_set", members).evidence["failing"] == 1


def test_many_members_are_not_compared_one_by_one() -> None:
    literals = [str(number) for number in range(aggregates.MANY + 1)]
    assert "SELECT" in aggregates.one_of("v", literals)
    assert aggregates.one_of("v", literals[:-1]) == f"v IN ({', '.join(literals[:-1])})"
