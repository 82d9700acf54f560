from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.gate import project_graph as module
from mlgate.gate.project_graph import project_graph
from mlgate.pyramid.closure import closure


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.py").write_text("import b", encoding="utf-8")
    (tmp_path / "project" / "b.py").write_text("", encoding="utf-8")
    (tmp_path / "project" / "c.py").write_bytes(b"# coding: latin-1\nname = '\xe4'\nimport b\n")
    return tmp_path / "project"


def test_the_graph_follows_the_files(root: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert closure(project_graph(root, folder=kept), "a.py") == {"a.py", "b.py"}
    (root / "a.py").write_text("import c", encoding="utf-8")
    graph = project_graph(root, folder=kept)
    assert closure(graph, "a.py") == {"a.py", "b.py", "c.py"}
    assert graph == project_graph(root, folder=tmp_path / "fresh")


def test_what_is_known_is_not_searched_again(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept"
    before = project_graph(root, folder=kept)

    def refuse(_root: Path, path: str) -> str:
        raise AssertionError(path)

    monkeypatch.setattr(module, "read_source", refuse)
    assert project_graph(root, folder=kept) == before


def test_many_files_are_searched_in_processes(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = project_graph(root, folder=tmp_path / "one")
    monkeypatch.setattr(module, "POOL_FROM", 1)
    monkeypatch.setattr(module, "CHUNK", 1)
    monkeypatch.setattr(module, "cores", lambda: 2)
    assert project_graph(root, folder=tmp_path / "two") == before
