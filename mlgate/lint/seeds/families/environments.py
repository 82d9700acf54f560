"""Gymnasium, formerly gym: environments and their spaces."""

from __future__ import annotations

from mlgate.lint.seeds import handing
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.values import Result, Value


def gymnasium(call: Call) -> Value:
    """Whatever it makes is taken for an environment, but for spaces."""
    handing.hand_over(call.machine, call.given, call.name)
    return Result(call.name if call.name.startswith("gymnasium.spaces") else "gymnasium.env")


HANDLERS = {"gymnasium": gymnasium}
