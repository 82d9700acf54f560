"""Options and arguments become an evaluation by the rules of mlgate.yaml."""

from __future__ import annotations

import doctest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.document import load_document
from mlgate.config.evaluation_file import read_metric
from mlgate.config.metric_specs import METRICS
from mlgate.config.reading import Reading
from mlgate.errors import ConfigError, UsageError
from mlgate.gate import compare_request, compare_sides
from mlgate.gate.compare_request import Asked, draft_evaluation, make_metric, parse_metrics


def test_examples_of_the_docstrings_hold() -> None:
    for module in (compare_request, compare_sides):
        found = doctest.testmod(module)
        assert found.attempted > 0
        assert found.failed == 0


@given(
    st.sampled_from([*METRICS, "ndcg@10", "ece@5", "fbeta@0.5", "ndcg@0", "accuracy@3", "acuracy"]),
    st.one_of(st.none(), st.floats(0, 200, allow_nan=False), st.sampled_from([0.0, 1.0, 1e-9, 0.5, 100.0])),
)
def test_a_metric_is_refused_where_mlgate_yaml_refuses_it(name: str, tolerance: float | None) -> None:
    """The short way that needs no YAML takes nothing that the rules would not."""
    text = "{}" if tolerance is None else f"{{tolerance: {tolerance!r}}}"
    node = load_document(f"metric: {text}", "mlgate.yaml").value
    assert isinstance(node, dict)
    reading = Reading()
    try:
        expected = read_metric(name, node["metric"], reading)
        reading.finish()
    except ConfigError as mistake:
        with pytest.raises(UsageError) as raised:
            make_metric(name, {"tolerance": tolerance})
        assert raised.value.message == mistake.reason
        return
    found = make_metric(name, {"tolerance": tolerance})
    assert (found.name, found.tolerance, found.relative, found.spec) == (
        expected.name,
        expected.tolerance,
        expected.relative,
        expected.spec,
    )


@pytest.mark.parametrize(
    ("text", "name", "tolerance", "relative"),
    [
        ("accuracy", "accuracy", None, False),
        ("accuracy:0.01", "accuracy", 0.01, False),
        ("accuracy:1e-3", "accuracy", 0.001, False),
        ("accuracy:.5", "accuracy", 0.5, False),
        ("accuracy: 0.5", "accuracy", 0.5, False),
        ("mae:2%", "mae", 0.02, True),
        ("mae:2.5 %", "mae", 0.025, True),
        ("ndcg@10:0.01", "ndcg@10", 0.01, False),
        ("pinball@0.9:1", "pinball@0.9", 1.0, False),
    ],
)
def test_name_and_tolerance(text: str, name: str, tolerance: float | None, relative: bool) -> None:
    (found,) = parse_metrics([text])
    assert (found.name, found.tolerance, found.relative) == (name, tolerance, relative)


@pytest.mark.parametrize("text", ["pack.age:fun:0.5", "pack.age:fun"])
def test_function_of_the_user(text: str) -> None:
    (found,) = parse_metrics([text], lower=["pack.age:fun"])
    assert (found.name, found.function, found.higher_is_better) == ("pack.age:fun", "pack.age:fun", False)
    (found,) = parse_metrics([text], higher=["pack.age:fun"])
    assert found.higher_is_better is True


def test_role_that_is_needed_is_the_column_of_its_name_unless_one_is_named() -> None:
    metrics = tuple(parse_metrics(["accuracy", "perplexity", "mase", "interval_coverage", "ndcg"]))
    columns = draft_evaluation(
        Asked(metrics=metrics, columns={"tokens": "n_tokens"}), predictions="new", baseline="old"
    ).columns
    expected = {
        "id": "id",
        "label": "label",
        "prediction": "prediction",
        "score": "score",
        "query": "query",
        "low": "low",
        "high": "high",
        "scale": "scale",
        "nll": "nll",
        "tokens": "n_tokens",
        "weight": None,
        "group": None,
        "latency": None,
    }
    assert {role: getattr(columns, role) for role in expected} == expected


def test_declaration_stands_where_nothing_was_asked() -> None:
    asked = Asked(metrics=tuple(parse_metrics(["f1:0.1"])), positive="yes", slices=("sex",), resamples=300)
    declared = draft_evaluation(asked, predictions="a", baseline="b")
    found = draft_evaluation(Asked(declared=declared, inconclusive="fail"), predictions="new", baseline="old")
    assert (found.metrics, found.positive, found.slices, found.resamples) == (declared.metrics, "yes", ("sex",), 300)
    assert (found.inconclusive, found.predictions, found.baseline) == ("fail", "new", "old")


def test_positive_class_may_be_false_or_zero() -> None:
    for positive in (False, 0, ""):
        asked = Asked(metrics=tuple(parse_metrics(["roc_auc"])), positive=positive)
        assert draft_evaluation(asked, predictions="a", baseline="b").positive == positive


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"prediction": "label"}, "label and prediction"),
        ({"weight": "id"}, "id and weight"),
        ({"label": ("a", "b"), "prediction": ("b", "c")}, "label and prediction"),
        ({"score": {"x": "label", "y": "p"}}, "label and score"),
    ],
)
def test_one_column_has_one_role(columns: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        draft_evaluation(Asked(columns=columns), predictions="a", baseline="b")
