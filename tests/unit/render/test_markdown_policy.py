"""What a change loosened stands first, open; what it made stricter is folded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mlgate.outcome import Report
from mlgate.render.annotations import render_annotations
from mlgate.render.headline import basis
from mlgate.render.markdown import render_markdown
from mlgate.render.policy_facts import policy_of
from tests.unit.render import reports


def setting(effect: str, place: str = "mode", **more: Any) -> dict[str, Any]:
    return {"effect": effect, "place": place, "before": "a", "after": "b", "path": "mlgate.yaml", "line": 3} | more


def with_policy(*settings: dict[str, Any], **more: Any) -> Report:
    report = reports.passing()
    policy = {"ruled_by": "head", "base": "9a0b1c2d3e4f", "problems": [], "counts": {}, "changes": list(settings)}
    return replace(report, provenance={**report.provenance, "policy": policy | more})


def test_what_was_loosened_stands_below_the_verdict_and_before_all_else() -> None:
    lines = render_markdown(with_policy(setting("looser"), setting("either", "seed"))).splitlines()
    assert lines[0].startswith("## \u2705 mlgate")
    headings = [line for line in lines if line.startswith("#")]
    assert headings[1] == "### \u26a0\ufe0f This change loosens the gate (1), and 1 setting that may be looser"
    assert "| looser: `mode` | `mlgate.yaml:3` | `a` | `b` |" in lines
    assert "| changed: `seed` | `mlgate.yaml:3` | `a` | `b` |" in lines
    assert any("Under `policy: base` the merge base's files would rule" in line for line in lines)


def test_what_is_stricter_is_folded_and_a_setting_that_is_gone_says_so() -> None:
    text = render_markdown(with_policy(setting("tighter"), setting("looser", after="", line=None)))
    opened, _, folded = text.partition("<details>")
    assert "| looser: `mode` | `mlgate.yaml` | `a` | removed |" in opened
    assert "stricter:" not in opened
    assert "<b>Stricter now</b>: 1 setting" in folded


def test_nothing_is_said_where_nothing_changed() -> None:
    assert "loosens" not in render_markdown(reports.passing())
    assert "touches" not in render_markdown(with_policy())


def test_under_policy_base_it_is_said_whose_policy_ruled() -> None:
    text = render_markdown(with_policy(setting("looser"), ruled_by="base"))
    assert "Policy: that of the merge base `9a0b1c2d3e4f` (`policy: base`)." in text
    assert "It does not count here" in text
    assert "The policy of the merge base ruled." in basis(with_policy(setting("looser"), ruled_by="base"))


def test_more_than_are_shown_are_counted() -> None:
    text = render_markdown(with_policy(*[setting("looser", f"a{n}") for n in range(30)], counts={"looser": 500}))
    assert "loosens the gate (500)" in text
    assert "... and 480 more in the full report." in text


def test_an_annotation_stands_at_the_line_that_was_loosened() -> None:
    report = with_policy(setting("looser", "mode"), setting("either", "seed"), setting("looser", "a,b:c%", line=None))
    first, second, *rest = render_annotations(report).splitlines()
    assert first == "::warning file=mlgate.yaml,line=3,title=looser%3A mode::a before, b now"
    assert second == "::warning file=mlgate.yaml,title=looser%3A a%2Cb%3Ac%25::a before, b now"
    assert not any("seed" in line for line in rest)
    many = render_annotations(with_policy(*[setting("looser", f"a{n}") for n in range(30)]))
    assert many.count("::warning") == 10
    assert "20 more are in the report" in many


def test_the_other_media_tell_it_too() -> None:
    (line,) = (line for line in basis(with_policy(setting("looser"))) if "loosens" in line)
    assert line == "This change loosens the gate: mode (a to b)."


@pytest.mark.parametrize(
    "policy", [None, [], "x", {"changes": "x", "counts": [], "problems": 3}, {"changes": [None, 3, {}]}]
)
def test_a_policy_of_another_shape_is_as_if_it_were_not_there(policy: object) -> None:
    report = replace(reports.passing(), provenance={"policy": policy})
    found = policy_of(report)
    assert found is None or not found.problems
    assert render_markdown(report).startswith("## \u2705 mlgate")
