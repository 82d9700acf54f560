"""What statements do to the path: branches are followed both, loops once, and a return ends the way."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from mlgate.lint.seeds import conditions, definitions, order, seeding
from mlgate.lint.seeds.paths import Path
from mlgate.lint.seeds.values import (
    NONE,
    UNKNOWN,
    Class,
    External,
    Function,
    Instance,
    Items,
    Partial,
    Scope,
    Table,
    Unknown,
    Value,
    either,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine

NOTHING = NONE
_ENDS = frozenset({"sys.exit", "builtins.exit", "builtins.quit", "os._exit"})


def execute(machine: Machine, scope: Scope, node: ast.stmt) -> bool:
    """Execute one statement; True where what follows it is not reached."""
    action = _ACTIONS.get(type(node))
    return action(machine, scope, node) if action else False


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
        scope.bind(node.target.id, machine.blend(before, added))
    return False


def assign(machine: Machine, scope: Scope, target: ast.expr, value: Value, node: ast.stmt | ast.expr) -> None:
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
        case ast.Attribute(value=holder, attr=name):
            owner = machine.evaluate(scope, holder)
            if isinstance(owner, (Instance, Class)):
                owner.attrs[name] = value
                order.kept(machine, scope, owner, value)
            elif isinstance(owner, External):
                definitions.flag_set(machine, scope, f"{owner.name}.{name}", value, node)
            else:
                definitions.attribute_set(machine, owner, name, value)
        case ast.Subscript(value=holder, slice=key):
            owner = machine.evaluate(scope, holder)
            place = machine.evaluate(scope, key)
            text = definitions.text_of(place)
            if isinstance(owner, Table) and text is not None:
                owner.entries[text] = value
            elif isinstance(owner, Instance) and owner.cls is None and text is not None:
                owner.attrs[text] = value
            elif isinstance(owner, Table):
                owner.is_open = True


def element_of(value: Value) -> Value:
    """Any one element of what is iterated over."""
    if isinstance(value, Items):
        if not value.elements:
            return UNKNOWN
        found = value.elements[0]
        for other in value.elements[1:8]:
            found = either(found, other)
        return found
    return definitions.element_of(value)


def _return(machine: Machine, scope: Scope, node: ast.Return) -> bool:
    value = machine.evaluate(scope, node.value) if node.value else NOTHING
    home: Scope | None = scope
    if home is not None:
        home.returns.append((machine.path.copy(), value))
    return True


def _if(machine: Machine, scope: Scope, node: ast.If) -> bool:
    decision = conditions.decide(machine, scope, node.test)
    if decision.is_certain:
        with conditions.narrowed(machine, scope, node.test, holds=bool(decision.outcome)):
            return machine.execute(scope, node.body if decision.outcome else node.orelse)
    tested = conditions.tested_values(machine, scope, node.test)
    unseen = decision.outcome is None and any(isinstance(value, Unknown) for _, value in tested)
    body_is_none = unseen and conditions.is_none_branch(node.test)
    me = scope.me if isinstance(scope.me, Instance) else None
    held = dict(me.attrs) if me else {}
    before, names = machine.path, dict(scope.names)
    machine.path = before.copy()
    machine.asked += decision.outcome is False
    machine.unsure += body_is_none
    with conditions.narrowed(machine, scope, node.test, holds=True):
        body_ends = machine.execute(scope, node.body)
    machine.asked -= decision.outcome is False
    machine.unsure -= body_is_none
    after_body, body_names = machine.path, scope.names
    machine.path, scope.names = before.copy(), names
    body_held: dict[str, Value] = {}
    if me:
        body_held, me.attrs = me.attrs, held
    attributes = [(place, value) for place, value in tested if isinstance(place, ast.Attribute)]
    machine.asked += decision.outcome is True
    with conditions.narrowed(machine, scope, node.test, holds=False):
        else_ends = machine.execute(scope, node.orelse)
    machine.asked -= decision.outcome is True
    after_else, else_names = machine.path, scope.names
    if body_ends and else_ends:
        return True
    if me and else_ends:
        me.attrs = body_held
    elif me and not body_ends:
        me.attrs = _merged(body_held, me.attrs)
    if body_ends or else_ends:
        machine.path = after_else if body_ends else after_body
        scope.names = else_names if body_ends else body_names
        _narrow_for_good(machine, scope, node.test, holds=not body_ends)
        return False
    scope.names = _merged(body_names, else_names)
    conditions.merge_narrowed(machine, scope, node.test, attributes)
    machine.path = _taken(after_body, after_else, decision, lambda: _why(machine, scope, node.test))
    return False


def _narrow_for_good(machine: Machine, scope: Scope, test: ast.expr, *, holds: bool) -> None:
    """`if x is None: return` leaves only what is something."""
    with conditions.narrowed(machine, scope, test, holds=holds):
        held = [(place, value) for place, value in conditions.tested_values(machine, scope, test)]
    for place, value in held:
        if isinstance(place, ast.Name) and conditions.is_given(value):
            scope.bind(place.id, value)


def _taken(body: Path, other: Path, decision: conditions.Decision, why: Callable[[], str]) -> Path:
    if body.state == other.state and body.early == other.early:
        return body
    if decision.outcome is None:
        return body.joined(other, why())
    return body.unless(other, why()) if decision.outcome else other.unless(body, why())


def _why(machine: Machine, scope: Scope, test: ast.expr) -> str:
    text = " ".join(ast.unparse(test).split())
    text = text if len(text) <= 60 else text[:57] + "..."
    return f"it is seeded only on one side of `if {text}` (line {test.lineno} of {scope.module.path})"


def _merged(first: dict[str, Value], second: dict[str, Value]) -> dict[str, Value]:
    merged = dict(first)
    for name, value in second.items():
        mine = merged.get(name)
        merged[name] = value if mine is None else mine if mine is value else either(mine, value)
    return merged


def _for(machine: Machine, scope: Scope, node: ast.For | ast.AsyncFor) -> bool:
    iterated = machine.evaluate(scope, node.iter)
    elements = iterated.elements if isinstance(iterated, Items) and _are_apart(iterated.elements) else None
    with order.iterating(machine, scope, iterated, node):
        for element in elements or [element_of(iterated)]:
            assign(machine, scope, node.target, element, node.iter)
            machine.execute(scope, node.body)
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
    for item in node.items:
        value = machine.evaluate(scope, item.context_expr)
        if isinstance(value, External) or getattr(value, "name", "") == "torch.random.fork_rng":
            forked.append(machine.path.of("torch"))
        if item.optional_vars is not None:
            assign(machine, scope, item.optional_vars, value, item.context_expr)
    ends = machine.execute(scope, node.body)
    if forked:
        machine.path.state["torch"] = forked[0]
    return ends


def _try(machine: Machine, scope: Scope, node: ast.Try) -> bool:
    before = machine.path.copy()
    ends = machine.execute(scope, node.body) or machine.execute(scope, node.orelse)
    after = machine.path
    rest: list[Path] = []
    for handler in node.handlers:
        machine.path = before.copy() if ends else after.copy()
        if handler.name:
            scope.bind(handler.name, UNKNOWN)
        names = dict(scope.names)
        if not machine.execute(scope, handler.body):
            rest.append(machine.path)
        scope.names = {**scope.names, **names}  # what the body bound holds; a handler adds what it alone binds
    machine.path = after
    if ends and rest:  # the way goes on only through a handler
        machine.path, ends = rest[0], False
    return machine.execute(scope, node.finalbody) or ends


def _global(_: Machine, scope: Scope, node: ast.Global) -> bool:
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


def _match(machine: Machine, scope: Scope, node: ast.Match) -> bool:
    machine.evaluate(scope, node.subject)
    before = machine.path
    after: list[Path] = []
    for case in node.cases:
        machine.path = before.copy()
        for part in ast.walk(case.pattern):
            if isinstance(part, (ast.MatchAs, ast.MatchStar)) and part.name:
                scope.bind(part.name, UNKNOWN)
        if not machine.execute(scope, case.body):
            after.append(machine.path)
    if not after:
        return False
    machine.path = after[0]
    for other in after[1:]:
        machine.path = machine.path.joined(other, f"on some cases of the match in line {node.lineno}")
    return False


_ACTIONS: dict[type[ast.stmt], Callable[..., bool]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Global: _global,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Break: _leave,
    ast.Continue: _leave,
    ast.Match: _match,
    ast.FunctionDef: definitions.function,
    ast.AsyncFunctionDef: definitions.function,
    ast.ClassDef: definitions.class_,
    ast.Import: definitions.import_,
    ast.ImportFrom: definitions.import_from,
}
