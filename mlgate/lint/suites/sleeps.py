"""Tests that wait for a fixed time."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mlgate.lint.finding import Finding
from mlgate.lint.suites.suite import HELPER, Function, Suite
from mlgate.lint.suites.walk import Nodes, last_name
from mlgate.outcome import Status

RULE = "sleep-in-test"
FIX = "wait for the event itself (a future, `Event.wait(timeout)`, polling with a deadline) or replace the clock"

_SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep", "gevent.sleep", "eventlet.sleep"})
_PATCHES = frozenset({"patch", "setattr", "object", "freeze_time", "travel"})


def sleep_in_test(suite: Suite) -> Iterator[Finding]:
    """A test or fixture that sleeps for a fixed time (`time.sleep(2)`).

    Too short on a busy machine, where the test then fails for no reason; too long on every other one, for every run.

    Told once for a test. Not told are loops that poll, functions that are defined inside the test (the work that
    something else waits for), sleeps of 0 and clocks that are replaced.
    """
    if "sleep" not in suite.module.text:
        return
    for function in suite.functions:
        if function.kind == HELPER or not function.nodes.has(ast.Call) or _is_patched(suite, function):
            continue
        polled = {id(call) for call in _polled(function)}
        sleeps = [
            (call, seconds)
            for call in function.nodes.of(ast.Call)
            for seconds in [_seconds(suite, call)]
            if seconds and id(call) not in polled
        ]
        if sleeps:
            total = sum(seconds for _, seconds in sleeps)
            lines = [call.lineno for call, _ in sleeps]
            yield suite.finding(
                RULE,
                sleeps[0][0],
                f"{function.name} sleeps {total:g} s",
                FIX,
                scope=function.scope,
                status=Status.WARN,
                evidence={"seconds": total, "lines": lines[1:]},
            )


def _seconds(suite: Suite, call: ast.Call) -> float:
    if suite.called_name(call) not in _SLEEPS or len(call.args) != 1:
        return 0
    given = call.args[0]
    if isinstance(given, ast.Name):
        given = suite.constants.get(given.id, given)
    value = given.value if isinstance(given, ast.Constant) else 0
    return value if isinstance(value, int | float) and value > 0 else 0


def _polled(function: Function) -> Iterator[ast.Call]:
    """Calls in a loop that ends early, in a nested function, or in a lambda."""
    nodes = function.nodes
    for loop in nodes.of_any(ast.While, ast.For, ast.AsyncFor):
        inner = Nodes(loop.body)
        if isinstance(loop, ast.While) or inner.has(ast.Break, ast.Return):
            yield from inner.of(ast.Call)
    for nested in nodes.of_any(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
        yield from Nodes(nested.body).of(ast.Call)
    for short in nodes.of(ast.Lambda):
        yield from Nodes([short.body]).of(ast.Call)


def _is_patched(suite: Suite, function: Function) -> bool:
    """Whether a decorator or a call of the test replaces `sleep` or the clock."""
    owner = function.owner
    decorators = [*function.node.decorator_list, *(owner.node.decorator_list if owner else [])]
    calls = [item for item in decorators if isinstance(item, ast.Call)] + function.nodes.of(ast.Call)
    for call in calls:
        if last_name(call.func) in _PATCHES and any(
            isinstance(item, ast.Constant)
            and isinstance(item.value, str)
            and ("sleep" in item.value or "time" in item.value)
            for item in call.args
        ):
            return True
    return any(suite.called_name(item).rpartition(".")[2] in ("freeze_time", "travel") for item in decorators)
