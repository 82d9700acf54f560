"""The HTML page: whole, bounded, without anything from elsewhere, and deaf to text that looks like markup."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import example, given

from mlgate.render.html import MAX_BYTES, render_html
from tests.unit.render import reports
from tests.unit.render.strategies import texts
from tests.unit.render.test_markdown import padded

VOID = {"meta", "rect", "line", "circle", "polyline", "br"}


class Page(HTMLParser):
    """Counts the elements, collects attributes, and checks that every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


@given(text=texts())
@example(text=reports.HOSTILE)
def test_hostile_text_adds_no_element_and_no_attribute(text: str) -> None:
    shown, harmless = Page(render_html(reports.hostile(text))), Page(render_html(reports.hostile("harmless")))
    ours = {"p", "code"}  # a hint with a pair of backticks gets a <code>
    assert {k: n for k, n in shown.tags.items() if k not in ours} == {
        k: n for k, n in harmless.tags.items() if k not in ours
    }
    assert {(tag, name) for tag, name, _ in shown.attributes} == {(tag, name) for tag, name, _ in harmless.attributes}
    assert shown.open == []


@pytest.mark.parametrize("name", reports.SAMPLES)
def test_the_page_needs_nothing_else(name: str) -> None:
    page = Page(render_html(reports.SAMPLES[name]()))
    assert not page.tags.keys() & {"script", "link", "img", "iframe", "object", "form"}
    assert not {attribute for _, attribute, _ in page.attributes} & {"src", "href", "srcset", "style", "onclick"}


def test_the_page_can_be_read_aloud() -> None:
    text = render_html(reports.regressed())
    page = Page(text)
    assert page.tags["header"] == page.tags["main"] == page.tags["h1"] == 1
    scopes = Counter(value for tag, name, value in page.attributes if tag == "th" and name == "scope")
    assert scopes["col"] + scopes["row"] == page.tags["th"]
    assert page.tags["caption"] == page.tags["table"]
    labels = [value for tag, name, value in page.attributes if tag == "svg" and name == "aria-label"]
    assert "change -6.10 points, 90 % interval -9.05 to -3.15 points" in labels
    assert page.tags["svg"] == len(labels) == 8
    assert sum(str(label).startswith("calibration curve: the baseline is farthest off") for label in labels) == 2


def test_names_are_shown_and_ids_stand_beside_them() -> None:
    text = render_html(reports.named())
    slice_name = "<code>accuracy</code> of <code>readmission</code> in <code>stra\u00dfe=\u6771\u4eac [1]</code>"
    assert f"{slice_name}<small>model/readmission/accuracy/stra%C3%9Fe=%E6%9D%B1%E4%BA%AC%20%5B1%5D</small>" in text
    assert "<code>train.caf\u00e9 #1</code> between<small>data/train/caf%C3%A9%20%231/between</small>" in text
    assert "<code>test_age_is_scaled</code> unit test<small>unit/" in render_html(reports.stopped())


def test_on_a_small_screen_every_cell_says_its_column() -> None:
    page = Page(render_html(reports.data_failure()))
    labels = [value for tag, name, value in page.attributes if tag == "td" and name == "data-label"]
    assert len(labels) == page.tags["td"]
    assert {"Status", "Finding", "Next step", "Where", "Message", "Time", "Value"} == set(labels)


def test_uncommitted_changes_stand_beside_either_commit() -> None:
    text = render_html(reports.stopped())
    assert f"<code>{reports.PROVENANCE['commit']} with uncommitted changes</code>" in text
    assert "commit 77aa0c3d5e6f with uncommitted changes, 12 days old" in text
    assert "with uncommitted changes" not in render_html(reports.regressed())


@pytest.mark.parametrize("text", ["\U0001f600" * 2000, '"' * 2000, "a\n" * 2000])
def test_the_page_is_bounded(text: str) -> None:
    assert len(render_html(padded(300, text)).encode()) < MAX_BYTES


def test_a_huge_report_is_cut_and_says_so() -> None:
    text = render_html(reports.huge())
    assert len(text.encode()) < MAX_BYTES
    assert "more in report.json" in text
    assert Page(text).open == []
