"""`null`: a column in which every value is missing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.config.schema import Bound
from mlgate.outcome import Outcome, Status

One = Callable[..., Outcome]


def text(*values: object) -> str:
    return "x,pad\n" + "".join(f"{value},.\n" for value in values)


def test_nothing_is_there(one: One) -> None:
    for content in (text("", ""), {"x": [None, None]}):
        outcome = one(content, "string" if isinstance(content, str) else "any", "null", True)
        assert (outcome.status, outcome.message) == (Status.PASS, "2 values judged, every one missing")
        assert outcome.evidence == {"judged": 2, "failing": 0, "null": 2}


def test_a_value_is_there(one: One) -> None:
    outcome = one(text("", "ä", "", "b"), "string", "null", True)
    assert (outcome.status, outcome.observed) == (Status.FAIL, 2)
    assert (outcome.message, outcome.expected) == ("2 of 4 values are present", "every value missing")
    assert [(row["row"], row["value"]) for row in outcome.evidence["rows"]] == [(2, "ä"), (4, "b")]
    assert one(text("", "a"), "string", "null", True, mostly=0.5).status is Status.PASS
    assert one(text("", "a"), "string", "null", True, mostly=0.51).status is Status.FAIL


def test_a_value_not_of_the_type_is_one(one: One) -> None:
    assert one(text("", "abc"), "integer", "null", True).evidence["failing"] == 1


@pytest.mark.parametrize("content", [text("nan", "", "NaN"), {"x": [math.nan, None, math.nan]}])
def test_nan_is_missing(one: One, content: Any) -> None:
    outcome = one(content, "number", "null", True)
    assert outcome.status is Status.PASS
    assert outcome.evidence == {"judged": 3, "failing": 0, "null": 1, "nan": 2}


def test_one_row_and_none(one: One, check: Any, column: Any, rule: Any, schema: Any) -> None:
    assert one({"x": [5]}, "integer", "null", True).status is Status.FAIL
    declared = schema(column("x", "integer", rule("null", True)), rules=(rule("row_count", Bound(min=0)),))
    assert check("x,pad\n", declared)["x/null"].message == "0 values judged: the table has no rows"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.none() | st.floats(), min_size=1, max_size=8))
def test_null_and_not_null_count_to_all(check: Any, column: Any, rule: Any, schema: Any, values: list[Any]) -> None:
    import pyarrow as pa

    content = {"x": pa.array(values, pa.float64())}
    found = check(content, schema(column("x", "number", rule("null", True), rule("not_null", True))))
    missing = sum(value is None or math.isnan(value) for value in values)
    assert found["x/null"].evidence["failing"] == len(values) - missing
    assert found["x/not_null"].evidence["failing"] == missing
