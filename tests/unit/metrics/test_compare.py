"""The facts of an evaluation: bounds, pairing, labels, slices, and every way not to be comparable."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mlgate.config.evaluation import Evaluation, MetricPolicy
from mlgate.metrics import Facts, comparability_key, compare_evaluation, decide_comparisons, parse_rows
from mlgate.metrics.catalogue import CATALOGUE
from mlgate.metrics.paired import Coded
from mlgate.metrics.slicing import group_rows
from mlgate.metrics.specs import METRICS
from mlgate.outcome import Outcome, Report, Status, report_from_dict, report_to_dict, to_json

Build = Callable[..., Evaluation]
Metric = Callable[..., MetricPolicy]
Tables = Callable[..., dict[str, Any]]


def by_id(facts: Facts) -> dict[str, Outcome]:
    found = {outcome.id: outcome for outcome in facts.outcomes}
    assert len(found) == len(facts.outcomes)
    return found


def statuses(facts: Facts) -> dict[str, str]:
    return {name: outcome.status.value for name, outcome in by_id(facts).items()}


def test_whole_evaluation(evaluation: Build, metric: Metric, table: Tables) -> None:
    declared = evaluation(metric("accuracy", min=0.5, max=0.9), metric("roc_auc", min=0.99), slices=("sex",))
    facts = compare_evaluation(declared, table(seed=2), table(seed=1))
    assert statuses(facts) == {
        "model/readmission/accuracy/min": "pass",
        "model/readmission/accuracy/max": "pass",
        "model/readmission/roc_auc/min": "fail",
        "model/readmission/overlap": "pass",
        "model/readmission/labels": "pass",
    }
    assert facts.rows == 400
    assert list(facts.metrics) == ["accuracy", "roc_auc"]
    keys = [(item.spec.name, item.slice_key) for item in facts.comparisons]
    assert keys == [(name, key) for name in ("accuracy", "roc_auc") for key in (None, {"sex": "F"}, {"sex": "M"})]
    assert [item.n_rows for item in facts.comparisons] == [400, 200, 200] * 2
    assert facts.comparisons[0].tolerance == METRICS["accuracy"].default_tolerance > 0


def test_bound_is_inclusive_and_says_what_was_asked(evaluation: Build, metric: Metric, table: Tables) -> None:
    columns = table(400)
    value = float((columns["prediction"] == columns["label"]).mean())
    facts = compare_evaluation(evaluation(metric("accuracy", min=value, max=value), baseline="none"), columns, None)
    assert {outcome.status for outcome in facts.outcomes[:2]} == {Status.PASS}
    above = np.nextafter(value, 1)
    facts = compare_evaluation(evaluation(metric("accuracy", min=above), baseline="none"), columns, None)
    outcome = facts.outcomes[0]
    assert outcome.check == "metric_bound"
    assert outcome.status is Status.FAIL
    assert outcome.observed == value
    assert outcome.expected == f"at least {above:g}"
    assert outcome.evidence == {
        "metric": "accuracy",
        "value": value,
        "min": above,
        "n": 400,
        "unit": "fraction",
        "higher_is_better": True,
        "evaluation": "readmission",
    }
    assert outcome.location is not None
    assert outcome.location.line == 9


def test_bound_that_is_not_a_number_never_holds(evaluation: Build, metric: Metric, table: Tables) -> None:
    declared = evaluation(metric("accuracy", min=float("nan")), baseline="none")
    assert compare_evaluation(declared, table(), None).outcomes[0].status is Status.FAIL


def test_rows_may_come_in_any_order(evaluation: Build, table: Tables) -> None:
    order = np.random.default_rng(0).permutation(400)
    shuffled = {name: values[order] for name, values in table(seed=2).items()}
    declared = evaluation(slices=("sex",))
    one = compare_evaluation(declared, table(seed=2), table(seed=1))
    other = compare_evaluation(declared, shuffled, table(seed=1))
    assert one == other
    assert decide_comparisons(one.comparisons, seed=0) == decide_comparisons(other.comparisons, seed=0)


def test_no_baseline_is_one_warning(evaluation: Build, metric: Metric, table: Tables) -> None:
    declared = evaluation(metric("accuracy", min=0.5), baseline="none")
    facts = compare_evaluation(declared, table(), None)
    assert statuses(facts) == {"model/readmission/accuracy/min": "pass", "model/readmission/baseline": "warn"}
    assert facts.comparisons == ()


def test_baseline_that_failed_to_load_is_reported_once_by_the_caller(
    evaluation: Build, metric: Metric, table: Tables
) -> None:
    facts = compare_evaluation(evaluation(metric("accuracy", min=0.5)), table(), None, baseline_failed=True)
    assert list(statuses(facts)) == ["model/readmission/accuracy/min"]


def test_declared_baseline_that_is_not_given_is_an_error(evaluation: Build, table: Tables) -> None:
    facts = compare_evaluation(evaluation(), table(), None)
    assert statuses(facts) == {"model/readmission/baseline": "error"}


def test_candidate_that_cannot_be_judged_is_an_error(evaluation: Build, table: Tables) -> None:
    columns = table() | {"score": np.full(400, np.nan)}
    facts = compare_evaluation(evaluation(), columns, table())
    assert statuses(facts) == {"model/readmission/predictions": "error"}
    assert "400 of 400 rows" in facts.outcomes[0].message
    assert facts.outcomes[0].hint
    assert facts.comparisons == ()


def test_baseline_that_cannot_be_judged_is_an_error_and_bounds_still_count(
    evaluation: Build, metric: Metric, table: Tables
) -> None:
    columns = table()
    del columns["prediction"]
    facts = compare_evaluation(evaluation(metric("accuracy", min=0.99)), table(), columns)
    assert statuses(facts) == {"model/readmission/accuracy/min": "fail", "model/readmission/baseline": "error"}


@pytest.mark.parametrize(
    ("kept", "status", "compared"), [(400, "pass", 400), (397, "warn", 397), (395, "error", None), (200, "error", None)]
)
def test_overlap(evaluation: Build, table: Tables, kept: int, status: str, compared: int | None) -> None:
    """The candidate lacks rows of the baseline, and has as many of its own when it lacks any."""
    candidate = table(seed=2)
    candidate["id"] = np.where(np.arange(400) < kept, np.arange(400), np.arange(400) + 10_000)
    facts = compare_evaluation(evaluation(min_overlap=0.98), candidate, table(seed=1))
    outcome = by_id(facts)["model/readmission/overlap"]
    assert outcome.status.value == status
    assert outcome.observed == pytest.approx(kept / (800 - kept))
    assert {item.n_rows for item in facts.comparisons} == ({compared} if compared else set())
    assert ("mlgate baseline save" in outcome.hint) is (status != "pass")
    assert outcome.evidence == {"n": kept, "only_baseline": 400 - kept, "only_candidate": 400 - kept}


def test_no_common_id_is_an_error_whatever_the_setting(evaluation: Build, table: Tables) -> None:
    candidate = table() | {"id": np.arange(400) + 1000}
    facts = compare_evaluation(evaluation(min_overlap=0.0), candidate, table())
    assert statuses(facts) == {"model/readmission/overlap": "error"}


def test_labels_that_disagree_stop_the_comparison(evaluation: Build, table: Tables) -> None:
    baseline = table()
    baseline["label"] = baseline["label"].copy()
    baseline["label"][:3] = ~baseline["label"][:3]
    facts = compare_evaluation(evaluation(), table(), baseline)
    assert statuses(facts) == {"model/readmission/overlap": "pass", "model/readmission/labels": "error"}
    assert by_id(facts)["model/readmission/labels"].evidence == {"judged": 400, "failing": 3}
    assert facts.comparisons == ()


def test_recorded_key_must_agree(evaluation: Build, table: Tables) -> None:
    declared = evaluation()
    key = comparability_key(parse_rows(table(), declared), declared)
    assert "model/readmission/baseline" not in statuses(
        compare_evaluation(declared, table(seed=2), table(), recorded_key=key)
    )
    facts = compare_evaluation(declared, table(seed=2), table(), recorded_key=key | {"positive": "false"})
    assert statuses(facts)["model/readmission/baseline"] == "error"
    assert facts.comparisons == ()


def test_slice_that_vanished_is_an_error(evaluation: Build, table: Tables) -> None:
    candidate = table(seed=2)
    candidate["sex"] = np.array(["F"] * 400, dtype=object)
    facts = compare_evaluation(evaluation(slices=("sex",)), candidate, table())
    found = statuses(facts)
    assert found["model/readmission/slices/sex=M"] == "error"
    assert found["model/readmission/slices/sex"] == "warn"
    vanished = by_id(facts)["model/readmission/slices/sex=M"]
    assert vanished.evidence == {"slice": {"sex": "M"}, "baseline_rows": 200}
    assert by_id(facts)["model/readmission/slices/sex"].evidence == {"judged": 400, "failing": 200}
    assert [item.slice_key for item in facts.comparisons] == [None, {"sex": "F"}] * 2


def test_slice_whose_rows_are_gone_is_an_error_although_few(evaluation: Build, table: Tables) -> None:
    baseline, candidate = table(seed=1), table(seed=2)
    baseline["sex"][:2] = "X"
    rest = {name: values[2:] for name, values in candidate.items()}
    facts = compare_evaluation(evaluation(slices=("sex",)), rest, baseline)
    assert statuses(facts)["model/readmission/slices/sex=X"] == "error"
    assert statuses(facts)["model/readmission/overlap"] == "warn"


def test_baseline_without_the_slice_column_is_a_warning(evaluation: Build, table: Tables) -> None:
    baseline = table()
    del baseline["sex"]
    facts = compare_evaluation(evaluation(slices=("sex",)), table(seed=2), baseline)
    assert statuses(facts)["model/readmission/slices/sex"] == "warn"
    assert len(facts.comparisons) == 6


def test_missing_slice_value_is_compared_as_a_slice(evaluation: Build, table: Tables) -> None:
    sides = table(seed=2), table(seed=1)
    for side in sides:
        side["sex"][:100] = None
    facts = compare_evaluation(evaluation(slices=("sex",)), *sides)
    outcomes = decide_comparisons(facts.comparisons, seed=0)
    assert "model/readmission/accuracy/sex=%28missing%29" in {outcome.id for outcome in outcomes}


def test_slice_column_that_looks_like_an_identifier_is_an_error(evaluation: Build, table: Tables) -> None:
    facts = compare_evaluation(evaluation(slices=("id", "sex")), table(seed=2), table(seed=1))
    assert statuses(facts)["model/readmission/slices/id/values"] == "error"
    assert len(facts.comparisons) == 6
    assert by_id(facts)["model/readmission/slices/id/values"].observed == 400


def test_slice_declared_twice_is_compared_once(evaluation: Build, table: Tables) -> None:
    facts = compare_evaluation(evaluation(slices=("sex", "sex")), table(seed=2), table(seed=1))
    ids = [outcome.id for outcome in decide_comparisons(facts.comparisons, seed=0)]
    assert len(set(ids)) == len(ids) == 6


@pytest.mark.parametrize("n_rows", [49, 50])
def test_slice_floor(evaluation: Build, metric: Metric, table: Tables, n_rows: int) -> None:
    sides = table(seed=2), table(seed=1)
    for side in sides:
        side["sex"] = np.array(["rare"] * n_rows + ["usual"] * (400 - n_rows), dtype=object)
    facts = compare_evaluation(evaluation(metric("accuracy"), slices=("sex",)), *sides)
    rare = facts.comparisons[1]
    assert rare.n_rows == n_rows
    assert rare.baseline is not None
    assert rare.candidate is not None
    assert rare.not_evaluable == ("" if n_rows == 50 else "49 rows, 50 needed")
    assert (rare.change is None) == (n_rows == 49)


@pytest.mark.parametrize(("n_positive", "too_small"), [(29, "29 positive rows, 30 needed"), (30, "")])
def test_auc_needs_thirty_rows_of_either_class(
    evaluation: Build, metric: Metric, table: Tables, n_positive: int, too_small: str
) -> None:
    sides = table(seed=2), table(seed=1)
    for side in sides:
        side["label"] = np.arange(400) < n_positive
    facts = compare_evaluation(evaluation(metric("roc_auc"), slices=("sex",)), *sides)
    overall, *slices = facts.comparisons
    assert overall.invalid == too_small
    assert all(item.not_evaluable for item in slices)  # 15 positives each
    assert all(item.candidate is not None for item in slices)


def test_slice_of_one_class_has_no_auc(evaluation: Build, metric: Metric, table: Tables) -> None:
    sides = table(seed=2), table(seed=1)
    for side in sides:
        side["sex"] = np.where(side["label"], "positive", "negative").astype(object)
    facts = compare_evaluation(evaluation(metric("roc_auc"), slices=("sex",)), *sides)
    assert [item.candidate for item in facts.comparisons[1:]] == [None, None]
    assert facts.comparisons[1].not_evaluable == "0 positive rows, 30 needed"
    assert facts.comparisons[2].not_evaluable == "0 negative rows, 30 needed"


def test_labels_of_many_classes_have_an_accuracy(evaluation: Build, metric: Metric) -> None:
    rng = np.random.default_rng(0)
    label = np.array(["a", "b", "c"], dtype=object)[rng.integers(0, 3, 300)]
    columns = {"id": np.arange(300), "label": label, "prediction": label.copy(), "score": np.zeros(300)}
    other = columns | {"prediction": np.array(["a"] * 300, dtype=object)}
    facts = compare_evaluation(evaluation(metric("accuracy"), positive=None), other, columns)
    assert facts.comparisons[0].baseline == 1.0
    assert facts.comparisons[0].candidate == facts.metrics["accuracy"] < 0.5


def test_hostile_slice_value_stays_in_its_place(evaluation: Build, table: Tables) -> None:
    value = "a/b=c\n| @all ☃" + "x" * 500
    sides = table(seed=2), table(seed=1)
    for side in sides:
        side["sex"][:100] = value
    facts = compare_evaluation(evaluation(slices=("sex",)), *sides)
    outcome = next(item for item in decide_comparisons(facts.comparisons, seed=0) if "@all" in item.message)
    assert outcome.id.count("/") == 3
    assert "\n" not in outcome.message
    assert len(outcome.message) < 400
    assert outcome.evidence["slice"] == {"sex": value}


def test_outcomes_are_plain_data_of_documented_checks(evaluation: Build, metric: Metric, table: Tables) -> None:
    candidate = table(seed=2)
    candidate["sex"][:] = "F"
    declared = evaluation(metric("accuracy", min=0.1), metric("roc_auc"), slices=("sex",))
    facts = compare_evaluation(declared, candidate, table(seed=1))
    outcomes = facts.outcomes + decide_comparisons(facts.comparisons, seed=0)
    documented = {name for name, _, _ in CATALOGUE}
    assert {outcome.check for outcome in outcomes} <= documented
    assert {outcome.tier for outcome in outcomes} == {"model"}
    for outcome in outcomes:
        assert to_json(dict(outcome.evidence)) == dict(outcome.evidence)
        assert outcome.hint or outcome.status is Status.PASS
    report = Report(gate="default", outcomes=outcomes, started_at="2026-01-02T03:04:05Z", duration_s=0.1, provenance={})
    assert report_from_dict(json.loads(json.dumps(report_to_dict(report), allow_nan=False))) == report


def test_every_check_is_documented() -> None:
    assert all(function.__doc__ and tier == "model" for _, tier, function in CATALOGUE)
    assert len({name for name, _, _ in CATALOGUE}) == len(CATALOGUE)


def test_groups_are_in_text_order() -> None:
    groups = group_rows(Coded(codes=np.array([2, 0, 2], dtype=np.int32), values=("a", "absent", "b")))
    assert {name: index.tolist() for name, index in groups.items()} == {"a": [1], "b": [0, 2]}
    assert list(groups) == ["a", "b"]
