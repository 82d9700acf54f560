"""`mlgate comment`: put a report on the pull request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlgate.cli import say
from mlgate.cli.output import option
from mlgate.errors import SourceError

if TYPE_CHECKING:
    from mlgate.gate.posting import Desk, Posted


@click.command()
@option(
    "--report",
    "directory",
    show_default=False,
    type=click.Path(path_type=Path),
    help="Folder that `mlgate run --output` wrote.",
)
@option(
    "--from-artifact",
    "artifact",
    show_default=False,
    type=click.Path(path_type=Path),
    help="ZIP file or folder that the run before this one uploaded (`on: workflow_run`); nothing in it is trusted.",
)
@option("--from-run", is_flag=True, show_default=False, help="The same, fetched: its artifacts `mlgate-report*`.")
@option("--name", show_default="the gate's name", help="Tells several comments on one pull request apart.")
@option(
    "--check",
    type=click.Choice(["start", "finish"]),
    show_default="only where the comment is refused",
    help="Put a check run on the head commit: start it before the gate runs, finish it with the report.",
)
@option("--summary/--no-summary", default=True, help="Without a comment the job's summary gets the report.")
def comment(
    directory: Path | None,
    artifact: Path | None,
    name: str | None,
    check: str | None,
    *,
    from_run: bool,
    summary: bool,
) -> int:
    """Create or update the pull-request comment.

    Works in a GitHub workflow; GITHUB_TOKEN needs the permission `pull-requests: write`. Where the comment is refused,
    it falls back to a check run (`checks: write`), then to annotations, and always says why. Exits with 0 when the
    report stands in one of these places, whatever the verdict, and prints the address of the comment.
    """
    from mlgate.gate.posting import Desk
    from mlgate.sources.github import GitHubContext
    from mlgate.sources.reports import load_report

    given = [directory is not None, artifact is not None, from_run]
    if sum(given) != (0 if check == "start" else 1):
        raise click.UsageError("give one of --report, --from-artifact and --from-run; with --check start none of them")
    desk = Desk(context=GitHubContext.from_environment(os.environ), check=check == "finish")
    if check == "start":
        return _start(desk, name or "default")
    try:
        if directory is None:
            posts = [_show(posted, summary=summary) for posted in desk.post_reported(artifact, name)]
        else:
            report = load_report(directory)
            posts = [_show(desk.post(report, name or report.gate), summary=summary)]
    except SourceError as problem:
        if desk.check or directory is None:
            _fail(desk, name or "default", problem, reported=directory is None)
        raise
    return 0 if all(posts) else SourceError.exit_code


def _start(desk: Desk, name: str) -> int:
    """A check run that cannot be started is told; the gate runs without it."""
    try:
        started = desk.start(name)
    except SourceError as problem:
        say(f"mlgate: no check run: {problem}")
    else:
        say("check run started")
        click.echo(started.url)
    return 0


def _show(posted: Posted, *, summary: bool) -> bool:
    """Say where the report stands; whether it does."""
    from mlgate.gate.posting import fall_back
    from mlgate.sources.reports import write_step_output

    for kind, key, place in (("comment", "comment-url", posted.comment), ("check run", "check-url", posted.check)):
        if place is not None:
            say(f"{kind} {place.action}")
            click.echo(place.url)
            write_step_output(os.environ, key, place.url)
    commands = fall_back(posted, os.environ, summary=summary)
    if commands:
        click.echo(commands, nl=False)
    else:
        for refusal in posted.refused:
            say(f"mlgate: {refusal}")
    return posted.comment is not None or posted.check is not None or bool(commands)


def _fail(desk: Desk, name: str, problem: SourceError, *, reported: bool) -> None:
    """A check run that was started does not stay in progress because there is no report."""
    try:
        click.echo(desk.fail(name, problem, reported=reported).url)
    except SourceError as refusal:
        say(f"mlgate: no check run: {refusal}")
