"""Names that are too long for their place stay different from each other."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.outcome import Report, Status
from mlgate.render.html import render_html
from mlgate.render.markdown import render_markdown
from mlgate.render.markdown_escape import code
from mlgate.render.text import render_text
from mlgate.render.visible import label
from tests.unit.render import reports
from tests.unit.render.strategies import texts


@given(text=texts(max_parts=60), limit=st.integers(12, 300))
def test_a_label_is_short_and_visible(text: str, limit: int) -> None:
    shown = label(text, limit)
    assert len(shown) <= limit
    assert shown.isprintable()
    assert label(shown, limit) == shown


@pytest.mark.parametrize("show", [label, code])
@pytest.mark.parametrize("filling", ["x", "$", "|", "\U0001f600", "\u202e", " ", "a b"])
@pytest.mark.parametrize("place", ["start", "middle", "end"])
def test_long_names_that_differ_look_different(show: Callable[[str, int], str], filling: str, place: str) -> None:
    before, after = {"start": (0, 4000), "middle": (2000, 2000), "end": (4000, 0)}[place]
    names = [f"x{filling * before}{letter}{filling * after}y" for letter in "ab"]
    assert len({show(name, 100) for name in names}) == 2


@pytest.mark.parametrize("render", [render_text, render_markdown, render_html])
def test_two_long_slices_do_not_look_the_same(render: Callable[[Report], str]) -> None:
    long = "ward " * 100
    slices = [reports.accuracy({"ward": long + end}, 0.9, 0.8, 0.01) for end in ("north", "south")]
    text = html.unescape(render(reports.report(*slices)))
    assert len(set(re.findall(r"\.\.\.#[0-9a-f]{8}", text))) >= 2


def test_two_long_subjects_do_not_look_the_same_in_a_headline() -> None:
    errors = [reports.outcome(f"data/{n}/x", Status.ERROR, subject="d" * 200 + str(n)) for n in range(2)]
    first = render_text(reports.report(*errors)).splitlines()[0]
    assert len(set(re.findall(r"#[0-9a-f]{8}", first))) == 2
