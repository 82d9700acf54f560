"""The command line: translate arguments, call the gate, print the report, exit.

Exit codes are fixed: 0 nothing blocks, 1 a `fail`, 3 an `error`, 2 wrong usage or a mistake in our YAML files, 130
interrupted. An unexpected exception is 3, never 0 and never 1.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

import click

import mlgate
from mlgate.errors import MlgateError

INTERRUPTED = 130

COMMANDS = {
    "baseline": "mlgate.cli.baseline:baseline",
    "comment": "mlgate.cli.comment:comment",
    "compare": "mlgate.cli.compare:compare",
    "config": "mlgate.cli.config:config",
    "data": "mlgate.cli.data:data",
    "demo": "mlgate.cli.demo:demo",
    "github": "mlgate.cli.github:github",
    "history": "mlgate.cli.history:history",
    "init": "mlgate.cli.init:init",
    "lint": "mlgate.cli.lint:lint",
    "plan": "mlgate.cli.plan:plan",
    "power": "mlgate.cli.power:power",
    "report": "mlgate.cli.report:report",
    "run": "mlgate.cli.run:run",
}
"""Where each command lives; a module is imported when its command is called."""


class LazyGroup(click.Group):
    """A group whose commands are imported on use, so that a hook pays only for what it runs.

    Parameters
    ----------
    where : module and name of each command that is not added to the group itself
    """

    def __init__(self, *args: Any, where: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.where = where

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.where})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.where:
            return super().get_command(ctx, cmd_name)
        module, name = self.where[cmd_name].split(":")
        command = getattr(importlib.import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{self.where[cmd_name]} is not a command")
        return command


@click.group(cls=LazyGroup, where=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(mlgate.__version__, prog_name="mlgate")
@click.option("--debug", is_flag=True, envvar="MLGATE_DEBUG", help="Show the traceback of an unexpected error.")
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:
    """The gate in front of every machine-learning merge: did this change make the model worse, and how sure are we?"""
    ctx.obj = debug


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the contract's code."""
    signal.signal(signal.SIGTERM, _terminate)
    arguments = list(sys.argv[1:] if argv is None else argv)
    code = run_command(cli, arguments, debug="--debug" in arguments or _is_set("MLGATE_DEBUG"))
    settle_stdout()
    sys.exit(code)


def _is_set(name: str) -> bool:
    return os.environ.get(name, "").lower() not in ("", "0", "false", "no", "off", "n", "f")


def run_command(command: click.Command, arguments: Sequence[str], *, debug: bool = False) -> int:
    """Call a click command and translate however it ends into an exit code.

    The one place where errors become text. Also used by the hooks.
    """
    try:
        result = command.main(args=list(arguments), prog_name="mlgate", standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.UsageError as mistake:
        with suppress(OSError):
            mistake.show()
        return 2
    except click.ClickException as mistake:
        with suppress(OSError):
            mistake.show()
        return 3
    except SystemExit:
        # click leaves with 1 where the reader of stdout went away: nothing was shown, so nothing has passed.
        return 3
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        return INTERRUPTED
    except MlgateError as mistake:
        if debug:
            traceback.print_exc()
        say(f"mlgate: {mistake}")
        return mistake.exit_code
    except Exception as unexpected:  # noqa: BLE001  # the contract: an unexpected exception is 3, with a short message
        if debug:
            traceback.print_exc()
        say(f"mlgate: unexpected {type(unexpected).__name__}: {unexpected}")
        say("  hint: this is a defect of mlgate; run again with `mlgate --debug ...` and report the traceback")
        return 3
    return result if isinstance(result, int) else 0


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    """A runner that is cancelled sends SIGTERM: stop as on Ctrl-C, so that the report so far is written."""
    raise KeyboardInterrupt


def settle_stdout() -> None:
    """Flush stdout; where its reader went away, point it at nothing, so that the flush at exit cannot fail again."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(line: str) -> None:
    """Progress on stderr; a reader that went away changes nothing."""
    with suppress(OSError):
        click.echo(line.encode("utf-8", "backslashreplace").decode(), err=True)
