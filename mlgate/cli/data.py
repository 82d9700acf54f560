"""`mlgate data`: one data file against its schema, or a schema from a data file."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli import LazyGroup, say
from mlgate.cli.data_accept import accept_option, check_and_finish
from mlgate.cli.output import format_option, memory_option, option, strict_option

PRIVACY = click.Choice(["none", "masked", "full"])


COMMANDS = {
    "diff": "mlgate.cli.data_diff:diff",
    "drift": "mlgate.cli.data_drift:drift",
    "import": "mlgate.cli.data_import:import_",
    "profile": "mlgate.cli.data_drift:profile",
    "skew": "mlgate.cli.data_skew:skew",
    "splits": "mlgate.cli.data_splits:splits",
}


@click.group(cls=LazyGroup, where=COMMANDS)
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
@option(
    "--privacy",
    type=PRIVACY,
    default="masked",
    help="What of single rows may appear; for a file that mlgate.yaml declares, `privacy` there says so.",
)
@option(
    "--reference",
    "references",
    multiple=True,
    metavar="NAME=FILE",
    help="File of a dataset that the schema refers to by name; may be repeated.",
    show_default=False,
)
@memory_option
@accept_option
@strict_option
@format_option
@click.pass_context
def check(  # noqa: PLR0913, PLR0917  # click hands over one parameter per option
    ctx: click.Context,
    file: str,
    schema: Path | None,
    environment: str | None,
    privacy: str,
    references: tuple[str, ...],
    memory_limit: str | None,
    accept: bool,
    strict: bool,
    fmt: str,
) -> None:
    """Check FILE against its schema.

    FILE is a path, a folder or a glob of CSV, TSV, JSON lines or Parquet, also .gz and .zst. Without a schema its
    hygiene is judged: rows that cannot be read, mixed types, duplicate headers. Where it fails, the smallest change of
    the schema that would accept it is shown, too.
    """
    from mlgate.gate.standalone import DataRequest

    request = DataRequest(
        file=file,
        schema=schema,
        environment=environment,
        privacy=privacy,
        start=Path.cwd(),
        strict=strict,
        references=references,
        memory_limit=memory_limit,
        progress=say,
    )
    check_and_finish(ctx, request, fmt, accept=accept)


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
@option("--ranges", is_flag=True, help="Make the suggested ranges checks; otherwise they are comments.")
@option(
    "--memory-limit",
    metavar="SIZE",
    help="Memory that reading may take, e.g. 512MiB; above it work spills to disk. 1GiB unless given.",
    show_default=False,
)
@click.pass_context
def infer(ctx: click.Context, file: str, output: Path | None, ranges: bool, memory_limit: str | None) -> None:
    """Propose a schema for FILE.

    It is cautious, commented, and true of what it came from. FILE is a path, a folder or a glob, as for
    `mlgate data check`.
    """
    from mlgate.errors import UsageError
    from mlgate.gate.standalone import infer_data_schema
    from mlgate.sources.files import write_new

    text = infer_data_schema(file, start=Path.cwd(), ranges=ranges, memory=memory_limit)
    if output is None:
        click.echo(text, nl=False)
    elif not write_new(output, text):
        raise UsageError(f"{output} exists", hint="name another file, or remove it first: nothing is overwritten")
    else:
        click.echo(f"wrote {output}", err=True)
    ctx.exit(0)
