"""What the pointer files of DVC say has changed, without DVC and without data."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.sources.dvc_changes import DataChange, data_changes, is_pointer
from mlgate.sources.git_changes import changes_since
from tests.unit.sources.test_git_changes import git, write

LOCK = """\
schema: '2.0'
stages:
  prepare:
    cmd: python prepare.py
    outs:
    - {path: data/clean.csv, md5: "1", size: 3}
    - {path: data/split, md5: "2.dir", nfiles: 2}
  train:
    cmd: python train.py
    outs:
    - {path: model.pkl, md5: "3"}
"""
PIPELINE = """\
stages:
  prepare: {cmd: python prepare.py}
  train: {cmd: python train.py, wdir: models}
"""


def pointer(md5: str, name: str) -> str:
    return f"outs:\n- md5: {md5}\n  size: 4\n  hash: md5\n  path: {name}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "dvc.yaml", PIPELINE)
    write(tmp_path, "dvc.lock", LOCK)
    write(tmp_path, "data/raw.csv.dvc", pointer("a", "raw.csv"))
    write(tmp_path, "data/old.csv.dvc", pointer("b", "old.csv"))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    return tmp_path


def changed(root: Path) -> tuple[list[DataChange], list[str]]:
    return data_changes(root, "HEAD", changes_since(root, "HEAD"))


def test_data_that_changed_came_or_went_are_named_by_their_paths(root: Path) -> None:
    write(root, "data/raw.csv.dvc", pointer("c", "raw.csv"))
    (root / "data/old.csv.dvc").unlink()
    write(root, "data/new.csv.dvc", pointer("d", "new.csv"))
    write(root, "dvc.lock", LOCK.replace("2.dir", "4.dir").replace('"3"', '"5"'))
    found, unread = changed(root)
    assert found == [
        DataChange("data/new.csv", "is new", "data/new.csv.dvc"),
        DataChange("data/old.csv", "was removed", "data/old.csv.dvc"),
        DataChange("data/raw.csv", "changed", "data/raw.csv.dvc"),
        DataChange("data/split", "changed", "dvc.lock"),
        DataChange("models/model.pkl", "changed", "dvc.lock"),
    ]
    assert unread == []


def test_a_pointer_that_says_the_same_of_the_data_is_no_change_of_them(root: Path) -> None:
    write(root, "dvc.lock", LOCK.replace("python train.py", "python train.py --fast"))
    assert changed(root) == ([], [])


def test_another_kind_of_hash_is_compared_too(root: Path) -> None:
    write(root, "data/raw.csv.dvc", "outs:\n- {path: raw.csv, etag: one}\n")
    git(root, "commit", "-qam", "two")
    write(root, "data/raw.csv.dvc", "outs:\n- {path: raw.csv, etag: two}\n")
    found, _ = changed(root)
    assert [change.path for change in found] == ["data/raw.csv"]


@pytest.mark.parametrize("text", ["outs: [", "- a\n", "outs:\n- 3\n", "outs: 3\n", "<<<<<<< HEAD\nouts: []\n", "\x00"])
def test_a_pointer_that_cannot_be_read_is_told(root: Path, text: str) -> None:
    write(root, "data/raw.csv.dvc", text)
    assert changed(root) == ([], ["data/raw.csv.dvc"])


def test_files_in_the_folder_of_dvc_are_no_pointers() -> None:
    assert not is_pointer(".dvc/config")
    assert is_pointer("a/dvc.lock")
