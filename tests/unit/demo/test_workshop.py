"""What the demo refuses before it begins, what its programs get to see, and how it ends."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from mlgate.cli import cli, run_command
from mlgate.demo import play as play_module
from mlgate.demo import workshop
from mlgate.demo.play import Judged
from mlgate.demo.stories import PULL_REQUESTS
from mlgate.demo.workshop import Workshop
from mlgate.errors import SourceError, UsageError


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    made = Workshop(workshop.empty_folder(tmp_path / "demo"), tmp_path / "scratch")
    made.prepare()
    return made


def test_folder_with_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert run_command(cli, ["demo", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be used: File exists"):
        workshop.empty_folder(tmp_path / "file")


def test_folder_that_a_database_address_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one of the characters"):
        workshop.empty_folder(tmp_path / "what?")
    assert not (tmp_path / "what?").exists()


def test_missing_extra_is_named_with_the_way_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in ("dvc", "sklearn") else find(name))
    assert run_command(cli, ["demo", str(tmp_path / "new")]) == 2
    said = capsys.readouterr().err
    assert "the demo needs dvc, sklearn" in said
    assert "pip install 'mlgate[demo]'" in said
    assert not (tmp_path / "new").exists()


def test_missing_git_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="needs git"):
        workshop.require_programs()


def test_programs_do_not_see_settings_of_the_user(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLGATE_CONFIG", "GIT_DIR", "DVC_REMOTE", "MLFLOW_RUN_ID", "GITHUB_ACTIONS", "CI"):
        monkeypatch.setenv(name, "of the user")
    monkeypatch.setenv("OTHER", "kept")
    code = "import os; print(*(f'{k}={v}' for k, v in sorted(os.environ.items())), sep='\\n')"
    seen = shop.start([sys.executable, "-c", code], shop.top).output_tail.splitlines()
    assert [line for line in seen if "of the user" in line] == []
    assert "OTHER=kept" in seen
    assert f"MLFLOW_TRACKING_URI={shop.tracking_uri}" in seen
    (path,) = [line for line in seen if line.startswith("PATH=")]
    assert path.removeprefix("PATH=").split(os.pathsep)[0] == str(Path(sys.executable).parent)


def test_program_that_fails_is_shown_with_its_last_words(shop: Workshop) -> None:
    with pytest.raises(SourceError, match=r"ended with 7:\nlast words"):
        shop.call([sys.executable, "-c", "print('last words'); raise SystemExit(7)"], shop.top)


def test_gate_without_a_report_is_an_error(shop: Workshop) -> None:
    shop.repository.mkdir()
    shop.git("init", "--quiet")
    shop.git("commit", "--quiet", "--allow-empty", "--message", "empty")
    shop.git("branch", PULL_REQUESTS[0].branch)
    with pytest.raises(SourceError, match=r"no report:\n.*no mlgate\.yaml"):
        play_module.judge(shop, PULL_REQUESTS[0])


@pytest.mark.parametrize(("codes", "expected"), [((0, 1, 1), 0), ((0, 0, 1), 3), ((3, 1, 1), 3)])
def test_exit_code_tells_whether_the_gates_said_what_they_should(
    codes: tuple[int, ...],
    expected: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    judged = tuple(Judged(request, code, 1.0) for request, code in zip(PULL_REQUESTS, codes, strict=True))
    monkeypatch.setattr(play_module, "play", lambda *_args, **_options: judged)
    assert run_command(cli, ["demo", str(tmp_path / "new")]) == expected
    assert ("expected" in capsys.readouterr().err) == (expected == 3)


def test_interrupt_says_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_shop: Workshop) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mlgate.demo.build.make_main", interrupted)
    assert run_command(cli, ["demo", str(tmp_path / "new")]) == 130
    said = capsys.readouterr().err
    assert f"rm -r '{tmp_path / 'new'}'" in said
    assert "interrupted" in said
