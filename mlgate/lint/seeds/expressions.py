"""What is known of an expression, by its kind."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING

from mlgate.lint.seeds import assignments, attributes, calls, conditions, imports, order
from mlgate.lint.seeds.alternatives import blend, either, element_of
from mlgate.lint.seeds.scopes import Scope
from mlgate.lint.seeds.values import (
    FIXED,
    UNKNOWN,
    Deferred,
    Entropy,
    External,
    Fixed,
    Function,
    Items,
    Known,
    Maybe,
    Option,
    Order,
    Result,
    Table,
    Value,
    text_of,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine

_BUILTINS = frozenset(dir(builtins))
MAX_ELEMENTS = 64


def _constant(_machine: Machine, _scope: Scope, node: ast.Constant) -> Value:
    return Known(node.value)


def _name(machine: Machine, scope: Scope, node: ast.Name) -> Value:
    found = scope.find(node.id)
    if found is not None:
        return imports.looked_up(machine, scope, node.id, found) if isinstance(found, Deferred) else found
    if node.id == "__name__":
        return Known("__main__" if scope.module.is_main else scope.module.path)
    starred = imports.of_star(scope.module.stars, node.id) if scope.module.stars else None
    if starred is not None:
        return starred
    return External(f"builtins.{node.id}") if node.id in _BUILTINS else UNKNOWN


def _attribute(machine: Machine, scope: Scope, node: ast.Attribute) -> Value:
    return attributes.attribute(machine, scope, machine.evaluate(scope, node.value), node.attr)


def _binary(machine: Machine, scope: Scope, node: ast.BinOp) -> Value:
    left, right = machine.evaluate(scope, node.left), machine.evaluate(scope, node.right)
    if isinstance(left, Items) and isinstance(right, Items):
        is_set = left.is_set and right.is_set
        disorder = left.order or right.order
        return Items((left.elements + right.elements)[:MAX_ELEMENTS], is_set=is_set, order=disorder)
    if isinstance(left, Items):
        return left
    for side in (left, right):
        if isinstance(side, Result) and side.name.startswith(("pandas.", "pathlib.")):
            return side
    return blend((left, right))


def _boolean(machine: Machine, scope: Scope, node: ast.BoolOp) -> Value:
    result = machine.evaluate(scope, node.values[0])
    is_or = isinstance(node.op, ast.Or)
    for place, value in enumerate(node.values[1:]):
        truth = conditions.truth(result)
        if truth.is_certain and truth.outcome is is_or:
            return result
        if is_or:
            result = _or(result, machine.evaluate(scope, value), is_certain=truth.is_certain)
        else:
            conditions.decide(machine, scope, value)
            is_open = place == 0 and not truth.is_certain
            result = either(result, machine.evaluate(scope, value)) if is_open else UNKNOWN
    return result


def _or(first: Value, other: Value, *, is_certain: bool) -> Value:
    """`first or other`, where the first is not true for sure; `is_certain` where it is false for sure."""
    if is_certain:
        return other
    if isinstance(first, Option):
        return first
    return either(other, FIXED) if isinstance(first, Maybe) else either(first, other)


def _unary(machine: Machine, scope: Scope, node: ast.UnaryOp) -> Value:
    value = machine.evaluate(scope, node.operand)
    if isinstance(value, Known) and isinstance(node.op, ast.USub) and isinstance(value.const, (int, float)):
        return Known(-value.const)
    if isinstance(value, Known) and isinstance(node.op, ast.Not):
        return Known(not value.const)
    return value if isinstance(value, Entropy) else FIXED if isinstance(value, Fixed) else UNKNOWN


def _compare(machine: Machine, scope: Scope, node: ast.Compare) -> Value:
    conditions.compared_value(machine, scope, node.left, node.comparators[0])
    for comparator in node.comparators:
        machine.evaluate(scope, comparator)
    return UNKNOWN


def _if(machine: Machine, scope: Scope, node: ast.IfExp) -> Value:
    decision = conditions.decide(machine, scope, node.test)
    if decision.is_certain:
        holds = bool(decision.outcome)
        return _side(machine, scope, node, node.body if holds else node.orelse, holds=holds)
    before = machine.path.copy()
    body = _side(machine, scope, node, node.body, holds=True)
    after_body, machine.path = machine.path, before
    other = _side(machine, scope, node, node.orelse, holds=False)
    if after_body.state != machine.path.state or after_body.early != machine.path.early:
        machine.path = after_body.joined(machine.path, f"on one side of the condition in line {node.lineno}")
    return either(body, other)


def _side(machine: Machine, scope: Scope, node: ast.IfExp, side: ast.expr, *, holds: bool) -> Value:
    changes = conditions.narrow(machine, scope, node.test, holds=holds)
    value = machine.evaluate(scope, side)
    conditions.widen(changes)
    return value


def _lambda(_machine: Machine, scope: Scope, node: ast.Lambda) -> Value:
    return Function(node, scope)


def _list(machine: Machine, scope: Scope, node: ast.List | ast.Tuple | ast.Set) -> Value:
    elements: list[Value] = []
    disorder: Order | None = None
    for item in node.elts:
        value = machine.evaluate(scope, item.value if isinstance(item, ast.Starred) else item)
        if isinstance(item, ast.Starred) and isinstance(value, Items):
            elements.extend(value.elements)
            disorder = disorder or value.order
        elif len(elements) < MAX_ELEMENTS:
            elements.append(value)
    if isinstance(node, ast.Set):
        return order.set_of(scope, elements, node)
    return Items(elements, order=disorder)


def _dict(machine: Machine, scope: Scope, node: ast.Dict) -> Value:
    entries: dict[str, Value] = {}
    is_open = False
    for key, item in zip(node.keys, node.values, strict=True):
        value = machine.evaluate(scope, item)
        if key is None:
            if isinstance(value, Table):
                entries.update(value.entries)
                is_open = is_open or value.is_open
            else:
                is_open = True
            continue
        text = text_of(machine.evaluate(scope, key))
        if text is None:
            is_open = True
        else:
            entries[text] = value
    return Table(entries, is_open=is_open)


def _comprehension(machine: Machine, scope: Scope, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
    inner, disorder = _loops(machine, scope, node.generators)
    element = machine.evaluate(inner, node.elt)
    if isinstance(node, ast.SetComp):
        return order.set_of(scope, [element], node)
    return Items([element], order=disorder)


def _dict_comprehension(machine: Machine, scope: Scope, node: ast.DictComp) -> Value:
    inner, disorder = _loops(machine, scope, node.generators)
    key = machine.evaluate(inner, node.key)
    value = machine.evaluate(inner, node.value)
    if disorder is not None and order.is_numbering(node.generators[0].iter):
        order.used(machine, scope, disorder, node)
    text = text_of(key)
    return Table({text: value} if text is not None else {}, is_open=True)


def _loops(machine: Machine, scope: Scope, generators: list[ast.comprehension]) -> tuple[Scope, Order | None]:
    inner = Scope(scope.module, scope, scope.name)
    disorder: Order | None = None
    for generator in generators:
        iterated = machine.evaluate(inner, generator.iter)
        disorder = disorder or order.begun(scope, iterated, generator.iter)
        assignments.assign(machine, inner, generator.target, element_of(iterated), generator.iter)
        for test in generator.ifs:
            conditions.decide(machine, inner, test)
    return inner, disorder


def _text(machine: Machine, scope: Scope, node: ast.JoinedStr) -> Value:
    values = [machine.evaluate(scope, item.value) for item in node.values if isinstance(item, ast.FormattedValue)]
    entropy = next((value for value in values if isinstance(value, Entropy)), None)
    return entropy or FIXED


def _await(machine: Machine, scope: Scope, node: ast.Await | ast.YieldFrom) -> Value:
    return machine.evaluate(scope, node.value)


def _yield(machine: Machine, scope: Scope, node: ast.Yield) -> Value:
    value = machine.evaluate(scope, node.value) if node.value is not None else UNKNOWN
    if scope.yields is None:
        scope.yields = Items([])
    if len(scope.yields.elements) < MAX_ELEMENTS:
        scope.yields.elements.append(value)
    order.filled(machine, scope.yields)
    if machine.loops and scope.name.endswith("__iter__"):
        order.used(machine, scope, machine.loops[-1], node)
    return UNKNOWN


def _walrus(machine: Machine, scope: Scope, node: ast.NamedExpr) -> Value:
    value = machine.evaluate(scope, node.value)
    assignments.assign(machine, scope, node.target, value, node)
    return value


def _slice(machine: Machine, scope: Scope, node: ast.Slice) -> Value:
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            machine.evaluate(scope, part)
    return UNKNOWN


def _starred(machine: Machine, scope: Scope, node: ast.Starred) -> Value:
    return machine.evaluate(scope, node.value)


ACTIONS: dict[type[ast.AST], Callable[..., Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: attributes.item,
    ast.Call: calls.call,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.IfExp: _if,
    ast.Lambda: _lambda,
    ast.List: _list,
    ast.Tuple: _list,
    ast.Set: _list,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.JoinedStr: _text,
    ast.Await: _await,
    ast.YieldFrom: _await,
    ast.Yield: _yield,
    ast.NamedExpr: _walrus,
    ast.Slice: _slice,
    ast.Starred: _starred,
}
"""What evaluates an expression with all that it does, by its kind; of any other nothing is known."""
