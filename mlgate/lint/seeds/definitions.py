"""Definitions: names are bound, options that decorators declare are kept, and only class bodies are run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlgate.lint.seeds.arguments import Given
from mlgate.lint.seeds.options import declared_by_decorator
from mlgate.lint.seeds.scopes import Scope
from mlgate.lint.seeds.values import Class, Function, Value

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine

_RECORDS = ("dataclass", "define", "attrs", "frozen", "s", "configclass")
"""Decorators of classes whose fields are what is given when an object is made."""


def function(machine: Machine, scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Bind a function; a decorator of click, typer, hydra or gin says what its parameters hold."""
    owner = scope.owner if scope.me is None else None
    made = Function(node, scope, owner)
    bound: Value = made
    for decorator in reversed(node.decorator_list):
        declared_by_decorator(machine, scope, decorator, made)
        bound = _decorated(machine, scope, decorator, bound)
    scope.bind(node.name, bound)
    return False


def class_(machine: Machine, scope: Scope, node: ast.ClassDef) -> bool:
    """Bind a class after its body was run."""
    bases = [machine.evaluate(scope, base) for base in node.bases]
    inner = Scope(scope.module, scope, ".".join(part for part in (scope.name, node.name) if part))
    made = Class(node, scope, bases)
    inner.owner = made
    inner.names = made.attrs
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        made.is_record = made.is_record or name in _RECORDS
    machine.execute(inner, node.body)
    made.attrs = inner.names
    for value in made.attrs.values():
        if isinstance(value, Function) and value.owner is made:
            value.scope = scope
    scope.bind(node.name, made)
    return False


def _decorated(machine: Machine, scope: Scope, decorator: ast.expr, function: Value) -> Value:
    """What a decorator of the project makes of a function; the function itself where that is not seen."""
    if isinstance(decorator, ast.Call):
        called = machine.evaluate(scope, decorator.func)
        if not isinstance(called, Function):
            return function
        called = machine.evaluate(scope, decorator)
    else:
        called = machine.evaluate(scope, decorator)
    if not isinstance(called, Function):
        return function
    made = machine.invoke(called, Given([function]))
    return made if isinstance(made, Function) else function
