"""`mlgate lint`: static rules over Python files and notebooks."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli import say
from mlgate.cli.output import finish, format_option, option, strict_option
from mlgate.lint.families import FAMILIES
from mlgate.outcome import Status


@click.command()
@click.argument("paths", nargs=-1, type=click.Path())
@option("--fix", is_flag=True, default=False, show_default=False, help="Mend in place what can be mended safely.")
@option(
    "--rule", "rules", metavar="RULE", multiple=True, show_default=False, help="Tell only this rule; repeat for more."
)
@option(
    "--family",
    "families",
    type=click.Choice(list(FAMILIES)),
    multiple=True,
    show_default=False,
    help="Ask only the rules of this family; repeat for more.",
)
@option("--no-cache", is_flag=True, default=False, show_default=False, help="Judge every file anew.")
@strict_option
@format_option
@click.option("--hook", is_flag=True, hidden=True, help="Files that are skipped are nothing to tell of.")
@click.pass_context
def lint(  # noqa: PLR0913, PLR0917  # one parameter per option
    ctx: click.Context,
    paths: tuple[str, ...],
    fix: bool,
    rules: tuple[str, ...],
    families: tuple[str, ...],
    no_cache: bool,
    strict: bool,
    fmt: str,
    hook: bool,
) -> None:
    """Judge Python files and notebooks: randomness, tests, hygiene of notebooks.

    PATHS are files and folders; without any, those that mlgate.yaml declares. Nothing of them is executed. A finding is
    ignored by a comment `# mlgate: ignore[RULE] reason`. The rules are in docs/rules.md.
    """
    from mlgate.gate.lint import LintRequest, lint_paths

    request = LintRequest(
        paths=paths,
        start=Path.cwd(),
        families=families or tuple(FAMILIES),
        rules=rules,
        fix=fix,
        cache=not no_cache,
        strict=strict,
        progress=say,
    )
    report = lint_paths(request)
    skipped = bool(report.outcomes) and all(outcome.status is Status.SKIP for outcome in report.outcomes)
    finish(ctx, report, fmt, exit_code=0 if hook and skipped else None)
