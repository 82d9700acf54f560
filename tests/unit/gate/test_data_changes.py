"""What a branch changed of the declared data, in a real repository; nothing of it decides the verdict."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.gate import data_changes
from mlgate.sources.content_changes import changed_since

PROJECT = "version: 1\ndatasets: {a: {path: a.csv, key: [id]}, b: {path: b.csv}}\n"
Git = Callable[..., str]


@pytest.fixture
def git(place: Any, monkeypatch: pytest.MonkeyPatch) -> Git:
    for name in ("GITHUB_BASE_REF", "GITHUB_HEAD_REF", "GITHUB_REF_NAME"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=place.root, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    run("init", "-q", "-b", "main")
    return run


def commit(place: Any, git: Git, **files: str) -> str:
    for name, text in files.items():
        place.write(name.replace("__", "/").replace("_", "."), text)
    git("add", "-A")
    git("commit", "-q", "-m", "change")
    return git("rev-parse", "HEAD")


def rows(ages: range, sex: str = "FM") -> str:
    return "id,age,sex\n" + "".join(f"{n},{age // 9},{sex[n % len(sex)]}\n" for n, age in enumerate(ages))


def test_a_changed_dataset_is_compared_with_the_merge_base_and_one_that_did_not_change_is_not(
    place: Any, git: Git
) -> None:
    commit(place, git, mlgate_yaml=PROJECT, a_csv=rows(range(20, 520)), b_csv="x\n1\n2\n")
    assert "data_changes" not in place.run().report["provenance"]
    git("checkout", "-q", "-b", "work")
    commit(place, git, a_csv=rows(range(220, 820), sex="MMMF"))
    ran = place.run()
    (found,) = ran.report["provenance"]["data_changes"]
    assert (found["dataset"], found["diff"]["before"]["rows"], found["diff"]["after"]["rows"]) == ("a", 500, 600)
    assert found["drift"]["moved"] >= 2
    assert {"drift"}.isdisjoint(outcome["check"] for outcome in ran.report["outcomes"])
    assert "'M'" not in str(found)
    text = Path(place.root, "out/report/report.md").read_text(encoding="utf-8")
    assert "500 \u2192 600 rows" in text
    assert "Drift against the merge base" in text


def test_what_cannot_be_compared_is_said_and_changes_no_verdict(
    place: Any, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(place, git, mlgate_yaml=PROJECT, a_csv=rows(range(9)), b_csv="x\n1\n2\n")
    git("checkout", "-q", "-b", "work")
    commit(place, git, a_csv=rows(range(10)))
    before = place.run()
    monkeypatch.setattr(data_changes, "MOST_BYTES", 10)
    large = place.run()
    assert large.statuses() == before.statuses()
    assert "larger than 10 bytes; `mlgate data diff git:" in large.report["provenance"]["data_changes"][0]["problem"]
    monkeypatch.setattr(data_changes, "changed_since", None, raising=False)
    monkeypatch.setattr("mlgate.sources.content_changes.changed_since", lambda *_: 1 / 0)
    broken = place.run()
    assert broken.statuses() == before.statuses()
    assert broken.report["provenance"]["data_changes"][0]["problem"] == "unexpected ZeroDivisionError"
    text = Path(place.root, "out/report/report.md").read_text(encoding="utf-8")
    assert "could not be compared with the merge base: unexpected ZeroDivisionError" in text


LOCK = """schema: '2.0'
stages:
  split:
    cmd: python split.py
    outs:
    - {{path: data/train.csv, md5: {0}, size: 3}}
    - {{path: data/test.csv, md5: {1}, size: 3}}
"""
ONE, TWO = "0" * 31 + "a", "0" * 31 + "b"


def test_a_pointer_that_changed_is_a_change_of_its_own_file_alone(place: Any, git: Git) -> None:
    base = commit(
        place,
        git,
        dvc_lock=LOCK.format(ONE, TWO),
        dvc_yaml="stages: {split: {cmd: x, outs: [data/train.csv, data/test.csv]}}\n",
        x_csv="a\n",
    )
    place.write(".dvc/config", "")
    (place.root / "data").mkdir()
    assert changed_since(place.root, base, "data/train.csv") is None
    place.write("dvc.lock", LOCK.format(ONE, "0" * 31 + "c"))
    assert changed_since(place.root, base, "data/train.csv") is None
    assert changed_since(place.root, base, "data/test.csv") == "dvc"
    place.write("dvc.lock", LOCK.format(TWO, ONE))
    assert [changed_since(place.root, base, f"data/{name}.csv") for name in ("train", "test")] == ["dvc", "dvc"]
    assert changed_since(place.root, base, "x.csv") is None
    place.write("x.csv", "b\n")
    assert changed_since(place.root, base, "x.csv") == "git"
    assert changed_since(place.root, base, "*.csv") == "git"
    assert changed_since(place.root, base, "absent.csv") is None
