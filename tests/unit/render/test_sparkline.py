from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.outcome import Outcome, Status
from mlgate.render.sparkline import BLOCKS, GAP, LONGEST, sparkline, trend_line


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([], ""),
        ([None, math.nan], ""),
        ([1, 8], "\u2581\u2588"),
        ([3, 2, 1], "\u2588\u2585\u2581"),
        ([5, 5], "\u2584\u2584"),
        ([0.3, 0.1 + 0.2], "\u2584\u2584"),
        ([0.1, None, 0.3, math.inf], "\u2581\u00b7\u2588\u00b7"),
        ([-1e308, 1e308], "\u2581\u2588"),
        ([5e-324, 0.0], "\u2588\u2581"),
    ],
)
def test_a_value_is_one_block(values: list[float | None], drawn: str) -> None:
    assert sparkline(values) == drawn


@given(st.lists(st.one_of(st.none(), st.floats()), max_size=80))
def test_every_value_has_a_character_and_larger_is_never_lower(values: list[float | None]) -> None:
    drawn = sparkline(values)
    finite = [value for value in values if value is not None and math.isfinite(value)]
    assert len(drawn) == (len(values) if finite else 0)
    shown = sorted(
        (value, BLOCKS.index(block))
        for value, block in zip(values, drawn, strict=False)
        if block != GAP and value is not None
    )
    levels = [level for _, level in shown]
    assert levels == sorted(levels)


def outcome(points: object) -> Outcome:
    return Outcome(
        id="a",
        check="slow_decline",
        tier="model",
        subject="a",
        status=Status.PASS,
        message="",
        evidence={"points": points},
    )


def test_the_line_of_an_outcome() -> None:
    assert trend_line(outcome([{"value": 1}, {"value": 2}, {"value": 1.5}])) == "\u2581\u2588\u2585 over 3 runs"
    assert trend_line(outcome([{"value": 1}])) == ""
    assert len(trend_line(outcome([{"value": n} for n in range(500)])).split()[0]) == LONGEST


@pytest.mark.parametrize("points", [None, "abc", 7, {}, [], [1, 2], [{"value": "x"}, {"value": None}], [[], {}]])
def test_points_of_another_shape_draw_nothing(points: object) -> None:
    assert trend_line(outcome(points)) == ""
