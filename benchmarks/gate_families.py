"""How often a gate with many comparisons errs, and what it makes of models that are the same or merely re-trained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.populations import PLAIN, Population, Rng, plain_kernel, policy_of
from mlgate.config.evaluation import Evaluation
from mlgate.metrics.comparison import Comparison, compare_rows
from mlgate.metrics.decisions import decide_comparisons
from mlgate.metrics.methods import Plan
from mlgate.metrics.paired import Coded, Paired
from mlgate.metrics.sample import Codes, Sample
from mlgate.outcome import Location, Outcome

SLICES = 40
SMALLEST, LARGEST = 150, 1000
"""Rows of a slice."""

WORSE_SHARE = 0.7
"""Share of the rows of the degraded slice that come from the worse model."""

RETRAINED = ("accuracy", "f1")
RECIPE_ACCURACY = 0.85
SEED_SD = 0.01
"""Spread of the accuracy of one recipe over seeds."""


def evaluation_of(metrics: Iterable[str], *slices: str) -> Evaluation:
    """Metrics with a tolerance of 0."""
    return Evaluation(
        name="simulated",
        metrics=tuple(policy_of(metric) for metric in metrics),
        slices=slices,
        location=Location("benchmark", 1),
    )


def run_slices(
    population: Population, metrics: Sequence[str], worse_share: float, seeds: Sequence[int], n_draws: int
) -> dict[str, list[frozenset[str | None]]]:
    """Slices that gates call a regression, None for the whole: by metric, and as `all` where one gate has all metrics.

    Parameters
    ----------
    worse_share : of the candidate's rows in the slice `s00`, of which a worse model predicts them
    """
    evaluation, kernels = evaluation_of(metrics, "slice"), {metric: population.kernel(metric) for metric in metrics}
    called: dict[str, list[frozenset[str | None]]] = {name: [] for name in (*metrics, "all")}
    for seed in seeds:
        plan = Plan(seed=seed, n_draws=n_draws)
        paired = _sliced(population, np.random.default_rng([seed, 40]), worse_share)
        comparisons = compare_rows(paired, evaluation, ("slice",), kernels, plan)
        for name, gates in called.items():
            judged = [one for one in comparisons if name in ("all", one.spec.name)]
            gates.append(_regressions(judged, plan))
    return called


def _sliced(population: Population, rng: Rng, worse_share: float) -> Paired:
    """Rows of slices of unequal size."""
    sizes = rng.integers(SMALLEST, LARGEST, size=SLICES, endpoint=True)
    codes = np.repeat(np.arange(SLICES, dtype=np.int32), sizes)
    share = np.where(codes == 0, worse_share, 0.0)
    paired = population.draw(rng, codes.size, PLAIN, share)
    return Paired(
        n_rows=paired.n_rows,
        baselines=paired.baselines,
        candidates=paired.candidates,
        same=paired.same,
        slices={"slice": Coded(codes=codes, values=tuple(f"s{number:02}" for number in range(SLICES)))},
    )


def _regressions(comparisons: Sequence[Comparison], plan: Plan) -> frozenset[str | None]:
    outcomes = decide_comparisons(comparisons, alpha=plan.alpha, seed=plan.seed)
    return frozenset(_slice_of(outcome) for outcome in outcomes if outcome.evidence["verdict"] == "regression")


def _slice_of(outcome: Outcome) -> str | None:
    key = outcome.evidence["slice"]
    return None if key is None else str(key["slice"])


def run_identical(population: Population, sizes: Sequence[int], plan: Plan) -> dict[int, list[str]]:
    """Metrics whose verdict of identical predictions is not `equivalent`, by number of rows.

    One that has no value at all on the rows (the area of a single class) is left out: that is an error, and no pass.
    """
    evaluation = evaluation_of(population.metrics)
    kernels = {metric: population.kernel(metric) for metric in population.metrics}
    found = {}
    for n_rows in sizes:
        paired = population.draw(np.random.default_rng([6, n_rows]), n_rows, PLAIN, 0.0)
        twice = Paired(
            n_rows=paired.n_rows,
            baselines=paired.baselines,
            candidates=paired.baselines,
            same=np.ones(paired.n_rows, dtype=bool),
        )
        outcomes = decide_comparisons(compare_rows(twice, evaluation, (), kernels, plan), seed=plan.seed)
        found[n_rows] = [
            outcome.evidence["metric"]
            for outcome in outcomes
            if outcome.evidence["verdict"] != "equivalent" and outcome.evidence["baseline"] is not None
        ]
    return found


def run_retrained(n_runs: int, n_rows: int, seeds: Sequence[int], n_draws: int) -> dict[str, list[bool]]:
    """Whether a recipe that was trained again is called a regression, by metric; `n_runs` seeds a side."""
    kernels = {metric: plain_kernel(metric) for metric in RETRAINED}
    called: dict[str, list[bool]] = {metric: [] for metric in RETRAINED}
    for seed in seeds:
        plan = Plan(seed=seed, n_draws=n_draws)
        paired = _retrained(np.random.default_rng([seed, n_runs, 3]), n_rows, n_runs)
        comparisons = compare_rows(paired, evaluation_of(RETRAINED), (), kernels, plan)
        for comparison in comparisons:
            called[comparison.spec.name].append(bool(_regressions([comparison], plan)))
    return called


def _retrained(rng: Rng, n_rows: int, n_runs: int) -> Paired:
    """Runs of one recipe on both sides: examples differ in difficulty, seeds in accuracy and in what they get wrong."""
    from scipy.stats import norm

    labels = (rng.random(n_rows) < 0.4).astype(np.int32)
    difficulty = rng.normal(size=n_rows)
    threshold = float(norm.ppf(RECIPE_ACCURACY))
    spread = SEED_SD / float(norm.pdf(threshold))
    sides = []
    for _ in range(2):
        runs = []
        for _ in range(n_runs):
            latent = np.sqrt(0.7) * difficulty + np.sqrt(0.3) * rng.normal(size=n_rows)
            right = latent < threshold + spread * rng.normal()
            runs.append(_labelled(labels, np.where(right, labels, 1 - labels).astype(np.int32)))
        sides.append(tuple(runs))
    return Paired(n_rows=n_rows, baselines=sides[0], candidates=sides[1], same=np.zeros(n_rows, dtype=bool))


def _labelled(labels: Codes, predictions: Codes) -> Sample:
    return Sample(n_rows=labels.size, labels=labels, predictions=predictions, classes=("0", "1"), positive=1)
