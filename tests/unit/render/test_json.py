"""`report.json` is strict JSON, follows its schema, and reads back as the report that was written."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mlgate.outcome import TIERS, Location, Outcome, Report, Status, report_from_dict, report_to_dict
from mlgate.render.json import render_json
from tests.unit.render import reports

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
WRITTEN = [name for name in reports.SAMPLES if name != "hostile"]
"""Samples as the gate writes them; `hostile` holds text where numbers belong."""


def strict(text: str) -> Any:
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", WRITTEN)
def test_every_sample_follows_the_schema(name: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(strict(render_json(reports.SAMPLES[name]())))] == []


def test_the_schema_rejects_what_is_no_report() -> None:
    good = report_to_dict(reports.regressed())
    index = next(i for i, outcome in enumerate(good["outcomes"]) if outcome["check"] == "metric_change")
    spoilt = [
        {**good, "schema_version": 2},
        {**good, "verdict": "skip"},
        {key: value for key, value in good.items() if key != "provenance"},
        {**good, "outcomes": [{**good["outcomes"][0], "status": "passed"}]},
        {**good, "outcomes": [{**good["outcomes"][index], "evidence": {"metric": "accuracy", "verdict": "pass"}}]},
        {**good, "outcomes": [{**good["outcomes"][0], "location": {"path": "a", "line": 0}}]},
    ]
    assert [VALIDATOR.is_valid(document) for document in spoilt] == [False] * len(spoilt)


def test_a_reader_may_meet_fields_that_it_does_not_know() -> None:
    newer = report_to_dict(reports.regressed()) | {"later": 1}
    newer["outcomes"][0] |= {"later": {"x": 1}}
    assert VALIDATOR.is_valid(newer)
    assert report_from_dict(newer) == report_from_dict(report_to_dict(reports.regressed()))


def test_a_reader_gives_every_field_its_type_or_refuses_the_report() -> None:
    good = report_to_dict(reports.regressed())
    (first, *others) = good["outcomes"]
    odd = report_from_dict({**good, "outcomes": [{**first, "reused_from": ["x"]}, *others]})
    assert odd.outcomes[0].reused_from == "['x']"
    for spoilt in ({**good, "duration_s": 10**400}, {**good, "outcomes": [{**first, "duration_s": 10**400}, *others]}):
        with pytest.raises(ValueError, match="not a report"):
            report_from_dict(spoilt)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_null(value: float) -> None:
    wrong = reports.accuracy(None, 0.9, 0.9, 0.01)
    evidence = {**wrong.evidence, "low": value, "deep": [{"x": value}]}
    report = reports.report(reports.outcome("model/a", Status.ERROR, evidence=evidence, observed=value))
    written = strict(render_json(report))
    (outcome,) = written["outcomes"]
    assert outcome["evidence"]["low"] is None
    assert outcome["evidence"]["deep"] == [{"x": None}]
    assert outcome["observed"] is None
    assert VALIDATOR.is_valid(written)


def test_the_order_is_that_of_the_contract() -> None:
    keys = list(strict(render_json(reports.passing())))
    assert keys == list(SCHEMA["properties"])


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
SECONDS = st.floats(0, 1e6)
OUTCOMES = st.builds(
    Outcome,
    id=st.text(max_size=10),
    check=st.text(max_size=10),
    tier=st.sampled_from(TIERS),
    subject=st.text(max_size=10),
    status=st.sampled_from(Status),
    message=st.text(max_size=10),
    hint=st.text(max_size=10),
    observed=PLAIN,
    expected=PLAIN,
    location=st.none() | st.builds(Location, st.text(max_size=8), st.none() | st.integers(1, 9999)),
    evidence=st.dictionaries(st.text(max_size=5), PLAIN, max_size=3),
    duration_s=SECONDS,
    reused_from=st.none() | st.text(max_size=8),
)
REPORTS = st.builds(
    Report,
    gate=st.text(max_size=8),
    outcomes=st.lists(OUTCOMES, max_size=4).map(tuple),
    started_at=st.just("2026-11-21T09:23:20Z"),
    duration_s=SECONDS,
    provenance=st.dictionaries(st.text(max_size=5), PLAIN, max_size=3),
    mode=st.sampled_from(["enforce", "advisory"]),
    strict=st.booleans(),
)


@given(report=REPORTS)
@settings(max_examples=60)
def test_a_report_reads_back_as_it_was(report: Report) -> None:
    assert report_from_dict(report_to_dict(report)) == report
    assert report_from_dict(strict(render_json(report))) == report


@given(report=REPORTS)
@settings(max_examples=30)
def test_every_report_can_be_rendered_in_every_format(report: Report) -> None:
    from mlgate.render import RENDERERS

    for render in RENDERERS.values():
        render(report).encode()
