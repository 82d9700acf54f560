"""The HTML report in a real Chromium: drawn, sorted, filtered, by keyboard, printed, and never more than a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlgate.outcome import Report, Status
from mlgate.render.html import render_html
from tests.integration.chromium import BINARY, Browser
from tests.unit.render import picture_reports, reports

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BINARY is None, reason="no Chromium on PATH: a page cannot be opened without a browser"),
]
NEAR = "dispatchEvent(new Event('beforeprint'))"
"""Draws what is not on the screen yet, as before printing."""
SHOWN = "[...document.querySelectorAll('table.comparisons tbody tr')].filter((row) => !row.hidden)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium for all tests: its start takes longest."""
    with Browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


def show(browser: Browser, pages: Path, report: Report, name: str = "page") -> None:
    path = pages / f"{name}.html"
    path.write_text(render_html(report), encoding="utf-8")
    browser.look()
    browser.open(path)


def test_every_drawing_is_there_and_nothing_complains(browser: Browser, pages: Path) -> None:
    show(browser, pages, picture_reports.pictured())
    browser.run(NEAR)
    figures = browser.run("document.querySelectorAll('figure').length")
    assert figures == 2 + 1 + 6 + 2 + 1
    assert browser.run("document.querySelectorAll('figure > svg[role=img][aria-label]').length") == figures
    assert browser.run("[...document.querySelectorAll('figure svg')].every((svg) => !/NaN/.test(svg.outerHTML))")
    drawn = browser.run(
        "[...document.querySelectorAll('figure')].map((f) => f.querySelectorAll('g[aria-label=dot] > *').length)"
    )
    assert drawn[:2] == [4, 2]
    assert browser.problems == []


def test_right_is_better_for_every_metric(browser: Browser, pages: Path) -> None:
    evidence = {"higher_is_better": False, "unit": "ms"}
    slower = reports.comparison(
        "latency_p95_ms", None, (100, 120, 15, 25, 5, 900), "regression", Status.FAIL, evidence=evidence
    )
    show(browser, pages, reports.report(slower, reports.accuracy(None, 0.87, 0.90, 0.01)))
    browser.run(NEAR)
    place = (
        "(kind) => [...document.querySelectorAll('[data-chart=interval]')].map((figure) => {"
        " const box = figure.querySelector(`g[aria-label=${kind}] > *`).getBoundingClientRect();"
        " return (box.left + box.right) / 2; })"
    )
    zero, dot = browser.run(f"({place})('rule')"), browser.run(f"({place})('dot')")
    sides = [point < middle for point, middle in zip(dot, zero, strict=True)]
    titles = browser.run("[...document.querySelectorAll('[data-chart=interval] figcaption')].map((t) => t.textContent)")
    assert dict(zip(titles, sides, strict=True)) == {
        "latency_p95_ms of readmission": True,
        "accuracy of readmission": False,
    }


def test_tables_sort_and_say_so(browser: Browser, pages: Path) -> None:
    show(browser, pages, picture_reports.pictured())
    column = "[...document.querySelectorAll('table.comparisons tbody tr')].map((row) => row.cells[2].textContent)"
    title = "document.querySelectorAll('table.comparisons thead th')[2]"
    before = browser.run(column)
    orders = []
    for _ in range(3):
        browser.run(f"{title}.firstChild.click()")
        orders.append((browser.run(f"{title}.getAttribute('aria-sort')"), browser.run(column)))
    rows = sorted(before, key=lambda text: int(text.replace(",", "")))
    assert [name for name, _ in orders] == ["ascending", "descending", "none"]
    assert orders[0][1] == rows
    assert orders[1][1] == sorted(rows, key=lambda text: -int(text.replace(",", "")))
    assert orders[2][1] == before


def test_the_explorer_filters_the_table_and_the_drawings(browser: Browser, pages: Path) -> None:
    show(browser, pages, picture_reports.pictured())
    browser.run(NEAR)
    choose = (
        "(place, text) => { const select = document.querySelectorAll('#comparisons select')[place];"
        " select.value = [...select.options].find((option) => option.text === text).value;"
        " select.dispatchEvent(new Event('change')); }"
    )
    dots = "[...document.querySelectorAll('[data-chart=interval]')].map((f) => f.hidden ? 0 : f.querySelectorAll('g[aria-label=dot] > *').length)"
    assert browser.run(f"{SHOWN}.length") == 6
    browser.run(f"({choose})(0, 'roc_auc of readmission')")
    assert browser.run(f"{SHOWN}.length") == 2
    assert sorted(browser.run(dots)) == [0, 2]
    browser.run(f"({choose})(0, 'all metrics')")
    browser.run(f"({choose})(1, 'health')")
    assert browser.run(f"{SHOWN}.length") == 4
    browser.run(f"({choose})(2, 'worse')")
    assert browser.run(f"{SHOWN}.map((row) => row.cells[1].textContent)") == ["health=fair"]
    assert browser.run("document.querySelector('#comparisons output').textContent") == "1 of 6 shown"
    browser.run(f"({choose})(1, 'all rows and slices')")
    browser.run(f"({choose})(2, 'all verdicts')")
    browser.run(
        "(() => { const box = document.querySelector('#comparisons input'); box.value = 'AUC fair';"
        " box.dispatchEvent(new Event('input')); })()"
    )
    browser.wait(f"{SHOWN}.length === 1")
    assert browser.problems == []


def test_a_tile_leads_to_the_outcomes_of_its_status(browser: Browser, pages: Path) -> None:
    show(browser, pages, reports.data_failure())
    browser.run("document.querySelector('.tiles .warn a').click()")
    assert browser.run("document.querySelector('#outcomes details').open")
    rows = "[...document.querySelectorAll('table.outcomes tbody tr')].filter((row) => !row.hidden)"
    assert browser.run(f"{rows}.map((row) => row.cells[1].textContent)") == ["warn"]
    assert browser.problems == []


def test_the_keyboard_reaches_everything_in_order(browser: Browser, pages: Path) -> None:
    show(browser, pages, picture_reports.pictured())
    seen = []
    for _ in range(60):
        browser.press("Tab")
        seen.append(
            browser.run(
                "(document.activeElement.closest('[class], nav, section') ?? document.body).localName + ' ' + document.activeElement.textContent.slice(0, 24)"
            )
        )
        if seen[-1].endswith("Verdict"):
            break
    assert seen[0] == "a Skip to the findings"
    names = [name.split(" ", 1)[1] for name in seen]
    expected = ["Skip to the findings", "Blocks the merge", "Baseline against candida", "Metric", "Verdict"]
    places = [names.index(name) for name in expected]
    assert places == sorted(places)
    browser.press("Enter")
    assert browser.run("document.activeElement.parentNode.getAttribute('aria-sort')") == "ascending"
    assert browser.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.press("Space")
    assert browser.run("document.activeElement.parentNode.getAttribute('aria-sort')") == "descending"


def test_a_screen_reader_finds_landmarks_headings_and_names(browser: Browser, pages: Path) -> None:
    show(browser, pages, picture_reports.pictured())
    browser.run(NEAR)
    nodes = browser.send("Accessibility.getFullAXTree")["nodes"]
    found = [
        (node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored")
    ]
    roles = {role for role, _ in found}
    assert {"banner", "navigation", "main", "contentinfo", "search", "table", "columnheader", "rowheader"} <= roles
    for role in (
        "navigation",
        "region",
        "search",
        "button",
        "combobox",
        "searchbox",
        "image",
        "link",
        "table",
        "heading",
    ):
        assert all(name for each, name in found if each == role), role
    assert ("table", "Tiers of this run, the cheapest first") in found


def test_hostile_names_stay_text(browser: Browser, pages: Path) -> None:
    show(browser, pages, picture_reports.hostile_names(), "hostile")
    browser.run(NEAR)
    browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert browser.run("document.querySelectorAll('figure > svg').length") > 30
    assert browser.problems == []
    assert browser.run("document.querySelectorAll('script').length") == 4
    assert browser.run("document.querySelectorAll('[onclick], iframe, img, object').length") == 0
    options = browser.run("[...document.querySelectorAll('#comparisons option')].map((each) => each.text)")
    assert any(text.startswith("</script><script>alert(1)</script> of") for text in options)
    assert "\u202e" not in browser.run("document.documentElement.textContent")
    browser.run("document.querySelectorAll('table.sortable thead button').forEach((each) => each.click())")
    assert browser.run("document.documentElement.scrollWidth") <= 1280
    assert browser.problems == []


def test_injected_code_is_refused(browser: Browser, pages: Path) -> None:
    """That the policy holds if an escape failed: what is put into the page does not run, and does not load."""
    text = render_html(reports.regressed()).replace(
        "</main>", "<script>document.title = 'taken'</script><img src=http://127.0.0.1:9/x><b onclick='1'>x</b></main>"
    )
    path = pages / "injected.html"
    path.write_text(text, encoding="utf-8")
    browser.open(path)
    assert browser.run("document.title").startswith("mlgate: ")
    assert sum("Content Security Policy" in problem for problem in browser.problems) >= 2
    assert (
        browser.run(
            "(() => { try { document.body.innerHTML = '<b>x</b>'; return 'set'; } catch { return 'refused'; } })()"
        )
        == "refused"
    )


def test_without_scripts_it_is_complete(browser: Browser, pages: Path) -> None:
    browser.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        path = pages / "still.html"
        path.write_text(render_html(picture_reports.pictured()), encoding="utf-8")
        browser.send("Page.navigate", url=path.as_uri())
        browser.wait("document.readyState === 'complete' && !!document.querySelector('main')")
        assert browser.run("[...document.querySelectorAll('.chart')].every((each) => each.offsetHeight === 0)")
        assert browser.run("document.querySelectorAll('select, button, input').length") == 0
        assert browser.run("document.querySelectorAll('table.comparisons tbody tr').length") == 6
        browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert "the area under the curve" in browser.run("document.querySelector('main').innerText")
    finally:
        browser.send("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_phone_in_light_and_dark(browser: Browser, pages: Path, *, dark: bool) -> None:
    show(browser, pages, picture_reports.pictured())
    browser.look(width=390, height=844, dark=dark, phone=True)
    browser.run(NEAR)
    assert browser.run("document.documentElement.scrollWidth") <= 390
    widest = "Math.max(...[...document.querySelectorAll('figure svg')].map((svg) => svg.getBoundingClientRect().right))"
    browser.wait(f"{widest} <= 391")
    paper = browser.run("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(13, 17, 23)" if dark else "rgb(255, 255, 255)")
    titles = "getComputedStyle(document.querySelector('table.comparisons td'), '::before').content"
    assert browser.run(titles) == '"Slice"'


def test_nothing_moves_for_who_does_not_want_it(browser: Browser, pages: Path) -> None:
    show(browser, pages, reports.regressed())
    moving = "getComputedStyle(document.querySelector('nav a')).transitionDuration !== '0s'"
    assert browser.run(moving)
    features = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    browser.send("Emulation.setEmulatedMedia", media="", features=features)
    assert not browser.run(moving)


def test_it_prints_with_its_drawings(browser: Browser, pages: Path) -> None:
    show(browser, pages, picture_reports.pictured())
    assert browser.printed().startswith(b"%PDF")
    assert browser.run("document.querySelectorAll('figure > svg').length") == 12
    assert browser.run("[...document.querySelectorAll('details')].every((each) => each.open)")
    assert browser.problems == []


def test_a_large_report_opens_and_filters(browser: Browser, pages: Path) -> None:
    show(browser, pages, picture_reports.many(), "many")
    browser.run("document.querySelector('.tiles .fail a').click()")
    rows = "[...document.querySelectorAll('table.outcomes tbody tr')]"
    failing = browser.run("Number(document.querySelector('.tiles .fail b').textContent.replace(',', ''))")
    assert browser.run(f"{rows}.filter((row) => !row.hidden).length") == failing
    assert browser.run(f"{rows}.length") > 4_000
    assert browser.problems == []


@pytest.mark.parametrize("key", ["curves", "time", "outcomes"])
def test_a_link_of_the_contents_leads_to_its_section(browser: Browser, pages: Path, key: str) -> None:
    """Also past a table that is laid out only when it is near."""
    show(browser, pages, picture_reports.many(), "many")
    browser.run(f"document.querySelector('nav a[href=\"#{key}\"]').click()")
    browser.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    browser.wait(f"Math.abs(document.getElementById('{key}').getBoundingClientRect().top - 64) < 40")
