"""The gap between training and test rows, and standard errors of metrics on rows that are not paired."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mlgate.metrics.broken.estimate import Estimate, estimate
from mlgate.metrics.broken.gap import measure_gap, train_test_gap
from mlgate.metrics.kernels.catalogue import kernel_of
from mlgate.metrics.kernels.kernel import Kernel
from mlgate.metrics.proportions import Share, newcombe
from mlgate.metrics.replicate import LINEAR_ROWS
from mlgate.metrics.sample import Sample
from mlgate.outcome import Outcome, Status, to_json
from tests.unit.metrics.broken.samples import build_evaluation, policy


def kernel(name: str) -> Kernel:
    return kernel_of(policy(name), label_sets=False)


def share(successes: int, trials: int) -> Estimate:
    counts = Share(successes=float(successes), trials=float(trials), n_rows=trials)
    return Estimate(value=successes / trials, n_rows=trials, share=counts)


def numbers(value: float, error: float | None, n_rows: int = 500) -> Estimate:
    return Estimate(value=value, n_rows=n_rows, standard_error=error, df=99)


def judge(train: Estimate, test: Estimate, *, max_gap: float | None = 0.05, name: str = "accuracy") -> Outcome:
    found = train_test_gap(build_evaluation(max_gap=max_gap), policy(name), train, test)
    json.dumps(to_json(found.evidence), allow_nan=False)
    assert found.id == f"model/readmission/train_test_gap/{name}"
    return found


@pytest.mark.parametrize(
    ("train", "test", "status", "finding"),
    [
        (share(980, 1000), share(800, 1000), Status.FAIL, "overfitting"),
        (share(9000, 10_000), share(890, 1000), Status.PASS, "holds"),
        (share(95, 100), share(88, 100), Status.WARN, "cannot tell"),
        (share(700, 1000), share(900, 1000), Status.PASS, "holds"),
    ],
)
def test_three_answers(train: Estimate, test: Estimate, status: Status, finding: str) -> None:
    found = judge(train, test)
    assert (found.status, found.evidence["finding"]) == (status, finding)


def test_a_share_has_newcombes_interval_and_says_it_in_points() -> None:
    found = judge(share(980, 1000), share(800, 1000))
    low, high = newcombe(980, 1000, 800, 1000, alpha=0.05)
    assert (found.evidence["low"], found.evidence["high"]) == (float(low), float(high))
    assert found.message == (
        "accuracy is 0.8 on 1,000 test rows and 0.98 on 1,000 training rows: 18 points worse "
        "(up to 5 points worse is accepted; 90 % interval 15.8 to 20.2)"
    )


def test_of_an_error_larger_is_worse() -> None:
    found = judge(numbers(1.0, 0.05), numbers(2.0, 0.05), max_gap=0.5, name="mae")
    assert found.status is Status.FAIL
    assert found.observed == 1.0
    assert judge(numbers(2.0, 0.05), numbers(1.0, 0.05), max_gap=0.5, name="mae").status is Status.PASS


def test_other_metrics_have_welchs_interval() -> None:
    rng = np.random.default_rng(3)
    train, test = rng.normal(1.0, 1.0, 80), rng.normal(1.4, 2.0, 40)
    sides = [
        Estimate(value=side.mean(), n_rows=side.size, standard_error=stats.sem(side), df=side.size - 1)
        for side in (train, test)
    ]
    gap = measure_gap(policy("mae"), *sides, alpha=0.05)
    expected = stats.ttest_ind(test, train, equal_var=False).confidence_interval(0.9)
    assert (gap.low, gap.high) == pytest.approx((expected.low, expected.high), rel=1e-6)


def test_few_rows_say_how_many_would_tell() -> None:
    found = judge(share(9500, 10_000), share(88, 100))
    assert found.status is Status.WARN
    assert found.hint.startswith("about 2") or found.hint.startswith("about 3")
    assert judge(share(95, 100), share(880, 1000)).hint.startswith("more training and test rows")


def test_without_an_interval_the_values_decide_and_it_is_said() -> None:
    worse, fine = judge(numbers(0.9, None), numbers(0.8, None)), judge(numbers(0.9, None), numbers(0.88, 0.1))
    assert (worse.status, fine.status) == (Status.FAIL, Status.PASS)
    assert "no interval" in worse.message
    assert worse.evidence["low"] is None


def test_no_spread_at_all_is_no_interval() -> None:
    assert judge(numbers(0.9, 0.0), numbers(0.8, 0.0)).evidence["method"] == "none"


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_an_error(value: float) -> None:
    for train, test in ((numbers(value, 0.1), numbers(0.8, 0.1)), (numbers(0.8, 0.1), numbers(value, None))):
        assert judge(train, test).status is Status.ERROR


def test_without_a_bound_the_gap_is_told() -> None:
    found = judge(share(980, 1000), share(800, 1000), max_gap=None)
    assert found.status is Status.PASS
    assert "no max_gap is declared" in found.message


def rows(n_rows: int, seed: int = 0) -> Sample:
    rng = np.random.default_rng(seed)
    labels = (np.arange(n_rows) % 2).astype(np.int32)
    scores = np.clip(0.5 + 0.2 * (labels - 0.5) + 0.2 * rng.normal(size=n_rows), 0, 1)
    truth = rng.normal(size=n_rows)
    return Sample(
        n_rows=n_rows,
        labels=labels,
        predictions=(scores > 0.5).astype(np.int32),
        classes=("n", "y"),
        positive=1,
        scores=scores,
        truth=truth,
        estimate=truth + rng.normal(size=n_rows),
    )


def test_a_mean_has_the_standard_error_of_a_mean() -> None:
    sample = rows(90)
    assert sample.truth is not None
    assert sample.estimate is not None
    found = estimate(kernel("mae"), sample)
    assert found.standard_error == pytest.approx(stats.sem(np.abs(sample.estimate - sample.truth)), rel=1e-9)
    assert found.df == 89


def test_accuracy_is_a_share() -> None:
    sample = rows(200)
    found = estimate(kernel("accuracy"), sample)
    assert found.share is not None
    assert found.share.trials == 200
    assert found.value == found.share.value


@pytest.mark.parametrize("name", ["f1", "balanced_accuracy", "roc_auc", "rmse", "log_loss", "matthews_corrcoef"])
def test_a_standard_error_is_the_spread_over_samples(name: str) -> None:
    found = [estimate(kernel(name), rows(300, seed)) for seed in range(60)]
    spread = float(np.std([each.value for each in found], ddof=1))
    typical = float(np.mean([each.standard_error for each in found]))
    assert typical == pytest.approx(spread, rel=0.35)  # four sd of a spread over 60 samples


@pytest.mark.parametrize("name", ["f1", "rmse", "roc_auc"])
def test_copies_of_rows_in_groups_are_no_more_certain(name: str) -> None:
    sample = rows(95)
    copies = sample.take(np.repeat(np.arange(95), 6))
    groups = np.repeat(np.arange(95, dtype=np.int32), 6)
    plain, grouped = estimate(kernel(name), sample), estimate(kernel(name), copies, groups=groups)
    assert grouped.value == pytest.approx(plain.value)
    assert grouped.standard_error == pytest.approx(plain.standard_error, rel=1e-6)
    naive = estimate(kernel(name), copies)
    assert naive.standard_error is not None
    assert plain.standard_error is not None
    assert naive.standard_error < 0.7 * plain.standard_error


def test_many_rows_of_scores_are_judged_by_their_linear_part() -> None:
    few, many = (estimate(kernel("roc_auc"), rows(n_rows, 5)) for n_rows in (LINEAR_ROWS - 1000, LINEAR_ROWS))
    assert few.standard_error is not None
    assert many.standard_error is not None
    expected = few.standard_error * math.sqrt((LINEAR_ROWS - 1000) / LINEAR_ROWS)
    assert many.standard_error == pytest.approx(expected, rel=0.35)


def test_a_quantile_an_extreme_and_few_rows_have_none() -> None:
    latency = Sample(n_rows=400, columns={"latency": np.arange(400.0)})
    assert estimate(kernel("latency_p95_ms"), latency).standard_error is None
    assert estimate(kernel("max_error"), rows(400)).standard_error is None
    assert estimate(kernel("mae"), rows(9)).standard_error is None


@given(st.integers(10, 400), st.sampled_from(["f1", "mae"]))
def test_any_number_of_rows(n_rows: int, name: str) -> None:
    found: Any = estimate(kernel(name), rows(n_rows))
    assert found.standard_error is None or found.standard_error >= 0
    assert found.n_rows == n_rows
