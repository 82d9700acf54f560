"""What earlier runs made of a test: how often it was flaky or failed, and whether it ever ran.

What is kept is plain JSON: `{"format": 1, "tiers": {"unit": {"runs": 12, "tests": {node id: "..f.s"}}}}`, one letter
for each of a test's last runs, the oldest first. A test that only ever passed is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mlgate.outcome import Outcome, Status

FORMAT = 1
RUNS = 20
"""So many runs are looked back on."""
PASSED, FLAKY, FAILED, SKIPPED = ".", "f", "F", "s"
OFTEN = 3
"""A test that was skipped in so many runs, this one included, is said never to run."""


def with_history(tier: str, outcomes: Iterable[Outcome], history: Mapping[str, Any]) -> list[Outcome]:
    """The outcomes of a tier, those of tests that are flaky, fail or are skipped with what earlier runs say of them."""
    seen, _ = _of_tier(history, tier)
    return [
        _told(outcome, seen.get(outcome.subject, "")) if outcome.check == "test" else outcome for outcome in outcomes
    ]


def remembered(tier: str, outcomes: Iterable[Outcome], history: Mapping[str, Any]) -> dict[str, Any]:
    """The history with one more run of a tier; tests that were not run keep what they have."""
    seen, runs = _of_tier(history, tier)
    kept = dict(seen)
    for outcome in outcomes:
        if outcome.check == "test" and outcome.reused_from is None:
            before = kept.pop(outcome.subject, PASSED * min(runs, RUNS))
            after = (before + _letter(outcome))[-RUNS:]
            if after.strip(PASSED):
                kept[outcome.subject] = after
    tiers = history.get("tiers") if history.get("format") == FORMAT else None
    entry = {"runs": min(runs + 1, RUNS), "tests": dict(sorted(kept.items()))}
    return {"format": FORMAT, "tiers": {**(tiers if isinstance(tiers, dict) else {}), tier: entry}}


def _letter(outcome: Outcome) -> str:
    if outcome.evidence.get("flaky"):
        return FLAKY
    if outcome.status.blocks or "quarantined" in outcome.evidence:
        return FAILED
    return SKIPPED if outcome.status is Status.SKIP else PASSED


def _of_tier(history: Mapping[str, Any], tier: str) -> tuple[Mapping[str, str], int]:
    """The letters of each test, and how many runs the tier had; nothing where what was kept has another form."""
    tiers = history.get("tiers")
    entry = tiers.get(tier) if history.get("format") == FORMAT and isinstance(tiers, dict) else None
    tests = entry.get("tests") if isinstance(entry, dict) else None
    runs = entry.get("runs") if isinstance(entry, dict) else None
    if not isinstance(tests, dict) or not isinstance(runs, int) or isinstance(runs, bool):
        return {}, 0
    return {str(node): letters for node, letters in tests.items() if isinstance(letters, str)}, max(0, runs)


def _told(outcome: Outcome, before: str) -> Outcome:
    flaky, failed, runs = before.count(FLAKY), before.count(FAILED), len(before)
    facts = {"history": {"runs": runs, "flaky": flaky, "failed": failed}}
    if outcome.status is Status.SKIP:
        return _skipped(outcome, before)
    if not runs or not (outcome.status.blocks or "flaky" in outcome.evidence or "quarantined" in outcome.evidence):
        return outcome
    message = outcome.message
    if flaky:
        told = f"in {flaky} of the {runs} runs before" if runs > 1 else "in the run before"
        message += f" (flaky {told})"
    return replace(outcome, message=message, evidence={**outcome.evidence, **facts})


def _skipped(outcome: Outcome, before: str) -> Outcome:
    """A test that was skipped in every run that is remembered is one that nobody has."""
    times = len(before) - len(before.rstrip(SKIPPED)) + 1
    if times < OFTEN or "always_skipped" in outcome.evidence or not outcome.message.startswith("skipped"):
        return outcome
    evidence = {**outcome.evidence, "always_skipped": True, "history": {"skipped_in_a_row": times}}
    return replace(outcome, message=f"always {outcome.message} (in each of its last {times} runs)", evidence=evidence)
