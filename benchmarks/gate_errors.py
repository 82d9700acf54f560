"""Does the metric gate err as seldom as it says? Simulated gates on populations whose true difference is known.

Every figure stands beside its limit. One beyond it is marked with `!`, and then the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np

from benchmarks import gate_families
from benchmarks.gate_power import Question, find_degraded, run_power
from benchmarks.gate_rates import ALPHA, DEGRADED, Cell, Rate, Rates, error_rate, rates_of, run_cell
from benchmarks.gate_tables import Report, print_rates
from benchmarks.populations import PLAIN, Design, Population, true_changes
from benchmarks.populations_of_items import BINARY, CLASSES, LATENCIES, NUMBERS, POPULATIONS
from mlgate.metrics.methods import Plan
from mlgate.metrics.verdict import POWER

LARGE = 10_000
SIZES = (100, 300, 1000, LARGE)
DESIGN_SIZE = 1000
DESIGNS = (
    Design(name="scores of one decimal, most of them tied", rounded=True),
    Design(name="rows weigh as an exponential number", weighted=True),
    Design(name="60 groups of unequal size, ICC 0.3", groups=60),
    Design(name="30 groups of unequal size, ICC 0.3", groups=30),
    Design(name="15 groups of unequal size, ICC 0.3", groups=15),
)
FAMILY = ("accuracy", "f1", "roc_auc")
POWER_SIZES = (1000, LARGE)
QUESTIONS = tuple(
    Question(population=population, metric=metric, tolerance=tolerance, n_units=n_units)
    for n_units in POWER_SIZES
    for population, metric, tolerance in (
        (BINARY, "accuracy", 0.005),
        (BINARY, "f1", 0.01),
        (BINARY, "roc_auc", 0.01),
        (BINARY, "log_loss", 0.007),
        (NUMBERS, "mae", 0.008),
    )
)
RETRAINED_ROWS = 2000
_CHUNK = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How much is simulated, and by whom.

    Parameters
    ----------
    runs : gates per figure
    runs_10k : gates per figure on 10,000 rows; 0 leaves that size out
    n_draws : bootstrap replicates of each
    pool : processes that share it
    """

    runs: int
    runs_10k: int
    n_draws: int
    pool: Executor

    def spread(self, task: Callable[..., Any], *given: Any, runs: int) -> list[Any]:
        """Results of `task(*given, seeds, n_draws)` for the seeds 0 to runs - 1 in pieces, in order."""
        pieces = [range(start, min(start + _CHUNK, runs)) for start in range(0, runs, _CHUNK)]
        waiting = [self.pool.submit(task, *given, piece, self.n_draws) for piece in pieces]
        return [one.result() for one in waiting]

    def runs_of(self, n_units: int) -> int:
        return self.runs_10k if n_units >= LARGE else self.runs

    def sizes(self, among: Sequence[int]) -> list[int]:
        return [n_units for n_units in among if self.runs_of(n_units)]


def rates(work: Work, population: Population, design: Design, sizes: Sequence[int]) -> list[Rates]:
    """Rates of every metric of a population."""
    truth = work.pool.submit(true_changes, population, design, DEGRADED).result()
    rows = []
    for n_units in sizes:
        intervals = []
        for degraded in (False, True):
            cell = Cell(population=population, design=design, n_units=n_units, degraded=degraded)
            pieces = work.spread(run_cell, cell, truth, runs=work.runs_of(n_units))
            intervals.append(
                {metric: np.concatenate([piece[metric] for piece in pieces]) for metric in population.metrics}
            )
        equal, worse = intervals
        rows += [rates_of(metric, cell, equal[metric], worse[metric], truth[metric]) for metric in truth]
    return sorted(rows, key=lambda row: population.metrics.index(row.metric))


def report_rates(report: Report, work: Work) -> None:
    """Parts 1, 2 and 5: every metric on independent rows of every size, then ties, weights and groups."""
    report.line("False verdicts and coverage of 90 % intervals. worse@0: called a regression at tolerance 0 although")
    report.line(
        "nothing changed; pass@-t, worse@-t: called within the tolerance, or a regression, although the loss is"
    )
    report.line("exactly the tolerance; cover: the interval holds the truth. Limits are alpha + 3 sd, and 0.90 +- 0.02")
    report.line("+- 3 sd from 300 rows on, where sd is that of the simulation and of what is known of the truth.")
    report.line("Calibration errors of few groups are judged with wider intervals.")
    for population in POPULATIONS:
        print_rates(report, f"{population.name}, independent rows", rates(work, population, PLAIN, work.sizes(SIZES)))
    for design in DESIGNS:
        kinds = (BINARY, CLASSES, NUMBERS) if design.weighted else (BINARY, CLASSES, NUMBERS, LATENCIES)
        for population in kinds:
            title = f"{population.name}, {design.name}"
            print_rates(report, title, rates(work, population, design, (DESIGN_SIZE,)))


def report_families(report: Report, work: Work) -> None:
    """Part 3: forty slices and the whole in one family."""
    n_rows = f"{gate_families.SMALLEST} to {gate_families.LARGEST} rows"
    report.line(f"\nOne family of {gate_families.SLICES} slices of {n_rows} and the whole, tolerance 0")
    for worse_share in (0.0, gate_families.WORSE_SHARE):
        pieces = work.spread(gate_families.run_slices, BINARY, FAMILY, worse_share, runs=work.runs)
        for name in (*FAMILY, "all"):
            called = [gate for piece in pieces for gate in piece[name]]
            label = "all three" if name == "all" else name
            if not worse_share:
                wrong = np.array([bool(gate) for gate in called])
                report.check(error_rate(wrong), f"{label}: nothing changed, a regression is called")
                continue
            others = np.array([bool(gate - {None, "s00"}) for gate in called])
            report.check(error_rate(others), f"{label}: one slice is worse, another one is called")
            found = np.mean(["s00" in gate for gate in called])
            alone = np.mean([gate - {None} == {"s00"} for gate in called])
            report.line(f"    the worse slice is found {found:.3f}, it and no other slice {alone:.3f}")


def report_power(report: Report, work: Work) -> None:
    """Part 4: power at the minimum detectable effect that the gate states."""
    report.line(
        "\nPower where the true loss is the tolerance and the stated minimum detectable effect; 0.80 +- 0.05 +- 3 sd"
    )
    questions = [question for question in QUESTIONS if work.runs_of(question.n_units)]
    waiting = [work.pool.submit(find_degraded, question, work.n_draws) for question in questions]
    for question, one in zip(questions, waiting, strict=True):
        degraded = one.result()
        runs = work.runs_of(question.n_units)
        called = np.concatenate(work.spread(run_power, question, degraded, runs=runs))
        sd = float(np.sqrt(POWER * (1 - POWER) / runs))
        rate = Rate(value=float(called.mean()), sd=sd, low=POWER - 0.05 - 3 * sd, high=POWER + 0.05 + 3 * sd)
        report.check(
            rate,
            f"{question.metric}, {question.n_units:,}: tolerance {question.tolerance:g} + effect "
            f"{degraded.detectable:.4f}, true loss {degraded.loss:.4f}",
        )


def report_same(report: Report, work: Work) -> None:
    """Part 6: identical predictions, and recipes that were trained again."""
    report.line("\nIdentical predictions are `equivalent`, whatever the number of rows")
    for population in (BINARY, CLASSES, NUMBERS, LATENCIES):
        found = gate_families.run_identical(population, (1, 10, 1000), Plan(n_draws=work.n_draws))
        for n_rows, others in found.items():
            text = f"{population.name}, {n_rows:,} rows: {len(population.metrics)} metrics"
            report.fact(f"{text}, not so: {', '.join(others) or 'none'}", holds=not others)
    spread = f"{gate_families.SEED_SD:.0%} of accuracy over seeds, {RETRAINED_ROWS:,} rows"
    report.line(f"\nThe same recipe trained again ({spread}): called a regression at tolerance 0")
    for n_runs in (1, 3):
        pieces = work.spread(gate_families.run_retrained, n_runs, RETRAINED_ROWS, runs=work.runs)
        for metric in gate_families.RETRAINED:
            called = np.array([one for piece in pieces for one in piece[metric]])
            if n_runs > 1:
                report.check(error_rate(called), f"{metric}, {n_runs} runs a side")
            else:
                report.line(
                    f"  {f'{metric}, one run a side: cannot tell a seed from a recipe':76} {called.mean():6.3f}"
                )


@contextmanager
def workers(count: int) -> Iterator[Executor]:
    """Processes of one thread each, started afresh so that the setting reaches numpy."""
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        yield pool


PARTS = {"rates": report_rates, "families": report_families, "power": report_power, "same": report_same}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300, help="simulated gates per figure")
    parser.add_argument("--runs-10k", type=int, default=120, help="the same on 10,000 rows; 0 leaves that size out")
    parser.add_argument("--draws", type=int, default=500, help="bootstrap replicates of a gate")
    parser.add_argument("--quick", action="store_true", help="10 runs, none on 10,000 rows: whether it works")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    runs, runs_10k = (10, 0) if options.quick else (options.runs, options.runs_10k)
    report, start = Report(), time.monotonic()
    with workers(options.workers) as pool:
        work = Work(runs=runs, runs_10k=runs_10k, n_draws=options.draws, pool=pool)
        report.line(f"\nErrors of the gate: {runs} gates per figure, {runs_10k} on {LARGE:,} rows, alpha {ALPHA}")
        report.line(f"{options.draws:,} replicates each; the gate takes 2,000, whose bounds are less noisy")
        for part in options.parts:
            PARTS[part](report, work)
    report.line(f"\n{len(report.broken)} figures beyond their limit, {time.monotonic() - start:.0f} s")
    for name in report.broken:
        report.line(f"  {name}")
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
