"""Numbers of tests in the report."""

from __future__ import annotations

import doctest
from typing import Any

from mlgate.config.project import Tier
from mlgate.pyramid import measured
from mlgate.pyramid.judgement import outcomes_of_tests
from mlgate.pyramid.measured import in_words, metrics_in
from mlgate.pyramid.records import parse_records


def metric(name: str, value: Any, where: Any = None) -> list[Any]:
    return ["mlgate_metric", {"name": name, "value": value, "slice": where}]


def test_only_numbers_with_a_name_are_metrics() -> None:
    others = [["mlgate", {"priority": "P0"}], ["x", 1], "text", metric("text", "0.5"), ["mlgate_metric", {"value": 1}]]
    assert metrics_in([*others, metric("auc", 0.5, {"sex": "F"}), metric("rows", 3)]) == [
        {"name": "auc", "value": 0.5, "slice": {"sex": "F"}},
        {"name": "rows", "value": 3, "slice": None},
    ]


def test_many_are_counted() -> None:
    many = metrics_in([metric(f"m{number}", number) for number in range(7)])
    assert in_words(many) == "m0 0, m1 1, m2 2, m3 3, m4 4, 2 more"
    assert doctest.testmod(measured).failed == 0


def test_the_outcome_of_a_test_says_its_metrics(make: Any) -> None:
    records = make.run(make.test("tests/test_a.py::test_b"))
    records[-2]["properties"] = [metric("recall", 0.91, {"sex": "F"})]
    (outcome,) = outcomes_of_tests(Tier(name="unit"), parse_records(records), unfinished="")
    assert outcome.message == "passed: recall in sex=F 0.91"
    assert outcome.evidence["metrics"] == [{"name": "recall", "value": 0.91, "slice": {"sex": "F"}}]
