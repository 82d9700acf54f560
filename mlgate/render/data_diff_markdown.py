"""What changed between two versions of a data file, as a folded section of a pull-request comment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.render.data_diff import HEAD
from mlgate.render.data_diff_facts import (
    Medium,
    content_cells,
    header_facts,
    listed,
    mapping,
    mappings,
    row_facts,
    size_facts,
    without_empty,
)
from mlgate.render.facts import as_text
from mlgate.render.markdown_details import folded
from mlgate.render.markdown_escape import code, code_element, inline
from mlgate.render.markdown_problems import table

MAX_COLUMNS = 15
_COMMENT = Medium(name=lambda text: code(text, 60), text=lambda text: inline(text, 200), arrow="\u2192")
_MARKS = {"+": "added", "-": "removed", "~": "renamed", "!": "changed"}


def diff_markdown(diff: Mapping[str, Any], below: str = "", title: str = "Data") -> str:
    """A diff as Markdown: one line to read, the rest on a click; `below` is Markdown that stands at its end."""
    names = (as_text(mapping(diff, side).get("shown")) for side in ("before", "after"))
    before, after = (code_element(name, 120) for name in names)
    size, *facts = size_facts(diff, _COMMENT)
    facts += [f"{_MARKS[mark]}: {fact}" for mark, fact in header_facts(diff, _COMMENT)]
    facts += [f"rows {fact}" for fact in row_facts(diff, _COMMENT)]
    parts = ["\n".join(f"- {fact}" for fact in facts)] * bool(facts)
    changes = mappings(diff, "columns")
    if changes:
        parts.append(_content(changes))
    same = [as_text(item) for item in listed(diff, "unchanged")]
    parts += [f"The same figures: {_COMMENT.names(same)}."] * bool(same)
    parts += [below] * bool(below)
    return folded(f"<b>{title}</b>: {after} against {before}: {size}", "\n\n".join(parts) or "Nothing changed.") + "\n"


def _content(changes: Sequence[Mapping[str, Any]]) -> str:
    head = tuple(name.capitalize() for name in HEAD)
    shown, *body = without_empty([head, *(content_cells(change, _COMMENT) for change in changes[:MAX_COLUMNS])])
    cut = len(changes) - MAX_COLUMNS
    more = f"\n\n... and {cut:,} more columns in the full diff." if cut > 0 else ""
    return f"What the columns hold, those that moved most first:\n\n{table(shown, body)}{more}"
