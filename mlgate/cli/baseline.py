"""`mlgate baseline`: what a candidate is compared with."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli import say
from mlgate.cli.output import config_option, option
from mlgate.errors import UsageError

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
@option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of `mlgate run --output`: save what that run of this commit has judged.",
    show_default=False,
)
@option(
    "--rescore", is_flag=True, default=False, show_default=False, help="Score the baseline's model on today's data."
)
@option("--force", is_flag=True, default=False, show_default=False, help="Save although the gate says no.")
@click.pass_context
def save(  # click hands over one parameter per option
    ctx: click.Context,
    config: Path | None,
    evaluation: tuple[str, ...],
    report: Path | None,
    rescore: bool,
    force: bool,
) -> None:
    """Record this commit as the baseline that mlgate.yaml names, if the gate lets it pass.

    With --report the verdict is that of a whole run of the gate. Without, the evaluations are made and compared with
    the present baseline here; where there is none yet, the bounds of the metrics decide. Nothing is written and no
    alias moves unless that is a pass or a warning.

    With --rescore the baseline stays: its model is loaded from MLflow in the project's own interpreter, scored on the
    data that `rescore` names, and the predictions are kept beside the old ones. Only for trusted runs.
    """
    from mlgate.gate.run import utc_now

    if rescore and (report is not None or force):
        raise UsageError("--rescore saves no candidate", hint="leave --report and --force out")
    if rescore:
        from mlgate.gate.baseline_rescore import rescore_baselines

        lines = rescore_baselines(config, Path.cwd(), evaluation, now=utc_now(), progress=say)
    else:
        from mlgate.gate.baseline_save import save_baselines

        lines = save_baselines(config, Path.cwd(), evaluation, now=utc_now(), progress=say, report=report, force=force)
    for line in lines:
        click.echo(line)
    ctx.exit(0)
