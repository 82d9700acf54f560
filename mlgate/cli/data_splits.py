"""`mlgate data splits`: what leaks from one part of a table into another."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli import say
from mlgate.cli.output import finish, format_option, option, strict_option


@click.command(short_help="Look for leakage between parts of a table.")
@click.argument("files", nargs=-1, required=True, metavar="NAME=FILE NAME=FILE...")
@option(
    "--entity",
    multiple=True,
    metavar="COLUMN",
    help="Column of what must not stand in two splits, e.g. a patient; repeated, the columns name it together.",
    show_default=False,
)
@option("--time", metavar="COLUMN", help="Column with the moment of a row.", show_default=False)
@option("--gap", metavar="DURATION", help="Time between two splits, e.g. 1d; needs --time.", show_default=False)
@option("--label", metavar="COLUMN", help="Column that a model predicts.", show_default=False)
@option(
    "--ignore",
    multiple=True,
    metavar="COLUMN",
    help="Column that is not compared; may be repeated.",
    show_default=False,
)
@option("--near/--no-near", default=True, help="Look for near-duplicates of numbers and texts.")
@option(
    "--tolerance",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.01,
    help="Standard deviations by which near numbers differ.",
)
@option(
    "--similarity",
    type=click.FloatRange(0.5, 1),
    default=0.7,
    help="Share of their words that near texts have in common.",
)
@option(
    "--text",
    multiple=True,
    metavar="COLUMN",
    help="Column of text to look for near-duplicates in; those that hold sentences unless given.",
    show_default=False,
)
@option(
    "--privacy",
    type=click.Choice(["none", "masked", "full"]),
    default="masked",
    help="What of single rows may appear.",
)
@option(
    "--memory-limit",
    metavar="SIZE",
    help="Memory that reading and comparing may take, e.g. 512MiB; above it work spills to disk.  [default: 1GiB]",
    show_default=False,
)
@strict_option
@format_option
@click.pass_context
def splits(  # noqa: PLR0913, PLR0917  # click hands over one parameter per option
    ctx: click.Context,
    files: tuple[str, ...],
    entity: tuple[str, ...],
    time: str | None,
    gap: str | None,
    label: str | None,
    ignore: tuple[str, ...],
    near: bool,
    tolerance: float,
    similarity: float,
    text: tuple[str, ...],
    privacy: str,
    memory_limit: str | None,
    strict: bool,
    fmt: str,
) -> None:
    """Look for leakage between two or more parts of a table, training first: train=train.csv test=test.csv.

    Rows and nearly equal rows that stand in two parts, entities of one part in another, rows from before the end of an
    earlier part, equal features with another label, and features that know the label.
    """
    from mlgate.config.splits_rules import Near
    from mlgate.gate.data_splits import SplitsRequest, check_split_files, declare

    request = SplitsRequest(
        files=files,
        declared=declare(
            entity=entity,
            time=time,
            gap=gap,
            label=label,
            ignore=ignore,
            near=Near(tolerance=tolerance, similarity=similarity, text=text) if near else None,
        ),
        start=Path.cwd(),
        privacy=privacy,
        strict=strict,
        memory_limit=memory_limit,
        progress=say,
    )
    from mlgate.render.holding import holding_markdown, holding_text

    report = check_split_files(request)
    told = {"text": holding_text, "markdown": holding_markdown}.get(fmt)
    finish(ctx, report, fmt, appendix=told(report) if told else "")
