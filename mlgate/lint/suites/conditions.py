"""Conditions that hold whatever the code under test does."""

from __future__ import annotations

import ast
from collections.abc import Callable

CONSTANTS = "two constants are compared"
_NEVER_NEGATIVE = frozenset({"len"})
_MAGNITUDES = frozenset({"abs", "fabs", "absolute", "norm"})
_METHODS = frozenset(
    {"equals", "startswith", "endswith", "issubset", "issuperset", "isdisjoint", "isdigit", "isalpha", "is_contiguous"}
)
"""Methods that are no property in any library that is known."""


def always_holds(node: ast.expr, is_function: Callable[[str], str]) -> str:
    """Why a condition is true in every run, or empty.

    Parameters
    ----------
    is_function : what a name stands for, where the file defines it: `function`, `coroutine` or empty
    """
    match node:
        case ast.BoolOp(op=ast.Or(), values=values):
            return _alternative(values, is_function)
        case ast.BoolOp(values=values):
            return "both sides are always true" if all(always_holds(item, is_function) for item in values) else ""
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return f"{_short(operand)} is always false" if is_false(operand) else ""
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(left, op, right)
    return _made(node) or _named(node, is_function)


def _made(node: ast.expr) -> str:
    """Why a value that the condition itself makes is true."""
    match node:
        case ast.Tuple(elts=[_, *_]):
            return "a tuple that is not empty is true: the parentheses make condition and message one value"
        case ast.Constant(value=value) if value:
            return f"{_short(node)} is always true"
        case ast.JoinedStr(values=values) if any(isinstance(item, ast.Constant) and item.value for item in values):
            return "a text that is not empty is always true"
        case ast.List(elts=items) | ast.Set(elts=items) if items and not any(map(_is_starred, items)):
            return f"{_short(node)} is not empty, so it is always true"
        case ast.ListComp(elt=ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not())):
            return "a list of booleans is true as soon as it is not empty: `all(...)` was meant"
        case ast.GeneratorExp():
            return "a generator is always true: `all(...)` was meant"
        case ast.Lambda():
            return "a function is always true: it is not called"
    return ""


def _is_starred(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred)


def is_false(node: ast.expr) -> bool:
    """Whether an expression is false in every run."""
    match node:
        case ast.Constant(value=value):
            return not value
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
            return True
    return False


def _alternative(values: list[ast.expr], is_function: Callable[[str], str]) -> str:
    for item in values:
        why = always_holds(item, is_function)
        if (
            why
            and isinstance(item, ast.Constant)
            and isinstance(values[0], ast.Compare)
            and not isinstance(item.value, bool)
        ):
            return f"`or {_short(item)}` is always true: write `in (...)` to compare with several values"
        if why:
            return f"one side of `or` always holds: {why}"
    return ""


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
    if isinstance(left, ast.Constant) and isinstance(op, ast.LtE | ast.Lt):
        left, right = right, left
        op = ast.GtE() if isinstance(op, ast.LtE) else ast.Gt()
    bound = _number(right)
    if (
        isinstance(op, ast.GtE | ast.Gt)
        and bound is not None
        and (bound < 0 or (bound == 0 and isinstance(op, ast.GtE)))
    ):
        if isinstance(left, ast.Call) and isinstance(left.func, ast.Name) and left.func.id in _NEVER_NEGATIVE:
            return "a length is never negative"
        return ""
    if isinstance(op, ast.Is) and isinstance(left, ast.Name) and isinstance(right, ast.Name) and left.id == right.id:
        return f"`{left.id}` is compared with itself"
    if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
        return _of_constants(left.value, op, right.value)
    return ""


def _of_constants(left: object, op: ast.cmpop, right: object) -> str:
    equal = type(left) is type(right) and left == right
    holds = (isinstance(op, ast.Eq | ast.Is | ast.LtE | ast.GtE) and equal) or (isinstance(op, ast.NotEq) and not equal)
    return CONSTANTS if holds else ""


def holds_but_for_nan(node: ast.expr) -> str:
    """Why a condition can only fail for NaN, or for a type with an equality of its own; else empty."""
    match node:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.LtE() | ast.GtE()], comparators=[right]) if is_same(
            left, right
        ):
            return f"{_short(left)} is compared with itself"
        case ast.Compare(left=ast.Call(func=called), ops=[ast.GtE()], comparators=[ast.Constant(value=0 | 0.0)]):
            name = (
                called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
            )
            return "a magnitude is never negative, only NaN fails here" if name in _MAGNITUDES else ""
    return ""


def is_same(left: ast.expr, right: ast.expr) -> bool:
    """Whether two expressions are the same names, attributes and constant places; calls may give two values."""
    match left, right:
        case ast.Name(id=one), ast.Name(id=other):
            return one == other
        case ast.Attribute(value=one, attr=name), ast.Attribute(value=other, attr=second):
            return name == second and is_same(one, other)
        case ast.Subscript(value=one, slice=ast.Constant(value=key)), ast.Subscript(
            value=other, slice=ast.Constant(value=second)
        ):
            return key == second and is_same(one, other)
        case ast.Call(func=ast.Name(id="len"), args=[one]), ast.Call(func=ast.Name(id="len"), args=[other]):
            return is_same(one, other)
    return False


def _named(node: ast.expr, is_function: Callable[[str], str]) -> str:
    match node:
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kind]):
            kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
            if any(isinstance(item, ast.Name) and item.id == "object" for item in kinds):
                return "everything is an `object`"
        case ast.Call(func=ast.Name(id="approx") | ast.Attribute(value=ast.Name(id="pytest"), attr="approx")):
            return "`approx(...)` alone is always true: compare a value with it"
        case ast.Call(func=ast.Name(id=name)) if is_function(name) == "coroutine":
            return f"`{name}(...)` is a coroutine that is not awaited, and always true"
        case ast.Name(id=name) if is_function(name):
            return f"`{name}` is a function that is not called, and always true"
        case ast.Attribute(attr="all" | "any", value=ast.Compare()):
            return f"`.{node.attr}` is a method that is not called, and always true"
        case ast.Attribute(attr=name) if name in _METHODS:
            return f"`.{name}` is a method that is not called, and always true"
        case ast.Attribute(attr=name) if name.startswith("assert_"):
            return f"`.{name}` is a method that is not called"
    return ""


def _number(node: ast.expr) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
    return None


def _short(node: ast.expr) -> str:
    text = ast.unparse(node)
    return f"`{text if len(text) <= 40 else text[:39] + '…'}`"
