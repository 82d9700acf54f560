"""`mlgate comment`: put a report on the pull request."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mlgate.cli.output import option


@click.command()
@option(
    "--report",
    "directory",
    required=True,
    show_default=False,
    type=click.Path(path_type=Path),
    help="Folder that `mlgate run --output` wrote.",
)
@option("--name", show_default="the gate's name", help="Tells several comments on one pull request apart.")
def comment(directory: Path, name: str | None) -> None:
    """Create or update the pull-request comment.

    Works in a GitHub workflow; GITHUB_TOKEN needs the permission `pull-requests: write`. Exits with 0 when the
    comment stands, whatever the verdict, and prints its address.
    """
    from mlgate.render.markdown import render_comment
    from mlgate.sources.github import GitHubContext, body_budget, post_comment
    from mlgate.sources.reports import load_report, write_step_output

    context = GitHubContext.from_environment(os.environ)
    report = load_report(directory)
    name = name or report.gate
    budget = body_budget(name)
    posted = post_comment(context, lambda present: render_comment(report, present, max_bytes=budget), name)
    click.echo(f"comment {posted.action}", err=True)
    click.echo(posted.url)
    write_step_output(os.environ, "comment-url", posted.url)
