"""`mlgate github`: what a workflow of several jobs asks of GitHub."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import click

from mlgate.cli import say
from mlgate.cli.output import option
from mlgate.errors import SourceError


@click.group()
def github() -> None:
    """For workflows of several jobs: wait for their runners, check what a maintainer has reviewed."""


@github.command()
@option(
    "--plan",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="plan.json whose jobs of the second stage are waited for.",
    show_default=False,
)
@option("--minutes", default=30, type=click.IntRange(1, 1440), help="So long may a job wait for a runner.")
def queue(plan: Path, minutes: int) -> int:
    """Wait until runners have taken the jobs of the second stage; end the run where one stays away.

    Works in a job of the workflow; GITHUB_TOKEN needs the permission `actions: write`. A job that waits behind another
    one of the run for the same kind of runner is not late, and nothing is ended while one of these jobs is at work. The
    step's output `absent` names the jobs that were not taken, for `mlgate report --absent`. Exits with 0 when all were
    taken, with 3 when the run was ended.
    """
    from mlgate.gate.report_merge import load_plan
    from mlgate.gate.runner_queue import Clock, Queue, end_run_without_runner
    from mlgate.sources.github_context import GitHubContext
    from mlgate.sources.github_jobs import WorkflowRun
    from mlgate.sources.reports import write_step_output

    names = tuple(job.name for job in load_plan(plan).jobs if job.stage > 1 and not job.withheld)
    context, run = GitHubContext.from_environment(os.environ), WorkflowRun.from_environment(os.environ)
    clock = Clock(now=time.monotonic, sleep=time.sleep)
    late = end_run_without_runner(context, run, Queue(names, minutes * 60.0), clock=clock, say=say)
    if late:  # the workflow takes a run that ended without this for one that a person ended
        write_step_output(os.environ, "absent", json.dumps(late))
    for name, reason in late.items():
        click.echo(f"{name}: {reason}")
    return SourceError.exit_code if late else 0


@github.command()
@click.argument("number", type=click.IntRange(1))
@click.argument("commit")
def reviewed(number: int, commit: str) -> None:
    """Check that COMMIT is the head of the open pull request NUMBER, as the maintainer says who has read it.

    Only then may its code see secrets. Prints the branch that the pull request is to be merged into. GITHUB_TOKEN needs
    the permission `pull-requests: read`.
    """
    from mlgate.sources.github import conversation
    from mlgate.sources.github_context import GitHubContext, commit_id
    from mlgate.sources.github_jobs import require_reviewed_head

    if commit_id(commit) is None:
        raise click.UsageError("COMMIT is not the full id of a commit: copy it from the pull request")
    context = GitHubContext.from_environment(os.environ)
    with conversation(context) as client:
        branch = require_reviewed_head(client, context, number, commit)
    say(f"commit {commit} is the head of pull request {number}")
    click.echo(branch)
