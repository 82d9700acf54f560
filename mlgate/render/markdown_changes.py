"""What the pull request changed of the declared data, against the merge base: a diff of each file, folded."""

from __future__ import annotations

from collections.abc import Mapping

from mlgate.outcome import Report, Status
from mlgate.render.data_diff_facts import mapping, mappings
from mlgate.render.facts import as_count, as_text
from mlgate.render.markdown_escape import code, inline, sentence
from mlgate.render.markdown_problems import ICONS

MOST = 5
MOST_DRIFTED = 8


def data_changes(report: Report) -> str:
    """One folded section per dataset whose content changed, and a line for each that could not be compared."""
    from mlgate.render.data_diff_markdown import diff_markdown

    parts = []
    found = mappings(report.provenance, "data_changes")
    for one in found[:MOST]:
        name, problem = code(as_text(one.get("dataset")), 60), as_text(one.get("problem"))
        diff = one.get("diff")
        if isinstance(diff, Mapping):
            parts.append(diff_markdown(diff, _drift(one), "Data changed").strip())
        elif problem:
            fact = f"{ICONS[Status.WARN]} {name} changed, and could not be compared with the merge base"
            parts.append(f"{fact}: {inline(problem, 250)}.")
    if len(found) > MOST:
        parts.append(f"... and {len(found) - MOST:,} more datasets changed.")
    return "\n\n".join(parts)


def _drift(one: Mapping[str, object]) -> str:
    """What drifted since the merge base: one line per column, of the first few."""
    drift = mapping(one, "drift")
    if not drift:
        return ""
    found, moved = mappings(drift, "found"), as_count(drift.get("moved")) or 0
    if not moved:
        return "Drift against the merge base: none was found."
    lines = [
        f"- {code(as_text(item.get('subject')), 80)}: {sentence(as_text(item.get('message')), 250)}" for item in found
    ]
    more = f"\n- ... and {moved - min(moved, MOST_DRIFTED):,} more" if moved > MOST_DRIFTED else ""
    return f"Drift against the merge base ({moved:,}):\n\n" + "\n".join(lines[:MOST_DRIFTED]) + more
