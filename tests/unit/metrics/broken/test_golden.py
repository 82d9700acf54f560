"""Golden examples with tolerances of their own, and past failures that must stay right."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.evaluation import Golden
from mlgate.metrics.broken.golden import golden, must_stay_right, worst_run
from mlgate.metrics.sample import Sample
from mlgate.outcome import Outcome, Status, to_json
from tests.unit.metrics.broken.samples import build_evaluation, class_pair, number_pair, texts

EVALUATION = build_evaluation(golden=Golden(path="golden.csv", may_move=1))
CLASSES = class_pair(["yes", "no", "yes"], ["no"] * 3, ["yes", "no", "no"], ids=np.array([7, 8, 9])).candidate
NUMBERS = number_pair([1, 2, 3], [0, 0, 0], [1.0, 2.4, 3.5]).candidate
SETS = Sample(n_rows=1, ids=np.array([1]), label_set=np.ones((1, 2), bool), predicted_set=np.ones((1, 2), bool))


def file(**columns: list[Any]) -> dict[str, Any]:
    return {name: np.array(values, dtype=object) for name, values in columns.items()}


def judge(columns: dict[str, Any], candidate: Sample, *, may_move: int = 0, privacy: str = "full") -> Outcome:
    evaluation = build_evaluation(golden=Golden(path="golden.csv", may_move=may_move))
    found = golden(evaluation, columns, candidate, privacy=privacy)
    json.dumps(to_json(found.evidence), allow_nan=False)
    assert found.id == "model/readmission/golden"
    return found


@pytest.mark.parametrize(("may_move", "status"), [(0, Status.FAIL), (1, Status.PASS)])
def test_as_many_may_move_as_declared(may_move: int, status: Status) -> None:
    found = judge(file(id=[7, 9], expected=["yes", "yes"]), CLASSES, may_move=may_move)
    assert found.status is status
    assert found.message == f"1 of 2 golden examples miss what is expected ({may_move} may)"
    assert found.evidence["examples"] == [{"id": "9", "found": "expected yes, got no"}]


def test_ids_and_classes_agree_whatever_the_file_format() -> None:
    paired = class_pair(["true", "false"], ["true", "false"], ["true", "false"], ids=np.array([1, 2]))
    found = judge(file(id=["1", "2"], expected=["True", False]), paired.candidate)
    assert found.status is Status.PASS


@pytest.mark.parametrize(
    ("tolerances", "failing"), [([0.5, 0.4, 0.5], 0), ([0.5, 0.39, 0.5], 1), ([None, None, None], 2)]
)
def test_each_number_has_its_own_tolerance(tolerances: list[float | None], failing: int) -> None:
    found = judge(file(id=[0, 1, 2], expected=[1, "2", 3.0], tolerance=tolerances), NUMBERS)
    assert found.observed == failing
    assert found.status is (Status.FAIL if failing else Status.PASS)


def test_a_decimal_tolerance_is_not_missed_by_a_rounding() -> None:
    candidate = number_pair([0.4], [0.4], [0.4]).candidate
    assert abs(0.4 - 0.3) > 0.1
    assert judge(file(id=[0], expected=[0.3], tolerance=[0.1]), candidate).status is Status.PASS
    assert judge(file(id=[0], expected=[0.3], tolerance=[0.0999]), candidate).status is Status.FAIL


@given(st.floats(-1e6, 1e6), st.floats(0, 1e3), st.floats(-2e3, 2e3))
def test_a_number_misses_if_it_is_off_by_more(expected: float, tolerance: float, off: float) -> None:
    candidate = number_pair([0.0], [0.0], [expected + off]).candidate
    found = judge(file(id=[0], expected=[expected], tolerance=[tolerance]), candidate)
    distance = abs((expected + off) - expected)
    if abs(distance - tolerance) > 1e-6:
        assert (found.status is Status.FAIL) is (distance > tolerance)


def test_scores_of_classes_are_compared_where_a_tolerance_is_written() -> None:
    scores = (np.array([0.5, 0.5]), np.array([0.91, 0.2]))
    paired = class_pair(["yes", "no"], ["yes", "no"], ["yes", "no"], scores=scores, positive="yes")
    columns = file(id=[0, 1], expected=[0.9, 0.5], tolerance=[0.02, 0.1])
    assert judge(columns, paired.candidate).observed == 1


def test_texts_are_equal_but_for_white_space_at_the_ends() -> None:
    candidate = Sample(
        n_rows=2, ids=np.array([0, 1]), references=texts(["a", "b"]), hypotheses=texts(["the cat\n", "the  dog"])
    )
    found = judge(file(id=[0, 1], expected=["the cat", "the dog"]), candidate)
    assert found.evidence["examples"] == [{"id": "1", "found": "expected the dog, got the  dog"}]
    masked = judge(file(id=[0, 1], expected=["the cat", "the dog"]), candidate, privacy="masked")
    assert "dog" not in json.dumps(dict(masked.evidence))


def test_an_example_without_a_prediction_is_an_error_and_a_failure_comes_first() -> None:
    found = judge(file(id=[7, 99], expected=["yes", "no"]), CLASSES)
    assert found.status is Status.ERROR
    assert found.message.endswith("(0 may); 1 more are not among the candidate's rows")
    assert judge(file(id=[9, 99], expected=["yes", "no"]), CLASSES).status is Status.FAIL
    assert judge(file(id=[98, 99], expected=["yes", "no"]), CLASSES).status is Status.ERROR


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (file(id=[], expected=[]), "is empty"),
        (file(expected=["yes"]), "no column 'id'"),
        (file(id=[7]), "no column 'expected'"),
        (file(id=[7, 7], expected=["yes", "no"]), "repeats an id"),
        (file(id=[7, None], expected=["yes", "no"]), "missing in 1 of 2"),
        (file(id=[7], expected=[None]), "missing in 1 of 1"),
        (file(id=[7], expected=["yes"], tolerance=[0.1]), "no numbers"),
    ],
)
def test_a_file_that_cannot_be_judged_is_an_error(columns: dict[str, Any], said: str) -> None:
    found = judge(columns, CLASSES)
    assert found.status is Status.ERROR
    assert said in found.message
    assert found.hint


@pytest.mark.parametrize("tolerance", [-0.1, math.inf, "some"])
def test_a_tolerance_that_is_none_is_an_error(tolerance: Any) -> None:
    found = judge(file(id=[0], expected=[1.0], tolerance=[tolerance]), NUMBERS)
    assert found.status is Status.ERROR
    assert "tolerance" in found.message


def test_an_expected_number_that_is_none_is_an_error() -> None:
    assert judge(file(id=[0], expected=[math.nan]), NUMBERS).status is Status.ERROR
    assert judge(file(id=[0], expected=["much"]), NUMBERS).status is Status.ERROR


def test_label_sets_have_no_single_output() -> None:
    assert judge(file(id=[1], expected=["a"]), SETS).status is Status.ERROR


def test_a_foreign_spelling_is_told() -> None:
    found = judge(file(id=[7, 8], expected=["Yes", "No"]), CLASSES)
    assert found.status is Status.FAIL
    assert "spelling" in found.hint


@pytest.mark.parametrize("privacy", ["none", "masked", "full"])
def test_privacy(privacy: str) -> None:
    paired = number_pair([1.0], [1.0], [12.625], ids=np.array(["jane@example.com"], dtype=object))
    found = judge(file(id=["jane@example.com"], expected=[1.5]), paired.candidate, privacy=privacy)
    told = json.dumps(found.evidence["examples"])
    assert ("jane@example.com" in told) is (privacy == "full")
    assert ("12.625" in told) is (privacy == "full")
    assert (found.evidence["examples"] == []) is (privacy == "none")
    if privacy == "masked":
        assert found.evidence["examples"] == [{"id": "j*** (16 characters)", "found": "off by 11.125, 0 allowed"}]


def test_order_of_the_file_does_not_matter() -> None:
    columns = file(id=[9, 8, 7], expected=["yes", "yes", "no"])
    turned = {name: values[::-1] for name, values in columns.items()}
    assert judge(columns, CLASSES) == judge(turned, CLASSES)


def stay(columns: dict[str, Any], candidate: Sample, privacy: str = "full") -> Outcome:
    found = must_stay_right(EVALUATION, columns, candidate, privacy=privacy)
    assert found.id == "model/readmission/must_stay_right"
    return found


def test_a_past_failure_that_comes_back_fails() -> None:
    found = stay(file(id=["9", 7, 9]), CLASSES)
    assert found.status is Status.FAIL
    assert found.message == "1 of 2 past failures is wrong again"
    assert found.evidence["examples"] == [{"id": "9", "found": "wrong again"}]
    assert stay(file(id=[9]), CLASSES, "none").evidence["examples"] == []


def test_all_right_passes_and_may_move_has_no_say() -> None:
    assert stay(file(id=[7, 8]), CLASSES).status is Status.PASS
    assert stay(file(id=[9]), CLASSES).status is Status.FAIL


@pytest.mark.parametrize("columns", [file(id=[]), file(id=[7, 99]), file(other=[7]), file(id=[7, None]), {}])
def test_what_cannot_be_looked_up_is_an_error(columns: dict[str, Any]) -> None:
    assert stay(columns, CLASSES).status is Status.ERROR


def test_numbers_and_rankings_are_neither_right_nor_wrong() -> None:
    ranked = Sample(n_rows=1, ids=np.array([0]), truth=np.ones(1), scores=np.ones(1), query=np.zeros(1, np.int32))
    for candidate in (NUMBERS, ranked):
        found = stay(file(id=[0]), candidate)
        assert found.status is Status.ERROR
        assert "golden" in found.hint


def test_label_sets_stay_right_as_a_whole() -> None:
    assert stay(file(id=[1]), SETS).status is Status.PASS


def test_of_several_runs_the_worst_holds() -> None:
    asked = file(id=[7, 8, 9], expected=["yes", "no", "yes"])
    right = class_pair(["yes"] * 3, ["no"] * 3, ["yes", "no", "yes"], ids=np.array([7, 8, 9])).candidate
    wrong = class_pair(["yes"] * 3, ["no"] * 3, ["no", "no", "no"], ids=np.array([7, 8, 9])).candidate
    absent = class_pair(["yes"] * 2, ["no"] * 2, ["no", "no"], ids=np.array([7, 8])).candidate
    one, two, three = (judge(asked, sample) for sample in (right, wrong, absent))
    assert worst_run([one]) is one
    found = worst_run([one, three, two, two])
    assert (found.status, found.observed, found.evidence["run"]) == (Status.FAIL, 2, 3)
    assert found.message.endswith(", in run 3 of 4")
    gone = judge(file(id=[99], expected=["yes"]), right)
    assert worst_run([one, gone]).status is Status.ERROR
