"""Whether a change of the size that the gate says it can detect is detected 4 times in 5."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.gate_rates import ALPHA, judge
from benchmarks.populations import PLAIN, Population, true_changes
from mlgate.metrics.methods import Plan
from mlgate.metrics.verdict import compute_detectable_effect

_PILOTS = 40
_SHARES = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
_ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A metric that is judged with a tolerance on so many rows."""

    population: Population
    metric: str
    tolerance: float
    n_units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Degraded:
    """A candidate that is worse by the tolerance and the minimum detectable effect.

    Parameters
    ----------
    share : of its rows that come from the worse model
    loss : what it truly loses
    detectable : mean of the effect that gates state
    """

    share: float
    loss: float
    detectable: float


def find_degraded(question: Question, n_draws: int) -> Degraded:
    """The candidate whose true loss is the tolerance and the effect that gates state about that very candidate.

    Raises
    ------
    ValueError
        Even the worse model loses less than that.
    """
    losses = [0.0] + [_loss(question, share, parts=2) for share in _SHARES]
    share, detectable = 0.25, 0.0
    for _ in range(_ROUNDS):
        detectable = _stated_effect(question, share, n_draws)
        wanted = question.tolerance + detectable
        if not losses[0] < wanted <= losses[-1]:
            raise ValueError(f"{question.metric} on {question.n_units:,} rows: no candidate is worse by {wanted:g}")
        share = float(np.interp(wanted, losses, (0.0, *_SHARES)))
    return Degraded(share=share, loss=_loss(question, share, parts=5), detectable=detectable)


def _loss(question: Question, share: float, *, parts: int) -> float:
    found = true_changes(question.population, PLAIN, share, metrics=(question.metric,), parts=parts)
    return found[question.metric].loss


def _stated_effect(question: Question, share: float, n_draws: int) -> float:
    kernel = question.population.kernel(question.metric)
    effects = []
    for pilot in range(_PILOTS):
        plan = Plan(seed=pilot, n_draws=n_draws)
        paired = question.population.draw(np.random.default_rng([pilot, 11]), question.n_units, PLAIN, share)
        found = judge(question.metric, kernel, paired, margin=question.tolerance, plan=plan)
        if found is not None:
            effects.append(compute_detectable_effect(found, alpha=ALPHA, family_size=1))
    return float(np.mean(effects))


def run_power(question: Question, degraded: Degraded, seeds: Sequence[int], n_draws: int) -> list[bool]:
    """Whether each of the gates calls the candidate a regression: 4 of 5 should."""
    kernel = question.population.kernel(question.metric)
    called = []
    for seed in seeds:
        plan = Plan(seed=seed, n_draws=n_draws)
        rng = np.random.default_rng([seed, 12])
        paired = question.population.draw(rng, question.n_units, PLAIN, degraded.share)
        found = judge(question.metric, kernel, paired, margin=question.tolerance, plan=plan)
        called.append(found is not None and found.p_value <= ALPHA)
    return called
