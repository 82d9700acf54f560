"""Parts of a tier in which no test proved anything: judged with the other parts of the tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mlgate.outcome import Outcome, Status


def settled(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes of all parts of a run, those of empty parts with what the others make of them.

    A job whose tests were all skipped, or that had none, leaves a warning with `nothing_checked` in its evidence. It is
    a `skip` where another part of its tier has a test with a result, or tests that had no need to run; else nothing of
    the tier was proven, and that is an `error`, as it is in a run that is not dealt out.
    """
    proven = {outcome.tier for outcome in outcomes if _proves(outcome)}
    return [_settled(outcome, proven) if _is_empty(outcome) else outcome for outcome in outcomes]


def _is_empty(outcome: Outcome) -> bool:
    return outcome.check == "pytest" and outcome.evidence.get("nothing_checked") is True


def _proves(outcome: Outcome) -> bool:
    if outcome.check == "unchanged":
        return bool(outcome.evidence.get("tests"))
    return outcome.check == "test" and outcome.status is not Status.SKIP


def _settled(outcome: Outcome, proven: set[str]) -> Outcome:
    if outcome.tier in proven:
        return replace(outcome, status=Status.SKIP, message=f"in one of its jobs: {outcome.message}", hint="")
    return replace(outcome, status=Status.ERROR)
