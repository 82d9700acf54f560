"""One family over the gate: verdicts, evidence and what a reviewer reads."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.metrics import METRICS, Comparison, MetricSpec, decide_comparisons
from mlgate.metrics.intervals import ConstantChange, NormalChange
from mlgate.metrics.multiplicity import adjust_holm
from mlgate.metrics.tango import PairedCounts
from mlgate.outcome import Location, Outcome, Status, to_json

EVIDENCE = {
    *("evaluation", "metric", "slice", "n", "baseline", "candidate", "delta", "low", "high", "confidence"),
    *("tolerance", "method", "seed", "p_value", "p_adjusted", "family_size", "verdict", "higher_is_better", "unit"),
    *("minimum_detectable_effect", "rows_needed", "discordant"),
}


def accuracy(gained: int, lost: int, n_rows: int, **settings: Any) -> Comparison:
    """An accuracy comparison with 80 % right in the baseline."""
    right = round(0.8 * n_rows)
    values: dict[str, Any] = {
        "evaluation": "readmission",
        "spec": METRICS["accuracy"],
        "tolerance": 0.005,
        "slice_key": None,
        "n_rows": n_rows,
        "baseline": right / n_rows,
        "candidate": (right + gained - lost) / n_rows,
        "change": PairedCounts(gained=gained, lost=lost, n_rows=n_rows, discordant=gained + lost),
        "discordant": gained + lost,
        "identical": gained + lost == 0,
        "location": Location("mlgate.yaml", 9),
    }
    return Comparison(**(values | settings))


def decide_one(comparison: Comparison) -> Outcome:
    (outcome,) = decide_comparisons([comparison], seed=3)
    return outcome


def verdict_of(comparison: Comparison) -> str:
    return str(decide_one(comparison).evidence["verdict"])


def test_regression_reads_like_a_sentence() -> None:
    outcome = decide_one(accuracy(20, 57, 1204, slice_key={"sex": "F"}))
    assert outcome.id == "model/readmission/accuracy/sex=F"
    assert outcome.check == "metric_change"
    assert outcome.subject == "readmission.accuracy[sex=F]"
    assert outcome.status is Status.FAIL
    assert outcome.message == (
        "accuracy in sex=F fell by 3.1 points (90 % interval -4.3 to -1.9; tolerance 0.5; 1,204 rows)"
    )
    assert outcome.hint
    assert outcome.location == Location("mlgate.yaml", 9)
    assert outcome.observed == pytest.approx(-37 / 1204)
    assert outcome.expected == "worse by at most 0.005"


def test_evidence_is_complete() -> None:
    evidence = dict(decide_one(accuracy(20, 57, 1204)).evidence)
    assert set(evidence) == EVIDENCE | {"p_no_worse"}
    assert evidence["slice"] is None
    assert evidence["confidence"] == 0.9
    assert evidence["family_size"] == 1
    assert evidence["p_adjusted"] == evidence["p_value"] <= 0.05
    assert evidence["seed"] == 3
    assert evidence["discordant"] == 77
    assert evidence["method"] == "tango-score"
    assert evidence["rows_needed"] == math.ceil(6.182557 * (77 / 1204) / 0.005**2)
    assert to_json(evidence) == evidence


def test_rows_that_cannot_tell_say_how_many_would() -> None:
    outcome = decide_one(accuracy(30, 30, 1000, tolerance=0.01))
    assert outcome.status is Status.WARN
    assert outcome.message == (
        "accuracy: not enough rows to tell: 3,710 needed, 1,000 given; it did not move "
        "(90 % interval -1.3 to 1.3; tolerance 1; 1,000 rows)"
    )


@pytest.mark.parametrize(
    ("comparison", "verdict", "status", "words"),
    [
        (accuracy(60, 10, 1000), "improved", Status.PASS, "accuracy rose by 5.0 points (90 %"),
        (accuracy(3, 3, 5000), "equivalent", Status.PASS, "accuracy did not move (90 % interval -0.097 to 0.097;"),
        (accuracy(2, 4, 5000), "equivalent", Status.PASS, "fell by 0.040 points, inside the tolerance"),
        (
            accuracy(0, 0, 20),
            "equivalent",
            Status.PASS,
            "unchanged: all predictions are identical (20 rows)",
        ),
        (accuracy(40, 20, 5000, tolerance=0.002), "improved", Status.PASS, "rose by 0.40 points"),
        (accuracy(30, 20, 5000, tolerance=0.003), "pass", Status.PASS, "rose by 0.20 points (90 %"),
        (accuracy(20, 36, 20_000), "pass", Status.WARN, "fell by 0.080 points, inside the tolerance"),
        (accuracy(30, 30, 1000, tolerance=0.0), "inconclusive", Status.WARN, "at tolerance 0 only an improvement"),
        (accuracy(20, 46, 5000), "inconclusive", Status.WARN, "too close to the tolerance to tell"),
        (accuracy(30, 30, 1000, inconclusive="fail"), "inconclusive", Status.FAIL, "not enough rows"),
        (accuracy(9, 1, 30, not_evaluable="30 rows, 50 needed"), "inconclusive", Status.WARN, "30 rows, 50 needed"),
        (accuracy(9, 1, 30, invalid="too few"), "invalid", Status.ERROR, "cannot be compared: too few"),
        (accuracy(9, 1, 30, candidate=math.nan), "invalid", Status.ERROR, "not a finite number"),
        (accuracy(9, 1, 30, change=None), "invalid", Status.ERROR, "not a finite number"),
    ],
)
def test_verdict_status_and_words(comparison: Comparison, verdict: str, status: Status, words: str) -> None:
    outcome = decide_one(comparison)
    assert (outcome.evidence["verdict"], outcome.status) == (verdict, status)
    assert words in outcome.message
    assert bool(outcome.hint) == (status is not Status.PASS)


@pytest.mark.parametrize(("policy", "status"), [("warn", Status.WARN), ("fail", Status.FAIL), ("pass", Status.WARN)])
def test_slice_that_is_not_evaluable_leaves_the_family_and_never_passes(policy: str, status: Status) -> None:
    small = accuracy(0, 9, 30, slice_key={"sex": "X"}, not_evaluable="30 rows, 50 needed", inconclusive=policy)
    first, second = decide_comparisons([small, accuracy(20, 57, 1204)], seed=0)
    assert first.status is status
    assert first.evidence["verdict"] == "inconclusive"
    assert first.hint
    assert first.evidence["p_adjusted"] is None
    assert first.evidence["p_value"] is None
    assert first.evidence["n"] == 30
    assert first.evidence["delta"] == pytest.approx(-0.3)
    assert second.evidence["family_size"] == 1


def test_auc_is_worded_without_points_and_its_floor_is_hinted() -> None:
    change = NormalChange(delta=-0.031, se=0.009, n_rows=900, n_units=300, discordant=900)
    area = accuracy(1, 1, 900, spec=METRICS["roc_auc"], change=change, baseline=0.84, candidate=0.809, tolerance=0.01)
    outcome = decide_one(area)
    assert outcome.message == "roc_auc fell by 0.031 (90 % interval -0.046 to -0.016; tolerance 0.01; 900 rows)"
    assert outcome.status is Status.FAIL
    assert outcome.evidence["minimum_detectable_effect"] == pytest.approx(2.4864 * 0.009, abs=1e-6)
    assert (
        "30 rows of either class"
        in decide_one(replace(area, change=None, not_evaluable="3 positive rows, 30 needed")).hint
    )


def test_interval_without_width_is_still_worded() -> None:
    change = NormalChange(delta=0.02, se=5e-324, n_rows=900, n_units=300, discordant=900)
    outcome = decide_one(accuracy(1, 1, 900, spec=METRICS["roc_auc"], change=change))
    assert "roc_auc rose by 0.0 (90 % interval 0.0 to 0.0" in outcome.message


def test_ranking_that_did_not_change_is_not_a_pass_by_division() -> None:
    change = ConstantChange(delta=0.0, n_rows=200, n_units=60, discordant=200)
    area = accuracy(1, 1, 200, spec=METRICS["roc_auc"], change=change, baseline=0.8, candidate=0.8, tolerance=0.01)
    outcome = decide_one(area)
    assert outcome.evidence["verdict"] == "inconclusive"
    assert outcome.evidence["method"] == "zero-variance"
    assert "not enough rows" in outcome.message


def test_lower_is_better_turns_the_verdict_and_not_the_numbers() -> None:
    error = MetricSpec(
        name="error_rate",
        higher_is_better=False,
        unit="fraction",
        default_tolerance=0.005,
        needs=("label", "prediction"),
        definition="error_rate/1: share of rows whose prediction is not the label",
        method="tango-score",
    )
    worse = decide_one(accuracy(60, 10, 1000, spec=error, baseline=0.2, candidate=0.25))
    assert worse.evidence["verdict"] == "regression"
    assert 0 < worse.evidence["low"] < worse.evidence["delta"] == 0.05 < worse.evidence["high"]
    assert "error_rate rose by 5.0 points" in worse.message
    better = decide_one(accuracy(10, 60, 1000, spec=error, baseline=0.2, candidate=0.15))
    assert better.evidence["verdict"] == "improved"


def test_family_is_the_whole_gate() -> None:
    """A loss that is significant alone is not so among twenty, and says so."""
    bad = accuracy(20, 45, 1000, evaluation="a", tolerance=0.01)
    assert verdict_of(bad) == "regression"
    others = [accuracy(30, 30, 1000, evaluation="b", slice_key={"ward": str(ward)}) for ward in range(19)]
    first, *rest = decide_comparisons([bad, *others], seed=0)
    assert first.evidence["family_size"] == 20
    assert first.evidence["verdict"] == "inconclusive"
    assert "not among 20 comparisons" in first.message
    assert first.evidence["p_adjusted"] == pytest.approx(20 * first.evidence["p_value"])
    alone = decide_one(bad)
    assert first.evidence["minimum_detectable_effect"] > alone.evidence["minimum_detectable_effect"]
    assert first.evidence["rows_needed"] == alone.evidence["rows_needed"]
    adjusted = adjust_holm([outcome.evidence["p_value"] for outcome in (first, *rest)])
    assert [outcome.evidence["p_adjusted"] for outcome in (first, *rest)] == adjusted


def test_one_clear_slice_blocks_among_many() -> None:
    others = [accuracy(30, 30, 1000, slice_key={"ward": str(ward)}) for ward in range(19)]
    outcomes = decide_comparisons([*others, accuracy(5, 100, 1000, slice_key={"ward": "bad"})], seed=0)
    assert [outcome.id for outcome in outcomes if outcome.status is Status.FAIL] == [
        "model/readmission/accuracy/ward=bad"
    ]


TABLES = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(50, 3000))


@given(TABLES, st.sampled_from([0.0, 0.005, 0.05]))
def test_family_of_one_regresses_exactly_where_the_interval_ends_below_the_tolerance(
    counts: tuple[int, int, int], tolerance: float
) -> None:
    evidence = decide_one(accuracy(*counts[:2], sum(counts), tolerance=tolerance)).evidence
    assert (evidence["verdict"] == "regression") == (evidence["high"] < -tolerance)


@given(TABLES, st.sampled_from([0.0, 0.005, 0.05]))
def test_swapped_sides_give_the_mirrored_interval(counts: tuple[int, int, int], tolerance: float) -> None:
    gained, lost, n_rows = counts[0], counts[1], sum(counts)
    one = decide_one(accuracy(gained, lost, n_rows, tolerance=tolerance)).evidence
    other = decide_one(accuracy(lost, gained, n_rows, tolerance=tolerance)).evidence
    assert other["delta"] == -one["delta"]
    assert (other["low"], other["high"]) == pytest.approx((-one["high"], -one["low"]), abs=1e-12)
    if one["verdict"] == "regression":
        assert other["verdict"] == "improved"


@given(
    field=st.sampled_from(["baseline", "candidate", "tolerance", "delta", "se"]),
    value=st.sampled_from([math.nan, math.inf, -math.inf]),
    identical=st.booleans(),
)
def test_what_is_not_finite_is_an_error_and_spoils_nothing_else(field: str, value: float, identical: bool) -> None:
    change: dict[str, Any] = {"delta": 0.01, "se": 0.001}
    facts: dict[str, Any] = {"baseline": 0.8, "candidate": 0.81, "tolerance": 0.01}
    (change if field in change else facts)[field] = value
    if field == "se" and not value > 0:
        return  # refused where it would be built, see test_intervals
    normal = NormalChange(**change, n_rows=900, n_units=300, discordant=9)
    broken = accuracy(1, 1, 900, spec=METRICS["roc_auc"], change=normal, identical=identical, **facts)
    first, second = decide_comparisons([broken, accuracy(60, 10, 1000)], seed=0)
    assert first.status is Status.ERROR
    assert first.evidence["verdict"] == "invalid"
    assert first.evidence["p_adjusted"] is None
    assert second.evidence["family_size"] == 1
    assert second.status is Status.PASS
    assert "NaN" not in str(to_json(dict(first.evidence)))


def test_no_comparison_is_no_outcome() -> None:
    assert decide_comparisons([], seed=0) == ()


@pytest.mark.parametrize("alpha", [0.0, 0.5, math.nan])
def test_alpha_is_checked(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        decide_comparisons([], alpha=alpha, seed=0)
