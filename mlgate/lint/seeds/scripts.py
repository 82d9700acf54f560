"""Whether a module is a script: does something when it is executed, beside defining names."""

from __future__ import annotations

import ast

from mlgate.lint.module import Module
from mlgate.lint.seeds.libraries import names

_SETTINGS = names(
    """basicConfig getLogger filterwarnings simplefilter use insert append setdefault update register
    add_command disable setrecursionlimit extend set_verbosity_error set_verbosity register_namespace
    setLevel addHandler install_aliases namedtuple warn style set_option captureWarnings"""
)
"""Calls at the top of a module that set something up, and do not make a script of it."""


def runs(module: Module) -> bool:
    """Whether a module does something when it is executed, beside defining names."""
    if module.cells or module.path.rpartition("/")[2] == "__main__.py":
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
        case ast.For() | ast.While() | ast.With() | ast.AsyncFor() | ast.AsyncWith():
            return any(isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Call) for inner in statement.body)
        case ast.Match(cases=cases):
            return any(_does_something(inner) for case in cases for inner in case.body)
        case ast.Raise(exc=ast.Call(args=[ast.Call()])) | ast.Expr(value=ast.Await()):
            return True  # raise SystemExit(main())
    return False
