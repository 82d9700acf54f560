"""Every role of a column, in the forms that metrics need, and each refusal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlgate.config.evaluation import Columns, Evaluation, Fairness, Golden, MetricPolicy
from mlgate.metrics.joined import join, rows_sample
from mlgate.metrics.rows import PredictionsError, Rows, parse_rows
from mlgate.outcome import Location

PLACE = Location("mlgate.yaml", 1)


def asked(*metrics: str | MetricPolicy, columns: Columns | None = None, **settings: Any) -> Evaluation:
    policies = tuple(m if isinstance(m, MetricPolicy) else MetricPolicy(name=m, location=PLACE) for m in metrics)
    return Evaluation(name="e", columns=columns or Columns(), metrics=policies, location=PLACE, **settings)


def parsed(evaluation: Evaluation, side: str = "candidate", **columns: Any) -> Rows:
    n_rows = len(next(iter(columns.values())))
    return parse_rows({"id": np.arange(n_rows)} | columns, evaluation, side=side)


def refusal(evaluation: Evaluation, side: str = "candidate", **columns: Any) -> str:
    with pytest.raises(PredictionsError) as refused:
        parsed(evaluation, side, **columns)
    assert refused.value.hint
    return refused.value.message


class TestScoresPerClass:
    columns = Columns(prediction="prediction", score={"b": "pb", "a": "pa", "1.0": "p1"})
    evaluation = asked("log_loss", "accuracy", columns=columns)
    table: Mapping[str, Any] = {
        "label": ["a", "b", "a"],
        "prediction": ["a", "b", 1],
        "pa": [0.5, 0.25, 1.0],
        "pb": [0.25, 0.5, 0.0],
        "p1": [0.25, 0.25, 0.0],
    }

    def test_columns_are_in_order_of_the_classes(self) -> None:
        sample = rows_sample(parsed(self.evaluation, **self.table))
        assert sample.classes == ("1", "a", "b")
        assert sample.scores is not None
        assert sample.scores.tolist() == [[0.25, 0.5, 0.25], [0.25, 0.25, 0.5], [0.0, 1.0, 0.0]]
        assert sample.labels is not None
        assert sample.labels.tolist() == [1, 2, 1]
        assert sample.labels.dtype == np.int8

    def test_class_without_scores_is_named(self) -> None:
        assert "'c', 'd' of the candidate has no score column" in refusal(
            self.evaluation, **(dict(self.table) | {"label": ["a", "c", "d"]})
        )
        assert "'x' of the baseline has" in refusal(
            self.evaluation, "baseline", **(dict(self.table) | {"prediction": ["a", "x", "a"]})
        )

    def test_class_that_is_named_twice(self) -> None:
        columns = Columns(score={"1": "pa", "1.0": "pb"})
        assert "names one class twice" in refusal(asked("log_loss", columns=columns), **self.table)

    def test_score_that_is_not_finite(self) -> None:
        assert "'pb' of the candidate is not a finite number in 1 of 3" in refusal(
            self.evaluation, **(dict(self.table) | {"pb": [0.1, np.inf, 0.2]})
        )


class TestOneScore:
    columns = Columns(score="score")

    @pytest.mark.parametrize("name", ["log_loss", "brier", "ece", "roc_auc_ovr", "average_precision", "roc_auc"])
    def test_it_is_of_the_positive_class(self, name: str) -> None:
        table: dict[str, Any] = {"label": ["a", "b", "a"], "score": [0.5, 0.5, 0.5]}
        assert f"{name} needs the positive class" in refusal(asked(name, columns=self.columns), **table)
        sample = rows_sample(parsed(asked(name, columns=self.columns, positive="b"), **table))
        assert sample.positive == 1

    @pytest.mark.parametrize("name", ["log_loss", "brier", "ece", "roc_auc_ovr"])
    def test_several_classes_need_a_score_each(self, name: str) -> None:
        evaluation = asked(name, columns=self.columns, positive="b")
        assert "has one score column for labels of 3 classes" in refusal(
            evaluation, label=["a", "b", "c"], score=[0.1, 0.2, 0.3]
        )

    @pytest.mark.parametrize("name", ["roc_auc", "average_precision", "roc_auc_ovr"])
    def test_one_class_cannot_be_ranked(self, name: str) -> None:
        evaluation = asked(name, columns=self.columns, positive="b")
        assert "needs labels of" in refusal(evaluation, label=["b", "b"], score=[0.1, 0.2])

    def test_one_class_has_a_log_loss(self) -> None:
        rows = parsed(asked("log_loss", columns=self.columns, positive="b"), label=["b", "b"], score=[0.1, 0.2])
        assert rows.n_rows == 2


class TestLabelSets:
    columns = Columns(label=("la", "lb"), prediction=("pa", "pb"))
    table: Mapping[str, Any] = {"la": [1, 0, 1], "lb": [True, False, False], "pa": ["1", "0", "1.0"], "pb": [0, 0, 1]}

    @pytest.mark.parametrize("name", ["f1_samples", "hamming_loss", "accuracy", "f1_macro"])
    def test_indicators_become_flags(self, name: str) -> None:
        sample = rows_sample(parsed(asked(name, columns=self.columns), **self.table))
        assert sample.label_set is not None
        assert sample.predicted_set is not None
        assert sample.label_set.tolist() == [[True, True], [False, False], [True, False]]
        assert sample.predicted_set.tolist() == [[True, False], [False, False], [True, True]]
        assert sample.labels is None

    @pytest.mark.parametrize(
        ("columns", "change", "reason"),
        [
            (columns, {"pb": [0, 2, 1]}, "holds 1 values other than 0, 1, true and false"),
            (columns, {"pb": [0, None, 1]}, "'pb' of the candidate is missing in 1 of 3"),
            (Columns(label=("la", "lb"), prediction=("pa",)), {}, "1 indicator columns for 2"),
            (Columns(label=("la", "lb"), prediction="pa"), {}, "0 indicator columns for 2"),
            (Columns(label="la", prediction="pa"), {}, "f1_samples needs label sets"),
        ],
    )
    def test_refusals(self, columns: Columns, change: dict[str, Any], reason: str) -> None:
        assert reason in refusal(asked("f1_samples", columns=columns), **(dict(self.table) | change))

    def test_metrics_of_one_label_are_refused(self) -> None:
        columns = Columns(label=("la", "lb"), prediction=("pa", "pb"), score="score")
        assert "needs one label column" in refusal(asked("roc_auc", columns=columns, positive=1), **self.table)


class TestNumbers:
    columns = Columns(prediction="prediction")

    def test_numbers_and_text_of_numbers(self) -> None:
        sample = rows_sample(
            parsed(asked("mae", columns=self.columns), label=["1.5", "-2e3"], prediction=np.array([1, 2]))
        )
        assert sample.truth is not None
        assert sample.estimate is not None
        assert (sample.truth.tolist(), sample.estimate.tolist()) == ([1.5, -2000.0], [1.0, 2.0])
        assert sample.labels is None

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"label": [1.0, np.nan]}, "'label' of the candidate is not a finite number in 1 of 2"),
            ({"prediction": [None, "inf"]}, "'prediction' of the candidate is not a finite number in 2 of 2"),
            ({"prediction": ["1,5", "2"]}, "'prediction' of the candidate holds values that are not numbers"),
        ],
    )
    def test_refusals(self, change: dict[str, Any], reason: str) -> None:
        table = {"label": [1.0, 2.0], "prediction": [1.0, 2.0]} | change
        assert reason in refusal(asked("mae", columns=self.columns), **table)

    def test_no_prediction_has_to_be_a_label(self) -> None:
        assert parsed(asked("mae", columns=self.columns), label=[1.0, 2.0], prediction=[3.0, 4.0]).n_rows == 2

    def test_classes_and_numbers_at_once(self) -> None:
        rows = parsed(asked("mae", "accuracy", columns=self.columns), label=[1.0, 2.0], prediction=[2.0, 2.0])
        assert rows.labels is not None
        assert rows.labels.values == ("1", "2")
        assert rows.truth is not None


class TestTexts:
    columns = Columns(label="reference", prediction="hypothesis")

    def test_texts_are_exact_and_may_be_empty(self) -> None:
        rows = parsed(asked("bleu", columns=self.columns), reference=["1.0", "nan"], hypothesis=["", " a "])
        assert rows.references is not None
        assert rows.hypotheses is not None
        assert (rows.references.tolist(), rows.hypotheses.tolist()) == (["1.0", "nan"], ["", " a "])

    def test_null_is_refused(self) -> None:
        assert "'hypothesis' of the candidate is missing in 1 of 2" in refusal(
            asked("bleu", columns=self.columns), reference=["a", "b"], hypothesis=["a", None]
        )


def test_relevance_of_ranked_items_is_the_label() -> None:
    columns = Columns(label="relevance", score="score", query="q")
    table: dict[str, Any] = {"relevance": [0, 3, 1], "score": [-5.0, 2.0, 9.0], "q": ["b", "a", "b"]}
    sample = rows_sample(parsed(asked("ndcg@10", columns=columns), **table))
    assert sample.truth is not None
    assert sample.query is not None
    assert (sample.truth.tolist(), sample.query.tolist(), sample.labels) == ([0.0, 3.0, 1.0], [1, 0, 1], None)
    table["q"] = ["b", None, "b"]
    assert "'q' of the candidate is missing in 1 of 3" in refusal(asked("ndcg@10", columns=columns), **table)


class TestPlainNumbers:
    @pytest.mark.parametrize(
        ("metric", "columns", "table", "reason"),
        [
            ("latency_p95_ms", {"latency": "c"}, {"c": [1.0, -0.5]}, "'c' of the candidate is below 0 in 1 of 2 rows"),
            ("latency_p95_ms", {"latency": "c"}, {"c": [1.0, np.nan]}, "is not a finite number in 1 of 2"),
            ("perplexity", {"nll": "c", "tokens": "t"}, {"c": [1.0, 2.0], "t": [3, 0]}, "'t' of the candidate is not above 0 in 1"),
            ("perplexity", {"nll": "c"}, {"c": [1.0]}, "perplexity of the candidate needs a tokens column"),
            ("perplexity", {"nll": "c", "tokens": "t"}, {"c": [1.0]}, "column 't' is absent"),
            ("interval_coverage", {"low": "c", "high": "t"}, {"label": [1.0], "c": [2.0], "t": [1.0]}, "'c' is above 't' in 1 of 1 rows of the candidate"),
        ],
    )  # fmt: skip
    def test_refusals(self, metric: str, columns: dict[str, str], table: dict[str, Any], reason: str) -> None:
        assert reason in refusal(asked(metric, columns=Columns(**columns)), **table)

    def test_label_is_not_needed(self) -> None:
        sample = rows_sample(parsed(asked("latency_p95_ms", columns=Columns(latency="ms")), ms=["5", "7.5"]))
        assert sample.columns["latency"].tolist() == [5.0, 7.5]

    def test_columns_of_the_users_own(self) -> None:
        cost = MetricPolicy(name="cost", column="euro", higher_is_better=False, location=PLACE)
        assert rows_sample(parsed(asked(cost), euro=[1, 2])).columns["column:euro"].tolist() == [1.0, 2.0]
        assert "'euro' of the baseline is not a finite number in 1 of 2" in refusal(
            asked(cost), "baseline", euro=[1, None]
        )
        assert "column 'euro' is absent" in refusal(asked(cost), other=[1])

    def test_ends_of_an_interval_may_be_equal(self) -> None:
        rows = parsed(asked("interval_coverage", columns=Columns(low="l", high="h")), label=[1], l=[1], h=[1])
        assert rows.columns["low"].tolist() == rows.columns["high"].tolist() == [1.0]
        assert rows.truth is not None


class TestWeights:
    columns = Columns(prediction="label2", weight="w")
    labels: Mapping[str, Any] = {"label": ["a", "b"], "label2": ["a", "b"]}

    @pytest.mark.parametrize("meaning", ["importance", "frequency"])
    def test_zero_is_allowed(self, meaning: str) -> None:
        rows = parsed(asked("accuracy", columns=self.columns, weights=meaning), **self.labels, w=[0, 2])
        assert rows.weights is not None
        assert rows.weights.tolist() == [0.0, 2.0]

    @pytest.mark.parametrize(
        ("weights", "meaning", "reason"),
        [
            ([-1.0, -0.5], "importance", "'w' of the candidate is below 0 in 2 of 2 rows"),
            ([0.0, 0.0], "importance", "'w' of the candidate is 0 in every row"),
            ([None, 1.0], "importance", "is not a finite number in 1 of 2"),
            ([0.5, 1.0], "frequency", "is no whole number in 1 of 2 rows"),
        ],
    )
    def test_refusals(self, weights: Any, meaning: str, reason: str) -> None:
        evaluation = asked("accuracy", columns=self.columns, weights=meaning)
        assert reason in refusal(evaluation, **self.labels, w=weights)

    def test_baseline_may_lack_them_and_the_candidate_may_not(self) -> None:
        evaluation = asked("accuracy", columns=self.columns)
        assert parsed(evaluation, "baseline", **self.labels).weights is None
        assert "column 'w' is absent" in refusal(evaluation, **self.labels)


class TestTimesAndGroups:
    labels: Mapping[str, Any] = {"label": ["a"] * 4, "prediction": ["a"] * 4}

    @pytest.mark.parametrize(
        ("values", "codes"),
        [
            ([10, 9, 100, 9], [1, 0, 2, 0]),
            (["10", "9", "100", "9"], [1, 0, 2, 0]),
            ([0.5, -1.0, 2.0, -1.0], [1, 0, 2, 0]),
            (["2026-02-01", "2026-01-31", "2026-11-01", "2026-01-31"], [1, 0, 2, 0]),
            (["2026-02", "2026-01", "2026-11", "2026-01"], [1, 0, 2, 0]),
            (["2026-01-01T10:00:00+02:00", "2026-01-01T07:59:59Z", "2026-01-01T08:00:01Z", "2026-01-01T07:59:59+00:00"], [1, 0, 2, 0]),
            ([dt.date(2026, 2, 1), dt.date(2026, 1, 1), dt.date(2027, 1, 1), dt.date(2026, 1, 1)], [1, 0, 2, 0]),
            (np.array(["2026-02-01", "2026-01-01", "2027-01-01", "2026-01-01"], dtype="datetime64[D]"), [1, 0, 2, 0]),
            (np.array([2**62 + 1, 2**62, 2**62 + 2, 2**62]), [1, 0, 2, 0]),
            (pd.Series(pd.to_datetime(["2026-02-01", "2026-01-01", "2027-01-01", "2026-01-01"])), [1, 0, 2, 0]),
        ],
    )  # fmt: skip
    def test_codes_are_in_order_of_time(self, values: Any, codes: list[int]) -> None:
        columns = Columns(prediction="prediction", time="t", series="s")
        rows = parsed(asked("accuracy", columns=columns), **self.labels, t=values, s=["x", "y", "x", "y"])
        paired = join([rows], [rows]).paired
        assert paired.times is not None
        assert paired.times.tolist() == codes
        assert paired.times.dtype == np.int32
        assert paired.features["s"].values == ("x", "y")

    @pytest.mark.parametrize(
        ("values", "reason"),
        [
            (["soon", "2026-01-01"] * 2, "neither numbers nor ISO times"),
            (["2026-01-01", "2026-01-01T00:00:00Z"] * 2, "with and without an offset"),
            ([1.0, np.inf] * 2, "not finite"),
            (["1", "inf"] * 2, "not finite"),
            ([dt.date(2026, 1, 1), 5] * 2, "neither numbers nor ISO times"),
            ([1.0, np.nan] * 2, "'t' of the candidate is missing in 2 of 4"),
            (["2026-01-01", None] * 2, "'t' of the candidate is missing in 2 of 4"),
            (np.array(["2026-01-01", "NaT"] * 2, dtype="datetime64[s]"), "'t' of the candidate is missing in 2 of 4"),
        ],
    )
    def test_other_times_are_refused(self, values: Any, reason: str) -> None:
        columns = Columns(prediction="prediction", time="t")
        assert reason in refusal(asked("accuracy", columns=columns), **self.labels, t=values)

    def test_groups_are_in_order_of_their_text(self) -> None:
        columns = Columns(prediction="prediction", group="g")
        rows = parsed(asked("accuracy", columns=columns), **self.labels, g=np.array([9, 10, 9, 1]))
        paired = join([rows], [rows]).paired
        assert paired.groups is not None
        assert paired.groups.tolist() == [2, 1, 2, 0]  # "1", "10", "9"
        assert "'g' of the candidate is missing in 1" in refusal(
            asked("accuracy", columns=columns), **self.labels, g=["a", None, "b", "b"]
        )


class TestFeatures:
    labels: Mapping[str, Any] = {"label": ["a"] * 100, "prediction": ["a"] * 100}
    columns = Columns(prediction="prediction")

    def test_numbers_of_many_values_become_ranges(self) -> None:
        evaluation = asked("accuracy", columns=self.columns, discover=("age", "few", "word"), slices=("word",))
        table: dict[str, Any] = {"age": np.arange(100) / 2, "few": np.arange(100) % 20, "word": ["x"] * 100}
        rows = parsed(evaluation, **self.labels, **table)
        assert rows.features["age"].values == ("12 < x <= 24.5", "24.5 < x <= 37", "x <= 12", "x > 37")
        assert len(rows.features["few"].values) == 20
        assert list(rows.slices) == ["word"]
        assert "word" not in rows.features
        counts = np.bincount(rows.features["age"].codes)
        assert counts.sum() == 100
        assert counts.min() >= 24

    def test_text_of_numbers_and_missing_values(self) -> None:
        values = [str(place) if place % 10 else None for place in range(100)]
        rows = parsed(asked("accuracy", columns=self.columns, discover=("age",)), **self.labels, age=values)
        assert "(missing)" in rows.features["age"].values
        assert np.count_nonzero(rows.features["age"].codes == 0) == 10

    def test_a_value_that_most_rows_have_gives_fewer_ranges(self) -> None:
        values = np.where(np.arange(100) < 80, 0, np.arange(100))
        rows = parsed(asked("accuracy", columns=self.columns, discover=("age",)), **self.labels, age=values)
        assert rows.features["age"].values == ("x <= 0", "x > 0")

    def test_groups_of_fairness_are_never_ranges(self) -> None:
        evaluation = asked(
            "accuracy", columns=self.columns, discover=("age",), fairness=(Fairness(column="age"),), positive="a"
        )
        rows = parsed(evaluation, **self.labels, age=np.arange(100))
        assert len(rows.features["age"].values) == 100

    def test_baseline_may_lack_them(self) -> None:
        evaluation = asked("accuracy", columns=self.columns, discover=("age",))
        assert parsed(evaluation, "baseline", **self.labels).features == {}
        assert "column 'age' is absent" in refusal(evaluation, **self.labels)


class TestFunctions:
    own = MetricPolicy(name="own", function="m:f", higher_is_better=True, location=PLACE)
    columns = Columns(prediction="prediction")

    def test_numbers_come_as_classes_and_numbers(self) -> None:
        rows = parsed(asked(self.own, columns=self.columns), label=[1.0, 2.0], prediction=[2.5, 2.0])
        assert rows.labels is not None
        assert rows.truth is not None
        assert rows.references is None

    def test_many_numbers_are_no_classes(self) -> None:
        values = np.arange(2000) / 7
        rows = parsed(asked(self.own, columns=self.columns), label=values, prediction=values)
        assert rows.labels is None
        assert rows.truth is not None

    def test_many_texts_are_texts(self) -> None:
        values = [f"text {place}" for place in range(2000)]
        rows = parsed(asked(self.own, columns=self.columns), label=values, prediction=["a", "b"] * 1000)
        assert rows.references is not None
        assert rows.labels is None
        assert rows.predictions is not None

    def test_golden_set_needs_the_prediction(self) -> None:
        evaluation = asked(
            "latency_p50_ms", columns=Columns(prediction="prediction", latency="ms"), golden=Golden(path="g.csv")
        )
        rows = parsed(evaluation, ms=[1.0], label=["a"], prediction=["a"])
        assert rows.predictions is not None


def test_lists_and_frames_are_columns_too() -> None:
    evaluation = asked("accuracy", columns=Columns(prediction="p"))
    frame = pd.DataFrame({"id": ["b", "a"], "label": pd.Categorical(["x", "y"]), "p": ["x", "x"]})
    mixed = {"id": ["b", "a"], "label": ["x", "y"], "p": ["x", "x"]}
    for table in (frame, mixed):
        sample = rows_sample(parse_rows(table, evaluation))
        assert (sample.classes, list(sample.ids if sample.ids is not None else [])) == (("x", "y"), ["a", "b"])
        assert sample.labels is not None
        assert sample.labels.tolist() == [1, 0]
    numbers = parse_rows({"id": [2, 1], "label": [1, "1"], "p": [True, 1.0]}, evaluation)
    assert numbers.labels is not None
    assert numbers.labels.values == ("1",)
    assert numbers.predictions is not None
    assert numbers.predictions.values == ("1", "true")


def test_nullable_numbers_of_frames() -> None:
    frame = pd.DataFrame(
        {"id": pd.array([1, 2], dtype="Int64"), "label": [1.0, 2.0], "p": pd.array([1, None], dtype="Int64")}
    )
    assert "'p' of the candidate is not a finite number in 1 of 2" in refusal(
        asked("mae", columns=Columns(prediction="p")), **{name: frame[name] for name in frame}
    )
