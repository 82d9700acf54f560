"""Examples that changed, as renderers see them: whatever the evidence holds, and in as much detail as it allows."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.outcome import Report, Status
from mlgate.render.calibration import calibration_of, curve_rows, told
from mlgate.render.flips import behind, counts, flips_of, in_words
from mlgate.render.html import render_html
from mlgate.render.markdown import render_markdown
from mlgate.render.text import render_text
from tests.unit.render import broken_reports, reports
from tests.unit.render.broken_reports import CALIBRATION, SLICE

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = sorted(broken_reports.flips().evidence)


def compared(*more: Any, privacy: str = "full") -> Report:
    worse = reports.accuracy(SLICE, 0.8732, 0.8122, 0.0295, n=1204)
    return reports.report(worse, broken_reports.flips(SLICE, privacy=privacy), *more)


def test_counts_are_told_in_the_words_of_the_kind() -> None:
    told_of = {}
    for kind in ("classes", "numbers", "scores"):
        flips = flips_of(broken_reports.flips(SLICE, kind=kind))
        assert flips is not None
        told_of[kind] = counts(flips)
    assert told_of == {
        "classes": "74 examples turned wrong, 1 turned right; 6.2 % of 1,204 predictions differ",
        "numbers": "the error grew in 74 examples, shrank in 1; 6.2 % of 1,204 predictions differ",
        "scores": "the label lost probability in 74 examples, gained some in 1; 6.2 % of 1,204 scores differ",
    }


def test_an_example_is_told_with_its_predictions_where_they_are_shown() -> None:
    flips = flips_of(broken_reports.flips(privacy="full"))
    assert flips is not None
    assert in_words(flips.worst[0]) == "visit-1042 (true -> false)"
    assert flips.worst[0].scores == "0.91 -> 0.11"
    bare = flips_of(broken_reports.flips(worst=[{"id": "v*** (10 characters)", "harm": 3.0}]))
    assert bare is not None
    assert in_words(bare.worst[0]) == "v*** (10 characters)"


def test_only_what_is_worse_is_looked_behind() -> None:
    report = compared(broken_reports.flips(), reports.accuracy(None, 0.873, 0.8716, 0.0034))
    assert list(behind(report)) == [("readmission", "health=fair")]
    improved = reports.report(reports.accuracy(SLICE, 0.8, 0.9, 0.01), broken_reports.flips(SLICE))
    assert behind(improved) == {}


@pytest.mark.parametrize(("privacy", "shown"), [("full", True), ("masked", False), ("none", False), (None, False)])
def test_a_comment_shows_examples_only_in_full(privacy: Any, shown: bool) -> None:
    told_by_stranger = broken_reports.flips(SLICE, privacy="full")
    evidence = {**told_by_stranger.evidence, "privacy": privacy}
    report = reports.report(
        reports.accuracy(SLICE, 0.8732, 0.8122, 0.0295, n=1204), replace(told_by_stranger, evidence=evidence)
    )
    text = render_markdown(report)
    assert "74 examples turned wrong, 1 turned right" in text
    assert "| `true` | `false` | 61 | 128 |" in text
    assert ("visit-" in text) is shown
    assert ("only under `privacy: {examples: full}`" in text) is not shown
    assert text.count("`visit-") == (5 if shown else 0)


def test_a_comment_shows_golden_examples_only_in_full() -> None:
    for privacy, shown in (("full", True), ("masked", False)):
        text = render_markdown(reports.report(*broken_reports.others(privacy)))
        assert "2 of 40 golden examples miss" in text
        assert ("`visit-77`" in text) is shown
        assert ("`visit-3310`" in text) is shown


def test_masked_examples_are_shown_in_the_terminal_and_the_page() -> None:
    report = compared(privacy="masked")
    assert "worst: v*** (10 characters) (true -> false), v*** (8 characters)" in render_text(report)
    assert "v*** (10 characters)" in render_html(report)
    nothing = compared(privacy="none")
    assert "worst:" not in render_text(nothing)
    assert "Turned from right to wrong" not in render_html(nothing)
    assert "74 examples turned wrong" in render_text(nothing)


def test_the_terminal_tells_it_beside_its_comparison() -> None:
    lines = render_text(compared()).splitlines()
    place = lines.index("        74 examples turned wrong, 1 turned right; 6.2 % of 1,204 predictions differ")
    assert lines[place + 1].startswith("        worst: visit-1042 (true -> false), visit-77 (true -> false), ")
    assert lines[place + 1].count("true -> false") == 5
    assert lines[place + 2].startswith("        next: ")


def test_the_page_has_tables_and_curves() -> None:
    text = render_html(compared())
    assert "<caption>Turned from right to wrong</caption>" in text
    assert "<code>true \u2192 false</code>" in text
    assert "<caption>Turned from wrong to right</caption>" in text
    assert "<caption>Cells of the confusion table that changed</caption>" in text
    assert text.count('data-chart="calibration"') == 1
    assert "<summary>The curves in numbers</summary>" in text


def test_groups_and_found_slices_have_tables_on_the_page() -> None:
    text = render_html(reports.report(*broken_reports.others()))
    assert re.search(r"<th scope=\"row\"><code>F</code></th><td [^>]*>selection rate</td>", text)
    assert "0.296 to 0.325" in text
    assert re.search(r"<th scope=\"row\"><code>ward=3</code></th><td [^>]*>410</td>", text)


def test_many_slices_are_cut_and_it_is_said() -> None:
    wards = [{"ward": str(number)} for number in range(9)]
    worse = [reports.accuracy(ward, 0.9, 0.8, 0.01) for ward in wards]
    text = render_markdown(reports.report(*worse, *(broken_reports.flips(ward) for ward in wards)))
    assert text.count("Examples of `readmission` in ") == 6
    assert "... and 3 more slices in the full report." in text


def test_the_curve_is_described_in_words_and_in_numbers() -> None:
    curves = calibration_of(CALIBRATION)
    assert curves is not None
    assert told(curves) == (
        "the baseline is farthest off at scores 0 to 0.1: mean score 0.05, frequency 0.05; "
        "the candidate is farthest off at scores 0.8 to 0.9: mean score 0.85, frequency 0.97"
    )
    assert told(curves) in render_html(reports.regressed())
    assert curve_rows(curves)[0] == ("0 to 0.1", "310", "0.05", "0.05", "290", "0.05", "0.05")
    assert len(curve_rows(curves)) == 9  # the last bin has no row


def test_a_curve_without_rows_says_so() -> None:
    empty = [{**point, "n": 0, "score": None, "frequency": None} for point in CALIBRATION["baseline"]]
    curves = calibration_of({**CALIBRATION, "baseline": empty})
    assert curves is not None
    assert told(curves).startswith("the baseline has no rows; the candidate is farthest off")


@given(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=4))
def test_evidence_of_any_shape_is_rendered(changes: dict[str, Any]) -> None:
    """A value of the wrong type is treated as absent, never as an exception."""
    whole = broken_reports.flips(SLICE, privacy="full")
    odd = replace(whole, evidence={**whole.evidence, **changes})
    golden = replace(broken_reports.others()[0], evidence={"privacy": "full", "examples": changes.get("worst")})
    report = reports.report(reports.accuracy(SLICE, 0.9, 0.8, 0.01), odd, golden)
    for render in (render_text, render_markdown, render_html):
        assert render(report).endswith("\n")


@given(JSON)
def test_a_calibration_of_any_shape_is_none_or_told(value: Any) -> None:
    for given_value in (value, {**CALIBRATION, "candidate": value}, {**CALIBRATION, "baseline": [value] * 10}):
        curves = calibration_of(given_value)
        if curves is not None:
            assert told(curves)
            assert all(len(row) == 7 for row in curve_rows(curves))


def test_a_regression_that_does_not_block_is_not_called_accepted() -> None:
    worse = reports.accuracy({"sex": "F"}, 0.867, 0.812, 0.03, n=900)
    told_only = replace(worse, status=Status.WARN, evidence={**worse.evidence, "blocking": False})
    text = render_text(reports.report(told_only))
    assert "worse, does not block" in text
    assert "accepted until" not in text
    assert "5.5 points worse (86.7 % -> 81.2 %, 900 rows)" in text


def test_runs_of_several_seeds_are_counted() -> None:
    worse = reports.accuracy(None, 0.867, 0.812, 0.03, n=900)
    runs = {"baseline_runs": [0.86, 0.87, 0.87], "candidate_runs": [0.81, 0.81]}
    text = render_text(reports.report(replace(worse, evidence={**worse.evidence, **runs})))
    assert "; 3 runs of the baseline, 2 of the candidate; " in text
    assert "runs of the baseline" not in render_text(reports.report(worse))


def test_the_unit_of_a_label_is_not_said() -> None:
    change = reports.comparison(
        "mae", None, (2.0, 2.5, 0.3, 0.7, 0.1, 900), "regression", Status.FAIL, evidence={"unit": "label"}
    )
    evidence = {**change.evidence, "higher_is_better": False}
    text = render_text(reports.report(replace(change, evidence=evidence)))
    assert "0.50 worse (2.00 -> 2.50, 900 rows)" in text
    assert "label" not in text
