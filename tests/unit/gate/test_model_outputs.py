from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.evaluation import Columns, Evaluation, Rescore
from mlgate.errors import SourceError
from mlgate.gate.model_outputs import output_columns, predictions_of
from mlgate.outcome import Location
from mlgate.sources.rescore import Outputs

LABELS = ["yes", "no", "yes", "no"]


def evaluation(positive: Any = "yes", threshold: float = 0.5, **columns: Any) -> Evaluation:
    named = {"prediction": "p", "score": "s"} | columns
    return Evaluation(
        name="e",
        columns=Columns(**named),
        positive=positive,
        rescore=Rescore(data="d.csv", threshold=threshold),
        location=Location("mlgate.yaml", 2),
    )


def outputs(
    *columns: list[Any], names: tuple[str, ...] | None = None, classes: tuple[Any, ...] | None = None
) -> Outputs:
    return Outputs(columns=columns, names=names, classes=classes)


PROBABILITIES = outputs([0.2, 0.5, 0.9, 0.6], [0.8, 0.5, 0.1, 0.4], classes=("no", "yes"))


def test_probabilities_of_a_classifier() -> None:
    found = predictions_of(PROBABILITIES, evaluation(), LABELS)
    assert found == {"s": [0.8, 0.5, 0.1, 0.4], "p": ["yes", "yes", "no", "no"]}
    assert predictions_of(PROBABILITIES, evaluation(threshold=0.6), LABELS)["p"] == ["yes", "no", "no", "no"]
    assert predictions_of(PROBABILITIES, evaluation("no"), LABELS)["s"] == [0.2, 0.5, 0.9, 0.6]
    assert predictions_of(PROBABILITIES, evaluation(score=None), LABELS) == {"p": ["yes", "yes", "no", "no"]}
    assert predictions_of(PROBABILITIES, evaluation(prediction=None), LABELS) == {"s": [0.8, 0.5, 0.1, 0.4]}


def test_labels_keep_the_spelling_of_the_data() -> None:
    found = predictions_of(outputs([0.2, 0.9], [0.8, 0.1], classes=(False, True)), evaluation(True), ["True", "False"])
    assert found["p"] == ["True", "False"]
    found = predictions_of(outputs([0.2, 0.9], [0.8, 0.1], classes=(0.0, 1.0)), evaluation(1), [1, 0])
    assert found["p"] == [1, 0]


def test_columns_that_are_named_after_the_classes() -> None:
    named = outputs([0.8, 0.1], [0.2, 0.9], names=("yes", "no"))
    assert predictions_of(named, evaluation(), ["yes", "no"]) == {"s": [0.8, 0.1], "p": ["yes", "no"]}


def test_several_classes() -> None:
    three = outputs([0.5, 0.2, 0.2], [0.5, 0.5, 0.3], [0.0, 0.3, 0.5], classes=("a", "b", "c"))
    score = {"a": "s_a", "b": "s_b", "c": "s_c"}
    found = predictions_of(three, evaluation(None, score=score), ["a", "b", "c"])
    assert found["p"] == ["a", "b", "c"]  # the first of two that are as likely
    assert (found["s_a"], found["s_c"]) == ([0.5, 0.2, 0.2], [0.0, 0.3, 0.5])
    with pytest.raises(SourceError, match="a score of 'd' is declared"):
        predictions_of(three, evaluation(None, score=score | {"d": "s_d"}), ["a", "b", "c"])


def test_columns_that_are_named_as_declared_are_taken_as_they_are() -> None:
    named = outputs([1.5, 2.5], [1.0, 2.0], ["x", "y"], [7, 8], names=("p", "lo", "other", "tok"))
    asked = evaluation(None, score=None, low="lo", high="hi", tokens="tok")
    assert output_columns(asked) == ("p", "lo", "hi", "tok")
    assert predictions_of(named, asked, [1, 2]) == {"p": [1.5, 2.5], "lo": [1.0, 2.0], "tok": [7, 8]}
    sets = evaluation(None, prediction=("p1", "p2"), score=None)
    assert predictions_of(outputs([0, 1], [1, 1], names=("p1", "p2")), sets, []) == {"p1": [0, 1], "p2": [1, 1]}


def test_one_column_of_scores_or_of_predictions() -> None:
    assert predictions_of(outputs([0.7, 0.2]), evaluation(), ["yes", "no"]) == {"s": [0.7, 0.2], "p": ["yes", "no"]}
    assert predictions_of(outputs([0.7, 0.2], names=("0",)), evaluation(), ["yes", "no"])["s"] == [0.7, 0.2]
    labels = evaluation(score=None)
    assert predictions_of(outputs(["no", "yes"]), labels, ["yes", "no"]) == {"p": ["no", "yes"]}
    assert predictions_of(outputs([1.0, 0.0]), evaluation(1, score=None), [0, 1]) == {"p": [1.0, 0.0]}
    regression = evaluation(None, score=None)
    assert predictions_of(outputs([1.25, 3.0]), regression, [1.0, 2.0]) == {"p": [1.25, 3.0]}
    ranking = evaluation(None, prediction=None)
    assert predictions_of(outputs([1.25, 3.0]), ranking, [0, 1]) == {"s": [1.25, 3.0]}


@pytest.mark.parametrize(
    ("given_outputs", "asked", "words"),
    [
        (outputs(["yes", "no"]), evaluation(), "declares a score column too"),
        (outputs([0.1, 0.2], [0.9, 0.8]), evaluation(), "2 columns without names, and which class each is of"),
        (outputs([0.1], [0.9], names=("a", "b")), evaluation(), "columns a, b, and which class each is of"),
        (outputs([0.1, 0.2], [0.9, 0.8], classes=("no",)), evaluation(), "which class each is of is not known"),
        (outputs([0.1], [0.9], classes=("no", "maybe")), evaluation(), "classes are no, maybe, and a score of 'yes'"),
        (outputs([0.7, float("nan")]), evaluation(), "no finite number for 1 of 2 rows"),
        (outputs([0.7, float("inf")], [0.1, 0.2], classes=("no", "yes")), evaluation(), "no finite number for 1 of 2"),
        (outputs([None, 0.2], [0.1, 0.2], classes=("no", "yes")), evaluation(), "no finite number for 1 of 2"),
        (outputs([0.3, 0.7]), evaluation("maybe"), "for two labels, and these rows have no, yes"),
        (outputs([0.3, 0.7]), evaluation(None), "what e predicts from them is not known"),
        (outputs([1, 2]), evaluation(None, prediction=("p1", "p2"), score=None), r"declares \('p1', 'p2'\)"),
        (outputs([1, 2]), evaluation(None, prediction=None, score=None), "declares no prediction"),
    ],
)
def test_what_would_have_to_be_guessed_is_refused(given_outputs: Outputs, asked: Evaluation, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        predictions_of(given_outputs, asked, ["yes", "no"])
    assert caught.value.hint


def test_floats_that_are_all_labels_are_predictions_and_no_scores() -> None:
    with pytest.raises(SourceError, match="declares a score column too"):
        predictions_of(outputs([1.0, 0.0]), evaluation(1), [0, 1])


@given(scores=st.lists(st.floats(0, 1), min_size=1, max_size=20), threshold=st.floats(0, 1))
def test_a_score_and_its_two_probabilities_say_the_same(scores: list[float], threshold: float) -> None:
    asked = evaluation(threshold=threshold)
    pair = outputs([1 - score for score in scores], scores, classes=("no", "yes"))
    one = predictions_of(outputs(scores), asked, ["yes", "no"])
    assert one == predictions_of(pair, asked, ["yes", "no"])
    assert [label == "yes" for label in one["p"]] == [score >= threshold for score in scores]
