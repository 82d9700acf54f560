"""A comment as a terminal can show it: folded as on GitHub, without HTML, its tables aligned."""

from __future__ import annotations

import html
import re
from itertools import groupby

WIDTH = 125
UNFOLDED = "Metrics"
_FOLD = re.compile(r"<details><summary>(?P<title>.*?)</summary>\n(?P<body>.*?)\n</details>", re.DOTALL)
_TAG = re.compile(r"</?(?:b|code|details|summary)>")
_BETWEEN_CELLS = re.compile(r"(?<!\\) \| ")


def for_terminal(markdown: str) -> str:
    """The Markdown of a comment with the parts folded that a reader on GitHub has to open, except the metrics.

    Examples
    --------
    >>> for_terminal("p &lt; 0.01<br>sure\\n\\n<details><summary><b>More</b>: 2</summary>\\n\\nrows\\n\\n</details>")
    'p < 0.01; sure\\n\\n[+] More: 2'
    """
    folded = _FOLD.sub(_fold, markdown.strip())
    plain = html.unescape(_TAG.sub("", folded.replace("<br>", "; ")))
    lines: list[str] = []
    for is_table, group in groupby(plain.splitlines(), key=lambda line: line.startswith("| ")):
        block = list(group)
        lines += _table(block) if is_table else block
    return "\n".join(lines)


def _fold(match: re.Match[str]) -> str:
    title = _TAG.sub("", match["title"])
    if title.startswith(UNFOLDED):
        return f"[-] {title}\n{match['body'].rstrip()}"
    return f"[+] {title}"


def _table(lines: list[str]) -> list[str]:
    """A Markdown table with its columns aligned; where that is too wide, one paragraph per row."""
    rows = [_BETWEEN_CELLS.split(line.removeprefix("| ").removesuffix(" |")) for line in lines]
    if len(rows) < 2 or len({len(row) for row in rows}) > 1:
        return lines
    head, marks, *body = rows
    widths = [max(len(row[column]) for row in (head, *body)) for column in range(len(head))]
    if sum(widths[:-1]) + 2 * len(widths) > WIDTH:  # the last column may run over
        return [line for row in body for line in _paragraph(head, row)][:-1]
    right = [mark.endswith(":") for mark in marks]
    aligned = [
        "  ".join(
            cell.rjust(width) if flush else cell.ljust(width)
            for cell, width, flush in zip(row, widths, right, strict=True)
        )
        for row in (head, *body)
    ]
    return ["  " + line.rstrip() for line in aligned]


def _paragraph(head: list[str], row: list[str]) -> list[str]:
    label_width = max(len(label) for label in head)
    told = [(label, cell) for label, cell in zip(head, row, strict=True) if cell.strip()]
    return [f"  {label.ljust(label_width)}  {cell}" for label, cell in told] + [""]
