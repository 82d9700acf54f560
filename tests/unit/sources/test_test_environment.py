from __future__ import annotations

import json
import sys
import venv
from pathlib import Path

import pytest

from mlgate.sources.test_environment import describe_environment


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("environment") / "env"
    venv.create(made, with_pip=False, symlinks=True)
    return made


@pytest.fixture
def packages(folder: Path) -> Path:
    found = next(folder.glob("lib/python*/site-packages"))
    for path in found.iterdir():
        if path.is_dir():
            for inner in path.iterdir():
                inner.unlink()
            path.rmdir()
        else:
            path.unlink()
    return found


def digest(folder: Path, root: Path) -> str:
    found = describe_environment(root, (str(folder / "bin" / "python"), "-m", "pytest"), {})
    assert found.problem == ""
    return found.digest


def test_every_change_of_what_is_installed_is_seen(folder: Path, packages: Path, tmp_path: Path) -> None:
    seen = [digest(folder, tmp_path)]
    info = packages / "tinylib-1.0.dist-info"
    info.mkdir()
    seen.append(digest(folder, tmp_path))
    (info / "RECORD").write_text("tinylib.py,sha256=a,1\n", encoding="utf-8")
    seen.append(digest(folder, tmp_path))
    (info / "RECORD").write_text("tinylib.py,sha256=b,1\n", encoding="utf-8")
    seen.append(digest(folder, tmp_path))
    (packages / "copied_by_hand.py").write_text("", encoding="utf-8")
    seen.append(digest(folder, tmp_path))
    (packages / "sitecustomize.py").write_text("pass\n", encoding="utf-8")
    seen.append(digest(folder, tmp_path))
    (packages / "sitecustomize.py").write_text("pass  # other\n", encoding="utf-8")
    seen.append(digest(folder, tmp_path))
    assert len(set(seen)) == len(seen)
    assert digest(folder, tmp_path) == seen[-1]


def test_code_that_lies_elsewhere_is_named(folder: Path, packages: Path, tmp_path: Path) -> None:
    for name in ("linked", "edited", "project"):
        (tmp_path / name).mkdir()
    root = tmp_path / "project"
    (packages / "linked.pth").write_text(f"{tmp_path / 'linked'}\nimport sys\n# {tmp_path}\n", encoding="utf-8")
    info = packages / "edited-1.0.dist-info"
    info.mkdir()
    url = {"url": f"file://{tmp_path / 'edited'}", "dir_info": {"editable": True}}
    (info / "direct_url.json").write_text(json.dumps(url), encoding="utf-8")
    (packages / "mine.pth").write_text(f"{root}\n", encoding="utf-8")
    found = describe_environment(root, (str(folder / "bin" / "python"), "-m", "pytest"), {})
    assert set(found.folders) == {str(tmp_path / "linked"), str(tmp_path / "edited")}


def test_an_installation_that_cannot_be_read_is_a_problem(folder: Path, packages: Path, tmp_path: Path) -> None:
    info = packages / "edited-1.0.dist-info"
    info.mkdir()
    (info / "direct_url.json").write_text("[", encoding="utf-8")
    found = describe_environment(tmp_path, (str(folder / "bin" / "python"), "-m", "pytest"), {})
    assert "direct_url.json" in found.problem


@pytest.mark.parametrize(
    ("script", "known"),
    [
        (f"#!{sys.executable}\n", True),
        (f"#!/bin/sh\n'''exec' \"{sys.executable}\" \"$0\" \"$@\"\n' '''\n", True),
        ("#!/bin/sh\nexec something\n", False),
        ("\x7fELF", False),
    ],
)
def test_the_interpreter_of_a_script(script: str, known: bool, tmp_path: Path) -> None:
    (tmp_path / "pytest").write_text(script, encoding="utf-8")
    found = describe_environment(tmp_path, (str(tmp_path / "pytest"),), {})
    assert (found.problem == "") == known


def test_an_interpreter_that_does_not_work_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "python").write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    (tmp_path / "python").chmod(0o755)
    found = describe_environment(tmp_path, (str(tmp_path / "python"), "-m", "pytest"), {})
    assert "cannot be described" in found.problem
    assert describe_environment(tmp_path, (str(tmp_path / "none"), "-m", "pytest"), {}).problem
