"""Several runs (seeds) a side through `mlgate run`: a recipe that was trained again is not a worse one."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.gate.conftest import Place, Ran
from tests.unit.gate.whole_gate import Rows, changed, checks, judge, problems, project, verdicts

COLUMNS = "id: id, label: label, prediction: prediction, score: score"
METRICS = "accuracy: {tolerance: 0.03}, roc_auc: {tolerance: 0.03}, f1: {tolerance: 0.05}, brier: {tolerance: 15%}"
RUNS = "runs: [out/seed-*.csv]"
BASELINE = "baseline: file:base/seed-*.csv"


def run_of(seed: int, *, n: int = 500, noise: float = 0.25, luck: float = 0.0) -> Rows:
    """One training run: `luck` moves all of its scores, as a seed does."""
    truth, model = random.Random(0), random.Random(seed)
    shift = model.gauss(0, luck)
    rows = []
    for number in range(n):
        label = int(truth.random() < 0.5)
        score = min(0.999, max(0.001, 0.5 + (label - 0.5) * 0.5 + shift + model.gauss(0, noise)))
        rows.append(
            {
                "id": f"r{number}",
                "label": label,
                "prediction": int(score > 0.5),
                "score": score,
                "sex": "FM"[number % 2],
            }
        )
    return rows


def seeds(place: Place, before: list[Rows], after: list[Rows], *more: str, runs: str = RUNS) -> Ran:
    """Judge runs against runs."""
    text = project(METRICS, runs, BASELINE, "positive: 1", *more, columns=COLUMNS, predictions="")
    place.write("mlgate.yaml", text)
    for folder, side in (("base", before), ("out", after)):
        for number, rows in enumerate(side):
            place.write_rows(f"{folder}/seed-{number}.csv", rows)
    return judge(place)


def test_a_recipe_with_other_seeds_is_no_regression(place: Place) -> None:
    before = [run_of(seed, luck=0.03) for seed in (1, 2, 3)]
    after = [run_of(seed, luck=0.03) for seed in (4, 5, 6)]
    ran = seeds(place, before, after, "slices: [sex]")
    assert ran.code == 0, problems(ran)
    assert "regression" not in verdicts(ran).values()
    evidence = ran.outcome("model/e/accuracy")["evidence"]
    assert evidence["method"] == "seeds-and-rows"
    assert len(evidence["baseline_runs"]) == len(evidence["candidate_runs"]) == 3
    assert evidence["candidate"] == pytest.approx(sum(evidence["candidate_runs"]) / 3)
    assert evidence["low"] <= evidence["delta"] <= evidence["high"]


def test_a_worse_recipe_is_a_regression(place: Place) -> None:
    ran = seeds(place, [run_of(seed) for seed in (1, 2, 3)], [run_of(seed, noise=0.6) for seed in (4, 5, 6)])
    assert ran.code == 1
    assert set(verdicts(ran).values()) == {"regression"}


def test_the_spread_of_seeds_makes_the_interval_wider(place: Place) -> None:
    def width(luck: float) -> float:
        before = [run_of(seed, luck=luck) for seed in (1, 2, 3)]
        after = [run_of(seed, luck=luck) for seed in (4, 5, 6)]
        evidence = seeds(place, before, after).outcome("model/e/accuracy")["evidence"]
        return float(evidence["high"] - evidence["low"])

    assert width(0.1) > 1.5 * width(0.0)


def test_the_same_runs_are_equivalent(place: Place) -> None:
    before = [run_of(seed, luck=0.1) for seed in (1, 2, 3)]
    ran = seeds(place, before, before, "slices: [sex]")
    assert ran.code == 0
    assert {outcome["evidence"]["delta"] for outcome in checks(ran, "metric_change")} == {0.0}
    assert set(verdicts(ran).values()) == {"equivalent"}


def test_the_same_runs_in_another_order_are_no_regression(place: Place) -> None:
    before = [run_of(seed) for seed in (1, 2, 3)]
    ran = seeds(place, before, before[::-1])
    assert ran.code == 0
    assert all(abs(outcome["evidence"]["delta"]) < 1e-12 for outcome in checks(ran, "metric_change"))
    assert "regression" not in verdicts(ran).values()


def test_runs_of_a_seed_that_changes_nothing_are_equivalent(place: Place) -> None:
    ran = seeds(place, [run_of(1)] * 3, [run_of(1)] * 3)
    assert set(verdicts(ran).values()) == {"equivalent"}


def test_one_run_left_of_several_is_an_error(place: Place) -> None:
    ran = seeds(place, [run_of(seed) for seed in (1, 2, 3)], [run_of(10)])
    assert ran.code == 3
    assert ran.outcome("model/e/runs")["message"] == "the baseline has 3 runs and the candidate 1"


@pytest.mark.parametrize(("n_before", "n_after"), [(1, 3), (3, 2), (2, 5)])
def test_the_sides_may_have_other_numbers_of_runs(place: Place, n_before: int, n_after: int) -> None:
    before = [run_of(seed) for seed in range(1, 1 + n_before)]
    ran = seeds(place, before, [run_of(seed) for seed in range(10, 10 + n_after)])
    assert ran.code == 0, problems(ran)
    assert "regression" not in verdicts(ran).values()
    assert ran.outcome("model/e/runs")["status"] == "warn", "a run may have crashed"
    evidence = ran.outcome("model/e/roc_auc")["evidence"]
    assert [len(evidence[key]) for key in ("baseline_runs", "candidate_runs")] == [n_before, n_after]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda rows: changed(rows, lambda _: {"score": "nan"}), "is not a finite number"),
        (lambda rows: [*rows, rows[0]], "repeats an id"),
        (lambda rows: changed(rows, lambda row: {"label": 1 - row["label"]}), "have another label"),
        (lambda rows: rows[:100], "not in every run"),
        (lambda _: [], "zero rows"),
    ],
)
@pytest.mark.parametrize("side", ["base", "out"])
def test_one_broken_run_of_three_is_an_error(place: Place, side: str, edit: Callable[[Rows], Any], words: str) -> None:
    runs = {name: [run_of(seed) for seed in (1, 2, 3)] for name in ("base", "out")}
    runs[side][1] = edit(runs[side][1])
    ran = seeds(place, runs["base"], runs["out"])
    assert ran.code == 3
    assert words in problems(ran)


def test_rows_of_one_run_that_other_runs_lack_are_told(place: Place) -> None:
    before = [run_of(seed) for seed in (1, 2, 3)]
    ran = seeds(place, before, [before[0], before[1][:498], before[2]])
    assert ran.code == 0
    overlap = ran.outcome("model/e/overlap")
    assert overlap["status"] == "warn"
    assert "2 not in every run" in overlap["message"]


@pytest.mark.parametrize(
    ("runs", "baseline"),
    [
        ("runs: [out/seed-0.csv, out/seed-1.csv]", "baseline: file:out/seed-*.csv"),
        ("runs: [out/seed-*.csv]", "baseline: file:out/seed-0.csv"),
        ("runs: [out/seed-*.csv]", "baseline: file:out/seed-*.csv"),
    ],
)
def test_a_baseline_that_names_the_runs_of_the_candidate_is_wrong_usage(place: Place, runs: str, baseline: str) -> None:
    place.write("mlgate.yaml", project(METRICS, runs, baseline, "positive: 1", columns=COLUMNS, predictions=""))
    for number in range(3):
        place.write_rows(f"out/seed-{number}.csv", run_of(number))
    for command in (["run"], ["baseline", "save"], ["baseline", "show"]):
        ran = place.mlgate(*command)
        assert ran.code == 2
        assert "is its own predictions file" in ran.err


@pytest.mark.parametrize("baseline", ["file:out/*-1.csv", "file:*/seed-1.csv", "file:link/seed-*.csv"])
def test_globs_that_share_a_file_are_an_error(place: Place, baseline: str) -> None:
    text = project(METRICS, RUNS, f"baseline: {baseline}", "positive: 1", columns=COLUMNS, predictions="")
    place.write("mlgate.yaml", text)
    for number in range(3):
        place.write_rows(f"out/seed-{number}.csv", run_of(number))
    (place.root / "link").symlink_to("out")
    ran = judge(place)
    assert ran.code == 3
    assert "are one file: the candidate would be compared with itself" in problems(ran)


def test_runs_are_saved_and_compared_with(place: Place) -> None:
    seeds(place, [], [run_of(seed) for seed in (1, 2, 3)])
    saved = place.mlgate("baseline", "save")
    assert saved.code == 0, saved.err
    assert sorted(path.name for path in (place.root / "base").glob("*.csv")) == [f"seed-{n}.csv" for n in range(3)]
    ran = judge(place)
    assert ran.code == 0
    assert len(ran.outcome("model/e/accuracy")["evidence"]["baseline_runs"]) == 3


def test_a_bound_is_judged_on_the_mean_of_the_runs(place: Place) -> None:
    runs = [
        changed(run_of(1), lambda row: {"prediction": 1 - row["label"]}),
        changed(run_of(1), lambda row: {"prediction": row["label"]}),
    ]
    text = project("accuracy: {min: 0.5, max: 0.5}", RUNS, "baseline: none", columns=COLUMNS, predictions="")
    place.write("mlgate.yaml", text)
    for number, rows in enumerate(runs):
        place.write_rows(f"out/seed-{number}.csv", rows)
    ran = judge(place)
    assert ran.outcome("model/e/accuracy/min")["status"] == "pass"
    assert ran.outcome("model/e/accuracy/max")["observed"] == 0.5
