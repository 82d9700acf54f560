from __future__ import annotations

import subprocess
from pathlib import Path

from mlgate.sources.project_tree import leads_outside, list_ignored, list_project


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path, encoding="utf-8")


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=root, check=True, timeout=60)


def test_what_git_tracks_or_would_track(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "gone.py", "data/x.csv", "out/y.csv", "näme.py", ".venv/lib/z.py", "env2/pyvenv.cfg")
    (tmp_path / ".gitignore").write_text("out/\n.venv/\nenv2\n", encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "a.py", "gone.py", ".gitignore")
    (tmp_path / "gone.py").unlink()
    (tmp_path / "linked").symlink_to("data")
    write(tmp_path, "inner/b.py", "env2/lib/c.py")
    git(tmp_path / "inner", "init", "-q")
    assert list_project(tmp_path) == (".gitignore", "a.py", "data/x.csv", "inner/b.py", "linked", "näme.py")
    assert list_project(tmp_path / "data") == ("x.csv",)
    assert list_ignored(tmp_path, 10) == ("out/y.csv",)
    write(tmp_path, "out/1", "out/2")
    assert list_ignored(tmp_path, 2) is None


def test_without_a_repository_every_visible_file_counts(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b/c.txt", ".hidden/d.py", "venv2/pyvenv.cfg", "venv2/e.py", "b/__pycache__/c.pyc")
    (tmp_path / "folder").symlink_to("b")
    assert list_project(tmp_path) == ("a.py", "b/c.txt", "folder")
    assert list_ignored(tmp_path, 10) == ()


def test_a_link_to_a_folder_outside_is_told(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, "data/x.csv")
    (root / "inside").symlink_to("data")
    (root / "file").symlink_to("data/x.csv")
    assert not leads_outside(root, ["inside", "file", "data/x.csv", "gone"])
    (tmp_path / "big").mkdir()
    (root / "outside").symlink_to(tmp_path / "big")
    assert leads_outside(root, ["inside", "outside"])


def test_an_environment_that_a_link_leads_to_is_left_out(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(tmp_path, "env/pyvenv.cfg", "project/out.bin")
    (root / "mine").symlink_to(tmp_path / "env")
    (root / ".gitignore").write_text("mine\nout.bin\n", encoding="utf-8")
    git(root, "init", "-q")
    assert list_ignored(root, 10) == ("out.bin",)
