"""The hook `mlgate-dvc` on repositories whose pointers are written by hand: DVC is neither there nor started."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mlgate.errors import SourceError
from mlgate.sources import dvc_remotes
from mlgate.sources.dvchash import hash_file, hash_folder
from mlgate_hooks.dvc import main

LOCK = """\
schema: '2.0'
stages:
  prepare:
    cmd: python prepare.py
    deps:
    - {{path: data/train.csv, hash: md5, md5: {train}, size: 8}}
    - {{path: prepare.py, hash: md5, md5: {code}, size: 6}}
    params:
      params.yaml: {{split.share: 0.2}}
    outs:
    - {{path: work/clean.csv, hash: md5, md5: {clean}, size: 5}}
    - {{path: metrics.json, hash: md5, md5: {metrics}, size: 2}}
"""
PIPELINE = """\
stages:
  prepare:
    cmd: python prepare.py
    deps: [data/train.csv, prepare.py]
    params: [split.share]
    outs: [work/clean.csv]
    metrics:
    - metrics.json: {cache: false}
"""


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def pointer(path: str, digest: str, size: int, more: str = "hash: md5") -> str:
    return f"outs:\n- md5: {digest}\n  size: {size}\n  {more}\n  path: {path}\n"


class Repository:
    """A folder with data, its pointers, a pipeline and a remote."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys = root, capsys

    def write(self, name: str, content: str | bytes) -> None:
        place = self.root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())

    def hook(self, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
        self.capsys.readouterr()
        code = main([*arguments, "--format", "json"])
        out = self.capsys.readouterr().out
        outcomes = json.loads(out)["outcomes"] if out else []
        return code, {item["id"].removeprefix("static/"): item for item in outcomes}

    def push(self, content: bytes) -> None:
        digest = md5(content)
        self.write(f"../remote/files/md5/{digest[:2]}/{digest[2:]}", content)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    for name in [name for name in os.environ if name.startswith(("PRE_COMMIT", "GIT_", "DVC_"))]:
        monkeypatch.delenv(name)
    for name in ("DVC_SYSTEM_CONFIG_DIR", "DVC_GLOBAL_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    git(root, "init", "--quiet", "--initial-branch=main")
    made = Repository(root, capsys)
    made.write(".dvc/config", "[core]\n    remote = store\n['remote \"store\"']\n    url = ../../remote\n")
    made.write(".gitignore", "/data/train.csv\n/data/images\n/work\n")
    made.write("data/train.csv", b"id,x\n1,2")
    made.write("data/train.csv.dvc", pointer("train.csv", md5(b"id,x\n1,2"), 8))
    for number in range(3):
        made.write(f"data/images/{number}.bin", bytes([number]) * 10)
    made.write(
        "data/images.dvc", pointer("images", hash_folder(root / "data/images", root), 30, "nfiles: 3\n  hash: md5")
    )
    made.write("prepare.py", "pass\n\n")
    made.write("params.yaml", "split: {share: 0.2}\n")
    made.write("work/clean.csv", "a,b\n1")
    made.write("metrics.json", "{}")
    made.write("dvc.yaml", PIPELINE)
    digests = {"train": md5(b"id,x\n1,2"), "code": md5(b"pass\n\n"), "clean": md5(b"a,b\n1"), "metrics": md5(b"{}")}
    made.write("dvc.lock", LOCK.format(**digests))
    git(root, "add", "--all")
    return made


def test_all_in_sync(repository: Repository) -> None:
    code, outcomes = repository.hook()
    assert code == 0
    assert {item["status"] for item in outcomes.values()} == {"pass"}
    assert {"data/train.csv/dvc_in_sync", "data/images/dvc_in_sync", "work/clean.csv/dvc_in_sync"} <= outcomes.keys()
    assert {
        "dvc.yaml%3Aprepare/dvc_stage",
        "data/train.csv/dvc_not_in_git",
        "metrics.json/dvc_in_sync",
    } <= outcomes.keys()
    assert "metrics.json/dvc_not_in_git" not in outcomes


def test_changed_data_names_both_hashes_and_the_next_step(repository: Repository) -> None:
    repository.write("data/train.csv", b"id,x\n1,3")
    code, outcomes = repository.hook("data/train.csv.dvc")
    outcome = outcomes["data/train.csv/dvc_in_sync"]
    assert (code, outcome["status"]) == (1, "fail")
    assert md5(b"id,x\n1,2") in outcome["message"]
    assert md5(b"id,x\n1,3") in outcome["message"]
    assert outcome["hint"].startswith("dvc add data/train.csv")
    assert "work/clean.csv/dvc_in_sync" not in outcomes
    _, all_of_them = repository.hook()
    assert all_of_them["dvc.yaml%3Aprepare/dvc_stage"]["status"] == "fail"


def test_a_changed_folder_names_its_files(repository: Repository) -> None:
    root = repository.root
    digest = hash_folder(root / "data/images", root)
    listing = [{"md5": md5(bytes([number]) * 10), "relpath": f"{number}.bin"} for number in range(3)]
    repository.write(f".dvc/cache/files/md5/{digest[:2]}/{digest[2:]}", json.dumps(listing, sort_keys=True))
    (root / "data/images/0.bin").unlink()
    repository.write("data/images/1.bin", b"other")
    for number in range(20):
        repository.write(f"data/images/new-{number:02}.bin", b"x")
    code, outcomes = repository.hook("data/images.dvc")
    message = outcomes["data/images/dvc_in_sync"]["message"]
    assert code == 1
    assert "20 added (new-00.bin, new-01.bin," in message
    assert "1 changed" in message
    assert "1 removed" in message
    assert "new-10.bin" not in message


def test_data_that_is_not_here_is_skipped_and_the_run_passes(repository: Repository) -> None:
    (repository.root / "data/train.csv").unlink()
    (repository.root / "work/clean.csv").unlink()
    code, outcomes = repository.hook()
    assert code == 0
    assert outcomes["data/train.csv/dvc_in_sync"]["status"] == "skip"
    assert "dvc pull data/train.csv" in outcomes["data/train.csv/dvc_in_sync"]["hint"]
    assert "1 dependencies are not here" in outcomes["dvc.yaml%3Aprepare/dvc_stage"]["message"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("prepare.py", "import os\n"), "prepare.py"),
        (("params.yaml", "split: {share: 0.3}\n"), "parameter split.share of params.yaml"),
        (("params.yaml", "split: {}\n"), "parameter split.share of params.yaml"),
        (("dvc.yaml", PIPELINE.replace("python prepare.py\n", "python prepare.py --fast\n")), "cmd"),
        (("dvc.yaml", PIPELINE.replace("[data/train.csv,", "[other.py, data/train.csv,")), "dependency other.py"),
        (("dvc.yaml", PIPELINE.replace("[split.share]", "[split.share, seed]")), "parameter seed"),
    ],
)
def test_a_stage_that_changed_after_its_run(repository: Repository, change: tuple[str, str], said: str) -> None:
    repository.write(*change)
    code, outcomes = repository.hook()
    outcome = outcomes["dvc.yaml%3Aprepare/dvc_stage"]
    assert (code, outcome["status"]) == (1, "fail")
    assert said in outcome["evidence"]["changed"]
    assert outcome["hint"].startswith("dvc repro prepare")


@pytest.mark.parametrize("key", ["frozen", "always_changed"])
def test_frozen_stages_are_not_judged(repository: Repository, key: str) -> None:
    repository.write("prepare.py", "import os\n")
    repository.write("dvc.yaml", PIPELINE + f"    {key}: true\n")
    code, outcomes = repository.hook()
    assert code == 0
    assert "dvc.yaml%3Aprepare/dvc_stage" not in outcomes


def test_a_stage_without_lock_entry(repository: Repository) -> None:
    repository.write("dvc.yaml", PIPELINE + "  train:\n    cmd: python train.py\n    outs: [model.pkl]\n")
    code, outcomes = repository.hook()
    assert code == 1
    assert "no entry in dvc.lock" in outcomes["dvc.yaml%3Atrain/dvc_stage"]["message"]


GOOD = pointer("train.csv", md5(b"id,x\n1,2"), 8)
BROKEN = {
    "conflict": f"<<<<<<< HEAD\n{GOOD}=======\n{GOOD}>>>>>>> other\n",
    "no yaml": "outs: [",
    "no mapping": "- a\n",
    "no outs": "deps: []\n",
    "no hash": "outs:\n- path: train.csv\n  hash: md5\n",
    "half a hash": GOOD.replace(md5(b"id,x\n1,2"), "abc"),
    "no path": "outs:\n- md5: 0cc175b9c0f1b6a831c399e269772661\n",
    "odd size": GOOD.replace("size: 8", "size: -1"),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_pointer_fails(repository: Repository, text: str) -> None:
    repository.write("data/train.csv.dvc", text)
    code, outcomes = repository.hook("data/train.csv.dvc")
    assert code == 1
    assert outcomes["data/train.csv.dvc/dvc_pointer"]["status"] == "fail"


def test_a_size_that_contradicts_the_data(repository: Repository) -> None:
    repository.write("data/train.csv.dvc", GOOD.replace("size: 8", "size: 9"))
    code, outcomes = repository.hook()
    assert code == 1
    assert "says 9 bytes, the same data has 8" in outcomes["data/train.csv/dvc_in_sync"]["message"]


def test_another_kind_of_hash_is_an_error(repository: Repository) -> None:
    repository.write("data/train.csv.dvc", GOOD.replace("hash: md5", "hash: blake3").replace("md5: ", "blake3: ", 1))
    code, outcomes = repository.hook("data/train.csv.dvc")
    assert (code, outcomes["data/train.csv/dvc_in_sync"]["status"]) == (3, "error")


def test_a_pointer_of_dvc_2_reads_texts_with_either_line_end(repository: Repository) -> None:
    repository.write("data/train.csv", b"id,x\r\n1,2")
    repository.write("data/train.csv.dvc", GOOD.replace("  hash: md5\n", ""))
    code, outcomes = repository.hook("data/train.csv.dvc")
    assert (code, outcomes["data/train.csv/dvc_in_sync"]["status"]) == (0, "pass")


def test_data_in_git_fails_and_data_that_git_would_take_warns(repository: Repository) -> None:
    git(repository.root, "add", "--force", "data/train.csv", "data/images/0.bin")
    repository.write(".gitignore", "/data/train.csv\n/data/images\n")
    code, outcomes = repository.hook()
    assert code == 1
    assert outcomes["data/train.csv/dvc_not_in_git"]["hint"] == "git rm -r --cached -- data/train.csv"
    assert "data/images/0.bin" in outcomes["data/images/dvc_not_in_git"]["message"]
    assert outcomes["work/clean.csv/dvc_not_in_git"]["status"] == "warn"


def test_nothing_is_hashed_twice(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in repository.root.rglob("*"):
        if file.is_file() and ".git" not in file.parts:
            os.utime(file, (1_700_000_000, 1_700_000_000))
    assert repository.hook()[0] == 0
    read: list[Path] = []

    def counted(file: Path, *, legacy_text: bool = False) -> str:
        read.append(file)
        return hash_file(file, legacy_text=legacy_text)

    monkeypatch.setattr("mlgate.sources.dvc_working_copy.hash_file", counted)
    assert repository.hook()[0] == 0
    assert read == []
    repository.write("data/train.csv", b"id,x\n1,9")
    assert repository.hook()[0] == 1
    assert [file.name for file in read] == ["train.csv", "train.csv"]  # too young to be kept: asked as out and as input


def test_what_was_kept_cannot_be_edited(repository: Repository) -> None:
    for file in repository.root.rglob("*"):
        if file.is_file() and ".git" not in file.parts:
            os.utime(file, (1_700_000_000, 1_700_000_000))
    assert repository.hook()[0] == 0
    (kept,) = (repository.root / ".git/mlgate/dvc").glob("*.json")
    kept.write_bytes(kept.read_bytes().replace(md5(b"id,x\n1,2").encode(), md5(b"x").encode()))
    assert repository.hook()[0] == 0


def test_too_much_to_hash_is_a_warning(repository: Repository) -> None:
    code, outcomes = repository.hook("--max-gigabytes", "0")
    assert code == 0
    assert outcomes["data/train.csv/dvc_in_sync"]["status"] == "warn"
    assert "--max-gigabytes" in outcomes["data/train.csv/dvc_in_sync"]["message"]


def test_without_dvc_there_is_nothing_to_say(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert repository.hook() == (0, {})


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
