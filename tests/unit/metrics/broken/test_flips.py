"""Examples that changed: counts, order, privacy, and what is known of each kind of prediction."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.evaluation import Columns
from mlgate.metrics.broken.flips import all_flips, flips, rows_of
from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Sample
from mlgate.outcome import Status, to_json
from tests.unit.metrics.broken.samples import build_evaluation, class_pair, number_pair, pair, shuffled, texts

EVALUATION = build_evaluation()


def facts(paired: Paired, **settings: Any) -> dict[str, Any]:
    found = flips(EVALUATION, paired, **settings)
    assert found is not None
    assert found.status is Status.PASS
    assert found.check == "flips"
    told: dict[str, Any] = json.loads(json.dumps(to_json(found.evidence), allow_nan=False))
    return told


def ids(listed: list[dict[str, Any]]) -> list[str]:
    return [example["id"] for example in listed]


def binary(n_rows: int = 40) -> Paired:
    """Labels all yes; rows 3, 5 and 20 to 27 turn wrong, row 7 turns right; 5 loses most, then 3, then by id."""
    wrong = [3, 5, *range(20, 28)]
    before = ["no" if row in (7, 30) else "yes" for row in range(n_rows)]
    after = ["no" if row in wrong or row == 30 else "yes" for row in range(n_rows)]
    scores = np.full(n_rows, 0.6)
    lost = np.full(n_rows, 0.6)
    lost[wrong] = 0.4
    lost[3], lost[5] = 0.3, 0.1
    return class_pair(
        ["yes"] * n_rows,
        before,
        after,
        scores=(scores, lost),
        positive="yes",
        slices={"sex": ["F" if row < 10 else "M" for row in range(n_rows)]},
    )


def test_counts_churn_and_message() -> None:
    found = flips(EVALUATION, binary())
    assert found is not None
    assert found.id == "model/readmission/flips"
    assert found.message == "10 examples turned wrong, 1 turned right; 27.5 % of 40 predictions differ"
    assert found.observed == 10
    evidence = facts(binary())
    counted = [evidence[key] for key in ("turned_wrong", "turned_right", "predictions_differ", "churn_fraction")]
    assert counted == [10, 1, 11, 0.275]


def test_examples_stand_by_harm_and_then_by_id() -> None:
    evidence = facts(binary(), privacy="full")
    assert evidence["harm"] == "probability"
    assert ids(evidence["worst"]) == ["5", "3", *map(str, range(20, 28))]
    assert evidence["worst"][0] == {
        "id": "5",
        "label": "yes",
        "before": "yes",
        "after": "no",
        "score_before": 0.6,
        "score_after": 0.1,
        "harm": pytest.approx(0.5),
    }
    assert ids(evidence["best"]) == ["7"]


def test_at_most_ten_are_listed_and_all_are_counted() -> None:
    paired = class_pair(["a"] * 30, ["a"] * 30, ["b"] * 30)
    evidence = facts(paired, privacy="full")
    assert evidence["turned_wrong"] == 30
    assert ids(evidence["worst"]) == [str(row) for row in range(10)]


def test_without_scores_the_weight_decides() -> None:
    paired = class_pair(["a"] * 3, ["a"] * 3, ["b"] * 3, weights=np.array([1.0, 5.0, 2.0]))
    evidence = facts(paired, privacy="full")
    assert evidence["harm"] == "weight"
    assert ids(evidence["worst"]) == ["1", "2", "0"]
    assert [example["harm"] for example in evidence["worst"]] == [5.0, 2.0, 1.0]


def test_scores_that_are_no_probabilities_are_not_taken_for_some() -> None:
    margins = (np.array([2.0, -1.0]), np.array([-1.0, 4.0]))
    evidence = facts(class_pair(["b", "b"], ["b", "b"], ["a", "b"], scores=margins, positive="b"))
    assert evidence["harm"] == "none"
    assert evidence["calibration"] is None


def test_a_slice_has_an_outcome_of_its_own() -> None:
    found = flips(EVALUATION, binary(), slice_key={"sex": "F"}, privacy="full")
    assert found is not None
    assert found.id == "model/readmission/flips/sex=F"
    assert found.message.endswith("of 10 predictions differ in sex=F")
    assert found.evidence["slice"] == {"sex": "F"}
    assert ids(found.evidence["worst"]) == ["5", "3"]


def test_all_rows_come_first_then_every_slice_once() -> None:
    keys = [{"sex": "M"}, {"sex": "F"}, {"sex": "M"}]
    found = list(all_flips(EVALUATION, binary(), keys))
    assert [outcome.id for outcome in found] == [
        "model/readmission/flips",
        "model/readmission/flips/sex=M",
        "model/readmission/flips/sex=F",
    ]


def test_a_slice_without_rows_says_nothing() -> None:
    assert flips(EVALUATION, binary(), slice_key={"sex": "X"}) is None
    assert rows_of(binary(), {"sex": "X"}).n_rows == 0


@pytest.mark.parametrize("privacy", ["none", "masked", "anything"])
def test_ids_and_scores_are_not_shown_unless_allowed(privacy: str) -> None:
    names = np.array([f"patient-{row}" for row in range(40)], dtype=object)
    paired = binary()
    paired = class_pair(
        ["yes"] * 40,
        ["yes"] * 40,
        ["no"] * 40,
        scores=(np.full(40, 0.8125), np.full(40, 0.1875)),
        positive="yes",
        ids=names,
    )
    told = json.dumps(facts(paired, privacy=privacy)["worst"])
    assert "patient" not in told
    assert "0.8125" not in told
    assert (told == "[]") is (privacy != "masked")


def test_masked_ids_follow_the_data_checks() -> None:
    paired = class_pair(["a"] * 2, ["a"] * 2, ["b"] * 2, ids=np.array(["jane@example.com", "7"], dtype=object))
    assert ids(facts(paired, privacy="masked")["worst"]) == ["j*** (16 characters)", "* (1 character)"]


def test_numbers_have_no_right_and_wrong_but_a_growing_error() -> None:
    paired = number_pair([10, 10, 10, 10], [10, 12, 10, 11], [17, 11, 13, 11])
    found = flips(EVALUATION, paired, privacy="full")
    assert found is not None
    assert found.message == "the absolute error grew in 2 examples and shrank in 1; 75.0 % of 4 predictions differ"
    assert ids(found.evidence["worst"]) == ["0", "2"]
    assert found.evidence["worst"][0] == {"id": "0", "label": 10.0, "before": 10.0, "after": 17.0, "harm": 7.0}
    assert found.evidence["best"][0]["harm"] == -1.0
    assert found.evidence["confusion"] is None
    masked = facts(paired, privacy="masked")["worst"][0]
    assert masked == {"id": "* (1 character)", "harm": 7.0}


def test_label_sets_are_right_as_a_whole() -> None:
    truth = np.array([[True, False], [True, True]])
    after = np.array([[True, True], [True, True]])
    sides = [Sample(n_rows=2, label_set=truth, predicted_set=predicted) for predicted in (truth, after)]
    evaluation = build_evaluation(columns=Columns(label=("fever", "cough")))
    found = flips(evaluation, pair(*sides))
    assert found is not None
    assert found.evidence["worst"][0]["label"] == "{fever}"
    assert found.evidence["worst"][0]["after"] == "{fever, cough}"
    assert (found.evidence["turned_wrong"], found.evidence["predictions_differ"]) == (1, 1)


def test_texts_are_compared_as_written_and_masked() -> None:
    references = texts(["the cat", "a dog"])
    sides = [
        Sample(n_rows=2, references=references, hypotheses=texts(said))
        for said in (["the cat ", "a dog"], ["the hat", "a dog"])
    ]
    masked, full = (facts(pair(*sides), privacy=privacy)["worst"] for privacy in ("masked", "full"))
    assert [example["after"] for example in full] == ["the hat"]
    assert "cat" not in json.dumps(masked)
    assert masked[0]["label"] == "t*** (7 characters)"


def test_scores_without_a_prediction_lose_probability() -> None:
    labels = np.array([1, 0], dtype=np.int32)
    sides = [
        Sample(n_rows=2, labels=labels, classes=("no", "yes"), positive=1, scores=np.array(scores))
        for scores in ([0.9, 0.2], [0.4, 0.1])
    ]
    found = flips(EVALUATION, pair(*sides), privacy="full")
    assert found is not None
    assert found.message.startswith("the label lost probability in 1 example and gained some in 1;")
    assert ids(found.evidence["worst"]) == ["0"]


def test_a_ranking_has_no_flips() -> None:
    ranked = Sample(n_rows=2, truth=np.ones(2), scores=np.ones(2), query=np.zeros(2, dtype=np.int32))
    assert flips(EVALUATION, pair(ranked, ranked)) is None


def test_several_classes_take_the_probability_of_their_label() -> None:
    scores = (np.array([[0.2, 0.7, 0.1], [0.8, 0.1, 0.1]]), np.array([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]]))
    paired = class_pair(["b", "a"], ["b", "a"], ["a", "c"], scores=scores)
    worst = facts(paired, privacy="full")["worst"]
    assert ids(worst) == ["1", "0"]
    assert [(example["score_before"], example["score_after"]) for example in worst] == [(0.8, 0.2), (0.7, 0.3)]


ROWS = st.lists(st.tuples(*[st.sampled_from("abc")] * 3), min_size=1, max_size=30)


@given(ROWS, st.integers(0, 5))
def test_any_rows_give_consistent_counts_in_any_order(rows: list[tuple[str, str, str]], seed: int) -> None:
    paired = class_pair(*(list(column) for column in zip(*rows, strict=True)))
    evidence = facts(paired, privacy="full")
    before = sum(label == was for label, was, _ in rows)
    after = sum(label == now for label, _, now in rows)
    assert evidence["turned_right"] - evidence["turned_wrong"] == after - before
    assert evidence["predictions_differ"] == sum(was != now for _, was, now in rows)
    cells = evidence["confusion"]["cells"]
    assert sum(cell["delta"] for cell in cells) == 0
    assert len(cells) == min(10, evidence["confusion"]["moved"])
    assert facts(shuffled(paired, seed), privacy="full") == evidence
