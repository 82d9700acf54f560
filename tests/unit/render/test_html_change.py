"""What the work under review changed, on the page: the gate's policy first, tests, data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.outcome import Report
from mlgate.render.html import render_html
from mlgate.render.html_change import changed_data, changed_policy, changed_tests
from mlgate.render.html_parts import Links
from tests.unit.render import reports
from tests.unit.render.test_curves import JSON

SETTING = {
    "effect": "looser",
    "place": "mode",
    "before": "enforce",
    "after": "advisory",
    "path": "mlgate.yaml",
    "line": 3,
}
SIDE = {"shown": "a.csv", "rows": 1204, "columns": 2, "unread_rows": 3}
COLUMN = {"column": "age", "type": "integer", "missing_fraction": [0.0, 0.02], "mean": [40, 48.5]}
DIFF = {
    "before": SIDE,
    "after": {**SIDE, "rows": 1300},
    "schema": {"added": [{"column": "ward", "type": "string"}]},
    "columns": [COLUMN],
}


def told(**provenance: Any) -> Report:
    report = reports.passing()
    return replace(report, provenance={**report.provenance, **provenance})


def test_what_is_looser_comes_first_on_the_page_and_in_its_table() -> None:
    policy = {"ruled_by": "head", "counts": {"looser": 9}, "changes": [{**SETTING, "effect": "tighter"}, SETTING]}
    text = render_html(told(policy=policy))
    assert text.index('id="policy"') < text.index('id="comparisons"')
    assert "10 settings: 9 looser, 1 stricter. They count for this run." in text
    assert text.index('data-label="Effect">looser') < text.index('data-label="Effect">stricter')
    assert "... and 8 more." in text


def test_a_place_of_the_policy_is_a_link() -> None:
    policy = {"ruled_by": "base", "changes": [{**SETTING, "after": ""}], "problems": ["no base"]}
    body = changed_policy(told(policy=policy), Links("..")).body
    assert '<a href="../mlgate.yaml"><code>mlgate.yaml:3</code></a>' in body
    assert "They do not count here" in body
    assert 'data-label="Now">removed' in body
    assert "Not compared with the merge base: no base" in body


def test_tests_are_listed_by_what_became_of_them() -> None:
    section = changed_tests(told(tests_changed={"failing": ["a::b"], "removed": ["c::d"], "counts": {"removed": 400}}))
    assert (section.note, "... and 399 more." in section.body) == ("401 tests", True)
    assert section.body.index("fails now") < section.body.index("gone")


def test_data_are_told_by_dataset() -> None:
    drift = {"moved": 1, "found": [{"subject": "a.age", "message": "drifted: it rose"}]}
    changes = [{"dataset": "train", "diff": DIFF, "drift": drift}, {"dataset": "test", "problem": "no such commit"}]
    body = changed_data(told(data_changes=changes)).body
    assert "<code>a.csv</code> against <code>a.csv</code>: 1,204 \u2192 1,300 rows, 2 columns" in body
    assert "<li>added: <code>ward</code> (string)</li>" in body
    assert 'data-label="Mean">40 \u2192 48.5</td>' in body
    assert "<li><code>a.age</code>: drifted: it rose</li>" in body
    assert "Could not be compared with the merge base: no such commit" in body


def test_nothing_is_said_where_nothing_changed() -> None:
    report = told(policy={"ruled_by": "head", "changes": []}, tests_changed={"failing": []}, data_changes=[])
    assert not any(part.body for part in (changed_policy(report, Links()), changed_tests(report), changed_data(report)))


@given(
    st.sampled_from(["policy", "tests_changed", "data_changes"]), JSON | st.lists(st.fixed_dictionaries({"diff": JSON}))
)
@settings(max_examples=60)
def test_any_shape_is_rendered(key: str, value: Any) -> None:
    report = told(**{key: value})
    for section in (changed_policy(report, Links()), changed_tests(report), changed_data(report)):
        assert isinstance(section.body, str)
