"""`mlgate config`: configs and our own YAML files."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.output import finish, format_option, option, strict_option


@click.group()
def config() -> None:
    """Check configuration files."""


@config.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--schema",
    type=click.Path(path_type=Path),
    help="JSON Schema for all FILES; else what mlgate.yaml declares.",
    show_default=False,
)
@strict_option
@format_option
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...], schema: Path | None, strict: bool, fmt: str) -> None:
    """Check FILES: mlgate.yaml, data schemas, and YAML, JSON or TOML configs.

    What is found in a file is a failure (exit 1); files that cannot be read are errors (exit 3).
    """
    from mlgate.gate.config_check import check_config_files

    finish(ctx, check_config_files(files, schema=schema, start=Path.cwd(), strict=strict), fmt)
