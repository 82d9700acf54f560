"""Libraries of command lines."""

from __future__ import annotations

from collections.abc import Callable

from mlgate.lint.seeds import handing, options
from mlgate.lint.seeds.arguments import Given
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.values import UNKNOWN, Class, Function, Instance, Items, Parser, Table, Value


def _parser(_call: Call) -> Value:
    return Parser()


def _namespace(call: Call) -> Value:
    return Instance(None, dict(call.given.keywords))


def _typer_option(call: Call) -> Value:
    return options.typer_option(call.given)


def _run_by_options(call: Call) -> Value:
    """A function, a class or a table of them is run with the options of the command line: its defaults hold."""
    target = call.get("component", 0)
    if target is None:
        values = list(call.scope.names.values())
    elif isinstance(target, Table):
        values = list(target.entries.values())
    else:
        values = target.elements if isinstance(target, Items) else [target]
    machine = call.machine
    for value in values:
        before = machine.path.copy()
        if isinstance(value, Function):
            machine.invoke(value, Given(by_options=True))
        elif isinstance(value, Class):
            machine.make(value, Given(), call.scope, call.node)
        if len(values) > 1:
            machine.path = before
    return UNKNOWN


def _parsed_into_records(call: Call) -> Value:
    """Objects of the classes that it is given are filled; a function is called."""
    made = options.records_of(call)
    if call.given.positional and isinstance(call.given.positional[0], Function):
        return call.machine.invoke(call.given.positional[0], Given(by_options=True))
    return made[0] if made else UNKNOWN


def _absl_main(call: Call) -> Value:
    handing.hand_over(call.machine, call.given, call.name)
    return UNKNOWN


_CALLS: dict[str, Callable[[Call], Value]] = {
    **dict.fromkeys(("typer.Option", "typer.Argument"), _typer_option),
    **dict.fromkeys(("typer.run", "fire.Fire", "hydra_zen.zen"), _run_by_options),
    **dict.fromkeys(
        ("tyro.cli", "simple_parsing.parse", "jsonargparse.CLI", "draccus.parse", "pyrallis.parse", "chz.entrypoint"),
        _parsed_into_records,
    ),
    "absl.app.run": _absl_main,
}
_MAKERS = {"ArgumentParser": _parser, "ArgParser": _parser, "Namespace": _namespace}


def command_line(call: Call) -> Value | None:
    """argparse, click's relatives, absl and those that fill dataclasses."""
    if call.name.startswith("absl.flags.DEFINE_"):
        options.absl_flag(call)
        return UNKNOWN
    action = _CALLS.get(call.name) or _MAKERS.get(call.last)
    return action(call) if action else None


HANDLERS = dict.fromkeys(
    (
        "argparse",
        "configargparse",
        "jsonargparse",
        "typer",
        "fire",
        "tyro",
        "simple_parsing",
        "draccus",
        "pyrallis",
        "chz",
        "absl",
        "hydra_zen",
    ),
    command_line,
)
