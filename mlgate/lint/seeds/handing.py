"""What is handed to code that is not seen: functions, which it may call now or later, options, and seeds."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlgate.lint.seeds import options, seeding
from mlgate.lint.seeds.arguments import Given
from mlgate.lint.seeds.libraries import RECORDERS
from mlgate.lint.seeds.values import Entropy, Function, Instance, Items, Partial, Table, Value

if TYPE_CHECKING:
    from mlgate.lint.seeds.call import Call
    from mlgate.lint.seeds.machine import Machine

_APART = frozenset({"worker_init_fn", "initializer", "init_fn", "worker_init"})
"""Arguments that run in another process: what they seed is not seeded here."""
_RECORDING = frozenset({"info", "debug", "warning", "log", "log_params", "pprint"})
"""Functions, by their last name, that write down what they are given and act on none of it."""
_LATER = re.compile(
    r"^(?:register|add_|on_|attach|connect|bind|subscribe|schedule|set_|hook|Thread$|Process$|Timer$)|_hook$"
)
"""Names of functions that keep what they are given for later."""
_MAX_DEPTH = 3
"""How many lists within lists are looked into for functions."""


def seeds_given(call: Call) -> None:
    """Code that is not seen is given a seed: one that differs in every run is told."""
    for word, value in call.given.keywords.items():
        if isinstance(value, Entropy) and options.is_seed_name(word):
            func = getattr(call.node, "func", None)
            seeding.entropy_seed(call, value, call.name if func is None else ast.unparse(func))


def run_commands(machine: Machine) -> None:
    """Every command that was registered may be the one that the user calls."""
    commands, machine.commands = machine.commands, []
    for function in commands:
        before = machine.path.copy()
        machine.invoke(function, Given())
        if len(commands) > 1:
            machine.path = before


def hand_over(machine: Machine, given: Given, name: str = "") -> None:
    """A library or unknown code is given values: it may call the functions, and read the options."""
    last = name.rpartition(".")[2]
    records = name in RECORDERS or last in _RECORDING
    is_later = _LATER.search(last) is not None
    for word, value in [*((None, value) for value in given.positional), *given.keywords.items()]:
        if is_later and isinstance(value, (Function, Partial)):
            machine.deferred.append(value)
        else:
            _hand(machine, value, apart=word in _APART, records=records)


def run_deferred(machine: Machine) -> None:
    """Run what was only registered: it is called later, by whom is not seen."""
    waiting, machine.deferred = machine.deferred, []
    for value in waiting:
        _hand(machine, value, apart=True, records=False)


def _hand(machine: Machine, value: Value, *, apart: bool, records: bool, depth: int = 0) -> None:
    match value:
        case Function():
            before = machine.path.copy() if apart else None
            machine.invoke(value, Given(is_open=True))
            if before is not None:
                machine.path = before
        case Instance():
            value.escaped = value.escaped or not records
        case Items() | Table() if depth < _MAX_DEPTH:
            for item in value.elements if isinstance(value, Items) else list(value.entries.values()):
                _hand(machine, item, apart=apart, records=records, depth=depth + 1)
        case Partial(function=Function() as function, keywords=keywords):
            machine.invoke(function, Given(keywords=dict(keywords), is_open=True))
