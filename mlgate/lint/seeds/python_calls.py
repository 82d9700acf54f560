"""Built-in functions: what they do to orders, seeds and options."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from mlgate.lint.seeds import calls, order, statements
from mlgate.lint.seeds.arguments import Given
from mlgate.lint.seeds.definitions import text_of
from mlgate.lint.seeds.values import (
    FIXED,
    UNKNOWN,
    Either,
    Entropy,
    External,
    Fixed,
    Instance,
    Items,
    Known,
    Maybe,
    Option,
    Result,
    Scope,
    Table,
    Value,
    blend,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine

_SAME = frozenset({"int", "float", "abs", "round", "bool", "pow", "divmod", "ord", "complex"})
_PLAIN = frozenset({"len", "isinstance", "issubclass", "hasattr", "callable", "print", "id", "repr", "type", "format"})


def builtin(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Value:
    """What a built-in function returns."""
    if name in _SAME:
        first = given.positional[0] if given.positional else UNKNOWN
        return first if isinstance(first, (Maybe, Entropy, Known, Option, Fixed)) else blend(given.positional)
    if name == "int.from_bytes":
        return blend(given.positional[:1])
    if name == "locals":
        return Table(dict(scope.names))
    if name == "str":
        first = given.positional[0] if given.positional else UNKNOWN
        return first if isinstance(first, (Entropy, Maybe, Known)) else FIXED
    action = _ACTIONS.get(name)
    if action is not None:
        return action(machine, scope, node, given)
    if name in _PLAIN:
        if name == "id":
            return Entropy("an address in memory")
        return FIXED if name in ("len", "repr", "format") else UNKNOWN
    calls.hand_over(machine, given, f"builtins.{name}")
    return Result("builtins.open") if name == "open" else UNKNOWN


def _hash(_machine: Machine, _scope: Scope, _node: ast.Call, given: Given) -> Value:
    first = given.positional[0] if given.positional else UNKNOWN
    if isinstance(first, Known) and isinstance(first.const, (int, float)):
        return first
    if isinstance(first, (Known, Fixed, Option, Entropy)):
        return Entropy("`hash` of a text, which differs between processes")
    return UNKNOWN


def _sorted(_machine: Machine, _scope: Scope, _node: ast.Call, given: Given) -> Value:
    first = given.positional[0] if given.positional else UNKNOWN
    return Items(list(first.elements)) if isinstance(first, Items) else Items([statements.element_of(first)])


def _set(_machine: Machine, _scope: Scope, node: ast.Call, given: Given) -> Value:
    if not given.positional:
        return order.set_of([], node)
    first = given.positional[0]
    elements = list(first.elements) if isinstance(first, Items) else []
    if isinstance(first, External) or (isinstance(first, Result) and first.name.startswith("builtins.range")):
        return Items([FIXED], is_set=True)
    return order.set_of(elements, node)


def _list(_machine: Machine, _scope: Scope, node: ast.Call, given: Given) -> Value:
    if not given.positional:
        return Items([])
    first = given.positional[0]
    if isinstance(first, Items):
        return Items(list(first.elements), order=order.begun(first, node))
    if isinstance(first, Either):
        return Items([statements.element_of(first)], order=order.order_of(first))
    return Items([statements.element_of(first)]) if not isinstance(first, Result) else first


def _enumerate(_machine: Machine, _scope: Scope, _node: ast.Call, given: Given) -> Value:
    first = given.positional[0] if given.positional else UNKNOWN
    return Items([Items([FIXED, statements.element_of(first)])], order=order.order_of(first))


def _zip(_machine: Machine, _scope: Scope, _node: ast.Call, given: Given) -> Value:
    disorder = next((found for value in given.positional if (found := order.order_of(value)) is not None), None)
    return Items([Items([statements.element_of(value) for value in given.positional])], order=disorder)


def _map(machine: Machine, scope: Scope, node: ast.Call, given: Given) -> Value:
    if len(given.positional) < 2:
        return UNKNOWN
    function, *lists = given.positional
    elements = [statements.element_of(value) for value in lists]
    result = calls.call_value(machine, scope, node, function, Given(elements))
    return Items([result], order=order.order_of(lists[0]))


def _filter(machine: Machine, scope: Scope, node: ast.Call, given: Given) -> Value:
    if len(given.positional) < 2:
        return UNKNOWN
    calls.hand_over(machine, Given(given.positional[:1]))
    return _list(machine, scope, node, Given(given.positional[1:]))


def _range(_machine: Machine, _scope: Scope, _node: ast.Call, _given: Given) -> Value:
    return Items([FIXED])


def _dict(machine: Machine, scope: Scope, node: ast.Call, given: Given) -> Value:
    first = given.positional[0] if given.positional else None
    if isinstance(first, Table):
        return Table({**first.entries, **given.keywords}, is_open=first.is_open)
    disorder = order.order_of(first) if first is not None else None
    if disorder is not None and node.args and order.is_numbering(node.args[0]):
        order.used(machine, scope, disorder, node)
    return Table(dict(given.keywords), is_open=first is not None)


def _vars(_machine: Machine, scope: Scope, _node: ast.Call, given: Given) -> Value:
    first = given.positional[0] if given.positional else UNKNOWN
    return first if isinstance(first, Instance) else UNKNOWN


def _getattr(machine: Machine, scope: Scope, _node: ast.Call, given: Given) -> Value:
    from mlgate.lint.seeds.expressions import attribute

    if len(given.positional) < 2:
        return UNKNOWN
    owner, key = given.positional[0], given.positional[1]
    text = text_of(key.default if isinstance(key, Option) else key)
    if text is not None:
        return attribute(machine, scope, owner, text)
    if isinstance(owner, External):
        return External(f"{owner.name}.*")
    if isinstance(owner, Instance):
        owner.escaped = True
    return UNKNOWN


def _setattr(_machine: Machine, _scope: Scope, _node: ast.Call, given: Given) -> Value:
    if len(given.positional) == 3 and isinstance(given.positional[0], Instance):
        text = text_of(given.positional[1])
        if text is not None:
            given.positional[0].attrs[text] = given.positional[2]
    return UNKNOWN


def _next(machine: Machine, scope: Scope, node: ast.Call, given: Given) -> Value:
    order.use_all(machine, scope, given.positional[:1], node)
    return statements.element_of(given.positional[0]) if given.positional else UNKNOWN


def _least(_machine: Machine, _scope: Scope, _node: ast.Call, given: Given) -> Value:
    return blend(given.positional)


_Action = Callable[["Machine", Scope, ast.Call, Given], Value]
_ACTIONS: dict[str, _Action] = {
    "hash": _hash,
    "sorted": _sorted,
    "set": _set,
    "frozenset": _set,
    "list": _list,
    "tuple": _list,
    "iter": _list,
    "reversed": _list,
    "enumerate": _enumerate,
    "zip": _zip,
    "map": _map,
    "filter": _filter,
    "range": _range,
    "dict": _dict,
    "vars": _vars,
    "getattr": _getattr,
    "setattr": _setattr,
    "next": _next,
    "min": _least,
    "max": _least,
    "sum": _least,
}
