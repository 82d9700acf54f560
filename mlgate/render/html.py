"""`report.html`: one file that needs nothing else, for the artifact of a run. No network, under 2 MB.

Everything that is known stands in the HTML. Scripts only draw it, sort it and filter it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from mlgate.outcome import Report, Status
from mlgate.render import facts, words
from mlgate.render.facts import by_importance
from mlgate.render.headline import basis, counts, headline
from mlgate.render.html_broken import broken
from mlgate.render.html_change import changed_data, changed_policy, changed_tests
from mlgate.render.html_compared import compared
from mlgate.render.html_curves import curves
from mlgate.render.html_drift import distributions
from mlgate.render.html_findings import findings
from mlgate.render.html_outcomes import every_outcome, provenance
from mlgate.render.html_page import head, scripts
from mlgate.render.html_parts import Links, Section, plain
from mlgate.render.html_pyramid import shape, unproven
from mlgate.render.html_timeline import timeline
from mlgate.render.html_trend import trends
from mlgate.render.schema_patch import section_html

MAX_BYTES = 2_000_000
SHED = (
    *(
        "outcomes",
        "distributions",
        "curves",
        "trend",
        "time",
        "pyramid",
        "data",
        "tests",
        "examples",
        "schemas",
        "comparisons",
        "look",
        "unproven",
    ),
    "provenance",
)
"""Sections that are left out where a page would grow beyond `MAX_BYTES`, the first one first.

What blocks stays, and what changed of the gate.
"""

_OUTCOMES_BYTES = 1_250_000
_WORDS = {
    Status.FAIL: "Blocks the merge",
    Status.ERROR: "Could not be checked",
    Status.WARN: "To look at",
    Status.PASS: "Holds",
}
_SIGNS = {Status.FAIL: "\u2715", Status.ERROR: "!", Status.WARN: "?", Status.PASS: "\u2713"}


def render_html(report: Report, root: str = "") -> str:
    """The report as one HTML page: verdict, what blocks, what to look at, comparisons, curves, tests, time, outcomes.

    Where a table would be too large, its last rows are left out, and where the page would be, whole sections in the
    order of `SHED`; either says so, and `report.json` has all.

    Parameters
    ----------
    root : from the folder of the page to that of the project, such as `..`: links lead there where the report does not
        know the repository's server; empty where that is not known
    """
    links = Links.of(report, root)
    blocking = by_importance(report.outcomes, Status.FAIL, Status.ERROR)
    title = "Would block" if report.mode == "advisory" else "Blocks the merge"
    sections = [
        changed_policy(report, links),
        findings("blocks", title, blocking, links),
        unproven(report),
        findings("look", "To look at", facts.to_look_at(report), links),
        changed_tests(report),
        changed_data(report),
        Section(key="schemas", title="Changes of schemas", body=section_html(report)),
        compared(report),
        trends(report),
        broken(report),
        curves(report),
        distributions(report),
        shape(report),
        timeline(report),
        provenance(report),
    ]
    sections, frame = [section for section in sections if section.body], Frame.of(report)
    left = MAX_BYTES - len(_page(frame, sections).encode()) - 20_000
    outcomes = every_outcome(report, links, max(0, min(_OUTCOMES_BYTES, left)))
    return fitting(frame, [*sections[:-1], outcomes, *sections[-1:]] if outcomes.body else sections, MAX_BYTES)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the sections, as HTML."""

    title: str
    banner: str
    footer: str

    @classmethod
    def of(cls, report: Report) -> Frame:
        title = plain(headline(report), 250)
        return cls(title, _banner(report, title), "".join(f"<p>{escape(line)}</p>" for line in basis(report)))


def fitting(frame: Frame, sections: list[Section], most: int) -> str:
    """The page with as many of its sections as fit into `most` bytes."""
    shed: list[str] = []
    page = _page(frame, sections)
    for key in SHED:
        if len(page.encode()) < most:
            break
        shed += [section.title for section in sections if section.key == key]
        sections = [section for section in sections if section.key != key]
        page = _page(frame, sections, shed)
    return page


def _page(frame: Frame, sections: list[Section], shed: Iterable[str] = ()) -> str:
    names = words.listed([f'"{name}"' for name in shed], 20, "section")
    missing = f"Left out, since the page would be too large: {names}. report.json has all of it."
    known = {name: data for section in sections for name, data in section.charts.items()}
    code = scripts(known)
    return "\n".join(
        [
            f'<!DOCTYPE html>\n<html lang="en">\n{head(frame.title, code)}',
            '<body>\n<a class="jump" href="#main">Skip to the findings</a>',
            frame.banner,
            _contents(sections),
            '<main id="main">',
            f'<p class="left-out" role="note">{plain(missing, 1000)}</p>' if names else "",
            *map(_section, sections),
            f"</main>\n<footer>{frame.footer}</footer>",
            *code,
            "</body>\n</html>\n",
        ]
    )


def _banner(report: Report, title: str) -> str:
    """The verdict, in words and in numbers."""
    number = Counter(outcome.status for outcome in report.outcomes)
    tiles = "".join(
        f'<li class="{status.value}"><a href="#outcomes" data-status="{status.value}"><b>{number[status]:,}</b> '
        f"{status.value}</a></li>"
        for status in (Status.FAIL, Status.ERROR, Status.WARN, Status.PASS, Status.SKIP)
        if number[status]
    )
    verdict, said = report.verdict, _WORDS[report.verdict]
    if report.mode == "advisory" and verdict is Status.FAIL:
        said = "Would block"
    found = f'<ul class="tiles" aria-label="Outcomes by status">{tiles}</ul>' if tiles else ""
    return (
        f'<header class="{verdict.value}"><p class="verdict"><span aria-hidden="true">{_SIGNS[verdict]}</span> '
        f"{said}</p><h1>{title}</h1><p>{plain(counts(report), 400)}</p>{found}</header>"
    )


def _contents(sections: list[Section]) -> str:
    items = "".join(f'<li><a href="#{section.key}">{section.title}</a></li>' for section in sections)
    return f'<nav aria-label="Sections"><ul>{items}</ul></nav>' if items else ""


def _section(section: Section) -> str:
    note = f' <span class="soft">{plain(section.note, 60)}</span>' if section.note else ""
    return (
        f'<section id="{section.key}" aria-labelledby="{section.key}-title">'
        f'<h2 id="{section.key}-title">{section.title}{note}</h2>\n{section.body}</section>'
    )
