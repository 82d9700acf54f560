"""Data of tests that are drawn from a generator which nothing seeds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from mlgate.lint.finding import Finding
from mlgate.lint.module import Module
from mlgate.lint.suites.suite import FIXTURE, SETUP, Function, Suite
from mlgate.lint.suites.walk import Nodes, dotted, imports_of, last_name
from mlgate.outcome import Status

RULE = "unseeded-test-data"
FIX = "draw from a generator of the test's own: `rng = np.random.default_rng(0)`, `random_state=0`, `torch.manual_seed(0)`"

_DRAWS = re.compile(
    r"numpy\.random\.(?:rand|randn|randint|random|random_sample|ranf|sample|choice|shuffle|permutation|uniform|normal|standard_normal"
    r"|binomial|poisson|beta|gamma|exponential|multivariate_normal|lognormal|laplace|dirichlet|multinomial|bytes|random_integers)"
    r"|random\.(?:random|randint|uniform|choice|choices|sample|shuffle|gauss|randrange|normalvariate|getrandbits|triangular)"
    r"|torch\.(?:rand|randn|randint|randperm|rand_like|randn_like|randint_like|normal|bernoulli|multinomial)"
    r"|tensorflow\.random\.(?:normal|uniform|truncated_normal|shuffle|gamma|poisson)"
    r"|cupy\.random\.(?:rand|randn|randint|random|uniform|normal)"
)
_GENERATORS = frozenset({"numpy.random.default_rng", "numpy.random.RandomState", "random.Random"})
_ENTROPY = frozenset({"random.SystemRandom"})
_SKLEARN = re.compile(
    r"sklearn\.(?:datasets\.(?:\w+\.)?make_(?!friedman_nothing)\w+|model_selection\.train_test_split|utils\.(?:shuffle|resample))"
)
_SEEDS = re.compile(r"seed|deterministic|reproducib", re.IGNORECASE)
_PREFILTER = ("random", "torch.r", "torch.n", "torch.b", "torch.m", "sklearn")
_SHAPES = frozenset(
    {"shape", "ndim", "size", "dtype", "device", "columns", "dim", "numel", "names", "index", "requires_grad"}
)


def unseeded_test_data(suite: Suite) -> Iterator[Finding]:
    """A test whose data are drawn from a generator that nothing seeds, and which judges values that depend on them.

    It fails now and then, on rows that nobody can draw again.

    `fail` where an assertion compares a value with a bound (`assert score > 0.9`), since the draw decides; a warning where it compares
    values in another way. Not told are tests that look only at shapes, types and errors; data that Hypothesis draws; and generators
    that are seeded in the test, in its fixtures, in `setUp`, in an automatic fixture of the file or of a `conftest.py` above, in a
    base class that stands elsewhere, or by pytest-randomly.
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
    """Draws in a test, in the fixtures of the file that it asks for and in the helpers that it calls, if nothing seeds."""
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
        if _is_draw(call, name)
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


def seeds(nodes: Nodes) -> bool:
    """Whether something is called or assigned that seeds: `np.random.seed`, `set_seed`, `seed_everything`, ..."""
    return any(_SEEDS.search(last_name(call.func)) for call in nodes.of(ast.Call))


def _seeds_everything(suite: Suite) -> bool:
    """Whether the module seeds when it is imported, or an automatic fixture here or above does."""
    if seeds(Nodes(suite.statements)):
        return True
    functions: Sequence[Function] = suite.functions
    for place in (functions, *(_conftest_functions(suite, module) for module in suite.conftests)):
        for function in place:
            automatic = any("autouse" in ast.dump(item) for item in function.node.decorator_list)
            hook = (function.kind == SETUP and function.owner is None) or function.name.startswith("pytest_")
            if (automatic or hook) and (seeds(function.nodes) or _SEEDS.search(function.name)):
                return True
    return False


def _conftest_functions(suite: Suite, module: Module) -> Sequence[Function]:
    return Suite(module, suite.declared).functions


def _consequence(suite: Suite, test: Function) -> Status | None:
    """What a draw can do to a test: decide it (`fail`), take part in it (`warn`), or nothing that is asserted."""
    status: Status | None = None
    for item in test.nodes.of(ast.Assert):
        if _is_bound(item.test):
            return Status.FAIL
        if _is_value(item.test):
            status = Status.WARN
    for call in test.nodes.of(ast.Call):
        last = last_name(call.func)
        if last in ("assertGreater", "assertLess", "assertGreaterEqual", "assertLessEqual") and len(call.args) > 1:
            if any(_is_float(item) for item in call.args[:2]):
                return Status.FAIL
        elif last.startswith("assert") and re.search(r"close|almost|array_equal|AllClose|_equal$", last):
            status = Status.WARN if not _looks_at_shape(call) else status
    del suite
    return status


def _is_bound(test: ast.expr) -> bool:
    """`score > 0.8`, `abs(mean) < 0.1`: a bound that a number crosses or not."""
    for part in test.values if isinstance(test, ast.BoolOp) else [test]:
        if isinstance(part, ast.Compare) and any(
            isinstance(op, ast.Lt | ast.Gt | ast.LtE | ast.GtE) for op in part.ops
        ):
            if any(_is_float(item) for item in [part.left, *part.comparators]) and not _looks_at_shape(part):
                return True
    return False


def _is_float(node: ast.expr) -> bool:
    node = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(node, ast.Constant) and isinstance(node.value, float) and node.value not in (0.0, 1.0)


def _is_value(test: ast.expr) -> bool:
    last = last_name(test.func) if isinstance(test, ast.Call) else ""
    return bool(re.search(r"close|array_equal|^equal$|^equals$|approx", last)) or (
        isinstance(test, ast.Compare) and not _looks_at_shape(test) and "approx" in ast.dump(test)
    )


def _looks_at_shape(node: ast.AST) -> bool:
    return any(
        (isinstance(item, ast.Attribute) and item.attr in _SHAPES)
        or (isinstance(item, ast.Call) and last_name(item.func) in ("len", "type", "isinstance", "size", "dim"))
        for item in ast.walk(node)
    )
