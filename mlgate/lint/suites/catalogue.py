"""The rules of tests: each with its function, whose docstring is its documentation, and the next step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlgate.lint.finding import Finding
from mlgate.lint.module import Module
from mlgate.lint.suites import floats, hosts, random_data, skipped, sleeps, tiers, unasserted, vacuous
from mlgate.lint.suites.files import is_test_file
from mlgate.lint.suites.suite import Declared, Suite

RULES = (
    (skipped.RULE, skipped.always_skipped_test, skipped.FIX),
    (unasserted.RULE, unasserted.test_without_assertion, unasserted.FIX),
    (vacuous.RULE, vacuous.assertion_that_cannot_fail, vacuous.FIX),
    (floats.RULE, floats.exact_float_equality, floats.FIX),
    (random_data.RULE, random_data.unseeded_test_data, random_data.FIX),
    (hosts.RULE, hosts.production_host_in_test, hosts.FIX),
    (sleeps.RULE, sleeps.sleep_in_test, sleeps.FIX),
    (tiers.RULE, tiers.test_outside_tiers, tiers.FIX),
)


def judge_tests(module: Module, declared: Declared, conftests: Sequence[Module] = ()) -> Iterator[Finding]:
    """What the rules of tests find in a module; nothing in a file that holds no tests.

    Parameters
    ----------
    conftests : the `conftest.py` files of its folder and of those above, whose automatic fixtures may seed
    """
    if not is_test_file(module.path, module.text):
        return
    suite = Suite(module, declared, conftests)
    for _, rule, _ in RULES:
        yield from rule(suite)
