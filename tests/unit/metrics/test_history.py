"""Runs of a metric over time: which follow from each other, what they add up to, and what a reviewer reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.metric_specs import METRICS
from mlgate.metrics.history import compute_decline, compute_trend, history_readable, slow_decline
from mlgate.metrics.lineage import Measured, Series, link_runs
from mlgate.outcome import Location, Outcome, Status, to_json

TOLERANCE = 0.01


def commit(number: int) -> str:
    return f"{number:040x}"


def line(values: list[float], *, se: float | None = 0.004, **changes: Any) -> list[Measured]:
    """Runs of main, each measured against the one before it."""
    runs = []
    for number, value in enumerate(values):
        before = values[number - 1] if number else None
        run = Measured(
            commit=commit(number + 1),
            time=f"2026-01-{number % 28 + 1:02}T00:00:00Z",
            value=value,
            baseline_commit=commit(number) if number else None,
            baseline=before,
            delta=None if before is None else value - before,
            se=None if before is None else se,
            tolerance=TOLERANCE,
            rows="sha256:a",
            definition="roc_auc/1",
        )
        runs.append(replace(run, **changes))
    return runs


def series(runs: list[Measured], *, metric: str = "roc_auc") -> Series:
    """The last run is the candidate."""
    spec = METRICS[metric]
    return Series(
        evaluation="readmission",
        metric=metric,
        runs=tuple(runs[:-1]),
        candidate=runs[-1],
        higher_is_better=spec.higher_is_better,
        unit=spec.unit,
        location=Location("mlgate.yaml", 9),
    )


def judged(runs: list[Measured], **options: Any) -> Outcome:
    return slow_decline(series(runs, **options), window=20)


FALLING = [round(0.871 - 0.005 * step, 6) for step in range(12)]


def test_a_decline_that_no_step_shows_is_a_warning_with_its_size() -> None:
    found = judged(line(FALLING))
    assert (found.status, found.check, found.id) == (Status.WARN, "slow_decline", "model/readmission/roc_auc/history")
    assert found.message == (
        "roc_auc fell by 0.055 over the last 11 merges, no single one by more than its tolerance "
        "(best 0.871 at 000000000, now 0.816)"
    )
    assert found.hint
    assert found.location == Location("mlgate.yaml", 9)
    facts = found.evidence
    assert "verdict" not in facts
    assert facts["change_since_best"] == pytest.approx(-0.055)
    assert facts["best"]["value"] == 0.871
    assert facts["boundary"] < 0.055
    assert facts["p_value"] < 0.05
    assert (facts["n_entries"], facts["runs_added_up"], facts["alpha"]) == (11, 12, 0.05)
    assert [point["value"] for point in facts["points"]] == FALLING
    assert to_json(found.evidence) == found.evidence


def test_the_same_decline_of_a_loss_is_a_rise() -> None:
    found = judged(line([1.0 - value for value in FALLING]), metric="log_loss")
    assert found.status is Status.WARN
    assert found.message.startswith("log_loss rose by 0.055 over the last 11 merges")
    assert found.evidence["change_since_best"] == pytest.approx(0.055)
    assert "`max` of log_loss" in found.hint


def test_shares_are_said_in_points() -> None:
    found = judged(line(FALLING), metric="accuracy")
    assert "fell by 5.5 points over" in found.message
    assert "(best 87.1 % at 000000000, now 81.6 %)" in found.message


def test_a_single_large_step_is_named() -> None:
    values = [0.871, 0.870, 0.872, 0.830, 0.829]
    found = judged(line(values))
    assert found.status is Status.WARN
    assert "fell by 0.043 over the last 2 merges, 0.042 of it at 000000000" in found.message
    now = judged(line(values[:4]))
    assert "0.042 of it at this change" in now.message


def test_noise_within_the_tolerance_is_a_pass() -> None:
    found = judged(line([0.871, 0.869, 0.872, 0.870]))
    assert found.status is Status.PASS
    assert found.message == ("roc_auc: no slow decline is shown over 3 merges (best 0.872 at 000000000, now 0.870)")
    assert found.evidence["change_since_best"] == pytest.approx(-0.002)
    assert found.hint == ""


def test_a_fall_that_chance_may_explain_says_so() -> None:
    found = judged(line([0.871, 0.865, 0.859], se=0.02))
    assert found.status is Status.PASS
    assert found.message.endswith("; it fell by 0.012, which chance may explain")


def test_a_proven_fall_inside_the_tolerance_is_a_pass() -> None:
    found = judged(line([0.871 - 0.0007 * step for step in range(13)], se=0.0003))
    assert found.evidence["p_value"] < 0.05
    assert found.status is Status.PASS


def test_the_best_run_under_review_is_told() -> None:
    found = judged(line([0.80, 0.81, 0.82]))
    assert (found.status, found.message) == (Status.PASS, "roc_auc is at its best of 2 merges (now 0.820)")
    assert found.evidence["boundary"] is None


def test_recovery_ends_the_warning() -> None:
    assert judged(line([*FALLING, 0.85, 0.868])).status is Status.PASS


def test_without_an_earlier_run_nothing_is_judged() -> None:
    found = judged(line([0.8]))
    assert (found.status, found.message) == (Status.SKIP, "no earlier run is recorded")
    assert len(found.evidence["points"]) == 1


def test_values_without_rows_have_a_trend_only() -> None:
    runs = line([100.0, 110.0, 125.0], delta=None, se=None, rows=None)
    found = judged(runs, metric="model_size_bytes")
    assert (found.status, found.message) == (
        Status.SKIP,
        "only the trend is shown: the change of this run has no standard error",
    )
    assert found.evidence["change_since_best"] == 25.0
    assert found.evidence["last_change"] == 15.0
    assert found.evidence["p_value"] is None


def test_other_rows_start_the_line_anew_and_are_said() -> None:
    runs = line(FALLING)
    older = [replace(run, rows="sha256:b") for run in runs[:6]]
    found = judged([*older, *runs[6:]])
    assert found.evidence["runs_added_up"] == 6
    assert "looked back to 000000000: 000000000 was evaluated on other rows" in found.message
    assert found.evidence["best"]["commit"] == commit(7)
    assert len(found.evidence["points"]) == 6
    new = judged([*[replace(run, rows="sha256:b") for run in runs[:-1]], runs[-1]])
    assert (new.status, new.evidence["runs_added_up"]) == (Status.SKIP, 1)
    assert "on other rows" in new.message


def test_rows_that_are_not_known_are_never_taken_for_the_same() -> None:
    found = judged(line(FALLING, rows=None))
    assert found.status is Status.SKIP
    assert "on other rows" in found.message


def test_another_definition_starts_the_line_anew() -> None:
    runs = line(FALLING)
    found = judged([*[replace(run, definition="roc_auc/0") for run in runs[:9]], *runs[9:]])
    assert found.evidence["runs_added_up"] == 3
    assert "another definition" in found.message


def test_a_step_without_a_standard_error_ends_the_line() -> None:
    runs = line(FALLING)
    runs[8] = replace(runs[8], se=None)
    found = judged(runs)
    assert found.evidence["runs_added_up"] == 4
    assert "has no standard error" in found.message
    runs[8] = replace(runs[8], se=0.0)
    assert judged(runs).evidence["runs_added_up"] == 4


def test_the_line_follows_baselines_and_not_time() -> None:
    """Runs of a branch that never became a baseline are beside the line."""
    runs = line([0.80, 0.79, 0.60, 0.785])
    runs[2] = replace(runs[2], commit=commit(99))
    runs[3] = replace(runs[3], baseline_commit=runs[1].commit, baseline=0.79, delta=-0.005)
    chain = link_runs(series(runs))
    assert [run.value for run in chain.runs] == [0.80, 0.79, 0.785]
    assert (chain.positions, chain.ends) == ((0, 1, 3), "")


def test_a_commit_that_ran_twice_is_found_by_its_newest_run() -> None:
    runs = line([0.80, 0.79, 0.78])
    again = replace(runs[1], value=0.791, baseline_commit=runs[1].commit, baseline=0.79, delta=0.0, se=0.001)
    chain = link_runs(series([runs[0], runs[1], again, runs[2]]))
    assert [run.value for run in chain.runs] == [0.80, 0.79, 0.791, 0.78]


def test_a_baseline_without_a_recorded_commit_is_known_by_its_value() -> None:
    runs = line([0.80, 0.79, 0.785])
    runs[2] = replace(runs[2], baseline_commit="a docs-only merge", baseline=0.79 * (1 + 1e-12))
    assert len(link_runs(series(runs)).runs) == 3
    runs[2] = replace(runs[2], baseline=0.791)
    chain = link_runs(series(runs))
    assert (len(chain.runs), chain.ends) == (1, "the baseline of 000000000 is not among the recorded runs")
    runs[2] = replace(runs[2], baseline_commit=None, baseline=None)
    assert len(link_runs(series(runs)).runs) == 1


def test_the_trend_is_of_values_on_the_same_rows() -> None:
    runs = line([0.9, 0.5, 0.7, 0.7, 0.6])
    runs[0] = replace(runs[0], rows="sha256:b")
    trend = compute_trend(series(runs), window=2)
    assert [run.value for run in trend.runs] == [0.5, 0.7, 0.7, 0.6]
    assert trend.best is runs[3]  # the newest of the best
    assert trend.since_best == pytest.approx(-0.1)
    assert trend.since_window == pytest.approx(-0.1)
    assert trend.last_change == pytest.approx(-0.1)
    assert compute_trend(series(runs), window=4).since_window is None
    lower = compute_trend(series(runs, metric="log_loss"), window=2)
    assert lower.best is runs[1]


@given(st.lists(st.floats(0.3, 0.9), min_size=2, max_size=12), st.integers(1, 12))
def test_steps_on_the_same_rows_add_up_to_the_change_of_the_values(values: list[float], window: int) -> None:
    told = series(line(values))
    decline = compute_decline(told, link_runs(told), alpha=0.05, window=window)
    trend = compute_trend(told, window=window)
    assert decline.since_best == pytest.approx(-trend.since_best, abs=1e-9)
    assert (decline.since_window is None) == (trend.since_window is None)
    if trend.since_window is not None and decline.since_window is not None:
        assert decline.since_window == pytest.approx(-trend.since_window, abs=1e-9)
    assert decline.since_best >= 0


@given(st.lists(st.floats(0.3, 0.9), min_size=2, max_size=12))
def test_the_better_direction_only_changes_the_sign(values: list[float]) -> None:
    up, down = judged(line(values)), judged(line([1 - value for value in values]), metric="brier")
    assert up.status == down.status
    assert up.evidence["change_since_best"] == pytest.approx(-down.evidence["change_since_best"], abs=1e-9)
    assert up.evidence["p_value"] == pytest.approx(down.evidence["p_value"], rel=1e-6)


def test_points_are_capped_at_the_window() -> None:
    found = slow_decline(series(line([0.8] * 50)), window=20)
    assert len(found.evidence["points"]) == 21


def test_a_history_that_cannot_be_read_is_a_warning_that_says_what_follows() -> None:
    found = history_readable(None, "", problem="the server is gone", hint="start it")
    assert (found.id, found.status) == ("model/history", Status.WARN)
    assert found.message == "no slow decline can be shown: the server is gone"
    broken = history_readable(3, "refs/x/y of origin", problem="1 line is no entry")
    assert (broken.status, broken.message) == (Status.WARN, "3 entries in refs/x/y of origin; 1 line is no entry")
    whole = history_readable(1200, "refs/x/y of origin")
    assert (whole.status, whole.message) == (Status.PASS, "1,200 entries in refs/x/y of origin")
