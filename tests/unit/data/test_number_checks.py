"""Checks of numbers alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.config.schema_file import parse_schema
from mlgate.errors import ConfigError
from mlgate.outcome import Outcome, Status

One = Callable[..., Outcome]


def test_infinite_numbers_fail(one: One) -> None:
    outcome = one("x,y\n1,.\n-inf,.\n2.5,.\nInfinity,.\n,.\n", "number", "finite", True)
    assert outcome.status is Status.FAIL
    assert outcome.message == "2 of 4 values are not finite; beside them 1 null"
    assert [row["row"] for row in outcome.evidence["rows"]] == [2, 4]


def test_finite_numbers_pass(one: One) -> None:
    assert one("x,y\n1,.\n-1e300,.\n,.\n", "number", "finite", True).status is Status.PASS


@pytest.mark.parametrize("value", ["nan", "NaN"])
def test_nan_never_passes(one: One, value: str) -> None:
    assert one(f"x,y\n1,.\n{value},.\n", "number", "finite", True).status is Status.FAIL


@pytest.mark.parametrize("values", [[1.0, float("nan")], [1.0, float("inf")], [float("-inf"), None]])
def test_stored_numbers(one: One, values: list[Any]) -> None:
    assert one({"x": values}, "number", "finite", True).status is Status.FAIL


def test_stored_integers_are_finite(one: One) -> None:
    assert one({"x": [1, 2**62, None]}, "number", "finite", True).status is Status.PASS


def test_text_in_a_column_of_any_type_fails(one: One) -> None:
    outcome = one("x,y\n1,.\na,.\n", "any", "finite", True)
    assert outcome.status is Status.FAIL
    assert outcome.observed == 1


def test_nothing_judged_is_an_error(one: One) -> None:
    assert one("x,y\n,.\n,.\n", "number", "finite", True).status is Status.ERROR


def test_one_line_for_all_numbers(save: Callable[..., Path], check: Callable[..., Any]) -> None:
    declared = parse_schema(
        "version: 1\ncolumns:\n  x: {type: number}\n  y: {type: integer}\n  z: {type: number}\n"
        "table:\n  checks:\n    - {columns: {type: number}, finite: true}\n",
        "s.yaml",
    )
    found = check("x,y,z\n1,1,1\n2,2,inf\n", declared)
    assert found["x/finite"].status is Status.PASS
    assert found["z/finite"].status is Status.FAIL
    assert "y/finite" not in found


def test_only_numbers_can_be_finite() -> None:
    with pytest.raises(ConfigError, match="finite needs a number, the column is string"):
        parse_schema("version: 1\ncolumns:\n  x: {type: string, finite: true}\n", "s.yaml")
