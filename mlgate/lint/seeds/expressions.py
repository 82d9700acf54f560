"""What is known of an expression, by its kind."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from mlgate.lint.seeds import calls, conditions, order, statements
from mlgate.lint.seeds.definitions import ModuleValue, text_of
from mlgate.lint.seeds.libraries import canonical
from mlgate.lint.seeds.values import (
    FIXED,
    UNKNOWN,
    Class,
    Either,
    Entropy,
    External,
    Fixed,
    Function,
    Instance,
    Items,
    Known,
    Maybe,
    Option,
    Order,
    Result,
    Scope,
    Table,
    Value,
    blend,
    either,
    members_of,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine

MAX_ELEMENTS = 64


def evaluate(machine: Machine, scope: Scope, node: ast.AST) -> Value:
    """Evaluate an expression with all that it does."""
    action = _ACTIONS.get(type(node))
    return action(machine, scope, node) if action else UNKNOWN


def _constant(_machine: Machine, _scope: Scope, node: ast.Constant) -> Value:
    return Known(node.value)


def _name(machine: Machine, scope: Scope, node: ast.Name) -> Value:
    found = scope.find(node.id)
    if found is not None:
        return found
    if node.id == "__name__":
        return Known("__main__" if scope.module.is_main else scope.module.path)
    return External(f"builtins.{node.id}") if node.id in calls.BUILTINS else UNKNOWN


def _attribute(machine: Machine, scope: Scope, node: ast.Attribute) -> Value:
    return attribute(machine, scope, machine.evaluate(scope, node.value), node.attr)


def attribute(machine: Machine, scope: Scope, owner: Value, name: str) -> Value:
    """An attribute of a value."""
    match owner:
        case External(name=whole):
            return (
                machine.flags if whole == "absl.flags" and name == "FLAGS" else External(canonical(f"{whole}.{name}"))
            )
        case ModuleValue(code=code):
            found = code.scope.names.get(name)
            return found if found is not None else UNKNOWN
        case Instance():
            return _of_instance(machine, owner, name)
        case Class():
            return owner.find(name) or UNKNOWN
        case Result(name=whole):
            return Result(whole if whole.startswith("pandas.") else f"{whole}.{name}", owner.site)
        case Fixed() | Option():
            return FIXED
        case Entropy():
            return owner
        case Table(entries=entries):
            return entries.get(name, UNKNOWN)
        case Either(members=members):
            found = attribute(machine, scope, members[0], name)
            for member in members[1:]:
                found = either(found, attribute(machine, scope, member, name))
            return found
    return UNKNOWN


def _of_instance(machine: Machine, owner: Instance, name: str) -> Value:
    if name in owner.attrs:
        return owner.attrs[name]
    if owner.cls is None:
        return owner.rest
    found = owner.cls.find(name)
    if isinstance(found, Function):
        if any(
            isinstance(item, ast.Name) and item.id in ("property", "cached_property") for item in _decorators(found)
        ):
            return machine.invoke(found.bound(owner), calls.Given())
        return found.bound(owner)
    if found is not None:
        return found
    for root in owner.cls.roots():
        return Result(f"{root}().{name}")
    return UNKNOWN


def _decorators(function: Function) -> list[ast.expr]:
    return getattr(function.node, "decorator_list", [])


def _subscript(machine: Machine, scope: Scope, node: ast.Subscript) -> Value:
    owner = machine.evaluate(scope, node.value)
    key = machine.evaluate(scope, node.slice)
    match owner:
        case Items(elements=elements, order=disorder):
            if disorder is not None and not isinstance(node.ctx, ast.Store):
                order.used(machine, scope, disorder, node)
            if isinstance(node.slice, ast.Slice):
                return Items(list(elements), order=disorder)
            if isinstance(key, Known) and isinstance(key.const, int) and -len(elements) <= key.const < len(elements):
                return elements[key.const]
            return statements.element_of(owner)
        case Table(entries=entries, is_open=is_open):
            text = text_of(key)
            if text is not None and text in entries:
                return entries[text]
            found: Value = UNKNOWN
            if text is None and not is_open:
                for value in list(entries.values())[:8]:
                    found = value if found is UNKNOWN else either(found, value)
            return found
        case Instance(cls=None):
            text = text_of(key)
            return owner.attrs.get(text, owner.rest) if text is not None else owner.rest
        case External(name="os.environ" | "sys.argv"):
            return FIXED
        case External(name=whole):
            return External(f"{whole}.*")
        case Result(name=whole):
            return Result(whole, owner.site)
        case Fixed() | Option():
            return FIXED
    return UNKNOWN


def _call(machine: Machine, scope: Scope, node: ast.Call) -> Value:
    return calls.call(machine, scope, node)


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
    for place, value in enumerate(node.values[1:]):
        truth = conditions.truth(result)
        is_or = isinstance(node.op, ast.Or)
        if truth.is_certain and truth.outcome is is_or:
            return result
        if is_or:
            other = machine.evaluate(scope, value)
            if truth.is_certain:
                result = other
            elif isinstance(result, (Maybe, Option)):
                result = either(other, FIXED) if isinstance(result, Maybe) else result
            else:
                result = either(result, other)
        else:
            conditions.decide(machine, scope, value)
            result = either(result, machine.evaluate(scope, value)) if place == 0 and not truth.is_certain else UNKNOWN
    return result


def _unary(machine: Machine, scope: Scope, node: ast.UnaryOp) -> Value:
    value = machine.evaluate(scope, node.operand)
    if isinstance(value, Known) and isinstance(node.op, ast.USub) and isinstance(value.const, (int, float)):
        return Known(-value.const)
    if isinstance(value, Known) and isinstance(node.op, ast.Not):
        return Known(not value.const)
    return value if isinstance(value, Entropy) else FIXED if isinstance(value, Fixed) else UNKNOWN


def _compare(machine: Machine, scope: Scope, node: ast.Compare) -> Value:
    machine.evaluate(scope, node.left)
    for comparator in node.comparators:
        machine.evaluate(scope, comparator)
    return UNKNOWN


def _if(machine: Machine, scope: Scope, node: ast.IfExp) -> Value:
    decision = conditions.decide(machine, scope, node.test)
    if decision.is_certain:
        with conditions.narrowed(machine, scope, node.test, holds=bool(decision.outcome)):
            return machine.evaluate(scope, node.body if decision.outcome else node.orelse)
    before = machine.path.copy()
    with conditions.narrowed(machine, scope, node.test, holds=True):
        body = machine.evaluate(scope, node.body)
    after_body, machine.path = machine.path, before
    with conditions.narrowed(machine, scope, node.test, holds=False):
        other = machine.evaluate(scope, node.orelse)
    if after_body.state != machine.path.state or after_body.early != machine.path.early:
        machine.path = after_body.joined(machine.path, f"on one side of the condition in line {node.lineno}")
    return either(body, other)


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
        return order.set_of(elements, node)
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
        return order.set_of([element], node)
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
        begun = order.begun(iterated, generator.iter) if isinstance(iterated, Items) else order.order_of(iterated)
        disorder = disorder or begun
        statements.assign(machine, inner, generator.target, statements.element_of(iterated), generator.iter)
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
    statements.assign(machine, scope, node.target, value, node)
    return value


def _slice(machine: Machine, scope: Scope, node: ast.Slice) -> Value:
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            machine.evaluate(scope, part)
    return UNKNOWN


def _starred(machine: Machine, scope: Scope, node: ast.Starred) -> Value:
    return machine.evaluate(scope, node.value)


def callables_of(value: Value) -> tuple[Value, ...]:
    """What may be called where a value is called."""
    return members_of(value)


_ACTIONS: dict[type[ast.AST], Callable[..., Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
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
