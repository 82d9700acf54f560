"""`mlgate data import`: a schema from a file of Great Expectations, Pandera or Frictionless."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli import say
from mlgate.cli.output import option

KINDS = click.Choice(["gx", "pandera", "frictionless"])


@click.command("import")
@click.argument("file")
@option(
    "--schema-file",
    "-o",
    "output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Schema file to write; stdout unless given.",
    show_default=False,
)
@option("--from", "kind", type=KINDS, help="What FILE is; found in the file unless given.", show_default=False)
@option("--resource", help="Which resource of a Frictionless package.", show_default=False)
@click.pass_context
def import_(ctx: click.Context, file: str, output: Path | None, kind: str | None, resource: str | None) -> None:
    """Write a schema from another tool's FILE.

    FILE is a Great Expectations suite, a Pandera schema or a Frictionless Table Schema. What is not imported, and what
    is judged otherwise than before, is listed on stderr and at the end of the schema.
    """
    from mlgate.errors import UsageError
    from mlgate.gate.data_import import import_data_schema
    from mlgate.sources.files import write_new

    found = import_data_schema(file, start=Path.cwd(), kind=kind or "", resource=resource or "")
    if output is None:
        click.echo(found.text, nl=False)
    elif not write_new(output, found.text):
        raise UsageError(f"{output} exists", hint="name another file, or remove it first: nothing is overwritten")
    else:
        say(f"wrote {output}")
    for line in found.told():
        say(line)
    ctx.exit(0)
