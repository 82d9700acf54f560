"""Assertions that no run reaches, or whose failure a handler swallows."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from mlgate.lint.suites.suite import TEST, Function
from mlgate.lint.suites.unasserted import does_no_harm, is_broad
from mlgate.lint.suites.walk import Nodes, last_name
from mlgate.outcome import Status

Told = tuple[ast.AST, str, Status]
_CONTEXTS = frozenset({"raises", "warns", "assertRaises", "assertWarns", "assertLogs", "assertRaisesRegex"})
"""What a test may also ask whether something happens, and catch the answer."""
_FAILS = frozenset({"fail", "xfail", "skip", "skipTest", "exit", "_exit"})


def caught(function: Function) -> Iterator[Told]:
    """Places of a function where an assertion can do nothing, with the reason."""
    nodes = function.nodes
    for block in nodes.of(ast.Try):
        yield from _handlers(function, block)
    for guard in nodes.of_any(ast.With, ast.AsyncWith):
        yield from _raises_block(guard)
    if function.kind == TEST:
        yield from _behind_exit(function)


def _handlers(function: Function, block: ast.Try) -> Iterator[Told]:
    inside = Nodes(block.body)
    judged = [item for item in _assertions(inside) if _name(item) not in _CONTEXTS]
    for handler in block.handlers:
        swallows = is_broad(handler) and does_no_harm(handler) and not _forces(block.orelse)
        if judged and swallows and not isinstance(block.body[-1], ast.Assign):  # a flag that is asked later
            if _takes_only_exception(handler) and _is_pytest_fail(judged):
                continue
            message = f"the handler in line {handler.lineno} swallows its failure"
            yield judged[0], message, Status.FAIL
            return
    if _assertions(inside) or block.orelse or function.kind != TEST or _forces(block.body) or _is_given(function):
        return
    asserted = [item for handler in block.handlers for item in _assertions(Nodes(handler.body))]
    if any(map(_is_optional, block.handlers)) or any(_goes_on(function, block, handler) for handler in block.handlers):
        return
    if asserted and len(asserted) == len(_assertions(function.nodes)) and not _is_flagged(function, block):
        message = "stands only in an `except` block: where nothing is raised, nothing is asserted"
        yield asserted[0], message, Status.FAIL


def _is_given(function: Function) -> bool:
    """Whether Hypothesis draws what the test is given: some of it raises, and some does not."""
    decorators = getattr(function.node, "decorator_list", [])
    return any(last_name(item.func) == "given" for item in decorators if isinstance(item, ast.Call))


def _takes_only_exception(handler: ast.ExceptHandler) -> bool:
    return handler.type is not None and last_name(handler.type) == "Exception"


def _is_optional(handler: ast.ExceptHandler) -> bool:
    """Whether the exception need not come: it is what must not happen, depends on what is installed, or is let pass."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    absent = any(kind is not None and last_name(kind) in ("ImportError", "ModuleNotFoundError") for kind in kinds)
    return absent or _forces(handler.body) or not _assertions(Nodes(handler.body))


def _goes_on(function: Function, block: ast.Try, handler: ast.ExceptHandler) -> bool:
    """Whether the test ends in the handler and goes on where nothing is raised."""
    return bool(Nodes(handler.body).of(ast.Return)) and function.body[-1] is not block


def _assertions(nodes: Nodes) -> list[ast.AST]:
    calls = [
        call
        for call in nodes.of(ast.Call)
        if last_name(call.func).lower().lstrip("_").startswith(("assert", "check", "raises", "warns"))
        or last_name(call.func) in ("fail", "raises")
    ]
    return [*nodes.of(ast.Assert), *calls]


def _name(item: ast.AST) -> str:
    return last_name(item.func) if isinstance(item, ast.Call) else ""


def _is_pytest_fail(judged: Sequence[ast.AST]) -> bool:
    """`pytest.fail` raises what `except Exception` does not take."""
    return all(
        isinstance(item, ast.Call)
        and isinstance(item.func, ast.Attribute)
        and item.func.attr == "fail"
        and isinstance(item.func.value, ast.Name)
        and item.func.value.id == "pytest"
        for item in judged
    )


def _forces(body: Sequence[ast.stmt]) -> bool:
    """Whether a block that runs to its end fails, skips or raises."""
    nodes = Nodes(body)
    return (
        nodes.has(ast.Raise)
        or any(last_name(call.func) in _FAILS for call in nodes.of(ast.Call))
        or any(isinstance(item.test, ast.Constant) and not item.test.value for item in nodes.of(ast.Assert))
    )


def _is_flagged(function: Function, block: ast.Try) -> bool:
    """Whether what follows the block, or a loop or branch around it, may force the exception: then nothing is said."""
    if block not in function.body:
        return True
    later = [item for item in function.body if item.lineno > (block.end_lineno or block.lineno)]
    return _forces(later) or any(
        Nodes([item]).has(ast.Call) and last_name(call.func) in _FAILS
        for item in later
        for call in Nodes([item]).of(ast.Call)
    )


def _raises_block(block: ast.With | ast.AsyncWith) -> Iterator[Told]:
    for item in block.items:
        call = item.context_expr
        if not isinstance(call, ast.Call) or not call.args:
            continue
        name = last_name(call.func)
        if name not in ("raises", "assertRaises", "assertRaisesRegex"):
            continue
        kinds = call.args[0].elts if isinstance(call.args[0], ast.Tuple) else [call.args[0]]
        if isinstance(item.optional_vars, ast.Name) and len(block.body) > 1:
            record = item.optional_vars.id
            for statement in block.body[1:]:
                if _mentions(statement, record):
                    yield (
                        statement,
                        "stands after the call that raises, inside the block: no run reaches it",
                        Status.FAIL,
                    )
                    break
        several = sum(Nodes([statement]).has(ast.Call) for statement in block.body) > 1
        broad = any(last_name(kind) in ("Exception", "BaseException") for kind in kinds)
        if several and broad and name != "assertRaisesRegex" and not any(key.arg == "match" for key in call.keywords):
            message = f"`{name}({ast.unparse(call.args[0])})` around several statements holds when the wrong one raises"
            yield block, message, Status.WARN


def _mentions(statement: ast.stmt, record: str) -> bool:
    """Whether an assertion looks at what was raised, which is known only after the block."""
    return bool(_assertions(Nodes([statement]))) and any(
        isinstance(item, ast.Name) and item.id == record for item in ast.walk(statement)
    )


def _behind_exit(function: Function) -> Iterator[Told]:
    body = function.body
    for place, statement in enumerate(body[:-1]):
        if isinstance(statement, ast.Return) and place > 0:
            behind = _assertions(Nodes(body[place + 1 :]))
            if behind:
                yield (
                    behind[0],
                    f"stands behind the `return` in line {statement.lineno}: no run reaches it",
                    Status.FAIL,
                )
            return
