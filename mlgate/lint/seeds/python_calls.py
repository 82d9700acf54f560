"""Built-in functions: what they do to orders, seeds and options."""

from __future__ import annotations

import ast
from collections.abc import Callable

from mlgate.lint.seeds import attributes, calls, handing, order
from mlgate.lint.seeds.alternatives import blend, element_of
from mlgate.lint.seeds.arguments import Given
from mlgate.lint.seeds.call import Call
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
    Table,
    Value,
    text_of,
)

_SAME = frozenset({"int", "float", "abs", "round", "bool", "pow", "divmod", "ord", "complex"})
"""Functions of numbers: of `int(seed)` the seed decides."""
_FIXED = frozenset({"len", "repr", "format"})
_KEYED = frozenset({"sorted", "min", "max"})
_PLAIN = frozenset({"isinstance", "issubclass", "hasattr", "callable", "print", "type"})
"""Functions that call nothing and whose value says nothing of a seed."""


def builtin(call: Call, name: str) -> Value:
    """What a built-in function returns."""
    if name in _SAME:
        first = _first(call)
        return first if isinstance(first, (Maybe, Entropy, Known, Option, Fixed)) else blend(call.given.positional)
    action = _ACTIONS.get(name)
    if name in _KEYED and "key" in call.given.keywords:
        handing.hand_over(call.machine, Given(keywords={"key": call.given.keywords["key"]}))
    if action is not None:
        return action(call)
    if name in _FIXED:
        return FIXED
    if name == "open":
        return Result("builtins.open", path=text_of(_first(call)) or "")
    if name not in _PLAIN:
        handing.hand_over(call.machine, call.given, f"builtins.{name}")
    return UNKNOWN


def _first(call: Call) -> Value:
    return call.given.positional[0] if call.given.positional else UNKNOWN


def _from_bytes(call: Call) -> Value:
    return blend(call.given.positional[:1])


def _locals(call: Call) -> Value:
    return Table(dict(call.scope.names))


def _str(call: Call) -> Value:
    first = _first(call)
    return first if isinstance(first, (Entropy, Maybe, Known)) else FIXED


def _id(_call: Call) -> Value:
    return Entropy("an address in memory")


def _hash(call: Call) -> Value:
    first = _first(call)
    if isinstance(first, Known) and isinstance(first.const, (int, float)):
        return first
    if isinstance(first, (Known, Fixed, Option, Entropy)):
        return Entropy("`hash` of a text, which differs between processes")
    return UNKNOWN


def _sorted(call: Call) -> Value:
    first = _first(call)
    return Items(list(first.elements)) if isinstance(first, Items) else Items([element_of(first)])


def _set(call: Call) -> Value:
    if not call.given.positional:
        return order.set_of(call.scope, [], call.node)
    first = call.given.positional[0]
    elements = list(first.elements) if isinstance(first, Items) else []
    if isinstance(first, External) or (isinstance(first, Result) and first.name.startswith("builtins.range")):
        return Items([FIXED], is_set=True)
    return order.set_of(call.scope, elements, call.node)


def _list(call: Call) -> Value:
    if not call.given.positional:
        return Items([])
    first = call.given.positional[0]
    if isinstance(first, Items):
        return Items(list(first.elements), order=order.begun(call.scope, first, call.node))
    if isinstance(first, Either):
        return Items([element_of(first)], order=order.order_of(first))
    return Items([element_of(first)]) if not isinstance(first, Result) else first


def _enumerate(call: Call) -> Value:
    first = _first(call)
    return Items([Items([FIXED, element_of(first)])], order=order.order_of(first))


def _zip(call: Call) -> Value:
    disorder = next((found for value in call.given.positional if (found := order.order_of(value)) is not None), None)
    return Items([Items([element_of(value) for value in call.given.positional])], order=disorder)


def _map(call: Call) -> Value:
    if len(call.given.positional) < 2:
        return UNKNOWN
    function, *lists = call.given.positional
    elements = [element_of(value) for value in lists]
    result = calls.call_value(Call(call.machine, call.scope, call.node, "map", Given(elements)), function)
    return Items([result], order=order.order_of(lists[0]))


def _filter(call: Call) -> Value:
    if len(call.given.positional) < 2:
        return UNKNOWN
    handing.hand_over(call.machine, Given(call.given.positional[:1]))
    return _list(Call(call.machine, call.scope, call.node, "list", Given(call.given.positional[1:])))


def _range(_call: Call) -> Value:
    return Items([FIXED])


def _dict(call: Call) -> Value:
    first = call.given.positional[0] if call.given.positional else None
    if isinstance(first, Table):
        return Table({**first.entries, **call.given.keywords}, is_open=first.is_open)
    disorder = order.order_of(first) if first is not None else None
    arguments: list[ast.expr] = getattr(call.node, "args", [])
    if disorder is not None and arguments and order.is_numbering(arguments[0]):
        order.used(call.machine, call.scope, disorder, call.node)
    return Table(dict(call.given.keywords), is_open=first is not None)


def _vars(call: Call) -> Value:
    first = _first(call)
    return first if isinstance(first, Instance) else UNKNOWN


def _getattr(call: Call) -> Value:
    if len(call.given.positional) < 2:
        return UNKNOWN
    owner, key = call.given.positional[0], call.given.positional[1]
    text = text_of(key.default if isinstance(key, Option) else key)
    if text is not None:
        return attributes.attribute(call.machine, call.scope, owner, text)
    if isinstance(owner, External):
        return External(f"{owner.name}.*")
    if isinstance(owner, Instance):
        owner.escaped = True
    return UNKNOWN


def _setattr(call: Call) -> Value:
    if len(call.given.positional) == 3 and isinstance(call.given.positional[0], Instance):
        text = text_of(call.given.positional[1])
        if text is not None:
            call.given.positional[0].attrs[text] = call.given.positional[2]
    return UNKNOWN


def _iter(call: Call) -> Value:
    first = call.given.positional[0] if call.given.positional else UNKNOWN
    return first if isinstance(first, Items) and first.is_set else _list(call)


def _next(call: Call) -> Value:
    """The first of a listing hangs on its order; of a set it is taken where there is one, or any will do."""
    first = call.given.positional[0] if call.given.positional else UNKNOWN
    if not (isinstance(first, Items) and first.is_set) and not call.machine.asks_existence:
        order.use_all(call.machine, call.scope, [first], call.node)
    return element_of(call.given.positional[0]) if call.given.positional else UNKNOWN


def _least(call: Call) -> Value:
    return blend(call.given.positional)


_ACTIONS: dict[str, Callable[[Call], Value]] = {
    "int.from_bytes": _from_bytes,
    "locals": _locals,
    "str": _str,
    "id": _id,
    "hash": _hash,
    "sorted": _sorted,
    "set": _set,
    "frozenset": _set,
    "list": _list,
    "tuple": _list,
    "iter": _iter,
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
