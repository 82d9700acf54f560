"""What broke, in the comment: how many examples changed, which cells moved, and, if privacy allows, which examples."""

from __future__ import annotations

from mlgate.outcome import Report, Status
from mlgate.render import words
from mlgate.render.flips import Cell, Example, Flips, behind, counts, harm_title, heading, missed, moved
from mlgate.render.markdown_escape import code, inline, sentence, typeset
from mlgate.render.markdown_problems import ICONS, table

_MOST_FLIPS = 6
_MOST_EXAMPLES = 5
_MOST_CELLS = 4
_ALLOW = "Single examples are listed here only under `privacy: {examples: full}`."


def broken(report: Report) -> tuple[str, str]:
    """Title and body: one part per regression, the golden examples that miss, and how to see single examples.

    Single examples are shown only where the report says that they may be shown in full. Both are empty if nothing is
    known of any.
    """
    flips = list(behind(report).values())
    parts = [_flips(each) for each in flips[:_MOST_FLIPS]]
    parts += [_missed(outcome.check, outcome.subject, told) for outcome, told in missed(report)[:_MOST_FLIPS]]
    if len(flips) > _MOST_FLIPS:
        parts.append(f"... and {len(flips) - _MOST_FLIPS:,} more slices in the full report.")
    if parts and not all(each.in_full for each in flips):
        parts.append(_ALLOW)
    return (_title(flips), "\n\n".join(parts)) if parts else ("", "")


def _title(flips: list[Flips]) -> str:
    """What the folded section is called: with the examples of all rows, or those of the worst slice."""
    wrong = sum(each.turned_wrong for each in flips if not each.where) or max(
        (each.turned_wrong for each in flips), default=0
    )
    return f"<b>What broke</b>: {words.count(wrong, 'example')} got worse" if wrong else "<b>What broke</b>"


def _flips(flips: Flips) -> str:
    where = f" in {code(flips.where, 100)}" if flips.where else ""
    parts = [f"Examples of {code(flips.evaluation, 60)}{where}: {_sentence(counts(flips))}."]
    if flips.in_full and flips.worst:
        parts.append(_examples(flips))
    if flips.cells:
        parts.append(_cells(flips.cells))
    return "\n\n".join(parts)


def _sentence(text: str) -> str:
    """Our own sentence of numbers, none of whose lines breaks inside a number and its unit."""
    return inline(text.replace(" %", "\u00a0%"), 200)


def _examples(flips: Flips) -> str:
    harm = harm_title(flips)
    rows = [_example(example, with_harm=bool(harm)) for example in flips.worst[:_MOST_EXAMPLES]]
    header = [heading(flips), "Label", "Prediction", "Score", harm.capitalize()]
    kept = [place for place in range(len(header)) if header[place] and (not place or any(row[place] for row in rows))]
    right = [number for number, place in enumerate(kept) if place > 2]
    cells = [[row[place] for place in kept] for row in rows]
    return table([header[place] for place in kept], cells, right=right)


def _example(example: Example, *, with_harm: bool) -> tuple[str, ...]:
    harm = "" if example.harm is None or not with_harm else typeset(words.short_number(example.harm))
    return (
        code(example.name, 60),
        code(example.label, 60),
        code(moved(example).replace(" -> ", " \u2192 "), 120),
        inline(example.scores.replace(" -> ", " \u2192 "), 40),
        harm,
    )


def _cells(cells: tuple[Cell, ...]) -> str:
    rows = [
        (code(c.label, 60), code(c.prediction, 60), f"{c.before:,}", f"{c.after:,}", typeset(f"{c.delta:+,}"))
        for c in cells[:_MOST_CELLS]
    ]
    return table(("Label", "Predicted as", "Baseline rows", "Candidate rows", "Change"), rows, right=(2, 3, 4))


def _missed(check: str, subject: str, told: list[tuple[str, str]]) -> str:
    rows = [(code(name, 60), sentence(found, 160)) for name, found in told[:_MOST_EXAMPLES]]
    title = f"{ICONS[Status.FAIL]} {inline(check.replace('_', ' '), 40)} of {code(subject, 60)}:"
    return f"{title}\n\n{table(('Example', 'Found'), rows)}"
