"""Every exit code of the contract, and how each end of a command becomes one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from mlgate.cli import cli, run_command
from mlgate.errors import ConfigError, MlgateError, SourceError, UsageError


def ending(raises: BaseException | None = None, exit_code: int | None = None) -> click.Command:
    @click.command()
    @click.pass_context
    def command(ctx: click.Context) -> None:
        if raises is not None:
            raise raises
        if exit_code is not None:
            ctx.exit(exit_code)

    return command


@pytest.mark.parametrize(
    ("problem", "code", "words"),
    [
        (None, 0, ""),
        (MlgateError("no baseline", hint="save one"), 3, "mlgate: no baseline\n  hint: save one\n"),
        (SourceError("dead server", hint="start it"), 3, "hint: start it"),
        (UsageError("wrong", hint="right"), 2, "mlgate: wrong"),
        (ConfigError("unknown key", path="mlgate.yaml", line=3, column=5), 2, "mlgate.yaml:3:5: unknown key"),
        (click.UsageError("no such option"), 2, "no such option"),
        (click.BadParameter("bad"), 2, "bad"),
        (click.FileError("x", "gone"), 3, "gone"),
        (click.Abort(), 130, "interrupted"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (ValueError("what"), 3, "unexpected ValueError: what"),
        (RecursionError(), 3, "unexpected RecursionError"),
    ],
)
def test_every_end_has_its_code_and_its_words(
    problem: BaseException | None, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(ending(problem), []) == code
    said = capsys.readouterr()
    assert words in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


@pytest.mark.parametrize("code", [0, 1, 2, 3, 130])
def test_a_command_that_exits_keeps_its_code(code: int) -> None:
    assert run_command(ending(exit_code=code), []) == code


def test_debug_shows_the_traceback_of_an_unexpected_exception(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(ending(ValueError("what")), [], debug=True) == 3
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-such-option"],
        ["nothing"],
        ["run", "--tier", "units"],
        ["run", "--format", "pdf"],
        ["data", "check"],
        ["config", "check"],
    ],
)
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(cli, arguments) == 2
    assert "Usage" in capsys.readouterr().err


def test_help_and_version_are_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(cli, ["--help"]) == 0
    assert run_command(cli, ["--version"]) == 0
    assert "mlgate, version" in capsys.readouterr().out


def test_an_option_can_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLGATE_FORMAT", "json")
    assert run_command(cli, ["config", "check", "a.yaml"]) == 0
    assert capsys.readouterr().out.startswith("{")


def project(folder: Path, tests: str) -> None:
    (folder / "tests").mkdir()
    (folder / "tests" / "test_it.py").write_text(tests)
    (folder / "mlgate.yaml").write_text("version: 1\ntiers: {unit: {tests: [tests]}}\n")


def environment() -> dict[str, str]:
    """The interpreter of this test first on PATH, so that its pytest runs the project's tests."""
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": search, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_writes_its_report_and_exits_130(tmp_path: Path, number: signal.Signals) -> None:
    project(
        tmp_path,
        "import pathlib, time\ndef test_first(): pass\ndef test_slow():\n    pathlib.Path('started').touch()\n    time.sleep(60)\n",
    )
    command = [sys.executable, "-m", "mlgate", "run", "--output", "out", "--format", "json"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not (tmp_path / "started").exists() and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    report = (tmp_path / "out" / "report.json").read_text()
    assert "unit/tests/test_it.py::test_first" in report
    assert "unit/interrupted" in report
    assert '"verdict": "error"' in report


def test_a_reader_that_goes_away_does_not_change_the_verdict(tmp_path: Path) -> None:
    project(tmp_path, "def test_wrong(): assert 0\n")
    command = [sys.executable, "-m", "mlgate", "run"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), stdout=writing, stderr=subprocess.PIPE, check=False, text=True
    )
    os.close(writing)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
