"""The page on drift says what is checked and declared: every check, every key, and examples that are real."""

from __future__ import annotations

import random
import re
from pathlib import Path

import click
import pytest
import yaml

from mlgate.cli.data_drift import drift, profile
from mlgate.config.drift_rules import DriftKind, DriftRules, Thresholds
from mlgate.config.project_file import parse_project
from mlgate.data.drift import parse_profile
from mlgate.data.drift.catalogue import CATALOGUE
from mlgate.gate.data_drift import DriftRequest, drift_report

PAGE = (Path(__file__).parents[2] / "docs" / "drift.md").read_text(encoding="utf-8")
PROJECT, PROFILE = re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
(MESSAGE,) = re.findall(r"^```text\n(.*?)\n```", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_every_check_is_told_once() -> None:
    table = PAGE.partition("| check | asks |")[2].partition("\n\n")[0]
    told = [
        name
        for line in table.splitlines()
        for name in re.findall(r"`(\w+)`", line.split("|")[1] if "|" in line else "")
    ]
    assert sorted(told) == sorted(name for name, _, _ in CATALOGUE)


def test_the_example_shows_every_key_and_the_defaults() -> None:
    first, grouped, by_profile = parse_project(PROJECT, "mlgate.yaml", root=Path("/project")).drift
    keys = set(yaml.safe_load(PROJECT)["drift"][0])
    assert keys | {"group"} == set(DriftKind().json_schema()["items"]["properties"])
    assert (first.rules.alpha, first.rules.minimum_rows) == (DriftRules().alpha, DriftRules().minimum_rows)
    assert first.rules.thresholds == Thresholds()
    assert grouped.rules.group == "patient_id"
    assert by_profile.is_profile


def test_the_profile_is_one() -> None:
    read = parse_profile(PROFILE, "docs/drift.md")
    assert read.columns["patient_id"].left_out
    assert read.columns["visits"].present == 1969


@pytest.mark.parametrize("command", [drift, profile])
def test_the_commands_are_understood(command: click.Command) -> None:
    lines = re.findall(rf"^mlgate data {command.name} (.*?)(?: +#.*)?$", PAGE, flags=re.MULTILINE)
    assert lines
    for line in lines:
        assert command.make_context(command.name or "", line.replace('"', "").split())


def test_the_message_is_a_real_one(tmp_path: Path) -> None:
    def table(seed: int, wards: dict[str, float]) -> str:
        draw = random.Random(seed)
        chosen = draw.choices(list(wards), list(wards.values()), k=2000)
        rows = (f"{ward},{draw.gauss(0, 1)}" for ward in chosen)
        return "ward,x\n" + "\n".join(rows) + "\n"

    (tmp_path / "train.csv").write_text(table(1, {"A": 0.5, "B": 0.45, "C1": 0.05}), encoding="utf-8")
    (tmp_path / "june.csv").write_text(table(2, {"A": 0.47, "B": 0.42, "C1": 0.11}), encoding="utf-8")
    request = DriftRequest(reference="train.csv", current="june.csv", rules=DriftRules(), start=tmp_path)
    (found,) = [one.message for one in drift_report(request).outcomes if one.subject == "june.csv.ward"]
    form = re.sub(r"[0-9.]+(e-[0-9]+)?", "N", MESSAGE.replace("C1", "C"))
    assert re.sub(r"[0-9.]+(e-[0-9]+)?", "N", found.replace("C1", "C")) == form
