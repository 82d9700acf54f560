"""`mlgate comment`: put a report on the pull request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlgate.cli import say
from mlgate.cli.output import option
from mlgate.errors import MlgateError, SourceError

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
    given = [directory is not None, artifact is not None, from_run]
    if sum(given) != (0 if check == "start" else 1):
        raise click.UsageError("give one of --report, --from-artifact and --from-run; with --check start none of them")
    if check == "start":
        return _start(name or "default")
    if directory is None:
        return _post_reported(artifact, name, check, summary=summary)
    return _post(directory, name, check, summary=summary)


def _desk(check: str | None) -> Desk:
    from mlgate.gate.posting import Desk
    from mlgate.sources.github import GitHubContext

    return Desk(context=GitHubContext.from_environment(os.environ), check=check == "finish")


def _post(directory: Path, name: str | None, check: str | None, *, summary: bool) -> int:
    """A report of this run."""
    from mlgate.gate.posting import Posted
    from mlgate.sources.reports import load_report

    try:
        desk = _desk(check)
    except MlgateError as problem:
        if os.environ.get("GITHUB_ACTIONS") != "true":
            raise
        return _code(_show(Posted(report=load_report(directory), refused=(str(problem),)), summary=summary))
    try:
        report = load_report(directory)
    except SourceError as problem:
        if desk.check:
            _fail(desk, name or "default", problem, reported=False)
        raise
    return _code(_show(desk.post(report, name or report.gate), summary=summary))


def _post_reported(path: Path | None, name: str | None, check: str | None, *, summary: bool) -> int:
    """What a run before this one uploaded."""
    desk = _desk(check)
    try:
        shown = [_show(posted, summary=summary) for posted in desk.post_reported(path, name)]
    except SourceError as problem:
        _fail(desk, name or "default", problem, reported=True)
        raise
    return _code(all(shown))


def _code(shown: bool) -> int:
    return 0 if shown else SourceError.exit_code


def _start(name: str) -> int:
    """A check run that cannot be started is told; the gate runs without it."""
    desk = _desk(None)
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
