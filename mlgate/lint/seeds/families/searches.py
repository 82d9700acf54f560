"""Searches for hyperparameters: optuna, hyperopt, scikit-optimize."""

from __future__ import annotations

from mlgate.lint.seeds import handing, libraries, seeding
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.sites import Site
from mlgate.lint.seeds.values import UNKNOWN, Maybe, Result, Value, is_none

_SKOPT = frozenset({"gp_minimize", "forest_minimize", "gbrt_minimize", "dummy_minimize", "Optimizer"})


def optuna(call: Call) -> Value | None:
    """Samplers, and studies that make one without a seed."""
    if call.last in libraries.OPTUNA_SAMPLERS:
        return Result(call.name, searching(call, call.get("seed")))
    if call.name == "optuna.integration.OptunaSearchCV":
        searching(call, call.get("random_state"))
    elif call.last in ("create_study", "Study"):
        sampler = call.get("sampler")
        if sampler is None or is_none(sampler) or isinstance(sampler, Maybe):
            searching(call, sampler)
    else:
        return None
    return Result(call.name)


def hyperopt(call: Call) -> Value | None:
    """`fmin`."""
    if call.name != "hyperopt.fmin":
        return None
    handing.hand_over(call.machine, call.given, call.name)
    searching(call, call.get("rstate") or call.get("rseed"))
    return UNKNOWN


def skopt(call: Call) -> None:
    """The functions of scikit-optimize, which take `random_state`."""
    if call.last in _SKOPT:
        seeding.with_state(call, call.get("random_state"), "unseeded-search")


def searching(call: Call, seed: Value | None) -> Site | None:
    """A search is made with this seed."""
    if seed is None and call.given.is_open:
        return None
    site = call.site("unseeded-search")
    seeding.own_generator_again(call, site, seed)
    return site


HANDLERS = {"optuna": optuna, "hyperopt": hyperopt}
