"""Seeds that are parsed or set and read by nothing."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlgate.lint.finding import UNCONTROLLED
from mlgate.lint.seeds.libraries import BY_LAST_NAME
from mlgate.lint.seeds.options import is_seed_name
from mlgate.lint.seeds.values import Function

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Code, Machine

_SEEDERS = frozenset(BY_LAST_NAME) | {
    "seed_torch",
    "set_all_seeds",
    "setup_seed",
    "init_seed",
    "init_seeds",
    "set_rng_seed",
}
_STUBS = (ast.Pass, ast.Raise)


def seeds_that_nothing_reads(machine: Machine, code: Code, *, is_script: bool) -> None:
    """Note options, constants, parameters and functions that were to fix a seed and do not."""
    if not re.search("seed|random_state", code.module.text, re.IGNORECASE):
        return
    read = _Reads(machine)
    _options(machine, read)
    if is_script:
        _constants(machine, code, read)
        _functions(machine, code, read)
    _parameters(machine, code)


class _Reads:
    """What the modules of the run read: names, attributes and texts that may be keys."""

    def __init__(self, machine: Machine) -> None:
        self.attributes: set[str] = set()
        self.names: set[str] = set()
        self.texts: dict[str, int] = {}
        for code in machine.codes.values():
            for node in ast.walk(code.module.tree):
                match node:
                    case ast.Attribute(attr=name, ctx=ast.Load()):
                        self.attributes.add(name)
                    case ast.Name(id=name, ctx=ast.Load()):
                        self.names.add(name)
                    case ast.alias(name=name):
                        self.names.add(name)
                    case ast.Constant(value=str() as text) if len(text) < 80:
                        self.texts[text] = self.texts.get(text, 0) + 1


def _options(machine: Machine, read: _Reads) -> None:
    for space, name, node, code in machine.namespaces:
        used = name in read.attributes or read.texts.get(name, 0) > 0 or space.escaped
        if not used:
            site = machine.site(code.scope, node, "unused-seed", f"the option `{name}`")
            site.reached(UNCONTROLLED, "it is parsed, and nothing reads it")


def _constants(machine: Machine, code: Code, read: _Reads) -> None:
    for statement in code.module.tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int()))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=int()))
            ) if is_seed_name(name) and name not in read.names and not read.texts.get(name):
                site = machine.site(code.scope, statement, "unused-seed", f"the constant `{name}`")
                site.reached(UNCONTROLLED, "nothing reads it")


def _functions(machine: Machine, code: Code, read: _Reads) -> None:
    for name, value in code.scope.names.items():
        if not isinstance(value, Function) or name not in _SEEDERS or value.scope is not code.scope:
            continue
        if name not in read.names and name not in read.attributes and not getattr(value.node, "decorator_list", []):
            site = machine.site(code.scope, value.node, "unused-seed", f"the function `{name}`")
            site.reached(UNCONTROLLED, "it is defined, and nothing calls it")


def _parameters(machine: Machine, code: Code) -> None:
    """Parameters called `seed` of functions that are called with one, and whose body does not read it."""
    given = _keywords_by_name(code.module.tree)
    for node in ast.walk(code.module.tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or _is_stub(node):
            continue
        for parameter in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
            name = parameter.arg
            if not is_seed_name(name) or node.name not in given or node.name in _methods(code.module.tree):
                continue
            if not _reads(node, name):
                site = machine.site(code.scope, node, "unused-seed", f"the parameter `{name}` of `{node.name}`")
                site.reached(UNCONTROLLED, "callers give it, and the body does not read it")


def _keywords_by_name(tree: ast.Module) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            words = {word.arg for word in node.keywords if word.arg}
            words |= {arg.id for arg in node.args if isinstance(arg, ast.Name)}
            words |= {arg.attr for arg in node.args if isinstance(arg, ast.Attribute)}
            found.setdefault(node.func.id, set()).update({word.lower() for word in words})
    return found


def _methods(tree: ast.Module) -> set[str]:
    return {
        inner.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for inner in node.body
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef))
    }


def _reads(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    for part in ast.walk(ast.Module(body=node.body, type_ignores=[])):
        if isinstance(part, ast.Name) and (part.id == name or part.id in ("locals", "vars")):
            return True
    return False


def _is_stub(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    body = [item for item in node.body if not (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))]
    return not body or isinstance(body[0], _STUBS)
