"""The value of a draw."""

from __future__ import annotations

from mlgate.lint.finding import CONDITIONAL
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.sites import NOT_SEEDED, SEEDED, TOLD
from mlgate.lint.seeds.values import FIXED, UNKNOWN, Entropy, Value


def drawn(call: Call, generator: str) -> Value:
    """Draw from a generator that all share: the value is as random as the generator is."""
    site = call.draw(generator)
    quality = call.machine.path.of(generator).quality
    if quality == SEEDED:
        return FIXED
    if quality not in (NOT_SEEDED, CONDITIONAL, TOLD):
        return UNKNOWN
    why = f"{call.name}, whose generator is not seeded"
    draws = frozenset[object]() if quality == TOLD else frozenset({site})
    return Entropy(why, draws, conditional=quality == CONDITIONAL)
