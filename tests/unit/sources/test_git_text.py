"""Our files as they stand in a commit, and the commit that a change is held against."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.errors import ConfigError, SourceError
from mlgate.sources import git_text
from mlgate.sources.git_text import find_merge_base, text_in

Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    def run(*arguments: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
        done = subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    run("init", "-q", "-b", "main")
    return run


def commit(git: Git, root: Path, name: str, content: bytes) -> str:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(content)
    git("add", "-A")
    git("commit", "-q", "-m", name)
    return git("rev-parse", "HEAD")


def test_a_text_is_that_of_the_commit_whatever_is_on_disk(git: Git, tmp_path: Path) -> None:
    first = commit(git, tmp_path, "sub/a.yaml", "\ufeffold: ä\n".encode())
    (tmp_path / "sub" / "a.yaml").write_text("new")
    assert text_in(tmp_path, first, "sub/a.yaml") == "old: ä\n"
    assert text_in(tmp_path / "sub", first, "a.yaml") == "old: ä\n"
    assert text_in(tmp_path, first, "absent.yaml") is None


def test_what_is_no_plain_text_is_refused(git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(git, tmp_path, "binary", b"\xff\xfe\x00")
    (tmp_path / "link").symlink_to("binary")
    last = commit(git, tmp_path, "sub/large", b"x" * 100)
    monkeypatch.setattr(git_text, "MAX_BYTES", 99)
    for name, words in (
        ("binary", "UTF-8"),
        ("link", "no plain file"),
        ("sub", "no plain file"),
        ("sub/large", "larger"),
    ):
        with pytest.raises(ConfigError, match=words):
            text_in(tmp_path, last, name)
    with pytest.raises(SourceError, match="cannot read commit"):
        text_in(tmp_path, "f" * 40, "binary")


def test_the_merge_base_of_a_branch_and_none_on_the_branch_itself(git: Git, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no commit"):
        find_merge_base(tmp_path, fetch=False, environ={})
    first = commit(git, tmp_path, "a", b"1")
    assert find_merge_base(tmp_path, fetch=False, environ={}) is None
    git("checkout", "-q", "-b", "work")
    assert find_merge_base(tmp_path, fetch=False, environ={}) is None
    commit(git, tmp_path, "b", b"2")
    found = find_merge_base(tmp_path, fetch=False, environ={})
    assert found is not None
    assert (found.commit, found.phrase) == (first, "merge base with main")
    git("branch", "-q", "-m", "main", "trunk")
    with pytest.raises(SourceError, match="not in this clone"):
        find_merge_base(tmp_path, fetch=False, environ={})
    assert find_merge_base(tmp_path, fetch=False, environ={"GITHUB_BASE_REF": "trunk"}) == type(found)(
        first, "merge base with trunk"
    )
