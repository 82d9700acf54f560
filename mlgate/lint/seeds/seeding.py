"""Seeds: what a value does to the generator that it seeds, and what it says of a `random_state`."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlgate.lint.finding import CONDITIONAL, CONTROLLED, UNCONTROLLED, UNKNOWN
from mlgate.lint.seeds.sites import DONE, ENTROPY, NEVER, Seeding, Site
from mlgate.lint.seeds.values import Either, Entropy, External, Maybe, Scope, Unknown, Value, is_none

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine


def seed_with(
    machine: Machine, scope: Scope, node: ast.Call, generators: tuple[str, ...], value: Value, what: str
) -> None:
    """Generators are seeded with a value: the path goes on with what that makes of them."""
    line = getattr(node, "lineno", 0)
    match value:
        case Entropy():
            entropy_seed(machine, scope, node, value, what)
            seeding = ENTROPY
        case Maybe(name=name):
            given = f"`{name}` is given" if name else "a value is given"
            seeding = Seeding(CONDITIONAL, f"it is seeded only where {given} (line {line} of {scope.module.path})")
        case Unknown() | Either():
            seeding = Seeding(UNKNOWN, f"the seed in line {line} of {scope.module.path} is not seen")
        case _:
            seeding = NEVER if is_none(value) else DONE
    machine.seed(generators, seeding)


def entropy_seed(machine: Machine, scope: Scope, node: ast.AST, value: Entropy, what: str) -> None:
    """A seed that differs in every run."""
    for draw in value.draws:
        draw.is_seed = True
    if value.told:
        return
    value.told = True
    site = machine.site(scope, node, "entropy-seed", what)
    is_open = value.conditional or machine.asked > 0
    site.reached(CONDITIONAL if is_open else UNCONTROLLED, f"it comes from {value.why}")


_NAMES = re.compile(
    r"(?:^|_)(?:port|name|suffix|prefix|tmp|temp|colou?rs?|delay|wait|sleep|backoff|jitter|password|token|uid|uuid|session)"
    r"(?:_|$)",
    re.IGNORECASE,
)


def names_something(name: str, value: Value) -> None:
    """What is drawn is kept as a name, a port, a colour or a delay: no result depends on it."""
    if isinstance(value, Entropy) and value.draws and _NAMES.search(name):
        for draw in value.draws:
            draw.is_seed = True


def is_something(value: Value | None) -> bool:
    """Whether an argument is given and not None."""
    return value is not None and not is_none(value) and not isinstance(value, Maybe)


def with_state(
    machine: Machine, scope: Scope, node: ast.Call, state: Value | None, *, rule: str, what: str, later: bool = False
) -> Site:
    """Something that takes `random_state`: without one it draws from numpy's global generator."""
    if state is None or is_none(state) or (isinstance(state, External) and state.name == "numpy.random"):
        draw = machine.draw_later if later else machine.draw
        return draw(scope, node, "numpy", what, rule=rule)
    site = machine.site(scope, node, rule, what, "numpy")
    numpy = machine.path.of("numpy").quality
    match state:
        case Entropy():
            entropy_seed(machine, scope, node, state, what)
        case Maybe(name=name) if numpy != "seeded":
            site.reached(CONDITIONAL, f"it has a seed only where `{name}` is given" if name else "its seed may be None")
        case Unknown() | Either() if numpy != "seeded":
            site.reached(UNKNOWN, "the seed that it is given is not seen")
        case _:
            site.reached(CONTROLLED)
    return site


def own_generator(machine: Machine, scope: Scope, node: ast.Call, seed: Value | None, what: str) -> Site:
    """A generator object is made with this seed."""
    site = machine.site(scope, node, "unseeded-generator", what)
    own_generator_again(machine, scope, node, site, seed)
    return site


def own_generator_again(machine: Machine, scope: Scope, node: ast.Call, site: Site, seed: Value | None) -> None:
    """A generator object is seeded with this value: the place that made it is judged."""
    match seed:
        case None if machine.unsure:
            site.reached(UNKNOWN, "it is reached where a value that is not seen is None")
        case None:
            site.reached(UNCONTROLLED)
        case Entropy():
            entropy_seed(machine, scope, node, seed, site.what)
        case Maybe(name=name):
            site.reached(CONDITIONAL, f"it has a seed only where `{name}` is given" if name else "its seed may be None")
        case Unknown() | Either():
            site.reached(UNKNOWN, "the seed that it is given is not seen")
        case _:
            site.reached(UNCONTROLLED if is_none(seed) else CONTROLLED)
