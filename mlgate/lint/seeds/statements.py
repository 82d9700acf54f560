"""What statements do to the path: loops are followed once, and a return ends the way."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from mlgate.lint.seeds import branches, conditions, definitions, imports, order
from mlgate.lint.seeds.alternatives import blend, element_of
from mlgate.lint.seeds.arguments import Given
from mlgate.lint.seeds.assignments import assign
from mlgate.lint.seeds.values import (
    NONE,
    UNKNOWN,
    Class,
    External,
    Function,
    Instance,
    Items,
    Partial,
    Table,
    Value,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine
    from mlgate.lint.seeds.scopes import Scope

_ENDS = frozenset({"sys.exit", "builtins.exit", "builtins.quit", "os._exit"})


def _expression(machine: Machine, scope: Scope, node: ast.Expr) -> bool:
    value = node.value
    if isinstance(value, ast.Constant):
        return False
    machine.evaluate(scope, value)
    if isinstance(value, ast.Call) and isinstance(value.func, (ast.Name, ast.Attribute)):
        name = value.func.id if isinstance(value.func, ast.Name) else value.func.attr
        if name in ("exit", "quit", "_exit"):
            called = machine.evaluate(scope, value.func)
            return isinstance(called, External) and called.name in _ENDS
    return False


def _assign(machine: Machine, scope: Scope, node: ast.Assign) -> bool:
    value = machine.evaluate(scope, node.value)
    for target in node.targets:
        assign(machine, scope, target, value, node)
    return False


def _annotated(machine: Machine, scope: Scope, node: ast.AnnAssign) -> bool:
    if node.value is not None:
        assign(machine, scope, node.target, machine.evaluate(scope, node.value), node)
    elif isinstance(node.target, ast.Name):
        scope.names.setdefault(node.target.id, UNKNOWN)
    return False


def _augmented(machine: Machine, scope: Scope, node: ast.AugAssign) -> bool:
    before = machine.evaluate(scope, node.target)
    added = machine.evaluate(scope, node.value)
    if isinstance(before, Items):
        before.elements.extend(added.elements if isinstance(added, Items) else [added])
        before.order = before.order or (added.order if isinstance(added, Items) else None)
    elif isinstance(node.target, ast.Name):
        scope.bind(node.target.id, blend((before, added)))
    return False


def _return(machine: Machine, scope: Scope, node: ast.Return) -> bool:
    value = machine.evaluate(scope, node.value) if node.value else NONE
    scope.returns.append((machine.path.copy(), value))
    return True


def _for(machine: Machine, scope: Scope, node: ast.For | ast.AsyncFor) -> bool:
    iterated = machine.evaluate(scope, node.iter)
    elements = iterated.elements if isinstance(iterated, Items) and _are_apart(iterated.elements) else None
    disorder = order.begun(scope, iterated, node.iter)
    files = order.files_of_walk(node, disorder)
    if files is not None:
        disorder = None
    if disorder is not None:
        machine.loops.append(disorder)
    for element in elements or [element_of(iterated)]:
        assign(machine, scope, node.target, element, node.iter)
        if files is not None:
            scope.bind(*files)
        machine.execute(scope, node.body)
    if disorder is not None:
        machine.loops.pop()  # the lists that the loop filled have taken the order over
        order.numbered(machine, scope, disorder, node)
    machine.execute(scope, node.orelse)
    return False


def _are_apart(elements: list[Value]) -> bool:
    """Whether the elements are few and each means something else: a loop over them is followed for each."""
    kinds = (Function, Class, External, Table, Partial)
    return 1 < len(elements) <= 8 and all(
        isinstance(item, kinds) or (isinstance(item, Items) and any(isinstance(part, kinds) for part in item.elements))
        for item in elements
    )


def _while(machine: Machine, scope: Scope, node: ast.While) -> bool:
    decision = conditions.decide(machine, scope, node.test)
    if decision.outcome is False and decision.is_certain:
        return machine.execute(scope, node.orelse)
    machine.execute(scope, node.body)
    machine.execute(scope, node.orelse)
    return False


def _with(machine: Machine, scope: Scope, node: ast.With | ast.AsyncWith) -> bool:
    forked = []
    leaving: list[Function] = []
    for item in node.items:
        value = machine.evaluate(scope, item.context_expr)
        if isinstance(value, Instance) and value.cls is not None:
            value = _entered(machine, value, leaving)
        if isinstance(value, External) or getattr(value, "name", "") == "torch.random.fork_rng":
            forked.append(machine.path.of("torch"))
        if item.optional_vars is not None:
            assign(machine, scope, item.optional_vars, value, item.context_expr)
    ends = machine.execute(scope, node.body)
    for method in reversed(leaving):
        machine.invoke(method, Given(is_open=True))
    if forked:
        machine.path.state["torch"] = forked[0]
    return ends


def _entered(machine: Machine, manager: Instance, leaving: list[Function]) -> Value:
    """What `__enter__` of an object of the project returns; its `__exit__` is kept for the end."""
    found = {name: manager.cls.find(name) if manager.cls else None for name in (*_ENTER, *_EXIT)}
    leaving += [method.bound(manager) for name in _EXIT if isinstance(method := found[name], Function)]
    for name in _ENTER:
        method = found[name]
        if isinstance(method, Function):
            value = machine.invoke(method.bound(manager), Given())
            return manager if value is UNKNOWN else value
    return manager


_ENTER, _EXIT = ("__enter__", "__aenter__"), ("__exit__", "__aexit__")


def _global(_machine: Machine, scope: Scope, node: ast.Global) -> bool:
    scope.shared.update(node.names)
    return False


def _raise(machine: Machine, scope: Scope, node: ast.Raise) -> bool:
    if node.exc is not None:
        machine.evaluate(scope, node.exc)
    return True


def _assert(machine: Machine, scope: Scope, node: ast.Assert) -> bool:
    machine.evaluate(scope, node.test)
    match node.test:
        case ast.Compare(
            left=ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]),
            ops=[ast.Eq()],
            comparators=[ast.Constant(value=1)],
        ):
            held = scope.find(name)
            if isinstance(held, Items):
                held.order = None  # of one item the order is no question
    return False


def _leave(_machine: Machine, _scope: Scope, _node: ast.stmt) -> bool:
    return True


ACTIONS: dict[type[ast.stmt], Callable[..., bool]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.If: branches.if_,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: branches.try_,
    ast.TryStar: branches.try_,
    ast.Global: _global,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Break: _leave,
    ast.Continue: _leave,
    ast.Match: branches.match_,
    ast.FunctionDef: definitions.function,
    ast.AsyncFunctionDef: definitions.function,
    ast.ClassDef: definitions.class_,
    ast.Import: imports.import_,
    ast.ImportFrom: imports.import_from,
}
"""What executes a statement, by its kind; True where what follows it is not reached."""
