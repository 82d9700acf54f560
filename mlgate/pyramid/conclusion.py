"""A tier, run to its end: its outcomes after retries, budgets, quarantine and history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.config.project import Tier
from mlgate.outcome import Outcome
from mlgate.pyramid.budgets import apply_test_budget, budget_outcome
from mlgate.pyramid.endings import Ending
from mlgate.pyramid.flakiness import remembered, with_history
from mlgate.pyramid.quarantine import apply_quarantine
from mlgate.pyramid.results import Summary, outcomes_of_tier, summarize
from mlgate.pyramid.retries import tests_to_retry, with_tries


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What was run: the processes of the first try, and those of each later one."""

    tier: Tier
    endings: Sequence[Ending]
    tries: Sequence[Sequence[Ending]] = ()

    def failing(self) -> tuple[str, ...]:
        """Node ids of the tests that have not passed in any try so far.

        Empty where the tier did not come to its end: it blocks whatever a retry says.
        """
        outcomes = self.outcomes()
        return () if any(outcome.check == "pytest" for outcome in outcomes) else tests_to_retry(outcomes)

    def outcomes(self) -> list[Outcome]:
        """What all tries together say of each test."""
        tries = [_by_node(endings) for endings in self.tries]
        return with_tries(outcomes_of_tier(self.endings), tries, most=self.tier.retries + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What a tier proved, in outcomes and in numbers, and the history with this run in it."""

    outcomes: list[Outcome]
    summary: Summary
    history: Mapping[str, Any]


def conclude(ran: Ran, *, seconds: float, today: dt.date, history: Mapping[str, Any], whole: bool = True) -> Conclusion:
    """Judge all that was run.

    Parameters
    ----------
    seconds : that all processes took, one after the other
    today : in UTC
    history : of earlier runs, see `mlgate.pyramid.flakiness`
    whole : whether all tests of the tier were to be run
    """
    tier = ran.tier
    outcomes = ran.outcomes()
    ended = not any(outcome.check == "pytest" for outcome in outcomes)
    outcomes = apply_test_budget(tier, outcomes)
    outcomes = apply_quarantine(tier, outcomes, today=today, whole=whole and ended)
    later = remembered(tier.name, outcomes, history)
    outcomes = with_history(tier.name, outcomes, history)
    budget = budget_outcome(tier, seconds, ended=ended)
    if budget is not None:
        outcomes.append(budget)
    recorded = [ending.recorded for ending in ran.endings]
    return Conclusion(outcomes=outcomes, summary=summarize(tier, recorded, outcomes, duration_s=seconds), history=later)


def _by_node(endings: Sequence[Ending]) -> dict[str, Outcome]:
    return {outcome.subject: outcome for outcome in outcomes_of_tier(endings) if outcome.check == "test"}
