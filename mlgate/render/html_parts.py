"""Pieces of the HTML report: text from data made harmless, bounded tables, links to files, sections."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, TypeVar
from urllib.parse import quote

from mlgate.outcome import Outcome, Report, Status
from mlgate.render.facts import as_text, line_of
from mlgate.render.visible import label, one_line

SECTION_BYTES = 150_000
"""A section of several tables does not grow beyond this, unless it says so."""

Item = TypeVar("Item")
_REPOSITORY = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9_-]+/[A-Za-z0-9_.-]+")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ROOT = re.compile(r"\.(/\.\.)*|\.\.(/\.\.)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the page under one heading.

    Parameters
    ----------
    key : its anchor, and its name among what is left out where a page grows too large
    title, note : plain text; the number of things that it holds, or nothing
    body : HTML; a section without one is not shown
    charts : what the scripts draw from it, as plain data by the name of the drawing
    """

    key: str
    title: str
    body: str
    note: str = ""
    charts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Links:
    """Where a path of the repository can be looked at; empty where that is not known.

    Parameters
    ----------
    base : address of the folder of the project, without a final slash
    lines : whether the address of a line is `#L12` after that of its file
    """

    base: str = ""
    lines: bool = False

    @classmethod
    def of(cls, report: Report, root: str = "") -> Links:
        """The files of the commit on its server where the report knows both, else those beside the report.

        Parameters
        ----------
        root : from the folder of the page to that of the project, such as `..`; empty where that is not known
        """
        repository = as_text(report.provenance.get("repository"))
        commit = as_text(report.provenance.get("commit"))
        if _REPOSITORY.fullmatch(repository) and _COMMIT.fullmatch(commit):
            folder = _target(as_text(report.provenance.get("folder")))
            return cls(f"{repository}/blob/{commit}{f'/{folder}' if folder else ''}", lines=True)
        return cls(root) if _ROOT.fullmatch(root) else cls()

    def place(self, outcome: Outcome, *, as_code: bool = True) -> str:
        """`path:line` of an outcome, a link where it leads somewhere."""
        path = outcome.location.path if outcome.location else ""
        return self.to(path, line_of(outcome), as_code=as_code)

    def to(self, path: str, line: int | None, *, as_code: bool = True) -> str:
        """`path:line`, a link where it leads somewhere."""
        told = path if line is None or not path else f"{path}:{line}"
        shown = code(told, 200) if as_code else escape(label(told, 200)) if told.strip() else ""
        target = _target(path)
        if not shown or not self.base or not target:
            return shown
        anchor = f"#L{line}" if self.lines and line else ""
        return f'<a href="{escape(self.base)}/{target}{anchor}">{shown}</a>'


def _target(path: str) -> str:
    """A path as part of an address; empty if it could lead out of its folder."""
    if len(path) > 1000 or "\\" in path or "\x00" in path or {"", ".", ".."} & {*path.split("/")}:
        return ""
    return quote(path.encode("utf-8", "replace"), safe="/")


def plain(value: str, limit: int = 300) -> str:
    """Text from data for HTML, in an element or between double quotes."""
    return escape(one_line(value, limit))


def code(name: str, limit: int = 300) -> str:
    """A name as code; two that are too long do not look the same."""
    return f"<code>{escape(label(name, limit))}</code>" if name.strip() else ""


def rich(value: str, limit: int) -> str:
    """`plain`, and what the text itself puts between backticks as code."""
    pieces = plain(value, limit).split("`")
    if len(pieces) % 2 == 0:
        return "`".join(pieces)
    return "".join(f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces))


def badge(status: Status) -> str:
    return f'<span class="badge {status.value}">{status.value}</span>'


def chart(name: str, index: int, told: str) -> str:
    """The place of a drawing. Without scripts it takes no room: its numbers stand in the table beside it.

    Parameters
    ----------
    told : plain text, what there is to be seen
    """
    return f'<figure class="chart" data-chart="{name}" data-index="{index}" aria-label="{plain(told, 500)}"></figure>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a table looks and acts.

    Parameters
    ----------
    numbers : places of the columns that hold numbers
    budget : bytes of rows that are kept; how many are left out is said below it
    css : a class, by which styles and scripts know it
    sortable : whether its titles sort it
    """

    numbers: Sequence[int] = ()
    budget: int = SECTION_BYTES
    css: str = ""
    sortable: bool = False


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], look: Look | None = None) -> str:
    """A table from escaped cells, cut after `budget` bytes; the first cell of a row is its heading."""
    look = look or Look()
    css = [' class="number"' if column in look.numbers else "" for column in range(len(header))]
    head = "".join(f'<th scope="col"{css[i]}>{cell}</th>' for i, cell in enumerate(header))
    # On a small screen the cells stand below each other, each beside the title of its column.
    titled = [f'{css[column]} data-label="{cell}"' for column, cell in enumerate(header)]

    def made(cells: Sequence[str]) -> str:
        rest = "".join(f"<td{titled[i]}>{cell}</td>" for i, cell in enumerate(cells) if i)
        return f'<tr><th scope="row">{cells[0]}</th>{rest}</tr>'

    return framed(caption, head, list(rows), made, look)


def framed(caption: str, head: str, items: Sequence[Item], made: Callable[[Item], str], look: Look) -> str:
    """A table of as many rows as fit, each made of an item."""
    body: list[str] = []
    left = look.budget
    for item in items:
        row = made(item)
        left -= len(row.encode()) + 1
        if left < 0:
            break
        body.append(row)
    hidden = len(items) - len(body)
    more = f'<p class="soft">... and {hidden:,} more in report.json.</p>' if hidden else ""
    css = " ".join(name for name in (look.css, "sortable" if look.sortable else "") if name)
    # A region that scrolls must be reachable by the keyboard, and have a name.
    name = re.sub(r"<[^>]*>", "", caption)
    known = f' class="{css}"' if css else ""
    return (
        f'<div class="scroll" role="group" aria-label="{name}"><table{known}>'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{chr(10).join(body)}\n</tbody></table></div>{more}"
    )
