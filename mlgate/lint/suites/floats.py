"""Computed numbers that are compared bit for bit."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from mlgate.lint.finding import Finding
from mlgate.lint.suites.suite import FIXTURE, Function, Suite
from mlgate.lint.suites.walk import last_name

RULE = "exact-float-equality"
FIX = "compare within a tolerance: `== pytest.approx(...)`, `math.isclose`, `numpy.testing.assert_allclose`"

_METRIC = re.compile(
    r"(?:^|_)(?:accuracy|f1|fbeta|auc|roc_auc|precision|recall|jaccard|r2|kappa|silhouette|mcc|rmse|mse|mae|rmsle|mape|log_?loss"
    r"|cross_entropy|perplexity|bleu|rouge|ndcg|brier)(?:_score|_loss|_coef)?$|_score$|_error$|_loss$|^cross_val_score$|^mean_\w+_error$"
    r"|^matthews_corrcoef$|^(?:pearsonr|spearmanr|kendalltau|entropy|kl_div|cosine_similarity)$"
)
_METHODS = frozenset(
    {"mean", "std", "var", "score", "predict_proba", "predict_log_proba", "decision_function", "evaluate"}
)
_RESULT = re.compile(r"loss|acc|score|error|metric|prob|logit|pred|auc|f1|rmse|mae|mse", re.IGNORECASE)
"""Words in a name that say that `.item()` or `.compute()` of it is a result."""
_PASTED = 13
"""Digits of a literal that nobody chose: it was printed once and pasted."""
_EXACT = frozenset({"float", "Decimal", "round", "loads", "load", "approx", "parse", "timestamp", "Fraction"})
_MATH = frozenset(
    f"{module}.{name}"
    for module, names in {
        "math": "sqrt exp log log2 log10 sin cos tan tanh atan erf pow",
        "numpy": "mean average std var median sqrt exp log log2 log10 sin cos tanh dot percentile quantile linalg.norm",
        "torch": "mean std sqrt exp log sigmoid softmax tanh norm",
        "statistics": "mean stdev pstdev variance",
    }.items()
    for name in names.split()
)


def exact_float_equality(suite: Suite) -> Iterator[Finding]:
    """A metric, a model's output or a computed number that is compared with `==` to a decimal such as `0.87`.

    The last bits of a computed number depend on the machine, the BLAS library, the number of threads and the order of a
    sum, so the test breaks on an upgrade that changed nothing, and is then deleted.

    Told is a literal that has no exact binary value and a left side that is visibly computed: a call of a metric,
    `.mean()`, `.score()`, `predict_proba`, `evaluate`, `loss.item()`, a function of `math`, a name that was
    assigned one; and a literal of 13 digits or more, which was printed and pasted. Not told are numbers that are
    only stored and read back, `0.5` and other exact values, rounded numbers, and comparisons with a tolerance.
    """
    if "." not in suite.module.text or not suite.is_test_file:
        return
    for function in suite.functions:
        if function.kind == FIXTURE:
            continue
        for node, left, right in _equalities(function):
            literal, other = (right, left) if is_rough(right) else (left, right)
            if is_rough(literal) and not is_rough(other):
                what = _computed(suite, function, other, set()) or _pasted(suite, function, literal, other)
                if what:
                    message = f"`{what}` is compared exactly with {ast.unparse(literal)}"
                    yield suite.finding(RULE, node, message, FIX, scope=function.scope)


def _equalities(function: Function) -> Iterator[tuple[ast.AST, ast.expr, ast.expr]]:
    for item in function.nodes.of(ast.Assert):
        parts = (
            item.test.values if isinstance(item.test, ast.BoolOp) and isinstance(item.test.op, ast.And) else [item.test]
        )
        for part in parts:
            if isinstance(part, ast.Compare) and len(part.ops) == 1 and isinstance(part.ops[0], ast.Eq):
                yield item, part.left, part.comparators[0]
    for call in function.nodes.of(ast.Call):
        if len(call.args) >= 2 and last_name(call.func) in ("assertEqual", "assertEquals", "assert_equal"):
            yield call, call.args[0], call.args[1]
        elif last_name(call.func) == "assertTrue":
            match call.args:
                case [ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]), *_]:
                    yield call, left, right


def is_rough(node: ast.expr) -> bool:
    """Whether a literal is a decimal that no binary number equals, such as 0.1."""
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    if not (isinstance(node, ast.Constant) and isinstance(node.value, float)):
        return False
    try:
        return Decimal(repr(node.value)) != Decimal(node.value)
    except InvalidOperation:
        return False


def _computed(suite: Suite, function: Function, node: ast.expr, seen: set[str]) -> str:
    """What computes an expression, or empty where it may only be stored."""
    match node:
        case ast.Call(func=called):
            return _computed_call(suite, function, node, called, seen)
        case ast.Subscript(value=value) | ast.Attribute(value=value) if isinstance(
            value, ast.Call | ast.Name | ast.Subscript
        ):
            return _computed(suite, function, value, seen)
        case ast.Name(id=name) if name not in seen:
            seen.add(name)
            values = _values_of(function, name)
            if len(values) == 1:
                return _computed(suite, function, values[0], seen)
    return ""


def _computed_call(suite: Suite, function: Function, call: ast.Call, called: ast.expr, seen: set[str]) -> str:
    last = last_name(called)
    if last in ("float", "abs") and len(call.args) == 1:
        return _computed(suite, function, call.args[0], seen)
    if isinstance(called, ast.Attribute):
        if last in ("item", "compute", "tolist", "numpy", "cpu", "detach"):
            inner = called.value
            if (
                _RESULT.search(last_name(inner))
                and last in ("item", "compute")
                and _values_of(function, last_name(inner))
            ):
                return f"{last_name(inner)}.{last}()"
            return _computed(suite, function, inner, seen)
        if last in _METHODS:
            return f"{last}(...)"
    return f"{last}(...)" if suite.called_name(call) in _MATH or _METRIC.search(last) else ""


def _pasted(suite: Suite, function: Function, literal: ast.expr, node: ast.expr) -> str:
    """What is compared with a number that was printed and pasted, if the test does not itself put that number in."""
    text = ast.unparse(literal).lstrip("-")
    if "e" in text or len(text.replace(".", "").lstrip("0")) < _PASTED:
        return ""
    lines = suite.lines[function.node.lineno - 1 : function.node.end_lineno]
    if sum(line.count(text) for line in lines) != 1:
        return ""
    if isinstance(node, ast.Name):
        values = _values_of(function, node.id)
        node = values[-1] if values else node
    calls = [item for item in ast.walk(node) if isinstance(item, ast.Call)]
    if not calls or any(last_name(call.func) in _EXACT for call in calls):
        return ""
    return ast.unparse(node)[:60]


def _values_of(function: Function, name: str) -> list[ast.expr]:
    return [item.value for item in function.nodes.of(ast.Assign) if _assigns(item, name)]


def _assigns(item: ast.Assign, name: str) -> bool:
    return any(
        isinstance(target, ast.Name) and target.id == name for whole in item.targets for target in ast.walk(whole)
    )
