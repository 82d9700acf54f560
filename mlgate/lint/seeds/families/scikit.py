"""What follows scikit-learn's convention: without `random_state` it draws from numpy's global generator."""

from __future__ import annotations

from mlgate.lint.finding import UNKNOWN as UNSEEN
from mlgate.lint.seeds import handing, order, seeding
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.estimators import ESTIMATORS, ROOTS, SPLITS, SURPRISE_SPLITS
from mlgate.lint.seeds.families import searches
from mlgate.lint.seeds.sites import SEEDED
from mlgate.lint.seeds.values import FIXED, UNKNOWN, Items, Result, Value

_SPLIT_IN_ORDER = ("train_test_split", "shuffle", "resample")
"""Functions whose result depends on the order of what they are given."""


def estimators(call: Call) -> Value | None:
    """Splitters, estimators and makers of data."""
    last = call.last
    draws = (SURPRISE_SPLITS if call.name.startswith("surprise.") else SPLITS).get(last)
    rule = "unseeded-split" if draws else "unseeded-estimator"
    draws = draws or ESTIMATORS.get(last)
    if draws is None:
        return Result("numpy.random.RandomState") if last == "check_random_state" else None
    if last in _SPLIT_IN_ORDER:
        order.use_all(call.machine, call.scope, call.given.positional, call.node)
    handing.hand_over(call.machine, call.given, call.name)
    if not draws(call.given.keywords):
        return Result(call.name)
    state = call.get("random_state")
    if state is None and call.given.is_open and call.machine.path.of("numpy").quality != SEEDED:
        site = call.site(rule, "numpy")
        if call.given.spread is not FIXED:
            site.reached(UNSEEN, "the arguments after ** are not seen")
    else:
        site = seeding.with_state(call, state, rule, later=last[:1].isupper())
    if last == "train_test_split" and call.given.positional:
        return _parts(call.given.positional)
    return Result(call.name, site)


def _parts(given: list[Value]) -> Items:
    """Two parts of each of what is split."""
    is_table = isinstance(given[0], Result) and given[0].name.startswith("pandas.")
    return Items([Result("pandas.DataFrame") if is_table else UNKNOWN] * (2 * len(given)))


def skopt(call: Call) -> Value | None:
    """scikit-optimize has functions that search, and estimators."""
    searches.skopt(call)
    return estimators(call)


HANDLERS = {**dict.fromkeys(ROOTS, estimators), "skopt": skopt}
