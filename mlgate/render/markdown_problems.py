"""The open part of the comment: what blocks, and what to look at. One table for comparisons, one for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlgate.outcome import Outcome, Report, Status
from mlgate.render import facts, words
from mlgate.render.facts import (
    Comparison,
    as_count,
    as_text,
    by_importance,
    comparison_of,
    place_of,
)
from mlgate.render.headline import name_of
from mlgate.render.markdown_escape import code, inline, sentence, typeset
from mlgate.render.visible import label, lines

ICONS = {
    Status.PASS: "\u2705",
    Status.WARN: "\u26a0\ufe0f",
    Status.FAIL: "\u274c",
    Status.ERROR: "\U0001f6ab",
    Status.SKIP: "\u23ed\ufe0f",
}


def table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A GitHub table from cells that are escaped already; the columns in `right` are numbers."""
    rule = ["---:" if column in right else "---" for column in range(len(header))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *rows))


def blocking(report: Report, most: int) -> str:
    """What blocks: at most `most` rows, the worst first."""
    found = by_importance(report.outcomes, Status.FAIL, Status.ERROR)
    title = "Would block" if report.mode == "advisory" else "Blocks the merge"
    return problems(title, found, most)


def to_look_at(report: Report, most: int) -> str:
    """What a person should look at: at most `most` rows."""
    return problems("To look at", facts.to_look_at(report), most)


def resolved(found: Sequence[Outcome], most: int = 8) -> str:
    """What blocked an earlier push and holds now, on one line; empty where nothing did."""
    if not found:
        return ""
    names = [_short_name(outcome) for outcome in found[:most]]
    more = f" and {len(found) - most:,} more" if len(found) > most else ""
    return f"{ICONS[Status.PASS]} Resolved since an earlier push: {', '.join(names)}{more}."


def _short_name(outcome: Outcome) -> str:
    comparison = comparison_of(outcome)
    if comparison is None:
        subject, check = name_of(outcome)
        return f"{code(subject, 100)} {inline(label(check, 60))}".rstrip()
    where = f" in {code(comparison.where, 80)}" if comparison.where else ""
    return f"{code(comparison.metric, 60)} of {code(comparison.evaluation, 60)}{where}"


def problems(title: str, found: Sequence[Outcome], most: int) -> str:
    if not found:
        return ""
    shown = found[:most]
    compared = [c for outcome in shown if (c := comparison_of(outcome)) is not None]
    rest = [outcome for outcome in shown if comparison_of(outcome) is None]
    parts = [f"### {title} ({len(found):,})"]
    if compared:
        header = ("What", "Where", "By how much", "How sure", "Next step")
        parts.append(table(header, [_comparison_row(c) for c in compared]))
    if rest:
        parts.append(table(("What", "Where", "What was found", "Next step"), [_row(outcome) for outcome in rest]))
    if len(found) > len(shown):
        parts.append(f"... and {len(found) - len(shown):,} more in the full report.")
    return "\n\n".join(parts)


def _comparison_row(comparison: Comparison) -> tuple[str, ...]:
    outcome = comparison.outcome
    where = code(comparison.where, 100) if comparison.where else "all rows"
    rows = f"<br>{typeset(words.count(comparison.n, 'row'))}" if comparison.n is not None else ""
    return (
        f"{ICONS[outcome.status]} {code(comparison.metric, 60)} of {code(comparison.evaluation, 60)}",
        where + rows,
        _size(comparison),
        _certainty(comparison),
        sentence(_next_step(comparison), 250),
    )


def _next_step(comparison: Comparison) -> str:
    """The hint, or until when and why a regression is accepted."""
    outcome = comparison.outcome
    return (words.acceptance(comparison) or outcome.message) if comparison.was_accepted else outcome.hint


def _size(comparison: Comparison) -> str:
    if not comparison.measured:
        return sentence(comparison.outcome.message, 250)
    values = [typeset(escaped(words.value(comparison, x))) for x in (comparison.baseline, comparison.candidate)]
    return f"**{typeset(escaped(words.change(comparison)))}**<br>{values[0]}\u00a0\u2192\u00a0{values[1]}"


def _certainty(comparison: Comparison) -> str:
    """The interval, then what is accepted, then the corrected p-value: one short line each."""
    if not comparison.measured:
        return ""
    parts = [
        f"{typeset(words.percent(comparison.confidence))} interval {typeset(escaped(words.interval(comparison)))}",
        inline(words.significance(comparison)),
        escaped(words.accepted(comparison)),
    ]
    if comparison.verdict == "inconclusive":
        parts.append(escaped(words.verdict(comparison)))
    return "<br>".join(part for part in parts if part)


def escaped(text: str) -> str:
    """Words with a unit or an unknown verdict in them: these come from data."""
    return inline(text, 120)


def _row(outcome: Outcome) -> tuple[str, ...]:
    subject, check = name_of(outcome)
    name = f"{code(subject, 160)} {inline(label(check, 60))}".rstrip()
    place, step = code(place_of(outcome), 120), sentence(outcome.hint, 250)
    return (f"{ICONS[outcome.status]} {name}", place, _finding(outcome), step)


def _finding(outcome: Outcome) -> str:
    """The message; how many values fail; the assertion of a test, if the message does not say it."""
    found = sentence(outcome.message, 300)
    failing, judged = (as_count(outcome.evidence.get(key)) for key in ("failing", "judged"))
    if failing is not None and judged and f"{failing:,}" not in outcome.message and str(failing) not in outcome.message:
        found += f"<br>{failing:,} of {judged:,} values"
    last = assertion(outcome)
    if last and last not in outcome.message:
        found += f"<br>{code(last, 200)}"
    return found


def assertion(outcome: Outcome) -> str:
    """The last assertion in a traceback: pytest marks it with `E`, its explanations with `+`. Else nothing."""
    traceback = outcome.evidence.get("traceback")
    if isinstance(traceback, list | tuple):
        traceback = "\n".join(as_text(line) for line in traceback[-60:])
    if not isinstance(traceback, str):
        return ""
    marked = [line[1:].strip() for line in lines(traceback, 60) if line.startswith("E ")]
    return next((line for line in reversed(marked) if line and line[0] not in "+-?"), "")
