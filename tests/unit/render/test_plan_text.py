"""A plan as a person reads it, whatever its names hold."""

from __future__ import annotations

from dataclasses import replace

from mlgate.pyramid.plan_file import Decision, PlannedTier, plan_to_dict
from mlgate.render.plan_text import render_plan
from tests.unit.pyramid.test_merge import PLAN, job, part, plan_of, planned


def test_what_runs_stands_with_its_reason_and_what_does_not_without() -> None:
    text = render_plan(plan_to_dict(PLAN))
    assert text.startswith("plan for aaaaaaaaaaaa: 1 file differs from bbbbbbbbbbbb (merge base with main)\n")
    assert "  run        a.py: imports a.py, which changed\n" in text
    assert "  unchanged  c.py\n" in text
    assert "data: unchanged: docs alone changed\n" in text
    assert "  unit-1   stage 1  1 test file  on x, at most 360 min\n" in text


def test_many_parts_with_one_reason_are_counted() -> None:
    tests = [replace(part(f"t{number}.py"), expected_s=1.5) for number in range(30)]
    spared = [part(f"u{number}.py", Decision.UNCHANGED) for number in range(30)]
    made = plan_of(planned("unit", *tests, *spared), jobs=(job("unit-1"),))
    text = render_plan(plan_to_dict(made))
    assert text.count("imports a.py, which changed") == 1
    assert "  run        t0.py: imports a.py, which changed (1.5 s)\n" in text
    assert "  run        t1.py: likewise (1.5 s)\n" in text
    assert "  run        and 25 more for the same reason\n" in text
    assert "  unchanged  and 25 more tests\n" in text


def test_a_plan_without_a_base_and_one_without_jobs() -> None:
    made = plan_of(planned("unit", decision=Decision.UNCHANGED), base=None, found="there is no branch here")
    text = render_plan(plan_to_dict(made))
    assert text.startswith("plan for aaaaaaaaaaaa: everything runs\n  there is no branch here\n")
    assert text.endswith("\nnothing has to run\n")


def test_names_cannot_forge_lines_or_colours() -> None:
    bad = "a\x1b[31m\n::error::x\u202e.py"
    tier = PlannedTier(tier="unit", decision=Decision.RUN, why=bad, tests=(part(bad), part(bad + "2")))
    text = render_plan(plan_to_dict(plan_of(tier, jobs=(job("unit-1", 1, bad),), found=bad)))
    assert "\x1b" not in text
    assert "\n::error" not in text
    assert "\u202e" not in text
