"""Branches: both sides are followed where it hangs on the user or on what is not seen, and their paths are joined."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from mlgate.lint.seeds import conditions
from mlgate.lint.seeds.alternatives import either
from mlgate.lint.seeds.paths import Path
from mlgate.lint.seeds.values import UNKNOWN, Instance, Unknown, Value

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine
    from mlgate.lint.seeds.scopes import Scope


def if_(machine: Machine, scope: Scope, node: ast.If) -> bool:
    """Follow the side that is taken, or both."""
    decision = conditions.decide(machine, scope, node.test)
    if decision.is_certain:
        return _side(machine, scope, node, holds=bool(decision.outcome))
    tested = conditions.tested_values(machine, scope, node.test)
    unseen = decision.outcome is None and any(isinstance(value, Unknown) for _, value in tested)
    body_is_none = unseen and conditions.is_none_branch(node.test)
    before = _Held(machine, scope)
    machine.path = before.path.copy()
    machine.asked += decision.outcome is False
    machine.unsure += body_is_none
    body_ends = _side(machine, scope, node, holds=True)
    machine.asked -= decision.outcome is False
    machine.unsure -= body_is_none
    body = _Held(machine, scope)
    before.restore(machine, scope)
    machine.asked += decision.outcome is True
    else_ends = _side(machine, scope, node, holds=False)
    machine.asked -= decision.outcome is True
    if body_ends and else_ends:
        return True
    if body_ends:
        _narrow_for_good(machine, scope, node.test, holds=False)
    elif else_ends:
        body.restore(machine, scope)
        _narrow_for_good(machine, scope, node.test, holds=True)
    else:
        other = machine.path
        body.merge(scope)
        attributes = [(place, value) for place, value in tested if isinstance(place, ast.Attribute)]
        conditions.merge_narrowed(machine, scope, attributes)
        machine.path = _taken(body.path, other, decision, lambda: _why(scope, node.test))
    return False


class _Held:
    """What holds at one moment: the path, the names of a scope, and the attributes of its object."""

    __slots__ = ("attrs", "me", "names", "path")

    def __init__(self, machine: Machine, scope: Scope) -> None:
        self.path = machine.path
        self.names = dict(scope.names)
        self.me = scope.me if isinstance(scope.me, Instance) else None
        self.attrs = dict(self.me.attrs) if self.me else {}

    def restore(self, machine: Machine, scope: Scope) -> None:
        """Go on from this moment."""
        machine.path = self.path
        scope.names = self.names
        if self.me:
            self.me.attrs = self.attrs

    def merge(self, scope: Scope) -> None:
        """Either this holds, or what holds now."""
        scope.names = _merged(self.names, scope.names)
        if self.me:
            self.me.attrs = _merged(self.attrs, self.me.attrs)


def _side(machine: Machine, scope: Scope, node: ast.If, *, holds: bool) -> bool:
    changes = conditions.narrow(machine, scope, node.test, holds=holds)
    ends = machine.execute(scope, node.body if holds else node.orelse)
    conditions.widen(changes)
    return ends


def _narrow_for_good(machine: Machine, scope: Scope, test: ast.expr, *, holds: bool) -> None:
    """`if x is None: return` leaves only what is something."""
    changes = conditions.narrow(machine, scope, test, holds=holds)
    held = conditions.tested_values(machine, scope, test)
    conditions.widen(changes)
    for place, value in held:
        if isinstance(place, ast.Name) and conditions.is_given(value):
            scope.bind(place.id, value)


def _taken(body: Path, other: Path, decision: conditions.Decision, why: Callable[[], str]) -> Path:
    if body.state == other.state and body.early == other.early:
        return body
    if decision.outcome is None:
        return body.joined(other, why())
    return body.unless(other, why()) if decision.outcome else other.unless(body, why())


def _why(scope: Scope, test: ast.expr) -> str:
    text = " ".join(ast.unparse(test).split())
    text = text if len(text) <= 60 else text[:57] + "..."
    return f"it is seeded only on one side of `if {text}` (line {test.lineno} of {scope.module.path})"


def _merged(first: dict[str, Value], second: dict[str, Value]) -> dict[str, Value]:
    merged = dict(first)
    for name, value in second.items():
        mine = merged.get(name)
        merged[name] = value if mine is None else mine if mine is value else either(mine, value)
    return merged


def try_(machine: Machine, scope: Scope, node: ast.Try | ast.TryStar) -> bool:
    """Follow the body, and each handler for what it draws; the way goes on as if nothing had been raised."""
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


def match_(machine: Machine, scope: Scope, node: ast.Match) -> bool:
    """Follow every case."""
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
