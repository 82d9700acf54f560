"""Which tests a baseline's run had, kept beside it in a text, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mlgate.outcome import Outcome, Status

MOST_TESTS = 20_000
MOST_CHARACTERS = 1_000_000
"""Of the text: the tests of a larger suite are not recorded, rather than a part of them."""
MOST_LISTED = 100

_MARKS = {Status.PASS: "+", Status.WARN: "+", Status.SKIP: "~", Status.FAIL: "-", Status.ERROR: "-"}


def suite_text(outcomes: Iterable[Outcome]) -> str | None:
    """The tests of a run, one line each: `+` passed, `~` was skipped, `-` did not pass, then the outcome's id.

    None where it had no tests, or so many that they are not recorded.

    Examples
    --------
    >>> from mlgate.outcome import Outcome, Status
    >>> ran = Outcome(id="unit/a.py::test_b", check="test", tier="unit", subject="b", status=Status.PASS, message="",
    ...               evidence={"node": "a.py::test_b"})
    >>> suite_text([ran])
    '+ unit/a.py::test_b'
    """
    lines = [f"{_MARKS[outcome.status]} {outcome.id}" for outcome in outcomes if _is_test(outcome)]
    text = "\n".join(sorted(set(lines), key=lambda line: line[2:]))
    return text if lines and len(lines) <= MOST_TESTS and len(text) <= MOST_CHARACTERS else None


def suite_changes(
    recorded: str, outcomes: Iterable[Outcome], ran: Iterable[str], commit: str | None
) -> dict[str, Any] | None:
    """What became of the tests of a baseline's run; None where nothing did.

    Parameters
    ----------
    recorded : what `suite_text` wrote; a line that it did not write is left out
    outcomes : of the run under review, acceptance applied
    ran : names of the tiers that ran to their end: a test of another one is not gone
    commit : of the baseline

    Returns
    -------
    dict
        `failing` and `skipped` are tests that passed, `removed` those that are not there any more; each of at most
        `MOST_LISTED` ids, and `counts` of all.
    """
    now = {outcome.id: outcome for outcome in outcomes if _is_test(outcome)}
    complete = set(ran) - {outcome.tier for outcome in outcomes if outcome.status is Status.ERROR}
    found: dict[str, list[str]] = {"failing": [], "skipped": [], "removed": []}
    for name, mark in _read(recorded).items():
        outcome = now.get(name)
        if outcome is None:
            if name.partition("/")[0] in complete:
                found["removed"].append(name)
        elif outcome.status.blocks and mark != "-":
            found["failing"].append(name)
        elif outcome.status is Status.SKIP and mark == "+":
            found["skipped"].append(name)
    if not any(found.values()):
        return None
    counts = {kind: len(names) for kind, names in found.items()}
    return {"commit": commit, "counts": counts} | {kind: names[:MOST_LISTED] for kind, names in found.items()}


def _read(recorded: str) -> Mapping[str, str]:
    lines = recorded[:MOST_CHARACTERS].split("\n")[:MOST_TESTS]
    return {line[2:]: line[0] for line in lines if line[:2] in ("+ ", "~ ", "- ") and len(line) > 2}


def _is_test(outcome: Outcome) -> bool:
    return "node" in outcome.evidence and outcome.check != "collection"
