"""The simulation behind the gate's error rates: its truths are true, and a gate that errs too often is marked."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.gate_rates import Cell, coverage, error_rate, rates_of, run_cell
from benchmarks.gate_tables import Report
from benchmarks.populations import PLAIN, Design, Population, TrueChange, plain_kernel, true_changes
from benchmarks.populations_of_items import BINARY, CALIBRATED, NUMBERS, POPULATIONS, TEXTS, text_kernel, text_pool
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample


@pytest.mark.parametrize("population", POPULATIONS, ids=lambda population: population.name)
def test_share_of_the_worse_model_changes_the_candidate_alone(population: Population) -> None:
    equal, degraded = (population.draw(np.random.default_rng(1), 400, PLAIN, share) for share in (0.0, 0.5))
    for metric in population.metrics:
        kernel = population.kernel(metric)
        assert compute_value(kernel, equal.baseline) == compute_value(kernel, degraded.baseline)
        assert compute_value(kernel, equal.candidate) != compute_value(kernel, degraded.candidate)


def test_models_are_exchangeable() -> None:
    """Over many samples neither side is better: the mean difference is within its own noise."""
    kernel, changes = plain_kernel("mae"), []
    for seed in range(200):
        paired = NUMBERS.draw(np.random.default_rng(seed), 100, PLAIN, 0.0)
        changes.append(compute_value(kernel, paired.candidate) - compute_value(kernel, paired.baseline))
    assert abs(np.mean(changes)) < 3 * np.std(changes) / len(changes) ** 0.5


def test_true_change_of_a_mean_is_the_share_times_that_of_the_worse_model() -> None:
    small = Population(name="small", metrics=("mae",), draw=NUMBERS.draw, kernel=plain_kernel, n_large=40_000)
    quarter, whole = (true_changes(small, PLAIN, share)["mae"] for share in (0.25, 1.0))
    assert quarter.loss > 10 * quarter.se
    assert quarter.loss == pytest.approx(whole.loss / 4, abs=4 * quarter.se)


def test_models_said_to_be_calibrated_are() -> None:
    paired = CALIBRATED.draw(np.random.default_rng(2), 200_000, PLAIN, 0.0)
    for side in (paired.baseline, paired.candidate):
        assert compute_value(plain_kernel("ece"), side) < 0.005
    sure = BINARY.draw(np.random.default_rng(2), 200_000, PLAIN, 0.0)
    assert compute_value(plain_kernel("ece"), sure.baseline) > 0.02


def test_groups_share_a_third_of_the_variance() -> None:
    design = Design(name="groups", groups=200)
    paired = NUMBERS.draw(np.random.default_rng(3), 40_000, design, 0.0)
    assert paired.groups is not None
    assert paired.baseline.truth is not None
    means = np.array([paired.baseline.truth[paired.groups == group].mean() for group in range(200)])
    assert np.var(means) == pytest.approx(0.3, abs=0.1)


@pytest.mark.parametrize("metric", TEXTS.metrics)
def test_looked_up_texts_count_as_the_texts_do(metric: str) -> None:
    paired = TEXTS.draw(np.random.default_rng(4), 50, PLAIN, 0.5)
    references, hypotheses = (array.reshape(-1)[paired.candidate.ids] for array in text_pool())
    written = Sample(n_rows=50, references=references, hypotheses=hypotheses)
    found = compute_value(text_kernel(metric), paired.candidate)
    assert found == compute_value(plain_kernel(metric), written) > 0


def test_too_many_errors_and_intervals_of_the_wrong_width_break_the_limit() -> None:
    wrong = np.arange(1000) < 50
    assert error_rate(wrong).holds
    assert not error_rate(np.arange(1000) < 80).holds
    assert coverage(~(np.arange(1000) < 100), 300).holds
    assert not coverage(np.ones(1000, dtype=bool), 300).holds
    assert not coverage(np.arange(1000) < 800, 300).holds
    assert coverage(np.arange(1000) < 800, 299).holds
    report = Report()
    assert report.figure(error_rate(wrong), "right").endswith(" ")
    assert report.figure(error_rate(np.arange(1000) < 80), "too often").endswith("!")
    assert report.broken == ["too often: 0.080, allowed 0.000 to 0.071"]


def test_refused_comparisons_are_counted_and_no_verdict() -> None:
    truth = {"roc_auc": TrueChange(0.03, 0.0001)}
    few = Population(name="few", metrics=("roc_auc",), draw=BINARY.draw, kernel=plain_kernel)
    cells = [Cell(population=few, design=PLAIN, n_units=40, degraded=degraded) for degraded in (False, True)]
    equal, degraded = (run_cell(cell, truth, range(4), 100)["roc_auc"] for cell in cells)
    assert np.isnan(equal).all()
    rates = rates_of("roc_auc", cells[1], equal, degraded, truth["roc_auc"])
    assert rates.invalid == 1.0
    assert rates.regression.value == rates.false_pass.value == 0.0
