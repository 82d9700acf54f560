"""The terminal report: nothing from data can colour, move or command anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import example, given

from mlgate.outcome import Report
from mlgate.render.annotations import render_annotations
from mlgate.render.html import render_html
from mlgate.render.markdown import render_markdown
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


def test_names_are_shown_and_ids_have_their_own_line() -> None:
    lines = render_text(reports.named()).splitlines()
    assert "  FAIL  accuracy of readmission in stra\u00dfe=\u6771\u4eac [1]" in lines
    assert "        id: model/readmission/accuracy/stra%C3%9Fe=%E6%9D%B1%E4%BA%AC%20%5B1%5D" in lines
    assert "  FAIL  train.caf\u00e9 #1 between" in lines
    assert "  FAIL  test_age_is_scaled unit test" in render_text(reports.stopped()).splitlines()


def test_a_comparison_is_told_once() -> None:
    text = render_text(reports.named())
    assert "fell by" not in text
    assert text.count("accepted until 2026-12-31 (known, being worked on)\n") == 1
    assert text.count("5.5 points worse (86.7 % -> 81.2 %, 900 rows)") == 1


@pytest.mark.parametrize("render", [render_text, render_markdown, render_html, render_annotations])
def test_what_was_not_selected_is_said_beside_the_counts(render: Callable[[Report], str]) -> None:
    report = reports.stopped()
    assert "22 hold, 2 skipped. Not selected: integration and serving." in render(report)
    for nothing in ([], None, "integration", [1, None, ""]):
        other = replace(report, provenance={**report.provenance, "not_selected": nothing})
        assert "Not selected" not in render(other)


def test_uncommitted_changes_stand_beside_either_commit() -> None:
    text = render_text(reports.stopped())
    assert "commit 77aa0c3d5e6f with uncommitted changes, 12 days old" in text
    assert "commit 4f1c2d9a8b7e with uncommitted changes.\n" in text
    assert "with uncommitted changes" not in render_text(reports.regressed())


def test_wide_characters_keep_columns_aligned() -> None:
    header, wide, plain = (
        line for line in render_text(reports.named()).splitlines() if re.search(r"^    (slice|stra|sex)", line)
    )
    end = header.index("rows") + len("rows")
    assert plain[:end].endswith(" 900")
    assert wide[: end - 2].endswith(" 1,204")  # two characters before it take two columns each


def test_columns_of_numbers_are_aligned() -> None:
    lines = render_text(reports.regressed()).splitlines()
    start = lines.index("metrics") + 2
    rows = lines[start : start + 5]
    header_end = rows[0].index("candidate") + len("candidate")
    assert [row[header_end - 2 : header_end] for row in rows[1:]] == [" %"] * 4
