"""`mlgate plan`: what must run for this change, and why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlgate.cli import settle_stdout
from mlgate.cli.output import config_option, mode_option, name_option, option
from mlgate.errors import SourceError

if TYPE_CHECKING:
    from mlgate.pyramid.plan_file import Plan


@click.command()
@config_option
@option(
    "--base",
    metavar="REV",
    help="Revision to compare with; the merge base with the branch that this work goes to, unless given.",
    show_default=False,
)
@option(
    "--max-shards", type=click.IntRange(1, 256), default=8, help="Jobs that the tests of one tier are dealt out to."
)
@option(
    "--shard-seconds",
    type=click.FloatRange(min=1),
    default=300.0,
    help="Tests that one job should have, by what they took before; a tier with less is one job.",
)
@mode_option
@name_option
@option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of results that are reused; in the folder of Git unless given.",
    show_default=False,
)
@option("--no-cache", is_flag=True, default=False, show_default=False, help="Reuse nothing, whatever was proven.")
@option(
    "--fork",
    is_flag=True,
    default=False,
    show_default=False,
    help="The commit is a stranger's: withhold the jobs that need secrets, a GPU or a runner of your own.",
)
@option(
    "--draft", is_flag=True, default=False, show_default=False, help="A draft: withhold the jobs of the second stage."
)
@option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the plan as JSON to this file.",
    show_default=False,
)
@option(
    "--format",
    "fmt",
    type=click.Choice(["text", "json", "matrix"]),
    default="text",
    help="For a person, for `mlgate run --plan` and `mlgate report --plan`, or for the matrix of a workflow.",
)
def plan(  # noqa: PLR0913, PLR0917  # click hands over one parameter per option
    config: Path | None,
    base: str | None,
    max_shards: int,
    shard_seconds: float,
    mode: str | None,
    name: str,
    cache: Path | None,
    no_cache: bool,
    fork: bool,
    draft: bool,
    output: Path | None,
    fmt: str,
) -> None:
    """Say what must run for this change, and why.

    Compares the files as they are with the merge base. A test file runs where something that it imports, declares or
    may have read differs; without a merge base everything runs. Runs nothing itself, and exits 0.
    """
    from mlgate.gate.plan import PlanRequest, make_plan, utc_now
    from mlgate.pyramid.matrix import Sharding

    request = PlanRequest(
        start=Path.cwd(),
        config=config,
        base=base,
        name=name,
        mode=mode,
        cache=cache,
        reuse=not no_cache,
        output=output,
        fork=fork,
        draft=draft,
        sharding=Sharding(max_shards=max_shards, shard_seconds=shard_seconds),
    )
    made = make_plan(request, clock=utc_now)
    if output is not None:
        from mlgate.sources.files import write_text

        write_text(output, _written(made, "json"))
    try:
        click.echo(_written(made, fmt), nl=False)
        sys.stdout.flush()
    except OSError as problem:  # a workflow reads it: half of it must not look like a plan
        settle_stdout()
        raise SourceError(f"the plan cannot be written: {problem.strerror}", hint="is the disk full?") from None


def _written(made: Plan, fmt: str) -> str:
    import json

    from mlgate.pyramid.matrix import matrix_of
    from mlgate.pyramid.plan_file import plan_to_dict

    if fmt == "matrix":  # one line: it becomes an output of a workflow's step
        return json.dumps(matrix_of(made), allow_nan=False, separators=(",", ":")) + "\n"
    if fmt == "json":
        return json.dumps(plan_to_dict(made), allow_nan=False, indent=2) + "\n"
    from mlgate.render.plan_text import render_plan

    return render_plan(plan_to_dict(made)).encode("utf-8", "backslashreplace").decode("utf-8")
