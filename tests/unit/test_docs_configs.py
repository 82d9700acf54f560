"""The page on configs says what is told, names every check, and its example of mlgate.yaml is taken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlgate.config.project_file import parse_project, project_json_schema
from mlgate.gate.config_look import look_at
from mlgate.lint.config_catalogue import CATALOGUE
from mlgate.lint.configs import Asked

PAGE = (Path(__file__).parents[2] / "docs" / "configs.md").read_text(encoding="utf-8")
TOLD = re.findall(r"^```yaml\n(.*?)^```\n\n```text\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
(PROJECT,) = re.findall(r"^```yaml\n(version: 1\n.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("config", "lines"), TOLD)
def test_an_example_is_told_as_the_page_says(config: str, lines: str, tmp_path: Path) -> None:
    (tmp_path / "train.yaml").write_text(config, encoding="utf-8")
    look = look_at(str(tmp_path), "train.yaml", Asked())
    said = [f"{item.line} {item.status} {check}: {item.message}" for check, found in look.judged for item in found]
    assert said == lines.splitlines()


def test_every_check_is_named() -> None:
    assert set(re.findall(r"`(config_\w+)`", PAGE)) == {name for name, _, _ in CATALOGUE}


def test_the_example_of_mlgate_yaml_shows_every_key() -> None:
    project = parse_project(PROJECT, "mlgate.yaml", root=Path("/nowhere"))
    (entry,) = project.configs
    assert (entry.seed, entry.reader, entry.paths) == ("required", "omegaconf", ("data.train", "*.path"))
    keys = project_json_schema()["properties"]["configs"]["items"]["properties"]
    assert set(keys) == set(re.findall(r"^\s+(?:- )?(\w+): ", PROJECT, flags=re.MULTILINE))
