"""The options of the hook `mlgate-artifacts`."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.output import finish, format_option, strict_option
from mlgate.errors import UsageError


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--allow", multiple=True, metavar="NAME", help="A name that model files may import: module.name, or package.*"
)
@strict_option
@format_option
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...], allow: tuple[str, ...], strict: bool, fmt: str) -> None:
    """Look into the model files among FILES without loading them: pickles, torch, joblib, Keras, TensorFlow, ONNX."""
    from mlgate.config.artifact_rules import is_entry
    from mlgate.gate.artifacts import check_artifacts

    for name in allow:
        if not is_entry(name):
            raise UsageError(f"--allow {name}: no name that a file imports", hint="write module.name or package.*")
    report = check_artifacts(files, start=Path.cwd(), allow=allow, strict=strict)
    if report.outcomes:
        finish(ctx, report, fmt)
