"""The terminal report: nothing from data can colour, move or command anything."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given

from mlgate.render.text import render_color, render_text
from tests.unit.render import reports
from tests.unit.render.strategies import texts

OURS = re.compile(r"\x1b\[(?:\d+(?:;\d+)?)?m")


@given(text=texts())
@example(text=reports.HOSTILE)
def test_hostile_text_has_no_control_over_a_terminal_or_a_log(text: str) -> None:
    shown = render_text(reports.hostile(text))
    assert all(character.isprintable() or character == "\n" for character in shown)
    assert not [line for line in shown.splitlines() if line.lstrip().startswith("::") or "##[" in line]


@pytest.mark.parametrize("name", reports.SAMPLES)
def test_colour_adds_only_colour(name: str) -> None:
    report = reports.SAMPLES[name]()
    colored = render_color(report)
    assert OURS.search(colored)
    assert OURS.sub("", colored) == render_text(report)


def test_the_first_line_is_the_verdict_and_blocking_comes_before_the_rest() -> None:
    text = render_text(reports.data_failure())
    assert text.startswith("FAIL  mlgate: 1 unit test fails, 2 data checks fail\n")
    assert text.index("blocks (3)") < text.index("to look at (1)") < text.index("tiers")
    assert "row 17: ***" in text
    assert "1 x data: column absent" in text


def test_columns_of_numbers_are_aligned() -> None:
    lines = render_text(reports.regressed()).splitlines()
    start = lines.index("metrics") + 2
    rows = lines[start : start + 5]
    header_end = rows[0].index("candidate") + len("candidate")
    assert [row[header_end - 2 : header_end] for row in rows[1:]] == [" %"] * 4
