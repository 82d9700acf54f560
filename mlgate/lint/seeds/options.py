"""Options of command lines: argparse, click, typer, hydra, absl and their like say what a seed is by default."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlgate.lint.seeds import settings_files
from mlgate.lint.seeds.arguments import Given
from mlgate.lint.seeds.libraries import canonical
from mlgate.lint.seeds.values import (
    FIXED,
    NONE,
    UNKNOWN,
    Class,
    External,
    Function,
    Items,
    Known,
    Maybe,
    Option,
    Parser,
    Result,
    Value,
    is_none,
    is_true,
    text_of,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.call import Call
    from mlgate.lint.seeds.machine import Machine
    from mlgate.lint.seeds.scopes import Scope

_FLAGS = {"store_true": Known(False), "store_false": Known(True), "count": Known(0)}
_CLICK = frozenset({"click.option", "click.argument", "rich_click.option", "rich_click.argument"})
_COMMANDS = frozenset({"command", "callback", "main", "capture", "automain"})
"""Methods that register a command, by libraries of command lines."""
_OF_SACRED = frozenset({"main", "automain", "capture"})
"""Those whose parameters get their values from a config."""
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


def add_argument(call: Call, parser: Parser) -> None:
    """`parser.add_argument(...)`: the namespace gets one more value."""
    flags = [text for value in call.given.positional if (text := text_of(value)) is not None]
    destination = text_of(call.get("dest") or UNKNOWN)
    if destination is not None:
        name = shown = destination
    elif flags:
        shown = next((flag for flag in flags if flag.startswith("--")), flags[0])
        name = shown.lstrip("-").replace("-", "_")
    else:
        return
    is_positional = bool(flags) and not flags[0].startswith("-")
    parser.namespace.attrs[name] = _argument(call, shown, is_positional=is_positional)
    if is_seed_name(name):
        call.machine.namespaces.append((parser.namespace, name, call.node, call.scope.module))


def _argument(call: Call, shown: str, *, is_positional: bool) -> Value:
    """What an argument of argparse is where the user does not give it."""
    action, default = call.get("action"), call.get("default")
    if isinstance(action, Known) and action.const in _FLAGS and default is None:
        return Option(_FLAGS[str(action.const)], shown)
    if isinstance(action, External) and action.name.endswith("BooleanOptionalAction"):
        return option(default, shown)
    may_be_left_out = text_of(call.get("nargs") or UNKNOWN) in ("?", "*")
    if is_true(call.get("required")) or (is_positional and not may_be_left_out):
        return FIXED
    return option(default, shown)


def declared_by_decorator(machine: Machine, scope: Scope, decorator: ast.expr, function: Function) -> None:
    """Keep what a decorator says of the parameters: `@click.option("--seed", default=42)`."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    if not isinstance(called, (ast.Name, ast.Attribute)):
        return
    target = machine.evaluate(scope, called)
    name = canonical(target.name) if isinstance(target, External) else ""
    if name in _CLICK:
        if isinstance(decorator, ast.Call):
            _click(machine, scope, decorator, function, is_argument=name.endswith("argument"))
    elif name in ("hydra.main", "hydra_zen.main"):
        _fill_with_config(function, settings_files.of_hydra(machine, scope, decorator))
    elif isinstance(called, ast.Attribute) and called.attr in _COMMANDS:
        function.decorated.setdefault("", NONE)
        machine.commands.append(function)
        if called.attr in _OF_SACRED:
            _fill_with_config(function)
    elif name in ("gin.configurable", "pytest.fixture"):
        for parameter in function.node.args.args:
            function.decorated.setdefault(parameter.arg, FIXED)


def _fill_with_config(function: Function, value: Value = FIXED) -> None:
    """A config gives every parameter its value."""
    function.decorated.update({parameter.arg: value for parameter in function.node.args.args})


def _click(machine: Machine, scope: Scope, node: ast.Call, function: Function, *, is_argument: bool) -> None:
    names = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    keywords = {word.arg: machine.evaluate(scope, word.value) for word in node.keywords if word.arg}
    if not names:
        return
    bare = [name for name in names if not name.startswith("-")]
    shown = next((name for name in names if name.startswith("--")), names[0]).partition("/")[0]
    name = bare[0] if bare else shown.lstrip("-")
    default = keywords.get("default")
    if is_true(keywords.get("is_flag")) and default is None:
        value: Value = Option(Known(False), shown)
    elif is_true(keywords.get("required")) or (is_argument and default is None and "required" not in keywords):
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


def absl_flag(call: Call) -> None:
    """`flags.DEFINE_integer("seed", 42, ...)`: FLAGS gets one more value."""
    name = text_of(call.get("name", 0) or UNKNOWN)
    if name is not None:
        call.machine.flags.attrs[name] = option(call.get("default", 1), f"--{name}")


def environment_variable(given: Given) -> Value:
    """`os.environ.get("SEED", 42)`."""
    name = given.get("key", 0)
    shown = f"${name.const}" if isinstance(name, Known) else "a variable"
    return option(given.get("default", 1), shown)


def records_of(call: Call) -> list[Value]:
    """Objects of the classes that a parser of options is given: each field holds its default."""
    given = call.given
    found: list[Value] = []
    for value in given.positional[:1] or list(given.keywords.values())[:1]:
        for item in value.elements if isinstance(value, Items) else [value]:
            if isinstance(item, Class):
                made = call.machine.make(item, Given(), call.scope, call.node)
                for name, held in list(made.attrs.items()):
                    made.attrs[name] = option(held, f"--{name}") if isinstance(held, Known) else held
                found.append(made)
            else:
                found.append(Result(item.name) if isinstance(item, External) else UNKNOWN)
    return found
