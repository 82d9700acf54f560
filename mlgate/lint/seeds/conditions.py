"""Which branch a condition takes in a run without options, and what it says of the value that it tests."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from mlgate.lint.seeds.alternatives import either
from mlgate.lint.seeds.values import (
    FIXED,
    NONE,
    UNKNOWN,
    Either,
    Entropy,
    Fixed,
    Instance,
    Items,
    Known,
    Maybe,
    Option,
    Result,
    Unknown,
    Value,
    is_none,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine
    from mlgate.lint.seeds.scopes import Scope

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}


_OBJECTS = ("numpy.", "random.", "torch.", "pandas.", "pathlib.", "gymnasium.", "keras.", "sklearn.")
"""How names of results begin that are objects for sure."""


class Decision(NamedTuple):
    """What a condition is: true, false or not known (None); `is_open` where the user may change it by an option."""

    outcome: bool | None
    is_open: bool = False

    @property
    def is_certain(self) -> bool:
        return self.outcome is not None and not self.is_open


UNDECIDED = Decision(None)


def decide(machine: Machine, scope: Scope, test: ast.expr) -> Decision:
    """Evaluate a condition, with all that it does, and say how it turns out."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = decide(machine, scope, operand)
            return inner if inner.outcome is None else Decision(not inner.outcome, inner.is_open)
        case ast.BoolOp(op=op, values=values):
            return _combined(machine, scope, values, is_and=isinstance(op, ast.And))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(compared_value(machine, scope, left, right), op, machine.evaluate(scope, right), left)
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.expr() as first, ast.Name(id="str" | "int" as kind)]):
            value = _plain(machine.evaluate(scope, first))
            if value is None or value.const is None:
                return UNDECIDED
            return Decision(type(value.const).__name__ == kind)
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return Decision(False)
    return truth(machine.evaluate(scope, test))


def compared_value(machine: Machine, scope: Scope, left: ast.expr, right: ast.expr) -> Value:
    """The left side of a comparison: `next(found, None) is None` asks only whether there is one."""
    machine.asks_existence = isinstance(right, ast.Constant) and right.value is None
    value = machine.evaluate(scope, left)
    machine.asks_existence = False
    return value


def _combined(machine: Machine, scope: Scope, values: list[ast.expr], *, is_and: bool) -> Decision:
    found = [decide(machine, scope, value) for value in values]
    settled = [item for item in found if item.outcome is (not is_and)]
    if settled:  # one false settles an `and`, one true an `or`
        return Decision(not is_and, all(item.is_open for item in settled))
    if any(item.outcome is None for item in found):
        return UNDECIDED
    return Decision(is_and, any(item.is_open for item in found))


def _compared(left: Value, op: ast.cmpop, right: Value, place: ast.expr) -> Decision:
    if isinstance(place, ast.Name) and place.id == "__name__" and isinstance(right, Known):
        is_main = isinstance(left, Known) and left.const == right.const
        return Decision(is_main if isinstance(op, ast.Eq) else not is_main)
    if isinstance(op, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)) and is_none(right):
        nothing = nothingness(left)
        if nothing.outcome is None or isinstance(op, (ast.Is, ast.Eq)):
            return nothing
        return Decision(not nothing.outcome, nothing.is_open)
    is_open = isinstance(left, (Option, Maybe)) or isinstance(right, (Option, Maybe))
    first, second = _plain(left), _plain(right)
    compare = _COMPARE.get(type(op))
    if first is None or second is None or compare is None:
        return UNDECIDED
    try:
        return Decision(bool(compare(first.const, second.const)), is_open)
    except TypeError:
        return UNDECIDED


def _plain(value: Value) -> Known | None:
    if isinstance(value, Maybe):
        return NONE
    if isinstance(value, Option):
        value = value.default
    if isinstance(value, Items) and all(isinstance(item, Known) for item in value.elements):
        return Known([item.const for item in value.elements if isinstance(item, Known)])
    return value if isinstance(value, Known) else None


def nothingness(value: Value) -> Decision:
    """Whether a value is None."""
    match value:
        case Maybe():
            return Decision(True, is_open=True)
        case Option(default=default):
            return Decision(is_none(default), is_open=is_none(default))
        case Known(const=const):
            return Decision(const is None)
        case Unknown() | Either():
            return UNDECIDED
        case Result(name=name) if not name.startswith(_OBJECTS):
            return UNDECIDED  # what a library returned, or an attribute of it, may be None
    return Decision(False)


def truth(value: Value) -> Decision:
    """Whether a value counts as true."""
    match value:
        case Known(const=const):
            return Decision(bool(const))
        case Option(default=Known(const=const)):
            return Decision(bool(const), is_open=True)
        case Maybe():
            return Decision(False, is_open=True)
    return UNDECIDED


Changes = list[tuple[dict[str, Value], str, Value, Value]]
"""Names among which a value was narrowed, its name, what it was and what it is."""


def narrow(machine: Machine, scope: Scope, test: ast.expr, *, holds: bool) -> Changes:
    """In a branch: a value that was tested against None is none, or is something; `widen` undoes it."""
    changes: Changes = []
    for place, nothing in _tested(test, holds=holds):
        before = _look(machine, scope, place)
        holder = _holder(machine, scope, place)
        if holder is not None and (isinstance(before, Maybe) or (isinstance(before, Unknown) and nothing)):
            after: Value = NONE if nothing else FIXED
            names, name = holder
            names[name] = after
            changes.append((names, name, before, after))
    return changes


def widen(changes: Changes) -> None:
    """What was narrowed is as before, unless it was set anew."""
    for names, name, before, after in changes:
        if names.get(name) is after:
            names[name] = before


def merge_narrowed(machine: Machine, scope: Scope, seen: list[tuple[ast.Attribute, Value]]) -> None:
    """After `if x is None: x = ...` the name holds what was set, or what the user gave."""
    for place, before in seen:
        now = _look(machine, scope, place)
        if now is not before and isinstance(before, (Maybe, Option)):
            _set(machine, scope, place, either(now, FIXED))


def is_none_branch(test: ast.expr) -> bool:
    """Whether a condition holds where what it tests is None."""
    return any(nothing for _, nothing in _tested(test, holds=True))


def tested_values(machine: Machine, scope: Scope, test: ast.expr) -> list[tuple[ast.expr, Value]]:
    """The names and attributes that a condition tests for None, with what they hold."""
    return [(place, _look(machine, scope, place)) for place, _ in _tested(test, holds=True)]


def _tested(test: ast.expr, *, holds: bool) -> list[tuple[ast.expr, bool]]:
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _tested(operand, holds=not holds)
        case ast.Compare(left=ast.Name() | ast.Attribute() as left, ops=[op], comparators=[ast.Constant(value=None)]):
            return [(left, isinstance(op, (ast.Is, ast.Eq)) == holds)]
        case ast.Compare(left=ast.Name() | ast.Attribute() as left, ops=[op]) if holds and not isinstance(
            op, ast.NotEq
        ):
            return [(left, False)]
        case ast.Name() | ast.Attribute():
            return [(test, not holds)]
        case ast.BoolOp(op=ast.And(), values=values) if holds:
            return [item for value in values for item in _tested(value, holds=True)]
        case ast.BoolOp(op=ast.Or(), values=values) if not holds:
            return [item for value in values for item in _tested(value, holds=False)]
    return []


def _look(machine: Machine, scope: Scope, place: ast.expr) -> Value:
    if isinstance(place, ast.Name):
        return scope.find(place.id) or UNKNOWN
    return machine.evaluate(scope, place)


def _holder(machine: Machine, scope: Scope, place: ast.expr) -> tuple[dict[str, Value], str] | None:
    """The names among which a place stands: those of the scope, or the attributes of an object."""
    if isinstance(place, ast.Name):
        return scope.names, place.id
    if isinstance(place, ast.Attribute):
        holder = machine.evaluate(scope, place.value)
        if isinstance(holder, Instance):
            return holder.attrs, place.attr
    return None


def _set(machine: Machine, scope: Scope, place: ast.expr, value: Value) -> None:
    if isinstance(place, ast.Name):
        scope.bind(place.id, value)
    elif isinstance(place, ast.Attribute):
        holder = machine.evaluate(scope, place.value)
        if isinstance(holder, Instance):
            holder.attrs[place.attr] = value


def is_given(value: Value) -> bool:
    """Whether a value is there for sure: something that the repository fixes, or entropy."""
    return isinstance(value, (Fixed, Entropy)) or (isinstance(value, Known) and value.const is not None)
