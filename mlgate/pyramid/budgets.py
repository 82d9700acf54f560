"""What a tier and its tests took, against what they may take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mlgate.config.project import Tier
from mlgate.outcome import Outcome, Status
from mlgate.pyramid.endings import told_duration


def apply_test_budget(tier: Tier, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """A test that passed and took longer than `test_budget` is `warn` or `fail`, as declared."""
    budget = tier.test_budget_s
    if budget is None:
        return list(outcomes)
    return [_against(tier, budget, outcome) for outcome in outcomes]


def budget_outcome(tier: Tier, seconds: float, *, ended: bool) -> Outcome | None:
    """`<tier>/budget`: how long all tests of the tier took, where it may run over its budget.

    Parameters
    ----------
    seconds : from the start of the first process to the end of the last
    ended : whether the tests came to their end; those that were stopped have another outcome
    """
    if tier.budget_s is None or tier.over_budget == "stop" or not ended:
        return None
    over = seconds > tier.budget_s
    budget = told_duration(tier.budget_s)
    return Outcome(
        id=f"{tier.name}/budget",
        check="budget",
        tier=tier.name,
        subject=tier.name,
        status=Status(tier.over_budget) if over else Status.PASS,
        message=f"took {seconds:.1f} s, {'more than' if over else 'within'} the budget of {budget}",
        hint=f"make the tests faster, or raise tiers.{tier.name}.budget" if over else "",
        observed=round(seconds, 3),
        expected=f"at most {budget}",
        location=tier.location,
        evidence={"seconds": round(seconds, 3), "budget_s": tier.budget_s},
    )


def _against(tier: Tier, budget: float, outcome: Outcome) -> Outcome:
    durations = outcome.evidence.get("durations_s") or {}
    seconds = sum(durations.values())
    if outcome.check != "test" or outcome.status not in (Status.PASS, Status.WARN) or seconds <= budget:
        return outcome
    longest = max(durations, key=lambda when: durations[when])
    where = "" if longest == "call" else f", {durations[longest]:.1f} s of it in its {longest}"
    return replace(
        outcome,
        status=Status(tier.over_test_budget),
        message=f"{outcome.message}, but took {seconds:.1f} s{where}: more than {told_duration(budget)} (test_budget)",
        hint=f"make it faster, or raise tiers.{tier.name}.test_budget",
        observed=round(seconds, 3),
        expected=f"at most {told_duration(budget)}",
        evidence={**outcome.evidence, "over_test_budget": True, "test_budget_s": budget},
    )
