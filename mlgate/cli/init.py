"""`mlgate init`: start with mlgate in a repository."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlgate.cli import say
from mlgate.cli.output import option

if TYPE_CHECKING:
    from mlgate.gate.starter import Started


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False, exists=True), default=".")
@option("--dry-run", is_flag=True, default=False, show_default=False, help="Show every file; write nothing.")
@option(
    "--write-missing",
    is_flag=True,
    default=False,
    show_default=False,
    help="Where there is an mlgate.yaml already: write schemas, hook config and workflow that are missing beside it.",
)
@click.pass_context
def init(ctx: click.Context, directory: Path, dry_run: bool, write_missing: bool) -> None:
    """Look at the repository in DIRECTORY; write mlgate.yaml, schemas, hook config and workflow.

    What is there is never overwritten. Nothing of the repository is run or imported: data, configs, code and
    predictions are judged as `mlgate run` will judge them, and what would block is written as a comment with the
    reason. A second run shows what is new since, as text to paste.
    """
    from mlgate.gate.starter import Asked, start_project

    asked = Asked(dry_run=dry_run, write_missing=write_missing)
    started = start_project(directory.resolve(), asked, progress=say)
    for line in _told(started, dry_run=dry_run):
        click.echo(line.encode("utf-8", "backslashreplace").decode())
    ctx.exit(0)


def _told(started: Started, *, dry_run: bool) -> list[str]:
    """What a person reads: what was seen, what was done, what is left."""
    lines = [f"seen   {line}" for line in started.seen]
    lines += [f"{'would write' if dry_run else 'wrote '} {path}" for path in started.wrote]
    lines += [f"kept   {path} (it was there)" for path in started.kept]
    lines += [f"missing {path} (`mlgate init --write-missing` writes it)" for path in started.missing]
    lines += [f"decide {line}" for line in started.decide]
    for path, added in started.paste.items():
        lines += ["", f"add to {path}:", *(f"  {line}" for line in added)]
    if dry_run:
        for path, text in started.texts.items():
            lines += ["", f"--- {path}", text.rstrip("\n")]
    if started.again and not started.paste and not started.missing:
        lines.append("nothing is new since mlgate.yaml was written")
    lines.append(
        "next   mlgate run" if started.ready else "next   declare in mlgate.yaml what must hold: nothing was found"
    )
    return lines
