"""`mlgate data diff`: what changed between two versions of a data file."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli import say
from mlgate.cli.output import memory_option, option


@click.command()
@click.argument("old")
@click.argument("new")
@option(
    "--key",
    multiple=True,
    metavar="COLUMN",
    help="Column that names a row; may be repeated. What mlgate.yaml declares for the file unless given.",
    show_default=False,
)
@option(
    "--schema",
    type=click.Path(path_type=Path),
    help="Schema file: how text is read, and which values may be shown. What mlgate.yaml declares unless given.",
    show_default=False,
)
@option(
    "--privacy",
    type=click.Choice(["none", "masked", "full"]),
    default="masked",
    help="Whether values of rows are shown (full), or only those that a schema declares.",
)
@memory_option
@option(
    "--format",
    "fmt",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="How the diff is written to stdout.",
)
@click.pass_context
def diff(  # noqa: PLR0913, PLR0917  # click hands over one parameter per option
    ctx: click.Context,
    old: str,
    new: str,
    key: tuple[str, ...],
    schema: Path | None,
    privacy: str,
    memory_limit: str | None,
    fmt: str,
) -> None:
    """Show what changed from OLD to NEW.

    That is columns, what they hold, and rows. Each is a path or glob, or a file of another revision: git:REV:PATH, or
    dvc:REV:PATH for data of DVC. Without PATH the other one's is taken, without REV the merge base:
    `mlgate data diff git data/train.csv`.

    Nothing is judged: it exits 0 whatever has changed, and 3 where the two cannot be compared.
    """
    from mlgate.gate.data_diff import DiffRequest, diff_data

    request = DiffRequest(
        before=old,
        after=new,
        start=Path.cwd(),
        key=key,
        schema=schema,
        privacy=privacy,
        memory_limit=memory_limit,
        progress=say,
    )
    click.echo(_written(diff_data(request), fmt), nl=False)
    ctx.exit(0)


def _written(found: dict[str, object], fmt: str) -> str:
    from mlgate.outcome import to_json

    if fmt == "json":
        import json

        return json.dumps(to_json(found), indent=2, allow_nan=False, ensure_ascii=False) + "\n"
    if fmt == "markdown":
        from mlgate.render.data_diff_markdown import diff_markdown

        return diff_markdown(found)
    from mlgate.render.data_diff import diff_text

    return diff_text(found)
