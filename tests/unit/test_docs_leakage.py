"""The page on leakage says what is checked and declared: every check, every key, and examples that parse."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import click

from mlgate.cli.data_splits import splits
from mlgate.config.project_file import parse_project
from mlgate.config.splits_rules import Limits, Near
from mlgate.data.leakage.catalogue import CATALOGUE

PAGE = (Path(__file__).parents[2] / "docs" / "leakage.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_every_check_is_told_once() -> None:
    told = re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)
    assert sorted(told) == sorted(name for name, _, _ in CATALOGUE)


def test_the_example_shows_every_limit_with_its_default() -> None:
    (entry,) = parse_project(EXAMPLE, "mlgate.yaml", root=Path("/project")).splits
    shown = asdict(entry.limits)
    assert {name for name in shown if re.search(rf"^      {name}:", EXAMPLE, flags=re.MULTILINE)} == set(shown)
    assert shown | {"near_duplicate_texts": 0.0} == asdict(Limits())
    assert entry.near == Near(text=("report",))


def test_the_commands_are_understood() -> None:
    commands = re.findall(r"^mlgate data splits (.*)$", PAGE, flags=re.MULTILINE)
    assert len(commands) == 2
    for line in commands:
        context = splits.make_context("splits", line.split(), resilient_parsing=False)
        assert isinstance(context, click.Context)
        assert len(context.params["files"]) >= 2
