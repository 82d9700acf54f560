"""Golden sets, past failures, groups, the gap to training, simple models and changed examples through `mlgate run`."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.gate.conftest import Place, Ran
from tests.unit.gate.whole_gate import Rows, changed, checks, compare, judge, problems, project, verdicts

COLUMNS = "id: id, label: label, prediction: prediction, score: score"
METRICS = "accuracy: {tolerance: 0.02}, roc_auc: {tolerance: 0.02}"
NONE = "baseline: none"


def patients(n: int = 600, *, seed: int = 1, wrong: float = 0.15, harm: str = "") -> Rows:
    """Patients with names for ids; `harm` names a ward in which half of the predictions are turned around."""
    truth, model = random.Random(0), random.Random(seed)
    rows = []
    for number in range(n):
        label, ward = truth.choice(["ill", "well"]), truth.choice(["east", "west"])
        miss = model.random() < (0.55 if ward == harm else wrong)
        score = round(0.5 + (0.35 if (label == "ill") != miss else -0.35) + model.uniform(-0.1, 0.1), 4)
        rows.append(
            {
                "id": f"jane.doe.{number}@example.com",
                "label": label,
                "prediction": "ill" if score > 0.5 else "well",
                "score": score,
                "ward": ward,
                "age": truth.randint(18, 90),
            }
        )
    return rows


def clinic(*more: str, metrics: str = METRICS) -> str:
    return project(metrics, "positive: ill", *more, columns=COLUMNS)


def alone(place: Place, rows: Rows, *more: str, metrics: str = METRICS) -> Ran:
    """Judge a candidate without a baseline."""
    place.write("mlgate.yaml", clinic(NONE, *more, metrics=metrics))
    place.write_rows("out/candidate.csv", rows)
    return judge(place)


# Golden sets and past failures


GOLDEN = "golden: {path: data/golden.csv, may_move: 1}"


@pytest.mark.parametrize(("moved", "status", "code"), [(0, "pass", 0), (1, "pass", 0), (2, "fail", 1)])
def test_as_many_golden_examples_may_move_as_declared(place: Place, moved: int, status: str, code: int) -> None:
    rows = patients()
    other = {"ill": "well", "well": "ill"}
    place.write_rows(
        "data/golden.csv",
        [
            {"id": row["id"], "expected": other[row["prediction"]] if number < moved else row["prediction"]}
            for number, row in enumerate(rows[:20])
        ],
    )
    ran = alone(place, rows, GOLDEN)
    assert ran.code == code
    golden = ran.outcome("model/e/golden")
    assert golden["status"] == status
    assert golden["message"] == f"{moved} of 20 golden examples miss what is expected (1 may)"
    assert {key: golden["evidence"][key] for key in ("judged", "failing", "missing", "may_move")} == {
        "judged": 20,
        "failing": moved,
        "missing": 0,
        "may_move": 1,
    }


def test_a_golden_example_holds_in_every_run(place: Place) -> None:
    rows, other = patients(200), patients(200, seed=2)
    asked = [{"id": row["id"], "expected": row["prediction"]} for row in rows[:50]]
    place.write_rows("golden.csv", asked)
    place.write_rows("stay.csv", [{"id": row["id"]} for row in rows[:50] if row["prediction"] == row["label"]])
    seeds = "runs: [out/one.csv, out/two.csv]"
    golden = "golden: {path: golden.csv, must_stay_right: stay.csv}"
    text = project(METRICS, "positive: ill", NONE, seeds, golden, columns=COLUMNS, predictions="")
    place.write("mlgate.yaml", text)
    place.write_rows("out/one.csv", rows)
    place.write_rows("out/two.csv", other)
    ran = judge(place)
    for check in ("golden", "must_stay_right"):
        found = ran.outcome(f"model/e/{check}")
        assert found["status"] == "fail"
        assert found["message"].endswith("in run 2 of 2")
    place.write_rows("out/two.csv", rows)
    assert judge(place).outcome("model/e/golden")["status"] == "pass"


def test_every_golden_number_has_a_tolerance_of_its_own(place: Place) -> None:
    rows = [{"id": number, "label": 10.0, "prediction": 10.0 + number / 4} for number in range(40)]
    place.write("mlgate.yaml", project("mae: {}", NONE, "golden: {path: golden.csv}", columns="prediction: prediction"))
    place.write_rows("out/candidate.csv", rows)
    place.write("golden.csv", "id,expected,tolerance\n0,10,\n1,10,0.25\n2,10,0.5\n3,10,1\n")
    assert judge(place).outcome("model/e/golden")["status"] == "pass"
    place.write("golden.csv", "id,expected,tolerance\n0,10,\n1,10,0.25\n2,10,0.49\n3,10,1\n")
    ran = judge(place)
    assert ran.code == 1
    assert ran.outcome("model/e/golden")["evidence"]["examples"] == [
        {"id": "* (1 character)", "found": "off by 0.5, 0.49 allowed"}
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,expected\n", "is empty"),
        ("id,wanted\na,ill\n", "has no column 'expected'"),
        ("name,expected\na,ill\n", "has no column 'id'"),
        ("id,expected\na,ill\na,ill\n", "repeats an id in 1 of 2 rows"),
        ("id,expected\na,\n", "is missing in 1 of 1 rows"),
        ("id,expected\nnobody,ill\n", "1 more are not among the candidate's rows"),
        ("id,expected,tolerance\nnobody,ill,-1\n", "values that are not numbers"),
        ("id,expected,tolerance\njane.doe.0@example.com,0.5,-1\n", "1 tolerances of the golden set are negative"),
        ("id,expected\na,b,c,d\n", "rows"),
        ("", "is empty (0 bytes)"),
        (None, "does not exist"),
    ],
)
def test_a_golden_file_that_cannot_be_judged_is_an_error(place: Place, text: str | None, words: str) -> None:
    if text is not None:
        place.write("golden.csv", text)
    ran = alone(place, patients(100), "golden: {path: golden.csv}")
    assert ran.code == 3
    outcome = ran.outcome("model/e/golden")
    assert outcome["status"] == "error"
    assert words in outcome["message"]


def test_past_failures_must_stay_right(place: Place) -> None:
    rows = patients()
    right = [row["id"] for row in rows if row["label"] == row["prediction"]]
    wrong = [row["id"] for row in rows if row["label"] != row["prediction"]]
    policy = "golden: {must_stay_right: data/failures.csv}"
    place.write_rows("data/failures.csv", [{"id": name, "since": "2026-01-01"} for name in right[:15]])
    assert alone(place, rows, policy).outcome("model/e/must_stay_right")["status"] == "pass"
    place.write_rows("data/failures.csv", [{"id": name, "since": ""} for name in [*right[:15], *wrong[:2]]])
    ran = alone(place, rows, policy)
    assert ran.code == 1
    outcome = ran.outcome("model/e/must_stay_right")
    assert outcome["message"] == "2 of 17 past failures are wrong again"
    assert [each["found"] for each in outcome["evidence"]["examples"]] == ["wrong again"] * 2
    for names, words in (
        ([*right[:5], "deleted"], "1 more are not among"),
        ([], "is empty"),
        ([""], "is missing in 1"),
    ):
        place.write("data/failures.csv", "id,since\n" + "".join(f"{name},\n" for name in names))
        ran = alone(place, rows, policy)
        assert ran.code == 3
        assert words in ran.outcome("model/e/must_stay_right")["message"]


def test_numbers_are_neither_right_nor_wrong(place: Place) -> None:
    rows = [{"id": number, "label": 1.5 + number, "prediction": 1.5 + number} for number in range(50)]
    place.write(
        "mlgate.yaml", project("mae: {}", NONE, "golden: {must_stay_right: ids.csv}", columns="prediction: prediction")
    )
    place.write_rows("out/candidate.csv", rows)
    place.write("ids.csv", "id,since\n3,2026\n")
    ran = judge(place)
    assert ran.code == 3
    assert "neither right nor wrong" in problems(ran)


# Groups


def loans(n: int, rates: dict[str, float]) -> Rows:
    """Applicants who get a loan as often as the rate of their group says; as many are good for it in each."""
    rng = random.Random(3)
    rows = []
    for number in range(n):
        group = list(rates)[number % len(rates)]
        rows.append(
            {
                "id": number,
                "label": ["ill", "well"][number // len(rates) % 2],
                "prediction": "ill" if rng.random() < rates[group] else "well",
                "score": 0.5,
                "ward": group,
            }
        )
    return rows


RATIO, ODDS = "model/e/fairness/ward/demographic_parity_ratio", "model/e/fairness/ward/equalized_odds_difference"


@pytest.mark.parametrize(("blocking", "status", "code"), [(True, "fail", 1), (False, "warn", 0)])
def test_a_proven_gap_between_groups(place: Place, *, blocking: bool, status: str, code: int) -> None:
    policy = f"fairness: [{{column: ward, blocking: {str(blocking).lower()}}}]"
    ran = alone(place, loans(1200, {"east": 0.6, "west": 0.25}), policy, metrics="accuracy: {}")
    assert ran.code == code
    for name in (RATIO, ODDS):
        outcome = ran.outcome(name)
        assert outcome["status"] == status
        evidence = outcome["evidence"]
        assert evidence["finding"] == "violation"
        assert evidence["low"] <= evidence["candidate"] <= evidence["high"]
        assert (evidence["baseline"], evidence["change"]) == (None, None)
        assert all(entry["baseline"] is None for entry in evidence["groups"])
    assert ran.outcome(RATIO)["evidence"]["between"] == ["west", "east"]


def test_groups_that_do_not_differ_hold_and_few_rows_cannot_tell(place: Place) -> None:
    policy = "fairness: [{column: ward, min_ratio: 0.8, max_odds_difference: 0.15, blocking: true}]"
    ran = alone(place, loans(4000, {"east": 0.5, "west": 0.5}), policy, metrics="accuracy: {}")
    assert ran.code == 0
    assert [ran.outcome(name)["evidence"]["finding"] for name in (RATIO, ODDS)] == ["holds", "holds"]
    assert [ran.outcome(name)["status"] for name in (RATIO, ODDS)] == ["pass", "pass"]
    ran = alone(place, loans(160, {"east": 0.5, "west": 0.5}), policy, metrics="accuracy: {}")
    assert ran.code == 0
    few = ran.outcome(RATIO)
    assert (few["status"], few["evidence"]["finding"]) == ("warn", "cannot tell")
    assert few["evidence"]["rows_needed"] > 160


def test_a_gap_is_compared_with_the_baselines_where_there_is_one(place: Place) -> None:
    text = clinic("fairness: [{column: ward}]", metrics="accuracy: {tolerance: 0.3}")
    ran = compare(place, text, loans(1200, {"east": 0.5, "west": 0.5}), loans(1200, {"east": 0.6, "west": 0.25}))
    evidence = ran.outcome(RATIO)["evidence"]
    assert evidence["baseline"] > 0.85
    assert evidence["change"]["low"] <= evidence["change"]["delta"] <= evidence["change"]["high"] < 0


@pytest.mark.parametrize(
    ("rates", "edit", "words"),
    [
        ({"east": 0.5}, {}, "two groups are needed, and only east can be evaluated"),
        ({"east": 0.0, "west": 0.0}, {}, "no row of any group is predicted as the positive class"),
        ({f"g{number}": 0.5 for number in range(60)}, {}, "no group can be evaluated"),
        ({"east": 0.5, "west": 0.5}, {"prediction": "well"}, "no row of any group is predicted as the positive class"),
    ],
)
def test_groups_that_cannot_be_judged_are_an_error(
    place: Place, rates: dict[str, float], edit: dict[str, Any], words: str
) -> None:
    ran = alone(
        place,
        changed(loans(600, rates), lambda _row: edit),
        "fairness: [{column: ward, blocking: true}]",
        metrics="accuracy: {}",
    )
    assert ran.code == 3
    assert words in problems(ran)


def test_a_fairness_column_that_is_absent_is_an_error(place: Place) -> None:
    ran = alone(place, patients(100), "fairness: [{column: sex}]")
    assert ran.code == 3
    assert "column 'sex' is absent" in problems(ran)


# Training rows


TRAIN = "train_predictions: out/train.csv"


@pytest.mark.parametrize(
    ("wrong", "most", "n_rows", "status", "code"),
    [(0.0, 0.05, 900, "fail", 1), (0.15, 0.08, 900, "pass", 0), (0.15, 0.01, 100, "warn", 0)],
)
def test_a_gap_to_training_rows(place: Place, wrong: float, most: float, n_rows: int, status: str, code: int) -> None:
    place.write_rows("out/train.csv", patients(n_rows, seed=5, wrong=wrong))
    ran = alone(place, patients(n_rows), TRAIN, f"max_gap: {most}", metrics="accuracy: {}")
    assert ran.code == code
    outcome = ran.outcome("model/e/train_test_gap/accuracy")
    assert outcome["status"] == status
    evidence = outcome["evidence"]
    assert evidence["low"] < evidence["gap"] < evidence["high"]
    assert evidence["gap"] == pytest.approx(evidence["train"] - evidence["test"])
    assert evidence["bound"] == most


def test_a_gap_is_told_of_every_metric_also_without_a_bound(place: Place) -> None:
    place.write_rows("out/train.csv", patients(600, seed=5, wrong=0.0))
    text = clinic(
        TRAIN, metrics="accuracy: {tolerance: 0.05}, roc_auc: {tolerance: 0.05}, brier: {tolerance: 20%}, f1: {}"
    )
    ran = compare(place, text, patients(), patients())
    assert ran.code == 0
    found = checks(ran, "train_test_gap")
    assert [outcome["status"] for outcome in found] == ["pass"] * 4
    assert all(outcome["evidence"]["gap"] > 0 for outcome in found)


@pytest.mark.parametrize(
    ("train", "words"),
    [
        (lambda _: [], "zero rows"),
        (lambda rows: [*rows, rows[0]], "repeats an id"),
        (lambda rows: changed(rows, lambda _: {"score": "nan"}), "is not a finite number"),
        (lambda rows: changed(rows, lambda _: {"label": "ill"}), "needs labels of two classes"),
        (lambda rows: [{"id": row["id"], "label": row["label"]} for row in rows], "is absent"),
    ],
)
def test_training_rows_that_cannot_be_judged_are_an_error_that_names_them(
    place: Place, train: Callable[[Rows], Rows], words: str
) -> None:
    place.write_rows("out/train.csv", train(patients(100)))
    ran = alone(place, patients(), TRAIN, "max_gap: 0.5")
    assert ran.code == 3
    message = ran.outcome("model/e/train_test_gap")["message"]
    assert words in message
    assert "training set" in message
    assert "baseline" not in message


def test_a_metric_that_training_rows_do_not_define_leaves_the_others(place: Place) -> None:
    place.write_rows("out/train.csv", changed(patients(200), lambda row: {"score": 2 * row["score"]}))
    ran = alone(place, patients(), TRAIN, "max_gap: 0.5", metrics="accuracy: {}, brier: {}, roc_auc: {}")
    assert ran.code == 3
    assert {outcome["id"]: outcome["status"] for outcome in checks(ran, "train_test_gap")} == {
        "model/e/train_test_gap/accuracy": "pass",
        "model/e/train_test_gap/brier": "error",
        "model/e/train_test_gap/roc_auc": "pass",
    }
    assert "have a score outside 0..1" in ran.outcome("model/e/train_test_gap/brier")["message"]


# Simple models


@pytest.mark.parametrize(("wrong", "status", "code"), [(0.15, "pass", 0), (0.5, "warn", 0), (0.8, "fail", 1)])
def test_the_majority_has_to_be_beaten(place: Place, wrong: float, status: str, code: int) -> None:
    ran = alone(place, patients(400, wrong=wrong), "simple_baseline: majority", metrics="accuracy: {}")
    assert ran.code == code
    outcome = ran.outcome("model/e/simple_baseline")
    assert outcome["status"] == status
    assert "always" in outcome["message"]


def test_a_model_that_is_the_majority_fails(place: Place) -> None:
    rows = [{"id": n, "label": "ill" if n % 10 else "well", "prediction": "ill", "score": 0.9} for n in range(300)]
    ran = alone(place, rows, "simple_baseline: majority", metrics="accuracy: {min: 0.85}")
    assert ran.code == 1
    assert ran.outcome("model/e/accuracy/min")["status"] == "pass"
    assert ran.outcome("model/e/simple_baseline")["evidence"]["finding"] == "not better"


@pytest.mark.parametrize(("noise", "status"), [(1.0, "pass"), (12.0, "fail")])
@pytest.mark.parametrize("kind", ["mean", "last_value"])
def test_numbers_have_to_beat_the_mean_or_the_last_value(place: Place, kind: str, noise: float, status: str) -> None:
    rng = random.Random(2)
    rows, value = [], 0.0
    for day in range(200):
        value = 0.5 * value + rng.gauss(0, 4)
        rows.append({"id": day, "label": value, "prediction": value + rng.gauss(0, noise), "day": day})
    columns = "prediction: prediction, time: day"
    place.write("mlgate.yaml", project("mae: {}", NONE, f"simple_baseline: {kind}", columns=columns))
    place.write_rows("out/candidate.csv", rows)
    ran = judge(place)
    assert ran.outcome("model/e/simple_baseline")["status"] == status, ran.outcome("model/e/simple_baseline")
    assert ran.code == (1 if status == "fail" else 0)


@pytest.mark.parametrize(
    ("kind", "metrics", "words"),
    [
        ("last_value", "accuracy: {}", "labels and predictions are no numbers"),
        ("mean", "accuracy: {}", "labels and predictions are no numbers"),
        ("majority", "ece: {}", "no declared metric can be computed for it"),
    ],
)
def test_a_simple_model_that_does_not_exist_for_the_rows_is_an_error(
    place: Place, kind: str, metrics: str, words: str
) -> None:
    ran = alone(place, patients(200), f"simple_baseline: {kind}", metrics=metrics)
    assert ran.code == 3
    assert words in ran.outcome("model/e/simple_baseline")["message"]


# Changed examples and slices


def test_flips_of_all_rows_and_of_the_slice_that_regressed(place: Place) -> None:
    before, after = patients(), patients(seed=1, harm="west")
    ran = compare(
        place,
        clinic(
            "slices: [ward]",
            "discover: [age]",
        ),
        before,
        after,
    )
    assert ran.code == 1
    assert verdicts(ran)["accuracy/ward=west"] == "regression"
    by_slice = {str(outcome["evidence"]["slice"]): outcome["evidence"] for outcome in checks(ran, "flips")}
    assert set(by_slice) == {"None", "{'ward': 'west'}"}
    wrong = [b["label"] == b["prediction"] != a["prediction"] for b, a in zip(before, after, strict=True)]
    west = [flag and row["ward"] == "west" for flag, row in zip(wrong, after, strict=True)]
    assert by_slice["None"]["turned_wrong"] == sum(wrong)
    assert by_slice["{'ward': 'west'}"]["turned_wrong"] == sum(west)
    assert len(by_slice["{'ward': 'west'}"]["worst"]) >= 5
    assert by_slice["None"]["confusion"]["cells"]
    assert by_slice["None"]["calibration"]
    (listed,) = checks(ran, "look_at_these")
    assert listed["status"] in ("pass", "warn")
    assert any(entry["slice"] == {"ward": "west"} for entry in listed["evidence"]["listed"])


def test_slices_that_nobody_declared_are_searched_for_and_never_block(place: Place) -> None:
    before = patients(1500)
    text = clinic("discover: [ward, age]", metrics="accuracy: {tolerance: 0.4}")
    ran = compare(place, text, before, patients(1500, harm="west"))
    assert ran.code == 0
    (found,) = checks(ran, "slice_discovery")
    assert found["status"] == "warn"
    assert found["evidence"]["slices"][0]["slice"] == {"ward": "west"}
    same = compare(place, text, before, before)
    assert [outcome["status"] for outcome in checks(same, "slice_discovery")] == ["pass"]


def flipped(before: Rows, after: Rows) -> set[str]:
    return {str(b["id"]) for b, a in zip(before, after, strict=True) if b["prediction"] != a["prediction"]}


@pytest.mark.parametrize("privacy", ["none", "masked", "full"])
def test_of_single_rows_no_more_appears_than_privacy_allows(place: Place, privacy: str) -> None:
    before, after = patients(), patients(seed=1, harm="west")
    wrong = [row["id"] for row in after if row["label"] != row["prediction"]]
    place.write_rows("golden.csv", [{"id": name, "expected": "neither"} for name in wrong[:8]])
    place.write_rows("failures.csv", [{"id": name, "since": "2026"} for name in wrong[:8]])
    text = clinic(
        "slices: [ward]", "golden: {path: golden.csv, must_stay_right: failures.csv}", "fairness: [{column: ward}]"
    )
    ran = compare(place, f"{text}privacy: {{examples: {privacy}}}\n", before, after)
    assert ran.code == 1
    flips = checks(ran, "flips")
    assert {outcome["evidence"]["privacy"] for outcome in flips} == {privacy}
    shown = [example["id"] for outcome in flips for example in outcome["evidence"]["worst"]]
    golden = [ran.outcome(f"model/e/{name}")["evidence"]["examples"] for name in ("golden", "must_stay_right")]
    files = {
        name: (place.root / "out/report" / name).read_text(encoding="utf-8")
        for name in ("report.json", "report.md", "report.html", "junit.xml")
    }
    if privacy == "full":
        assert set(shown) <= flipped(before, after)
        assert shown[0] in files["report.md"]
        assert {example["id"] for examples in golden for example in examples} == set(wrong[:8])
        return
    assert len(shown) == (0 if privacy == "none" else 20)
    assert not any("score_after" in example for outcome in flips for example in outcome["evidence"]["worst"])
    assert [len(examples) for examples in golden] == ([0, 0] if privacy == "none" else [8, 8])
    for name, content in files.items():
        assert "example.com" not in content, name
        assert "jane.doe" not in content, name
    assert "j***" not in files["report.md"]
    assert "(24 characters)" not in files["report.md"]
    for side in (place.mlgate("run", "--format", form) for form in ("text", "markdown", "github", "sarif")):
        assert "example.com" not in side.out + side.err


def test_nothing_is_compared_and_all_else_is_judged_without_a_baseline(place: Place) -> None:
    rows = patients()
    right = [row["id"] for row in rows if row["label"] == row["prediction"]]
    place.write_rows("golden.csv", [{"id": row["id"], "expected": row["prediction"]} for row in rows[:5]])
    place.write_rows("failures.csv", [{"id": name, "since": ""} for name in right[:5]])
    place.write_rows("out/train.csv", patients(seed=4))
    ran = alone(
        place,
        rows,
        "golden: {path: golden.csv, must_stay_right: failures.csv}",
        "fairness: [{column: ward}]",
        TRAIN,
        "max_gap: 0.2",
        "simple_baseline: majority",
        "slices: [ward]",
    )
    assert ran.code == 0
    statuses = ran.statuses()
    assert statuses.pop("model/e/baseline") == "warn"
    assert not {name for name in statuses if "flips" in name or name.endswith("/accuracy/ward=west")}
    assert {name.split("/")[2] for name in statuses} == {
        "golden",
        "must_stay_right",
        "fairness",
        "train_test_gap",
        "simple_baseline",
    }
    assert "fail" not in statuses.values()


def test_a_baseline_that_is_gone_leaves_what_the_candidate_is_asked_alone(place: Place) -> None:
    rows = patients()
    place.write_rows("golden.csv", [{"id": rows[0]["id"], "expected": "neither"}])
    text = clinic("golden: {path: golden.csv}", "simple_baseline: majority")
    place.write("mlgate.yaml", text)
    place.write_rows("out/candidate.csv", rows)
    ran = judge(place)
    assert ran.code == 1
    assert ran.statuses() == {
        "model/e/baseline": "error",
        "model/e/golden": "fail",
        "model/e/simple_baseline": "pass",
    }


def test_a_candidate_that_cannot_be_read_is_one_error_and_nothing_passes(place: Place) -> None:
    rows = patients()
    place.write_rows("golden.csv", [{"id": rows[0]["id"], "expected": rows[0]["prediction"]}])
    ran = alone(place, changed(rows, lambda _: {"score": "nan"}), "golden: {path: golden.csv}")
    assert ran.code == 3
    assert "pass" not in ran.statuses().values()


def test_the_report_names_what_it_was_told_in_strict_json(place: Place) -> None:
    ran = compare(place, clinic("slices: [ward]"), patients(), patients(seed=2))
    text = json.dumps(ran.report)
    assert "NaN" not in text
    assert "Infinity" not in text
