"""The shape of the pyramid, priorities, GPUs and reuse in every medium."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mlgate.outcome import Report, report_to_dict
from mlgate.render import RENDERERS
from mlgate.render.markdown import MIN_BYTES, render_markdown
from mlgate.render.pyramid_facts import machines, pyramid_of, reused
from mlgate.render.text import render_text
from tests.unit.render import reports
from tests.unit.render.strategies import texts

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text(encoding="utf-8"))


def told(**provenance: Any) -> Report:
    whole = reports.pyramid()
    return replace(whole, provenance={**whole.provenance, **provenance})


def changed(**shape: Any) -> Report:
    return told(pyramid={**reports.pyramid().provenance["pyramid"], **shape})


def test_the_sample_follows_the_published_schema() -> None:
    found = Draft202012Validator(SCHEMA).iter_errors(report_to_dict(reports.pyramid()))
    assert [error.message for error in found] == []


def test_an_important_test_without_a_result_stands_before_what_is_to_be_looked_at() -> None:
    comment = render_markdown(reports.pyramid())
    said = "**1 of 2 P0 tests has no result**: `test_refund` (skipped: the test needs a GPU"
    assert comment.index(said) < comment.index("### To look at")
    assert said in render_markdown(reports.pyramid(), max_bytes=MIN_BYTES)
    assert "1 of 2 P0 tests has no result" in render_text(reports.pyramid())
    proven = changed(priorities={"P0": {"passed": 2, "failed": 0, "not_run": 0}}, unproven=[])
    for fmt in ("text", "markdown", "html"):
        assert "no result:" not in RENDERERS[fmt](proven)
        assert "has no result" not in RENDERERS[fmt](proven)


def test_many_are_counted_and_some_named() -> None:
    unproven = [{"id": f"unit/tests/unit/test_x.py::test_{n}", "why": "skipped"} for n in range(20)]
    comment = render_markdown(changed(priorities={"P0": {"not_run": 400}}, unproven=unproven))
    assert "**400 of 400 P0 tests have no result**" in comment
    assert "and 395 more." in comment


@pytest.mark.parametrize("fmt", ["text", "markdown", "html"])
def test_upside_down_is_said_with_its_reason(fmt: str) -> None:
    said = "the model tier has 6 tests, all cheaper tiers together 5"
    assert said in RENDERERS[fmt](reports.pyramid())
    assert "pside down" not in RENDERERS[fmt](changed(upside_down=False))


def test_one_tier_of_which_nothing_is_to_be_said_has_no_section() -> None:
    plain = changed(tiers=[{"tier": "unit", "tests": 5, "ran": 5}], upside_down=False, priorities={}, unproven=[])
    assert "<b>Pyramid</b>" not in render_markdown(plain)
    assert "pyramid:" not in render_text(plain)
    assert "<b>Pyramid</b>" not in render_markdown(told(pyramid=None))
    assert "<b>Pyramid</b>: 11 tests in 3 tiers, 26 s of tests, 1 flaky" in render_markdown(reports.pyramid())


def test_what_a_tier_ran_on() -> None:
    assert machines(reports.pyramid()) == {"model": "on 2 x NVIDIA L4"}
    two = {"tier": "model", "gpu": {"devices": [{"name": "NVIDIA L4"}] * 2}}
    assert machines(told(fingerprint=[two])) == {"model": "on 2 x NVIDIA L4, in one process"}
    other = {**two, "gpu": {"devices": [{"name": "NVIDIA T4"}]}}
    shards = told(fingerprint=[two, two, other])
    assert machines(shards) == {"model": "on 2 x NVIDIA L4, in one process and on 1 x NVIDIA T4"}
    cpu = {"tier": "model", "gpu": {"devices": [], "missing": "no NVIDIA driver answered"}}
    report = told(fingerprint=[cpu, {"tier": "unit"}])
    assert machines(report) == {"model": "on the CPU: no NVIDIA driver answered"}
    for fmt in ("text", "markdown", "html"):
        assert "on the CPU: no NVIDIA driver answered" in RENDERERS[fmt](report)


def test_a_bar_is_one_line() -> None:
    page = RENDERERS["html"](reports.pyramid())
    assert '<span class="bar" aria-hidden="true">&#9608;' in page
    assert ".bar { white-space: nowrap; }" in page


def test_reuse_names_the_run_and_its_date() -> None:
    outcomes = reports.pyramid().outcomes
    assert reused(outcomes) == "1 reused from run 4f1c2d9 of 2026-11-20 08:00"
    two = [*outcomes, replace(outcomes[0], reused_from="77aa0c3")]
    assert reused(two) == "2 reused from 2 earlier runs, the oldest of 2026-11-20 08:00"
    assert reused([replace(outcomes[0], reused_from="77aa0c3")]) == "1 reused from run 77aa0c3"
    assert reused([]) == ""
    named_by_its_time = replace(outcomes[1], reused_from="2026-11-20T08:00:12.000123Z")
    assert reused([named_by_its_time]) == "1 reused from the run of 2026-11-20 08:00"
    assert "clinic/export.py, which it imports, changed" in RENDERERS["html"](reports.pyramid())


def test_gpu_memory_is_in_the_page_and_the_comment() -> None:
    assert "Most GPU memory: `test_half`, 2,048\u00a0MiB on NVIDIA L4." in render_markdown(reports.pyramid())
    page = RENDERERS["html"](reports.pyramid())
    assert "The tests that held most memory of a GPU" in page
    assert '<property name="gpu_peak_mib" value="2048.0" />' in RENDERERS["junit"](reports.pyramid())


def test_each_try_of_a_flaky_test_keeps_its_traceback() -> None:
    page = RENDERERS["html"](reports.pyramid())
    assert "<summary>Try 1: fail after 0.4 s</summary><pre>" in page
    assert "| E       assert False" in render_text(reports.pyramid())


numbers = st.one_of(st.integers(-3, 10**18), st.floats(), texts(), st.none())
rows = st.dictionaries(
    st.sampled_from(["tier", "tests", "ran", "seconds", "flaky", "quarantined", "reused", "unchanged", "id", "why"]),
    st.one_of(numbers, st.booleans()),
)
shapes = st.fixed_dictionaries(
    {},
    optional={
        "tiers": st.one_of(numbers, st.lists(st.one_of(rows, numbers), max_size=20)),
        "upside_down": st.one_of(st.booleans(), numbers),
        "why": numbers,
        "priorities": st.dictionaries(texts(4), st.one_of(numbers, st.dictionaries(st.just("not_run"), numbers))),
        "unproven": st.one_of(numbers, st.lists(rows, max_size=20)),
    },
)


@settings(max_examples=40)  # each is a whole report in three media
@given(shape=st.one_of(shapes, numbers), device=st.one_of(rows, numbers))
def test_any_shape_can_be_rendered_within_its_bounds(shape: Any, device: Any) -> None:
    report = told(pyramid=shape, fingerprint=[{"tier": "unit", "gpu": {"devices": [device]}}, shape])
    pyramid_of(report)
    assert len(render_markdown(report, max_bytes=MIN_BYTES).encode()) <= MIN_BYTES
    render_text(report).encode()
    assert "</main>" in RENDERERS["html"](report)
