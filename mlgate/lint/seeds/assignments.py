"""Assignments: what names, attributes and items hold from now on."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlgate.lint.seeds import order, seeding, settings
from mlgate.lint.seeds.alternatives import element_of
from mlgate.lint.seeds.values import Class, External, Instance, Items, Result, Table, Value, text_of

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine
    from mlgate.lint.seeds.scopes import Scope


def assign(machine: Machine, scope: Scope, target: ast.expr, value: Value, node: ast.AST) -> None:
    """Give a target its value; a tuple of targets takes the value apart."""
    match target:
        case ast.Name(id=name):
            scope.bind(name, value)
            seeding.names_something(name, value)
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            parts = value.elements if isinstance(value, Items) and len(value.elements) == len(targets) else None
            for number, part in enumerate(targets):
                whole = part.value if isinstance(part, ast.Starred) else part
                assign(machine, scope, whole, parts[number] if parts else element_of(value), node)
        case ast.Starred(value=inner):
            assign(machine, scope, inner, value, node)
        case ast.Attribute():
            _to_attribute(machine, scope, target, value, node)
        case ast.Subscript():
            _to_item(machine, scope, target, value)


def _to_attribute(machine: Machine, scope: Scope, target: ast.Attribute, value: Value, node: ast.AST) -> None:
    owner = machine.evaluate(scope, target.value)
    if isinstance(owner, (Instance, Class)):
        owner.attrs[target.attr] = value
        order.kept(machine, scope, owner, value)
    elif isinstance(owner, External):
        settings.set_flag(machine, scope, f"{owner.name}.{target.attr}", value, node)
    elif isinstance(owner, Result) and owner.site is not None and target.attr in ("random_state", "seed"):
        machine.pending.pop(owner.site, None)  # `model.random_state = 0` seeds what a library made


def _to_item(machine: Machine, scope: Scope, target: ast.Subscript, value: Value) -> None:
    owner = machine.evaluate(scope, target.value)
    text = text_of(machine.evaluate(scope, target.slice))
    if isinstance(owner, Table):
        if text is None:
            owner.is_open = True
        else:
            owner.entries[text] = value
    elif isinstance(owner, Instance) and owner.cls is None and text is not None:
        owner.attrs[text] = value
