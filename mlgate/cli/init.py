"""`mlgate init`: start with mlgate in a repository."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli import say


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False, exists=True), default=".")
@click.pass_context
def init(ctx: click.Context, directory: Path) -> None:
    """Look at the repository in DIRECTORY; write mlgate.yaml, schemas, hook config and workflow.

    What is there is never overwritten.
    """
    from mlgate.gate.starter import start_project

    written = start_project(directory.resolve(), progress=say)
    for path in written.wrote:
        click.echo(f"wrote  {path}")
    for path in written.kept:
        click.echo(f"kept   {path} (it was there)")
    for note in written.notes:
        click.echo(f"note   {note}")
    click.echo(
        "next   mlgate run" if written.ready else "next   declare in mlgate.yaml what must hold: nothing was found"
    )
    ctx.exit(0)
