"""The hooks `mlgate-seeds` and `mlgate-tests`: silent on a clean commit, else the words of `mlgate lint`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlgate.cli import run_command
from mlgate.cli.lint import lint as command
from mlgate_hooks import lint as hook
from mlgate_hooks.seeds import main as seeds
from mlgate_hooks.tests import main as of_tests

UNSEEDED = "import random\n\nprint(random.random())\n"
SEEDED = "import random\n\nrandom.seed(42)\nprint(random.random())\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(repository: Path, **texts: str) -> None:
    for name, text in texts.items():
        (repository / name.replace("__", ".")).write_text(text, encoding="utf-8")


def test_a_clean_commit_says_nothing_and_never_reaches_the_command(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def reached(*_: object) -> int:
        pytest.fail("the command was reached")

    monkeypatch.setattr("mlgate.cli.run_command", reached)
    write(repository, a__py=SEEDED, b__py="x = 1\n", test_a__py="def test_it():\n    assert f(1) == 2\n")
    assert seeds(["a.py", "b.py", "test_a.py"]) == 0
    assert of_tests(["test_a.py"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("texts", "code", "words"),
    [
        ({"a__py": UNSEEDED}, 1, "unseeded-random"),
        ({"a__py": "y = (\n"}, 3, "line 1: not valid Python"),
        ({"a__py": "print 1\n"}, 3, "written for Python 2"),
        ({}, 3, "there is no such file"),
        ({"a__py": SEEDED + "# mlgate: ignore[unseeded-numpy] why\n"}, 0, "unused-ignore"),
        ({"a__py": UNSEEDED, "mlgate__yaml": "version: 1\nlint: {paths: [a.py], ignore: [a.py]}\n"}, 0, "ignored by"),
        ({"a__py": SEEDED, "mlgate__yaml": "version: 1\nlint: {path: a.py}\n"}, 2, "unknown key 'path'"),
        ({"a__py": SEEDED, "mlgate__yaml": "version: 1\nextends: base.yaml\n"}, 2, "base.yaml"),
        ({"a__py": SEEDED, "mlgate__yaml": "version: 1\nnonsense: 1\n"}, 0, ""),
    ],
)
def test_anything_else_is_told_by_the_command(
    texts: dict[str, str], code: int, words: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(repository, **texts)
    assert seeds(["a.py"]) == code
    said = capsys.readouterr()
    assert words in said.out + said.err
    if words:
        assert run_command(command, ["--hook", "--family=seeds", "--family=ignores", "a.py"]) == code
        again = capsys.readouterr()
        assert _without_time(again.out) == _without_time(said.out)


def _without_time(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith(("Started", "  static"))]


def test_options_and_variables_go_to_the_command(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(repository, a__py=SEEDED)
    assert seeds(["--format", "json", "a.py"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "pass"
    monkeypatch.setenv("MLGATE_FORMAT", "json")
    assert seeds(["a.py"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "pass"


def test_each_hook_asks_the_rules_of_its_family(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(repository, a__py=UNSEEDED, test_a__py="def test_it():\n    assert True\n")
    assert of_tests(["test_a.py", "a.py"]) == 1
    assert "unseeded-random" not in capsys.readouterr().out
    assert seeds(["test_a.py"]) == 0
    assert seeds(["test_a.py", "a.py"]) == 1
    assert "assertion-that-cannot-fail" not in capsys.readouterr().out


def test_a_defect_in_the_quick_look_is_left_to_the_command(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> bool:
        raise KeyError("oops")

    monkeypatch.setattr("mlgate.gate.lint_quick.nothing_to_tell", broken)
    write(repository, a__py=SEEDED)
    assert hook.run("seeds", ["a.py"]) == 0
    assert "PASS" in capsys.readouterr().out


def test_many_files_are_left_to_the_command(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"m{number}.py" for number in range(21)]
    write(repository, **{name.replace(".", "__"): SEEDED for name in names})
    assert seeds(names) == 0
    assert "21" in capsys.readouterr().out


def test_the_command_lints_a_folder_and_refuses_unknown_rules(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(repository, a__py=UNSEEDED)
    assert run_command(command, ["."]) == 1
    assert "next: call `random.seed(42)`" in capsys.readouterr().out
    assert run_command(command, [".", "--rule", "unseeded-rando"]) == 2
    assert "did you mean 'unseeded-random'?" in capsys.readouterr().err
    assert run_command(command, []) == 2
    assert run_command(command, [".", "--fix"]) == 0
    said = capsys.readouterr()
    assert "a.py:3: mended unseeded-random" in said.err
    assert "random.seed(42)" in (repository / "a.py").read_text(encoding="utf-8")
    write(repository, b__py="x = 1  # mlgate: ignore[late-seed] why\n")
    assert run_command(command, ["b.py"]) == 0
    assert run_command(command, ["b.py", "--strict"]) == 1
