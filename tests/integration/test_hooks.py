"""The hooks as a user gets them: installed by pre-commit from a clone of this repository, and run on real commits."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PRE_COMMIT = [sys.executable, "-m", "pre_commit"]
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


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def commit_all(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "state")
    return git(folder, "rev-parse", "HEAD").strip()


@pytest.fixture(scope="module")
def hook_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of this repository as it stands in the working tree."""
    folder = tmp_path_factory.mktemp("hooks") / "mlgate"
    folder.mkdir()
    names = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    commit_all(folder)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def consumer(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    write(tmp_path, GOOD)
    commit_all(tmp_path)
    return tmp_path


def run(folder: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PRE_COMMIT_HOME": str(home)}
    return subprocess.run(
        [*PRE_COMMIT, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=280
    )


def use_hooks(consumer: Path, hook_repository: Path) -> None:
    revision = git(hook_repository, "rev-parse", "HEAD").strip()
    hooks = [{"id": "mlgate-config"}, {"id": "mlgate-data"}]
    write(
        consumer,
        {
            ".pre-commit-config.yaml": json.dumps(
                {"repos": [{"repo": str(hook_repository), "rev": revision, "hooks": hooks}]}
            )
        },
    )


def test_both_pass_on_good_files_and_fail_on_bad_ones(consumer: Path, hook_repository: Path, home: Path) -> None:
    use_hooks(consumer, hook_repository)
    good = run(consumer, home, "run", "--all-files", "--verbose")
    assert good.returncode == 0, good.stdout + good.stderr
    assert good.stdout.count("Passed") == 2, good.stdout
    write(consumer, BAD)
    bad = run(consumer, home, "run", "--all-files")
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "the key 'seed' is missing" in bad.stdout
    assert "410" in bad.stdout
    assert "data/people/id/unique" in bad.stdout


def test_a_commit_with_a_bad_file_is_refused_and_a_good_one_is_made(
    consumer: Path, hook_repository: Path, home: Path
) -> None:
    use_hooks(consumer, hook_repository)
    assert run(consumer, home, "install").returncode == 0
    environment = {
        **os.environ,
        "PRE_COMMIT_HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }

    def commit() -> subprocess.CompletedProcess[str]:
        git(consumer, "add", "--all")
        return subprocess.run(
            ["git", "commit", "--message", "change"],
            cwd=consumer,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    write(consumer, {"mlgate.yaml": PROJECT.replace("datasets", "dataset")})
    refused = commit()
    assert refused.returncode == 1
    assert "did you mean 'datasets'?" in refused.stdout + refused.stderr
    write(consumer, {"mlgate.yaml": PROJECT, "data/people.csv": "id,age\n1,30\n2,41\n3,7\n"})
    made = commit()
    assert made.returncode == 0, made.stdout + made.stderr


def test_the_light_hook_has_a_light_environment(hook_repository: Path, home: Path, consumer: Path) -> None:
    use_hooks(consumer, hook_repository)
    assert run(consumer, home, "install", "--install-hooks").returncode == 0
    environments = sorted(home.glob("repo*/py_env-*"))
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


def test_the_light_hook_can_be_tried(hook_repository: Path, home: Path, consumer: Path) -> None:
    """`try-repo` makes its environments anew every time, so only the small one."""
    done = run(consumer, home, "try-repo", str(hook_repository), "mlgate-config", "--all-files", "--verbose")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Passed") == 1, done.stdout
