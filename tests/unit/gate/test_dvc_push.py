"""The hook `mlgate-dvc` before a push: whether the remote has what the pointers name."""

from __future__ import annotations

import json

import pytest

from mlgate.errors import SourceError
from mlgate.sources import dvc_remotes
from mlgate.sources.dvchash import hash_folder
from tests.unit.gate.dvc_repository import GOOD, Repository, git, md5, pointer, repository

__all__ = ["repository"]


def test_the_remote_lacks_what_was_not_pushed(repository: Repository) -> None:
    repository.push(b"id,x\n1,2")
    code, outcomes = repository.hook("--remote", "data/train.csv.dvc", "data/images.dvc", "dvc.lock")
    assert code == 1
    assert outcomes["data/train.csv/dvc_in_remote"]["status"] == "pass"
    assert outcomes["data/images/dvc_in_remote"]["hint"] == "dvc push data/images"
    assert outcomes["work/clean.csv/dvc_in_remote"]["status"] == "fail"
    assert "metrics.json/dvc_in_remote" not in outcomes


def test_a_folder_in_the_remote_is_complete_or_not(repository: Repository) -> None:
    root = repository.root
    digest = hash_folder(root / "data/images", root)
    listing = [{"md5": md5(bytes([number]) * 10), "relpath": f"{number}.bin"} for number in range(3)]
    repository.write(f"../remote/files/md5/{digest[:2]}/{digest[2:]}", json.dumps(listing, sort_keys=True))
    for number in range(2):
        repository.push(bytes([number]) * 10)
    code, outcomes = repository.hook("--remote", "data/images.dvc")
    assert code == 1
    assert outcomes["data/images/dvc_in_remote"]["evidence"]["absent"] == ["data/images/2.bin"]
    assert outcomes["data/images/dvc_in_remote"]["hint"].startswith("delete in the remote")
    repository.push(bytes([2]) * 10)
    assert repository.hook("--remote", "data/images.dvc")[0] == 0


def test_a_truncated_object_in_the_remote_is_told(repository: Repository) -> None:
    digest = md5(b"id,x\n1,2")
    repository.write(f"../remote/files/md5/{digest[:2]}/{digest[2:]}", b"id")
    code, outcomes = repository.hook("--remote", "data/train.csv.dvc")
    assert code == 1
    assert "2 bytes of 8" in outcomes["data/train.csv/dvc_in_remote"]["message"]


def test_a_remote_that_is_not_there_or_not_set_is_an_error(repository: Repository) -> None:
    code, outcomes = repository.hook("--remote", "data/train.csv.dvc")
    assert (code, outcomes["data/train.csv/dvc_in_remote"]["status"]) == (3, "error")
    repository.write(".dvc/config", "")
    code, outcomes = repository.hook("--remote", "data/train.csv.dvc")
    assert code == 3
    assert "no remote is set" in outcomes["data/train.csv/dvc_in_remote"]["message"]
    repository.write(".dvc/config", "[core\n")
    assert repository.hook("--remote", "data/train.csv.dvc")[0] == 3


def test_a_remote_elsewhere_needs_dvc(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write(".dvc/config.local", "['remote \"store\"']\n    url = s3://bucket/store\n")

    def absent() -> str:
        raise SourceError("DVC is not installed")

    monkeypatch.setattr(dvc_remotes, "find_command", absent)
    code, outcomes = repository.hook("--remote", "data/train.csv.dvc")
    assert code == 3
    assert 'additional_dependencies: ["dvc[s3]>=3.67"]' in outcomes["data/train.csv/dvc_in_remote"]["hint"]


def test_dvc_answers_for_a_remote_elsewhere(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write(".dvc/config.local", "['remote \"store\"']\n    url = s3://bucket/store\n")
    answers = {"ok": (0, '{"not_in_remote": ["data/images/"]}'), "down": (255, "ERROR: unexpected error - no route")}
    monkeypatch.setattr(dvc_remotes, "find_command", lambda: "dvc")
    monkeypatch.setattr(dvc_remotes, "run_dvc", lambda *_, **__: answers["ok"])
    code, outcomes = repository.hook("--remote", "data/train.csv.dvc", "data/images.dvc")
    assert code == 1
    assert outcomes["data/train.csv/dvc_in_remote"]["status"] == "pass"
    assert outcomes["data/images/dvc_in_remote"]["status"] == "fail"
    monkeypatch.setattr(dvc_remotes, "run_dvc", lambda *_, **__: answers["down"])
    code, outcomes = repository.hook("--remote", "data/train.csv.dvc")
    assert code == 3
    assert "no route" in outcomes["data/train.csv/dvc_in_remote"]["message"]


def test_before_a_push_only_pushed_pointers_are_asked_for(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository.root
    repository.write("../remote/README", "there")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ann@example.org")
    git(root, "commit", "--quiet", "--message", "first")
    repository.write("data/train.csv.dvc", pointer("train.csv", md5(b"new"), 3))
    git(root, "commit", "--quiet", "--all", "--message", "second")
    repository.write("data/train.csv.dvc", GOOD)  # the working copy is another one than the one that is pushed
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "HEAD~1")
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "HEAD")
    monkeypatch.setenv("PRE_COMMIT_REMOTE_NAME", "origin")
    code, outcomes = repository.hook()
    assert (code, list(outcomes)) == (1, ["data/train.csv/dvc_in_remote"])
    repository.push(b"new")
    assert repository.hook()[0] == 0
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "0" * 40)
    assert repository.hook()[0] == 3
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "HEAD")
    assert repository.hook() == (0, {})
