"""Which files are judged, and where an imported module lies."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.sources.lint_files import config_above, git_top, list_files
from mlgate.sources.project_modules import ProjectModules

Make = Callable[..., None]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def write(*names: str, text: str = "") -> None:
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")

    return write


def listed(top: Path, *paths: str, ignored: str = "") -> list[str]:
    found = list_files(paths, str(top), is_ignored=lambda path: bool(ignored) and ignored in path)
    return [os.path.relpath(file.path, top) + (" !" if file.problem else " -" if file.skip else "") for file in found]


def test_a_folder_is_searched_but_not_what_is_installed_built_or_hidden(tmp_path: Path, make: Make) -> None:
    make("a.py", "b/c.ipynb", "b/d.pyi", "b/e.txt", "z.py")
    make(".git/x.py", ".hidden/x.py", "build/x.py", "dist/x.py", "node_modules/x.py", "__pycache__/x.py", ".x.py")
    make(
        "b/.ipynb_checkpoints/c.ipynb", "lib/site-packages/x.py", "my-env/pyvenv.cfg", "my-env/x.py", "x.egg-info/x.py"
    )
    assert listed(tmp_path, ".") == ["a.py", "b/c.ipynb", "z.py"]
    assert listed(tmp_path, "build", "my-env/x.py") == ["build/x.py", "my-env/x.py"]


def test_a_file_that_is_named_twice_is_judged_once(tmp_path: Path, make: Make) -> None:
    make("a/b.py")
    (tmp_path / "a" / "link.py").symlink_to(tmp_path / "a" / "b.py")
    assert listed(tmp_path, "a/b.py", "a", "./a/../a/b.py", str(tmp_path / "a" / "b.py")) == ["a/b.py"]


def test_what_is_absent_or_no_file_is_a_problem(tmp_path: Path, make: Make) -> None:
    make("a.py")
    (tmp_path / "loop.py").symlink_to(tmp_path / "loop.py")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "around").symlink_to(tmp_path, target_is_directory=True)
    expected = ["a.py", "gone.py !", "loop.py !", "pipe.py !"]
    assert listed(tmp_path, ".") == expected
    assert listed(tmp_path, "no.py", "nofolder") == ["no.py !", "nofolder !"]


def test_what_is_ignored_is_left_out_and_said_where_it_was_named(tmp_path: Path, make: Make) -> None:
    make("a.py", "vendor/b.py")
    assert listed(tmp_path, ".", ignored="vendor") == ["a.py"]
    assert listed(tmp_path, "vendor/b.py", ignored="vendor") == ["vendor/b.py -"]


def test_a_script_without_ending_is_python_by_its_first_line(tmp_path: Path, make: Make) -> None:
    make("train", text="#!/usr/bin/env python3\nimport random\n")
    make("run", text="#!/bin/sh\n")
    make("notes.md", "stubs.pyi", text="x")
    assert listed(tmp_path, "train", "run", "notes.md", "stubs.pyi") == ["notes.md -", "run -", "stubs.pyi -", "train"]


def test_the_project_file_is_looked_for_up_to_the_top_of_the_repository(tmp_path: Path, make: Make) -> None:
    make("mlgate.yaml", "repo/.git", "repo/sub/mlgate.yaml", "repo/sub/deep/a.py", "repo/other/a.py")
    assert config_above(str(tmp_path / "repo" / "sub" / "deep")) == str(tmp_path / "repo" / "sub" / "mlgate.yaml")
    assert config_above(str(tmp_path / "repo" / "other")) is None
    assert config_above(str(tmp_path)) == str(tmp_path / "mlgate.yaml")
    assert git_top(str(tmp_path / "repo" / "sub")) == str(tmp_path / "repo")


def resolved(top: Path, name: str, importer: str) -> str | None:
    found = ProjectModules(str(top)).resolve(name, str(top / importer))
    return os.path.relpath(found, top) if found else None


def test_a_module_is_found_as_the_interpreter_would(tmp_path: Path, make: Make) -> None:
    make(".git/HEAD", "src/pkg/__init__.py", "src/pkg/data.py", "src/pkg/train.py", "src/pkg/sub/deep.py")
    make("scripts/train.py", "scripts/helpers.py", "util.py", "scripts/statistics.py", "src/pkg/random.py")
    assert resolved(tmp_path, "helpers", "scripts/train.py") == "scripts/helpers.py"
    assert resolved(tmp_path, "util", "scripts/train.py") == "util.py"
    assert resolved(tmp_path, "pkg.data", "scripts/train.py") == "src/pkg/data.py"
    assert resolved(tmp_path, "pkg", "scripts/train.py") == "src/pkg/__init__.py"
    assert resolved(tmp_path, "pkg.sub.deep", "util.py") == "src/pkg/sub/deep.py"
    assert resolved(tmp_path, ".data", "src/pkg/train.py") == "src/pkg/data.py"
    assert resolved(tmp_path, ".", "src/pkg/train.py") == "src/pkg/__init__.py"
    assert resolved(tmp_path, "..data", "src/pkg/sub/deep.py") == "src/pkg/data.py"
    assert resolved(tmp_path, "numpy", "scripts/train.py") is None
    assert resolved(tmp_path, "pkg.absent", "scripts/train.py") is None
    # A script finds its neighbour before the standard library; a module of a package does not.
    assert resolved(tmp_path, "statistics", "scripts/train.py") == "scripts/statistics.py"
    assert resolved(tmp_path, "random", "src/pkg/train.py") is None
    assert resolved(tmp_path, "statistics", "util.py") is None


def test_nothing_outside_the_repository_is_found(tmp_path: Path, make: Make) -> None:
    make("outside.py", "repo/.git/HEAD", "repo/a.py")
    (tmp_path / "repo" / "link.py").symlink_to(tmp_path / "outside.py")
    assert resolved(tmp_path, "outside", "repo/a.py") is None
    assert resolved(tmp_path, "link", "repo/a.py") is None
    assert resolved(tmp_path, "..outside", "repo/a.py") is None
