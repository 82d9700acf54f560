"""Definitions and imports: names are bound, options that decorators declare are kept, nothing is run but module bodies."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

from mlgate.lint.finding import CONDITIONAL, CONTROLLED, UNCONTROLLED
from mlgate.lint.finding import UNKNOWN as UNSEEN
from mlgate.lint.seeds.libraries import canonical
from mlgate.lint.seeds.options import declared_by_decorator
from mlgate.lint.seeds.values import (
    FIXED,
    UNKNOWN,
    Class,
    Either,
    Entropy,
    External,
    Fixed,
    Function,
    Items,
    Known,
    Maybe,
    Option,
    Result,
    Scope,
    Value,
    either,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Code, Machine

_LIBRARIES = frozenset(
    [
        "numpy",
        "torch",
        "tensorflow",
        "keras",
        "sklearn",
        "pandas",
        "scipy",
        "matplotlib",
        "jax",
        "flax",
        "optax",
        "transformers",
        "datasets",
        "tqdm",
        "yaml",
        "click",
        "typer",
        "hydra",
        "omegaconf",
        "optuna",
        "gym",
        "gymnasium",
        "xgboost",
        "lightgbm",
        "catboost",
        "torchvision",
        "pytorch_lightning",
        "lightning",
        "seaborn",
        "PIL",
        "cv2",
        "requests",
        "pytest",
        "mlflow",
        "wandb",
        "accelerate",
    ]
)
"""Libraries that no project has a module of its own for: no file is looked for."""

_FLAGS = {
    "torch.backends.cudnn.benchmark": True,
    "torch.backends.cudnn.deterministic": False,
}


def function(machine: Machine, scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Bind a function; a decorator of click, typer, hydra or gin says what its parameters hold."""
    owner = scope.owner if scope.me is None else None
    made = Function(node, scope, owner)
    bound: Value = made
    for decorator in reversed(node.decorator_list):
        declared_by_decorator(machine, scope, decorator, made)
        bound = machine.decorated(scope, decorator, bound)
    scope.bind(node.name, bound)
    return False


def class_(machine: Machine, scope: Scope, node: ast.ClassDef) -> bool:
    """Bind a class after its body was run."""
    bases = [machine.evaluate(scope, base) for base in node.bases]
    inner = Scope(scope.module, scope, ".".join(part for part in (scope.name, node.name) if part))
    made = Class(node, scope, bases)
    inner.owner = made
    inner.names = made.attrs
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        made.is_record = made.is_record or name in ("dataclass", "define", "attrs", "frozen", "s", "configclass")
    machine.execute(inner, node.body)
    made.attrs = inner.names
    for value in made.attrs.values():
        if isinstance(value, Function) and value.owner is made:
            value.scope = scope
    scope.bind(node.name, made)
    return False


def import_(machine: Machine, scope: Scope, node: ast.Import) -> bool:
    """`import a.b as c`."""
    for alias in node.names:
        top = alias.name.partition(".")[0]
        code = None if is_library(top) else machine.module(alias.name, scope.module)
        if code is not None and (alias.asname or "." not in alias.name):
            scope.bind(alias.asname or alias.name, ModuleValue(code))
        else:
            scope.bind(alias.asname or top, External(canonical(alias.name) if alias.asname else top))
    return False


def import_from(machine: Machine, scope: Scope, node: ast.ImportFrom) -> bool:
    """`from a import b as c`."""
    source = "." * node.level + (node.module or "")
    code = None if not node.level and is_library(source.partition(".")[0]) else machine.module(source, scope.module)
    for alias in node.names:
        if alias.name == "*":
            if code is not None:
                scope.names.update(code.scope.names)
            continue
        value: Value | None = code.scope.names.get(alias.name) if code is not None else None
        if value is None and not is_library(source.partition(".")[0]):
            inner = machine.module(f"{source}.{alias.name}" if node.module else source + alias.name, scope.module)
            value = ModuleValue(inner) if inner is not None else None
        if value is None:
            value = UNKNOWN if code is not None or node.level else External(canonical(f"{source}.{alias.name}"))
        scope.bind(alias.asname or alias.name, value)
    return False


def is_library(top: str) -> bool:
    """Whether a top package is of the standard library or of a library that is known."""
    return top in _LIBRARIES or top in sys.stdlib_module_names


class ModuleValue(Value):
    """A module of the project."""

    __slots__ = ("code",)

    def __init__(self, code: Code) -> None:
        self.code = code


def flag_set(machine: Machine, scope: Scope, name: str, value: Value, node: ast.AST) -> None:
    """A setting of a library is set: of cuDNN, the ones that let results differ."""
    name = canonical(name)
    bad = _FLAGS.get(name)
    if bad is None:
        return
    for site in machine.sites.values():
        if site.what == name:
            site.verdict = CONTROLLED  # set anew: the last one holds
    site = machine.site(scope, node, "nondeterministic-cudnn", name)
    match value:
        case Known(const=const):
            worst = CONDITIONAL if machine.asked else UNCONTROLLED
            site.reached(
                worst if bool(const) is bad else CONTROLLED, "only where an option is given" * bool(machine.asked)
            )
        case Option(default=Known(const=const), name=option):
            site.reached(CONDITIONAL if bool(const) is bad else CONTROLLED, f"`{option}` decides, by default {const}")
        case Maybe() | Fixed():
            site.reached(CONTROLLED)
        case _:
            site.reached(UNSEEN, "what it is set to is not seen")


def attribute_set(machine: Machine, owner: Value, name: str, value: Value) -> None:
    """An attribute of what a library made is set: `model.random_state = 0` seeds it."""
    if isinstance(owner, Result) and owner.site is not None and name in ("random_state", "seed"):
        machine.pending.pop(owner.site, None)


def text_of(value: Value) -> str | None:
    """The text of a literal."""
    return value.const if isinstance(value, Known) and isinstance(value.const, str) else None


def element_of(value: Value) -> Value:
    """Any element of what is iterated over, where it is no list that is known."""
    match value:
        case Fixed() | Known() | Option():
            return FIXED
        case Maybe() | Entropy():
            return value
        case Result(name=name):
            return Result(name)
        case Either(members=members):
            found: Value = members[0].elements[0] if isinstance(members[0], Items) and members[0].elements else UNKNOWN
            for member in members[1:]:
                found = either(found, member.elements[0] if isinstance(member, Items) and member.elements else UNKNOWN)
            return found
    return UNKNOWN


def plain(value: Value) -> Any:
    """The literal that a value is in a run without options, or None."""
    if isinstance(value, Option):
        value = value.default
    return value.const if isinstance(value, Known) else None
