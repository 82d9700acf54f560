"""What changed between two versions of a data file, for a terminal.

A diff is the plain data that `mlgate data diff --format json` writes. It may come from a stranger: what is not of its
type counts as absent, and every text is written as its medium needs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
from mlgate.render.text import aligned
from mlgate.render.visible import label, no_commands, one_line

MAX_COLUMNS = 100
HEAD = ("column", "type", "missing", "distinct", "mean", "range", "values")
_TERMINAL = Medium(name=lambda text: label(text, 60), text=one_line, arrow="->")


def diff_text(diff: Mapping[str, Any]) -> str:
    """A diff as text."""
    before, after = (label(as_text(mapping(diff, side).get("shown")), 120) for side in ("before", "after"))
    lines = [f"{before} -> {after}", *(f"  {fact}" for fact in size_facts(diff, _TERMINAL))]
    lines += _section("columns", [f"{mark} {fact}" for mark, fact in header_facts(diff, _TERMINAL)])
    lines += _section("rows", row_facts(diff, _TERMINAL))
    changes = mappings(diff, "columns")
    table = [HEAD, *(content_cells(change, _TERMINAL) for change in changes[:MAX_COLUMNS])]
    cut = len(changes) - MAX_COLUMNS
    more = [f"... and {cut:,} more in the JSON"] * (cut > 0)
    lines += _section("content, what moved most first", [*aligned(without_empty(table)), *more] if changes else [])
    same = [as_text(item) for item in listed(diff, "unchanged")]
    lines += ["", f"the same figures: {_TERMINAL.names(same)}"] if same else []
    return "\n".join(no_commands(line.rstrip()) for line in lines) + "\n"


def _section(title: str, facts: Sequence[str]) -> list[str]:
    return ["", title, *(f"  {fact}" for fact in facts)] if facts else []
