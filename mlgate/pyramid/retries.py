"""Tests that failed and were run again: a pass then is no pass, and every failure is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlgate.outcome import Outcome, Status


def tests_to_retry(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """Node ids of the tests that block."""
    return tuple(outcome.subject for outcome in outcomes if outcome.check == "test" and outcome.status.blocks)


def with_tries(outcomes: Iterable[Outcome], tries: Sequence[Mapping[str, Outcome]], *, most: int) -> list[Outcome]:
    """The outcomes after all tries.

    A test that passed on a later try is `warn`; one that never did keeps the status of its first failure. A try that
    skipped the test, or did not find it, proves nothing.

    Parameters
    ----------
    outcomes : of the first try
    tries : of the second and later ones, by node id; empty where there was nothing to retry
    most : tries that are allowed, the first one included
    """
    return [
        _judged(outcome, [found.get(outcome.subject) for found in tries], most)
        if tries and outcome.check == "test" and outcome.status.blocks
        else outcome
        for outcome in outcomes
    ]


def _judged(first: Outcome, later: Sequence[Outcome | None], most: int) -> Outcome:
    """One test, from its first failure and what came after; the tries end with the first pass."""
    seen: list[Outcome] = [first]
    for outcome in later:
        if outcome is None:
            continue
        seen.append(outcome)
        if not outcome.status.blocks and outcome.status is not Status.SKIP:
            return _flaky(seen, most)
    evidence = {**first.evidence, "tries": [_told(number, one) for number, one in enumerate(seen, start=1)]}
    duration = sum(outcome.duration_s for outcome in seen)
    if len(seen) == 1:
        return replace(first, evidence=evidence, hint=f"it was not found again when it was retried; {first.hint}")
    how_often = f"failed on each of {len(seen)} tries"
    return replace(first, message=f"{how_often}: {first.message}", evidence=evidence, duration_s=duration)


def _flaky(seen: Sequence[Outcome], most: int) -> Outcome:
    first, last = seen[0], seen[-1]
    number = len(seen)
    return replace(
        first,
        status=Status.WARN,
        message=f"flaky: passed on try {number} of {most}; before: {first.message}",
        hint="it passes in another process: look for shared state, order, time, threads and the network",
        evidence={
            **last.evidence,
            "flaky": True,
            "passed_on_try": number,
            "tries": [_told(index, one) for index, one in enumerate(seen, start=1)],
        },
        duration_s=sum(outcome.duration_s for outcome in seen),
    )


def _told(number: int, outcome: Outcome) -> dict[str, Any]:
    """One try, as the evidence keeps it: a failure with all that is known of it."""
    told = {
        "try": number,
        "status": outcome.status.value,
        "message": outcome.message,
        "duration_s": outcome.duration_s,
    }
    kept = ("when", "traceback", "stack", "returncode", "output", "subtests")
    return told | {key: outcome.evidence[key] for key in kept if outcome.status.blocks and outcome.evidence.get(key)}
