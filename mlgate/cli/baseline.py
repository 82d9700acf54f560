"""`mlgate baseline`: what a candidate is compared with."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli import say
from mlgate.cli.output import option

config_option = option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="mlgate.yaml; the nearest one unless given.",
    show_default=False,
)
evaluation_option = option(
    "--evaluation", multiple=True, help="Only this evaluation; may be repeated.", show_default=False
)


@click.group()
def baseline() -> None:
    """Show where baselines come from, or record this commit as one."""


@baseline.command()
@config_option
@evaluation_option
@option("--format", "fmt", type=click.Choice(["text", "json"]), default="text", help="How it is written to stdout.")
@click.pass_context
def show(ctx: click.Context, config: Path | None, evaluation: tuple[str, ...], fmt: str) -> None:
    """Which baseline would be used, how it was found, and how old it is."""
    from mlgate.gate.baselines import show_baselines
    from mlgate.gate.run import utc_now

    shown = show_baselines(config, Path.cwd(), evaluation, now=utc_now())
    click.echo(shown.as_json() if fmt == "json" else shown.as_text())
    ctx.exit(shown.exit_code)


@baseline.command()
@config_option
@evaluation_option
@click.pass_context
def save(ctx: click.Context, config: Path | None, evaluation: tuple[str, ...]) -> None:
    """Evaluate this commit and record it as the baseline that mlgate.yaml names.

    Logs the metrics, the predictions and the key that says what they can be compared with.
    """
    from mlgate.gate.baselines import save_baselines
    from mlgate.gate.run import utc_now

    for line in save_baselines(config, Path.cwd(), evaluation, now=utc_now(), progress=say):
        click.echo(line)
    ctx.exit(0)
