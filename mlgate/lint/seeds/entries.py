"""Judge the randomness of a module as it is run: a script from its top, a library as an unknown caller would."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from mlgate.lint.finding import UNKNOWN as UNSEEN
from mlgate.lint.module import Module
from mlgate.lint.seeds import calls, unused
from mlgate.lint.seeds.arguments import BY_CALLER, Given
from mlgate.lint.seeds.machine import Code, Machine
from mlgate.lint.seeds.paths import Path
from mlgate.lint.seeds.sites import BY_CALLER as SEEDED_BY_CALLER
from mlgate.lint.seeds.sites import NEVER, Site
from mlgate.lint.seeds.tokens import is_of_tests, may_draw
from mlgate.lint.seeds.values import Class, Function, Instance, Value

_SETTINGS = frozenset(
    [
        "basicConfig",
        "getLogger",
        "filterwarnings",
        "simplefilter",
        "use",
        "insert",
        "append",
        "setdefault",
        "update",
        "register",
        "add_command",
        "disable",
        "setrecursionlimit",
        "extend",
        "set_verbosity_error",
        "set_verbosity",
        "register_namespace",
        "setLevel",
        "addHandler",
        "install_aliases",
        "namedtuple",
        "warn",
        "style",
        "set_option",
        "captureWarnings",
    ]
)
"""Calls at the top of a module that set something up, and do not make a script of it."""


def sites_of(
    module: Module, load: Callable[[str, str], Module | None]
) -> tuple[tuple[Site, ...], set[tuple[str, int, int, str]]]:
    """Every place that draws, with its verdict, in the module and in the project's modules that it reaches.

    Also the places in other files (path, line, column, rule) that were told where the entry calls them.

    Parameters
    ----------
    load : gives the project's module of a dotted name (`.sibling` where relative) as a file imports it, or None where
        there is none; it is called with the name and the path of the importing file
    """
    if not may_draw(module.text) or is_of_tests(module.path):
        return (), set()
    is_script = runs(module)
    machine = Machine(load, Path(NEVER if is_script else SEEDED_BY_CALLER))
    code = Code(module, is_main=is_script, is_entry=True)
    machine.codes[module.path] = code
    machine.execute(code.scope, module.tree.body)
    if is_script:
        _run_what_libraries_call(machine, code)
    machine.settle()
    if not is_script:
        _run_as_callers_do(machine, code)
    unused.seeds_that_nothing_reads(machine, code, is_script=is_script)
    if machine.exhausted:
        site = machine.site(code.scope, module.tree, "unseeded-random", "this file")
        site.reached(UNSEEN, "it is too large to be followed to its end")
    return tuple(machine.sites.values()), machine.settled


def runs(module: Module) -> bool:
    """Whether a module does something when it is executed, beside defining names."""
    if module.cells or PurePosixPath(module.path).name == "__main__.py":
        return True
    return any(_does_something(statement) for statement in module.tree.body)


def _does_something(statement: ast.stmt) -> bool:
    match statement:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case ast.If(body=body, orelse=orelse):
            return any(_does_something(inner) for inner in [*body, *orelse])
        case ast.Try(body=body):
            return any(_does_something(inner) for inner in body)
        case ast.Expr(value=ast.Call(func=func)):
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            return name not in _SETTINGS
        case ast.For() | ast.While() | ast.With():
            return any(isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Call) for inner in statement.body)
    return False


def _run_what_libraries_call(machine: Machine, code: Code) -> None:
    """Methods of the objects that were made and functions that were handed on, in the state at the end."""
    calls.run_deferred(machine)
    for _ in range(3):
        waiting = list(machine.methods_to_come())
        if not waiting:
            break
        for method in waiting:
            origin = getattr(method.self, "origin", None)
            if origin is not None:
                machine.here, machine.here_code = origin
            _apart(machine, method, Given(is_open=True))
            machine.here = None
    named = {node.id for node in ast.walk(code.module.tree) if isinstance(node, ast.Name)}
    for name, value in list(code.scope.names.items()):
        if isinstance(value, Function) and name in named and id(value.node) not in machine.visited:
            _apart(machine, value, Given(is_open=True))


def _apart(machine: Machine, function: Function, given: Given) -> None:
    """Run a function, and leave the path as it was."""
    before = machine.path.copy()
    machine.invoke(function, given)
    machine.path = before


def _run_as_callers_do(machine: Machine, code: Code) -> None:
    """Every function and class of the module, each as if called by code that is not seen."""
    for function, cls in _callables(code.scope.names.values()):
        if id(function.node) in machine.visited or not code.concerns(function.node) or _is_test(function, cls):
            continue
        machine.path = Path(SEEDED_BY_CALLER)
        if cls is None:
            machine.invoke(function, BY_CALLER)
            continue
        made = next((item for item in machine.instances if item.cls is cls), None)
        if made is None:
            made = _made(machine, cls, code)
        if id(function.node) not in machine.visited:
            machine.path = Path(SEEDED_BY_CALLER)
            machine.invoke(function.bound(made), BY_CALLER)
    machine.settle()


def _is_test(function: Function, cls: Class | None) -> bool:
    return function.name.startswith("test_") or (cls is not None and cls.node.name.startswith("Test"))


def _made(machine: Machine, cls: Class, code: Code) -> Instance:
    return machine.make(cls, BY_CALLER, code.scope, cls.node)


def _callables(values: object, depth: int = 0) -> Iterator[tuple[Function, Class | None]]:
    assert hasattr(values, "__iter__")
    for value in list(values):
        if isinstance(value, Function):
            yield value, value.owner
        elif isinstance(value, Class) and depth < 4:
            members: list[Value] = list(value.attrs.values())
            yield from _callables(members, depth + 1)
