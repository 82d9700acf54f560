"""The one list of all lint rules, by family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlgate.lint.ignores import RULES as IGNORES
from mlgate.lint.notebook_rules import RULES as NOTEBOOKS
from mlgate.lint.rule import Rule, documented
from mlgate.lint.seeds.rules import RULES as SEEDS
from mlgate.lint.suites import RULES as TESTS

BY_FAMILY: dict[str, tuple[Rule, ...]] = {
    "seeds": SEEDS,
    "tests": tuple(documented(*rule) for rule in TESTS),
    "notebooks": tuple(documented(*rule) for rule in NOTEBOOKS),
    "ignores": IGNORES,
}


def collect(by_family: Mapping[str, Sequence[Rule]]) -> dict[str, Rule]:
    """Rules by id.

    Raises
    ------
    ValueError
        An id stands twice, or a rule lacks a word: both are defects of ours, seen at import.
    """
    rules: dict[str, Rule] = {}
    for rule in (rule for family in by_family.values() for rule in family):
        if rule.id in rules or not all((rule.what, rule.why, rule.fix)):
            raise ValueError(f"rule {rule.id!r}: the id must be new, and what, why and fix be told")
        rules[rule.id] = rule
    return rules


RULES = collect(BY_FAMILY)
"""In the order of the documentation."""

ONCE_PER_FILE = frozenset(rule.id for rule in RULES.values() if rule.once_per_file)


def family_of(rule: str) -> str:
    """The family that a rule belongs to."""
    return next(family for family, rules in BY_FAMILY.items() if any(item.id == rule for item in rules))
