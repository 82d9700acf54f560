"""`mlgate demo`: the main job on a real small repository."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default="mlgate-demo")
@click.pass_context
def demo(ctx: click.Context, folder: Path) -> None:
    """Make a small repository in DIR and judge three pull requests in it.

    Real data, a model under DVC, a champion in MLflow: an honest improvement, a change that is worse in one slice, and
    data that break their schema. About a minute; no network, no account, nothing to configure. DIR is new or empty
    (mlgate-demo unless given).

    Exits 0 when the three gates said what they should, 3 when one did not.
    """
    from mlgate.demo.play import play

    judged = play(folder, show=click.echo, progress=lambda line: click.echo(line, err=True))
    wrong = [one for one in judged if not one.as_expected]
    for one in wrong:
        found = f"exit {one.exit_code}, expected {one.request.expected}"
        click.echo(f"mlgate: pull request {one.request.number} ended with {found}", err=True)
    ctx.exit(3 if wrong else 0)
