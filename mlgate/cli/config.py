"""`mlgate config`: configs and our own YAML files."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.output import finish, format_option, option, strict_option


@click.group()
def config() -> None:
    """Check configuration files, or propose a JSON Schema for them."""


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
    """Check FILES: mlgate.yaml, data schemas, and YAML, JSON, TOML or ini configs.

    What is found in a file is a failure (exit 1); files that cannot be read are errors (exit 3).
    """
    from mlgate.gate.config_check import check_config_files

    finish(ctx, check_config_files(files, schema=schema, start=Path.cwd(), strict=strict), fmt)


@config.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the schema to this new file.")
def infer(files: tuple[Path, ...], output: Path | None) -> None:
    """Propose a JSON Schema (draft 2020-12) from one or several configs that are right.

    FILES satisfy it: types as they are, keys that all of them have required, no other keys. Three or more FILES bound
    numbers, four or more name the only texts.
    """
    from mlgate.cli import say
    from mlgate.errors import UsageError
    from mlgate.gate.config_infer import infer_config_schema
    from mlgate.sources.files import write_new

    text, said = infer_config_schema(files, start=Path.cwd())
    if output is None:
        click.echo(text, nl=False)
    elif not write_new(output, text):
        raise UsageError(f"{output} exists", hint="name another file, or remove it first: nothing is overwritten")
    else:
        said.append(f"wrote {output}; declare it: configs: [{{files: ..., schema: {output.as_posix()}}}]")
    for line in said:
        say(line)
