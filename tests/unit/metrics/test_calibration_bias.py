"""A calibration error cannot pass by the noise of its bins."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mlgate.config.evaluation import MetricPolicy
from mlgate.metrics.calibration_bias import bias_allowance, noise_of_bins
from mlgate.metrics.kernels.catalogue import kernel_of
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.measure import measure
from mlgate.metrics.methods import Plan
from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Sample
from mlgate.outcome import Location

POLICY = MetricPolicy(name="ece", location=Location("mlgate.yaml", 1))


def model(n_rows: int, seed: int, *, sharpened: float = 1.0) -> Sample:
    """A perfectly calibrated model, or one whose log-odds are multiplied; the labels depend on the seed alone."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(size=n_rows)
    labels = (rng.random(n_rows) < 1 / (1 + np.exp(-odds))).astype(np.int32)
    scores = 1 / (1 + np.exp(-sharpened * odds))
    return Sample(n_rows=n_rows, labels=labels, classes=("0", "1"), positive=1, scores=scores)


@pytest.mark.parametrize("n_rows", [300, 2000])
def test_a_calibrated_model_shows_its_noise_and_no_more(n_rows: int) -> None:
    kernel = kernel_of(POLICY, label_sets=False)
    shown = [compute_value(kernel, model(n_rows, seed)) for seed in range(60)]
    expected = np.mean([noise_of_bins(model(n_rows, seed), 15)[0] for seed in range(60)])
    assert np.mean(shown) == pytest.approx(expected, rel=0.15)


def test_the_allowance_goes_with_the_side() -> None:
    few, many = model(200, 1), model(20_000, 1)
    down, up = bias_allowance("ece", 15, few, many)
    assert 0 < down < up
    assert bias_allowance("ece", 15, many, few) == (up, down)
    both = bias_allowance("debiased_calibration_error", 15, few, many)
    assert both[0] == both[1] > 0


def test_a_loss_of_the_tolerance_does_not_pass() -> None:
    """The case in which a plain bootstrap passed two times of three: a calibrated baseline, a worse candidate."""
    kernel = kernel_of(POLICY, label_sets=False)
    true_loss = compute_value(kernel, model(400_000, 9, sharpened=1.6)) - compute_value(kernel, model(400_000, 9))
    passed = 0
    for seed in range(40):
        before, after = model(2000, seed), model(2000, seed, sharpened=1.6)
        rows = Paired(n_rows=2000, baselines=(before,), candidates=(after,), same=np.zeros(2000, dtype=bool))
        change = measure(POLICY.spec, kernel, rows, Plan(seed=seed, n_draws=300)).change
        assert change is not None
        passed += change.swapped().interval(margin=true_loss, alpha=0.05).low > -true_loss
    assert passed / 40 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 40)
