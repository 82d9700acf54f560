"""Settings of libraries by which results differ between runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlgate.lint.finding import CONDITIONAL, CONTROLLED, UNCONTROLLED
from mlgate.lint.finding import UNKNOWN as UNSEEN
from mlgate.lint.seeds.libraries import canonical
from mlgate.lint.seeds.values import Fixed, Known, Maybe, Option, Value

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine
    from mlgate.lint.seeds.scopes import Scope

_FLAGS = {
    "torch.backends.cudnn.benchmark": True,
    "torch.backends.cudnn.deterministic": False,
}
"""Settings of cuDNN, with the value at which results may differ."""


def set_flag(machine: Machine, scope: Scope, name: str, value: Value, node: ast.AST) -> None:
    """A setting of a library is set: of cuDNN, the ones that let results differ."""
    name = canonical(name)
    bad = _FLAGS.get(name)
    if bad is None:
        return
    for site in machine.sites.values():
        if site.what == name:
            site.verdict = CONTROLLED  # set anew: the last one holds
    site = machine.site(scope, node, "nondeterministic-cudnn", name)
    match value:
        case Known(const=const):
            worst = CONDITIONAL if machine.asked else UNCONTROLLED
            site.reached(
                worst if bool(const) is bad else CONTROLLED, "only where an option is given" * bool(machine.asked)
            )
        case Option(default=Known(const=const), name=option):
            site.reached(CONDITIONAL if bool(const) is bad else CONTROLLED, f"`{option}` decides, by default {const}")
        case Maybe() | Fixed():
            site.reached(CONTROLLED)
        case _:
            site.reached(UNSEEN, "what it is set to is not seen")
