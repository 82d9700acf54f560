"""Hook `mlgate-data`: changed data files against the schemas that mlgate.yaml declares for them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from mlgate.cli import run_command
from mlgate.cli.output import finish, format_option, memory_option, option, strict_option
from mlgate.errors import UsageError

MEGABYTE = 1_000_000


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--max-megabytes", type=click.FloatRange(min=0), default=100.0, help="Larger files are left to the pull request."
)
@memory_option
@strict_option
@format_option
@click.pass_context
def check(
    ctx: click.Context,
    files: tuple[Path, ...],
    max_megabytes: float,
    memory_limit: str | None,
    strict: bool,
    fmt: str,
) -> None:
    """Check data FILES against their declared schemas; a file without one is judged for hygiene."""
    from mlgate.gate.standalone import check_data_files

    if importlib.util.find_spec("duckdb") is None:
        raise UsageError(
            "the hook mlgate-data needs duckdb, which is not in its environment",
            hint='your additional_dependencies replace ours: add "duckdb>=1.2.2" to them in .pre-commit-config.yaml',
        )
    limit = int(max_megabytes * MEGABYTE)
    report = check_data_files(files, start=Path.cwd(), limit_bytes=limit, strict=strict, memory=memory_limit)
    finish(ctx, report, fmt)


def main(argv: Sequence[str] | None = None) -> int:
    """Check the files that pre-commit names; 0 nothing blocks, 1 a finding, 2 wrong usage, 3 not checkable."""
    return run_command(check, list(sys.argv[1:] if argv is None else argv))


if __name__ == "__main__":
    sys.exit(main())
