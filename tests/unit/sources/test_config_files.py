"""What is around a config: files, what DVC tracks, configs of Hydra, libraries."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import SourceError
from mlgate.sources.config_files import Surroundings, read_file, top_of


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    files = {
        "project/conf/config.yaml": "defaults: [model: a]\n",
        "project/conf/model/a.yaml": "x: 1\n",
        "project/conf/model/b.yml": "x: 1\n",
        "project/data/train.csv": "",
        "project/data/raw.dvc": "",
        "project/dvc.lock": "stages:\n  a: {outs: [{path: made/x.csv}]}\n",
        "project/dvc.yaml": "stages:\n  b: {outs: [late/y.csv, {z.csv: {cache: false}}], metrics: [m.json]}\n",
        "top.txt": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def around(repository: Path, path: str = "conf/config.yaml") -> Surroundings:
    return Surroundings(str(repository / "project"), path)


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("data/train.csv", True),
        ("../data/train.csv", True),
        ("model/a.yaml", True),
        ("top.txt", True),
        ("data/*.csv", True),
        ("data/*.json", False),
        ("data/raw", True),
        ("data/raw/deep/x.png", True),
        ("made/x.csv", True),
        ("late/y.csv", True),
        ("z.csv", True),
        ("m.json", True),
        ("data/gone.csv", False),
        ("made/y.csv", False),
        ("a\0b", False),
    ],
)
def test_what_a_path_leads_to(repository: Path, path: str, there: bool) -> None:
    assert around(repository).exists(path) is there


def test_neighbours_and_options(repository: Path) -> None:
    here = around(repository)
    assert here.siblings("data/x") == ["raw", "train.csv"]
    assert here.siblings("nowhere/x") == []
    assert here.default("model/a", absolute=False)[0].endswith("conf/model/a.yaml")
    assert here.default("model/b", absolute=False)[0].endswith("conf/model/b.yml")
    assert here.default("model/c", absolute=False) == ("", ["a", "b"])
    inside = around(repository, "conf/model/a.yaml")
    assert inside.default("model/b", absolute=True)[0].endswith("model/b.yml")
    assert inside.in_group()
    assert not here.in_group()


def test_a_store_and_a_library_are_found_in_the_repository(repository: Path) -> None:
    here = around(repository)
    assert not here.has_store()
    assert here.reader() == ""
    (repository / "app.py").write_text("from hydra.core.config_store import ConfigStore\n", encoding="utf-8")
    (repository / "project" / "pyproject.toml").write_text('dependencies = ["Hydra-Core>=1.3"]\n', encoding="utf-8")
    assert here.has_store()
    assert here.reader() == "hydra-core"


def test_reading_stays_inside_and_bounded(repository: Path) -> None:
    root = str(repository / "project")
    assert read_file(root, "data/train.csv", limit=10) == b""
    assert read_file(root, "../top.txt", limit=10) == b""
    (repository / "project" / "loop").symlink_to("loop")
    (repository / "project" / "out").symlink_to("/etc/hostname")
    (repository / "project" / "big").write_text("x" * 100, encoding="utf-8")
    for path, words in {
        "absent": "cannot be read",
        "data": "it is a folder",
        "loop": "cannot be read",
        "out": "leads outside the repository",
        "big": "larger than 10 bytes",
    }.items():
        with pytest.raises(SourceError, match=words):
            read_file(root, path, limit=10)


def test_the_top_is_where_git_is(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert top_of(str(repository / "project" / "conf")) == str(repository)
    assert top_of("/") == ""
