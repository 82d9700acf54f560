"""`mlgate data`: one data file against its schema, or a schema from a data file."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.output import finish, format_option, option, strict_option

PRIVACY = click.Choice(["none", "masked", "full"])


@click.group()
def data() -> None:
    """Check data files and propose schemas."""


@data.command()
@click.argument("file")
@option(
    "--schema",
    type=click.Path(path_type=Path),
    help="Schema file; what mlgate.yaml declares for FILE unless given.",
    show_default=False,
)
@option("--environment", help="Environment of the data, e.g. training.", show_default=False)
@option("--privacy", type=PRIVACY, default="masked", help="What of single rows may appear.")
@strict_option
@format_option
@click.pass_context
def check(  # noqa: PLR0913, PLR0917  # click hands over one parameter per option
    ctx: click.Context, file: str, schema: Path | None, environment: str | None, privacy: str, strict: bool, fmt: str
) -> None:
    """Check FILE (a path or a glob of CSV, TSV, JSON lines or Parquet, also .gz and .zst).

    Without a schema the file's hygiene is judged: rows that cannot be read, mixed types, duplicate headers.
    """
    from mlgate.gate.standalone import DataRequest, check_data_file

    request = DataRequest(
        file=file, schema=schema, environment=environment, privacy=privacy, start=Path.cwd(), strict=strict
    )
    finish(ctx, check_data_file(request), fmt)


@data.command()
@click.argument("file")
@option(
    "--schema-file",
    "-o",
    "output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Schema file to write; stdout unless given.",
    show_default=False,
)
@click.pass_context
def infer(ctx: click.Context, file: str, output: Path | None) -> None:
    """Propose a schema for FILE: cautious, commented, and true of the file it came from."""
    from mlgate.errors import UsageError
    from mlgate.gate.standalone import infer_data_schema
    from mlgate.sources.files import write_new

    text = infer_data_schema(file, start=Path.cwd())
    if output is None:
        click.echo(text, nl=False)
    elif not write_new(output, text):
        raise UsageError(f"{output} exists", hint="name another file, or remove it first: nothing is overwritten")
    else:
        click.echo(f"wrote {output}", err=True)
    ctx.exit(0)
