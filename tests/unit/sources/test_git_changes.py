"""What differs from a commit, however it differs; a repository of Git's own making."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlgate.errors import SourceError
from mlgate.sources.git_changes import FileChange, changes_since


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main", *arguments]
    return subprocess.run(command, cwd=root, check=True, timeout=60, capture_output=True, text=True).stdout.strip()


def write(root: Path, path: str, text: str = "x") -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    for name in ("kept.py", "committed.py", "staged.py", "edited.py", "removed.py", "moved.py", "app/inside.py"):
        write(tmp_path, name, f"{name}\n" * 20)
    write(tmp_path, ".gitignore", "ignored/\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    return tmp_path


def test_every_kind_of_change_is_seen_once(root: Path) -> None:
    base = git(root, "rev-parse", "HEAD")
    write(root, "committed.py", "other")
    git(root, "commit", "-qam", "two")
    write(root, "staged.py", "other")
    write(root, "added.py")
    git(root, "add", "staged.py", "added.py")
    write(root, "edited.py", "other")
    (root / "removed.py").unlink()
    git(root, "mv", "moved.py", "näme \n new.py")
    write(root, "untracked/a.csv")
    write(root, "ignored/b.csv")
    assert changes_since(root, base) == (
        FileChange("added.py", "is new"),
        FileChange("committed.py", "changed"),
        FileChange("edited.py", "changed"),
        FileChange("moved.py", "was removed"),
        FileChange("näme \n new.py", "is new"),
        FileChange("removed.py", "was removed"),
        FileChange("staged.py", "changed"),
        FileChange("untracked/a.csv", "is new"),
    )


def test_a_project_below_the_top_sees_its_own_files_and_those_outside(root: Path) -> None:
    write(root, "app/inside.py", "other")
    write(root, "app/new.py")
    write(root, "kept.py", "other")
    assert changes_since(root / "app", "HEAD") == (
        FileChange("../kept.py", "changed"),
        FileChange("inside.py", "changed"),
        FileChange("new.py", "is new"),
    )


def test_settings_of_git_hide_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(root, "config", "diff.relative", "true")
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    write(root, "kept.py", "other")
    write(root, "new.py")
    write(root, "app/inside.py", "other")
    expected = (FileChange("../kept.py"), FileChange("../new.py", "is new"), FileChange("inside.py"))
    assert changes_since(root / "app", "HEAD") == expected


def test_nothing_differs_from_what_was_just_committed(root: Path) -> None:
    assert changes_since(root, "HEAD") == ()


def test_the_file_that_the_output_goes_to_is_no_change(root: Path) -> None:
    code = f"from mlgate.sources.git_changes import changes_since; print(changes_since(__import__('pathlib').Path({str(root)!r}), 'HEAD'))"
    with (root / "plan.json").open("w") as out:
        subprocess.run([sys.executable, "-c", code], stdout=out, check=True, timeout=60, env=dict(os.environ))
    assert (root / "plan.json").read_text() == "()\n"


def test_without_a_repository_or_the_commit_nothing_is_known(tmp_path: Path, root: Path) -> None:
    with pytest.raises(SourceError, match="cannot tell what differs from commit 0000"):
        changes_since(root, "0" * 40)
    outside = tmp_path.parent / "outside"
    outside.mkdir(exist_ok=True)
    with pytest.raises(SourceError, match="no Git repository"):
        changes_since(outside, "HEAD")
