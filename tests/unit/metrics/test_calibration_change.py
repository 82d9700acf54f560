"""A calibration error cannot pass by the noise of its bins, and is not judged wider than it needs to be."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from mlgate.config.evaluation import MetricPolicy
from mlgate.metrics.calibration_change import Bins
from mlgate.metrics.intervals import Interval
from mlgate.metrics.kernels.catalogue import kernel_of
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.measure import measure
from mlgate.metrics.methods import Plan
from mlgate.metrics.paired import Paired
from mlgate.metrics.reliability import fit_line
from mlgate.metrics.sample import Floats, Sample
from mlgate.outcome import Location

NAMES = ("ece", "debiased_calibration_error")
Scores = Callable[[Floats], Floats]
"""Log-odds of the truth to scores."""


def logistic(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))


def sharper(odds: Floats) -> Floats:
    return logistic(1.6 * odds)


def wavy(odds: Floats) -> Floats:
    """Off by a wave that no line can follow."""
    true = logistic(odds)
    return np.asarray(np.clip(true + 0.15 * np.sin(4 * np.pi * true), 0.0, 1.0))


def model(n_rows: int, seed: int, scores: Scores = logistic) -> Sample:
    """A calibrated model unless its scores say otherwise; the labels depend on the seed alone."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(size=n_rows)
    labels = (rng.random(n_rows) < logistic(odds)).astype(np.int32)
    return Sample(n_rows=n_rows, labels=labels, classes=("0", "1"), positive=1, scores=scores(odds))


def value(name: str, sample: Sample) -> float:
    policy = MetricPolicy(name=name, location=Location("mlgate.yaml", 1))
    return compute_value(kernel_of(policy, label_sets=False), sample)


def judge(
    name: str, before: tuple[Sample, ...], after: tuple[Sample, ...], *, margin: float = 0.0, groups: int = 0
) -> Interval:
    """The change, larger is better."""
    policy = MetricPolicy(name=name, location=Location("mlgate.yaml", 1))
    n_rows = before[0].n_rows
    paired = Paired(
        n_rows=n_rows,
        baselines=before,
        candidates=after,
        same=np.zeros(n_rows, dtype=bool),
        groups=np.arange(n_rows, dtype=np.int32) % groups if groups else None,
    )
    change = measure(policy.spec, kernel_of(policy, label_sets=False), paired, Plan(seed=1, n_draws=300)).change
    assert change is not None
    return change.swapped().interval(margin=margin, alpha=0.05)


@pytest.mark.parametrize("n_rows", [300, 2000])
def test_a_calibrated_model_shows_its_noise_and_no_more(n_rows: int) -> None:
    shown = [value("ece", model(n_rows, seed)) for seed in range(60)]
    expected = np.mean([Bins(model(n_rows, seed), 15).noise()[0] for seed in range(60)])
    assert np.mean(shown) == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize("worse", [sharper, wavy])
@pytest.mark.parametrize("name", NAMES)
def test_a_loss_of_the_tolerance_does_not_pass(name: str, worse: Scores) -> None:
    """The case in which a plain bootstrap passed two times of three: a calibrated baseline, a worse candidate."""
    true_loss = value(name, model(400_000, 9, worse)) - value(name, model(400_000, 9))
    passed = 0
    for seed in range(40):
        found = judge(name, (model(2000, seed),), (model(2000, seed, worse),), margin=true_loss)
        passed += found.low > -true_loss
    assert passed / 40 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 40)


def test_few_rows_groups_and_waves_are_judged_with_the_widest_interval() -> None:
    width = {}
    for label, n_rows, groups, scores in (
        ("a line", 2000, 0, sharper),
        ("few groups", 2000, 50, sharper),
        ("waves", 2000, 0, wavy),
        ("few rows", 280, 0, sharper),
    ):
        found = judge("ece", (model(n_rows, 3),), (model(n_rows, 3, scores),), groups=groups)
        width[label] = (found.high - found.low) * math.sqrt(n_rows)
    assert all(width[label] > 1.5 * width["a line"] for label in width if label != "a line"), width


def test_the_bias_of_few_rows_is_taken_out_of_the_change() -> None:
    """Both are calibrated; the candidate, whose scores barely differ, has less noise in its bins."""
    calm = judge("ece", (model(2000, 5),), (model(2000, 5, lambda odds: logistic(odds + 1e-6)),))
    assert calm.low < 0 < calm.high
    one = judge("ece", (model(2000, 5),), (model(2000, 5, sharper),))
    turned = judge("ece", (model(2000, 5, sharper),), (model(2000, 5),))
    assert (one.low, one.high) == pytest.approx((-turned.high, -turned.low), abs=0.004)


def test_several_runs_take_the_same_correction() -> None:
    seeds = (1, 2, 3)
    before = tuple(model(1000, 1) for _ in seeds)
    after = tuple(model(1000, 1, lambda odds, at=seed: logistic((1.5 + at / 100) * odds)) for seed in seeds)  # type: ignore[misc]  # mypy takes the default for an argument
    found = judge("ece", before, after)
    single = judge("ece", before[:1], after[1:2])
    assert found.low + found.high == pytest.approx(single.low + single.high, abs=0.02)
    assert (found.low + found.high) / 2 != pytest.approx(found.delta, abs=1e-3)


def test_the_line_is_that_of_logistic_regression() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(3)
    scores, weights = rng.uniform(0.05, 0.95, 800), rng.uniform(0.5, 2, 800)
    outcomes = rng.random(800) < scores**1.5
    line = fit_line(scores, outcomes, weights)
    assert line is not None
    odds = np.log(scores / (1 - scores))[:, None]
    other = linear_model.LogisticRegression(C=1e8, tol=1e-10).fit(odds, outcomes, sample_weight=weights)
    assert line.coefficients == pytest.approx([other.intercept_[0], other.coef_[0, 0]], abs=1e-4)
    assert np.sum(weights / weights.mean() * line.gradients(outcomes), axis=1) == pytest.approx([0, 0], abs=1e-2)


def test_outcomes_that_are_all_alike_leave_the_line_finite() -> None:
    line = fit_line(np.linspace(0.2, 0.9, 50), np.ones(50, dtype=bool), np.ones(50))
    assert line is None or np.isfinite(line.coefficients).all()
