"""Every rule says what was found in words of its own, whatever the verdict."""

from __future__ import annotations

import ast

import pytest

from mlgate.lint.finding import CONDITIONAL, CONTROLLED, UNCONTROLLED, UNKNOWN
from mlgate.lint.module import parse_module
from mlgate.lint.seeds.rules import RULES
from mlgate.lint.seeds.sites import Site
from mlgate.lint.seeds.wording import findings

MODULE = parse_module("numpy.random.rand()\n", "run.py")


def site_of(rule: str, verdict: str) -> Site:
    own = "unseeded-numpy" if rule == "late-seed" else rule
    site = Site(own, MODULE, MODULE.tree.body[0], what="numpy.random.rand", scope="f", generator="numpy")
    site.reached(verdict, "of a reason")
    site.late = rule == "late-seed"
    return site


@pytest.mark.parametrize("verdict", [UNCONTROLLED, CONDITIONAL, UNKNOWN])
@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_a_message_says_what_and_a_hint_what_to_do(rule: str, verdict: str) -> None:
    (found,) = findings([site_of(rule, verdict)])
    assert found.rule == rule or verdict != UNCONTROLLED
    assert found.message.startswith(("np.random.rand", "the seed of np", "the order of np"))
    assert found.hint
    assert "None" not in found.message
    assert found.scope == "f"


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_what_is_controlled_says_nothing(rule: str) -> None:
    (found,) = findings([site_of(rule, CONTROLLED)])
    assert (found.message, found.verdict) == ("", CONTROLLED)


def test_of_a_generator_that_is_seeded_too_late_the_first_draw_is_told() -> None:
    sites = [site_of("late-seed", UNCONTROLLED) for _ in range(3)]
    for number, site in enumerate(sites):
        site.node = ast.Pass(lineno=9 - number, col_offset=0)
    (found,) = findings(sites)
    assert (found.line, found.evidence) == (7, {"lines": [8, 9]})
