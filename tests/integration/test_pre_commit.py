"""All six hooks, installed by pre-commit from a clone of this repository, on the repository of the demo."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlgate.demo import build
from mlgate.demo.workshop import Workshop

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[2]
HOOKS = ("mlgate-config", "mlgate-seeds", "mlgate-tests", "mlgate-data", "mlgate-dvc", "mlgate-artifacts")
EVIL = "cos\nsystem\n(S'true'\ntR."

FAULTS = {
    "mlgate-config": ("params.yaml", "seed: 7\nseed: 8\n", "seed"),
    "mlgate-seeds": ("clinic/noise.py", "import numpy as np\n\nnp.random.shuffle([1, 2, 3])\n", "noise.py"),
    "mlgate-tests": ("tests/unit/test_nothing.py", "def test_nothing():\n    assert True\n", "test_nothing"),
    "mlgate-data": (
        "schemas/visits.yaml",
        "version: 1\ncolumns:\n  member: {type: integer, between: [0, 1]}\n",
        "between",
    ),
    "mlgate-dvc": ("clinic/prepare.py", "print('another stage')\n", "stage prepare changed after its last run"),
    "mlgate-artifacts": ("models/old.pkl", EVIL, "os.system, which runs commands"),
}
"""By hook: the file in which the fault is planted, its content, and what is told."""


class Demo:
    """The demo's repository with the hooks of this one."""

    def __init__(self, shop: Workshop, home: Path) -> None:
        self.shop, self.root, self.home = shop, shop.repository, home

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        own = {**self.shop.environment(), "PATH": path, "PRE_COMMIT_HOME": str(self.home)}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
        # The demo's settings of Git keep hooks off; here they are the point.
        own["GIT_CONFIG_GLOBAL"] = str(self.home / "gitconfig")
        return subprocess.run(
            command, cwd=self.root, env={**kept, **own}, capture_output=True, text=True, check=False, timeout=280
        )

    def git(self, *arguments: str) -> str:
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def hooks(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "pre_commit", "run", "--all-files", *arguments)


def clone_of_this_repository(folder: Path) -> str:
    """A repository of the working tree as it stands; its one commit."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    for command in (["init", "--quiet"], ["add", "--all"], [*who, "commit", "--quiet", "--message", "state"]):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True)
    return head.stdout.strip()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    top = tmp_path_factory.mktemp("six-hooks")
    (top / "scratch").mkdir()
    (top / "mlgate").mkdir()
    (top / "home").mkdir()
    (top / "home" / "gitconfig").write_text("[user]\n    name = Ann\n    email = ann@example.org\n")
    shop = Workshop(top / "demo", top / "scratch")
    shop.prepare()
    build.make_main(shop)
    revision = clone_of_this_repository(top / "mlgate")
    entry = {"repo": str(top / "mlgate"), "rev": revision, "hooks": [{"id": name} for name in HOOKS]}
    made = Demo(shop, top / "home")
    (made.root / ".pre-commit-config.yaml").write_text(json.dumps({"repos": [entry]}), encoding="utf-8")
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message", "hooks")
    return made


@pytest.fixture
def clean(demo: Demo) -> Iterator[Demo]:
    """The repository, which is as it was afterwards."""
    yield demo
    demo.git("reset", "--quiet", "--hard")
    demo.git("clean", "--quiet", "--force", "-d")


def test_the_demo_offers_all_six(demo: Demo) -> None:
    offered = (ROOT / "mlgate" / "demo" / "template" / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert [line.rpartition(" ")[2] for line in offered.splitlines() if "- id:" in line] == list(HOOKS)


def test_all_six_pass_on_the_demo(demo: Demo) -> None:
    done = demo.hooks()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Passed") == len(HOOKS), done.stdout


@pytest.mark.parametrize("hook", HOOKS)
def test_each_fails_on_its_fault_and_no_other_does(hook: str, clean: Demo) -> None:
    name, content, told = FAULTS[hook]
    (clean.root / name).write_text(content, encoding="utf-8")
    clean.git("add", "--force", name)
    done = clean.hooks(hook)
    assert done.returncode == 1, done.stdout + done.stderr
    assert told in done.stdout


def test_changed_data_is_told_though_git_sees_no_change(demo: Demo) -> None:
    data = demo.root / "data" / "visits.csv"
    before = data.read_bytes()
    try:
        data.write_bytes(before + before.splitlines(keepends=True)[-1])
        assert demo.git("status", "--porcelain") == ""
        done = demo.hooks("mlgate-dvc")
    finally:
        data.write_bytes(before)
    assert done.returncode == 1, done.stdout
    assert "dvc add data/visits.csv" in done.stdout


def test_a_push_without_its_data_is_refused(demo: Demo, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "origin")], check=True)
    demo.git("remote", "add", "origin", str(tmp_path / "origin"))
    installed = demo.run(sys.executable, "-m", "pre_commit", "install", "--hook-type", "pre-push")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    stored = demo.shop.top / "remote" / "files"
    away = demo.shop.top / "remote" / "away"
    stored.rename(away)
    try:
        refused = demo.run("git", "push", "origin", "HEAD")
    finally:
        away.rename(stored)
    assert refused.returncode != 0, refused.stdout + refused.stderr
    assert "dvc push" in refused.stdout + refused.stderr
    pushed = demo.run("git", "push", "origin", "HEAD")
    assert pushed.returncode == 0, pushed.stdout + pushed.stderr
