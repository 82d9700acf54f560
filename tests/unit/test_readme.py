"""What the README shows is true: its commands exist or run, its files are read, its first two commands are those it says."""

from __future__ import annotations

import csv
import random
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from mlgate.cli import COMMANDS as INSTALLED
from mlgate.cli import cli, run_command
from mlgate.config.metric_specs import METRICS
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
    for line in shown:
        assert command_of(line.replace("...", "").replace("[DIR]", "")) is not None, line
    assert {line.split()[1] for line in shown} == set(INSTALLED)


@pytest.fixture
def two_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two files of the examples, with the columns that the README shows; the candidate is a little better."""
    names = blocks("csv")[0].splitlines()[0].split(",")
    assert names == ["example_id", "label", "prediction", "score", "sex"]
    chance = random.Random(0)
    people = [(number, chance.randint(0, 1), chance.choice("FM")) for number in range(1001, 2001)]
    for file, right in (("baseline.csv", 0.80), ("candidate.csv", 0.84)):
        with (tmp_path / file).open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(names)
            for number, label, sex in people:
                score = (
                    chance.betavariate(4, 2) if (chance.random() < right) == bool(label) else chance.betavariate(2, 4)
                )
                writer.writerow([number, label, int(score > 0.5), f"{score:.4f}", sex])
    monkeypatch.chdir(tmp_path)


RUN_AS_SHOWN = [line for line in COMMANDS if line.startswith(("mlgate compare ", "mlgate power "))]


@pytest.mark.usefixtures("two_models")
@pytest.mark.parametrize("line", RUN_AS_SHOWN)
def test_comparisons_and_plans_run_as_shown(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(cli, shlex.split(line)[1:]) == 0, capsys.readouterr()
    shown = capsys.readouterr().out
    assert ("rows to pass" if " power " in line else "90 % interval") in shown


def test_both_commands_are_shown() -> None:
    assert {line.split()[1] for line in RUN_AS_SHOWN} == {"compare", "power"}


@pytest.mark.usefixtures("two_models")
@pytest.mark.filterwarnings("ignore::mlgate.NotSettledWarning")
def test_the_python_shown_runs(capsys: pytest.CaptureFixture[str]) -> None:
    code = next(block for block in blocks("python") if block.startswith("import mlgate\n"))
    found: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), found)  # noqa: S102  # the README is ours
    assert "accuracy" in capsys.readouterr().out
    assert isinstance(found["rows"], list)
    assert len(found["rows"]) == 2
    tests = [value for name, value in found.items() if name.startswith("test_") and callable(value)]
    assert len(tests) == 1
    tests[0]()


def test_the_test_shown_runs(tmp_path: Path) -> None:
    (code,) = (block for block in blocks("python") if "pytest.mark.mlgate" in block)
    (tmp_path / "test_shown.py").write_text(code, encoding="utf-8")
    for options, ended in ((["--mlgate-update-golden"], 0), ([], 0)):
        arguments = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
        done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == ended, done.stdout


def test_the_data_commands_run_as_shown_and_say_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A gap in the block is three dots; every other line is one of the output, in its order."""
    monkeypatch.chdir(tmp_path)
    wards = [("A1", "A2", "B1")[row % 3] for row in range(300)]
    for file, last in (("visits.csv", wards[-2:]), ("new.csv", ["C1", "C1"])):
        lines = [f"{1000 + row},{20 + row * 7 % 70},{ward}\n" for row, ward in enumerate([*wards[:-2], *last])]
        Path(file).write_text("visit,age,ward\n" + "".join(lines), encoding="utf-8")
    infer, check, accept = (line for line in COMMANDS if line.startswith("mlgate data "))
    assert run_command(cli, shlex.split(infer)[1:]) == 0
    assert run_command(cli, shlex.split(infer.replace("infer", "check").replace("-o", "--schema"))[1:]) == 0
    capsys.readouterr()
    assert run_command(cli, shlex.split(check)[1:]) == 1
    said = iter(capsys.readouterr().out.splitlines())
    (shown,) = blocks("text")
    for line in shown.splitlines():
        assert line == "..." or line in said, line
    before = Path("visits.yaml").read_text(encoding="utf-8")
    assert run_command(cli, shlex.split(accept)[1:]) == 0
    after = Path("visits.yaml").read_text(encoding="utf-8")
    assert after == before.replace("[A1, A2, B1]", "[A1, A2, B1, C1]")


def test_the_project_files_shown_are_read() -> None:
    simple, tiers, rich = (text for text in blocks("yaml") if text.startswith("version: 1"))
    assert parse_project(tiers, "mlgate.yaml", root=ROOT).tiers["model"].quarantine
    project = parse_project(simple, "mlgate.yaml", root=ROOT)
    assert project.evaluations["readmission"].slices == ("sex", "age_group")
    evaluation = parse_project(rich, "mlgate.yaml", root=ROOT).evaluations["readmission"]
    tolerances = {metric.name: (metric.tolerance, metric.relative) for metric in evaluation.metrics}
    assert tolerances["log_loss"] == (0.02, True)
    assert evaluation.columns.group == "patient"
    assert evaluation.golden is not None


def test_the_number_of_metrics_is_right() -> None:
    assert re.findall(r"([0-9]+) metrics", " ".join(README.split())) == [str(len(METRICS))]


def test_the_hooks_shown_are_those_of_the_manifest() -> None:
    manifest = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    shown = [
        hook["id"]
        for text in blocks("yaml")
        if text.startswith("repos:")
        for hook in yaml.safe_load(text)["repos"][0]["hooks"]
    ]
    assert shown == [hook["id"] for hook in manifest]
