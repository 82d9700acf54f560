"""Imports: modules of the project are run when they are imported, those of libraries are known by their names."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlgate.lint.seeds.estimators import ESTIMATORS, SPLITS
from mlgate.lint.seeds.libraries import (
    KERAS_LAYERS,
    NUMPY_DRAWS,
    RANDOM_DRAWS,
    TORCH_DRAWS,
    TORCH_LAYERS,
    canonical,
    names,
)
from mlgate.lint.seeds.values import UNKNOWN, Deferred, External, ModuleValue, Unknown, Value

if TYPE_CHECKING:
    from mlgate.lint.seeds.code import Code
    from mlgate.lint.seeds.machine import Machine
    from mlgate.lint.seeds.scopes import Scope

_LIBRARIES = names(
    """numpy torch tensorflow keras sklearn pandas scipy matplotlib jax flax optax transformers datasets
    tqdm yaml click typer hydra omegaconf optuna gym gymnasium xgboost lightgbm catboost torchvision
    pytorch_lightning lightning seaborn PIL cv2 requests pytest mlflow wandb accelerate"""
)
"""Libraries that no project has a module of its own for: no file is looked for."""


def import_(machine: Machine, scope: Scope, node: ast.Import) -> bool:
    """`import a.b as c`."""
    for alias in node.names:
        top = alias.name.partition(".")[0]
        name = alias.asname or alias.name
        is_bound = alias.asname is not None or "." not in alias.name
        if is_bound and not is_library(top) and _may_wait(scope):
            scope.bind(name, Deferred(scope.module, alias.name, None))
            continue
        code = None if is_library(top) else machine.module(alias.name, scope.module)
        if code is not None and is_bound:
            scope.bind(name, ModuleValue(code))
        else:
            scope.bind(alias.asname or top, External(canonical(alias.name) if alias.asname else top))
    return False


def import_from(machine: Machine, scope: Scope, node: ast.ImportFrom) -> bool:
    """`from a import b as c`."""
    source = "." * node.level + (node.module or "")
    is_known = is_library(source.partition(".")[0]) and not node.level
    may_wait = not is_known and _may_wait(scope)
    for alias in node.names:
        if alias.name == "*":
            code = None if is_known else machine.module(source, scope.module)
            if code is not None:
                scope.names.update(code.scope.names)
                scope.module.stars += [star for star in code.stars if star not in scope.module.stars]
            elif not node.level:
                scope.module.stars.append(source)
        elif is_known:
            scope.bind(alias.asname or alias.name, External(canonical(f"{source}.{alias.name}")))
        else:
            waiting = Deferred(scope.module, source, alias.name)
            scope.bind(alias.asname or alias.name, waiting if may_wait else _found(machine, waiting))
    return False


def _may_wait(scope: Scope) -> bool:
    """Whether an import is done only when what it binds is used: in the `__init__.py` of a package.

    A script may import hundreds of modules in this way, and use two of them.
    """
    code: Code = scope.module
    return not code.is_entry and code.path.endswith("__init__.py")


def looked_up(machine: Machine, scope: Scope, name: str, waiting: Deferred) -> Value:
    """The value of a name that an import bound, as the name is used; the import is done now."""
    pending = Unknown()  # so that modules that import each other come to an end
    holders = [holder for holder in scope.outwards() if holder.names.get(name) is waiting]
    for holder in holders:
        holder.names[name] = pending
    here, machine.here = machine.here, None
    loops, machine.loops = machine.loops, []
    value = _found(machine, waiting)
    machine.here, machine.loops = here, loops
    for holder in holders:
        if holder.names.get(name) is pending:
            holder.names[name] = value
    return value


def _found(machine: Machine, wanted: Deferred) -> Value:
    """What an import of the project binds, after the module was run."""
    code = machine.module(wanted.source, wanted.importer)
    if wanted.name is None:
        return External(canonical(wanted.source)) if code is None else ModuleValue(code)
    value: Value | None = code.scope.names.get(wanted.name) if code is not None else None
    if isinstance(value, Deferred) and code is not None:
        return looked_up(machine, code.scope, wanted.name, value)
    if value is not None:
        return value
    is_relative = wanted.source.startswith(".")
    between = "" if is_relative and not wanted.source.strip(".") else "."
    inner = machine.module(f"{wanted.source}{between}{wanted.name}", wanted.importer)
    if inner is not None:
        return ModuleValue(inner)
    return UNKNOWN if code is not None or is_relative else External(canonical(f"{wanted.source}.{wanted.name}"))


def of_star(stars: Sequence[str], name: str) -> Value | None:
    """What a name is that was not bound, where `from library import *` may have: the last that draws by it counts."""
    for star in reversed(stars):
        if name in _STARRED.get(canonical(star), ()):
            return External(canonical(f"{star}.{name}"))
    return None


_STARRED = {
    "random": RANDOM_DRAWS | names("seed Random SystemRandom"),
    "numpy": names("random"),
    "numpy.random": NUMPY_DRAWS | names("seed default_rng RandomState"),
    "torch": TORCH_DRAWS | names("manual_seed nn Generator"),
    "torch.nn": TORCH_LAYERS | names("init functional"),
    "keras.layers": KERAS_LAYERS,
    "sklearn.model_selection": frozenset({*SPLITS, "RandomizedSearchCV"}),
    "sklearn.ensemble": frozenset(ESTIMATORS),
    "sklearn.datasets": frozenset(ESTIMATORS),
    "sklearn.cluster": frozenset(ESTIMATORS),
}
"""Names that star imports of libraries bind, as far as they draw or seed."""


def is_library(top: str) -> bool:
    """Whether a top package is of the standard library or of a library that is known."""
    return top in _LIBRARIES or top in sys.stdlib_module_names
