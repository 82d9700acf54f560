"""How often the slow-decline check is wrong, and how soon it finds a decline, on simulated histories.

Nothing changes: the share of histories with an alarm over all looks must be at most alpha (plus Monte-Carlo error). The
cases differ in what the steps share: fresh rows in every run, the same rows with models that are trained anew, flips
that stay. Two more cases have no bound and are printed to be seen: rows that drift one way for ever, and several
candidates looked at per merge. A decline: merges until it is found, beside one boundary per start at split levels.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from mlgate.metrics.decline import Link, log_mixture, weigh_decline

ALPHA, WINDOW = 0.05, 20
ROWS = 1000
Steps = Iterator[tuple[float, float]]
"""Decline and standard error of one merge after another."""


def unit_steps(rng: np.random.Generator) -> Steps:
    """Independent normal steps of a known standard error."""
    while True:
        yield float(rng.normal()), 1.0


def fresh_rows(rng: np.random.Generator) -> Steps:
    """Accuracy on new rows in every run; 6 % of the predictions change."""
    while True:
        worse, better, _ = rng.multinomial(ROWS, [0.03, 0.03, 0.94])
        yield _paired(int(worse), int(better))


def retrained(rng: np.random.Generator) -> Steps:
    """Accuracy on the same rows of models trained anew: a row is right with a chance of its own."""
    chance = rng.beta(8, 2, ROWS)
    before = rng.random(ROWS) < chance
    while True:
        after = rng.random(ROWS) < chance
        yield _paired(int(np.count_nonzero(before & ~after)), int(np.count_nonzero(~before & after)))
        before = after


def flips_that_stay(rng: np.random.Generator) -> Steps:
    """Accuracy on the same rows: each merge turns 3 % of them round, at random."""
    right = rng.random(ROWS) < 0.5
    while True:
        turned = rng.random(ROWS) < 0.03
        yield _paired(int(np.count_nonzero(turned & right)), int(np.count_nonzero(turned & ~right)))
        right ^= turned


def losses_that_wander(rng: np.random.Generator) -> Steps:
    """Mean loss on the same rows: each merge moves the loss of every row by a skewed amount of its own."""
    while True:
        yield _mean(rng.exponential(1.0, ROWS) - 1.0)


def drift_by_row(rng: np.random.Generator) -> Steps:
    """Mean loss on the same rows, each of which drifts one way for ever: the population stays, these rows do not."""
    slope = rng.normal(0.0, 0.2, ROWS)
    while True:
        yield _mean(slope + rng.normal(0.0, 1.0, ROWS))


def _paired(worse: int, better: int) -> tuple[float, float]:
    decline = (worse - better) / ROWS
    return decline, math.sqrt(max(1, worse + better) - ROWS * decline**2) / ROWS


def _mean(change: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float]:
    return float(change.mean()), float(change.std(ddof=1) / math.sqrt(change.size))


def with_decline(steps: Steps, size: float, quiet: int) -> Steps:
    """`steps`, each worse by `size` after the first `quiet` ones."""
    for number, (decline, se) in enumerate(steps):
        yield decline + (size if number >= quiet else 0.0), se


@dataclass(frozen=True, slots=True)
class Rates:
    """First alarms of histories, in merges; None where there was none."""

    first: tuple[int | None, ...]
    looks: int

    @property
    def share(self) -> float:
        return sum(look is not None for look in self.first) / len(self.first)

    def found_within(self, quiet: int, merges: int) -> float:
        """Share of the histories without a false alarm whose decline is found within some merges."""
        late = [look for look in self.first if look is None or look > quiet]
        return sum(look is not None and look <= quiet + merges for look in late) / len(late)

    def median(self, quiet: int) -> float:
        """Median of the merges until a decline is found; infinite where more than half are not."""
        return statistics.median(math.inf if x is None else x - quiet for x in self.first if x is None or x > quiet)


Judge = Callable[[list[Link]], bool]


def judge_by_evidence(chain: list[Link]) -> bool:
    return weigh_decline(chain, alpha=ALPHA, window=WINDOW).shown


def judge_by_boundaries(chain: list[Link]) -> bool:
    """The plain version: one normal-mixture boundary per start, at 6 alpha / (pi^2 (j + 1)^2)."""
    decline = variance = 0.0
    for index in range(len(chain) - 2, -1, -1):
        decline, variance = decline + chain[index + 1].decline, variance + (chain[index + 1].se or 0.0) ** 2
        level = 6 * ALPHA / (math.pi * (index + 1)) ** 2
        twice = -2 * math.log(level)
        rho = WINDOW * (chain[-1].se or 0.0) ** 2 / (twice + math.log1p(twice))
        if decline > 0 and rho > 0 and log_mixture(decline, variance, rho) >= -math.log(level):
            return True
    return False


def simulate_history(
    steps: Callable[[np.random.Generator], Steps],
    *,
    histories: int,
    looks: int,
    seed: int,
    judge: Judge = judge_by_evidence,
    candidates: int = 1,
) -> Rates:
    """First alarm of each history.

    Parameters
    ----------
    steps : gives the steps of one history from its generator
    histories, looks : how many, and merges in each
    seed : history i draws from the i-th child of this seed alone
    candidates : looks per merge; only the last of them is merged
    """
    first = []
    for child in np.random.SeedSequence(seed).spawn(histories):
        chain = [Link(position=0, decline=0.0, se=None)]
        alarm = None
        for number, (decline, se) in zip(range(looks * candidates), steps(np.random.default_rng(child)), strict=False):
            merge = number // candidates + 1
            looked = [*chain, Link(position=merge, decline=decline, se=se)]
            if judge(looked):
                alarm = merge
                break
            if number % candidates == candidates - 1:
                chain = looked
        first.append(alarm)
    return Rates(tuple(first), looks)


def _declining(rng: np.random.Generator, *, size: float, quiet: int) -> Steps:
    return with_decline(unit_steps(rng), size, quiet)


def _run(job: tuple[str, Callable[[], Rates]]) -> tuple[str, Rates]:
    return job[0], job[1]()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--looks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    simulate = partial(simulate_history, histories=options.histories, looks=options.looks, seed=options.seed)
    bounded = [unit_steps, fresh_rows, retrained, flips_that_stay, losses_that_wander]
    jobs: list[tuple[str, Callable[[], Rates]]] = [(case.__name__, partial(simulate, case)) for case in bounded]
    jobs += [("boundaries, unit_steps", partial(simulate, unit_steps, judge=judge_by_boundaries))]
    jobs += [("no bound: drift_by_row", partial(simulate, drift_by_row))]
    jobs += [
        ("no bound: 5 candidates, looks / 4", partial(simulate, unit_steps, candidates=5, looks=options.looks // 4))
    ]
    standard_error = 1 / 2.486  # in tolerances: as many rows as show an unchanged model to be within one
    power = []
    for quiet in (0, 20, 50, 100):
        for name, judge in (("evidence", judge_by_evidence), ("boundaries", judge_by_boundaries)):
            case = partial(_declining, size=0.3 / standard_error, quiet=quiet)
            power.append((quiet, f"{name} after {quiet}"))
            jobs.append((power[-1][1], partial(simulate, case, looks=quiet + 100, judge=judge)))
    with ProcessPoolExecutor() as pool:
        found = dict(pool.map(_run, jobs))
    noise = math.sqrt(ALPHA * (1 - ALPHA) / options.histories)
    print(f"\nSlow decline, nothing changes: {options.histories} histories of {options.looks} looks, alpha {ALPHA}")
    print(f"{'case':34} {'false alarms':>12} {'limit':>7}")
    broken = False
    for name, rates in list(found.items())[: len(jobs) - len(power)]:
        limit = "" if name.startswith("no bound") else f"{ALPHA + 3 * noise:.4f}"
        broken |= bool(limit) and not rates.share <= ALPHA + 3 * noise
        print(f"{name:34} {rates.share:12.4f} {limit:>7}")
    print("\nDecline of 0.3 tolerances a merge, standard error 0.4 tolerances")
    print(f"{'case':34} {'median':>7} {'20':>6} {'40':>6} {'60':>6}  merges")
    for quiet, name in power:
        shares = " ".join(f"{found[name].found_within(quiet, merges):6.3f}" for merges in (20, 40, 60))
        print(f"{name:34} {found[name].median(quiet):7.0f} {shares}")
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
