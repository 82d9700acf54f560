"""How `mlgate data check` leaves the program: the report, and the change of the schema that would accept it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import click

from mlgate.cli import say
from mlgate.cli.output import finish, option

if TYPE_CHECKING:
    from mlgate.gate.standalone import DataRequest

accept_option = option(
    "--accept",
    is_flag=True,
    default=False,
    show_default=False,
    help="Change the schema file so that it accepts FILE, as far as the proposed patch does, and check again.",
)


def check_and_finish(ctx: click.Context, request: DataRequest, fmt: str, *, accept: bool) -> NoReturn:
    """Check a file, say what would accept it, or write that, and exit with the code of the report."""
    from mlgate.gate.open_subject import OpenSubject
    from mlgate.gate.standalone import judge_request
    from mlgate.outcome import Status

    with OpenSubject(request.progress) as tables:
        first = None
        if not accept:
            first, subjects = judge_request(request, tables)
            request = replace(request, subjects=subjects)
        if first and all(outcome.status in (Status.PASS, Status.SKIP) for outcome in first.outcomes):
            finish(ctx, first, fmt)  # nothing is to be accepted, so nothing of that is imported
        from mlgate.gate.data_accept import check_and_propose
        from mlgate.render.schema_patch import patch_markdown, patch_text
        from mlgate.render.visible import visible

        report, patches = check_and_propose(request, accept=accept, report=first, tables=tables)
    if accept:
        for found in patches:
            for line in found.diff.replace("\r\n", "\n").split("\n")[:-1]:
                say(visible(line))
    appendix = {"text": patch_text, "markdown": patch_markdown}
    told = appendix[fmt](report) if fmt in appendix else ""
    finish(ctx, report, fmt, appendix=told)
