"""A check run's output within GitHub's limits, whatever the report."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import example, given

from mlgate.outcome import Location, Report, Status
from mlgate.render.check_run import MOST, render_check
from tests.unit.render import reports
from tests.unit.render.strategies import texts


def test_the_most_important_annotations_come_first_and_stand_at_their_lines() -> None:
    output = render_check(reports.data_failure())
    first = output["annotations"][0]
    assert (first["path"], first["start_line"], first["end_line"]) == ("schemas/patients.yaml", 12, 12)
    assert (first["annotation_level"], first["title"]) == ("failure", "train.age between")
    assert first["message"].startswith("2 of 20,920 values are not between 0 and 120; the largest is 131\n")
    assert output["title"].startswith("mlgate: ")
    levels = [annotation["annotation_level"] for annotation in output["annotations"]]
    assert levels == sorted(levels)  # failure before warning


def test_an_outcome_without_a_place_below_the_repository_has_no_annotation() -> None:
    paths = ["", "/", " ", "\n", "../x", "a/../../x", "x" * 501]
    found = [reports.outcome(f"data/{n}", Status.FAIL, location=Location(path, 3)) for n, path in enumerate(paths)]
    assert render_check(reports.report(*found, reports.outcome("data/none", Status.ERROR)))["annotations"] == []
    (kept,) = render_check(reports.report(reports.outcome("data/a", Status.WARN, location=Location("/a/b.py"))))[
        "annotations"
    ]
    assert (kept["path"], kept["start_line"], kept["annotation_level"]) == ("a/b.py", 1, "warning")


def test_a_project_in_a_folder_of_its_repository_is_found_there() -> None:
    failed = reports.outcome("data/a", Status.FAIL, location=Location("a/b.py", 3))
    shown = {"folder": "models/a", "policy": reports.hostile_policy("x")}
    (kept,) = render_check(reports.report(failed, provenance=shown))["annotations"]
    assert kept["path"] == "models/a/a/b.py"
    (kept,) = render_check(reports.report(failed, provenance={"folder": "../.."}))["annotations"]
    assert kept["path"] == "a/b.py"


def test_more_than_are_shown_are_counted() -> None:
    found = [reports.outcome(f"data/{n}", Status.FAIL, location=Location("a.py", n + 1)) for n in range(MOST + 3)]
    output = render_check(reports.report(*found), "a note")
    assert len(output["annotations"]) == MOST
    assert output["summary"].endswith("\na note\n\n3 more findings have no annotation in the files.\n")


@pytest.mark.parametrize("report", [reports.huge(3000), reports.megabyte(), reports.hostile("\U0001f600" * 10_000)])
def test_githubs_limits_hold_for_large_reports(report: Report) -> None:
    output = render_check(report, "note")
    assert len(output["summary"].encode()) <= 65_535
    assert len(output["title"].encode()) <= 255


@given(text=texts())
@example(text=reports.HOSTILE)
@example(text="\u4e00" * 5000)
def test_no_text_passes_a_limit_or_adds_an_annotation(text: str) -> None:
    found = [
        reports.outcome("data/a", Status.FAIL, message=text, hint=text, subject=text, location=Location("a.py", 1)),
        reports.outcome("data/b", Status.WARN, message=text, location=Location(text, 2)),
    ]
    output = render_check(reports.report(*found))
    assert Counter(a["path"] == "a.py" for a in output["annotations"])[True] >= 1
    for annotation in output["annotations"]:
        assert len(annotation["title"].encode()) <= 255
        assert 0 < len(annotation["message"].encode()) <= 64_000
        assert annotation["path"].isprintable()
        assert 0 < len(annotation["path"]) <= 500
