"""Judge the randomness of a module as it is run: a script from its top, a library as an unknown caller would."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from mlgate.lint.finding import UNKNOWN as UNSEEN
from mlgate.lint.module import Module
from mlgate.lint.seeds import handing, unused
from mlgate.lint.seeds.arguments import BY_CALLER, Given
from mlgate.lint.seeds.code import Code
from mlgate.lint.seeds.machine import Load, Machine, ReadSettings
from mlgate.lint.seeds.paths import Path
from mlgate.lint.seeds.scripts import runs
from mlgate.lint.seeds.sites import BY_CALLER as SEEDED_BY_CALLER
from mlgate.lint.seeds.sites import NEVER, Key, Site
from mlgate.lint.seeds.tokens import is_of_tests, may_draw
from mlgate.lint.seeds.values import Class, Function, Value
from mlgate.lint.seeds.waiting import methods_to_come


def sites_of(module: Module, load: Load, settings: ReadSettings | None = None) -> tuple[tuple[Site, ...], set[Key]]:
    """Every place that draws, with its verdict, in the module and in the project's modules that it reaches.

    Also the places in other files (path, line, column, rule) that were told where the entry calls them.

    Parameters
    ----------
    load : gives the project's module of a dotted name (`.sibling` where relative) as a file imports it, or None where
        there is none; it is called with the name and the path of the importing file
    settings : gives the text of a file of settings, by the path that a file names and that file's own, or None
    """
    if not may_draw(module.text) or is_of_tests(module.path):
        return (), set()
    is_script = runs(module)
    machine = Machine(load, Path(NEVER if is_script else SEEDED_BY_CALLER), settings)
    code = Code(module, is_main=is_script, is_entry=True)
    machine.codes[module.path] = code
    try:
        _run(machine, code, is_script=is_script)
    except RecursionError:
        machine.exhausted = True
    if machine.exhausted:
        site = machine.site(code.scope, module.tree, "unseeded-random", "this file")
        site.reached(UNSEEN, "it is too large to be followed to its end")
    return tuple(machine.sites.values()), machine.settled


def _run(machine: Machine, code: Code, *, is_script: bool) -> None:
    machine.execute(code.scope, code.module.tree.body)
    if is_script:
        _run_what_libraries_call(machine, code)
    machine.settle()
    if not is_script:
        _run_as_callers_do(machine, code)
    unused.seeds_that_nothing_reads(machine, code, is_script=is_script)


def _run_what_libraries_call(machine: Machine, code: Code) -> None:
    """Methods of the objects that were made and functions that were handed on, in the state at the end."""
    handing.run_deferred(machine)
    for _ in range(3):
        waiting = list(methods_to_come(machine))
        if not waiting:
            break
        for method in waiting:
            origin = getattr(method.self, "origin", None)
            if origin is not None:
                machine.here, machine.here_code = origin
            _apart(machine, method, Given(is_open=True))
            machine.here = None
    unused_yet = [
        (name, value)
        for name, value in code.scope.names.items()
        if isinstance(value, Function) and id(value.node) not in machine.visited and code.concerns(value.node)
    ]
    named = {node.id for node in ast.walk(code.module.tree) if isinstance(node, ast.Name)} if unused_yet else set()
    for name, value in unused_yet:
        if name in named and id(value.node) not in machine.visited:
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
            made = machine.make(cls, BY_CALLER, code.scope, cls.node)
        if id(function.node) not in machine.visited:
            machine.path = Path(SEEDED_BY_CALLER)
            machine.invoke(function.bound(made), BY_CALLER)
    machine.settle()


def _is_test(function: Function, cls: Class | None) -> bool:
    return function.name.startswith("test_") or (cls is not None and cls.node.name.startswith("Test"))


def _callables(values: Iterable[Value], depth: int = 0) -> Iterator[tuple[Function, Class | None]]:
    """Functions, and the methods of classes."""
    for value in list(values):
        if isinstance(value, Function):
            yield value, value.owner
        elif isinstance(value, Class) and depth < 4:
            yield from _callables(value.attrs.values(), depth + 1)
