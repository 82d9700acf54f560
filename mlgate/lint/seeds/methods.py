"""Methods of values that are known: lists and tables, options, objects, and what libraries returned."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from mlgate.lint.seeds import handing, libraries, options, order, result_methods
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.values import (
    FIXED,
    NONE,
    UNKNOWN,
    Class,
    Entropy,
    Fixed,
    Instance,
    Items,
    Known,
    Parser,
    Result,
    Table,
    Unknown,
    Value,
    text_of,
)

_COPIES = frozenset({"union", "intersection", "difference", "symmetric_difference", "copy"})
_GROUPS = frozenset({"add_argument_group", "add_mutually_exclusive_group", "add_subparsers", "add_parser"})
_PARSES = frozenset({"parse_args", "parse_intermixed_args", "parse"})
_MAX_ELEMENTS = 64
_MAX_ENTRIES = 16


def call_method(call: Call, owner: Value) -> Value | None:
    """What a method of a known value returns; None where the call is to be answered as any other."""
    if call.name == "load_state_dict":
        _weights_loaded(owner)
    action = _OWNERS.get(type(owner))
    return action(call, owner) if action else None


def _weights_loaded(owner: Value) -> None:
    """What was drawn to build a model is overwritten."""
    if isinstance(owner, Instance):
        for site in owner.drawn:
            site.undone += 1
        owner.drawn = []


def _of_parser(call: Call, parser: Parser) -> Value:
    name = call.name
    if name in _GROUPS:
        return parser
    if name in _PARSES:
        return parser.namespace
    if name == "parse_known_args":
        return Items([parser.namespace, Items([])])
    if name == "add_argument":
        options.add_argument(call, parser)
    elif name == "add_arguments":
        records = options.records_of(call)
        destination = call.get("dest", 1)
        if records and isinstance(destination, Known):
            parser.namespace.attrs[str(destination.const)] = records[0]
    elif name == "set_defaults":
        parser.namespace.attrs.update(call.given.keywords)
    return UNKNOWN


def _of_items(call: Call, items: Items) -> Value:
    name = call.name
    if name in ("append", "add", "insert", "appendleft"):
        _appended(call, items)
    elif name in ("extend", "update"):
        for value in call.given.positional:
            items.elements.extend(value.elements[:_MAX_ELEMENTS] if isinstance(value, Items) else [UNKNOWN])
            if not items.is_set:
                items.order = items.order or order.order_of(value)
                order.filled(call.machine, items)
    elif name == "sort":
        handing.hand_over(call.machine, call.given)
        items.order = None
    elif name in ("pop", "index") and items.order is not None and not items.is_set:
        order.used(call.machine, call.scope, items.order, call.node)
    elif name in _COPIES:
        return Items(list(items.elements), is_set=items.is_set, order=items.order)
    if name in ("pop", "popleft"):
        return items.elements[-1] if items.elements else UNKNOWN
    return UNKNOWN


def _appended(call: Call, items: Items) -> None:
    if len(items.elements) < _MAX_ELEMENTS:
        items.elements.extend(call.given.positional[-1:])
    order.filled(call.machine, items)
    if call.machine.loops and items.order is not None and isinstance(call.holder, ast.Attribute):
        order.used(call.machine, call.scope, items.order, call.node)  # an object keeps the list


def _of_table(call: Call, table: Table) -> Value:
    name = call.name
    if name in ("get", "pop", "setdefault"):
        return _entry(call, table)
    if name == "update":
        _updated(call, table)
    elif name == "items":
        pairs: list[Value] = [Items([Known(word), value]) for word, value in table.entries.items()]
        return Items(pairs[:_MAX_ENTRIES])
    elif name == "values":
        return Items(list(table.entries.values())[:_MAX_ENTRIES])
    elif name == "keys":
        words: list[Value] = [Known(word) for word in table.entries]
        return Items(words[:_MAX_ENTRIES])
    elif name == "copy":
        return Table(dict(table.entries), is_open=table.is_open)
    return UNKNOWN


def _entry(call: Call, table: Table) -> Value:
    positional = call.given.positional
    key = text_of(positional[0]) if positional else None
    if key is not None and key in table.entries:
        return table.entries[key]
    if table.is_open:
        return UNKNOWN
    return positional[1] if len(positional) > 1 else NONE


def _updated(call: Call, table: Table) -> None:
    table.entries.update(call.given.keywords)
    for value in call.given.positional:
        if isinstance(value, Table):
            table.entries.update(value.entries)
            table.is_open = table.is_open or value.is_open
        else:
            table.is_open = True


def _of_instance(call: Call, owner: Instance) -> Value | None:
    cls = owner.cls
    if cls is None:
        return _of_namespace(call, owner)
    if cls.find(call.name) is None and call.name not in owner.attrs:
        return _of_library_base(call, cls)
    return None


def _of_namespace(call: Call, space: Instance) -> Value | None:
    key = text_of(call.given.positional[0]) if call.given.positional else None
    if call.name in ("get", "pop") and key is not None:
        return space.attrs.get(key, space.rest)
    if call.name == "copy":
        return space
    return UNKNOWN if call.name in ("items", "values", "keys", "_get_kwargs") else None


def _of_library_base(call: Call, cls: Class) -> Value | None:
    """A method that a class of the project takes from a library."""
    if any(root.startswith("gymnasium") for root in cls.roots()):
        return result_methods.of_environment(call)
    return None


def _of_fixed(call: Call, _owner: Fixed) -> Value:
    return (
        FIXED
        if call.name not in libraries.LISTING_METHODS
        else order.listing(call.scope, call.node, f"Path.{call.name}")
    )


def _of_entropy(_call: Call, owner: Entropy) -> Value:
    return owner


def _of_known(call: Call, owner: Known) -> Value | None:
    if not isinstance(owner.const, str):
        return None
    for value in call.given.positional if call.name == "join" else ():
        if isinstance(value, Items) and value.order is not None and value.order.rule == "hash-order":
            order.used(call.machine, call.scope, value.order, call.node)
    return FIXED


_OWNERS: dict[type[Value], Callable[[Call, Any], Value | None]] = {
    Parser: _of_parser,
    Items: _of_items,
    Table: _of_table,
    Instance: _of_instance,
    Fixed: _of_fixed,
    Entropy: _of_entropy,
    Result: result_methods.of_result,
    Unknown: result_methods.of_unknown,
    Known: _of_known,
}
