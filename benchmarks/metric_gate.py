"""What an interval costs beside `scipy.stats.bootstrap`, on the same rows in the same run.

    python -m benchmarks.metric_gate [--full]

The cost of scipy grows in proportion to the number of resamples, so that 100 of them are timed and multiplied, unless
`--full` asks for all 2,000.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from mlgate.config.evaluation import MetricPolicy
from mlgate.metrics.kernels.catalogue import kernel_of
from mlgate.metrics.measure import measure
from mlgate.metrics.methods import Plan
from mlgate.metrics.paired import Paired
from mlgate.metrics.resampling.draws import Draws
from mlgate.metrics.resampling.sums import rank_changes
from mlgate.metrics.resampling.units import row_units
from mlgate.metrics.sample import Sample
from mlgate.outcome import Location

N_ROWS, N_DRAWS = 100_000, 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="time all resamples of scipy")
    draws = N_DRAWS if parser.parse_args().full else 100
    rows = make_rows(N_ROWS)
    print(f"interval of a difference, n = {N_ROWS:,}, {N_DRAWS:,} resamples (scipy: {draws:,} timed, scaled to all)")
    print(f"{'metric':<34}{'mlgate s':>10}{'scipy s':>10}{'ratio':>8}{'wanted':>8}")
    for name, metric, wanted in (("accuracy", accuracy, 100), ("f1", f1, 100), ("roc_auc", roc_auc, 100)):
        report(name, median_of(partial(judge, name, rows)), scipy_seconds(metric, rows, draws), wanted)
    theirs = scipy_seconds(average_precision, rows, draws)
    report("average_precision (linear part)", median_of(partial(judge, "average_precision", rows)), theirs, 10)
    report("average_precision (every resample)", median_of(partial(resample_ranks, rows), runs=1), theirs, 10)


def report(name: str, ours: float, theirs: float, wanted: int) -> None:
    ratio = theirs / ours
    met = "" if ratio >= wanted else "  not met"
    print(f"{name:<34}{ours:>10.3f}{theirs:>10.1f}{ratio:>8.0f}{f'>= {wanted}':>8}{met}", flush=True)


def make_rows(n_rows: int) -> Paired:
    rng = np.random.default_rng(0)
    labels = (rng.random(n_rows) < 0.4).astype(np.int32)
    shared = rng.normal(size=n_rows)
    scores = [1 / (1 + np.exp(-(2 * (labels - 0.5) + 0.7 * shared + 0.7 * rng.normal(size=n_rows)))) for _ in range(2)]
    samples = [
        Sample(
            n_rows=n_rows,
            labels=labels,
            predictions=(score >= 0.5).astype(np.int32),
            classes=("0", "1"),
            positive=1,
            scores=score,
        )
        for score in scores
    ]
    return Paired(n_rows=n_rows, baselines=(samples[0],), candidates=(samples[1],), same=scores[0] == scores[1])


def judge(name: str, rows: Paired) -> None:
    """Values, change and interval of a metric, as the gate finds them."""
    policy = MetricPolicy(name=name, location=Location("mlgate.yaml"))
    found = measure(policy.spec, kernel_of(policy, label_sets=False), rows, Plan(n_draws=N_DRAWS))
    assert found.change is not None
    found.change.interval(margin=0.01, alpha=0.05)


def resample_ranks(rows: Paired) -> None:
    """The average precision of every resample, as below 20,000 rows."""
    policy = MetricPolicy(name="average_precision", location=Location("mlgate.yaml"))
    kernel = kernel_of(policy, label_sets=False)
    labels = rows.candidate.labels
    assert labels is not None
    units = row_units(rows.n_rows, seed=0, strata=labels == 1)
    rank_changes(kernel, rows, units, Draws(N_DRAWS, 0))  # type: ignore[arg-type]  # the kernel of an order of scores


def median_of(run: Callable[[], object], *, runs: int = 5) -> float:
    run()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def scipy_seconds(metric: Callable[..., Any], rows: Paired, draws: int) -> float:
    """Seconds of `scipy.stats.bootstrap` for all resamples of the paired difference, percentile method."""
    from scipy import stats

    sides = (rows.baseline, rows.candidate)
    index = np.arange(rows.n_rows)

    def difference(chosen: Any) -> Any:
        before, after = (metric(side, chosen) for side in sides)
        return after - before

    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stats.bootstrap(
            (index,),
            difference,
            n_resamples=draws,
            method="percentile",
            confidence_level=0.9,
            vectorized=False,
            rng=np.random.default_rng(0),
        )
    return (time.perf_counter() - start) * N_DRAWS / draws


def accuracy(side: Sample, index: Any) -> float:
    return float(np.mean(side.labels[index] == side.predictions[index]))  # type: ignore[index]  # both are there


def f1(side: Sample, index: Any) -> float:
    labels, predictions = side.labels[index], side.predictions[index]  # type: ignore[index]  # both are there
    return float(2 * np.sum(labels & predictions) / (labels.sum() + predictions.sum()))


def roc_auc(side: Sample, index: Any) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(side.labels[index], side.scores[index]))  # type: ignore[index]  # both are there


def average_precision(side: Sample, index: Any) -> float:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(side.labels[index], side.scores[index]))  # type: ignore[index]  # both are there


if __name__ == "__main__":
    main()
