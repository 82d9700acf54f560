"""Calls: what is called decides who answers: the project's code, a method of a known value, or a library."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

from mlgate.lint.seeds import expressions, methods, options, order, seeding
from mlgate.lint.seeds.arguments import BY_CALLER, Given, given_of
from mlgate.lint.seeds.libraries import RECORDERS
from mlgate.lint.seeds.values import (
    UNKNOWN,
    Class,
    Either,
    Entropy,
    External,
    Function,
    Instance,
    Items,
    Partial,
    Result,
    Scope,
    Table,
    Value,
    either,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine

BUILTINS = frozenset(dir(builtins))
_IN_ORDER = frozenset(
    [
        "write",
        "writerow",
        "writelines",
        "partial_fit",
        "train_on_batch",
        "backward",
        "step",
        "learn",
        "add_documents",
        "put",
        "to_csv",
        "to_sql",
    ]
)
"""Methods whose effect depends on the order in which they are called."""
_OF_FILES = frozenset({"write", "writerow", "writelines"})
_FILES = ("builtins.open", "gzip.", "io.", "codecs.", "csv.", "bz2.", "lzma.", "pathlib.", "tensorflow.io", "h5py.")


def _is_file(owner: Value) -> bool:
    return isinstance(owner, Result) and owner.name.startswith(_FILES)


_APART = frozenset({"worker_init_fn", "initializer", "init_fn", "worker_init"})
"""Arguments that run in another process: what they seed is not seeded here."""

__all__ = ["BUILTINS", "BY_CALLER", "Given", "call", "call_value", "hand_over"]


def call(machine: Machine, scope: Scope, node: ast.Call) -> Value:
    """Evaluate a call: the callee, its arguments, and what it does."""
    if not scope.module.is_entry:
        return _call(machine, scope, node)
    before = machine.here
    machine.here, machine.here_code = node, (scope.module, scope.name)
    answer = _call(machine, scope, node)
    machine.here = before
    return answer


def _call(machine: Machine, scope: Scope, node: ast.Call) -> Value:
    func = node.func
    if isinstance(func, ast.Attribute):
        if isinstance(func.value, ast.Call) and isinstance(func.value.func, ast.Name) and func.value.func.id == "super":
            return _super(machine, scope, node, func.attr)
        owner = machine.evaluate(scope, func.value)
        given = given_of(machine, scope, node)
        if func.attr in _IN_ORDER and (func.attr not in _OF_FILES or _is_file(owner)):
            order.use_all(machine, scope, given.positional, node)
            if machine.loops:
                order.used(machine, scope, machine.loops[-1], node)
        found: Value | None = None
        for member in owner.members if isinstance(owner, Either) else (owner,):
            answer = _method(machine, scope, node, member, given)
            found = answer if found is None else either(found, answer)
        return found or UNKNOWN
    callee = machine.evaluate(scope, func)
    return call_value(machine, scope, node, callee, given_of(machine, scope, node))


def _method(machine: Machine, scope: Scope, node: ast.Call, owner: Value, given: Given) -> Value:
    """A method of a value: answered where the value is known, else called as what the attribute yields."""
    answer = methods.call_method(machine, scope, node, owner, given)
    if answer is not None:
        return answer
    name = getattr(node.func, "attr", "")
    return call_value(machine, scope, node, expressions.attribute(machine, scope, owner, name), given)


def call_value(machine: Machine, scope: Scope, node: ast.Call, callee: Value, given: Given) -> Value:
    """Call what an expression yielded."""
    match callee:
        case Function():
            return machine.invoke(callee, given)
        case Class():
            return machine.make(callee, given, scope, node)
        case External(name=name):
            return machine.library(scope, node, name, given)
        case Partial(function=function, keywords=keywords):
            given.keywords = {**keywords, **given.keywords}
            return call_value(machine, scope, node, function, given)
        case Either(members=members):
            found: Value = call_value(machine, scope, node, members[0], given)
            for member in members[1:]:
                found = either(found, call_value(machine, scope, node, member, given))
            return found
        case Instance(cls=Class() as cls):
            for name in ("__call__", "forward", "call"):
                method = cls.find(name)
                if isinstance(method, Function):
                    return machine.invoke(method.bound(callee), given)
        case Result(name=name):
            if name.endswith((".Typer", ".Group", ".group", ".Experiment", ".Fire", ".App")) or "Typer" in name:
                run_commands(machine)
                return UNKNOWN
            hand_over(machine, given, name)
            return Result(name if name.startswith("pandas.") else f"{name}()")
    machine.unseen_calls += 1
    seeds_given(machine, scope, node, given)
    if given.all():
        hand_over(machine, given, getattr(node.func, "attr", getattr(node.func, "id", "")))
    if machine.commands and not given.all():
        run_commands(machine)  # a group of commands of click is a function of the project that was decorated
    return UNKNOWN


def seeds_given(machine: Machine, scope: Scope, node: ast.Call, given: Given) -> None:
    """Code that is not seen is given a seed: one that differs in every run is told."""
    for word, value in given.keywords.items():
        if isinstance(value, Entropy) and options.is_seed_name(word):
            seeding.entropy_seed(machine, scope, node, value, ast.unparse(node.func))


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
    records = name in RECORDERS or name.rpartition(".")[2] in (
        "info",
        "debug",
        "warning",
        "log",
        "log_params",
        "pprint",
    )
    is_later = _LATER.search(name.rpartition(".")[2]) is not None
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


_LATER = re.compile(
    r"^(?:register|add_|on_|attach|connect|bind|subscribe|schedule|set_|hook|Thread$|Process$|Timer$)|_hook$"
)
"""Names of functions that keep what they are given for later."""


def _hand(machine: Machine, value: Value, *, apart: bool, records: bool, depth: int = 0) -> None:
    match value:
        case Function():
            before = machine.path.copy() if apart else None
            machine.invoke(value, Given(is_open=True))
            if before is not None:
                machine.path = before
        case Instance():
            value.escaped = value.escaped or not records
        case Items(elements=elements) if depth < 3:
            for item in elements:
                _hand(machine, item, apart=apart, records=records, depth=depth + 1)
        case Table(entries=entries) if depth < 3:
            for item in entries.values():
                _hand(machine, item, apart=apart, records=records, depth=depth + 1)
        case Partial(function=function, keywords=keywords) if isinstance(function, Function):
            machine.invoke(function, Given(keywords=dict(keywords), is_open=True))
        case _:
            return


def _super(machine: Machine, scope: Scope, node: ast.Call, name: str) -> Value:
    """A method of a base class: of the project's it is run, of a library's `__init__` it is a call of that class."""
    home: Scope | None = scope
    while home is not None and home.owner is None:
        home = home.outer
    given = given_of(machine, scope, node)
    if home is None or home.owner is None:
        return UNKNOWN
    for base in home.owner.bases:
        if isinstance(base, Class):
            found = base.find(name)
            if isinstance(found, Function):
                return machine.invoke(found.bound(home.me or UNKNOWN), given)
            if name == "__init__" and isinstance(home.me, Instance):
                for root in base.roots():
                    return machine.library(scope, node, root, given)
        elif isinstance(base, External) and name == "__init__":
            return machine.library(scope, node, base.name, given)
    hand_over(machine, given)
    return UNKNOWN
