"""Sections of the comment that only some reports have."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from mlgate.outcome import Report, Status
from mlgate.render.markdown import render_markdown
from tests.unit.render import reports


def told(report: Report | None = None, **provenance: Any) -> str:
    report = report or reports.passing()
    return render_markdown(replace(report, provenance={**report.provenance, **provenance}))


def test_a_metric_has_the_trend_of_main_beside_it_in_blocks_and_in_words() -> None:
    points = [{"value": value} for value in (0.61, 0.64, 0.63, 0.7)]
    decline = reports.outcome(
        "model/readmission/accuracy/history",
        check="slow_decline",
        evidence={"evaluation": "readmission", "metric": "accuracy", "points": points},
    )
    report = reports.regressed()
    text = told(report.with_outcomes((*report.outcomes, decline)))
    (line,) = (line for line in text.splitlines() if line.startswith("On the branch"))
    assert line == "On the branch that this goes to: \u2581\u2583\u2583\u2588 over 4 runs, from 0.61 to 0.7."
    assert text.index("Metric `accuracy`") < text.index(line)


def test_the_data_of_either_side_are_told() -> None:
    (baseline,) = reports.PROVENANCE["baselines"]
    digests = {"train": "0cc175b9c0f1b6a831c399e269772661", "test": "92eb5ffee6ae2fec3ad71c777531578f"}
    same = told(baselines=[baseline | {"data": digests}])
    assert "Its data are those of this run (2 datasets)." in same
    other = told(baselines=[baseline | {"data": digests | {"test": "f" * 32}}])
    assert "It was recorded with other data: `test` `ffffffffffff` \u2192 `92eb5ffee6ae`." in other
    assert "Its data" not in told(baselines=[baseline | {"data": None}])


def test_seed_and_machine_are_told() -> None:
    machine = {"platform": "linux", "machine": "x86_64", "processors": 8, "gpu": "1 x NVIDIA L4"}
    assert "This run: commit `4f1c2d9a8b7e`, seed 3, on `linux x86_64`, 8 processors, `1 x NVIDIA L4`." in told(
        environment=machine, seed=3
    )


def test_reused_results_are_counted_in_their_tier() -> None:
    outcomes = [replace(o, reused_from="4f1c2d9") if o.tier == "unit" else o for o in reports.passing().outcomes]
    reused = sum(outcome.reused_from is not None for outcome in outcomes)
    text = told(reports.passing().with_outcomes(outcomes))
    assert reused
    assert any(line.startswith("| `unit`") and f"{reused} reused from run 4f1c" in line for line in text.split("\n"))


def test_tests_that_changed_are_listed_by_what_became_of_them() -> None:
    changed = {"commit": "9a0b1c2d3e4f", "failing": ["unit/a::b"], "skipped": [], "removed": ["unit/c::d"] * 20}
    text = told(tests_changed=changed | {"counts": {"removed": 400}})
    assert "<b>Tests</b>: 1 test fails now, 400 tests gone" in text
    assert "| \u274c fails now | `unit/a::b` |" in text
    assert "... and 388 more in the full report." in text
    assert "<b>Tests</b>: " not in told(tests_changed={"counts": {"removed": 0}})


def test_changes_of_data_are_folded_and_what_could_not_be_compared_is_open() -> None:
    side = {"shown": "a.csv", "rows": 5, "columns": 2, "unread_rows": 0}
    diff = {"before": side, "after": side | {"rows": 7}, "columns": [], "unchanged": ["x"]}
    drift = {"judged": 3, "moved": 1, "found": [{"subject": "a.age", "message": "drifted: mean 3 to 4"}]}
    text = told(data_changes=[{"dataset": "a", "diff": diff, "drift": drift}, {"dataset": "b", "problem": "too large"}])
    assert "<summary><b>Data changed</b>: " in text
    assert "5 \u2192 7 rows" in text
    assert "- `a.age`: drifted: mean 3 to 4" in text
    assert "`b` changed, and could not be compared with the merge base: too large." in text
    calm = told(data_changes=[{"dataset": "a", "diff": diff, "drift": {"judged": 3, "moved": 0, "found": []}}])
    assert "Drift against the merge base: none was found." in calm


def test_what_was_resolved_is_one_line_of_a_few_names() -> None:
    report = reports.passing()
    many = [replace(report.outcomes[0], id=f"a/{n}") for n in range(12)]
    text = render_markdown(report, resolved=many)
    (line,) = (line for line in text.splitlines() if "Resolved since" in line)
    assert line.endswith(" and 4 more.")


@pytest.mark.parametrize("key", ["tests_changed", "data_changes", "policy"])
@pytest.mark.parametrize("value", [None, 3, "x", [], {}, [None], [3], {"failing": 3}, [{"diff": 3}]])
def test_what_has_another_shape_adds_nothing(key: str, value: Any) -> None:
    assert told(None, **{key: value}) == told()


def test_a_full_comment_reads_as_text_without_html() -> None:
    """In a mail program that shows plain text every line says something."""
    text = told(reports.regressed())
    bare = re.sub(r"</?(details|summary|b|br|code|span)>", " ", text)
    assert "<" not in bare.replace("p &lt;", "")
    assert all(status in text for status in ("\u274c", "Blocks the merge"))
    assert Status.FAIL is reports.regressed().verdict


def test_what_is_said_of_the_whole_tier_is_no_dataset() -> None:
    skipped = reports.outcome("data/tier", Status.SKIP, message="not run: the unit tier blocks")
    lost = reports.outcome("data/pull/data/a.csv", Status.ERROR, check="pull", message="DVC could not fetch it")
    shown = render_markdown(reports.report(skipped, lost, provenance={}))
    assert "<b>Data</b>" not in shown
    held = reports.outcome("data/pull/age/between")
    assert "<b>Data</b>: 1 dataset<" in render_markdown(reports.report(skipped, lost, held, provenance={}))
