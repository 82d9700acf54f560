"""Hook `mlgate-dvc`: data is what its DVC pointers say; before a push, the remote has it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from mlgate.cli import run_command
from mlgate.cli.output import finish, format_option, option, strict_option

GIGABYTE = 1_000_000_000


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--remote/--no-remote",
    default=None,
    help="Ask the remote for what the pointers name; at the stage pre-push that is all that is done, unless given.",
)
@option(
    "--max-gigabytes", type=click.FloatRange(min=0), default=10.0, help="Data that is hashed at most; the rest is told."
)
@strict_option
@format_option
@click.pass_context
def check(  # click hands over options by name
    ctx: click.Context, files: tuple[Path, ...], remote: bool | None, max_gigabytes: float, strict: bool, fmt: str
) -> None:
    """Check the data of the repository against its pointer FILES (X.dvc, dvc.lock, dvc.yaml; all unless named)."""
    from mlgate.gate.dvc_pointers import check_pointers

    limit = int(max_gigabytes * GIGABYTE)
    report = check_pointers(files, start=Path.cwd(), remote=remote, most_bytes=limit, strict=strict)
    if report.outcomes:
        finish(ctx, report, fmt)


def main(argv: Sequence[str] | None = None) -> int:
    """Check the repository; 0 nothing blocks, 1 a finding, 2 wrong usage, 3 not checkable."""
    return run_command(check, list(sys.argv[1:] if argv is None else argv))


if __name__ == "__main__":
    sys.exit(main())
