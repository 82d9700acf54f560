"""`mlgate history`: how the metrics of main have moved."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.baseline import evaluation_option
from mlgate.cli.output import config_option, option


@click.command()
@config_option
@evaluation_option
@option("--format", "fmt", type=click.Choice(["text", "json"]), default="text", help="How it is written to stdout.")
@click.pass_context
def history(ctx: click.Context, config: Path | None, evaluation: tuple[str, ...], fmt: str) -> None:
    """Show the recorded runs of main: the trend of every metric, and declines that no single merge shows.

    Judges nothing: it exits 0 whatever the trend, 2 where no history is declared, 3 where its store cannot be reached.
    """
    from mlgate.gate.history_show import show_history

    shown = show_history(config, Path.cwd(), evaluation)
    click.echo(shown.as_json() if fmt == "json" else shown.as_text())
    ctx.exit(0)
