"""The HTML page: whole, bounded, without anything from elsewhere, and deaf to text that looks like markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlgate.outcome import Location, Status
from mlgate.render import html_page as page_code
from mlgate.render.html import MAX_BYTES, SHED, Frame, fitting, render_html
from mlgate.render.html_page import as_json
from mlgate.render.html_parts import Links, Section
from tests.unit.render import broken_reports, picture_reports, reports
from tests.unit.render.strategies import texts
from tests.unit.render.test_markdown import padded

VOID = {"meta", "br", "input"}
VENDOR = Path(page_code.__file__).parent / "vendor"
LIBRARIES = [path.read_text(encoding="utf-8").strip() for path in VENDOR.glob("*.js")]


class Page(HTMLParser):
    """Counts the elements, collects attributes, and checks that every element is closed in order.

    Unless the `whole` page is asked for, the text of the libraries is left out, which takes most of the time.
    """

    def __init__(self, text: str, *, whole: bool = False) -> None:
        super().__init__()
        for library in () if whole else LIBRARIES:
            text = text.replace(library, "")
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.styles: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag == "script":
            self.scripts.append((dict(attrs), ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["script"]:
            known, text = self.scripts[-1]
            self.scripts[-1] = (known, text + data)
        elif self.open[-1:] == ["style"]:
            self.styles.append(data)

    @property
    def data(self) -> dict[str, Any]:
        """What the scripts draw."""
        (text,) = [text for known, text in self.scripts if known.get("type") == "application/json"]
        found: dict[str, Any] = json.loads(text)
        return found

    @property
    def policy(self) -> dict[str, list[str]]:
        found = next(
            value for tag, name, value in self.attributes if (tag, name) == ("meta", "content") and "src" in str(value)
        )
        return {name: rest for name, *rest in (part.split() for part in str(found).split(";"))}


@given(text=texts())
@example(text=reports.HOSTILE)
@example(text="</script><script>alert(1)</script><!--")
@settings(max_examples=30)
def test_hostile_text_adds_no_element_and_no_attribute(text: str) -> None:
    shown, harmless = Page(render_html(reports.hostile(text))), Page(render_html(reports.hostile("harmless")))
    ours = {"p", "code"}  # a hint with a pair of backticks gets a <code>
    assert {k: n for k, n in shown.tags.items() if k not in ours} == {
        k: n for k, n in harmless.tags.items() if k not in ours
    }
    assert {(tag, name) for tag, name, _ in shown.attributes} == {(tag, name) for tag, name, _ in harmless.attributes}
    assert shown.open == []
    assert [known for known, _ in shown.scripts] == [known for known, _ in harmless.scripts]
    assert shown.policy == harmless.policy
    assert shown.data["intervals"]


@given(
    st.recursive(
        st.text() | st.floats(allow_nan=False, allow_infinity=False) | st.none(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_data_stays_in_its_script(value: object) -> None:
    text = as_json(value)
    assert text.isascii()
    assert not {"<", ">", "&", "\n"} & {*text}
    assert json.loads(text) == json.loads(json.dumps(value))


@pytest.mark.parametrize("name", reports.SAMPLES)
def test_the_page_needs_nothing_else(name: str) -> None:
    page = Page(render_html(reports.SAMPLES[name]()))
    assert not page.tags.keys() & {"link", "img", "iframe", "object", "form", "base"}
    assert not {attribute for _, attribute, _ in page.attributes} & {"src", "srcset", "style", "onclick"}
    targets = {str(value) for tag, attribute, value in page.attributes if attribute == "href"}
    assert all(target.startswith("#") for target in targets)
    anchors = {f"#{value}" for _, attribute, value in page.attributes if attribute == "id"}
    assert targets <= anchors | {"#outcomes"}


def test_no_script_and_no_style_may_run_but_those_of_the_page() -> None:
    page = Page(render_html(reports.regressed()), whole=True)
    digests = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for known, text in page.scripts
        if not known
    ]
    assert page.policy["script-src"] == digests
    assert len(digests) == 3
    (style,) = page.styles
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in page.policy["style-src"]
    assert page.policy["default-src"] == ["'none'"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & {
        each for sources in page.policy.values() for each in sources
    }


def test_libraries_come_only_where_there_is_something_to_draw() -> None:
    text = render_html(reports.empty())
    assert len(text) < 60_000
    assert "observablehq" not in text
    assert "observablehq" in render_html(reports.regressed())


def test_the_page_can_be_read_aloud() -> None:
    text = render_html(reports.broken())
    page = Page(text)
    assert page.tags["header"] == page.tags["main"] == page.tags["h1"] == page.tags["nav"] == page.tags["footer"] == 1
    scopes = Counter(value for tag, name, value in page.attributes if tag == "th" and name == "scope")
    assert scopes["col"] + scopes["row"] == page.tags["th"]
    assert page.tags["caption"] == page.tags["table"]
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", text)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    labels = [str(value) for tag, name, value in page.attributes if tag == "figure" and name == "aria-label"]
    assert len(labels) == page.tags["figure"]
    assert any(label.startswith("Calibration: the baseline is farthest off") for label in labels)
    headings = {value for tag, name, value in page.attributes if tag == "h2" and name == "id"}
    assert {value for tag, name, value in page.attributes if name == "aria-labelledby"} == headings


def test_what_is_drawn_stands_in_a_table_too() -> None:
    page = Page(text := render_html(reports.regressed()))
    drawn = {group["title"]: group["rows"] for group in page.data["intervals"]}
    worst = drawn["accuracy of readmission"][1]
    assert worst[:7] == ["health=fair", -6.1, -9.05, -3.15, 0.5, "fail", "worse"]
    assert "-9.05 to -3.15 points" in text
    assert [group["higher"] for group in page.data["intervals"]] == [True, True]
    assert len(page.data["curves"]) == 6


def test_of_a_metric_whose_lower_values_are_better_the_drawing_is_told() -> None:
    worse = reports.comparison(
        "latency_p95_ms",
        None,
        (100.0, 120.0, 15.0, 25.0, 5.0, 900),
        "regression",
        Status.FAIL,
        evidence={"higher_is_better": False, "unit": "ms"},
    )
    (group,) = Page(render_html(reports.report(worse))).data["intervals"]
    assert (group["higher"], group["unit"]) == (False, "ms")
    assert group["rows"][0][1:5] == [20, 15, 25, 5]


def test_names_are_shown_and_ids_stand_beside_them() -> None:
    text = render_html(reports.named())
    assert "<code>accuracy</code> of <code>readmission</code> in <code>stra\u00dfe=\u6771\u4eac [1]</code></h3>" in text
    id_of_slice = "model/readmission/accuracy/stra%C3%9Fe=%E6%9D%B1%E4%BA%AC%20%5B1%5D"
    name = "accuracy of readmission in stra\u00dfe=\u6771\u4eac [1]"
    assert f'<th scope="row">{name}<small>{id_of_slice}</small></th>' in text
    assert f"<small>{id_of_slice}</small></p></article>" in text
    assert '<th scope="row">train.caf\u00e9 #1 between<small>data/train/caf%C3%A9%20%231/between</small>' in text
    assert '<th scope="row">test_age_is_scaled unit test<small>unit/' in render_html(reports.stopped())


def test_on_a_small_screen_every_cell_says_its_column() -> None:
    text = render_html(reports.data_failure())
    page = Page(text)
    labels = {value for tag, name, value in page.attributes if tag == "td" and name == "data-label"}
    assert {"Value", "Time", "Found"} <= labels
    (style,) = page.styles
    for css in ("outcomes", "comparisons"):
        (found,) = re.findall(rf'<table class="{css}[^>]*>.*?<thead><tr>(.*?)</tr>', render_html(reports.regressed()))
        titles = re.findall(r"<th[^>]*>(.*?)</th>", found)[1:]
        told = re.findall(rf'\.{css} td:nth-child\(\d\)::before {{ content: "(\w+)"', style)
        assert told == titles


def test_uncommitted_changes_stand_beside_either_commit() -> None:
    text = render_html(reports.stopped())
    assert f"<code>{reports.PROVENANCE['commit']} with uncommitted changes</code>" in text
    assert "commit 77aa0c3d5e6f with uncommitted changes, 12 days old" in text
    assert "with uncommitted changes" not in render_html(reports.regressed())


# --- links -----------------------------------------------------------------------------------------------------------


def linked(path: str, *, root: str = "", line: int | None = 12, **provenance: str) -> str:
    bad = reports.from_test("tests/x.py::test_x", Status.FAIL)
    outcome = replace(bad, location=Location(path, line))
    report = reports.report(outcome, provenance={**reports.PROVENANCE, **provenance})
    return Links.of(report, root).place(outcome)


def test_a_place_leads_to_the_commit_on_its_server() -> None:
    found = linked("schemas/a b#1.yaml", root="..", repository="https://github.com/owner/name")
    commit = reports.PROVENANCE["commit"]
    target = f"https://github.com/owner/name/blob/{commit}/schemas/a%20b%231.yaml#L12"
    assert found == f'<a href="{target}"><code>schemas/a b#1.yaml:12</code></a>'


def test_a_project_in_a_folder_of_its_repository_is_found_there() -> None:
    server, commit = "https://github.com/owner/name", "a" * 40
    start = f'<a href="https://github.com/owner/name/blob/{"a" * 40}/'
    assert linked("x.yaml", repository=server, commit=commit, folder="models/a").startswith(
        f'{start}models/a/x.yaml#L12"'
    )
    assert linked("x.yaml", repository=server, commit=commit, folder="../..").startswith(f'{start}x.yaml#L12"')


def test_a_place_leads_to_the_file_beside_the_report_where_no_server_is_known() -> None:
    assert linked("mlgate.yaml", root="../..") == '<a href="../../mlgate.yaml"><code>mlgate.yaml:12</code></a>'
    assert linked("mlgate.yaml") == "<code>mlgate.yaml:12</code>"


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a//b", "a/./b", "a\\b", "javascript:alert(1)", '"><b>'])
def test_no_place_leads_elsewhere(path: str) -> None:
    for found in (linked(path, root=".."), linked(path, repository="https://github.com/owner/name")):
        targets = re.findall('href="([^"]*)"', found)
        assert all(target.startswith(("../", "https://github.com/owner/name/blob/")) for target in targets)
        assert all(":" not in target.removeprefix("https:") and "/../" not in target[3:] for target in targets)


@pytest.mark.parametrize(
    "repository",
    ["javascript:alert(1)", "https://github.com/owner/name/../x", 'https://github.com/o/n"><b>', "owner/name"],
)
def test_a_server_that_is_none_is_no_link(repository: str) -> None:
    assert "href" not in linked("mlgate.yaml", repository=repository)
    assert "href" not in linked("mlgate.yaml", repository="https://github.com/o/n", commit="main")


@pytest.mark.parametrize("root", ["javascript:", "/", "..//x", "../a"])
def test_a_root_is_a_way_up(root: str) -> None:
    assert "href" not in linked("mlgate.yaml", root=root)


# --- size ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["\U0001f600" * 2000, '"' * 2000, "a\n" * 2000])
def test_the_page_is_bounded(text: str) -> None:
    assert len(render_html(padded(300, text)).encode()) < MAX_BYTES


def test_a_huge_report_is_cut_and_says_so() -> None:
    text = render_html(reports.huge(8_000))
    assert len(text.encode()) < MAX_BYTES
    assert "more in report.json" in text
    assert Page(text).open == []


def test_a_report_that_is_large_in_everything_is_bounded() -> None:
    """Every section at its own limit: some must go, what blocks stays."""
    long = [f"{place} {chr(0x4E00)}<&{'x' * 400}" for place in range(120)]
    provenance = {
        "policy": {"changes": [dict.fromkeys(("place", "before", "after", "path"), name) for name in long * 5]},
        "tests_changed": {"failing": long * 5},
        "data_changes": [{"dataset": name, "problem": name} for name in long],
        "datasets": [dict.fromkeys(("name", "path", "source", "digest"), name) for name in long],
    }
    cells = picture_reports.cells(*((name, 1, 2) for name in long[:40]))
    outcomes = [
        outcome
        for name in long
        for outcome in (
            *(reports.accuracy({name: f"{name}{n}"}, 0.9, 0.8, 0.01) for n in range(6)),
            broken_reports.flips({name: name}, evaluation=name, privacy="full"),
            picture_reports.drifted(name, cells=cells),
            picture_reports.trend(metric=name, evaluation=name),
            reports.from_test(name, Status.FAIL, message=name * 9, hint=name * 9, evidence={"traceback": long}),
        )
    ]
    text = render_html(reports.report(*outcomes, provenance={**reports.PROVENANCE, **provenance}))
    assert len(text.encode()) < MAX_BYTES
    anchors = {value for _, name, value in Page(text).attributes if name == "id"}
    assert {"policy", "blocks", "comparisons"} <= anchors


@given(
    st.dictionaries(st.sampled_from(["blocks", *SHED]), st.integers(0, 60_000), min_size=1),
    st.integers(70_000, 200_000),
)
@settings(max_examples=40)
def test_whole_sections_are_left_out_in_a_fixed_order_and_named(sizes: dict[str, int], most: int) -> None:
    """Of sections of any size; `blocks` is never left out, and is bounded where it is made."""
    sections = [Section(key=key, title=f"Title {key}", body=f"<p>{'x' * size}</p>") for key, size in sizes.items()]
    text = fitting(Frame.of(reports.empty()), sections, most)
    page = Page(text)
    kept = [str(value) for tag, name, value in page.attributes if (tag, name) == ("section", "id")]
    shed = [key for key in SHED if key in sizes and key not in kept]
    assert shed == [key for key in SHED if key in sizes][: len(shed)]
    assert len(text.encode()) < most or kept in ([], ["blocks"])
    assert ("Left out, since the page would be too large" in text) == bool(shed)
    assert all(f"Title {key}" in text for key in sizes)
    for key in kept:
        assert "x" * sizes[key] in text


def test_every_section_can_be_left_out_but_what_blocks() -> None:
    keys = {value for _, name, value in Page(render_html(reports.broken())).attributes if name == "id"}
    assert {key for key in keys if f"{key}-title" in keys} <= {"blocks", *SHED}


# --- colours ---------------------------------------------------------------------------------------------------------


def luminance(color: str) -> float:
    """Of `#rrggbb`, as WCAG 2 defines it."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def test_text_can_be_read_in_light_and_dark() -> None:
    (style,) = Page(render_html(reports.empty())).styles
    palettes = [
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root {(.*?)}", style, re.DOTALL)
    ]
    assert len(palettes) == 3
    for palette in palettes[:2]:
        for ink in ("ink", "soft", "link", "pass", "warn", "fail", "error", "skip", "before", "after"):
            for paper in ("paper", "panel"):
                light, dark = sorted((luminance(palette[ink]), luminance(palette[paper])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)
