"""Calls: what is called decides who answers: the project's code, a method of a known value, or a library."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mlgate.lint.seeds import attributes, families, handing, methods, order
from mlgate.lint.seeds.alternatives import any_of
from mlgate.lint.seeds.arguments import given_of
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.libraries import names
from mlgate.lint.seeds.values import (
    UNKNOWN,
    Class,
    Either,
    External,
    Function,
    Instance,
    Partial,
    Result,
    Value,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine
    from mlgate.lint.seeds.scopes import Scope

_IN_ORDER = names(
    """write writerow writelines partial_fit train_on_batch backward step learn add_documents put to_csv
    to_sql"""
)
"""Methods whose effect depends on the order in which they are called."""
_OF_FILES = frozenset({"write", "writerow", "writelines"})
"""Those of them that are told only of files."""
_FILES = ("builtins.open", "gzip.", "io.", "codecs.", "csv.", "bz2.", "lzma.", "pathlib.", "tensorflow.io", "h5py.")
"""How names of what writes to a file begin."""

_COMMANDS = (".Typer", ".Group", ".group", ".Experiment", ".Fire", ".App")
"""What libraries of command lines make, by the end of its name: when called, it runs a command."""


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
    if not isinstance(func, ast.Attribute):
        callee = machine.evaluate(scope, func)
        name = func.id if isinstance(func, ast.Name) else ""
        return call_value(Call(machine, scope, node, name, given_of(machine, scope, node)), callee)
    if isinstance(func.value, ast.Call) and isinstance(func.value.func, ast.Name) and func.value.func.id == "super":
        return _super(Call(machine, scope, node, func.attr, given_of(machine, scope, node)))
    owner = machine.evaluate(scope, func.value)
    method = Call(machine, scope, node, func.attr, given_of(machine, scope, node))
    if func.attr in _IN_ORDER:
        _done_in_order(method, owner)
    if isinstance(owner, Either):
        return any_of([_method(method, member) for member in owner.members])
    return _method(method, owner)


def _done_in_order(call: Call, owner: Value) -> None:
    """What is written or learnt takes the order of what it is given, and of the loop that it stands in."""
    if call.name in _OF_FILES and not (isinstance(owner, Result) and owner.name.startswith(_FILES)):
        return
    order.use_all(call.machine, call.scope, call.given.positional, call.node)
    if call.machine.loops:
        order.used(call.machine, call.scope, call.machine.loops[-1], call.node)


def _method(call: Call, owner: Value) -> Value:
    """A method of a value: answered where the value is known, else called as what the attribute yields."""
    answer = methods.call_method(call, owner)
    if answer is not None:
        return answer
    return call_value(call, attributes.attribute(call.machine, call.scope, owner, call.name))


def call_value(call: Call, callee: Value) -> Value:
    """Call what an expression yielded."""
    action = _CALLEES.get(type(callee))
    return action(call, callee) if action else _unseen(call, callee)


def _function(call: Call, callee: Function) -> Value:
    return call.machine.invoke(callee, call.given)


def _class(call: Call, callee: Class) -> Value:
    return call.machine.make(callee, call.given, call.scope, call.node)


def _external(call: Call, callee: External) -> Value:
    return families.library_call(call.renamed(callee.name))


def _partial(call: Call, callee: Partial) -> Value:
    call.given.keywords = {**callee.keywords, **call.given.keywords}
    return call_value(call, callee.function)


def _either(call: Call, callee: Either) -> Value:
    return any_of([call_value(call, member) for member in callee.members])


def _instance(call: Call, callee: Instance) -> Value:
    cls = callee.cls
    for name in ("__call__", "forward", "call"):
        method = cls.find(name) if cls is not None else None
        if isinstance(method, Function):
            return call.machine.invoke(method.bound(callee), call.given)
    return _unseen(call, callee)


def _result(call: Call, callee: Result) -> Value:
    name = callee.name
    if name.endswith(_COMMANDS) or "Typer" in name:
        handing.run_commands(call.machine)
        return UNKNOWN
    handing.hand_over(call.machine, call.given, name)
    return Result(name if name.startswith("pandas.") else f"{name}()")


def _unseen(call: Call, _callee: Value) -> Value:
    """Code that is not seen is called."""
    machine = call.machine
    machine.unseen_calls += 1
    handing.seeds_given(call)
    if call.given.all():
        handing.hand_over(machine, call.given, call.name)
    elif machine.commands:
        handing.run_commands(machine)  # a group of commands of click is a function of the project that was decorated
    return UNKNOWN


_CALLEES: dict[type[Value], Callable[[Call, Any], Value]] = {
    Function: _function,
    Class: _class,
    External: _external,
    Partial: _partial,
    Either: _either,
    Instance: _instance,
    Result: _result,
}


def _super(call: Call) -> Value:
    """A method of a base class: of the project's it is run, of a library's `__init__` it is a call of that class."""
    home: Scope | None = call.scope
    while home is not None and home.owner is None:
        home = home.outer
    if home is None or home.owner is None:
        return UNKNOWN
    for base in home.owner.bases:
        if isinstance(base, Class):
            found = base.find(call.name)
            if isinstance(found, Function):
                return call.machine.invoke(found.bound(home.me or UNKNOWN), call.given)
            if call.name == "__init__" and isinstance(home.me, Instance):
                for root in base.roots():
                    return families.library_call(call.renamed(root))
        elif isinstance(base, External) and call.name == "__init__":
            return families.library_call(call.renamed(base.name))
    handing.hand_over(call.machine, call.given)
    return UNKNOWN
