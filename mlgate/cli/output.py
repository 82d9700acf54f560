"""What the commands share: options that also come from the environment, and the way a report leaves the program."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from mlgate.cli import settle_stdout
from mlgate.errors import UsageError
from mlgate.outcome import Report
from mlgate.render import RENDERERS

FORMATS = ("text", "json", "markdown", "junit", "sarif", "github")
FILES = {"report.json": "json", "report.md": "markdown", "report.html": "html", "junit.xml": "junit"}
"""Files that `--output DIR` gets, and the renderer of each."""

Command = TypeVar("Command", bound=Callable[..., Any])


def option(*names: str, **settings: Any) -> Callable[[Command], Command]:
    """A click option that can also be set by `MLGATE_<OPTION>`."""
    long = next(name for name in names if name.startswith("--"))
    settings.setdefault("envvar", "MLGATE_" + long.split("/")[0].lstrip("-").replace("-", "_").upper())
    settings.setdefault("show_default", True)
    return click.option(*names, **settings)


format_option = option(
    "--format", "fmt", type=click.Choice(FORMATS), default="text", help="How the report is written to stdout."
)
memory_option = option(
    "--memory-limit",
    metavar="SIZE",
    help="Memory that reading and checking data may take, e.g. 512MiB; above it work spills to disk. What mlgate.yaml "
    "says, else 1GiB, unless given.",
    show_default=False,
)
config_option = option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="mlgate.yaml; the nearest one unless given.",
    show_default=False,
)
output_option = option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for report.json, .md, .html and junit.xml.",
    show_default=False,
)
mode_option = option(
    "--mode", type=click.Choice(["enforce", "advisory"]), help="Overrides `mode` of mlgate.yaml.", show_default=False
)
name_option = option("--name", default="default", help="Name of the gate; one pull request may carry several.")
strict_option = option("--strict", is_flag=True, default=False, show_default=False, help="A warning blocks, too.")


def write_files(report: Report, folder: Path, root: Path | None = None) -> None:
    """Write the report's files into a folder, which is made if it is not there.

    Parameters
    ----------
    root : the folder that the report's paths start from: a page inside it has links to the files
    """
    from mlgate.render.html import render_html
    from mlgate.sources.files import write_text

    for name, fmt in FILES.items():
        text = render_html(report, way_up(folder, root)) if fmt == "html" else RENDERERS[fmt](report)
        write_text(folder / name, text)


def way_up(folder: Path, root: Path | None) -> str:
    """From a folder to one that it lies in, such as `../..`; empty where it does not.

    Examples
    --------
    >>> way_up(Path("a/b"), Path("a")), way_up(Path("a"), Path("a")), way_up(Path("a"), Path("b"))
    ('..', '.', '')
    """
    if root is None or not folder.resolve().is_relative_to(root.resolve()):
        return ""
    return "/".join([".."] * len(folder.resolve().relative_to(root.resolve()).parts)) or "."


def require_writable(folder: Path) -> None:
    """Refuse a folder for the report that cannot be made or written, before anything is run.

    Raises
    ------
    UsageError
        It, or the folder that it would be made in, may not be written.
    """
    nearest = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise UsageError(f"--output {folder}: {nearest} may not be written", hint="name a folder that can be written")


def finish(
    ctx: click.Context, report: Report, fmt: str, *, exit_code: int | None = None, appendix: str = ""
) -> NoReturn:
    """Print the report, with an appendix below it, and exit with its code; a reader that went away changes nothing."""
    text = RENDERERS["color" if fmt == "text" and _colored(ctx) else fmt](report)
    text += f"\n{appendix}" if appendix else ""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    with suppress(OSError):
        click.echo(text, nl=not text.endswith("\n"))
    settle_stdout()
    ctx.exit(report.exit_code if exit_code is None else exit_code)


def _colored(ctx: click.Context) -> bool:
    """Colour for a person at a terminal who has not asked for none (https://no-color.org)."""
    return sys.stdout is not None and sys.stdout.isatty() and not os.environ.get("NO_COLOR") and ctx.color is not False
