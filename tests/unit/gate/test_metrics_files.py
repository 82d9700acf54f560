"""Values without rows through `mlgate run`: alone, beside predictions, and everything that a file may lack."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.gate.conftest import Place
from tests.unit.gate.whole_gate import Rows, judge, problems, project, verdicts

METRICS = "accuracy: {tolerance: 0.01}, training_time_s: {tolerance: 10%}, model_size_bytes: {max: 2e6}"
VALUES = {"accuracy": 0.9, "training_time_s": 100.0, "model_size_bytes": 1_000_000}


def values_project(metrics: str, *more: str, baseline: str = "file:base/metrics.json") -> str:
    return project(metrics, "metrics_file: out/metrics.json", f"baseline: {baseline}", *more, predictions="")


def write_values(place: Place, before: Any, after: Any) -> None:
    for name, values in (("base", before), ("out", after)):
        place.write(f"{name}/metrics.json", values if isinstance(values, str) else json.dumps(values))


def test_values_are_judged_as_they_are_and_say_that_they_have_no_interval(place: Place) -> None:
    place.write("mlgate.yaml", values_project(METRICS))
    write_values(place, VALUES, VALUES | {"accuracy": 0.895, "training_time_s": 111.0})
    ran = judge(place)
    assert ran.code == 1
    assert verdicts(ran) == {
        "accuracy": "pass",
        "training_time_s": "regression",
        "model_size_bytes": "equivalent",
    }
    assert ran.outcome("model/e/model_size_bytes/max")["status"] == "pass"
    outcome = ran.outcome("model/e/accuracy")
    assert "no interval: rows not given" in outcome["message"]
    evidence = outcome["evidence"]
    assert evidence["delta"] == pytest.approx(-0.005)
    assert [evidence[key] for key in ("low", "high", "p_value", "p_adjusted")] == [None] * 4
    assert (evidence["method"], evidence["family_size"], evidence["n"]) == ("point", 0, 0)
    slower = ran.outcome("model/e/training_time_s")
    assert slower["evidence"]["tolerance"] == pytest.approx(10.0)
    assert slower["evidence"]["relative_tolerance"] == pytest.approx(0.1)


def test_values_of_several_files_take_no_part_in_the_family_of_rows(
    place: Place, predictions: Callable[..., Rows]
) -> None:
    text = project(
        "accuracy: {tolerance: 0.02}, training_time_s: {tolerance: 10%}, f1: {key: test.f1, tolerance: 0.01}",
        "metrics_file: out/metrics.json",
        "positive: 1",
        "slices: [sex]",
        columns="id: id, label: label, prediction: prediction",
    )
    place.write("mlgate.yaml", text)
    place.write_rows("out/candidate.csv", predictions(n=600))
    place.write("out/metrics.json", json.dumps({"training_time_s": 60, "test": {"f1": 0.8}, "train": {"f1": 0.99}}))
    saved = place.mlgate("baseline", "save")
    assert saved.code == 0, saved.err
    same = judge(place)
    assert same.code == 0
    assert set(verdicts(same).values()) == {"equivalent"}
    assert same.outcome("model/e/accuracy")["evidence"]["family_size"] == 3
    assert same.report["provenance"]["candidates"][0]["metrics"]["f1"] == 0.8
    place.write("out/metrics.json", json.dumps({"training_time_s": 60, "test": {"f1": 0.7}, "train": {"f1": 0.99}}))
    worse = judge(place)
    assert worse.code == 1
    assert (verdicts(worse)["f1"], verdicts(worse)["accuracy"]) == ("regression", "equivalent")
    place.write_rows("out/candidate.csv", predictions(n=600, seed=2, noise=0.6))
    place.write("out/metrics.json", json.dumps({"training_time_s": 60, "test": {"f1": 0.8}, "train": {"f1": 0.99}}))
    assert verdicts(judge(place))["accuracy"] == "regression"


def test_predictions_beside_a_file_without_values_are_an_error(place: Place, predictions: Callable[..., Rows]) -> None:
    text = project(
        "accuracy: {tolerance: 0.02}, training_time_s: {}",
        "metrics_file: out/metrics.json",
        columns="id: id, label: label, prediction: prediction",
    )
    place.write("mlgate.yaml", text)
    place.write_rows("out/candidate.csv", predictions(n=100))
    place.write_rows("base/predictions.csv", predictions(n=100))
    place.write("out/metrics.json", json.dumps({"training_time_s": 60}))
    ran = judge(place)
    assert ran.code == 3
    assert "holds no values of a metrics file" in ran.outcome("model/e/baseline")["message"]
    assert ran.report["provenance"]["baselines"][0]["found"] is None


@pytest.mark.parametrize(
    ("before", "after", "id_", "words"),
    [
        (VALUES, {"accuracy": 0.9}, "predictions", "'training_time_s' is absent from the candidate's metrics file"),
        ({"accuracy": 0.9}, VALUES, "baseline", "'training_time_s' is absent from the baseline's metrics file"),
        (VALUES, VALUES | {"accuracy": None}, "predictions", "'accuracy' of the candidate's metrics file is not a fin"),
        (VALUES, '{"accuracy": NaN, "training_time_s": 1, "model_size_bytes": 1}', "predictions", "is not a finite"),
        (VALUES, '{"accuracy": 0.9, "training_time_s": Infinity}', "predictions", "is not a finite"),
        ('{"accuracy": NaN, "training_time_s": 1, "model_size_bytes": 1}', VALUES, "baseline", "is not a finite"),
        (VALUES, VALUES | {"accuracy": "0.9"}, "predictions", "'accuracy' is absent"),
        (VALUES, VALUES | {"accuracy": True}, "predictions", "'accuracy' is absent"),
        (VALUES, VALUES | {"accuracy": [0.9]}, "predictions", "'accuracy' is absent"),
        (VALUES, VALUES | {"accuracy": 92}, "predictions", "is 92, which is no accuracy"),
        (VALUES, VALUES | {"training_time_s": -1}, "predictions", "is -1, which is no training_time_s"),
        (VALUES, {"a.accuracy": 1, "b.accuracy": 0, **VALUES, "accuracy": "x"}, "predictions", "stands 2 times"),
        (VALUES, "accuracy: 0.9", "predictions", "is not JSON"),
        (VALUES, "[1, 2]", "predictions", "no mapping"),
        (VALUES, "{}", "predictions", "holds no number"),
        (VALUES, '{"accuracy": 0.9, "accuracy": 0.95}', "predictions", "stands twice"),
        ("", VALUES, "baseline", "is not JSON"),
    ],
)
def test_a_value_that_is_not_there_is_an_error_and_says_which_file(
    place: Place, before: Any, after: Any, id_: str, words: str
) -> None:
    place.write("mlgate.yaml", values_project(METRICS))
    write_values(place, before, after)
    ran = judge(place)
    assert ran.code == 3
    assert words in ran.outcome(f"model/e/{id_}")["message"]


@pytest.mark.parametrize("side", ["base", "out"])
def test_a_file_that_is_not_there_is_an_error(place: Place, side: str) -> None:
    place.write("mlgate.yaml", values_project(METRICS))
    write_values(place, VALUES, VALUES)
    (place.root / side / "metrics.json").unlink()
    ran = judge(place)
    assert ran.code == 3
    assert f"{side}/metrics.json" in problems(ran)


def test_a_relative_tolerance_of_a_baseline_of_0_is_an_error(place: Place) -> None:
    place.write("mlgate.yaml", values_project("mae: {tolerance: 5%}, rmse: {tolerance: 0.1}"))
    write_values(place, {"mae": 0, "rmse": 0}, {"mae": 0.01, "rmse": 0.05})
    ran = judge(place)
    assert ran.code == 3
    assert verdicts(ran) == {"mae": "invalid", "rmse": "pass"}
    assert "a relative tolerance needs a baseline that is not 0" in ran.outcome("model/e/mae")["message"]


def test_values_at_the_edge_of_the_tolerance(place: Place) -> None:
    place.write("mlgate.yaml", values_project("mae: {tolerance: 0.5}, r2: {tolerance: 0}, wape: {tolerance: 0}"))
    write_values(place, {"mae": 1.0, "r2": 0.5, "wape": 0.25}, {"mae": 1.5, "r2": 0.5, "wape": 0.25000001})
    assert verdicts(judge(place)) == {"mae": "pass", "r2": "equivalent", "wape": "regression"}


def test_without_a_baseline_the_bounds_of_values_are_judged(place: Place) -> None:
    place.write("mlgate.yaml", values_project("accuracy: {min: 0.95}, mae: {}", baseline="none"))
    write_values(place, {}, {"accuracy": 0.9, "mae": 1})
    ran = judge(place)
    assert ran.code == 1
    assert ran.statuses() == {"model/e/accuracy/min": "fail", "model/e/baseline": "warn"}
    assert "accuracy is 0.9 (at least 0.95 asked)" in ran.outcome("model/e/accuracy/min")["message"]


def test_a_baseline_that_is_gone_leaves_the_bounds_of_values(place: Place) -> None:
    place.write("mlgate.yaml", values_project("accuracy: {min: 0.8}"))
    write_values(place, VALUES, VALUES)
    (place.root / "base" / "metrics.json").unlink()
    assert judge(place).statuses() == {"model/e/baseline": "error", "model/e/accuracy/min": "pass"}


def test_values_of_a_metric_that_does_not_block_at_most_warn(place: Place) -> None:
    place.write("mlgate.yaml", values_project("accuracy: {tolerance: 0.01}, mae: {tolerance: 0.1, blocking: false}"))
    write_values(place, {"accuracy": 0.9, "mae": 1}, {"accuracy": 0.9, "mae": 2})
    ran = judge(place)
    assert ran.code == 0
    assert ran.outcome("model/e/mae")["status"] == "warn"
    assert verdicts(ran)["mae"] == "regression"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["slices: [sex]"], "slices"),
        (["golden: {path: data/golden.csv}"], "golden"),
        (["fairness: [{column: sex}]", "positive: 1", "columns: {prediction: p}"], "fairness"),
        (["train_predictions: out/train.csv", "max_gap: 0.1"], "train_predictions"),
        (["simple_baseline: majority"], "simple_baseline"),
        (["discover: [sex]"], "discover"),
    ],
)
def test_what_needs_rows_is_not_left_out_in_silence(place: Place, lines: list[str], words: str) -> None:
    place.write("mlgate.yaml", values_project("accuracy: {tolerance: 0.01}", *lines))
    write_values(place, VALUES, VALUES)
    ran = place.mlgate("run", "--format", "json")
    assert ran.code in (2, 3), ran.out
    assert words in ran.out + ran.err
