"""Pieces of the HTML report: text from data made harmless, and tables that are bounded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from mlgate.outcome import Status
from mlgate.render.visible import label, one_line

SECTION_BYTES = 360_000
"""No section grows beyond this; five of them, the style and the provenance stay under 2 MB together."""


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


def table(
    caption: str,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: Sequence[int] = (),
    budget: int = SECTION_BYTES,
) -> str:
    """A table from escaped cells, cut after `budget` bytes; the first cell of a row is its heading."""
    css = [' class="number"' if column in numbers else "" for column in range(len(header))]
    # On a small screen the cells stand below each other, each beside the title of its column.
    titled = [f'{css[column]} data-label="{cell}"' for column, cell in enumerate(header)]
    head = "".join(f'<th scope="col"{css[i]}>{cell}</th>' for i, cell in enumerate(header))
    body: list[str] = []
    hidden = 0
    for cells in rows:
        rest = "".join(f"<td{titled[i]}>{cell}</td>" for i, cell in enumerate(cells) if i)
        row = f'<tr><th scope="row">{cells[0]}</th>{rest}</tr>'
        budget -= len(row.encode()) + 1
        hidden += budget < 0
        if budget >= 0:
            body.append(row)
    more = f'<p class="soft">... and {hidden:,} more in report.json.</p>' if hidden else ""
    return (
        f'<div class="scroll"><table><caption>{caption}</caption><thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{chr(10).join(body)}\n</tbody></table></div>{more}"
    )
