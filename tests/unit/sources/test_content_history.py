"""Since when the history holds what a path has now: files of Git, pointers of DVC, shallow clones, merges."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.errors import SourceError
from mlgate.sources import content_history
from mlgate.sources.content_history import first_seen

Commit = Callable[..., str]


def git(folder: Path, *arguments: str, date: str = "") -> str:
    """One command in a repository of its own: no configuration of the person who runs the test."""
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
    kept = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main", *arguments]
    done = subprocess.run(
        command, cwd=folder, env={**kept, **dates}, check=True, capture_output=True, text=True, timeout=30
    )
    return done.stdout.strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "repository"
    place.mkdir()
    git(place, "init", "-q")
    return place


@pytest.fixture
def commit(root: Path) -> Commit:
    """Write files and commit them on a day of 2025; None removes one."""

    def run(day: str, **files: str | None) -> str:
        for name, text in files.items():
            path = root / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, encoding="utf-8")
        git(root, "add", "-A")
        git(root, "commit", "-qm", day, "--allow-empty", date=f"2025-{day}T12:00:00+02:00")
        return git(root, "rev-parse", "HEAD")

    return run


def day(root: Path, *paths: str) -> str | None:
    since = first_seen(root, paths).since
    return since.isoformat()[5:10] if since else None


def test_the_last_change_of_the_content_counts(root: Path, commit: Commit) -> None:
    commit("01-01", data_dot_csv="a\n1\n")
    changed = commit("02-01", data_dot_csv="a\n2\n")
    commit("03-01", other_dot_txt="x")
    found = first_seen(root, ["data.csv"])
    assert (found.commit, found.complete, found.by) == (changed, True, "git")
    assert found.since is not None
    assert found.since.isoformat() == "2025-02-01T12:00:00+02:00"


def test_moving_and_restoring_make_nothing_new(root: Path, commit: Commit) -> None:
    commit("01-01", data_dot_csv="a\n1\n")
    commit("02-01", data_dot_csv="a\n2\n")
    commit("03-01", data_dot_csv=None, sub__moved_dot_csv="a\n2\n")
    assert day(root, "sub/moved.csv") == "02-01"
    commit("04-01", sub__moved_dot_csv="a\n1\n")
    assert day(root, "sub/moved.csv") == "01-01"


def test_of_several_files_the_newest_counts(root: Path, commit: Commit) -> None:
    commit("01-01", a_dot_csv="1\n", b_dot_csv="2\n")
    commit("02-01", b_dot_csv="3\n")
    assert day(root, "a.csv", "b.csv") == "02-01"
    assert day(root, "a.csv") == "01-01"


def test_content_that_a_merge_brings(root: Path, commit: Commit) -> None:
    commit("01-01", data_dot_csv="1\n")
    git(root, "checkout", "-qb", "side")
    commit("02-01", data_dot_csv="2\n")
    git(root, "checkout", "-q", "main")
    commit("03-01", data_dot_csv="3\n")
    git(
        root,
        "-c",
        "merge.conflictStyle=merge",
        "merge",
        "-q",
        "-s",
        "ours",
        "--no-commit",
        "side",
        date="2025-04-01T12:00:00",
    )
    (root / "data.csv").write_text("4\n", encoding="utf-8")
    git(root, "commit", "-qam", "merged", date="2025-04-01T12:00:00+00:00")
    assert day(root, "data.csv") == "04-01"
    (root / "data.csv").write_text("2\n", encoding="utf-8")
    git(root, "commit", "-qam", "back", date="2025-05-01T12:00:00+00:00")
    assert day(root, "data.csv") == "02-01"


def test_what_is_not_committed_yet_is_new(root: Path, commit: Commit) -> None:
    commit("01-01", data_dot_csv="1\n")
    (root / "data.csv").write_text("2\n", encoding="utf-8")
    assert first_seen(root, ["data.csv"]).since is None
    git(root, "add", "-A")
    assert first_seen(root, ["data.csv"]).since is None
    (root / "data.csv").write_text("1\n", encoding="utf-8")
    git(root, "add", "-A")
    assert day(root, "data.csv") == "01-01"


def test_names_of_paths_are_no_patterns(root: Path, commit: Commit) -> None:
    commit("01-01", **{"a*b_dot_csv": "1\n", "axb_dot_csv": "2\n", "ü ö_dot_csv": "3\n"})
    commit("02-01", axb_dot_csv="5\n")
    assert (day(root, "a*b.csv"), day(root, "ü ö.csv")) == ("01-01", "01-01")


class TestShallow:
    def clone(self, root: Path, depth: int) -> Path:
        place = root.parent / f"clone{depth}"
        git(root.parent, "clone", "-q", "--depth", str(depth), f"file://{root}", str(place))
        return place

    def test_content_from_before_the_end_is_at_least_so_old(self, root: Path, commit: Commit) -> None:
        commit("01-01", data_dot_csv="1\n")
        end = commit("02-01", other_dot_txt="x")
        commit("03-01", other_dot_txt="y")
        found = first_seen(self.clone(root, 2), ["data.csv"])
        assert (found.complete, found.commit) == (False, end)
        assert first_seen(self.clone(root, 3), ["data.csv"]).complete

    def test_content_from_behind_the_end_is_known(self, root: Path, commit: Commit) -> None:
        commit("01-01", data_dot_csv="1\n", old_dot_csv="o")
        commit("02-01", other_dot_txt="x")
        commit("03-01", data_dot_csv="2\n")
        found = first_seen(self.clone(root, 2), ["data.csv", "old.csv"])
        assert found.complete
        assert found.since is not None
        assert found.since.isoformat().startswith("2025-03-01")


def pointer(md5: str, path: str = "data.csv") -> str:
    return f"outs:\n- md5: {md5}\n  size: 4\n  hash: md5\n  path: {path}\n"


A, B, C = ("a" * 32, "b" * 32, "c" * 32)


class TestDvc:
    def test_the_hash_counts_and_not_the_file(self, root: Path, commit: Commit) -> None:
        commit("01-01", data_dot_csv_dot_dvc=pointer(A), _dot_dvc__config="", _dot_gitignore="/data.csv\n")
        commit("02-01", data_dot_csv_dot_dvc=pointer(B))
        commit("03-01", data_dot_csv_dot_dvc=pointer(B) + "desc: told better\n")
        (root / "data.csv").write_text("here", encoding="utf-8")
        found = first_seen(root, ["data.csv"])
        assert (day(root, "data.csv"), found.by) == ("02-01", "data.csv.dvc")
        commit("04-01", data_dot_csv_dot_dvc=None, sub__data_dot_csv_dot_dvc=pointer(A))
        assert day(root, "sub/data.csv") == "01-01"

    def test_a_folder_and_a_pipeline(self, root: Path, commit: Commit) -> None:
        stage = "schema: '2.0'\nstages:\n  make:\n    cmd: x\n    outs:\n    - path: out.csv\n      hash: md5\n      md5: {}\n"
        yaml = "stages:\n  make:\n    cmd: x\n    outs: [out.csv]\n"
        commit("01-01", images_dot_dvc=pointer(f"{A}.dir", "images"), _dot_dvc__config="", dvc_dot_yaml=yaml)
        commit("02-01", dvc_dot_lock=stage.format(B))
        commit("03-01", dvc_dot_lock=stage.format(C))
        commit("04-01", dvc_dot_lock=stage.format(B), images_dot_dvc=pointer(f"{C}.dir", "images"))
        assert (day(root, "out.csv"), day(root, "images/1.png", "images/2.png")) == ("02-01", "03-01")

    def test_a_pointer_that_is_not_committed_yet(self, root: Path, commit: Commit) -> None:
        commit("01-01", data_dot_csv_dot_dvc=pointer(A), _dot_dvc__config="")
        (root / "data.csv.dvc").write_text(pointer(B), encoding="utf-8")
        assert first_seen(root, ["data.csv"]).since is None

    def test_a_pointer_without_hash(self, root: Path, commit: Commit) -> None:
        commit("01-01", data_dot_csv_dot_dvc="outs:\n- path: data.csv\n", _dot_dvc__config="")
        with pytest.raises(SourceError, match="holds no md5"):
            first_seen(root, ["data.csv"])


class TestWhatCannotBeTold:
    def test_no_repository(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="no Git history"):
            first_seen(tmp_path, ["data.csv"])

    def test_no_commit(self, root: Path) -> None:
        with pytest.raises(SourceError, match="no Git history"):
            first_seen(root, ["data.csv"])

    def test_an_untracked_file(self, root: Path, commit: Commit) -> None:
        commit("01-01", other_dot_txt="x")
        (root / "data.csv").write_text("1\n", encoding="utf-8")
        with pytest.raises(SourceError, match="neither by Git nor by DVC"):
            first_seen(root, ["data.csv"])

    def test_an_untracked_pointer(self, root: Path, commit: Commit) -> None:
        commit("01-01", other_dot_txt="x", _dot_dvc__config="")
        (root / "data.csv.dvc").write_text(pointer(A), encoding="utf-8")
        with pytest.raises(SourceError, match=r"data\.csv\.dvc is tracked neither by Git"):
            first_seen(root, ["data.csv"])

    def test_too_many_files(self, root: Path, commit: Commit, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(content_history, "MAX_FILES", 1)
        commit("01-01", a_dot_csv="1", b_dot_csv="2")
        with pytest.raises(SourceError, match="2 files"):
            first_seen(root, ["a.csv", "b.csv"])

    def test_a_file_that_is_gone(self, root: Path, commit: Commit) -> None:
        commit("01-01", data_dot_csv="1")
        (root / "data.csv").unlink()
        with pytest.raises(SourceError, match=r"data\.csv does not exist"):
            first_seen(root, ["data.csv"])
