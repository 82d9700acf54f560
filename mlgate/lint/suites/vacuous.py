"""Assertions that hold whatever the code under test does."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from mlgate.lint.finding import Finding
from mlgate.lint.suites.caught import caught
from mlgate.lint.suites.conditions import CONSTANTS, always_holds, holds_but_for_nan, is_false, is_same
from mlgate.lint.suites.suite import Function, Suite
from mlgate.lint.suites.walk import last_name
from mlgate.outcome import Status

RULE = "assertion-that-cannot-fail"
FIX = "assert what the result must be, and see the test fail once before you trust it"

_SELF_EQUAL = re.compile(r"eq(?:$|_|ual)|hash|ident|nan|same|compar|reflex|assert|symm|operator|order", re.IGNORECASE)
_ARRAY_EQUAL = frozenset(
    [
        "assert_array_equal",
        "assert_allclose",
        "assert_almost_equal",
        "assert_array_almost_equal",
        "assert_frame_equal",
        "assert_series_equal",
        "assert_index_equal",
        "assert_close",
        "assertAllClose",
        "assertAllEqual",
    ]
)
_EQUAL = frozenset({"assertEqual", "assertEquals", "assertIs", "assert_equal", "assertListEqual", "assertDictEqual"})
_MOCK_TYPOS = frozenset({"called_once_with", "called_with", "has_calls", "not_called", "any_call", "called_once"})
_MOCKS = re.compile(r"\bmock|Mock\b")


def assertion_that_cannot_fail(suite: Suite) -> Iterator[Finding]:
    """An assertion that holds whatever the code under test returns, or that no run reaches.

    The test looks as if it protected something, and does not.

    Told are constants, tuples and `x == "a" or "b"`; `len(x) >= 0`; methods and functions that are not called;
    `assertTrue(a, b)` where `assertEqual` was meant; comparisons whose result is thrown away; misspelt assertions of a
    mock; assertions that stand only in an `except` block which nothing forces, behind a `return`, after the call that
    raises inside `pytest.raises`; and handlers that swallow `AssertionError`. `x == x` can fail for NaN and for a type
    with an equality of its own, and `assert True` beside other assertions does no harm: warnings. So is
    `pytest.raises(Exception)` around several statements, since the wrong one may raise.
    """
    callables = {name: _callable(function) for name, function in suite.helpers.items()}
    mocks = bool(_MOCKS.search(suite.module.text))
    for function in suite.functions if suite.is_test_file else ():

        def is_function(name: str, function: Function = function) -> str:
            return callables[name] if name in callables and name not in _rebound(function) else ""

        found = [*_conditions(suite, function, is_function), *_statements(suite, function, mocks=mocks)]
        for node, message, status in caught(function):
            found.append(suite.finding(RULE, node, message, FIX, scope=function.scope, status=status))
        yield from (item for item in found if "# noqa" not in suite.lines[item.line - 1])


def _callable(function: Function) -> str:
    if function.node.decorator_list:
        return ""
    return "coroutine" if isinstance(function.node, ast.AsyncFunctionDef) else "function"


def _rebound(function: Function) -> frozenset[str]:
    """Names that are something else inside the function."""
    stored = {
        target.id
        for item in function.nodes.of(ast.Assign)
        for target in ast.walk(ast.Tuple(item.targets))
        if isinstance(target, ast.Name)
    }
    nodes = function.nodes
    loops = {
        target.id
        for item in nodes.of_any(ast.For, ast.AsyncFor, ast.comprehension)
        for target in ast.walk(item.target)
        if isinstance(target, ast.Name)
    }
    return frozenset(function.parameters | stored | loops)


def _conditions(suite: Suite, function: Function, is_function: Callable[[str], str]) -> Iterator[Finding]:
    asserts = function.nodes.of(ast.Assert)
    for item in asserts:
        yield from _condition(suite, function, item, item.test, is_function)
    for call in function.nodes.of(ast.Call):
        name = last_name(call.func)
        if not name.startswith("assert"):
            continue
        if name in ("assertTrue", "assert_") and call.args:
            why = _message_is_value(call)
            if why:
                yield suite.finding(
                    RULE, call, why, "write assertEqual, or name the message: msg=...", scope=function.scope
                )
            else:
                yield from _condition(suite, function, call, call.args[0], is_function)
        elif name == "assertFalse" and call.args:
            if is_false(call.args[0]):
                yield _constant(suite, function, call, "its condition is always false")
            elif _message_is_value(call):
                yield suite.finding(RULE, call, _message_is_value(call), "write assertEqual", scope=function.scope)
        elif len(call.args) >= 2:
            yield from _pair(suite, function, call, name)


def _condition(
    suite: Suite, function: Function, node: ast.AST, test: ast.expr, is_function: Callable[[str], str]
) -> Iterator[Finding]:
    why = always_holds(test, is_function)
    if why and (_is_marker(test) or why == CONSTANTS):
        yield _constant(suite, function, node, why)
    elif why:
        yield suite.finding(RULE, node, f"holds in every run: {why}", FIX, scope=function.scope)
    else:
        why = holds_but_for_nan(test)
        if why and not _SELF_EQUAL.search(function.scope):
            yield suite.finding(RULE, node, why, FIX, scope=function.scope, status=Status.WARN)


def _is_marker(test: ast.expr) -> bool:
    """Whether it is `True` or `1`, which may mark a place; a text is a comparison that was forgotten."""
    return isinstance(test, ast.Constant) and not isinstance(test.value, str)


def _constant(suite: Suite, function: Function, node: ast.AST, why: str) -> Finding:
    """A constant beside other assertions only marks a place; alone it stands in for one."""
    alone = len(function.nodes.of(ast.Assert)) + sum(
        last_name(call.func).lower().startswith(("assert", "check", "_check", "_assert", "fail", "raises"))
        for call in function.nodes.of(ast.Call)
    ) < 2 and not function.nodes.has(ast.Raise)
    status = Status.FAIL if alone and not suite.may_be_inherited(function) else Status.WARN
    return suite.finding(RULE, node, f"holds in every run: {why}", FIX, scope=function.scope, status=status)


def _message_is_value(call: ast.Call) -> str:
    """Why the second argument of `assertTrue` is no message, or empty."""
    if len(call.args) != 2 or isinstance(call.args[0], ast.Compare | ast.BoolOp | ast.UnaryOp):
        return ""
    second = call.args[1]
    plain = isinstance(second, ast.Constant) and second.value is not None and not isinstance(second.value, str)
    made = isinstance(second, ast.List | ast.Dict | ast.Tuple | ast.Set) and not _shares_names(call.args[0], second)
    if plain or made:
        return f"the second argument of `{last_name(call.func)}` is its message, so nothing is compared"
    return ""


def _shares_names(condition: ast.expr, message: ast.expr) -> bool:
    """Whether a message shows what the condition was made of: `assertTrue(le(a, b), (a, b))`."""
    shown = {item.id for item in ast.walk(message) if isinstance(item, ast.Name)}
    return any(isinstance(item, ast.Name) and item.id in shown for item in ast.walk(condition))


def _pair(suite: Suite, function: Function, call: ast.Call, name: str) -> Iterator[Finding]:
    left, right = call.args[:2]
    if name in _ARRAY_EQUAL | _EQUAL and is_same(left, right):
        certain = name in _ARRAY_EQUAL or (name == "assertIs" and isinstance(left, ast.Name))
        if not _SELF_EQUAL.search(function.scope):
            message = f"`{name}` compares `{ast.unparse(left)}` with itself"
            status = Status.FAIL if certain else Status.WARN
            yield suite.finding(RULE, call, message, FIX, scope=function.scope, status=status)
    elif (
        name in _EQUAL
        and isinstance(left, ast.Constant)
        and isinstance(right, ast.Constant)
        and left.value == right.value
    ):
        yield _constant(suite, function, call, CONSTANTS)


def _statements(suite: Suite, function: Function, *, mocks: bool) -> Iterator[Finding]:
    for statement in function.nodes.of(ast.Expr):
        message, value = "", statement.value
        if isinstance(value, ast.Compare) and not _is_expected_to_raise(function, statement):
            message = f"the result of `{ast.unparse(value)[:60]}` is thrown away: `assert` is missing"
        elif isinstance(value, ast.Attribute | ast.Name) and last_name(value).startswith("assert"):
            message = f"`{last_name(value)}` is not called"
        elif isinstance(value, ast.Call):
            message = _unused_call(suite, value, mocks=mocks)
        if message:
            yield suite.finding(RULE, statement, message, FIX, scope=function.scope)
    if mocks:
        for item in function.nodes.of(ast.Assert):
            called = item.test.func if isinstance(item.test, ast.Call) else item.test
            if isinstance(called, ast.Attribute) and called.attr in _MOCK_TYPOS:
                message = f"`.{called.attr}` is no assertion of a mock, but another mock, and always true"
                hint = f"write `.assert_{called.attr}(...)`"
                yield suite.finding(RULE, item, message, hint, scope=function.scope)


def _unused_call(suite: Suite, call: ast.Call, *, mocks: bool) -> str:
    last = last_name(call.func)
    if mocks and last in _MOCK_TYPOS and isinstance(call.func, ast.Attribute):
        return f"`.{last}` is no assertion of a mock: its result is thrown away"
    given = len(call.args) + sum(item.arg is None for item in call.keywords)
    waits = last in ("assertRaises", "assertWarns") or suite.called_name(call) in ("pytest.raises", "pytest.warns")
    if waits and given == 1 and not any(isinstance(item, ast.Starred) for item in call.args):
        return f"`{last}` does nothing here: it needs `with`, or a function to call"
    return ""


def _is_expected_to_raise(function: Function, statement: ast.stmt) -> bool:
    """Whether a comparison may stand for itself: in a `with` or `try`, which look whether it raises or warns."""
    nodes = function.nodes
    blocks = nodes.of_any(ast.With, ast.AsyncWith, ast.Try, ast.FunctionDef)
    return any(block.lineno <= statement.lineno <= (block.end_lineno or block.lineno) for block in blocks)
