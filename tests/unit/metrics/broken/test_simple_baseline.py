"""Better than the majority, the mean and the last value, or not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mlgate.config.evaluation import Columns
from mlgate.metrics.broken.simple_baseline import simple_baseline
from mlgate.metrics.broken.simple_models import NoSimpleModelError, against_simple_model
from mlgate.metrics.kernels.catalogue import kernel_of
from mlgate.metrics.methods import Plan
from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Sample
from mlgate.metrics.tango import PairedCounts
from mlgate.outcome import Outcome, Status, to_json
from tests.unit.metrics.broken.samples import build_evaluation, class_pair, coded, number_pair, pair, shuffled, texts


def judge(paired: Paired, kind: str, *metrics: str, **settings: Any) -> Outcome:
    evaluation = build_evaluation(*metrics, simple_baseline=kind, positive="yes", **settings)
    label_sets = paired.candidate.label_set is not None
    kernels = {policy.name: kernel_of(policy, label_sets=label_sets) for policy in evaluation.metrics}
    found = simple_baseline(evaluation, paired, kernels, Plan(n_draws=400))
    json.dumps(to_json(found.evidence), allow_nan=False)
    assert found.id == "model/readmission/simple_baseline"
    return found


def classes(right: int, n_rows: int = 400, *, positives: int = 100, scores: bool = False) -> Paired:
    """The first `right` rows are predicted right; the majority is `no`."""
    labels = ["yes"] * positives + ["no"] * (n_rows - positives)
    after = [label if row < right else ("no" if label == "yes" else "yes") for row, label in enumerate(labels)]
    given = np.array([0.8 if said == "yes" else 0.1 for said in after])
    return class_pair(labels, ["no"] * n_rows, after, positive="yes", scores=(given, given) if scores else None)


def test_clearly_better_than_the_majority_passes_with_tangos_interval() -> None:
    found = judge(classes(390), "majority")
    assert found.status is Status.PASS
    alone = PairedCounts(gained=100, lost=10, n_rows=400, discordant=110).interval(margin=0.0, alpha=0.05)
    assert (found.evidence["low"], found.evidence["high"]) == (alone.low, alone.high)
    assert found.message.startswith("better than always no: accuracy 0.975 against 0.75 (90 % interval ")


def test_clearly_worse_fails() -> None:
    found = judge(classes(200), "majority")
    assert found.status is Status.FAIL
    assert found.evidence["finding"] == "not better"


def test_saying_the_majority_always_is_not_better_however_many_rows() -> None:
    labels = ["yes"] * 10 + ["no"] * 90
    paired = class_pair(labels, labels, ["no"] * 100, positive="yes")
    found = judge(paired, "majority")
    assert found.status is Status.FAIL
    assert found.observed == 0.9
    scores = np.linspace(0.5, 0.01, 100)
    scored = class_pair(labels, labels, ["no"] * 100, positive="yes", scores=(scores, scores))
    assert judge(scored, "majority").status is Status.FAIL  # the order of its scores is no better prediction
    assert judge(scored, "majority", "log_loss").status is not Status.FAIL


def test_a_little_better_on_few_rows_cannot_tell() -> None:
    labels = ["yes"] * 12 + ["no"] * 28
    after = ["yes"] * 5 + ["no"] * 7 + ["yes"] * 3 + ["no"] * 25
    found = judge(class_pair(labels, labels, after, positive="yes"), "majority")
    assert found.status is Status.WARN
    needed = found.evidence["rows_needed"]
    assert needed == int(np.ceil(2.4864749**2 * (8 / 40) / (2 / 40) ** 2))
    assert f"about {needed:,} rows" in found.hint


def test_the_declared_metric_decides() -> None:
    """Few positives: worse than the majority by accuracy, and better by balanced accuracy."""
    labels = ["yes"] * 40 + ["no"] * 960
    after = ["yes"] * 38 + ["no"] * 2 + ["yes"] * 150 + ["no"] * 810
    paired = class_pair(labels, labels, after, positive="yes")
    assert judge(paired, "majority", "accuracy").status is Status.FAIL
    found = judge(paired, "majority", "balanced_accuracy", "accuracy")
    assert (found.status, found.evidence["measured"]) == (Status.PASS, "balanced_accuracy")


def test_scores_are_compared_with_the_frequencies() -> None:
    found = judge(classes(395, scores=True), "majority", "log_loss")
    assert found.status is Status.PASS
    assert found.evidence["simple"] == pytest.approx(-(0.25 * np.log(0.25) + 0.75 * np.log(0.75)))
    assert judge(classes(395, scores=True), "majority", "roc_auc").evidence["simple"] == 0.5


def test_calibration_is_not_asked_of_a_constant() -> None:
    found = judge(classes(390, scores=True), "majority", "ece", "accuracy")
    assert found.evidence["measured"] == "accuracy"
    assert judge(classes(390, scores=True), "majority", "ece").status is Status.ERROR


def numbers(noise: float, n_rows: int = 300) -> Paired:
    rng = np.random.default_rng(1)
    truth = rng.normal(10, 2, n_rows)
    return number_pair(truth, truth, truth + noise * rng.normal(size=n_rows))


@pytest.mark.parametrize(("noise", "status"), [(0.5, Status.PASS), (5.0, Status.FAIL), (2.0, Status.WARN)])
def test_numbers_against_their_mean(noise: float, status: Status) -> None:
    paired = numbers(noise)
    found = judge(paired, "mean", "rmse")
    assert paired.candidate.truth is not None
    assert found.status is status
    assert found.evidence["simple"] == pytest.approx(np.std(paired.candidate.truth))


def series_of(n_series: int, n_times: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    walk = np.cumsum(rng.normal(size=(n_series, n_times)), axis=1)
    names = np.repeat(np.arange(n_series), n_times)
    return walk.reshape(-1), names, np.tile(np.arange(n_times, dtype=np.int32), n_series)


def forecasts(noise: float) -> Paired:
    truth, names, times = series_of(5, 60)
    rng = np.random.default_rng(3)
    paired = number_pair(truth, truth, truth + noise * rng.normal(size=truth.size), times=times)
    return replace(paired, features={"store": coded([f"s{name}" for name in names.tolist()])})


@pytest.mark.parametrize(("noise", "status"), [(0.3, Status.PASS), (4.0, Status.FAIL)])
def test_forecasts_against_the_last_value(noise: float, status: Status) -> None:
    columns = Columns(prediction="prediction", series="store", time="day")
    found = judge(forecasts(noise), "last_value", "mae", columns=columns)
    assert found.status is status
    assert found.evidence["n"] == 295
    truth, _, _ = series_of(5, 60)
    expected = np.abs(np.diff(truth.reshape(5, 60), axis=1)).mean()
    assert found.evidence["simple"] == pytest.approx(expected)


def test_the_last_value_is_of_the_time_before_whatever_the_order_of_rows() -> None:
    truth = [1.0, 5.0, 2.0, 6.0, 3.0, 3.0]
    times = np.array([0, 0, 1, 4, 2, 2], dtype=np.int32)
    series = np.array([0, 1, 0, 1, 0, 0], dtype=np.int32)
    paired = number_pair(truth, truth, truth, times=times)
    rows, _ = against_simple_model("last_value", paired, series)
    assert rows.ids is not None
    assert rows.ids.tolist() == [2, 3, 4, 5]
    assert rows.baseline.estimate is not None
    assert rows.baseline.estimate.tolist() == [1.0, 5.0, 2.0, 2.0]
    assert rows.times is not None
    assert rows.times.tolist() == [1, 4, 2, 2]


def test_what_the_last_value_needs() -> None:
    truth = [1.0, 2.0]
    with pytest.raises(NoSimpleModelError, match="no time"):
        against_simple_model("last_value", number_pair(truth, truth, truth), None)
    same_time = number_pair(truth, truth, truth, times=np.zeros(2, dtype=np.int32))
    with pytest.raises(NoSimpleModelError, match="different labels"):
        against_simple_model("last_value", same_time, None)
    with pytest.raises(NoSimpleModelError, match="no row has an earlier one"):
        against_simple_model("last_value", same_time, np.array([0, 1], dtype=np.int32))


def test_weights_decide_which_class_is_the_majority() -> None:
    labels = ["no"] * 3 + ["yes"] * 2
    paired = class_pair(labels, labels, labels, weights=np.array([1.0, 1, 1, 2, 2]), positive="yes")
    _, words = against_simple_model("majority", paired, None)
    assert words == "always yes"
    equal = class_pair(["b", "a"], ["b", "a"], ["b", "a"])
    assert against_simple_model("majority", equal, None)[1] == "always a"


def test_label_sets_against_the_usual_set() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random((200, 3)) < np.array([0.8, 0.3, 0.5])
    sample = Sample(n_rows=200, label_set=truth, predicted_set=truth)
    found = judge(pair(sample, sample), "majority", "hamming_loss", columns=Columns(label=("a", "b", "c")))
    assert found.status is Status.PASS
    assert found.evidence["candidate"] == 0.0


@pytest.mark.parametrize(
    ("paired", "kind", "metric"),
    [
        (numbers(1.0), "majority", "mae"),
        (classes(390), "mean", "accuracy"),
        (classes(390), "last_value", "accuracy"),
        (classes(390), "majority", "latency_p95_ms"),
        (class_pair(["yes"] * 5, ["yes"] * 5, ["no"] * 5, positive="yes"), "majority", "f1"),
        (classes(390), "worst", "accuracy"),
    ],
)
def test_what_cannot_be_compared_is_an_error(paired: Paired, kind: str, metric: str) -> None:
    found = judge(paired, kind, metric)
    assert found.status is Status.ERROR
    assert found.hint


def test_texts_have_no_simple_model() -> None:
    said = Sample(n_rows=2, references=texts(["a", "b"]), hypotheses=texts(["a", "b"]))
    assert judge(pair(said, said), "majority", "exact_match").status is Status.ERROR


def test_order_of_rows_does_not_matter() -> None:
    columns = Columns(prediction="prediction", series="store", time="day")
    for paired, kind, metric in ((forecasts(0.3), "last_value", "mae"), (classes(390), "majority", "f1")):
        first, second = (judge(each, kind, metric, columns=columns) for each in (paired, shuffled(paired)))
        assert first == second
