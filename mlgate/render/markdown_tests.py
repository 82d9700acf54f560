"""Tests that fail, are skipped or are gone since the baseline was recorded; what is not known is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlgate.outcome import Report, Status
from mlgate.render import words
from mlgate.render.facts import as_count, as_text
from mlgate.render.markdown_details import folded
from mlgate.render.markdown_escape import code
from mlgate.render.markdown_problems import ICONS, table

KINDS = {
    "failing": (Status.FAIL, "fails now"),
    "skipped": (Status.WARN, "skipped now"),
    "removed": (Status.WARN, "gone"),
}
MOST = 12


def changed(report: Report) -> str:
    """What became of the tests, folded: those that fail now, are skipped now, or are gone."""
    raw = report.provenance.get("tests_changed")
    if not isinstance(raw, Mapping):
        return ""
    listed = {kind: _texts(raw.get(kind)) for kind in KINDS}
    counted = raw.get("counts")
    given: Mapping[object, object] = counted if isinstance(counted, Mapping) else {}
    numbers = {kind: max(len(listed[kind]), as_count(given.get(kind)) or 0) for kind in KINDS}
    if not any(numbers.values()):
        return ""
    rows, hidden = [], 0
    for kind, (status, said) in KINDS.items():
        shown = listed[kind][:MOST]
        rows += [(f"{ICONS[status]} {said}", code(name, 200)) for name in shown]
        hidden += numbers[kind] - len(shown)
    more = f"\n\n... and {hidden:,} more in the full report." if hidden else ""
    told = ", ".join(
        f"{words.count(numbers[kind], 'test')} {said}" for kind, (_, said) in KINDS.items() if numbers[kind]
    )
    commit = as_text(raw.get("commit"))[:12]
    since = f" since commit {code(commit)}" if commit else ""
    body = (
        f"Compared with the tests that were recorded with the baseline{since}.\n\n{table(('Now', 'Test'), rows)}{more}"
    )
    return folded(f"<b>Tests</b>: {told}", body)


def _texts(value: object) -> Sequence[str]:
    return [as_text(item) for item in value if item] if isinstance(value, list | tuple) else []
