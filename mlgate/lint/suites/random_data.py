"""Data of tests that are drawn from a generator which nothing seeds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache

from mlgate.lint.finding import Finding
from mlgate.lint.module import Module
from mlgate.lint.suites.drawn import Drawn, flow
from mlgate.lint.suites.suite import FIXTURE, SETUP, Function, Suite
from mlgate.lint.suites.walk import Nodes, dotted, imports_of, last_name
from mlgate.outcome import Status

RULE = "unseeded-test-data"
FIX = "draw from a generator of the test's own: `np.random.default_rng(0)`, `random_state=0`, `torch.manual_seed(0)`"

_DRAWS = re.compile(
    r"numpy\.random\.(?:rand|randn|randint|random|random_sample|ranf|sample|choice|shuffle|permutation|uniform|normal"
    r"|standard_normal|binomial|poisson|beta|gamma|exponential|multivariate_normal|lognormal|laplace|dirichlet"
    r"|multinomial|bytes|random_integers)"
    r"|random\.(?:random|randint|uniform|choice|choices|sample|shuffle|gauss|randrange|normalvariate|getrandbits"
    r"|triangular)"
    r"|torch\.(?:rand|randn|randint|randperm|rand_like|randn_like|randint_like|normal|bernoulli|multinomial)"
    r"|tensorflow\.random\.(?:normal|uniform|truncated_normal|shuffle|gamma|poisson)"
    r"|cupy\.random\.(?:rand|randn|randint|random|uniform|normal)"
)
_GENERATORS = frozenset({"numpy.random.default_rng", "numpy.random.RandomState", "random.Random"})
_ENTROPY = frozenset({"random.SystemRandom"})
_SKLEARN = re.compile(
    r"sklearn\.(?:datasets\.(?:\w+\.)?make_\w+|model_selection\.train_test_split|utils\.(?:shuffle|resample))"
)
_SEEDS = re.compile(r"seed|deterministic|reproducib|rng_?context", re.IGNORECASE)
_PREFILTER = ("random", "torch.r", "torch.n", "torch.b", "torch.m", "sklearn")
_LIBRARIES = frozenset({"numpy", "random", "torch", "tensorflow", "cupy", "sklearn"})
_SHAPES = frozenset(
    {
        "shape",
        "ndim",
        "nbytes",
        "itemsize",
        "size",
        "dtype",
        "device",
        "columns",
        "dim",
        "numel",
        "names",
        "index",
        "requires_grad",
    }
)


def unseeded_test_data(suite: Suite) -> Iterator[Finding]:
    """A test whose data are drawn from a generator that nothing seeds, and which judges values that depend on them.

    It fails now and then, on rows that nobody can draw again.

    `fail` where an assertion compares such a value with a bound (`assert score > 0.9`), since the draw decides; a
    warning where it compares values in another way. Not told are tests that look only at shapes, types and errors;
    data that Hypothesis draws; and generators that are seeded in the test, in its fixtures, in `setUp`, in an
    automatic fixture of the file or of a `conftest.py` above, in a base class that stands elsewhere, or by pytest-
    randomly.
    """
    text = suite.module.text
    if suite.declared.reseeded or not any(word in text for word in _PREFILTER) or not suite.tests:
        return
    if _seeds_everything(suite):
        return
    for test in suite.tests:
        drawn = _draws_of_test(suite, test)
        if not drawn:
            continue
        status = _consequence(suite, test)
        if status is None:
            continue
        call, name = drawn[0]
        lines = sorted({item.lineno for item, _ in drawn[1:]} - {call.lineno})
        yield suite.finding(
            RULE,
            call,
            f"{test.name} judges values of `{name}`, which nothing seeds",
            FIX,
            scope=test.scope,
            status=status,
            evidence={"lines": lines},
        )


def _draws_of_test(suite: Suite, test: Function) -> list[tuple[ast.Call, str]]:
    """Draws in a test, if nothing seeds: neither it, nor its fixtures, nor what it calls in the file."""
    if any(_SEEDS.search(name) for name in test.parameters) or suite.unseen_bases(test.owner):
        return []
    if any(_SEEDS.search(suite.called_name(item)) for item in test.node.decorator_list):
        return []
    owner = test.owner
    before = [
        method for found in suite.lineage(owner) for method in found.methods.values() if method.kind in (SETUP, FIXTURE)
    ]
    used = [
        suite.helpers[name]
        for name in sorted(test.parameters)
        if name in suite.helpers and suite.helpers[name].kind == FIXTURE
    ]
    called = [
        suite.helpers[call.func.id]
        for call in test.nodes.of(ast.Call)
        if isinstance(call.func, ast.Name) and call.func.id in suite.helpers
    ]
    if any(seeds(function.nodes) for function in [test, *before, *used, *called]):
        return []
    return unseeded_draws(suite, test)


def unseeded_draws(suite: Suite, function: Function) -> list[tuple[ast.Call, str]]:
    """Calls in a function that draw from a global generator, or make one without a seed, with their names."""
    imported = suite.imported
    if function.nodes.has(ast.Import, ast.ImportFrom):
        imported = {**imported, **imports_of(function.nodes)}
    return [
        (call, name)
        for call in function.nodes.of(ast.Call)
        for name in [dotted(call.func, imported)]
        if name.partition(".")[0] in _LIBRARIES and _is_draw(call, name)
    ]


def _is_draw(call: ast.Call, name: str) -> bool:
    if _DRAWS.fullmatch(name):
        return not any(item.arg in ("generator", "seed") for item in call.keywords)
    if name in _GENERATORS:
        given = [*call.args, *(item.value for item in call.keywords)]
        return all(isinstance(item, ast.Constant) and item.value is None for item in given)
    if name in _ENTROPY:
        return True
    if _SKLEARN.fullmatch(name):
        shuffles = not any(
            item.arg == "shuffle" and isinstance(item.value, ast.Constant) and not item.value.value
            for item in call.keywords
        )
        return (
            shuffles
            and not any(item.arg in ("random_state", None) for item in call.keywords)
            and not _plain_maker(name, call)
        )
    return False


def _plain_maker(name: str, call: ast.Call) -> bool:
    """Makers of data that draw nothing as they are called."""
    last = name.rpartition(".")[2]
    if last in ("make_moons", "make_circles"):
        return False
    return last in ("make_pipeline", "make_checkerboard") or len(call.args) > 6


@cache
def says_seed(name: str) -> bool:
    return bool(_SEEDS.search(name))


def seeds(nodes: Nodes) -> bool:
    """Whether something is called or assigned that seeds: `np.random.seed`, `set_seed`, `seed_everything`, ..."""
    return any(says_seed(last_name(call.func)) for call in nodes.of(ast.Call))


def _seeds_everything(suite: Suite) -> bool:
    """Whether the module seeds when it is imported, or an automatic fixture here or above does."""
    if seeds(Nodes(suite.statements)):
        return True
    functions: Sequence[Function] = suite.functions
    for place in (functions, *(_conftest_functions(suite, module) for module in suite.conftests)):
        for function in place:
            automatic = function.kind == FIXTURE and any(map(_is_automatic, function.node.decorator_list))
            hook = (function.kind == SETUP and function.owner is None) or function.name.startswith("pytest_")
            if (automatic or hook) and (seeds(function.nodes) or _SEEDS.search(function.name)):
                return True
    return False


def _is_automatic(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and any(item.arg == "autouse" for item in decorator.keywords)


def _conftest_functions(suite: Suite, module: Module) -> Sequence[Function]:
    return Suite(module, suite.declared).functions


def _consequence(suite: Suite, test: Function) -> Status | None:
    """What a draw can do to a test: decide it (`fail`), take part in it (`warn`), or nothing that is asserted."""
    drawn = Drawn({id(call) for call, _ in unseeded_draws(suite, test)})
    status: Status | None = None
    for event in flow(test):
        for judged, bound in _judged(event):
            if any(map(drawn.touches, judged)):
                if bound:
                    return Status.FAIL
                status = Status.WARN
        drawn.follow(event)
    return status


def _judged(event: ast.AST) -> Iterator[tuple[list[ast.expr], bool]]:
    """What an assertion looks at, and whether it holds that against a bound."""
    if isinstance(event, ast.Assert):
        for part in event.test.values if isinstance(event.test, ast.BoolOp) else [event.test]:
            if not _looks_at_shape(part) and (is_bound(part) or _is_value(part)):
                yield [part], is_bound(part)
    elif isinstance(event, ast.Call):
        last = last_name(event.func)
        if not last.startswith("assert") or _looks_at_shape(event):
            return
        if last in _ORDERED:
            yield event.args[:2], any(_is_level(item) for item in event.args[:2])
        elif _CLOSE.search(last):
            yield event.args[:2], False


def is_bound(test: ast.expr) -> bool:
    """`score > 0.8`, `abs(mean) < 0.1`: a level that a number crosses or not, and no mere tolerance.

    Extremes (`x.max() <= 0.5`) are properties of all values rather than of the draw.
    """
    if not isinstance(test, ast.Compare) or not all(isinstance(op, _ORDER) for op in test.ops):
        return False
    sides = [test.left, *test.comparators]
    return any(map(_is_level, sides)) and not any(
        isinstance(item, ast.Call) and last_name(item.func) in ("max", "min", "amax", "amin") for item in sides
    )


_ORDER = ast.Lt | ast.Gt | ast.LtE | ast.GtE
_ORDERED = frozenset({"assertGreater", "assertLess", "assertGreaterEqual", "assertLessEqual"})
_CLOSE = re.compile(r"close|almost|array_equal|AllClose|_equal$", re.IGNORECASE)
_SAME = re.compile(r"close|array_equal|^equals?$|approx")
_TOLERANCE = 0.01


def _is_level(node: ast.expr) -> bool:
    """A number that someone chose as good enough: no tolerance such as 1e-4, and no round number."""
    node = node.operand if isinstance(node, ast.UnaryOp) else node
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, float) and abs(value) >= _TOLERANCE and not value.is_integer()


def _is_value(test: ast.expr) -> bool:
    """Whether two values are compared within a tolerance."""
    if isinstance(test, ast.Compare):
        return "approx" in ast.dump(test) or any(map(_is_tolerance, test.comparators))
    return isinstance(test, ast.Call) and bool(_SAME.search(last_name(test.func)))


def _is_tolerance(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value < _TOLERANCE


def _looks_at_shape(node: ast.AST) -> bool:
    return any(
        (isinstance(item, ast.Attribute) and item.attr in _SHAPES)
        or (isinstance(item, ast.Call) and last_name(item.func) in ("len", "type", "isinstance", "size", "dim"))
        for item in ast.walk(node)
    )
