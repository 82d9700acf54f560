"""What is seen of a repository from outside: awkward files are told, and nothing is run."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.sources.survey import Survey, survey
from mlgate.sources.survey_sample import whole_rows, write_sample

Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(**files: str) -> None:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return write


def test_kinds_of_files(tmp_path: Path, write: Write) -> None:
    write(**{
        "data/a.csv": "x\n1\n", "data/b.CSV.GZ": "", "data/far.parquet.dvc": "outs: []\n", "tests/fixtures/odd.csv": "x",
        "dvc.yaml": "stages: {}\n", "conf/model/a.yaml": "x: 1\n", "params.yaml": "x: 1\n", "notes.yaml": "x: 1\n",
        "src/train.py": "import torch\nfrom sklearn import svm\n", "venv2/pyvenv.cfg": "", "venv2/lib/x.py": "import keras\n",
        ".hidden/b.csv": "x\n", "explore.ipynb": "{}", "setup.py": "", ".gitlab-ci.yml": "a: 1\n",
    })  # fmt: skip
    seen = survey(tmp_path)
    assert seen.data_files == ("data/a.csv", "data/b.CSV.GZ")
    assert seen.tracked_data == ("data/far.parquet",)
    assert (seen.uses_dvc, seen.pipelines) == (True, ("dvc.yaml",))
    assert seen.configs == {"conf/**/*.yaml": 1, "params.yaml": 1}
    assert seen.facts.frameworks == {"PyTorch": "src/train.py", "scikit-learn": "src/train.py"}
    assert seen.code == ("explore.ipynb", "src")
    assert seen.other_ci == ".gitlab-ci.yml"
    assert not seen.unread


@pytest.mark.parametrize(
    ("files", "tiers"),
    [
        (("tests/test_a.py",), {"unit": ("tests",)}),
        (("tests/unit/test_a.py", "tests/model/sub/b_test.py"), {"unit": ("tests/unit",), "model": ("tests/model",)}),
        (("tests/test_a.py", "tests/model/test_b.py"), {"unit": ("tests/test_a.py",), "model": ("tests/model",)}),
        (("tests/x/test_a.py", "tests/model/test_b.py"), {"unit": ("tests/x",), "model": ("tests/model",)}),
        (("pkg/tests/test_a.py", "pkg/b/tests/test_b.py"), {"unit": ("pkg/b/tests", "pkg/tests")}),
        (("test_a.py",), {"unit": ("test_a.py",)}),
        (("tests/fixtures/test_a.py", "src/latest.py"), {}),
    ],
)
def test_tiers_by_folder(
    tmp_path: Path, write: Write, files: tuple[str, ...], tiers: dict[str, tuple[str, ...]]
) -> None:
    write(**dict.fromkeys(files, "def test_a():\n    assert f() == 1\n"))
    assert survey(tmp_path).tests == tiers


def test_a_file_without_a_test_is_none(tmp_path: Path, write: Write) -> None:
    write(**{"tests/test_data.py": "ROWS = 3\n"})
    assert survey(tmp_path).tests == {}


def test_awkward_files_are_told(tmp_path: Path, write: Write) -> None:
    root = tmp_path / "repository"
    write(**{"repository/data/a.csv": "x\n1\n", "outside.csv": "x\n1\n", "repository/closed/b.csv": "x\n"})
    (root / ".git").mkdir()
    (root / "out.csv").symlink_to(tmp_path / "outside.csv")
    (root / "gone.csv").symlink_to(root / "nowhere.csv")
    (root / "loop.csv").symlink_to(root / "loop.csv")
    (root / "inside.csv").symlink_to(root / "data" / "a.csv")
    (root / "up").symlink_to(root, target_is_directory=True)
    os.mkfifo(root / "pipe.csv")
    Path(os.fsdecode(os.fsencode(root) + b"/na\xefve.csv")).write_text("x\n")
    seen = survey(root)
    assert seen.data_files == ("inside.csv", "closed/b.csv", "data/a.csv")
    assert dict(seen.unread) == {
        "out.csv": "a link that leads out of the repository",
        "gone.csv": "a link that leads to no file",
        "loop.csv": "a link that leads to no file",
        "pipe.csv": "no regular file",
        "na\\udcefve.csv": "its name is not UTF-8, so no file can declare it",
    }


def test_another_repository_inside_is_left_out(tmp_path: Path, write: Write) -> None:
    write(**{"data/a.csv": "x\n", "vendor/other/.git": "gitdir: ..\n", "vendor/other/b.csv": "x\n"})
    assert survey(tmp_path).data_files == ("data/a.csv",)


def test_what_git_ignores(tmp_path: Path, write: Write) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    write(**{".gitignore": "out/\ndata/*.csv\n", "out/p.csv": "x\n", "a.csv": "x\n", "data/t.csv": "x\n"})
    write(**{"data/t.csv.dvc": "outs: []\n"})
    assert survey(tmp_path).ignored == {"out/p.csv"}


def test_mlflow_of_a_local_database(tmp_path: Path, write: Write) -> None:
    with sqlite3.connect(tmp_path / "mlflow.db") as store:
        store.execute("CREATE TABLE registered_model_aliases (name TEXT, alias TEXT, version INTEGER)")
        store.executemany(
            "INSERT INTO registered_model_aliases VALUES (?, ?, 1)", [("churn", "challenger"), ("churn", "champion")]
        )
    store.close()
    write(**{"sub/MLproject": "name: churn\n"})
    found = survey(tmp_path).mlflow
    assert (found.seen, found.project, found.local) == ("mlflow.db", "sub/MLproject", True)
    assert found.aliases == (("churn", "champion"), ("churn", "challenger"))
    assert not list(tmp_path.glob("mlflow.db-*"))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("import mlflow\nmlflow.set_tracking_uri('http://ann:secret@host:5000')\n", "host:5000"),
        ("import mlflow\n", ""),
    ],
)
def test_mlflow_of_the_code(tmp_path: Path, write: Write, text: str, address: str) -> None:
    write(**{"train.py": text})
    found = survey(tmp_path).mlflow
    assert "train.py" in found.seen
    assert address in found.address
    assert "secret" not in repr(found)
    assert found.aliases == ()


def test_a_database_that_is_none(tmp_path: Path, write: Write) -> None:
    write(**{"mlflow.db": "not SQLite"})
    assert survey(tmp_path).mlflow.aliases == ()


def test_twenty_thousand_files_take_moments(tmp_path: Path) -> None:
    for folder in range(100):
        place = tmp_path / f"pkg{folder}"
        place.mkdir()
        for number in range(200):
            (place / f"m{number}.py").touch()
    start = time.perf_counter()
    seen: Survey = survey(tmp_path)
    assert len(seen.names) == 20_000
    assert time.perf_counter() - start < 60


def test_a_sample_ends_with_a_whole_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.sources.survey_sample.SAMPLE_BYTES", 40)
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + '1,"two\nlines"\n' * 10)
    sample = write_sample(path, tmp_path, shown="a.csv")
    assert sample.read_text() == "a,b\n" + '1,"two\nlines"\n' * 2
    assert whole_rows(b"no line end") == b"no line end"
