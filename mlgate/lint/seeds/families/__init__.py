"""What calls of libraries do: seed, draw, make something that draws, or return a value that matters.

Each module of this package knows some libraries, by their top package, and is imported where one of them is called.
"""

from __future__ import annotations

import ast
from importlib import import_module
from typing import TYPE_CHECKING

from mlgate.lint.seeds import handing, libraries, order, python_calls, seeding, settings_files
from mlgate.lint.seeds.libraries import canonical
from mlgate.lint.seeds.sites import NOT_SEEDED, Seeding
from mlgate.lint.seeds.values import FIXED, NONE, UNKNOWN, Entropy, Items, Result, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlgate.lint.seeds.call import Call
    from mlgate.lint.seeds.machine import Machine

_MODULES = {
    "standard": "random os secrets pathlib functools collections time asyncio",
    "arrays": "numpy scipy pandas cupy mxnet paddle jax",
    "torch": "torch torchvision",
    "torch_models": "torch_geometric dgl timm skorch botorch stable_baselines3 sb3_contrib transformers trl",
    "tensorflow": "tensorflow keras keras_tuner kerastuner",
    "scikit": "sklearn imblearn umap cuml tpot skopt dask_ml sklearnex surprise",
    "searches": "optuna hyperopt",
    "environments": "gymnasium",
    "command_lines": "argparse configargparse jsonargparse typer fire tyro simple_parsing draccus pyrallis chz absl "
    "hydra_zen",
}
FAMILY_OF = {root: module for module, roots in _MODULES.items() for root in roots.split()}
_HANDLERS: dict[str, Callable[[Call], Value | None]] = {}
"""By top package, what answers a call of it, or None where it is to be answered as any other."""


def library_call(call: Call) -> Value:
    """What a call of a library's function or class returns, after what it does to the path."""
    name = canonical(call.name)
    if name != call.name:
        call = call.renamed(name)
    root, _, rest = name.partition(".")
    if root == "builtins":
        return python_calls.builtin(call, rest)
    answer = _by_table(call, name)
    if answer is None:
        family = FAMILY_OF.get(root)
        answer = _handler(root, family)(call) if family else None
    return _other(call) if answer is None else answer


def _by_table(call: Call, name: str) -> Value | None:
    """What is known of a call by its whole name."""
    seeder = libraries.SEEDERS.get(name)
    if seeder is not None:
        generators, parameter = seeder
        default = FIXED if name in libraries.FIXED_BY_DEFAULT else NONE
        seeding.seed_with(call, generators, call.get(parameter, 0) or default)
        return FIXED
    if name in libraries.ENTROPY_CALLS:
        return Entropy(f"{libraries.ENTROPY_CALLS[name]} ({call.scope.module.path}:{call.line})")
    if name in libraries.LISTINGS:
        return order.listing(call.scope, call.node, libraries.LISTINGS[name])
    if name in libraries.YAML_READERS:
        return settings_files.read_by(call)
    return FIXED if name in libraries.CONFIG_READERS else None


def _handler(root: str, family: str) -> Callable[[Call], Value | None]:
    handler = _HANDLERS.get(root)
    if handler is None:
        _HANDLERS.update(import_module(f"{__name__}.{family}").HANDLERS)
        handler = _HANDLERS[root]
    return handler


def _other(call: Call) -> Value:
    """A call of a library of which nothing more is known."""
    name = call.name
    if call.last in libraries.BY_LAST_NAME:
        unknown_seeder(call.machine, call.last, call.node)
        return UNKNOWN
    first = call.given.positional[0] if call.given.positional else UNKNOWN
    if name in libraries.KEEPS_ORDER and isinstance(first, Items):
        if call.last == "islice":
            order.use_all(call.machine, call.scope, [first], call.node)
        return Items(list(first.elements), order=order.begun(call.scope, first, call.node))
    if name in libraries.WRITERS:
        order.use_all_within(call.machine, call.scope, call.given.all(), call.node)
    elif call.last in libraries.CONSUMERS:
        order.use_all(call.machine, call.scope, call.given.all(), call.node)
    handing.seeds_given(call)
    handing.hand_over(call.machine, call.given, name)
    return Result(name)


def unknown_seeder(machine: Machine, name: str, node: ast.AST) -> None:
    """Something is called that seeds, by its name; what it seeds is not known."""
    why = f"what `{name}` seeds (line {getattr(node, 'lineno', 0)}) is not seen"
    for generator in libraries.BY_LAST_NAME.get(name, libraries.ALL):
        if machine.path.of(generator).quality == NOT_SEEDED:
            machine.path.seed(generator, Seeding("unknown", why))
