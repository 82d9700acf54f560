"""Tests that look at no result."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from mlgate.lint.finding import Finding
from mlgate.lint.suites.suite import HELPER, Function, Suite
from mlgate.lint.suites.walk import dotted, imports_of, last_name
from mlgate.outcome import Status

RULE = "test-without-assertion"
FIX = "assert what the result must be; where nothing may raise, say so in the name (`test_..._does_not_raise`)"

_JUDGES = re.compile(
    r"(?:^|_)(?:assert\w*|check\w*|verif\w*|validat\w*|expect\w*|ensure\w*|compare\w*|raises|warns|fail|should\w*|must\w*"
    r"|tests?|testing|testmod|testfile|golden|snapshot|regression|benchmark|gradcheck|gradgradcheck|deprecated_call)(?:_|$)"
    r"|[aA]ssert|Test|[cC]heck[A-Z]|[vV]erify|[eE]xpect|[vV]alidate",
)
"""Words in the name of a function that say that it judges, or runs a test of its own."""
_JUDGING_FIXTURES = re.compile(r"benchmark|snapshot|regression|golden|assert|check|recwarn|verif|mpl_image|expect")
_SMOKE = re.compile(
    r"smoke|no_?(?:errors?|crash|raise|warn|exception|fail)|not_?(?:raise|crash|fail|warn|error|throw)|n_?t_(?:raise|crash|fail|error)"
    r"|runs\b|_runs?_|import|crash|without_(?:error|warning|raising|fail)",
    re.IGNORECASE,
)
_SMOKE_TEXT = re.compile(
    r"\b(?:smoke|should not|shouldn't|does not|doesn't|do not|don't|must not|never|no|not|without)\b[^.]{0,40}"
    r"\b(?:rais\w*|crash\w*|fail\w*|error\w*|warn\w*|throw\w*|exception\w*)|\bsmoke|\bjust (?:check|run|make|test|call)"
    r"|\bruns\b|\bcan be\b|\bworks?\b",
    re.IGNORECASE,
)
_TO_DO = re.compile(r"TODO|FIXME|XXX|implement|write me|noqa|= |\w\(", re.IGNORECASE)
"""Words of a comment that is no reason, but a plan or code that was taken out."""
_MEANT_EMPTY = re.compile(r"import|placeholder|sanity|dummy|noop", re.IGNORECASE)
_HELPERS = re.compile(
    r"^\.(?!\.)|(?:^|[._])(?:tests?|testing|utils?|helpers?|common|conftest|fixtures?|asserts?|checks?)(?:[._]|$)"
)
_BROAD = frozenset({"Exception", "BaseException", "AssertionError"})


def test_without_assertion(suite: Suite) -> Iterator[Finding]:
    """A test that asserts nothing on any path, neither itself nor through a helper.

    It stays green whatever the code returns.

    Calls of functions in the same file are followed; one that is named after what it judges (`check_...`) or comes from
    a module of helpers is trusted. A test that calls nothing, or whose errors are all swallowed, cannot fail at all and
    is `fail`. One that calls the code under test can still fail when that raises: a warning, and nothing where its name
    or docstring says that it is meant so (`test_fit_does_not_raise`, "smoke test").
    """
    judged: dict[int, bool] = {}
    for test in suite.tests:
        if _judges(suite, test, judged, 0) or _is_marked(suite, test):
            continue
        found = _verdict(suite, test)
        if found is not None:
            status, fact = found
            yield suite.finding(RULE, test.node, f"{test.name} {fact}", FIX, scope=test.scope, status=status)


test_without_assertion.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def _verdict(suite: Suite, test: Function) -> tuple[Status, str] | None:
    nodes, body = test.nodes, test.body
    if any(isinstance(item, ast.Name) and item.id == "abstractmethod" for item in test.node.decorator_list):
        return None
    if nodes.has(ast.Yield, ast.YieldFrom) or any(item.value is not None for item in nodes.of(ast.Return)):
        return None
    text = ast.get_docstring(test.node, clean=False) or ""
    if ">>>" in text:
        return None
    if _does_nothing(test):
        return None if _MEANT_EMPTY.search(test.name) else _empty(suite, test)
    if all(_is_swallowed(statement) for statement in body):
        return Status.FAIL, "swallows every error and asserts nothing"
    if _SMOKE.search(test.name) or _SMOKE_TEXT.search(text) or nodes.has(ast.Raise):
        return None
    return Status.WARN, "asserts nothing: it can fail only if what it calls raises"


def _empty(suite: Suite, test: Function) -> tuple[Status, str]:
    if suite.may_be_inherited(test):
        return (
            Status.WARN,
            "calls nothing and asserts nothing (it may take the place of an inherited test: skip it, with a reason)",
        )
    if _is_explained(suite, test):
        return (
            Status.WARN,
            "calls nothing and asserts nothing, for the reason that its comment gives: skip it with that reason",
        )
    fixtures = test.parameters - {"self", "cls"}
    if fixtures and not test.node.args.defaults:
        return Status.WARN, "calls nothing and asserts nothing: only its fixtures are made"
    return Status.FAIL, "calls nothing and asserts nothing"


def _is_explained(suite: Suite, test: Function) -> bool:
    """Whether a comment says why the test is empty, other than that it is still to be written."""
    lines = suite.lines[test.node.lineno - 1 : test.node.end_lineno]
    comments = " ".join(line.partition("#")[2] for line in lines)
    return bool(comments.strip()) and not _TO_DO.search(comments)


def _does_nothing(test: Function) -> bool:
    acts = (
        ast.Call,
        ast.Import,
        ast.ImportFrom,
        ast.Await,
        ast.Subscript,
        ast.BinOp,
        ast.Compare,
        ast.Delete,
        ast.Attribute,
    )
    return not test.nodes.has(
        *acts, ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.Raise, ast.ClassDef, ast.FunctionDef
    )


def _is_swallowed(statement: ast.stmt) -> bool:
    """A `try` whose handlers take every error and do nothing with it, or a statement that cannot raise."""
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.Assign(value=ast.Constant()):
            return True
        case ast.Try(handlers=handlers, orelse=orelse, finalbody=[]):
            return any(is_broad(handler) and does_no_harm(handler) for handler in handlers) and all(
                map(_is_swallowed, orelse)
            )
    return False


def is_broad(handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes failed assertions too."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or last_name(kind) in _BROAD for kind in kinds)


def does_no_harm(handler: ast.ExceptHandler) -> bool:
    """Whether a handler only passes, prints or logs."""
    return all(
        isinstance(item, ast.Pass)
        or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
        or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Call) and _only_tells(item.value))
        for item in handler.body
    )


def _only_tells(call: ast.Call) -> bool:
    name = dotted(call.func, {})
    return name in ("print", "traceback.print_exc", "warnings.warn") or name.rpartition(".")[0] in (
        "logging",
        "logger",
        "log",
    )


def _is_marked(suite: Suite, test: Function) -> bool:
    """Whether a decorator or fixture judges: comparisons of images, benchmarks, `filterwarnings("error")`."""
    if any(_JUDGING_FIXTURES.search(name) for name in test.parameters):
        return True
    owner = test.owner
    marks = [*test.node.decorator_list, *(owner.node.decorator_list if owner else [])]
    for mark in marks:
        name = suite.called_name(mark)
        last = name.rpartition(".")[2]
        if last in ("skip", "skipif", "skipIf", "skipUnless", "expectedFailure", "xfail"):
            return last in ("skip", "xfail", "expectedFailure")
        if last == "filterwarnings" and isinstance(mark, ast.Call) and any(map(_is_error, mark.args)):
            return True
        if not name.startswith(("pytest.", "unittest.", "hypothesis.")) and re.search(
            r"check|image|compar|assert|expect|raises|snapshot|verif|test", name
        ):
            return True
    return False


def _is_error(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and str(node.value).startswith("error")


def _judges(suite: Suite, function: Function, judged: dict[int, bool], depth: int) -> bool:
    """Whether a function asserts something, calls one that does, or calls one that cannot be seen and may do so."""
    key = id(function)
    if key in judged:
        return judged[key]
    judged[key] = False  # of a cycle, the other functions decide
    nodes = function.nodes
    result = nodes.has(ast.Assert) or (depth > 0 and nodes.has(ast.Raise)) or _raises_itself(function)
    if not result:
        imported = suite.imported
        if nodes.has(ast.Import, ast.ImportFrom):
            imported = {**imported, **imports_of(nodes)}
        result = any(_is_judge(suite, function, call, imported, judged, depth) for call in nodes.of(ast.Call))
    judged[key] = result
    return result


def _raises_itself(function: Function) -> bool:
    """Whether a test raises by hand where something is wrong: under an `if`, or in a nested function."""
    return function.nodes.has(ast.Raise) and any(
        not (isinstance(item.exc, ast.Call | ast.Name) and last_name(getattr(item.exc, "func", item.exc)) == "SkipTest")
        for item in function.nodes.of(ast.Raise)
    )


@cache
def says_judge(name: str) -> bool:
    """Whether the name of a function says that it judges."""
    return bool(_JUDGES.search(name))


def _is_judge(  # the state of one search
    suite: Suite, function: Function, call: ast.Call, imported: dict[str, str], judged: dict[int, bool], depth: int
) -> bool:
    last = last_name(call.func)
    if last and says_judge(last):
        return True
    name = dotted(call.func, imported)
    head = name.partition(".")[0]
    if isinstance(call.func, ast.Name):
        helper = suite.helpers.get(last)
        if helper is not None:
            return _judges(suite, helper, judged, depth + 1)
        if last in function.parameters or (last not in imported and last in suite.constants):
            return True  # a fixture or parameter that is called: what it does is not seen
    elif head in ("self", "cls", "super()") and name.count(".") == 1:
        method = suite.method(function.owner, last) if head != "super()" else None
        if method is not None:
            return _judges(suite, method, judged, depth + 1)
        return last not in ("setUp", "tearDown", "subTest") and (
            function.kind == HELPER or head == "super()" or bool(suite.unseen_bases(function.owner))
        )
    if name in ("warnings.simplefilter", "warnings.filterwarnings"):
        return any(isinstance(item, ast.Constant) and item.value == "error" for item in call.args)
    module = name.rpartition(".")[0]
    return (last in imported and bool(_HELPERS.search(module))) or head.startswith("numpy.testing")
