"""The options of the hook `mlgate-data`."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.output import finish, format_option, memory_option, option, strict_option
from mlgate_hooks.data import MAX_MEGABYTES, judged


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--max-megabytes",
    type=click.FloatRange(min=0),
    default=MAX_MEGABYTES,
    help="Larger files are left to the pull request.",
)
@memory_option
@strict_option
@format_option
@click.pass_context
def check(  # click hands over options by name
    ctx: click.Context,
    files: tuple[Path, ...],
    max_megabytes: float,
    memory_limit: str | None,
    strict: bool,
    fmt: str,
) -> None:
    """Check data FILES against their declared schemas; a file without one is judged for hygiene.

    A schema among FILES stands for the datasets that it is declared for, an mlgate.yaml for all of its datasets.
    """
    report = judged(files, max_megabytes=max_megabytes, strict=strict, memory=memory_limit)
    if report.outcomes:
        finish(ctx, report, fmt)
