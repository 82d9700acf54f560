"""The engines agree with each other and with plain resampling of rows, and depend on nothing but rows and seed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mlgate.config.evaluation import Evaluation, MetricPolicy
from mlgate.metrics.comparison import compare_rows
from mlgate.metrics.decisions import decide_comparisons
from mlgate.metrics.intervals import Change, ConstantChange, NormalChange
from mlgate.metrics.kernels.catalogue import kernel_of
from mlgate.metrics.kernels.kernel import PointKernel, TableKernel
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.measure import Measured, measure
from mlgate.metrics.methods import Plan
from mlgate.metrics.paired import Paired
from mlgate.metrics.replicate import MIN_WEIGHTED, precision_widening, weighed_units
from mlgate.metrics.resampling.draws import draw_blocks, on_grid, resampled
from mlgate.metrics.resampling.units import MAX_BAGS, block_units, group_units, row_units
from mlgate.metrics.sample import Sample
from mlgate.metrics.specs import METRICS
from mlgate.outcome import Location

Build = Callable[..., Paired]
PLACE = Location("mlgate.yaml", 1)


def policy(name: str, **settings: Any) -> MetricPolicy:
    return MetricPolicy(name=name, location=PLACE, **settings)


def measured(name: str, rows: Paired, plan: Plan | None = None) -> Measured:
    one = policy(name)
    return measure(one.spec, kernel_of(one, label_sets=False), rows, plan or Plan())


def change_of(name: str, rows: Paired, plan: Plan | None = None) -> Change:
    found = measured(name, rows, plan)
    assert found.change is not None, found.problem
    return found.change


def plain_bootstrap(name: str, rows: Paired, n_draws: int = 600) -> tuple[float, float]:
    """Rows drawn one by one, the metric computed anew: what every faster engine must agree with."""
    kernel = kernel_of(policy(name), label_sets=False)
    rng = np.random.default_rng(9)
    changes = []
    for _ in range(n_draws):
        index = rng.integers(0, rows.n_rows, rows.n_rows)
        before, after = (compute_value(kernel, sample.take(index)) for sample in (rows.baseline, rows.candidate))
        changes.append(after - before)
    return float(np.std(changes)), float(np.mean(changes))


@pytest.mark.parametrize(
    "name",
    ["f1", "precision", "matthews_corrcoef", "log_loss", "brier", "mae", "rmse", "r2", "average_precision", "roc_auc"],
)
@pytest.mark.parametrize("weights", [False, True])
def test_every_engine_agrees_with_drawing_rows(name: str, weights: bool, paired: Build) -> None:
    rows = paired(500, worse=0.3, weights=weights)
    found = change_of(name, rows).interval(margin=0.0, alpha=0.05)
    spread, centre = plain_bootstrap(name, rows)
    widened = precision_widening(rows) if name == "average_precision" else 1.0
    widened *= math.sqrt(1 + MIN_WEIGHTED / weighed_units(rows)) if weights else 1.0
    assert found.se == pytest.approx(spread * widened, rel=0.15)
    assert found.delta == pytest.approx(centre, abs=4 * spread / math.sqrt(600) + 0.1 * spread)


@pytest.mark.parametrize("name", ["accuracy", "f1", "roc_auc", "average_precision", "log_loss", "r2"])
def test_many_rows_are_judged_as_few_are(name: str, paired: Build) -> None:
    """Bags and linear parts, from 20,000 rows on, give the standard error that the rate sqrt(n) predicts."""
    small, large = (change_of(name, paired(n, worse=0.3)).interval(margin=0.0, alpha=0.05).se for n in (1500, 24_000))
    assert small / large == pytest.approx(4.0, rel=0.25)


def test_groups_are_drawn_whole(paired: Build) -> None:
    """Every row four times over, as groups of four: as uncertain as the rows alone, not half as much."""
    rows = paired(300, worse=0.2)
    index = np.repeat(np.arange(300), 4)
    fourfold = replace(rows.take(index), groups=index.astype(np.int32))
    alone = change_of("mae", rows).interval(margin=0.0, alpha=0.05).se
    assert change_of("mae", fourfold).interval(margin=0.0, alpha=0.05).se == pytest.approx(alone, rel=0.1)
    naive = change_of("mae", replace(fourfold, groups=None)).interval(margin=0.0, alpha=0.05).se
    assert naive == pytest.approx(alone / 2, rel=0.1)
    assert change_of("accuracy", fourfold).interval(margin=0.0, alpha=0.05).se == pytest.approx(
        change_of("accuracy", rows).interval(margin=0.0, alpha=0.05).se, rel=0.25
    )


def test_a_common_factor_of_the_weights_changes_nothing(paired: Build) -> None:
    rows = paired(300, worse=0.2, weights=True)

    def scaled(factor: float) -> Paired:
        sides = [
            replace(s, weights=s.weights * factor) for s in (rows.baseline, rows.candidate) if s.weights is not None
        ]
        return replace(rows, baselines=(sides[0],), candidates=(sides[1],))

    for name in ("f1", "mae", "roc_auc"):
        one, other = (change_of(name, scaled(factor)).interval(margin=0.0, alpha=0.05) for factor in (1.0, 1024.0))
        assert (one.low, one.high) == pytest.approx((other.low, other.high), rel=1e-9)


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_change_no_bit(workers: int, paired: Build) -> None:
    rows = paired(900, worse=0.2)
    names = ("accuracy", "f1", "roc_auc", "average_precision", "log_loss", "mae", "latency_p95_ms")
    evaluation = Evaluation(name="e", metrics=tuple(policy(name) for name in names), slices=("part",), location=PLACE)
    kernels = {metric.name: kernel_of(metric, label_sets=False) for metric in evaluation.metrics}

    def outcomes(count: int) -> object:
        compared = compare_rows(rows, evaluation, ("part",), kernels, Plan(n_draws=300, workers=count))
        return decide_comparisons(compared, seed=0)

    assert outcomes(workers) == outcomes(1)


def test_the_seed_is_all_that_is_random(paired: Build) -> None:
    rows = paired(300, worse=0.2)
    intervals = [change_of("f1", rows, Plan(seed=seed)).interval(margin=0.0, alpha=0.05) for seed in (3, 3, 4)]
    assert intervals[0] == intervals[1]
    assert intervals[0] != intervals[2]


def test_identical_rows_are_constant_at_any_number(paired: Build) -> None:
    for n_rows in (1, 2, 50, 3000):
        rows = paired(n_rows)
        same = replace(rows, candidates=rows.baselines, same=np.ones(n_rows, dtype=bool))
        found = measured("accuracy", same)
        assert isinstance(found.change, ConstantChange)
        assert found.change.delta == 0


PLAIN = {"label", "prediction", "number", "score"}


@pytest.mark.parametrize("name", sorted(name for name in METRICS if set(METRICS[name].needs) <= PLAIN))
def test_one_row_is_never_a_number_that_is_not_finite(name: str, paired: Build) -> None:
    found = measured(name, paired(1, worse=0.5))
    for value in (found.baseline, found.candidate):
        assert value is None or math.isfinite(value)
    if found.change is None:
        assert found.problem


def test_few_groups_say_how_many_are_needed(paired: Build) -> None:
    assert measured("mae", paired(300, groups=4)).problem == "4 groups, 10 needed"


def test_functions_of_the_user_are_resampled_and_beyond_many_rows_left_out(paired: Build) -> None:
    kernel = PointKernel(value=lambda sample: float(np.mean(np.abs(sample.truth - sample.estimate))), interval=True)  # type: ignore[operator]  # both are there
    spec = replace(METRICS["mae"], name="mine")
    for n_rows, method in ((200, "bootstrap"), (20_000, "grouped-jackknife")):
        rows = paired(n_rows, worse=0.2)
        found = measure(spec, kernel, rows, Plan(n_draws=300))
        assert found.change is not None
        interval = found.change.interval(margin=0.0, alpha=0.05)
        assert interval.method == method
        reference = change_of("mae", rows).interval(margin=0.0, alpha=0.05)
        assert interval.se == pytest.approx(reference.se, rel=0.2)


def test_an_undefined_resample_is_counted_not_dropped_in_silence(paired: Build) -> None:
    def often_undefined(tables: np.ndarray, positive: int | None) -> np.ndarray:
        rate = tables[..., 1, 1] / tables.sum((-1, -2))
        return np.where(rate > np.quantile(rate, 0.97), np.nan, rate) if rate.size > 1 else rate

    found = measure(METRICS["recall"], TableKernel(value=often_undefined), paired(300, worse=0.3), Plan())
    assert found.change is None
    assert "undefined in" in found.problem


def test_several_seeds_a_side_judge_the_recipe(paired: Build) -> None:
    """Runs that differ more between seeds than between sides: one run a side shouts, three runs do not."""
    rng = np.random.default_rng(4)
    rows = paired(4000)

    def run(flip: float) -> Sample:
        sample = rows.baseline
        assert sample.predictions is not None
        flipped = np.where(rng.random(4000) < flip, 1 - sample.predictions, sample.predictions).astype(np.int32)
        return replace(sample, predictions=flipped)

    baselines, candidates = [run(x) for x in (0.01, 0.05, 0.03)], [run(x) for x in (0.06, 0.02, 0.04)]
    several = replace(rows, baselines=tuple(baselines), candidates=tuple(candidates), same=np.zeros(4000, dtype=bool))
    found = measured("accuracy", several)
    assert isinstance(found.change, NormalChange)
    interval = found.change.interval(margin=0.005, alpha=0.05)
    assert interval.method == "seeds-and-rows"
    assert interval.p_value > 0.05
    single = replace(several, baselines=several.baselines[:1], candidates=several.candidates[:1])
    assert change_of("accuracy", single).interval(margin=0.005, alpha=0.05).p_value < 0.05
    assert found.runs[0] != found.runs[1]


def test_counts_add_up_and_sums_are_exact(paired: Build) -> None:
    strata = np.arange(5000) % 3 == 0
    for units in (
        row_units(50, seed=0),
        row_units(5000, seed=0),
        row_units(5000, seed=0, strata=strata),
        group_units((np.arange(900) // 3).astype(np.int32), seed=0),
        block_units(np.arange(300, dtype=np.int32)),
    ):
        assert units.n_bags <= MAX_BAGS
        counts = np.concatenate(list(draw_blocks(units, 300, 1)))
        assert counts.shape == (300, units.n_bags)
        first = 0
        for size in units.strata:
            totals = counts[:, first : first + size].sum(axis=1)
            assert (totals >= size).all() if units.block > 1 else (totals == size).all()
            first += size
        sums = on_grid(units.sums(np.random.default_rng(0).normal(size=(units.bag.size, 2))))
        order = np.random.default_rng(1).permutation(units.n_bags)
        assert (resampled(counts[:, order], sums[order]) == resampled(counts, sums)).all()
