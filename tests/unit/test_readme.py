"""What the README shows is true: its commands exist, its files are read, its first two commands are those it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from mlgate.cli import cli
from mlgate.config.project_file import parse_project

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


COMMANDS = [line for block in blocks("console") for line in block.splitlines() if line]


def test_the_first_command_is_the_demo_and_the_second_the_tests() -> None:
    assert COMMANDS[:2] == ["make demo", "make test"]
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {"demo", "test"} <= set(targets)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def command_of(line: str) -> click.Command | None:
    """The click command that a line of a shell names, its options checked by name."""
    words = shlex.split(line)[1:]
    command: click.Command | None = cli
    context = click.Context(cli)
    while isinstance(command, click.Group) and words:
        command = command.get_command(context, words.pop(0))
    if command is not None:
        known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
        assert all(word.split("=")[0] in known for word in words if word.startswith("--")), line
    return command


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith("mlgate ")])
def test_every_command_shown_exists(line: str) -> None:
    assert command_of(line) is not None


def test_every_command_of_the_table_exists() -> None:
    shown = re.findall(r"^\| `(mlgate [^`]+)`", README, flags=re.MULTILINE)
    assert len(shown) >= 8
    for line in shown:
        assert command_of(line.replace("...", "").replace("[DIR]", "")) is not None, line


def test_the_project_file_shown_is_read() -> None:
    shown = [text for text in blocks("yaml") if text.startswith("version: 1")]
    assert len(shown) == 1
    project = parse_project(shown[0], "mlgate.yaml", root=ROOT)
    assert project.evaluations["readmission"].slices == ("sex", "age_group")


def test_the_hooks_shown_are_those_of_the_manifest() -> None:
    manifest = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    shown = [
        hook["id"]
        for text in blocks("yaml")
        if text.startswith("repos:")
        for hook in yaml.safe_load(text)["repos"][0]["hooks"]
    ]
    assert shown == [hook["id"] for hook in manifest]
