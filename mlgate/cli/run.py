"""`mlgate run`: the gate."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli import INTERRUPTED, say
from mlgate.cli.output import (
    config_option,
    finish,
    format_option,
    memory_option,
    mode_option,
    name_option,
    option,
    output_option,
    require_writable,
    strict_option,
    write_files,
)
from mlgate.errors import SourceError
from mlgate.outcome import TIERS


@click.command()
@config_option
@option(
    "--tier",
    "tiers",
    multiple=True,
    type=click.Choice(TIERS),
    help="Run only this tier; may be repeated.",
    show_default=False,
)
@output_option
@option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of results that later runs reuse; in the folder of Git unless given.",
    show_default=False,
)
@option("--no-cache", is_flag=True, default=False, show_default=False, help="Run everything, whatever was proven.")
@option(
    "--plan",
    type=click.Path(path_type=Path),
    help="Run one job of a plan that `mlgate plan --format json` wrote; with --job.",
    show_default=False,
)
@option("--job", metavar="NAME", help="The job of the plan, such as unit-1.", show_default=False)
@option("--keep-going", is_flag=True, default=False, show_default=False, help="Run the next tier although one failed.")
@mode_option
@memory_option
@name_option
@strict_option
@format_option
@click.pass_context
def run(  # noqa: PLR0913, PLR0917  # click hands over one parameter per option
    ctx: click.Context,
    config: Path | None,
    tiers: tuple[str, ...],
    output: Path | None,
    cache: Path | None,
    no_cache: bool,
    plan: Path | None,
    job: str | None,
    keep_going: bool,
    mode: str | None,
    memory_limit: str | None,
    name: str,
    strict: bool,
    fmt: str,
) -> None:
    """Run the gate: tests, data and models of this repository, cheapest tier first.

    Exits 0 when nothing blocks, 1 on a failure, 3 when something could not be checked, 2 on wrong usage.
    """
    from mlgate.gate.run import Request, run_gate

    debug = bool(ctx.find_root().obj)
    request = Request(
        debug=debug,
        config=config,
        start=Path.cwd(),
        tiers=tiers,
        keep_going=keep_going,
        mode=mode,
        name=name,
        strict=strict,
        memory_limit=memory_limit,
        reuse=not no_cache,
        cache=cache,
        output=output,
        plan=plan,
        job=job,
    )
    if output is not None:
        require_writable(output)
    done = run_gate(request, progress=say)
    code = INTERRUPTED if done.interrupted else done.report.exit_code
    if output is not None:
        try:
            write_files(done.report, output, done.root)
        except SourceError as problem:  # what was found is still shown, and a verdict without its files is no pass
            say(f"mlgate: {problem}")
            code = code or problem.exit_code
    if done.interrupted:
        say("interrupted: this is the report so far")
    finish(ctx, done.report, fmt, exit_code=code)
