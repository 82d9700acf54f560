"""`mlgate report`: the reports of several jobs as one."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mlgate.cli import say
from mlgate.cli.output import finish, format_option, option, output_option, require_writable, strict_option, write_files
from mlgate.errors import SourceError


@click.command()
@click.argument("folders", nargs=-1, metavar="DIR...", type=click.Path(path_type=Path))
@option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path),
    help="What had to run, as `mlgate plan --format json` wrote it: a job of it without a report is an error.",
    show_default=False,
)
@option(
    "--absent",
    metavar="JSON",
    help="Why jobs of the plan have no report: an object of reasons by their names, as `mlgate github queue` has it.",
    show_default=False,
)
@output_option
@strict_option
@format_option
@click.pass_context
def report(  # noqa: PLR0913, PLR0917  # click hands over one parameter per option
    ctx: click.Context,
    folders: tuple[Path, ...],
    plan_file: Path | None,
    absent: str | None,
    output: Path | None,
    strict: bool,
    fmt: str,
) -> None:
    """Merge the reports of several jobs into one.

    DIR is a folder that `mlgate run --output` wrote, or a folder of such folders. A report that is missing, damaged,
    there twice, or of another commit is an error in the merged one.
    """
    from dataclasses import replace

    from mlgate.gate.file_times import keep_times
    from mlgate.gate.report_merge import merge_folders, project_around, utc_now

    if output is not None:
        require_writable(output)
    merged = merge_folders(folders, plan_file, absent=_reasons(absent), clock=utc_now)
    merged = replace(merged, strict=merged.strict or strict)
    code, root = merged.exit_code, project_around(Path.cwd())
    if root is not None:
        keep_times(root, merged.outcomes)
    if output is not None:
        try:
            write_files(merged, output, root)
        except SourceError as problem:  # as in `mlgate run`: a verdict without its files is no pass
            say(f"mlgate: {problem}")
            code = code or problem.exit_code
    finish(ctx, merged, fmt, exit_code=code)


def _reasons(text: str | None) -> dict[str, str]:
    """Reasons by the names of jobs; nothing where nothing was given."""
    try:
        said = json.loads(text or "{}")
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not all(isinstance(reason, str) for reason in said.values()):
        raise click.UsageError('--absent is no JSON object of texts, such as {"model-1": "no runner took the job"}')
    return said
