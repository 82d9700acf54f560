"""The change of a schema that would accept what a report found, for a terminal, a comment and a page.

It is kept under `provenance.schema_patches` of the report. Like everything there it may come from a stranger. The patch
of a report that names the commands which show it (a report of the gate) is a section of the comment and of the page;
another one stands below the report of the command that made it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
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
SHORT = 40
"""Lines of a patch that a section shows; of a longer one it names the command that shows it."""
SECTION_BYTES = 60_000
"""Of HTML: it has to be small beside the other sections."""
_UNSAFE = frozenset("`|\\<>")
"""What a span of code in a comment cannot hold."""
_QUESTION = "Is the data right and the schema not? Then this writes the change: "


@dataclass(frozen=True, slots=True)
class _Patch:
    schema: str
    diff: tuple[str, ...]
    hidden: int
    changes: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    settles: bool
    applied: bool
    commands: tuple[str, ...]
    """What shows the patch, one of each dataset; empty where the report itself is that command's."""


def patch_text(report: Report) -> str:
    """The patches of a report for a terminal; empty where it has none."""
    blocks = ["\n".join(_text_of(found)) for found in _patches(report) if not found.commands]
    return "\n\n".join(block for block in blocks if block) + "\n" if any(blocks) else ""


def patch_markdown(report: Report) -> str:
    """The patches of a report as folded sections of a comment; empty where it has none."""
    return "\n\n".join(text for found in _patches(report) if not found.commands and (text := _markdown_of(found)))


def section_markdown(report: Report) -> str:
    """The patches of a gate's report as folded sections of its comment; empty where it has none."""
    parts = []
    for found in _patches(report):
        if not found.commands or not found.diff:
            continue
        schema = f"<code>{inline(label(found.schema, 120))}</code>"
        title = f"<b>Schema</b>: {_head(found, schema, 'a')}"
        if len(found.diff) > SHORT:
            shown = ", ".join(f"`{command}`" for command in found.commands)
            parts.append(f"{title} ({len(found.diff):,} lines): {shown} shows it, `--accept` writes it.")
            continue
        notes = [inline(note) for note in _hidden(found)]
        notes.append(_QUESTION + ", ".join(f"`{command} --accept`" for command in found.commands))
        parts.append(folded(title, "\n\n".join([_fenced(found.diff), *notes])))
    return "\n\n".join(parts)


def section_html(report: Report) -> str:
    """The patches of a gate's report for a section of its page; empty where it has none."""
    shown = [found for found in _patches(report) if found.commands and found.diff]
    budget = SECTION_BYTES
    parts: list[str] = []
    for found in shown:
        part = "".join(_html_of(found))
        budget -= len(part.encode())
        if budget < 0:
            parts.append(f'<p class="soft">... and {len(shown) - len(parts):,} more in report.json.</p>')
            break
        parts.append(part)
    return "\n".join(parts)


def _html_of(found: _Patch) -> Iterator[str]:
    title = _head(found, f"<code>{escape(label(found.schema, 200))}</code>", "A")
    if len(found.diff) > SHORT:
        shown = ", ".join(f"<code>{escape(command)}</code>" for command in found.commands)
        yield f"<p>{title} ({len(found.diff):,} lines): {shown} shows it, <code>--accept</code> writes it.</p>"
        return
    diff = escape("\n".join(shorten(line, 200) for line in found.diff))
    yield f"<details><summary>{title}</summary><pre>{diff}</pre></details>"
    yield from (f'<p class="soft">{escape(note)}</p>' for note in _hidden(found))
    commands = ", ".join(f"<code>{escape(command)} --accept</code>" for command in found.commands)
    yield f"<p>{_QUESTION}{commands}</p>"


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
            commands=tuple(filter(None, map(_plain_command, _listed(item.get("commands"))))),
        )
        for item in found[:10]
    ]


def _mappings(value: Any) -> Sequence[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def _listed(value: Any) -> Sequence[Any]:
    return value[:MAX_TOLD] if isinstance(value, list | tuple) else ()


def _plain_command(value: Any) -> str:
    """The command, if it is no more than `mlgate data check` and plain words: a person will copy it into a shell."""
    text = as_text(value)
    try:
        words = shlex.split(text)
    except ValueError:
        return ""
    is_plain = words[:3] == ["mlgate", "data", "check"] and shlex.join(words) == text and visible(text) == text
    return text if is_plain and len(text) <= 300 and _UNSAFE.isdisjoint(text) else ""


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


def _head(found: _Patch, schema: str, which: str = "this") -> str:
    what = "the files" if len(found.commands) > 1 else "the file"
    what = what if found.settles else f"all but {count(len(found.refused), 'finding')}"
    if found.applied:
        return f"{schema} was changed and accepts {what}"
    return f"{which} change of {schema} would accept {what}"


def _notes(found: _Patch) -> list[str]:
    if found.applied:
        return []
    shown = "--privacy full shows them, or `privacy: {examples: full}` in mlgate.yaml if that declares the file"
    hidden = [f"{note.removesuffix('.')}; {shown}." for note in _hidden(found)]
    return [*hidden, "Is the data right and the schema not? Then run again with --accept, which writes the change."]


def _hidden(found: _Patch) -> list[str]:
    """That values of rows are not shown, where that is so."""
    values = "value of a row is" if found.hidden == 1 else "values of rows are"
    return [f"{found.hidden:,} {values} hidden here."] * bool(found.hidden)


def _fenced(lines: Sequence[str]) -> str:
    """Lines of a diff as a block of code that none of them can end."""
    # What begins a comment of HTML is how a comment of GitHub is found again.
    shown = [no_commands(shorten(line.replace("<!--", "<!- -"), 200)) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}diff", *shown, fence])


def _markdown_of(found: _Patch) -> str:
    parts = []
    if found.diff:
        cut = len(found.diff) - MAX_LINES_OF_COMMENT
        parts.append(_fenced(found.diff[:MAX_LINES_OF_COMMENT]))
        parts += [f"... and {cut:,} more lines in the full report."] * (cut > 0)
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
