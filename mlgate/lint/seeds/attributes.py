"""Attributes and items of values."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from mlgate.lint.seeds import order
from mlgate.lint.seeds.alternatives import any_of, element_of
from mlgate.lint.seeds.arguments import Given
from mlgate.lint.seeds.libraries import canonical
from mlgate.lint.seeds.values import (
    FIXED,
    UNKNOWN,
    Class,
    Deferred,
    Either,
    Entropy,
    External,
    Fixed,
    Function,
    Instance,
    Items,
    Known,
    ModuleValue,
    Option,
    Result,
    Table,
    Value,
    text_of,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine
    from mlgate.lint.seeds.scopes import Scope

_MAX_OPEN = 8
"""How many entries of a table are looked at where the key is not known."""


def attribute(machine: Machine, scope: Scope, owner: Value, name: str) -> Value:
    """An attribute of a value."""
    action = _OWNERS.get(type(owner))
    return action(machine, scope, owner, name) if action else UNKNOWN


def _of_external(machine: Machine, _scope: Scope, owner: External, name: str) -> Value:
    if owner.name == "absl.flags" and name == "FLAGS":
        return machine.flags
    return External(canonical(f"{owner.name}.{name}"))


def _of_module(machine: Machine, _scope: Scope, owner: ModuleValue, name: str) -> Value:
    found: Value | None = owner.code.scope.names.get(name)
    if isinstance(found, Deferred):
        from mlgate.lint.seeds.imports import looked_up

        return looked_up(machine, owner.code.scope, name, found)
    return UNKNOWN if found is None else found


def _of_instance(machine: Machine, _scope: Scope, owner: Instance, name: str) -> Value:
    if name in owner.attrs:
        return owner.attrs[name]
    if owner.cls is None:
        return owner.rest
    found = owner.cls.find(name)
    if isinstance(found, Function):
        bound = found.bound(owner)
        return machine.invoke(bound, Given()) if _is_property(found) else bound
    if found is not None:
        return found
    for root in owner.cls.roots():
        return Result(f"{root}().{name}")
    return UNKNOWN


def _is_property(function: Function) -> bool:
    decorators: list[ast.expr] = getattr(function.node, "decorator_list", [])
    return any(isinstance(item, ast.Name) and item.id in ("property", "cached_property") for item in decorators)


def _of_class(_machine: Machine, _scope: Scope, owner: Class, name: str) -> Value:
    return owner.find(name) or UNKNOWN


def _of_result(_machine: Machine, _scope: Scope, owner: Result, name: str) -> Value:
    return Result(owner.name if owner.name.startswith("pandas.") else f"{owner.name}.{name}", owner.site)


def _of_fixed(_machine: Machine, _scope: Scope, _owner: Value, _name: str) -> Value:
    return FIXED


def _of_entropy(_machine: Machine, _scope: Scope, owner: Entropy, _name: str) -> Value:
    return owner


def _of_table(_machine: Machine, _scope: Scope, owner: Table, name: str) -> Value:
    return owner.entries.get(name, UNKNOWN)


def _of_either(machine: Machine, scope: Scope, owner: Either, name: str) -> Value:
    return any_of([attribute(machine, scope, member, name) for member in owner.members])


_OWNERS: dict[type[Value], Callable[..., Value]] = {
    External: _of_external,
    ModuleValue: _of_module,
    Instance: _of_instance,
    Class: _of_class,
    Result: _of_result,
    Fixed: _of_fixed,
    Option: _of_fixed,
    Entropy: _of_entropy,
    Table: _of_table,
    Either: _of_either,
}


def item(machine: Machine, scope: Scope, node: ast.Subscript) -> Value:
    """`owner[key]`."""
    owner = machine.evaluate(scope, node.value)
    key = machine.evaluate(scope, node.slice)
    match owner:
        case Items():
            return _item_of_list(machine, scope, node, owner, key)
        case Table():
            return _item_of_table(owner, text_of(key))
        case Instance(cls=None):
            text = text_of(key)
            return owner.attrs.get(text, owner.rest) if text is not None else owner.rest
        case External(name="os.environ" | "sys.argv") | Fixed() | Option():
            return FIXED
        case External(name=whole):
            return External(f"{whole}.*")
        case Result(name=whole):
            return Result(whole, owner.site)
    return UNKNOWN


def _item_of_list(machine: Machine, scope: Scope, node: ast.Subscript, owner: Items, key: Value) -> Value:
    elements = owner.elements
    if owner.order is not None and not isinstance(node.ctx, ast.Store):
        order.used(machine, scope, owner.order, node)
    if isinstance(node.slice, ast.Slice):
        return Items(list(elements), order=owner.order)
    if isinstance(key, Known) and isinstance(key.const, int) and -len(elements) <= key.const < len(elements):
        return elements[key.const]
    return element_of(owner)


def _item_of_table(owner: Table, key: str | None) -> Value:
    if key is not None:
        return owner.entries.get(key, UNKNOWN)
    return UNKNOWN if owner.is_open else any_of(list(owner.entries.values())[:_MAX_OPEN])
