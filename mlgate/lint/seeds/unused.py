"""Seeds that are parsed or set and read by nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlgate.lint.finding import UNCONTROLLED
from mlgate.lint.seeds.code import definitions_of
from mlgate.lint.seeds.libraries import BY_LAST_NAME
from mlgate.lint.seeds.options import is_seed_name
from mlgate.lint.seeds.values import Function

if TYPE_CHECKING:
    from mlgate.lint.seeds.code import Code
    from mlgate.lint.seeds.machine import Machine

_SEEDERS = frozenset(BY_LAST_NAME) | {
    "seed_torch",
    "set_all_seeds",
    "setup_seed",
    "init_seed",
    "init_seeds",
    "set_rng_seed",
}
_STUBS = (ast.Pass, ast.Raise)
_WORDS = re.compile("seed|random_state", re.IGNORECASE)
_MAX_KEY = 80
"""Longer texts are no keys."""

_AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


def seeds_that_nothing_reads(machine: Machine, code: Code, *, is_script: bool) -> None:
    """Note options, constants, parameters and functions that were to fix a seed and do not."""
    if not _WORDS.search(code.module.text):
        return
    read = _Reads(machine)
    _options(machine, read)
    if is_script:
        _constants(machine, code, read)
        _functions(machine, code, read)
    _parameters(machine, code)


class _Reads:
    """What the modules of the run read of a name: looked for only where a module's text holds it."""

    def __init__(self, machine: Machine) -> None:
        self._modules = [code.module for code in machine.codes.values()]

    def as_name(self, name: str) -> bool:
        """Whether a variable is read, or imported, under a name."""
        return any(
            (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load))
            or (isinstance(node, ast.alias) and node.name == name)
            for node in self._nodes(name)
        )

    def as_attribute(self, name: str) -> bool:
        """Whether an attribute of this name is read."""
        return any(
            isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Load)
            for node in self._nodes(name)
        )

    def as_key(self, name: str) -> bool:
        """Whether a text that may be a key is the name."""
        return len(name) < _MAX_KEY and any(
            isinstance(node, ast.Constant) and node.value == name for node in self._nodes(name)
        )

    def _nodes(self, name: str) -> Iterator[ast.AST]:
        for module in self._modules:
            if name in module.text:
                yield from ast.walk(module.tree)


def _options(machine: Machine, read: _Reads) -> None:
    for space, name, node, code in machine.namespaces:
        if not (space.escaped or read.as_attribute(name) or read.as_key(name)):
            site = machine.site(code.scope, node, "unused-seed", f"the option `{name}`")
            site.reached(UNCONTROLLED, "it is parsed, and nothing reads it")


def _constants(machine: Machine, code: Code, read: _Reads) -> None:
    for statement in code.module.tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int()))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=int()))
            ) if is_seed_name(name) and not read.as_name(name) and not read.as_key(name):
                site = machine.site(code.scope, statement, "unused-seed", f"the constant `{name}`")
                site.reached(UNCONTROLLED, "nothing reads it")


def _functions(machine: Machine, code: Code, read: _Reads) -> None:
    for name, value in code.scope.names.items():
        if not isinstance(value, Function) or name not in _SEEDERS or value.scope is not code.scope:
            continue
        if getattr(value.node, "decorator_list", []) or read.as_name(name) or read.as_attribute(name):
            continue
        site = machine.site(code.scope, value.node, "unused-seed", f"the function `{name}`")
        site.reached(UNCONTROLLED, "it is defined, and nothing calls it")


def _parameters(machine: Machine, code: Code) -> None:
    """Parameters called `seed` of functions that are called, and whose body does not read it."""
    definitions = definitions_of(code.module.tree)
    unread = [(node, name) for node in definitions if not isinstance(node, ast.ClassDef) for name in _unread(node)]
    if not unread:
        return
    called = {
        node.func.id
        for node in ast.walk(code.module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    methods = {inner.name for node in definitions if isinstance(node, ast.ClassDef) for inner in _functions_in(node)}
    for node, name in unread:
        if node.name in called and node.name not in methods:
            site = machine.site(code.scope, node, "unused-seed", f"the parameter `{name}` of `{node.name}`")
            site.reached(UNCONTROLLED, "callers give it, and the body does not read it")


def _unread(node: _AnyFunction) -> list[str]:
    """The parameters of a function that are called as a seed and not read in its body."""
    parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    names = [parameter.arg for parameter in parameters if is_seed_name(parameter.arg)]
    return [] if not names or _is_stub(node) else [name for name in names if not _reads(node, name)]


def _functions_in(node: ast.ClassDef) -> list[_AnyFunction]:
    return [inner for inner in node.body if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef))]


def _reads(node: _AnyFunction, name: str) -> bool:
    wanted = (name, "locals", "vars")
    return any(
        isinstance(part, ast.Name) and part.id in wanted for statement in node.body for part in ast.walk(statement)
    )


def _is_stub(node: _AnyFunction) -> bool:
    body = [item for item in node.body if not (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))]
    return not body or isinstance(body[0], _STUBS)
