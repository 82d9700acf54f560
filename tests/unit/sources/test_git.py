from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.errors import SourceError
from mlgate.sources import git as sources_git
from mlgate.sources.git import GitState, commits_between, describe, list_files, resolve_commit, show_file

Git = Callable[..., str]


def test_a_clean_repository(repository: Path, git: Git) -> None:
    state = describe(repository, environ={})
    head = git(repository, "rev-parse", "HEAD")
    assert state == GitState(commit=head, dirty=False, branch="main", base=None, top=repository)


def test_base_is_the_merge_base_with_the_default_branch(repository: Path, git: Git) -> None:
    base = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", "-b", "work")
    git(repository, "commit", "-q", "--allow-empty", "-m", "work")
    git(repository, "branch", "release", "HEAD")
    state = describe(repository, environ={})
    assert (state.branch, state.base) == ("work", base)
    head = git(repository, "rev-parse", "HEAD")
    assert describe(repository, environ={"GITHUB_BASE_REF": "release"}).base == head
    assert describe(repository, environ={"GITHUB_BASE_REF": "gone"}).base is None
    assert describe(repository, environ={"GITHUB_BASE_REF": "-x"}).base is None


def test_base_is_taken_from_the_remote_first(repository: Path, git: Git, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(repository), "clone")
    clone = tmp_path / "clone"
    base = git(clone, "rev-parse", "HEAD")
    git(clone, "commit", "-q", "--allow-empty", "-m", "ahead")
    assert describe(clone, environ={}).base == base


def test_dirty_means_tracked_files(repository: Path) -> None:
    (repository / "new.txt").write_text("x")
    assert describe(repository, environ={}).dirty is False
    (repository / "a.txt").write_text("two\n")
    assert describe(repository, environ={}).dirty is True


def test_detached_head_takes_the_branch_from_github(repository: Path, git: Git) -> None:
    git(repository, "checkout", "-q", "--detach")
    assert describe(repository, environ={}).branch is None
    assert describe(repository, environ={"GITHUB_HEAD_REF": "feature"}).branch == "feature"
    assert describe(repository, environ={"GITHUB_REF_NAME": "v1"}).branch == "v1"


def test_outside_a_repository_nothing_is_known(tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert describe(tmp_path) == GitState()
    assert describe(tmp_path / "absent") == GitState()
    assert commits_between(tmp_path, "a", "b") is None
    assert list_files(tmp_path, ["*"]) == []


def test_without_git_nothing_is_known(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert describe(repository) == GitState()


def test_a_repository_without_commits(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    state = describe(tmp_path, environ={})
    assert (state.commit, state.base, state.branch, state.dirty) == (None, None, "main", False)


def test_the_variables_of_a_hook_do_not_lead_elsewhere(
    repository: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert describe(repository, environ={}).dirty is False


def test_commits_between(repository: Path, git: Git) -> None:
    first = git(repository, "rev-parse", "HEAD")
    for number in range(3):
        git(repository, "commit", "-q", "--allow-empty", "-m", str(number))
    assert commits_between(repository, first, "HEAD") == 3
    assert commits_between(repository, "HEAD", first) == 0
    assert commits_between(repository, first, "gone") is None
    assert commits_between(repository, "--all", "HEAD") is None


def test_show_file_gives_the_old_bytes(repository: Path, git: Git, tmp_path: Path) -> None:
    folder = repository / "sub"
    folder.mkdir()
    content = bytes(range(256))
    (folder / "p.bin").write_bytes(content)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "second")
    (folder / "p.bin").write_bytes(b"changed")
    shown = show_file(folder, "HEAD", "p.bin", tmp_path / "new" / "p.bin")
    assert shown.read_bytes() == content
    assert [file.name for file in shown.parent.iterdir()] == ["p.bin"]
    assert show_file(repository, "HEAD", "sub/p.bin", tmp_path / "q.bin").read_bytes() == content


@pytest.mark.parametrize(
    ("rev", "path", "fact"),
    [
        ("gone", "a.txt", "not known here"),
        ("--output=x", "a.txt", "not known here"),
        ("HEAD", "b.txt", "is not in revision"),
        ("HEAD", "sub", "is not in revision"),
    ],
)
def test_show_file_names_what_is_absent(repository: Path, tmp_path: Path, rev: str, path: str, fact: str) -> None:
    with pytest.raises(SourceError, match=fact):
        show_file(repository, rev, path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_git_lfs_pointer_is_not_content(repository: Path, git: Git, tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n"
    (repository / "big.csv").write_text(pointer)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "lfs")
    with pytest.raises(SourceError, match="Git LFS pointer"):
        show_file(repository, "HEAD", "big.csv", tmp_path / "out")


def test_resolve_commit_gives_the_time(repository: Path, git: Git) -> None:
    assert resolve_commit(repository, "main") == (git(repository, "rev-parse", "HEAD"), "2026-01-02T03:04:05+02:00")


def test_list_files_leaves_out_ignored_ones(repository: Path) -> None:
    (repository / ".gitignore").write_text("c.dvc\n")
    for name in ("b.dvc", "c.dvc", "ünï.dvc"):
        (repository / name).write_text("")
    assert list_files(repository, ["*.dvc"]) == ["b.dvc", "ünï.dvc"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"old")

    def fail(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        sources_git.write_atomically(file, b"new")
    assert [(entry.name, entry.read_bytes()) for entry in tmp_path.iterdir()] == [("f", b"old")]
