"""The hook `mlgate-dvc` at a commit: pointers, working copy, stages and Git."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mlgate.sources.dvchash import hash_file, hash_folder
from tests.unit.gate.dvc_repository import GOOD, PIPELINE, Repository, git, md5, repository

__all__ = ["repository"]


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


def test_a_time_that_was_set_back_hides_no_change(repository: Repository) -> None:
    place = repository.root / "data/train.csv"
    os.utime(place, (1_700_000_000, 1_700_000_000))
    assert repository.hook()[0] == 0
    place.write_bytes(b"id,x\n1,9")
    os.utime(place, (1_700_000_000, 1_700_000_000))
    assert repository.hook()[0] == 1


def test_a_folder_whose_files_are_listed_in_the_pointer_is_compared(repository: Repository) -> None:
    """A remote that keeps versions of its own: DVC writes every file with its hash, and none of the folder."""
    files = "".join(f"  - {{size: 10, md5: {md5(bytes([n]) * 10)}, relpath: {n}.bin}}\n" for n in range(3))
    pointer = f"outs:\n- path: images\n  hash: md5\n  size: 30\n  nfiles: 3\n  files:\n{files}"
    repository.write("data/images.dvc", pointer)
    assert repository.hook("data/images.dvc")[1]["data/images/dvc_in_sync"]["status"] == "pass"
    repository.write("data/images/0.bin", b"other")
    assert repository.hook("data/images.dvc")[1]["data/images/dvc_in_sync"]["status"] == "fail"
    repository.write("data/images.dvc", pointer.replace("md5: ", "etag: ").replace("hash: etag", "hash: md5"))
    assert repository.hook("data/images.dvc")[0] == 3


def test_an_index_that_git_cannot_read_is_an_error(repository: Repository) -> None:
    repository.write(".git/index", b"broken")
    code, outcomes = repository.hook()
    assert code == 3
    assert "error" in {item["status"] for name, item in outcomes.items() if name.endswith("dvc_not_in_git")}


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


def test_a_dvc_repository_in_a_folder_is_found_from_the_top(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository of Git may hold several; a hook runs at its top."""
    (repository.root / ".git").rename(tmp_path / ".git")
    git(tmp_path, "add", "--all")
    monkeypatch.chdir(tmp_path)
    repository.write("data/train.csv", b"id,x\n1,9")
    code, outcomes = repository.hook()
    assert code == 1
    assert outcomes["project/data/train.csv/dvc_in_sync"]["status"] == "fail"
    assert outcomes["project/work/clean.csv/dvc_in_sync"]["status"] == "pass"
    code, outcomes = repository.hook("--remote", "project/data/train.csv.dvc")
    assert outcomes["project/data/train.csv/dvc_in_remote"]["status"] == "error"
