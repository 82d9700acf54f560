"""What a predictions file must be, and each refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from mlgate.config.evaluation import Columns, Evaluation, MetricPolicy
from mlgate.metrics.numbers import parse_numbers
from mlgate.metrics.rows import MISSING, PredictionsError, parse_rows
from mlgate.sources.tables import read_columns

Build = Callable[..., Evaluation]
Tables = Callable[..., dict[str, Any]]


def test_file_becomes_typed_rows(evaluation: Build, table: Tables) -> None:
    rows = parse_rows(table(8), evaluation(slices=("sex",)))
    assert rows.n_rows == 8
    assert rows.labels is not None
    assert rows.labels.texts().tolist() == ["true", "false"] * 4
    assert rows.labels.codes.dtype == np.int8
    assert rows.scores is not None
    assert rows.scores.dtype == np.float64
    assert rows.positive == "true"
    assert list(rows.slices) == ["sex"]
    assert rows.take(np.array([7, 0])).ids.tolist() == [7, 0]


def test_columns_that_no_metric_needs_may_be_undeclared(
    evaluation: Build, metric: Callable[..., MetricPolicy], table: Tables
) -> None:
    columns = Columns(id="id", label="label", prediction="prediction")
    rows = parse_rows(table(8), evaluation(metric("accuracy"), columns=columns, positive=None))
    assert rows.scores is None
    assert rows.positive is None
    assert rows.take(np.array([1])).scores is None


def test_missing_slice_value_is_a_slice_of_its_own(evaluation: Build, table: Tables) -> None:
    columns = table(4)
    columns["sex"][1] = None
    rows = parse_rows(columns, evaluation(slices=("sex",)))
    assert rows.slices["sex"].texts().tolist() == ["F", MISSING, "M", "M"]


def test_baseline_may_lack_a_slice_column_and_the_candidate_may_not(evaluation: Build, table: Tables) -> None:
    columns = table(4)
    del columns["sex"]
    assert parse_rows(columns, evaluation(slices=("sex",)), side="baseline").slices == {}
    with pytest.raises(PredictionsError, match="column 'sex' is absent"):
        parse_rows(columns, evaluation(slices=("sex",)))


@pytest.mark.parametrize(
    "scores",
    [
        np.array([3, -2, 5, 0]),
        np.array([True, False, True, False]),
        np.array(["0.5", "1e3", "-1", "2"], dtype=object),
        np.array(["+.5", "1.E-3", "007", "2"]),
        np.array([Decimal("0.5"), 1, True, "0.1"], dtype=object),
        np.ma.masked_array([0.1, 0.2, 0.3, 0.4], mask=False),
    ],
)
def test_scores_may_be_any_numbers(evaluation: Build, table: Tables, scores: Any) -> None:
    assert parse_rows(table(4) | {"score": scores}, evaluation()).scores is not None


def floats(*values: float | None) -> Any:
    return np.array(values, dtype=float)


REFUSED_COLUMNS = {
    "repeats an id in 2 of 4": {"id": np.array([1, 1, 1, 2])},
    "repeats an id in 1 of 4": {"id": np.array(["a", "b", "b", "c"], dtype=object)},
    "'id' of the candidate is missing in 1 of 4": {"id": np.array(["a", None, "b", "c"], dtype=object)},
    "'id' of the candidate is missing in 2 of 4": {"id": floats(1, None, None, 2)},
    "'label' of the candidate is missing in 1": {"label": np.array([True, None, False, True], dtype=object)},
    "'prediction' of the candidate is missing in 1": {"prediction": floats(1, 0, None, 1)},
    "not a finite number in 1 of 4": {"score": floats(0.1, None, 0.2, 0.3)},
    "not a finite number in 2 of 4": {"score": floats(0.1, float("inf"), float("-inf"), 0.3)},
    "not a finite number in 3 of 4": {"score": np.ma.masked_array(np.ones(4), mask=[True, True, True, False])},
    "holds values that are not numbers": {"score": np.array(["high", "low", "low", "low"], dtype=object)},
    "'score' of the candidate is not a finite number in 3 of 4": {
        "score": np.array(["nan", "-Infinity", None, "0.1"], dtype=object)
    },
    "not a finite number in 1 of 4 rows": {"score": np.array(["1e999", "1", "2", "3"], dtype=object)},
    "holds floats that no longer tell one id from the next in 2 of 4": {"id": floats(1, 2, 2.0**53, 2.0**60)},
    "values that are not numbers": {"score": np.zeros(4, dtype="datetime64[s]")},
    "needs labels of two classes, and these rows hold 3": {"label": np.array(["true", "b", "c", "c"], dtype=object)},
    "needs labels of two classes, and these rows hold 1": {"label": np.ones(4, dtype=bool)},
    "no label of the candidate is the positive class 'true'": {"label": np.array([0, 1, 0, 1])},
    "no prediction of the candidate is one of its labels": {"prediction": np.array([0, 1, 0, 1])},
    "have different shapes": {"score": np.ones(3)},
    "of the candidate's predictions have different shapes": {"score": np.ones((4, 2))},
    "the candidate's predictions have zero rows": {
        name: np.array([]) for name in ("id", "label", "prediction", "score")
    },
}


@pytest.mark.parametrize("message", REFUSED_COLUMNS)
def test_column_is_refused(evaluation: Build, table: Tables, message: str) -> None:
    with pytest.raises(PredictionsError, match=message) as refusal:
        parse_rows(table(4) | REFUSED_COLUMNS[message], evaluation())
    assert refusal.value.exit_code == 3
    assert refusal.value.hint


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "1_000", "0x10", "1,5", "true", "\u0661", "1-", "nano", "1\n", "\ud800"]
)
def test_text_that_is_not_strictly_a_number_is_no_score(evaluation: Build, table: Tables, text: str) -> None:
    columns = table(4) | {"score": np.array(["0.1", "nan", text, "0.2"], dtype=object)}
    with pytest.raises(PredictionsError, match="holds values that are not numbers"):
        parse_rows(columns, evaluation())


@given(values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=8))
def test_scores_of_text_are_exact(values: list[float]) -> None:
    found = parse_numbers(np.array([repr(value) for value in values], dtype=object))
    assert found.tolist() == values


def test_absent_column_names_the_nearest(evaluation: Build, table: Tables) -> None:
    columns = table(4)
    columns["scores"] = columns.pop("score")
    with pytest.raises(PredictionsError, match=r"did you mean 'scores'\? the file's columns are id, label"):
        parse_rows(columns, evaluation())
    with pytest.raises(PredictionsError, match=r"the file's columns are x, y$"):
        parse_rows({"x": np.ones(1), "y": np.ones(1)}, evaluation())
    with pytest.raises(PredictionsError, match=r"are c0, .*, c9 and 2 more"):
        parse_rows({f"c{place}": np.ones(1) for place in range(12)}, evaluation())


@pytest.mark.parametrize("declared", ["scor", "SCORE"])
def test_absent_column_is_looked_for_in_the_whole_header(evaluation: Build, tmp_path: Path, declared: str) -> None:
    asked = evaluation(columns=Columns(prediction="prediction", score=declared))
    path = tmp_path / "p.csv"
    path.write_text("id,label,prediction,score,other\n1,true,true,0.5,x\n", encoding="utf-8")
    with pytest.raises(PredictionsError, match=f"column '{declared}' is absent") as refusal:
        parse_rows(read_columns(path, ["id", "label", "prediction", declared]), asked)
    assert refusal.value.hint == "did you mean 'score'? the file's columns are id, label, prediction, score, other"


def test_metrics_must_be_known_and_have_their_column(
    evaluation: Build, metric: Callable[..., MetricPolicy], table: Tables
) -> None:
    with pytest.raises(PredictionsError, match="no metric is called 'briar'"):
        parse_rows(table(4), evaluation(metric("briar")))
    with pytest.raises(PredictionsError, match="roc_auc of the candidate needs a score column"):
        parse_rows(table(4), evaluation(metric("roc_auc"), columns=Columns(prediction="prediction")))
    with pytest.raises(PredictionsError, match="no metric is declared"):
        parse_rows(table(4), replace(evaluation(), metrics=()))
    with pytest.raises(PredictionsError, match="roc_auc needs the positive class"):
        parse_rows(table(4), evaluation(positive=None))


def test_refusal_tells_no_single_row(evaluation: Build, table: Tables) -> None:
    columns = table(4) | {"id": np.array(["secret-1", "secret-1", "b", "c"], dtype=object)}
    with pytest.raises(PredictionsError) as refusal:
        parse_rows(columns, evaluation())
    assert "secret" not in str(refusal.value)


def test_many_labels_are_counted_and_not_listed(
    evaluation: Build, metric: Callable[..., MetricPolicy], table: Tables
) -> None:
    columns = table(40) | {"label": np.arange(40)}
    with pytest.raises(PredictionsError, match="40 labels"):
        parse_rows(columns, evaluation(metric("accuracy")))
