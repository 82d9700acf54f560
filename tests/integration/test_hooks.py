"""The hooks as a user gets them: installed once by pre-commit from a clone of this repository, and run on real commits."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlgate.demo import build
from mlgate.demo.workshop import Workshop

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[2]
PRE_COMMIT = (sys.executable, "-m", "pre_commit")
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

PROJECT = """\
version: 1
datasets: {people: {path: data/people.csv, schema: schemas/people.yaml}}
configs:
  - {files: "configs/*.yaml", schema: configs/train.schema.json}
"""
SCHEMA = "version: 1\ncolumns:\n  id: {type: integer, unique: true}\n  age: {type: integer, between: [0, 120]}\n"
GOOD = {
    "mlgate.yaml": PROJECT,
    "schemas/people.yaml": SCHEMA,
    "configs/train.schema.json": json.dumps({"type": "object", "required": ["seed"]}),
    "configs/train.yaml": "seed: 7\n",
    "data/people.csv": "id,age\n1,30\n2,41\n",
}
BAD = {"configs/train.yaml": "sead: 7\n", "data/people.csv": "id,age\n1,30\n1,410\n"}


@dataclass(frozen=True)
class Source:
    """What a user's configuration names, and where pre-commit keeps what it installs.

    Parameters
    ----------
    repository : clone of this repository as it stands in the working tree
    revision : its one commit
    home : pre-commit's folder; two environments come to lie there, a small one and one with the scan engine
    """

    repository: Path
    revision: str
    home: Path

    def configuration(self, *hooks: str) -> str:
        entry = {"repo": str(self.repository), "rev": self.revision, "hooks": [{"id": name} for name in hooks]}
        return json.dumps({"repos": [entry]})


@dataclass(frozen=True)
class User:
    """A repository that uses the hooks, and the variables that its programs get besides."""

    root: Path
    source: Source
    variables: Mapping[str, str]

    def run(self, *command: str, limit_s: float = 280.0) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        own = {"PATH": path, "PRE_COMMIT_HOME": str(self.source.home), "PIP_NO_COMPILE": "1", **self.variables}
        environment = {**os.environ, **own}
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False, timeout=limit_s
        )

    def git(self, *arguments: str) -> str:
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(*PRE_COMMIT, *arguments)

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text, encoding="utf-8")

    def commit_all(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "state")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    folder = tmp_path_factory.mktemp("hooks") / "mlgate"

    def git(place: Path, *arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=place, check=True, capture_output=True, text=True).stdout

    for name in filter(None, git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "state")
    made = Source(folder, git(folder, "rev-parse", "HEAD").strip(), tmp_path_factory.mktemp("pre-commit"))
    first = User(tmp_path_factory.mktemp("first"), made, {})
    first.git("init", "--quiet")
    first.write({".pre-commit-config.yaml": made.configuration("mlgate-config", "mlgate-data")})
    installed = first.run(*PRE_COMMIT, "install-hooks", limit_s=800)  # what the tests wait for no more
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return made


@pytest.fixture
def consumer(tmp_path: Path, source: Source) -> User:
    """A small project with the two hooks that read its declaration."""
    user = User(tmp_path, source, {})
    user.git("init", "--quiet")
    user.write(GOOD)
    user.commit_all()
    user.write({".pre-commit-config.yaml": source.configuration("mlgate-config", "mlgate-data")})
    return user


def test_both_pass_on_good_files_and_fail_on_bad_ones(consumer: User) -> None:
    good = consumer.pre_commit("run", "--all-files", "--verbose")
    assert good.returncode == 0, good.stdout + good.stderr
    assert good.stdout.count("Passed") == 2, good.stdout
    consumer.write(BAD)
    bad = consumer.pre_commit("run", "--all-files")
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "the key 'seed' is missing" in bad.stdout
    assert "410" in bad.stdout
    assert "data/people/id/unique" in bad.stdout


def test_a_commit_with_a_bad_file_is_refused_and_a_good_one_is_made(consumer: User) -> None:
    assert consumer.pre_commit("install").returncode == 0

    def commit() -> subprocess.CompletedProcess[str]:
        consumer.git("add", "--all")
        return consumer.run("git", "commit", "--message", "change")

    consumer.write({"mlgate.yaml": PROJECT.replace("datasets", "dataset")})
    refused = commit()
    assert refused.returncode == 1
    assert "did you mean 'datasets'?" in refused.stdout + refused.stderr
    consumer.write({"mlgate.yaml": PROJECT, "data/people.csv": "id,age\n1,30\n2,41\n3,7\n"})
    made = commit()
    assert made.returncode == 0, made.stdout + made.stderr


def test_the_light_hook_has_a_light_environment(consumer: User) -> None:
    assert consumer.pre_commit("install", "--install-hooks").returncode == 0
    environments = sorted(consumer.source.home.glob("repo*/py_env-*"))
    assert environments
    packages = [
        {path.name.split("-")[0].lower() for path in env.glob("lib/python*/site-packages/*.dist-info")}
        for env in environments
    ]
    light = [found for found in packages if "duckdb" not in found]
    assert light
    assert all(
        not found & {"numpy", "pandas", "duckdb", "dvc", "mlflow", "pytest", "scipy", "pyarrow"} for found in light
    )


@dataclass(frozen=True)
class Demo(User):
    """The demo's repository with all six hooks, and the folder of its DVC remote."""

    remote: Path

    def hooks(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.pre_commit("run", "--all-files", *arguments)


@pytest.fixture(scope="module")
def demo(source: Source, git_config: Path, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    top = tmp_path_factory.mktemp("six-hooks")
    (top / "scratch").mkdir()
    shop = Workshop(top / "demo", top / "scratch")
    shop.prepare()
    build.make_main(shop)
    # The demo's settings of Git keep hooks off; here they are the point.
    variables = {**shop.environment(), "GIT_CONFIG_GLOBAL": str(git_config)}
    made = Demo(shop.repository, source, variables, shop.top / "remote")
    made.write({".pre-commit-config.yaml": source.configuration(*HOOKS)})
    made.commit_all()
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
    installed = demo.pre_commit("install", "--hook-type", "pre-push")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    stored, away = demo.remote / "files", demo.remote / "away"
    stored.rename(away)
    try:
        refused = demo.run("git", "push", "origin", "HEAD")
    finally:
        away.rename(stored)
    assert refused.returncode != 0, refused.stdout + refused.stderr
    assert "dvc push" in refused.stdout + refused.stderr
    pushed = demo.run("git", "push", "origin", "HEAD")
    assert pushed.returncode == 0, pushed.stdout + pushed.stderr
