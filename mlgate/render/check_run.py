"""A check run's output: title, summary and annotations, as GitHub's API takes them, within its limits."""

from __future__ import annotations

from typing import Any

from mlgate.outcome import Outcome, Report, Status
from mlgate.render.annotations import annotation_text, annotation_title
from mlgate.render.facts import by_importance, folder_of, line_of, to_look_at
from mlgate.render.headline import headline
from mlgate.render.markdown import render_markdown
from mlgate.render.visible import one_line

MAX_SUMMARY_BYTES = 65_000
"""GitHub refuses 65,536 bytes; it counts bytes, not characters."""
MAX_TITLE_BYTES = 255
MOST = 200
"""Annotations of one check run: four requests."""

_LEVELS = {Status.FAIL: "failure", Status.ERROR: "failure", Status.WARN: "warning"}


def render_check(report: Report, note: str = "") -> dict[str, Any]:
    """`title`, `summary` and `annotations` of a report, the most important first; `note` stands below the summary.

    An outcome without a file has no annotation: GitHub takes none without a path. The summary has it.
    """
    placed = [o for o in (*by_importance(report.outcomes, Status.FAIL, Status.ERROR), *to_look_at(report)) if _path(o)]
    remark = f"\n{note}\n" if note else ""
    if len(placed) > MOST:
        remark += f"\n{len(placed) - MOST:,} more findings have no annotation in the files.\n"
    return {
        "title": bounded_title(headline(report)),
        "summary": render_markdown(report, max_bytes=MAX_SUMMARY_BYTES - len(remark.encode())) + remark,
        "annotations": [_annotation(outcome, folder_of(report)) for outcome in placed[:MOST]],
    }


def bounded_title(text: str) -> str:
    """At most 255 bytes of UTF-8 on one line.

    Examples
    --------
    >>> len(bounded_title("\\u00e9" * 300).encode())
    255
    """
    shown = one_line(text, MAX_TITLE_BYTES)
    if len(shown.encode()) <= MAX_TITLE_BYTES:
        return shown
    return shown.encode()[: MAX_TITLE_BYTES - 3].decode("utf-8", "ignore") + "..."


def _path(outcome: Outcome) -> str:
    """A path below the project's folder, or nothing."""
    path = outcome.location.path.lstrip("/") if outcome.location else ""
    return path if path.strip() and ".." not in path.split("/") and len(path) <= 500 else ""


def _annotation(outcome: Outcome, folder: str) -> dict[str, Any]:
    line = line_of(outcome) or 1
    return {
        "path": one_line(f"{folder}{_path(outcome)}", 1000),
        "start_line": line,
        "end_line": line,
        "annotation_level": _LEVELS[outcome.status],
        "title": bounded_title(annotation_title(outcome)),
        "message": annotation_text(outcome) or "no message",
    }
