"""The merge base on real repositories: branches, main itself, and clones that hold a part of the history."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from mlgate.errors import SourceError
from mlgate.sources import git_base
from mlgate.sources.git_base import Base, resolve_base

Git = Callable[..., str]


def commit(git: Git, folder: Path, *messages: str) -> str:
    for message in messages:
        git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def test_on_a_branch_it_is_the_merge_base(repository: Path, git: Git) -> None:
    base = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", "-b", "work")
    commit(git, repository, "one", "two")
    git(repository, "checkout", "-q", "main")
    commit(git, repository, "three")
    git(repository, "checkout", "-q", "work")
    assert resolve_base(repository, environ={}) == Base(base, "merge base with main")
    git(repository, "branch", "release", "HEAD~1")
    release = git(repository, "rev-parse", "HEAD~1")
    found = resolve_base(repository, environ={"GITHUB_BASE_REF": "release"})
    assert found == Base(release, "merge base with release")


def test_a_commit_of_main_is_never_compared_with_itself(repository: Path, git: Git) -> None:
    first = git(repository, "rev-parse", "HEAD")
    head = commit(git, repository, "second")
    assert resolve_base(repository, environ={}) == Base(first, "first parent of HEAD, which is part of main already")
    git(repository, "checkout", "-q", "-b", "fresh")
    assert resolve_base(repository, environ={}).commit == first
    git(repository, "checkout", "-q", "--detach", "HEAD")
    assert resolve_base(repository, environ={}).commit == first
    git(repository, "checkout", "-q", "-b", "side", "HEAD~1")
    commit(git, repository, "side")
    git(repository, "checkout", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", "side")
    assert resolve_base(repository, environ={}).commit == head  # main before the merge, not the branch's commit


@pytest.mark.parametrize("fault", ["no commit", "first commit", "no branch", "nothing in common"])
def test_what_has_no_base_says_the_next_step(repository: Path, git: Git, tmp_path: Path, fault: str) -> None:
    environ: dict[str, str] = {}
    words = {
        "no commit": "there is no commit here",
        "first commit": "HEAD is the first commit of main",
        "no branch": "looked for origin/gone, gone",
        "nothing in common": "HEAD and main have no commit in common",
    }
    if fault == "no commit":
        repository = tmp_path / "empty"
        repository.mkdir()
        git(repository, "init", "-q", "-b", "main")
    elif fault == "no branch":
        environ["GITHUB_BASE_REF"] = "gone"
    elif fault == "nothing in common":
        git(repository, "checkout", "-q", "--orphan", "other")
        commit(git, repository, "other")
    with pytest.raises(SourceError, match=words[fault]) as caught:
        resolve_base(repository, environ=environ)
    assert caught.value.hint


@pytest.fixture
def origin(repository: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A remote with more commits than one step brings, and the merge that GitHub makes of a pull request."""
    monkeypatch.setattr(git_base, "STEPS", ("--deepen=3", "--deepen=4", "--unshallow"))
    git(repository, "checkout", "-q", "-b", "work")
    commit(git, repository, *map(str, range(6)))
    git(repository, "checkout", "-q", "main")
    commit(git, repository, *(f"main {number}" for number in range(10)))
    git(repository, "checkout", "-q", "--detach", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", "work")
    git(repository, "update-ref", "refs/pull/1/merge", "HEAD")
    git(repository, "checkout", "-q", "main")
    return repository


def shallow(git: Git, origin: Path, folder: Path, ref: str) -> Path:
    """What the checkout action leaves with `fetch-depth: 1`."""
    folder.mkdir()
    git(folder, "init", "-q", "-b", "unborn")
    git(folder, "remote", "add", "origin", f"file://{origin}")
    git(folder, "fetch", "-q", "--no-tags", "--depth=1", "origin", f"+{ref}:refs/remotes/checked/out")
    git(folder, "checkout", "-q", "--detach", "refs/remotes/checked/out")
    return folder


def test_a_shallow_clone_is_deepened(origin: Path, git: Git, tmp_path: Path) -> None:
    clone = shallow(git, origin, tmp_path / "clone", "refs/pull/1/merge")
    main = git(origin, "rev-parse", "main")
    found = resolve_base(clone, environ={"GITHUB_BASE_REF": "main"})
    assert found == Base(main, "merge base with origin/main")
    assert git(clone, "rev-parse", "--is-shallow-repository") == "true"  # no more than was needed


def test_a_shallow_clone_of_a_long_branch_is_deepened_until_it_forks(origin: Path, git: Git, tmp_path: Path) -> None:
    clone = shallow(git, origin, tmp_path / "clone", "refs/heads/work")
    fork = git(origin, "merge-base", "work", "main")
    assert resolve_base(clone, environ={}) == Base(fork, "merge base with origin/main")


def test_a_server_that_gives_no_commit_by_its_id_is_asked_for_its_branches(
    origin: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = shallow(git, origin, tmp_path / "clone", "refs/heads/work")
    git(clone, "config", "protocol.version", "0")  # later protocols give any commit
    asked: list[Sequence[str]] = []
    fetch = git_base._fetch

    def noted(root: Path, arguments: Sequence[str]) -> str:
        asked.append(arguments)
        return fetch(root, arguments)

    monkeypatch.setattr(git_base, "_fetch", noted)
    assert resolve_base(clone, environ={}).commit == git(origin, "merge-base", "work", "main")
    assert [len(arguments) for arguments in asked].count(2) == 1  # a step and the remote alone


def test_a_shallow_clone_of_main_is_deepened_to_the_parent(origin: Path, git: Git, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{origin}", "clone")
    found = resolve_base(tmp_path / "clone", environ={})
    assert found.commit == git(origin, "rev-parse", "main~1")
    assert found.phrase == "first parent of HEAD, which is part of origin/main already"


def test_local_commits_on_a_shallow_clone_do_not_matter(origin: Path, git: Git, tmp_path: Path) -> None:
    clone = shallow(git, origin, tmp_path / "clone", "refs/heads/work")
    commit(git, clone, "not pushed")
    assert resolve_base(clone, environ={}).commit == git(origin, "merge-base", "work", "main")


def test_the_base_branch_that_github_names_is_fetched_into_a_whole_clone(
    origin: Path, git: Git, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", "--single-branch", "--branch", "work", f"file://{origin}", "clone")
    clone = tmp_path / "clone"
    found = resolve_base(clone, environ={"GITHUB_BASE_REF": "main"})
    assert found == Base(git(origin, "merge-base", "work", "main"), "merge base with origin/main")
    with pytest.raises(SourceError, match=r"looked for origin/gone, gone\): .*refs/heads/gone"):
        resolve_base(clone, environ={"GITHUB_BASE_REF": "gone"})


def test_without_a_remote_it_says_how_to_bring_the_rest(origin: Path, git: Git, tmp_path: Path) -> None:
    clone = shallow(git, origin, tmp_path / "clone", "refs/heads/work")
    git(clone, "remote", "remove", "origin")
    with pytest.raises(SourceError, match="is not in this shallow clone, and it has no remote") as caught:
        resolve_base(clone, environ={"GITHUB_BASE_REF": "main"})
    assert "fetch-depth: 0" in caught.value.hint


@contextmanager
def asking_for_a_password() -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name in the base class)
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/x.git"
        running.shutdown()


def test_nobody_is_asked_for_a_password(origin: Path, git: Git, tmp_path: Path) -> None:
    clone = shallow(git, origin, tmp_path / "clone", "refs/heads/work")
    with asking_for_a_password() as address:
        git(clone, "remote", "set-url", "origin", address.replace("://", "://ann@"))
        with pytest.raises(SourceError, match=r"is not in this shallow clone: .*terminal prompts disabled") as caught:
            resolve_base(clone, environ={"GITHUB_BASE_REF": "main"})
    assert "ann@" not in str(caught.value)
    assert "fetch-depth: 0" in caught.value.hint


def test_a_remote_that_does_not_answer_is_given_up(
    origin: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = shallow(git, origin, tmp_path / "clone", "refs/heads/work")
    git(clone, "config", "protocol.ext.allow", "always")
    git(clone, "remote", "set-url", "origin", "ext::sleep 60")
    monkeypatch.setattr(git_base, "FETCH_TIMEOUT_S", 0.3)
    started = time.monotonic()
    with pytest.raises(SourceError, match="no answer within"):
        resolve_base(clone, environ={"GITHUB_BASE_REF": "main"})
    assert time.monotonic() - started < 10
