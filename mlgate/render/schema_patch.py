"""The change of a schema that would accept what a report found, for a terminal and for a comment.

It is kept under `provenance.schema_patches` of the report. Like everything there it may come from a stranger.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.outcome import Report
from mlgate.render.facts import as_count, as_text
from mlgate.render.markdown_details import folded
from mlgate.render.markdown_escape import code, inline, sentence
from mlgate.render.visible import label, no_commands, one_line, shorten, visible
from mlgate.render.words import count

KEY = "schema_patches"
MAX_LINES = 200
MAX_LINES_OF_COMMENT = 60
MAX_TOLD = 20


@dataclass(frozen=True, slots=True)
class _Patch:
    schema: str
    diff: tuple[str, ...]
    hidden: int
    changes: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    settles: bool
    applied: bool


def patch_text(report: Report) -> str:
    """The patches of a report for a terminal; empty where it has none."""
    blocks = ["\n".join(_text_of(found)) for found in _patches(report)]
    return "\n\n".join(block for block in blocks if block) + "\n" if any(blocks) else ""


def patch_markdown(report: Report) -> str:
    """The patches of a report as folded sections of a comment; empty where it has none."""
    return "\n\n".join(text for found in _patches(report) if (text := _markdown_of(found)))


def _patches(report: Report) -> list[_Patch]:
    kept = report.provenance.get(KEY)
    found = [item for item in kept if isinstance(item, Mapping)] if isinstance(kept, list | tuple) else []
    return [
        _Patch(
            schema=as_text(item.get("schema")),
            diff=tuple(
                visible(line.rstrip("\r\n").expandtabs(4)) for line in as_text(item.get("diff")).split("\n")[:-1]
            ),
            hidden=as_count(item.get("hidden_values")) or 0,
            changes=tuple(as_text(change.get("change")) for change in _mappings(item.get("changes"))),
            refused=tuple(
                (as_text(one.get("outcome")), _joined(as_text(one.get("reason")), as_text(one.get("instead"))))
                for one in _mappings(item.get("not_proposed"))
            ),
            settles=item.get("settles") is True,
            applied=item.get("applied") is True,
        )
        for item in found[:10]
    ]


def _mappings(value: Any) -> Sequence[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def _joined(reason: str, instead: str) -> str:
    return f"{reason}; {instead}" if reason and instead else reason or instead


def _text_of(found: _Patch) -> list[str]:
    lines = []
    if found.diff:
        lines += [f"{_head(found, label(found.schema, 200))}:", ""]
        if not found.applied:  # who has applied it has seen it
            lines += [f"  {shorten(line, 300)}" for line in found.diff[:MAX_LINES]]
            cut = len(found.diff) - MAX_LINES
            lines += [f"  ... and {cut:,} more lines in the JSON report"] * (cut > 0) + [""]
        lines += [f"  - {one_line(change, 300)}" for change in found.changes[:MAX_TOLD]]
        lines += _more(len(found.changes))
        lines += [f"  {note}" for note in _notes(found)]
    if found.refused:
        lines += [""] * bool(lines)
        lines += [f"no change of the schema is proposed for {count(len(found.refused), 'finding')}:"]
        lines += [f"  - {label(outcome, 200)}: {one_line(why, 400)}" for outcome, why in found.refused[:MAX_TOLD]]
        lines += _more(len(found.refused))
    return [no_commands(line.rstrip()) for line in lines]


def _more(total: int) -> list[str]:
    return [f"  - ... and {total - MAX_TOLD:,} more"] if total > MAX_TOLD else []


def _head(found: _Patch, schema: str) -> str:
    what = "the file" if found.settles else f"all but {count(len(found.refused), 'finding')}"
    if found.applied:
        return f"{schema} was changed and accepts {what}"
    return f"this change of {schema} would accept {what}"


def _notes(found: _Patch) -> list[str]:
    if found.applied:
        return []
    notes = ["Is the data right and the schema not? Then run again with --accept, which writes the change."]
    if found.hidden:
        values = "value of a row is" if found.hidden == 1 else "values of rows are"
        notes.insert(0, f"{found.hidden:,} {values} hidden here; --privacy full shows them.")
    return notes


def _markdown_of(found: _Patch) -> str:
    parts = []
    if found.diff:
        shown = [shorten(line, 200) for line in found.diff[:MAX_LINES_OF_COMMENT]]
        longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
        fence = "`" * max(3, longest + 1)
        cut = len(found.diff) - len(shown)
        parts.append("\n".join([f"{fence}diff", *shown, fence]))
        parts += [f"... and {cut:,} more lines in the full report."] * bool(cut)
        parts += [inline(note) for note in _notes(found)]
    if found.refused:
        told = [f"- {code(outcome, 160)}: {sentence(why, 300)}" for outcome, why in found.refused[:MAX_TOLD]]
        more = _more(len(found.refused))
        parts.append(
            "\n".join(["No change of the schema is proposed for", "", *told, *(line.strip() for line in more)])
        )
    if not parts:
        return ""
    schema = f"<code>{inline(label(found.schema, 120))}</code>"
    summary = _head(found, schema) if found.diff else f"no change of {schema} is proposed"
    return folded(f"<b>Schema</b>: {summary}", "\n\n".join(parts))
