"""Curves and distributions of a report: what is drawn, what is told, and that no evidence breaks the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.outcome import Status
from mlgate.render.curves import Roc, curves_of
from mlgate.render.html_curves import curves
from mlgate.render.html_drift import distribution_of, distributions
from mlgate.render.html_trend import trends
from tests.unit.render import reports
from tests.unit.render.broken_reports import CURVES, flips
from tests.unit.render.picture_reports import cells, drifted, trend

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats() | st.text(max_size=3),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.sampled_from(["name", "reference", "current"]), each),
    max_leaves=6,
)


def test_the_area_and_the_share_found_are_read_off_the_curve() -> None:
    roc = Roc((0.0, 0.0, 0.5, 0.5, 1.0), (0.0, 0.2, 0.6, 0.8, 1.0))
    assert roc.area == pytest.approx(0.2 + 0.45)
    assert [roc.found_at(at) for at in (0.0, 0.25, 0.5, 0.75, 1.0)] == pytest.approx([0.2, 0.4, 0.8, 0.9, 1.0])


def test_curves_are_told_in_words_and_in_numbers() -> None:
    section = curves(reports.report(flips()))
    assert "the area under the curve goes from 0.825 to 0.650" in section.body
    assert (
        "where 10 % of the negatives are taken for positives, 60.0 % and then 25.0 % of the positives" in section.body
    )
    assert '<th scope="row">0.25 to 0.5</th>' in section.body
    drawn = section.charts["curves"]
    assert [sorted(each) for each in drawn] == [["after", "before"], ["after", "before", "of"], ["classes"]]
    assert drawn[0]["after"] == [[0, 0], [0.2, 0.5], [1, 1]]
    assert section.body.count("<figure") == 3


def test_all_rows_come_first_then_what_is_worse() -> None:
    worse = reports.accuracy({"health": "poor"}, 0.9, 0.8, 0.01)
    found = curves(reports.report(flips({"health": "fair"}), flips({"health": "poor"}), worse, flips()))
    order = [found.body.index(text) for text in ("5,230 rows", "health=poor", "health=fair")]
    assert order == sorted(order)


def test_without_curves_there_is_no_section() -> None:
    assert curves(reports.report(flips(calibration=None, curves=None))).body == ""
    assert distributions(reports.report(reports.outcome("data/drift/x/drift"))).body == ""


@given(st.dictionaries(st.sampled_from(["of", "rows", "roc", "scores"]), JSON))
def test_curves_of_any_shape_are_none_or_drawn(changes: dict[str, Any]) -> None:
    for value in (changes, {**CURVES, **changes}, {**CURVES, "roc": {**CURVES["roc"], "baseline": changes}}):
        section = curves(reports.report(flips(curves=value)))
        assert section.body.count("<figure") == len(section.charts["curves"])


@pytest.mark.parametrize("values", [[0, 0.5, 0.4], [0, 2], [0], [0.0] * 500, [0, None, 1], ["0", "1"]])
def test_a_curve_that_is_none_is_not_drawn(values: list[Any]) -> None:
    side = {"false_positive_fraction": values, "true_positive_fraction": values}
    assert curves_of({**CURVES, "roc": {"baseline": side, "candidate": side}, "scores": None}) is None


def test_a_distribution_is_told_in_shares_of_all_rows() -> None:
    section = distributions(reports.report(drifted("sex", Status.PASS), drifted()))
    assert section.body.index("test.ward") < section.body.index("test.sex")
    assert '<th scope="row"><code>C1</code></th><td class="number" data-label="Reference">10.0 %</td>' in section.body
    (first, _) = section.charts["distributions"]
    assert first["cells"] == [
        ["A1", None, None, 0.6, 0.5],
        ["C1", None, None, 0.1, 0.22],
        ["all others", None, None, 0.29, 0.28],
        ["missing", None, None, 0.01, 0],
    ]


@given(st.dictionaries(st.sampled_from(["kind", "type", "cells", "others", "missing", "rows"]), JSON))
@settings(max_examples=60)
def test_distributions_of_any_shape_are_none_or_drawn(changes: dict[str, Any]) -> None:
    outcome = drifted(**changes)
    section = distributions(reports.report(outcome, replace(outcome, evidence={"distribution": changes})))
    assert section.body.count("<figure") == len(section.charts["distributions"])


@pytest.mark.parametrize("rows", [[0, 10], [10, 0], None, [1]])
def test_tables_without_rows_have_no_distribution(rows: Any) -> None:
    assert distribution_of(drifted(rows=rows, cells=cells(("a", 1, 1)))) is None


def test_the_last_runs_are_told_the_latest_first() -> None:
    section = trends(reports.report(trend()))
    assert section.body.index("2026-11-14") < section.body.index("2026-11-10")
    assert "accuracy of readmission over 5 runs: 0.861 to 0.8716" in section.body
    (drawn,) = section.charts["trends"]
    assert drawn["points"][0] == ["04f1c2d9a8b7", "2026-11-10", 0.861]
    assert "lower is better" in trends(reports.report(trend(higher_is_better=False))).body


@given(JSON | st.lists(st.fixed_dictionaries({"value": JSON, "commit": JSON, "time": JSON})))
@settings(max_examples=60)
def test_runs_of_any_shape_are_none_or_drawn(points: Any) -> None:
    section = trends(reports.report(trend(points=points)))
    assert section.body.count("<figure") == len(section.charts["trends"])
