"""Writes the pages of docs/ that are made from the code: checks, commands, inputs of the Action.

`--check` writes nothing and exits 1 where a page is not what the code says.
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import yaml

from mlgate.cli import cli
from mlgate.config.project_file import project_json_schema
from mlgate.config.schema_file import schema_json_schema
from mlgate.outcome import TIERS
from mlgate.registry import CHECKS, OF_THE_RUN, Check

ROOT = Path(__file__).parents[1]
NOTE = "<!-- Made from the code by `make docs`: edit the code, not this page. -->"


def cell(text: str) -> str:
    """Text for a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", r"\|")


def told(check: Check) -> str:
    """A check's documentation for its users: without its own name in front, and without sections for callers."""
    text = re.split(r"\n\n[A-Z][a-z]+\n-{4,}\n", inspect.cleandoc(check.doc))[0].strip()
    text = text.removeprefix(f"`{check.name}`: ")
    return text[0].upper() + text[1:]


def render_checks() -> str:
    """`docs/checks.md`: every check by tier, with the whole of its documentation."""
    lines = ["# Checks", "", NOTE, ""]
    lines.append("An outcome names its check. What each one looks at, and when it is which status:")
    for tier in TIERS:
        checks = sorted((check for check in CHECKS.values() if check.tier == tier), key=lambda check: check.name)
        if not checks:
            continue
        lines += ["", f"## {tier.capitalize()}", "", "| check | in one sentence |", "|---|---|"]
        lines += [f"| [`{check.name}`](#{check.name}) | {cell(told(check).splitlines()[0])} |" for check in checks]
        for check in checks:
            lines += ["", f"### `{check.name}`", "", told(check)]
    lines += ["", "## Of the run itself", "", "| check | in one sentence |", "|---|---|"]
    lines += [f"| `{name}` | {cell(meaning)} |" for name, meaning in OF_THE_RUN.items()]
    return "\n".join(lines) + "\n"


def commands(group: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group by what a user types, the groups themselves left out."""
    if not isinstance(group, click.Group):
        yield path, group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            yield from commands(command, f"{path} {name}")


def render_command(path: str, command: click.Command) -> list[str]:
    """One section: usage, help, table of options."""
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    lines = ["", f"## `{path}`", "", "```", usage, "```", "", inspect.cleandoc(command.help or "")]
    rows = [option_row(parameter) for parameter in command.params if isinstance(parameter, click.Option)]
    if rows:
        lines += ["", "| option | means | default | environment |", "|---|---|---|---|", *rows]
    return lines


def option_row(option: click.Option) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    default = option.to_info_dict()["default"]
    shown = f"`{default}`" if isinstance(default, (str, int, float)) and not option.is_flag else ""
    variable = f"`{option.envvar}`" if isinstance(option.envvar, str) else ""
    return f"| `{cell(names + value_of(option))}` | {cell(option.help or '')} | {shown} | {variable} |"


def value_of(option: click.Option) -> str:
    """What stands behind an option's name; spelled here, since releases of click spell it differently."""
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return f" [{'|'.join(option.type.choices)}]"
    return f" {option.metavar or option.type.name.upper()}"


def render_cli() -> str:
    """`docs/cli.md`: every command with its options."""
    lines = ["# Commands", "", NOTE, "", inspect.cleandoc(cli.help or ""), ""]
    lines += [
        "Exit codes: 0 nothing blocks, 1 a failure, 3 something could not be checked, 2 wrong usage, 130 interrupted."
    ]
    for path, command in commands(cli, "mlgate"):
        lines += render_command(path, command)
    return "\n".join(lines) + "\n"


def render_action() -> str:
    """`docs/action.md`: inputs and outputs of the GitHub Action."""
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    lines = ["# The GitHub Action", "", NOTE, "", cell(action["description"])]
    lines += ["", "| input | means | default |", "|---|---|---|"]
    for name, spec in action["inputs"].items():
        default = f"`{spec['default']}`" if spec.get("default") else ""
        lines.append(f"| `{name}` | {cell(spec['description'])} | {default} |")
    lines += ["", "| output | means |", "|---|---|"]
    lines += [f"| `{name}` | {cell(spec['description'])} |" for name, spec in action["outputs"].items()]
    return "\n".join(lines) + "\n"


def render_json_schema(schema: dict[str, Any]) -> str:
    """The JSON Schema of one of our YAML formats, for editors."""
    return json.dumps(schema, indent=2, allow_nan=False) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "docs/mlgate.schema.json": lambda: render_json_schema(project_json_schema()),
    "docs/data.schema.json": lambda: render_json_schema(schema_json_schema()),
    "docs/checks.md": render_checks,
    "docs/cli.md": render_cli,
    "docs/action.md": render_action,
}


def main(argv: list[str] | None = None) -> int:
    """Write the pages, or with `--check` compare them; the number of pages that differ decides the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a page is out of date")
    check = parser.parse_args(argv).check
    stale = 0
    for name, render in PAGES.items():
        path, text = ROOT / name, render()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if check:
            print(f"{name} is not what the code says: run `make docs`", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
