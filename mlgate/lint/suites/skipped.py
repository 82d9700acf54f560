"""Tests that never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from mlgate.lint.finding import Finding
from mlgate.lint.suites.suite import SETUP, TEST, Function, Suite, TestClass
from mlgate.outcome import Status

RULE = "always-skipped-test"
FIX = "mend the test or delete it; where it depends on something, say on what: `skipif(<condition>, reason=...)`"

_TICKET = re.compile(
    r"#\d+|\b[A-Z][A-Z0-9]+-\d+\b|https?://|\b(?:issue|ticket|bug|until|20\d\d-\d\d)\b|\bv?\d+\.\d+", re.IGNORECASE
)
_SKIPS = frozenset({"pytest.mark.skip", "mark.skip", "unittest.skip", "pytest.skip", "skip"})
_CALLS = frozenset({"pytest.skip", "self.skipTest", "cls.skipTest", "unittest.SkipTest", "pytest.skip.Exception"})
_BASE = re.compile(r"Base|ABC|Abstract|Mixin|Common|^_")
_BEFORE_TESTS = frozenset({"setUp", "setUpClass", "setUpModule", "setup_method", "setup_class", "setup_module"})


def always_skipped_test(suite: Suite) -> Iterator[Finding]:
    """A test that never runs, whatever the machine or the version.

    It counts as a test, protects nothing, and rots: nobody notices when it would fail.

    Told are marks and calls of `skip` without a condition, `skipif(True)`, `xfail(run=False)`, a test that returns
    first, a module that skips itself, and an empty list of parameters. A skip whose reason names an issue, a date
    or a version waits for something, and one that takes the place of an inherited test is often meant: warnings.
    """
    if not suite.tests:
        return
    yield from _skipped_module(suite)
    for owner in suite.classes.values():
        if any(method.kind == TEST for method in owner.methods.values()):
            yield from _skipped_class(suite, owner)
    for test in suite.tests:
        of_skipping = "skip" in test.name.lower()
        if test.conditional or (of_skipping and _is_empty(test.node)):
            continue
        found = _mark(suite, test.node.decorator_list)
        if found is None and not of_skipping:
            found = _first_exit(suite, test)
        if found is not None:
            minor = "it takes the place of an inherited test" if suite.may_be_inherited(test) else ""
            yield _told(suite, test.node, f"{test.name} never runs", found, test.scope, minor)


def _is_empty(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a test does nothing but fail or pass: it is there to be skipped. One of skip connections does more."""
    last = node.body[-1]
    fails = isinstance(last, ast.Assert) and isinstance(last.test, ast.Constant)
    return len(node.body) <= 2 and (fails or isinstance(last, (ast.Pass, ast.Raise)))


def _skipped_module(suite: Suite) -> Iterator[Finding]:
    for statement in suite.statements:
        found = _mark(suite, _marks(statement)) or _skip_call(suite, statement)
        if found is not None:
            count = len(suite.tests)
            yield _told(suite, statement, f"no test of this file runs ({count})", found)
            return
    setup = suite.helpers.get("setUpModule") or suite.helpers.get("setup_module")
    found = _first_exit(suite, setup) if setup is not None else None
    if setup is not None and found is not None:
        yield _told(suite, setup.node, "no test of this file runs", found, setup.scope)


def _skipped_class(suite: Suite, owner: TestClass) -> Iterator[Finding]:
    found = _mark(suite, owner.node.decorator_list)
    place: ast.AST = owner.node
    for statement in owner.node.body:
        found = found or _mark(suite, _marks(statement))
    for method in owner.methods.values():
        if found is None and method.kind == SETUP and method.name in _BEFORE_TESTS:
            found, place = _first_exit(suite, method, returns=False), method.node
    if found is not None:
        minor = "it is a base of other classes" if _is_base(suite, owner) else ""
        yield _told(suite, place, f"no test of {owner.name} runs", found, owner.name, minor)


def _is_base(suite: Suite, owner: TestClass) -> bool:
    return bool(_BASE.search(owner.name)) or any(owner.name in other.bases for other in suite.classes.values())


def _marks(statement: ast.stmt) -> Sequence[ast.expr]:
    """Marks that `pytestmark = ...` gives to a module or class."""
    match statement:
        case ast.Assign(targets=[ast.Name(id="pytestmark")], value=ast.List(elts=marks) | ast.Tuple(elts=marks)):
            return marks
        case ast.Assign(targets=[ast.Name(id="pytestmark")], value=mark):
            return [mark]
    return []


def _mark(suite: Suite, marks: Sequence[ast.expr]) -> tuple[str, str] | None:
    """How a mark skips and the reason that it gives, or None."""
    for mark in marks:
        if isinstance(mark, ast.Name) and mark.id in suite.constants:
            mark = suite.constants[mark.id]  # noqa: PLW2901  # a mark that has a name
        name = suite.called_name(mark)
        call = mark if isinstance(mark, ast.Call) else None
        kind = name.rpartition(".")[2]
        if name in _SKIPS and (name != "skip" or "skip" not in suite.helpers):
            return f"`{kind}` has no condition", _reason(call, 0)
        if call is None:
            continue
        condition = call.args[0] if call.args else _keyword(call, "condition")
        if kind in ("skipif", "skipIf", "skipUnless") and _is_constant(condition, true=kind != "skipUnless"):
            return f"the condition of `{kind}` is always met", _reason(call, 1)
        if kind == "xfail" and condition is None and _is_constant(_keyword(call, "run"), true=False):
            return "`xfail(run=False)` has no condition", _reason(call, 1)
        if (
            kind == "parametrize"
            and len(call.args) > 1
            and isinstance(call.args[1], ast.List | ast.Tuple)
            and not call.args[1].elts
        ):
            return "its list of parameters is empty", ""
    return None


def _first_exit(suite: Suite, function: Function, *, returns: bool = True) -> tuple[str, str] | None:
    """How a function ends before it does anything: by a skip that every run reaches, or `return` as first statement."""
    body = function.body
    if returns and body and isinstance(body[0], ast.Return) and body[0].value is None and len(body) > 1:
        return "`return` is its first statement", ""
    for statement in body:
        found = _skip_call(suite, statement)
        if found is not None:
            return found
        if not isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom):
            return None
    return None


def _skip_call(suite: Suite, statement: ast.stmt) -> tuple[str, str] | None:
    match statement:
        case ast.If(test=ast.Constant(value=value), body=[first, *_]) if value:
            return _skip_call(suite, first)
        case ast.Expr(value=ast.Call() as call) | ast.Raise(exc=ast.Call() as call):
            name = suite.called_name(call)
        case ast.Raise(exc=ast.expr() as raised) if suite.called_name(raised) == "unittest.SkipTest":
            return "it raises SkipTest in every run", ""
        case _:
            return None
    if name in _CALLS:
        return f"it calls `{name}` in every run", _reason(call, 0)
    return None


def _told(  # the facts of a finding
    suite: Suite, node: ast.AST, fact: str, found: tuple[str, str], scope: str = "", minor: str = ""
) -> Finding:
    how, reason = found
    waits = bool(_TICKET.search(reason))
    said = f": {reason[:80]!r}" if reason else ", and no reason is given" if "skip" in how else ""
    hint = "look whether what it waits for is done" if waits else FIX
    status = Status.WARN if waits or minor else Status.FAIL
    said += f" ({minor})" if minor else ""
    return suite.finding(RULE, node, f"{fact}: {how}{said}", hint, scope=scope, status=status)


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((item.value for item in call.keywords if item.arg == name), None)


def _reason(call: ast.Call | None, position: int) -> str:
    """The reason as far as it is written out."""
    if call is None:
        return ""
    given = _keyword(call, "reason") or _keyword(call, "msg")
    if given is None and len(call.args) > position:
        given = call.args[position]
    texts = [item.value for item in ast.walk(given) if isinstance(item, ast.Constant)] if given is not None else []
    return " ".join(text for text in texts if isinstance(text, str))


def _is_constant(node: ast.expr | None, *, true: bool) -> bool:
    if not isinstance(node, ast.Constant):
        return False
    value = node.value
    if isinstance(value, str):  # a condition that pytest evaluates
        return value == str(true)
    return bool(value) is true
