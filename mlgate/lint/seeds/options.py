"""Options of command lines: argparse, click, typer, hydra, absl and their like say what a seed is by default."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlgate.lint.seeds.arguments import Given
from mlgate.lint.seeds.libraries import canonical
from mlgate.lint.seeds.values import (
    FIXED,
    NONE,
    UNKNOWN,
    External,
    Function,
    Instance,
    Items,
    Known,
    Maybe,
    Option,
    Parser,
    Result,
    Scope,
    Value,
    is_none,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine

_FLAGS = {"store_true": Known(False), "store_false": Known(True), "count": Known(0)}
SEED_NAMES = frozenset({"seed", "random_seed", "rng_seed", "random_state", "manual_seed", "manualseed", "seed_value"})


def option(default: Value | None, name: str) -> Value:
    """The value of an option that the user may give: its default, or nothing."""
    if default is None or is_none(default):
        return Maybe(name)
    if isinstance(default, (Known, Items)):
        return Option(default, name)
    return default


def is_seed_name(name: str) -> bool:
    """Whether an option, constant or parameter is called as a seed is."""
    return name.lower().lstrip("-").replace("-", "_") in SEED_NAMES


def add_argument(machine: Machine, scope: Scope, parser: Parser, given: Given, node: ast.Call) -> None:
    """`parser.add_argument(...)`: the namespace gets one more value."""
    flags = [value.const for value in given.positional if isinstance(value, Known) and isinstance(value.const, str)]
    destination = given.keywords.get("dest")
    if isinstance(destination, Known) and isinstance(destination.const, str):
        name, shown = destination.const, destination.const
    elif flags:
        longest = next((flag for flag in flags if flag.startswith("--")), flags[0])
        name, shown = longest.lstrip("-").replace("-", "_"), longest
    else:
        return
    action = given.keywords.get("action")
    default = given.keywords.get("default")
    required = given.keywords.get("required")
    is_positional = bool(flags) and not flags[0].startswith("-")
    many = given.keywords.get("nargs")
    if isinstance(action, Known) and action.const in _FLAGS and default is None:
        value: Value = Option(_FLAGS[str(action.const)], shown)
    elif isinstance(action, External) and action.name.endswith("BooleanOptionalAction"):
        value = option(default, shown)
    elif (isinstance(required, Known) and required.const) or (
        is_positional and not (isinstance(many, Known) and many.const in ("?", "*"))
    ):
        value = FIXED
    else:
        value = option(default, shown)
    parser.namespace.attrs[name] = value
    if is_seed_name(name):
        machine.namespaces.append((parser.namespace, name, node, scope.module))


def parsed(parser: Parser) -> Instance:
    """What `parse_args()` returns."""
    return parser.namespace


def declared_by_decorator(machine: Machine, scope: Scope, decorator: ast.expr, function: Function) -> None:
    """Keep what a decorator says of the parameters: `@click.option("--seed", default=42)`."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    if not isinstance(called, (ast.Name, ast.Attribute)):
        return
    target = machine.evaluate(scope, called)
    name = canonical(target.name) if isinstance(target, External) else ""
    if name in ("click.option", "click.argument", "rich_click.option", "rich_click.argument"):
        if isinstance(decorator, ast.Call):
            _click(machine, scope, decorator, function, is_argument=name.endswith("argument"))
    elif name in ("hydra.main", "hydra_zen.main"):
        for parameter in function.node.args.args:
            function.decorated[parameter.arg] = FIXED
    elif isinstance(called, ast.Attribute) and called.attr in ("command", "callback", "main", "capture", "automain"):
        function.decorated.setdefault("", NONE)
        machine.commands.append(function)
        if called.attr in ("main", "automain", "capture"):  # sacred: values come from its config
            for parameter in function.node.args.args:
                function.decorated[parameter.arg] = FIXED
    elif name in ("gin.configurable", "pytest.fixture"):
        for parameter in function.node.args.args:
            function.decorated.setdefault(parameter.arg, FIXED)


def _click(machine: Machine, scope: Scope, node: ast.Call, function: Function, *, is_argument: bool) -> None:
    names = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    keywords = {word.arg: machine.evaluate(scope, word.value) for word in node.keywords if word.arg}
    if not names:
        return
    bare = [name for name in names if not name.startswith("-")]
    shown = next((name for name in names if name.startswith("--")), names[0]).partition("/")[0]
    name = bare[0] if bare else shown.lstrip("-")
    required = keywords.get("required")
    is_flag = keywords.get("is_flag")
    default = keywords.get("default")
    if isinstance(is_flag, Known) and is_flag.const and default is None:
        value: Value = Option(Known(False), shown)
    elif (isinstance(required, Known) and required.const) or (is_argument and default is None and required is None):
        value = FIXED
    else:
        value = option(default, shown)
    function.decorated[name.replace("-", "_").lower()] = value


def typer_option(given: Given) -> Value:
    """`typer.Option(42, ...)` as the default of a parameter: `...` stands for required."""
    default = given.get("default", 0)
    if isinstance(default, Known) and default.const is ...:
        return FIXED
    return option(default, "an option")


def absl_flag(machine: Machine, given: Given) -> None:
    """`flags.DEFINE_integer("seed", 42, ...)`: FLAGS gets one more value."""
    name = given.get("name", 0)
    if isinstance(name, Known) and isinstance(name.const, str):
        machine.flags.attrs[name.const] = option(given.get("default", 1), f"--{name.const}")


def environment_variable(given: Given) -> Value:
    """`os.environ.get("SEED", 42)`."""
    name = given.get("key", 0)
    shown = f"${name.const}" if isinstance(name, Known) else "a variable"
    return option(given.get("default", 1), shown)


def records_of(given: Given, machine: Machine, scope: Scope, node: ast.AST) -> list[Value]:
    """Objects of the classes that a parser of options is given: each field holds its default."""
    from mlgate.lint.seeds.values import Class

    found: list[Value] = []
    for value in given.positional[:1] or list(given.keywords.values())[:1]:
        for item in value.elements if isinstance(value, Items) else [value]:
            if isinstance(item, Class):
                made = machine.make(item, Given(), scope, node)
                for name, held in list(made.attrs.items()):
                    made.attrs[name] = option(held, f"--{name}") if isinstance(held, Known) else held
                found.append(made)
            elif isinstance(item, External):
                found.append(Result(item.name))
            else:
                found.append(UNKNOWN)
    return found
