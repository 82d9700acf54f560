"""What blocks and what to look at, in the HTML report: one card for each outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from mlgate.outcome import Outcome
from mlgate.render import words
from mlgate.render.facts import as_number, as_text, comparison_of
from mlgate.render.flips import told_of
from mlgate.render.headline import name_of
from mlgate.render.html_parts import Links, Section, badge, code, plain, rich
from mlgate.render.visible import label, lines

MOST = 100
MOST_TRIES = 11
_BYTES = 220_000


def findings(key: str, title: str, found: Sequence[Outcome], links: Links) -> Section:
    """Cards in the given order, as many as fit; the table of every outcome has the rest."""
    cards: list[str] = []
    left = _BYTES
    for outcome in found[:MOST]:
        card = _card(outcome, links)
        left -= len(card.encode())
        if left < 0:
            break
        cards.append(card)
    hidden = len(found) - len(cards)
    more = f'<p class="soft">... and {hidden:,} more in report.json.</p>' if hidden else ""
    return Section(key=key, title=title, note=f"{len(found):,}", body="\n".join(cards) + more if found else "")


def named(outcome: Outcome) -> str:
    """Metric, evaluation and slice, or subject and check."""
    comparison = comparison_of(outcome)
    if comparison is None:
        subject, check = name_of(outcome)
        return f"{code(subject, 160)} {escape(label(check, 60))}".rstrip()
    where = f" in {code(comparison.where, 100)}" if comparison.where else ""
    return f"{code(comparison.metric, 60)} of {code(comparison.evaluation, 60)}{where}"


def _card(outcome: Outcome, links: Links) -> str:
    place = links.place(outcome)
    hint = rich(outcome.hint, 600)
    parts = [
        f'<article class="card {outcome.status.value}"><h3>{badge(outcome.status)} {named(outcome)}</h3>',
        *(f"<p>{rich(fact, 600).replace(' -&gt; ', ' &rarr; ')}</p>" for fact in words.finding(outcome)),
        *_details(outcome),
        f'<p class="next"><strong>Next step:</strong> {hint}</p>' if hint else "",
        f'<p class="soft">{f"{place} &middot; " if place else ""}<small>{escape(label(outcome.id, 300))}</small></p>',
    ]
    return "".join(parts) + "</article>"


def _details(outcome: Outcome) -> list[str]:
    """Failing rows, examples and the traceback, as far as they are there."""
    parts = []
    rows = outcome.evidence.get("rows")
    if isinstance(rows, list | tuple):
        shown = [row for row in rows if isinstance(row, Mapping)][:10]
        told = (f"row {plain(as_text(row.get('row')), 20)}: {code(as_text(row.get('value')), 100)}" for row in shown)
        parts += [f'<p class="soft">{", ".join(told)}</p>'] if shown else []
    examples = [f"{code(name, 100)}: {plain(found, 200)}" for name, found in told_of(outcome)]
    parts += [f'<p class="soft">{"<br>".join(examples)}</p>'] if examples else []
    return [*parts, _traceback(outcome.evidence, "Traceback"), *_tries(outcome)]


def _tries(outcome: Outcome) -> list[str]:
    """Each run of a test that was run again, with its traceback where it failed."""
    tries = outcome.evidence.get("tries")
    found = [one for one in tries if isinstance(one, Mapping)] if isinstance(tries, list | tuple) else []
    told = []
    for number, one in enumerate(found[:MOST_TRIES], start=1):
        took = words.duration(as_number(one.get("duration_s")))
        said = f"Try {number}: {as_text(one.get('status'))}{f' after {took}' if took else ''}"
        told.append(_traceback(one, said) or f'<p class="soft">{plain(said, 100)}</p>')
    return told


def _traceback(raw: Mapping[str, Any], title: str) -> str:
    traceback = raw.get("traceback")
    if isinstance(traceback, list | tuple):
        traceback = "\n".join(as_text(line) for line in traceback[-30:])
    if not isinstance(traceback, str) or not traceback:
        return ""
    text = escape("\n".join(lines(traceback, 30)))
    return f"<details><summary>{plain(title, 100)}</summary><pre>{text}</pre></details>"
