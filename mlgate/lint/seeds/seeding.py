"""Seeds: what a value does to the generator that it seeds, and what it says of a `random_state`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlgate.lint.finding import CONDITIONAL, CONTROLLED, UNCONTROLLED, UNKNOWN
from mlgate.lint.seeds.sites import DONE, ENTROPY, NEVER, SEEDED, Seeding, Site
from mlgate.lint.seeds.values import Either, Entropy, External, Maybe, Unknown, Value, is_none

if TYPE_CHECKING:
    from mlgate.lint.seeds.call import Call

_NOT_SEEN = "the seed that it is given is not seen"


def seed_with(call: Call, generators: tuple[str, ...], value: Value, what: str = "") -> None:
    """Generators are seeded with a value: the path goes on with what that makes of them."""
    match value:
        case Entropy():
            entropy_seed(call, value, what)
            seeding = ENTROPY
        case Maybe(name=name):
            given = f"`{name}` is given" if name else "a value is given"
            where = f"(line {call.line} of {call.scope.module.path})"
            seeding = Seeding(CONDITIONAL, f"it is seeded only where {given} {where}")
        case Unknown() | Either():
            seeding = Seeding(UNKNOWN, f"the seed in line {call.line} of {call.scope.module.path} is not seen")
        case _:
            seeding = NEVER if is_none(value) else DONE
    for generator in generators:
        call.machine.path.seed(generator, seeding)


def entropy_seed(call: Call, value: Entropy, what: str = "") -> None:
    """A seed that differs in every run."""
    for draw in value.draws:
        draw.is_seed = True
    if value.told:
        return
    value.told = True
    is_open = value.conditional or call.machine.asked > 0
    site = call.site("entropy-seed", what=what)
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


def with_state(call: Call, state: Value | None, rule: str, what: str = "", *, later: bool = False) -> Site:
    """Something that takes `random_state`: without one it draws from numpy's global generator."""
    if state is None or is_none(state) or (isinstance(state, External) and state.name == "numpy.random"):
        return call.draw_later("numpy", what, rule=rule) if later else call.draw("numpy", what, rule=rule)
    site = call.site(rule, "numpy", what)
    if isinstance(state, Entropy):
        entropy_seed(call, state, what)
    elif call.machine.path.of("numpy").quality == SEEDED:
        site.reached(CONTROLLED)
    else:
        site.reached(*_verdict_on(state))
    return site


def own_generator(call: Call, seed: Value | None) -> Site:
    """A generator object is made with this seed."""
    site = call.site("unseeded-generator")
    own_generator_again(call, site, seed)
    return site


def own_generator_again(call: Call, site: Site, seed: Value | None) -> None:
    """A generator object is seeded with this value: the place that made it is judged."""
    if isinstance(seed, Entropy):
        entropy_seed(call, seed, site.what)
    elif seed is None and call.machine.unsure:
        site.reached(UNKNOWN, "it is reached where a value that is not seen is None")
    elif seed is None or is_none(seed):
        site.reached(UNCONTROLLED)
    else:
        site.reached(*_verdict_on(seed))


def _verdict_on(seed: Value) -> tuple[str, str]:
    """What a seed that is given and not None makes of a draw, and why it is not sure."""
    match seed:
        case Maybe(name=name):
            return CONDITIONAL, f"it has a seed only where `{name}` is given" if name else "its seed may be None"
        case Unknown() | Either():
            return UNKNOWN, _NOT_SEEN
    return CONTROLLED, ""
