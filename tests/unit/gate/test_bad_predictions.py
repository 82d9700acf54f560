"""Every kind of odd or broken predictions file through `mlgate run`: one clear outcome each, and no figure is made up."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.gate.conftest import Place
from tests.unit.gate.test_evaluation_kinds import BINARY, BINARY_METRICS, KINDS, make, weighted_rows, write_as
from tests.unit.gate.whole_gate import Rows, changed, checks, compare, judge, problems, project, verdicts

BEFORE, AFTER = weighted_rows(), weighted_rows(seed=2)
TEXT = project(BINARY_METRICS, "positive: 1", columns=BINARY)
Edit = Callable[[Rows], Rows]


def every(**values: Any) -> Edit:
    return lambda rows: changed(rows, lambda _: values)


def first(n: int, **values: Any) -> Edit:
    return lambda rows: [*changed(rows[:n], lambda _: values), *rows[n:]]


BOTH: dict[str, tuple[Edit, int, str]] = {
    "one class": (every(label=1), 3, "roc_auc of the candidate needs labels of two classes"),
    "one class, not the positive": (every(label=0), 3, "two classes"),
    "three classes": (first(5, label=2), 3, "two classes"),
    "n = 1": (lambda rows: rows[:1], 3, "two classes"),
    "no rows": (lambda _: [], 3, "zero rows"),
    "score outside 0..1": (first(3, score=1.5), 3, "3 of 400 rows have a score outside 0..1"),
    "score that is text": (first(1, score="high"), 3, "values that are not numbers"),
    "score NaN": (first(2, score="NaN"), 3, "is not a finite number in 2 of 400 rows"),
    "score infinite": (first(2, score="-inf"), 3, "is not a finite number in 2 of 400 rows"),
    "score missing": (first(2, score=""), 3, "is not a finite number in 2 of 400 rows"),
    "label missing": (first(2, label=""), 3, "column 'label' of the candidate is missing in 2"),
    "prediction missing": (first(2, prediction=""), 3, "column 'prediction' of the candidate is missing in 2"),
    "id missing": (first(1, id=""), 3, "column 'id' of the candidate is missing in 1"),
    "id twice": (first(2, id=7), 3, "repeats an id"),
    "labels as words": (lambda rows: changed(rows, lambda r: {"label": "yes" if r["label"] else "no"}), 3, "no label"),
}


@pytest.mark.parametrize("case", BOTH)
def test_what_is_wrong_on_both_sides(place: Place, case: str) -> None:
    edit, code, words = BOTH[case]
    ran = compare(place, TEXT, edit(BEFORE), edit(AFTER))
    assert ran.code == code, problems(ran)
    assert words in problems(ran)


@pytest.mark.parametrize("case", [name for name in BOTH if name not in ("score outside 0..1", "n = 1")])
def test_what_is_wrong_in_the_baseline_alone_leaves_the_bounds(place: Place, case: str) -> None:
    edit = BOTH[case][0]
    text = TEXT.replace("f1: {", "f1: {min: 0.3, ")
    ran = compare(place, text, edit(BEFORE), AFTER)
    assert ran.code == 3
    assert ran.outcome("model/e/f1/min")["status"] == "pass"
    assert "baseline" in problems(ran)


def test_one_row_of_identical_models_is_equivalent_and_another_prediction_is_no_pass(place: Place) -> None:
    text = project("accuracy: {tolerance: 0.02}", columns=BINARY)
    same = compare(place, text, BEFORE[:1], BEFORE[:1])
    assert (same.code, verdicts(same)) == (0, {"accuracy": "equivalent"})
    rows = BEFORE[:6]
    wrong = changed(rows, lambda row: {"prediction": row["label"] if row["id"] else 1 - row["label"]})
    right = changed(rows, lambda row: {"prediction": row["label"]})
    ran = compare(place, text, right, wrong)
    assert ran.outcome("model/e/accuracy")["status"] == "warn"
    assert verdicts(ran) == {"accuracy": "inconclusive"}


def test_constant_scores_are_worth_nothing_and_never_a_pass(place: Place) -> None:
    constant = changed(AFTER, lambda _: {"score": 0.5})
    ran = compare(place, TEXT, BEFORE, constant)
    assert ran.code == 1
    assert verdicts(ran)["roc_auc"] == "regression"
    assert ran.outcome("model/e/roc_auc")["evidence"]["candidate"] == 0.5
    same = compare(place, TEXT, constant, constant)
    assert same.code == 0
    assert set(verdicts(same).values()) == {"equivalent"}


def test_ties_everywhere(place: Place) -> None:
    rounded = [changed(rows, lambda row: {"score": round(row["score"])}) for rows in (BEFORE, AFTER)]
    ran = compare(place, TEXT, *rounded)
    assert ran.code == 0, problems(ran)
    assert verdicts(ran).keys() == {"accuracy", "f1", "roc_auc", "brier"}


def test_one_class_is_enough_for_metrics_that_need_no_other(place: Place) -> None:
    text = project("accuracy: {tolerance: 0.05}, recall: {tolerance: 0.05}", "positive: 1", columns=BINARY)
    one = [changed(rows, lambda _: {"label": 1}) for rows in (BEFORE, AFTER)]
    ran = compare(place, text, *one)
    assert ran.code == 0, problems(ran)
    assert verdicts(ran).keys() == {"accuracy", "recall"}


# Slices


def test_a_slice_of_one_class_and_a_small_one_are_not_evaluable_and_do_not_pass(place: Place) -> None:
    def edit(rows: Rows) -> Rows:
        return [
            {
                **row,
                "ward": "one class" if number < 80 else "small" if number < 95 else "",
                "label": 1 if number < 80 else row["label"],
            }
            for number, row in enumerate(rows)
        ]

    text = project("roc_auc: {tolerance: 0.05}", "positive: 1", "slices: [ward]", columns=BINARY)
    ran = compare(place, text, edit(BEFORE), edit(AFTER))
    assert ran.code == 0, problems(ran)
    for value, words in (("one class", "0 negative rows, 30 needed"), ("small", "15 rows, 50 needed")):
        outcome = ran.outcome(f"model/e/roc_auc/ward={value.replace(' ', '%20')}")
        assert (outcome["status"], outcome["evidence"]["verdict"]) == ("warn", "inconclusive")
        assert f"not evaluable: {words}" in outcome["message"] or "undefined" in outcome["message"]
    assert "model/e/roc_auc/ward=%28missing%29" in ran.statuses()


def test_ten_thousand_slice_values_are_an_error(place: Place) -> None:
    rows = [{"id": n, "label": n % 2, "prediction": n % 2, "customer": f"c{n}"} for n in range(10_000)]
    text = project("accuracy: {tolerance: 0.02}", "slices: [customer]", columns="prediction: prediction")
    ran = compare(place, text, rows, rows)
    assert ran.code == 3
    assert "slice column customer has 10,000 distinct values: it looks like an identifier" in problems(ran)
    assert verdicts(ran) == {"accuracy": "equivalent"}


ODD = [
    "a,b",
    'say "hi"',
    "x|y",
    "line\nbreak",
    "tab\there",
    "日本語",
    "é",
    "e\u0301",
    "<script>alert(1)</script>",
    "@everyone",
    "=1+1",
    " space ",
    "sex=F",
    "a/b",
    "..",
    "100%",
    "%2F",
    "NULL",
    "None",
    "`code`",
    "\u202eright",
    "a" * 300,
]


def test_slice_values_of_every_kind_stay_apart_and_cannot_forge_a_report(place: Place) -> None:
    rows = [{"id": n, "label": n % 2, "prediction": n % 2, 'k|,\n"=': ODD[n % len(ODD)]} for n in range(60 * len(ODD))]
    worse = changed(rows, lambda row: {"prediction": 1 - row["label"]} if row['k|,\n"='] == "x|y" else {})
    text = project("accuracy: {tolerance: 0.02}", 'slices: ["k|,\\n\\"="]', columns="prediction: prediction")
    ran = compare(place, text, rows, worse)
    assert ran.code == 1
    found = [outcome for outcome in checks(ran, "metric_change") if outcome["evidence"]["slice"]]
    assert [outcome["evidence"]["slice"]['k|,\n"='] for outcome in found] == sorted(ODD)
    assert [outcome["evidence"]["n"] for outcome in found] == [60] * len(ODD)
    regressed = [o["evidence"]["slice"]['k|,\n"='] for o in found if o["evidence"]["verdict"] == "regression"]
    assert regressed == ["x|y"]
    page = (place.root / "out/report/report.md").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "<script>alert" not in (place.root / "out/report/report.html").read_text(encoding="utf-8")
    assert not any("\n" in outcome["message"] for outcome in ran.report["outcomes"])


def test_a_slice_that_vanished_or_was_renamed_is_an_error(place: Place) -> None:
    before = [{**row, "ward": "ab"[number % 2]} for number, row in enumerate(BEFORE)]
    after = changed(before, lambda row: {"ward": "B" if row["ward"] == "b" else row["ward"]})
    text = project("accuracy: {tolerance: 0.02}", "slices: [ward]", columns=BINARY)
    ran = compare(place, text, before, after)
    assert ran.code == 3
    assert "slice ward=b vanished: 200 rows in the baseline, 0 to compare" in problems(ran)


# Weights and groups


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (every(importance=0), "is 0 in every row"),
        (first(3, importance=-1), "is below 0 in 3 of 400 rows"),
        (first(1, importance="nan"), "is not a finite number"),
        (first(1, importance=""), "is not a finite number"),
        (first(1, importance="inf"), "is not a finite number"),
        (lambda rows: [{k: v for k, v in row.items() if k != "importance"} for row in rows], "'importance' is absent"),
    ],
)
def test_weights_that_cannot_be_used(place: Place, weights: Edit, words: str) -> None:
    text = project(BINARY_METRICS, "positive: 1", columns=f"{BINARY}, weight: importance")
    ran = compare(place, text, weights(BEFORE), weights(AFTER))
    assert ran.code == 3
    assert words in problems(ran)


def test_rows_that_weigh_nothing_count_for_nothing(place: Place) -> None:
    text = project(BINARY_METRICS, "positive: 1", columns=f"{BINARY}, weight: importance")
    half = [changed(rows, lambda row: {"importance": row["id"] % 2}) for rows in (BEFORE, AFTER)]
    ran = compare(place, text, *half)
    kept = compare(place, text, *([row for row in rows if row["id"] % 2] for rows in half))
    for name in ("accuracy", "f1", "roc_auc", "brier"):
        one, other = (each.outcome(f"model/e/{name}")["evidence"] for each in (ran, kept))
        assert one["delta"] == pytest.approx(other["delta"], abs=1e-12)
        assert one["effective_rows"] == pytest.approx(200)


@pytest.mark.parametrize("scale", [1e-50, 1e50])
def test_a_common_factor_of_the_weights_changes_nothing(place: Place, scale: float) -> None:
    text = project(BINARY_METRICS, "positive: 1", columns=f"{BINARY}, weight: importance")
    plain = compare(place, text, BEFORE, AFTER)
    scaled = [changed(rows, lambda row: {"importance": row["importance"] * scale}) for rows in (BEFORE, AFTER)]
    ran = compare(place, text, *scaled)
    assert verdicts(ran) == verdicts(plain)


def test_fractions_count_no_rows(place: Place) -> None:
    text = project("accuracy: {}", "weights: frequency", columns=f"{BINARY}, weight: importance")
    ran = compare(place, text, BEFORE, AFTER)
    assert ran.code == 3
    assert "is no whole number" in problems(ran)


def test_groups_of_one_row_are_rows_and_one_group_of_all_says_nothing(place: Place) -> None:
    text = project(
        "accuracy: {tolerance: 0.03}, f1: {tolerance: 0.05}", "positive: 1", columns=f"{BINARY}, group: patient"
    )
    single = [changed(rows, lambda row: {"patient": f"p{row['id']}"}) for rows in (BEFORE, AFTER)]
    ran = compare(place, text, *single)
    assert ran.code == 0, problems(ran)
    assert ran.outcome("model/e/accuracy")["evidence"]["groups"] == 400
    one = [changed(rows, lambda _: {"patient": "all"}) for rows in (BEFORE, AFTER)]
    ran = compare(place, text, *one)
    assert ran.code == 3
    assert "1 groups, 10 needed" in problems(ran)
    assert set(verdicts(ran).values()) == {"invalid"}


# Ids


def test_ids_of_different_types_are_paired_by_their_text(place: Place) -> None:
    place.write("mlgate.yaml", TEXT.replace("base/predictions.csv", "base/predictions.parquet"))
    place.write_rows("out/candidate.csv", AFTER)
    (place.root / "base").mkdir()
    for convert in (int, str, float):
        write_as(place, "base/predictions.parquet", [row | {"id": convert(row["id"])} for row in BEFORE])
        ran = judge(place)
        assert ran.code == 0, problems(ran)
        assert ran.outcome("model/e/overlap")["message"] == "both sides have the same 400 ids"


@pytest.mark.parametrize(
    ("spell", "words"),
    [
        (lambda number: f"{number:05}", "leading zeros"),
        (lambda number: f"{number}.0", "decimals"),
        (lambda number: f"row {number}", ""),
    ],
)
def test_ids_of_another_spelling_are_not_guessed(place: Place, spell: Callable[[int], str], words: str) -> None:
    ran = compare(place, TEXT, BEFORE, changed(AFTER, lambda row: {"id": spell(row["id"])}))
    assert ran.code == 3
    assert "not comparable: both sides have" in problems(ran)
    assert words in problems(ran)


def test_a_few_rows_more_on_one_side_are_a_warning(place: Place) -> None:
    ran = compare(place, TEXT, BEFORE[:398], AFTER)
    assert ran.code == 0
    overlap = ran.outcome("model/e/overlap")
    assert overlap["status"] == "warn"
    assert overlap["evidence"] == {"n": 398, "only_baseline": 0, "only_candidate": 2}
    assert ran.outcome("model/e/accuracy")["evidence"]["n"] == 398


def test_a_hard_row_cannot_be_dropped_in_silence(place: Place) -> None:
    wrong = {row["id"] for row in AFTER if row["label"] != row["prediction"]}
    ran = compare(place, TEXT, BEFORE, [row for row in AFTER if row["id"] not in wrong])
    assert ran.code == 3
    assert "not comparable" in problems(ran)


# Numbers


@pytest.mark.parametrize(
    ("label", "prediction", "metrics", "words"),
    [
        (0.0, 1.0, "mape: {}", "60 of 60 rows have the label 0"),
        (5.0, 5.0, "r2: {}", ""),
        (1e200, -1e200, "mse: {}", ""),
    ],
)
def test_numbers_that_define_no_metric(place: Place, label: float, prediction: float, metrics: str, words: str) -> None:
    rng = random.Random(1)
    sides = [
        [{"id": n, "label": label, "prediction": prediction * (1 - 0.1 * rng.random())} for n in range(60)]
        for _ in range(2)
    ]
    ran = compare(place, project(metrics, columns="prediction: prediction"), *sides)
    assert ran.code == 3, ran.report["outcomes"]
    assert words in problems(ran)
    assert set(verdicts(ran).values()) == {"invalid"}


def test_a_perfect_baseline_and_a_relative_tolerance(place: Place) -> None:
    before = [{"id": n, "label": float(n), "prediction": float(n)} for n in range(60)]
    after = changed(before, lambda row: {"prediction": row["label"] + 0.5})
    ran = compare(place, project("mae: {tolerance: 5%}", columns="prediction: prediction"), before, after)
    assert ran.code == 3
    assert "a relative tolerance needs a baseline that is not 0" in problems(ran)
    same = compare(place, project("mae: {tolerance: 5%}", columns="prediction: prediction"), before, before)
    assert (same.code, verdicts(same)) == (0, {"mae": "equivalent"})


@pytest.mark.parametrize(
    ("columns", "metrics", "change", "words"),
    [
        ("label: y, prediction: q90, low: lower, high: upper", "interval_coverage: {}", {"lower": 99}, "is above"),
        ("nll: nll, tokens: tokens", "perplexity: {}", {"tokens": 0}, "is not above 0"),
        ("latency: took", "latency_p95_ms: {}", {"took": -1}, "is below 0"),
        ("label: sales, prediction: forecast, series: shop, time: day", "mae: {}", {"day": "soon"}, "column 'day'"),
        ("label: sales, prediction: forecast, series: shop, time: day", "mae: {}", {"day": ""}, "column 'day'"),
        ("label: relevance, score: score, query: question", "ndcg: {}", {"relevance": -1}, "relevance"),
        ("label: relevance, score: score, query: question", "ndcg: {}", {"question": ""}, "column 'question'"),
        ("label: reference, prediction: answer", "bleu: {}", {"answer": ""}, "column 'answer'"),
        ("label: [is_a, is_b, is_c], prediction: [says_a, says_b, says_c]", "f1_macro: {}", {"is_a": 2}, "'is_a'"),
        ("label: label, prediction: prediction", "c: {column: cost, higher_is_better: true}", {"cost": "x"}, "'cost'"),
    ],
)
def test_a_single_value_of_the_wrong_form_is_an_error(
    place: Place, columns: str, metrics: str, change: dict[str, Any], words: str
) -> None:
    kind = next(kind for kind in KINDS.values() if set(change) <= set(make(kind)[0]))
    before, after = (make(kind, seed=seed) for seed in (1, 2))
    broken = [[{**rows[0], **change}, *rows[1:]] for rows in (before, after)]
    ran = compare(place, project(metrics, columns=columns), *broken)
    assert ran.code == 3
    assert words in problems(ran)
