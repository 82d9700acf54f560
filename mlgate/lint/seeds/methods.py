"""Methods of values that are known: lists and tables, parsers of options, and what libraries returned."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlgate.lint.finding import CONDITIONAL, CONTROLLED, UNCONTROLLED
from mlgate.lint.seeds import libraries, options, order, seeding
from mlgate.lint.seeds.arguments import Given
from mlgate.lint.seeds.definitions import text_of
from mlgate.lint.seeds.values import (
    FIXED,
    NONE,
    UNKNOWN,
    Class,
    Entropy,
    Fixed,
    Instance,
    Items,
    Known,
    Maybe,
    Parser,
    Result,
    Scope,
    Table,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine

_SETS = frozenset({"union", "intersection", "difference", "symmetric_difference", "copy"})
_GROUPS = frozenset({"add_argument_group", "add_mutually_exclusive_group", "add_subparsers", "add_parser"})
_RNGS = ("numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.Generator", "random.Random")


def call_method(machine: Machine, scope: Scope, node: ast.Call, owner: Value, given: Given) -> Value | None:
    """What a method of a known value returns; None where the call is to be answered as any other."""
    assert isinstance(node.func, ast.Attribute)
    name = node.func.attr
    if name == "load_state_dict":
        _weights_loaded(owner)
    match owner:
        case Parser():
            return _of_parser(machine, scope, node, owner, given)
        case Items():
            return _of_items(machine, scope, node, owner, given)
        case Table():
            return _of_table(owner, name, given)
        case Instance(cls=None):
            return _of_namespace(owner, name, given)
        case Instance(cls=Class() as cls) if cls.find(name) is None and name not in owner.attrs:
            return _of_library_base(machine, scope, node, cls, given)
        case Fixed():
            return FIXED if name not in libraries.LISTING_METHODS else order.listing(node, f"Path.{name}")
        case Entropy():
            return owner
        case Result():
            return _of_result(machine, scope, node, owner, given)
        case Unknown():
            return _of_unknown(machine, scope, node, given)
        case Known(const=str()):
            for value in given.positional if name == "join" else ():
                if isinstance(value, Items) and value.order is not None and value.order.rule == "hash-order":
                    order.used(machine, scope, value.order, node)
            return FIXED
    return None


def _weights_loaded(owner: Value) -> None:
    """What was drawn to build a model is overwritten."""
    if isinstance(owner, Instance):
        for site in owner.drawn:
            site.undone += 1
        owner.drawn = []


def _of_parser(machine: Machine, scope: Scope, node: ast.Call, parser: Parser, given: Given) -> Value:
    name = getattr(node.func, "attr", "")
    if name == "add_argument":
        options.add_argument(machine, scope, parser, given, node)
        return UNKNOWN
    if name in _GROUPS:
        return parser
    if name == "add_arguments":
        records = options.records_of(given, machine, scope, node)
        destination = given.get("dest", 1)
        if records and isinstance(destination, Known):
            parser.namespace.attrs[str(destination.const)] = records[0]
        return UNKNOWN
    if name in ("parse_args", "parse_intermixed_args", "parse"):
        return parser.namespace
    if name == "parse_known_args":
        return Items([parser.namespace, Items([])])
    if name == "set_defaults":
        for word, value in given.keywords.items():
            parser.namespace.attrs[word] = value
    return UNKNOWN


def _of_items(machine: Machine, scope: Scope, node: ast.Call, items: Items, given: Given) -> Value:
    name = getattr(node.func, "attr", "")
    if name in ("append", "add", "insert", "appendleft"):
        if len(items.elements) < 64:
            items.elements.extend(given.positional[-1:])
        order.filled(machine, items)
        holder = getattr(node.func, "value", None)
        if machine.loops and items.order is not None and isinstance(holder, ast.Attribute):
            order.used(machine, scope, items.order, node)  # an object keeps the list
    elif name in ("extend", "update"):
        for value in given.positional:
            items.elements.extend(value.elements[:64] if isinstance(value, Items) else [UNKNOWN])
            if not items.is_set:
                items.order = items.order or order.order_of(value)
    elif name == "sort":
        items.order = None
    elif name in ("pop", "index") and items.order is not None:
        order.used(machine, scope, items.order, node)
    elif name in _SETS:
        return Items(list(items.elements), is_set=items.is_set, order=items.order)
    if name in ("pop", "popleft"):
        return items.elements[-1] if items.elements else UNKNOWN
    return UNKNOWN


def _of_table(table: Table, name: str, given: Given) -> Value:
    key = text_of(given.positional[0]) if given.positional else None
    if name in ("get", "pop", "setdefault"):
        if key is not None and key in table.entries:
            return table.entries[key]
        default = given.positional[1] if len(given.positional) > 1 else NONE
        return default if not table.is_open else UNKNOWN
    if name == "update":
        table.entries.update(given.keywords)
        for value in given.positional:
            if isinstance(value, Table):
                table.entries.update(value.entries)
                table.is_open = table.is_open or value.is_open
            else:
                table.is_open = True
        return UNKNOWN
    if name == "items":
        return Items([Items([Known(word), value]) for word, value in table.entries.items()][:16])
    if name == "values":
        return Items(list(table.entries.values())[:16])
    if name == "keys":
        return Items([Known(word) for word in table.entries][:16])
    if name == "copy":
        return Table(dict(table.entries), is_open=table.is_open)
    return UNKNOWN


def _of_namespace(space: Instance, name: str, given: Given) -> Value | None:
    key = text_of(given.positional[0]) if given.positional else None
    if name in ("get", "pop") and key is not None:
        return space.attrs.get(key, space.rest)
    if name in ("items", "values", "keys", "copy", "_get_kwargs"):
        return space if name == "copy" else UNKNOWN
    return None


def _of_library_base(machine: Machine, scope: Scope, node: ast.Call, cls: Class, given: Given) -> Value | None:
    """A method that a class of the project takes from a library."""
    name = getattr(node.func, "attr", "")
    if name in ("parse_args", "parse_into_dataclasses"):
        return None
    for root in cls.roots():
        if root.startswith("gymnasium"):
            return _of_environment(machine, scope, node, given, name)
    return None


def _of_environment(machine: Machine, scope: Scope, node: ast.Call, given: Given, name: str) -> Value | None:
    if name == "seed" or (name == "reset" and given.get("seed") is not None):
        value = given.get("seed", 0) or NONE
        seeding.seed_with(machine, scope, node, ("gymnasium",), value, "env." + name)
        return UNKNOWN
    if name == "reset":
        machine.draw_later(scope, node, "gymnasium", "env.reset", rule="unseeded-environment")
        return UNKNOWN
    return None


def _of_result(machine: Machine, scope: Scope, node: ast.Call, owner: Result, given: Given) -> Value | None:  # noqa: C901, PLR0911, PLR0912  # one line for each kind of value
    name = getattr(node.func, "attr", "")
    whole = owner.name
    if whole.startswith("pandas."):
        if name == "sample":
            return _sample(machine, scope, node, given)
        return Result("pandas.DataFrame") if name not in ("tolist", "unique", "to_list") else UNKNOWN
    if whole.startswith(("gymnasium.", "gymnasium")):
        return _of_space(machine, scope, node, owner, given)
    if whole.startswith("pathlib.") or whole.startswith("pathlib"):
        if name in libraries.LISTING_METHODS:
            return order.listing(node, f"Path.{name}")
        return Result("pathlib.Path")
    if whole.startswith(_RNGS):
        if name == "seed" and owner.site is not None:
            owner.site.verdict = CONTROLLED
            seeding.own_generator_again(machine, scope, node, owner.site, given.get("a", 0) or given.get("seed"))
            return UNKNOWN
        if machine.loops:
            order.used(machine, scope, machine.loops[-1], node)
        if owner.site is not None and owner.site.verdict in (UNCONTROLLED, CONDITIONAL):
            is_open = owner.site.verdict == CONDITIONAL
            return Entropy("a draw of a generator that is not seeded", frozenset({owner.site}), conditional=is_open)
        return FIXED
    if name == "set_params" and "random_state" in given.keywords and owner.site is not None:
        machine.pending.pop(owner.site, None)
        return owner
    if name == "parse_args_into_dataclasses":
        return Items(list(getattr(owner, "site", None) or [UNKNOWN]))
    if whole.startswith("datasets.") and name in ("shuffle", "train_test_split"):
        if given.get("seed", 0 if name == "shuffle" else None) is None and not _is_false(given, "shuffle"):
            machine.draw(scope, node, "numpy", f"datasets.{name}")
        return Result(whole)
    if whole.startswith(("tensorflow.data", "tensorflow_datasets")) and name == "shuffle":
        if given.get("seed", 1) is None:
            machine.draw(scope, node, "tensorflow", "tf.data.Dataset.shuffle")
        return Result(whole)
    if whole.startswith("torch.distributions") and name in ("sample", "rsample", "sample_n"):
        machine.draw(scope, node, "torch", f"{whole.rpartition('.')[2].removesuffix('()')}.{name}")
        return Result("torch.Tensor")
    if whole.startswith("scipy.stats") and name == "rvs":
        if not seeding.is_something(given.get("random_state")):
            machine.draw(scope, node, "numpy", "rvs of scipy.stats")
        return UNKNOWN
    return _in_place(machine, scope, node, given)


def _of_space(machine: Machine, scope: Scope, node: ast.Call, owner: Result, given: Given) -> Value | None:
    name = getattr(node.func, "attr", "")
    if owner.name.endswith("action_space") or owner.name.startswith("gymnasium.spaces"):
        if name == "sample":
            machine.draw_later(
                scope, node, "gymnasium.action_space", "action_space.sample", rule="unseeded-environment"
            )
            return UNKNOWN
        if name == "seed":
            seeding.seed_with(machine, scope, node, ("gymnasium.action_space",), given.get("seed", 0) or NONE, "seed")
            return UNKNOWN
    answer = _of_environment(machine, scope, node, given, name)
    return answer if answer is not None else Result(owner.name)


def _sample(machine: Machine, scope: Scope, node: ast.Call, given: Given) -> Value:
    state = given.get("random_state")
    fraction = given.get("frac")
    if state is None and given.is_open:
        site = machine.site(scope, node, "unseeded-sample", "sample")
        site.reached("unknown", "the arguments after ** are not seen")
    elif not (isinstance(fraction, Known) and fraction.const == 0):
        seeding.with_state(machine, scope, node, state, rule="unseeded-sample", what="DataFrame.sample")
    return Result("pandas.DataFrame")


def _of_unknown(machine: Machine, scope: Scope, node: ast.Call, given: Given) -> Value | None:
    assert isinstance(node.func, ast.Attribute)
    name = node.func.attr
    if name in libraries.LISTING_METHODS and (given.positional or name == "iterdir"):
        return order.listing(node, f"Path.{name}")
    if name == "sample" and machine.imports(scope, "pandas"):
        holder = node.func.value
        shown = holder.id if isinstance(holder, ast.Name) else getattr(holder, "attr", "")
        is_frame = shown in ("df", "data", "dataset", "train", "test") or shown.endswith(("_df", "df"))
        if given.get("frac") or given.get("replace") or given.get("random_state") or (given.get("n") and is_frame):
            return _sample(machine, scope, node, given)
        if is_frame and (not given.positional or isinstance(given.positional[0], Known)):
            return _sample(machine, scope, node, given)
        return None
    if name == "sample" and isinstance(node.func.value, ast.Attribute) and node.func.value.attr == "action_space":
        machine.draw_later(scope, node, "gymnasium.action_space", "action_space.sample", rule="unseeded-environment")
        return UNKNOWN
    if name in ("seed", "reset") and machine.imports(scope, "gymnasium"):
        value = given.get("seed", 0 if name == "seed" else None)
        if value is not None:
            seeding.seed_with(machine, scope, node, ("gymnasium",), value, f"env.{name}")
            return UNKNOWN
    if name == "seed" and isinstance(node.func.value, ast.Attribute) and node.func.value.attr == "action_space":
        seeding.seed_with(machine, scope, node, ("gymnasium.action_space",), given.get("seed", 0) or NONE, "seed")
        return UNKNOWN
    return _in_place(machine, scope, node, given)


def _in_place(machine: Machine, scope: Scope, node: ast.Call, given: Given) -> Value | None:
    """`weight.data.normal_()` of a tensor."""
    name = getattr(node.func, "attr", "")
    if name in libraries.TORCH_IN_PLACE and machine.imports(scope, "torch"):
        if given.get("generator") is None:
            machine.draw(scope, node, "torch", name)
        return UNKNOWN
    return None


def _is_false(given: Given, name: str) -> bool:
    value = given.get(name)
    return isinstance(value, Known) and value.const is False


def is_open_value(value: Value) -> bool:
    """Whether a value is something only where the user says so."""
    return isinstance(value, Maybe)
