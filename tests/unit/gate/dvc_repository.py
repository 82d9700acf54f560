"""A repository whose pointers of DVC are written by hand: DVC is neither there nor started."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mlgate.sources.dvchash import hash_folder
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


GOOD = pointer("train.csv", md5(b"id,x\n1,2"), 8)


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
